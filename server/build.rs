//! With the feature `embed`, puts the built assets into the program. `cargo xtask build --release` says where they are.

use std::error::Error;
use std::fmt::Write;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=SLIPWAY_EMBED_SITE");
    if std::env::var_os("CARGO_FEATURE_EMBED").is_none() {
        return Ok(());
    }
    let site = std::env::var_os("SLIPWAY_EMBED_SITE")
        .ok_or("the feature embed needs SLIPWAY_EMBED_SITE, the folder of the built assets: run cargo xtask build --release")?;
    let site = PathBuf::from(site);
    println!("cargo::rerun-if-changed={}", site.join("manifest.json").display());
    let mut files = Vec::new();
    collect(&site, &mut files)?;
    files.sort();
    let mut code = String::from(
        "/// The built assets: path in the browser, content.\nconst EMBEDDED: &[(&str, &[u8])] = &[\n",
    );
    for file in files {
        let path = file.strip_prefix(&site)?.to_str().ok_or("a name that is not text")?;
        writeln!(code, "    (\"/{path}\", include_bytes!({file:?})),")?;
    }
    code.push_str("];\n");
    let out = std::env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?;
    std::fs::write(Path::new(&out).join("embedded.rs"), code)?;
    Ok(())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}
