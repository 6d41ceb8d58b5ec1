//! The browser's half: `app` compiled to WebAssembly, split at the lazy routes, with the script that loads it.
//!
//! The steps are those of cargo-leptos: link with relocations kept, split, then wasm-bindgen on the main part.

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use wasm_bindgen_cli_support::Bindgen;
use wasm_split_cli_support::Options;
use wasmparser::{Parser, Payload};

use crate::build::Mode;
use crate::command::{cargo, run};
use crate::files::{self, Fingerprint};
use crate::paths::Paths;
use crate::report;
use crate::toolchain::{Toolchain, WASM};

/// What the browser's half is made from, besides the compiler and the mode.
const SOURCES: &[&str] = &["Cargo.toml", "Cargo.lock", "app", "domain", "blueprints", "xtask/src/front.rs"];
/// The script that loads the lazy parts. The underscores are where a bundler would put a hash; leptos looks for this very name.
const LINK_NAME: &str = "./__wasm_split.______________________.js";

/// What was built.
pub struct Front {
    /// The folder with the script, the WebAssembly and the lazy parts.
    pub folder: PathBuf,
    /// Of its sources.
    pub fingerprint: String,
}

/// Builds it, unless nothing has changed.
pub fn build(paths: &Paths, toolchain: &Toolchain, mode: Mode) -> anyhow::Result<Front> {
    let fingerprint =
        Fingerprint::default().word(mode.name()).word(&toolchain.id).files(&paths.root, SOURCES)?.finish();
    let folder = paths.work().join("front").join(mode.name());
    let mark = paths.work().join(format!("front-{}.made-from", mode.name()));
    if std::fs::read_to_string(&mark).is_ok_and(|made_from| made_from == fingerprint) {
        return Ok(Front { folder, fingerprint });
    }
    report::stage("browser's half", || {
        let wasm = compile(paths, toolchain, mode)?;
        files::remake(&mark, &fingerprint, || bind(&wasm, &folder, mode))
    })?;
    Ok(Front { folder, fingerprint })
}

fn compile(paths: &Paths, toolchain: &Toolchain, mode: Mode) -> anyhow::Result<PathBuf> {
    let profile = mode.wasm_profile();
    let target = paths.target.join("front").join(&toolchain.id);
    let mut cargo = cargo(paths);
    cargo
        .args(["rustc", "--package", "app", "--lib", "--crate-type", "cdylib"])
        .args(["--no-default-features", "--features", "hydrate", "--target", WASM, "--profile", profile])
        .arg("--target-dir")
        .arg(&target)
        .args(["--", "-Clink-args=--emit-relocs"]);
    toolchain.apply(&mut cargo);
    run(&mut cargo)?;
    Ok(target.join(WASM).join(profile).join("app.wasm"))
}

/// Splits the module and writes the scripts, into a folder that is empty before.
fn bind(wasm: &Path, folder: &Path, mode: Mode) -> anyhow::Result<()> {
    files::fresh_folder(folder)?;
    let main = folder.join("main.wasm");
    let content = files::read(wasm)?;
    let mut options = Options::new(&content);
    options.output_dir = folder;
    options.main_out_path = &main;
    options.main_module = "./slipway.js";
    options.link_name = LINK_NAME;
    let split = wasm_split_cli_support::transform(options)
        .map_err(|error| anyhow!("the WebAssembly cannot be split: {error:#}"))?;
    Bindgen::new()
        .input_path(&main)
        .out_name("slipway")
        .web(true)?
        .typescript(false)
        .keep_lld_exports(true)
        .demangle(false)
        .remove_name_section(mode == Mode::Release)
        .remove_producers_section(mode == Mode::Release)
        .generate(folder)
        .context(
            "wasm-bindgen failed (its version and that of the crate wasm-bindgen have to be the same)",
        )?;
    std::fs::remove_file(&main)?;
    if mode == Mode::Release {
        // Names are half of each part; wasm-bindgen took them out of the main one alone.
        for part in &split.split_modules {
            let content = without_names(&files::read(part)?)
                .with_context(|| format!("{} is not WebAssembly", part.display()))?;
            files::write(part, &content)?;
        }
    }
    Ok(())
}

/// A module without its section of names, which only debuggers read.
fn without_names(module: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut kept = Vec::with_capacity(module.len());
    let mut from = 0;
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload?;
        let end = match &payload {
            Payload::Version { range, .. } => range.end,
            other => match other.as_section() {
                Some((_, range)) => range.end,
                None => continue,
            },
        };
        if !matches!(&payload, Payload::CustomSection(section) if section.name() == "name") {
            kept.extend_from_slice(&module[from..end]);
        }
        from = end;
    }
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_out_and_nothing_else() {
        let head = b"\0asm\x01\0\0\0".as_slice();
        let types = b"\x01\x04\x01\x60\0\0".as_slice();
        let names = b"\0\x08\x04name\0\x01\0".as_slice();
        let other = b"\0\x06\x04note!".as_slice();
        let module = [head, names, types, names, other].concat();
        assert_eq!(without_names(&module).expect("a module"), [head, types, other].concat());
        assert!(without_names(b"not a module").is_err());
    }
}
