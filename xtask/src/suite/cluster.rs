//! The Kubernetes control plane of `end2end/cluster`: built once per version of its sources, kept in the cache.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

use super::is_ci;
use crate::command::{exists, run as run_command};
use crate::files::{self, Fingerprint};
use crate::paths::Paths;
use crate::report;

/// The flags of `end2end/cluster/README.md`. With others, Go compiles everything once more.
const FLAGS: &str = "-s -w -X k8s.io/component-base/version.gitVersion=v1.34.4 -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=34";

/// For the linker of Go: without symbols.
const STRIP: &str = "-s -w";

/// The program, or nothing (said aloud) where there is no Go to build it with.
pub fn find_or_build(paths: &Paths) -> anyhow::Result<Option<PathBuf>> {
    if let Some(given) = std::env::var_os("SLIPWAY_TEST_CLUSTER_BIN").filter(|given| !given.is_empty()) {
        return Ok(Some(given.into()));
    }
    let sources = paths.root.join("end2end/cluster");
    let folder = paths.cache.join("cluster").join(version(&sources)?);
    let program = folder.join("slipway-cluster");
    if program.exists() && folder.join("kwok").exists() {
        return Ok(Some(program));
    }
    if !exists("go") {
        if is_ci() {
            bail!("there is no Go to build the control plane with, and CI skips nothing (https://go.dev/dl)");
        }
        report::line("No Go (https://go.dev/dl, 1.21 or newer), so the tests against Kubernetes are skipped");
        return Ok(None);
    }
    report::line("Building it from source (10 minutes on two cores, once)");
    build(&sources, &folder)?;
    Ok(Some(program))
}

/// Starts it and becomes it. `args` are those of `slipway-cluster up`.
pub fn run(paths: &Paths, args: &[String]) -> anyhow::Result<()> {
    let program = find_or_build(paths)?.context("there is no control plane to start")?;
    let mut up = Command::new(&program);
    up.arg("up");
    if !args.iter().any(|argument| argument == "--dir" || argument.starts_with("--dir=")) {
        up.arg("--dir").arg(paths.work().join("cluster"));
    }
    Err(up.args(args).exec()).with_context(|| format!("{} cannot be started", program.display()))
}

/// Of everything that goes into the programs: Go's files, the modules, and the stages that are embedded.
fn version(sources: &Path) -> anyhow::Result<String> {
    let mut fingerprint = Fingerprint::default();
    for file in files::below(sources)? {
        let name = file.strip_prefix(sources)?.to_string_lossy().into_owned();
        if [".go", ".mod", ".sum", ".yaml"].iter().any(|ending| name.ends_with(ending)) {
            fingerprint = fingerprint.files(sources, &[&name])?;
        }
    }
    Ok(fingerprint.finish())
}

/// The folder has its name only when both programs are whole.
fn build(sources: &Path, folder: &Path) -> anyhow::Result<()> {
    let making = folder.with_extension(format!("{}.partial", std::process::id()));
    files::fresh_folder(&making)?;
    let go = || {
        let mut go = Command::new("go");
        go.current_dir(sources).env("CGO_ENABLED", "0");
        go
    };
    let common = ["-trimpath", "-buildvcs=false", "-ldflags"];
    run_command(
        go().arg("build").args(common).arg(FLAGS).arg("-o").arg(making.join("slipway-cluster")).arg("."),
    )?;
    run_command(
        go().args(["build", "-C", "kwok"])
            .args(common)
            .arg(STRIP)
            .arg("-o")
            .arg(making.join("kwok"))
            .arg("sigs.k8s.io/kwok/cmd/kwok"),
    )?;
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    std::fs::rename(&making, folder)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_changes_with_what_is_compiled_and_not_with_what_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let of = || version(folder.path()).unwrap();
        files::write(&folder.path().join("main.go"), b"package main").unwrap();
        let first = of();
        files::write(&folder.path().join("README.md"), b"words").unwrap();
        assert_eq!(of(), first);
        files::write(&folder.path().join("up/stages/pod.yaml"), b"kind: Stage").unwrap();
        assert_ne!(of(), first);
    }
}
