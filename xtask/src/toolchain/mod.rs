//! A compiler for WebAssembly: the one that is installed, else from rustup, else from Debian.

mod debian;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, bail};

use crate::command::{output, run_while_it_lives};
use crate::paths::Paths;
use crate::report;

/// The target.
pub const WASM: &str = "wasm32-unknown-unknown";

/// How to compile for the browser.
#[derive(Debug)]
pub struct Toolchain {
    /// Compiler version and, for a standard library that was built here, its hash: what is built with another one does not fit.
    pub id: String,
    /// The compiler, where it is not cargo's own.
    pub rustc: Option<PathBuf>,
    /// The linker that goes with it.
    pub linker: Option<PathBuf>,
}

impl Toolchain {
    /// Makes a cargo command use it.
    pub fn apply(&self, cargo: &mut Command) {
        if let Some(rustc) = &self.rustc {
            cargo.env("RUSTC", rustc);
        }
        if let Some(linker) = &self.linker {
            cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
        }
    }
}

/// Finds one or fetches it. `SLIPWAY_WASM=debian` takes Debian's, whatever else is there.
pub fn find(paths: &Paths) -> anyhow::Result<Toolchain> {
    match std::env::var("SLIPWAY_WASM").as_deref() {
        Ok("debian") => return debian::find_or_make(paths),
        Ok("") | Err(_) => {}
        Ok(other) => bail!("SLIPWAY_WASM is {other:?}; it can only be \"debian\""),
    }
    let rustc = Rustc::of_clone(paths)?;
    if rustc.has_wasm() {
        return Ok(rustc.toolchain());
    }
    if let Some(kept) = debian::find(paths)? {
        return Ok(kept);
    }
    report::line(&format!("Adding the target {WASM} (rustup target add {WASM})"));
    let mut rustup = Command::new("rustup");
    rustup.current_dir(&paths.root).args(["target", "add", WASM]);
    // A slow network may take its time; one that is not there says nothing for a while.
    match run_while_it_lives(&mut rustup, DOWNLOAD, SILENCE, || downloaded(rustup_home().as_deref())) {
        Ok(()) if rustc.has_wasm() => return Ok(rustc.toolchain()),
        Ok(()) => report::line("rustup added it, but not to the compiler that cargo uses here"),
        Err(error) => report::line(&format!("rustup could not fetch it: {error:#}")),
    }
    report::line("Taking Debian's compiler instead");
    debian::find_or_make(paths)
}

/// How long rustup may take.
const DOWNLOAD: Duration = Duration::from_secs(600);
/// How long it may say and fetch nothing.
const SILENCE: Duration = Duration::from_secs(60);

/// Where rustup keeps what it fetches.
fn rustup_home() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("RUSTUP_HOME").or_else(|| Some(set("HOME")?.join(".rustup")))
}

/// How much it has fetched so far: where it has no terminal, it does not say so itself.
fn downloaded(home: Option<&Path>) -> u64 {
    let entries = home.and_then(|home| std::fs::read_dir(home.join("downloads")).ok());
    entries.into_iter().flatten().filter_map(|entry| Some(entry.ok()?.metadata().ok()?.len())).sum()
}

/// The compiler that cargo uses in the clone.
struct Rustc {
    version: String,
    host: String,
    sysroot: PathBuf,
}

impl Rustc {
    fn of_clone(paths: &Paths) -> anyhow::Result<Self> {
        let ask = |arguments: &[&str]| output(Command::new("rustc").current_dir(&paths.root).args(arguments));
        let about = ask(&["-vV"])?;
        Ok(Self {
            version: fact(&about, "release")?,
            host: fact(&about, "host")?,
            sysroot: PathBuf::from(ask(&["--print", "sysroot"])?.trim()),
        })
    }

    fn has_wasm(&self) -> bool {
        has_std(&self.sysroot)
    }

    fn toolchain(&self) -> Toolchain {
        Toolchain { id: self.version.clone(), rustc: None, linker: None }
    }

    /// LLVM's linker, which rustup brings along.
    fn linker(&self) -> PathBuf {
        self.sysroot.join("lib/rustlib").join(&self.host).join("bin/rust-lld")
    }
}

/// Whether a compiler has the standard library for the browser.
fn has_std(sysroot: &Path) -> bool {
    let folder = sysroot.join("lib/rustlib").join(WASM).join("lib");
    std::fs::read_dir(folder).is_ok_and(|mut entries| {
        entries
            .any(|entry| entry.is_ok_and(|entry| entry.file_name().to_string_lossy().starts_with("libstd-")))
    })
}

/// A line of `rustc -vV`.
fn fact(about: &str, name: &str) -> anyhow::Result<String> {
    about
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
        .map(str::to_owned)
        .with_context(|| format!("rustc -vV says no {name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_facts_of_a_compiler_are_read() {
        let about =
            "rustc 1.95.0 (abc 2026-03-21)\nbinary: rustc\nhost: x86_64-unknown-linux-gnu\nrelease: 1.95.0\n";
        assert_eq!(fact(about, "release").unwrap(), "1.95.0");
        assert_eq!(fact(about, "host").unwrap(), "x86_64-unknown-linux-gnu");
        assert!(fact(about, "LLVM").is_err());
    }
}
