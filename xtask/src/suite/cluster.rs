//! The Kubernetes control plane of `end2end/cluster`: built once per version of its sources, kept in the cache.

use std::fs::{File, TryLockError};
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

/// In its folder: what Slipway's account signs in with.
const KUBECONFIG: &str = "slipway.kubeconfig";

/// What may be passed on to it, for the help.
pub fn flags() -> String {
    format!(
        "Passed on to slipway-cluster:\n      \
         --dir <FOLDER>  Its data, keys, logs and kubeconfigs; started again on the same one, it goes on\n                      \
         [default: xtask/cluster in cargo's target folder]\n      \
         --port <PORT>   Port of its API server on 127.0.0.1; 0 takes a free one [default: {PORT}]\n      \
         --nodes <N>     How many nodes to play [default: 2]"
    )
}

fn bare(flag: &str) -> &str {
    flag.trim_start_matches('-')
}

/// The value of a flag, as `--name value` or `--name=value`.
fn value<'a>(args: &'a [String], name: &str) -> Option<&'a str> {
    // It takes them with one dash as well.
    let named = |argument: &String| {
        argument.starts_with('-') && argument.split('=').next().map(bare) == Some(bare(name))
    };
    let place = args.iter().position(named)?;
    match args[place].split_once('=') {
        Some((_, value)) => Some(value),
        // Without one, `slipway-cluster` says what is missing.
        None => Some(args.get(place + 1).map_or("", String::as_str)),
    }
}

/// Where it keeps what is its own: one for each clone, unless another folder is asked for.
fn folder(paths: &Paths, args: &[String]) -> PathBuf {
    value(args, "--dir").map_or_else(|| paths.work().join("cluster"), PathBuf::from)
}

/// Whether one runs in the folder: `slipway-cluster up` holds a lock there for as long as it lives.
fn is_running(folder: &Path) -> bool {
    let lock = File::open(folder.join("lock"));
    lock.is_ok_and(|lock| matches!(lock.try_lock(), Err(TryLockError::WouldBlock)))
}

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
    let folder = folder(paths, args);
    // Before anything is built for one that would be refused.
    if is_running(&folder) {
        let kubeconfig = folder.join(KUBECONFIG);
        let use_it = match kubeconfig.exists() {
            true => format!("and can be used: connect it with the kubeconfig in {}", kubeconfig.display()),
            // It is written when it is ready.
            false => "and is starting".to_owned(),
        };
        report::line(&format!(
            "A Kubernetes control plane runs in {} already, {use_it}.\n\
             It ends with Ctrl-C where it was started. For another one beside it: make cluster ARGS=\"--dir FOLDER --port 0\"",
            folder.display(),
        ));
        return Ok(());
    }
    let program = find_or_build(paths)?.context("there is no control plane to start")?;
    let slipway = build::all(paths, Mode::Dev)?;
    let mut up = Command::new(&program);
    // Its standard input ends with this program, however that ends, and it with it.
    up.arg("up").arg("--stdin-lifeline").stdin(Stdio::piped()).stdout(Stdio::piped());
    if value(args, "--dir").is_none() {
        up.arg("--dir").arg(&folder);
    }
    // Always the same, so that a cluster that was connected once is there again after the next start.
    if value(args, "--port").is_none() {
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
    let kept = ready.kubeconfig.with_file_name(KUBECONFIG);
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
    fn one_that_runs_already_is_known_by_the_lock_in_its_folder() {
        let clone = tempfile::tempdir().unwrap();
        let root = clone.path().to_owned();
        let paths = Paths { target: root.join("target"), cache: root.join("cache"), root };
        let of = |args: &[&str]| {
            let args: Vec<String> = args.iter().map(|&arg| arg.to_owned()).collect();
            folder(&paths, &args)
        };
        let own = of(&["--port", "0"]);
        assert_eq!(own, clone.path().join("target/xtask/cluster"));
        assert_eq!(of(&["--nodes=1", "--dir", "other"]), PathBuf::from("other"));
        assert_eq!(of(&["--dir=other", "--port=0"]), PathBuf::from("other"));
        assert_eq!(of(&["-dir", "other"]), PathBuf::from("other"));
        assert!(!is_running(&own), "there was none yet");
        files::write(&own.join("lock"), b"").unwrap();
        assert!(!is_running(&own), "it ended");
        let held = File::open(own.join("lock")).unwrap();
        held.lock().unwrap();
        assert!(is_running(&own));
    }

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
