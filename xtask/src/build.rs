//! The whole build: compiler, browser's half, site, server. Each part is left alone when nothing it is made from has changed.

use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, anyhow};

use crate::command::{cargo, run as run_command};
use crate::paths::Paths;
use crate::{front, lock, report, site, toolchain};

/// For whom it is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// For those who work on it: quick to build, assets in a folder.
    Dev,
    /// For those who use it: small, compressed, one file.
    Release,
}

impl Mode {
    /// By the option `--release`.
    pub fn of(release: bool) -> Self {
        if release { Self::Release } else { Self::Dev }
    }

    /// In names of files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Release => "release",
        }
    }

    /// The profile of the browser's half, in the root `Cargo.toml`.
    pub fn wasm_profile(self) -> &'static str {
        match self {
            Self::Dev => "wasm-dev",
            Self::Release => "wasm-release",
        }
    }
}

/// Builds what the browser gets. Gives the folder.
pub fn site(paths: &Paths, mode: Mode) -> anyhow::Result<PathBuf> {
    let toolchain = toolchain::find(paths)?;
    // `make dev` and `make test` write the same folders; what the other one built is found there afterwards.
    let _alone = lock::hold(&paths.work().join("build.lock"), "another build of the same folders")?;
    let front = front::build(paths, &toolchain, mode)?;
    site::build(paths, &front, mode)
}

/// Builds everything. Gives the program.
pub fn all(paths: &Paths, mode: Mode) -> anyhow::Result<PathBuf> {
    match mode {
        // Neither half needs the other, and each ends with long compilations that use one core: side by side they use both.
        Mode::Dev => std::thread::scope(|scope| {
            let site = scope.spawn(|| site(paths, mode));
            let program = server(paths, cargo(paths).args(["build", "--bin", "slipway"]), "debug");
            let site =
                site.join().map_err(|_| anyhow!("the build of the browser's half ended in the middle"))?;
            site.and(program)
        }),
        Mode::Release => {
            let site = site(paths, mode)?;
            let mut build = cargo(paths);
            build.args(["build", "--bin", "slipway", "--release", "--features", "server/embed"]);
            server(paths, build.env("SLIPWAY_EMBED_SITE", &site), "release")
        }
    }
}

/// Always of the default members: with another selection cargo would build the dependencies once more.
fn server(paths: &Paths, build: &mut Command, folder: &str) -> anyhow::Result<PathBuf> {
    report::stage("server", || run_command(build))?;
    Ok(paths.target.join(folder).join("slipway"))
}

/// Builds everything and becomes the server.
pub fn run(paths: &Paths, args: &[String]) -> anyhow::Result<()> {
    let program = all(paths, Mode::Dev)?;
    let mut server = Command::new(&program);
    server.arg("serve").args(args).current_dir(&paths.root);
    // Comes back only when it could not be started.
    Err(server.exec()).with_context(|| format!("{} cannot be started", program.display()))
}
