//! The Kubernetes control plane of `end2end/cluster`: built once per version of its sources, kept in the cache.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};
use serde::Deserialize;

use super::is_ci;
use super::tool::GO;
use crate::build::{self, Mode};
use crate::command::{output, run as run_command};
use crate::files::{self, Fingerprint};
use crate::paths::Paths;
use crate::{lock, report};

/// The flags of `end2end/cluster/README.md`. With others, Go compiles everything once more.
const FLAGS: &str = "-s -w -X k8s.io/component-base/version.gitVersion=v1.34.4 -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=34";

/// For the linker of Go: without symbols.
const STRIP: &str = "-s -w";

/// The program, or nothing (said aloud) where there is no Go to build it with, or one that is too old.
pub fn find_or_build(paths: &Paths) -> anyhow::Result<Option<PathBuf>> {
    if let Some(program) = find(paths)? {
        return Ok(Some(program));
    }
    if let Some(lacking) = GO.lacking() {
        if is_ci() {
            bail!("the control plane cannot be built, and CI skips nothing. {lacking}");
        }
        report::line(&format!(
            "There is no Kubernetes control plane, and tests against it are SKIPPED. {lacking}"
        ));
        return Ok(None);
    }
    let _alone = lock::hold(&paths.cache.join("cluster.lock"), "another build of the control plane")?;
    // The other one may have built it.
    if find(paths)?.is_none() {
        report::line("Building it from source (10 minutes on two cores, once)");
        build(paths)?;
    }
    find(paths)?.context("the control plane that was just built is not there").map(Some)
}

/// The program that the environment names, or that was built before.
pub fn find(paths: &Paths) -> anyhow::Result<Option<PathBuf>> {
    if let Some(given) = std::env::var_os("SLIPWAY_TEST_CLUSTER_BIN").filter(|given| !given.is_empty()) {
        return Ok(Some(given.into()));
    }
    let folder = home(paths).join(version(&sources(paths))?);
    let program = folder.join("slipway-cluster");
    Ok((program.exists() && folder.join("kwok").exists()).then_some(program))
}

/// Where it listens, unless another port is asked for.
const PORT: &str = "26443";

/// What `slipway-cluster up` prints when it is ready, as far as it is needed here.
#[derive(Deserialize)]
struct Ready {
    /// The administrator's.
    kubeconfig: PathBuf,
    server: String,
    /// PEM in base64.
    ca_data: String,
}

/// Starts it, makes Slipway's account in it, prints the kubeconfig to paste, and stays until it ends. `args` are those of
/// `slipway-cluster up`.
pub fn run(paths: &Paths, args: &[String]) -> anyhow::Result<()> {
    let program = find_or_build(paths)?.context("there is no control plane to start")?;
    let slipway = build::all(paths, Mode::Dev)?;
    let mut up = Command::new(&program);
    // Its standard input ends with this program, however that ends, and it with it.
    up.arg("up").arg("--stdin-lifeline").stdin(Stdio::piped()).stdout(Stdio::piped());
    let given = |name: &str| args.iter().any(|argument| argument.split('=').next() == Some(name));
    if !given("--dir") {
        up.arg("--dir").arg(paths.work().join("cluster"));
    }
    // Always the same, so that a cluster that was connected once is there again after the next start.
    if !given("--port") {
        up.arg("--port").arg(PORT);
    }
    let mut up = up.args(args).spawn().with_context(|| format!("{} cannot be started", program.display()))?;
    let _lifeline = up.stdin.take();
    let mut first = String::new();
    BufReader::new(up.stdout.take().context("its standard output")?).read_line(&mut first)?;
    if first.is_empty() {
        bail!("the control plane did not start ({})", up.wait()?);
    }
    let ready: Ready = serde_json::from_str(&first).context("what the control plane says is no JSON")?;
    let kubeconfig = account(&program, &slipway, &ready)?;
    let kept = ready.kubeconfig.with_file_name("slipway.kubeconfig");
    files::write(&kept, kubeconfig.as_bytes())?;
    report::line(&format!(
        "\nA Kubernetes control plane is ready at {}; it ends with Ctrl-C. Its components are real; its nodes are simulated.\n\
         Connect it in Slipway under Settings, Clusters, with this kubeconfig (also in {}):\n\n{kubeconfig}",
        ready.server,
        kept.display()
    ));
    let ended = up.wait()?;
    if !ended.success() {
        bail!("the control plane ended ({ended})");
    }
    Ok(())
}

/// Does there what `slipway cluster manifest` tells administrators to do. Gives the kubeconfig of Slipway's account.
fn account(program: &Path, slipway: &Path, ready: &Ready) -> anyhow::Result<String> {
    let kubectl = || {
        let mut kubectl = Command::new(program);
        kubectl.arg("kubectl").arg("--kubeconfig").arg(&ready.kubeconfig);
        kubectl
    };
    let manifest = output(Command::new(slipway).args(["cluster", "manifest"]))?;
    let mut apply = kubectl()
        .args(["apply", "--filename", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .context("kubectl cannot be started")?;
    apply.stdin.take().context("its standard input")?.write_all(manifest.as_bytes())?;
    if !apply.wait()?.success() {
        bail!("the manifest of Slipway's account was refused");
    }
    let token =
        output(kubectl().args(["create", "token", "slipway", "--namespace=slipway", "--duration=8760h"]))?;
    let Ready { server, ca_data, .. } = ready;
    Ok(format!(
        "apiVersion: v1\n\
         kind: Config\n\
         current-context: slipway\n\
         clusters: [{{name: local, cluster: {{server: \"{server}\", certificate-authority-data: {ca_data}}}}}]\n\
         contexts: [{{name: slipway, context: {{cluster: local, user: slipway}}}}]\n\
         users: [{{name: slipway, user: {{token: {}}}}}]\n",
        token.trim()
    ))
}

fn sources(paths: &Paths) -> PathBuf {
    paths.root.join("end2end/cluster")
}

/// Of all versions.
fn home(paths: &Paths) -> PathBuf {
    paths.cache.join("cluster")
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
fn build(paths: &Paths) -> anyhow::Result<()> {
    let sources = sources(paths);
    let version = version(&sources)?;
    files::make_whole(&home(paths), |making| {
        compile(&sources, making)?;
        Ok(version)
    })
}

fn compile(sources: &Path, making: &Path) -> anyhow::Result<()> {
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
    )
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
