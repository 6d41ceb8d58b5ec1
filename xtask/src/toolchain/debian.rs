//! Debian's `rustc-web` with a standard library that is built here once. Nothing is installed: the packages are unpacked
//! into the cache.
//!
//! Its version need not be cargo's. The linker is rustup's own `rust-lld`, else `wasm-ld`. A folder has its name only once it is
//! complete, so a build that was cut off is begun anew; what it left is removed then.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, anyhow, bail};

use super::{Rustc, Toolchain, WASM, fact, has_std};
use crate::command::{exists, output, run};
use crate::paths::Paths;
use crate::{files, lock, report};

/// Passes its arguments on to the compiler beside it. Whoever starts it may have set the path of another compiler's libraries.
const WRAPPER: &str = r#"#!/bin/sh
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
LD_LIBRARY_PATH=$(echo "$here"/usr/lib/*-linux-gnu*) exec "$here/usr/bin/rustc" "$@"
"#;

/// The one in the cache, or a new one.
pub fn find_or_make(paths: &Paths) -> anyhow::Result<Toolchain> {
    if let Some(kept) = find(paths)? {
        return Ok(kept);
    }
    let made = report::stage("wasm toolchain from Debian", || make(paths))
        .and_then(|()| find(paths)?.context("the compiler that was just unpacked is not there"));
    made.map_err(with_way_out)
}

/// The newest in the cache.
pub fn find(paths: &Paths) -> anyhow::Result<Option<Toolchain>> {
    let Ok(entries) = std::fs::read_dir(paths.cache.join("wasm")) else {
        return Ok(None);
    };
    let mut kept: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    kept.retain(|folder| !files::is_partial(folder) && has_std(&folder.join("usr")));
    kept.sort();
    let Some(folder) = kept.pop() else {
        return Ok(None);
    };
    let id = folder.file_name().context("a folder without a name")?.to_string_lossy().into_owned();
    Ok(Some(Toolchain { id, rustc: Some(folder.join("rustc")), linker: Some(linker(paths)?) }))
}

/// Debian is the second choice: whatever it fails with, the first one helps.
fn with_way_out(error: anyhow::Error) -> anyhow::Error {
    anyhow!("no compiler for WebAssembly: {error:#}. With a network, run `rustup target add {WASM}`")
}

fn linker(paths: &Paths) -> anyhow::Result<PathBuf> {
    let own = Rustc::of_clone(paths)?.linker();
    if own.exists() {
        return Ok(own);
    }
    if exists("wasm-ld") {
        return Ok("wasm-ld".into());
    }
    bail!("there is no linker for WebAssembly: install rustup's Rust, or lld (apt-get install lld)")
}

fn make(paths: &Paths) -> anyhow::Result<()> {
    let _alone = lock::hold(&paths.cache.join("wasm.lock"), "another build of the same compiler")?;
    // The other one may have made it.
    if find(paths)?.is_some() {
        return Ok(());
    }
    files::make_whole(&paths.cache.join("wasm"), |folder| fill(paths, folder))
}

/// Makes the whole compiler in an empty folder. Gives the name that the folder gets: the compiler's version and its library's hash.
fn fill(paths: &Paths, folder: &Path) -> anyhow::Result<String> {
    download(folder)?;
    let rustc = folder.join("rustc");
    files::write(&rustc, WRAPPER.as_bytes())?;
    run(Command::new("chmod").arg("755").arg(&rustc))?;
    let version = fact(&output(Command::new(&rustc).arg("-vV"))?, "release")?;
    report::line(&format!("Building the standard library of {version} for {WASM} (about a minute, once)"));
    let library = build_library(paths, folder, &rustc)?;
    // The source was needed for the library alone, and is most of the size.
    std::fs::remove_dir_all(folder.join("usr/src"))?;
    Ok(format!("debian-{version}-{library}"))
}

/// Fetches the packages and unpacks them. Their names carry versions, so they are asked for.
fn download(folder: &Path) -> anyhow::Result<()> {
    for tool in ["apt-get", "apt-cache", "dpkg-deb"] {
        if !exists(tool) {
            bail!("{tool} of Debian is not here");
        }
    }
    if depends("libstd-rust-web-dev").map_or(true, |found| found.is_empty()) {
        if output(Command::new("id").arg("-u"))?.trim() != "0" {
            bail!(
                "the list of packages has no libstd-rust-web-dev, and only root can fetch another (apt-get update)"
            );
        }
        report::line("Asking Debian for its list of packages (apt-get update)");
        run(Command::new("apt-get").args(["--quiet", "--quiet", "update"]))?;
    }
    let library = one_of("libstd-rust-web-dev", "libstd-rust-web-")?;
    let llvm = one_of(&library, "libllvm")?;
    report::line("Fetching Debian's rustc-web and what it needs (140 MB)");
    run(Command::new("apt-get").current_dir(folder).args([
        "--quiet",
        "--quiet",
        "--option=APT::Sandbox::User=root",
        "download",
        "rustc-web",
        "rust-web-src",
        "libstd-rust-web-dev",
        &library,
        &llvm,
    ]))?;
    for file in files::below(folder)? {
        run(Command::new("dpkg-deb").arg("--extract").arg(&file).arg(folder))?;
        std::fs::remove_file(&file)?;
    }
    Ok(())
}

/// The package that this one needs and whose name begins so.
fn one_of(package: &str, beginning: &str) -> anyhow::Result<String> {
    let found = depends(package)?;
    found.into_iter().find(|name| name.starts_with(beginning)).with_context(|| {
        format!(
            "Debian's {package} needs no {beginning}…: is rustc-web 1.95 or newer in its list of packages?"
        )
    })
}

fn depends(package: &str) -> anyhow::Result<Vec<String>> {
    Ok(depended(&output(Command::new("apt-cache").args(["depends", package]))?))
}

fn depended(answer: &str) -> Vec<String> {
    answer.lines().filter_map(|line| line.trim().strip_prefix("Depends: ")).map(str::to_owned).collect()
}

/// Builds the standard library with an empty crate, and puts it where the compiler looks. Gives the hash of it.
/// Without the bitcode, link-time optimisation fails.
fn build_library(paths: &Paths, folder: &Path, rustc: &Path) -> anyhow::Result<String> {
    let scratch = folder.join("scratch");
    files::write(&scratch.join("src/lib.rs"), b"#![no_std]\n")?;
    files::write(
        &scratch.join("Cargo.toml"),
        b"[package]\nname = \"scratch\"\nedition = \"2024\"\n[workspace]\n[profile.release]\ndebug = false\n",
    )?;
    run(crate::command::cargo(paths)
        .current_dir(&scratch)
        .env("CARGO_TARGET_DIR", scratch.join("target"))
        .env("RUSTC", rustc)
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", "-Cembed-bitcode=yes")
        .args(["build", "--quiet", "--release", "--target", WASM])
        .args(["-Z", "build-std=std,panic_abort,panic_unwind"]))?;
    let target = folder.join("usr/lib/rustlib").join(WASM);
    let library = target.join("lib");
    files::fresh_folder(&library)?;
    for file in files::below(&scratch.join("target").join(WASM).join("release/deps"))? {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.ends_with(".rlib") && !name.starts_with("libscratch-") {
            std::fs::copy(&file, library.join(&name))?;
        }
    }
    std::fs::remove_dir_all(&scratch)?;
    // By content: built once more it has the same names, and still nothing that was built with the other fits it.
    Ok(files::Fingerprint::default().files(&target, &["lib"])?.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_ends_with_the_way_out() {
        let error = anyhow!("apt-get is not here").context("fetching");
        let said = with_way_out(error).to_string();
        assert!(said.contains("fetching: apt-get is not here"), "{said}");
        assert!(said.ends_with("run `rustup target add wasm32-unknown-unknown`"), "{said}");
    }

    #[test]
    fn the_packages_that_a_package_needs_are_read() {
        let answer =
            "libstd-rust-web-dev\n  Depends: libstd-rust-web-1.96\n  Conflicts: <rustup>\n |Depends: other\n";
        assert_eq!(depended(answer), ["libstd-rust-web-1.96"]);
    }
}
