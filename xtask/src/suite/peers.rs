//! Programs that the tests talk to. As root on Debian what is missing is installed, announced first; elsewhere the command to run is said,
//! and the tests that need it say that they were skipped.

use std::process::Command;

use anyhow::bail;

use super::is_ci;
use crate::command::{exists, output, run};
use crate::paths::Paths;
use crate::report;

/// A program, and Debian's package of it.
struct Peer {
    package: &'static str,
    there: bool,
}

/// Finds all of them, or installs what is missing.
pub fn find_or_install(paths: &Paths) -> anyhow::Result<()> {
    let missing: Vec<&str> =
        peers(paths).iter().filter(|peer| !peer.there).map(|peer| peer.package).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let list = missing.join(" ");
    let is_root = output(Command::new("id").arg("-u"))?.trim() == "0";
    if is_root && exists("apt-get") {
        report::line(&format!("Installing what is missing: apt-get install {list}"));
        let apt = || {
            let mut apt = Command::new("apt-get");
            apt.args(["--quiet", "--quiet", "--yes"]).env("DEBIAN_FRONTEND", "noninteractive");
            apt
        };
        run(apt().arg("update"))?;
        return run(apt().args(["install", "--no-install-recommends"]).args(&missing));
    }
    if is_ci() {
        bail!("{list} are missing, and CI skips nothing: apt-get install {list}");
    }
    report::line(&format!(
        "Missing, so some tests are skipped: {list}. On Debian: sudo apt-get install {list}"
    ));
    Ok(())
}

/// Names of the browser that the tests drive; those of `end2end/playwright.config.js`.
const BROWSERS: &[&str] = &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Whether the browser tests can run.
pub fn has_browser() -> bool {
    has_chromium() && exists("npm")
}

fn has_chromium() -> bool {
    std::env::var_os("SLIPWAY_TEST_CHROMIUM").is_some() || BROWSERS.iter().any(|name| exists(name))
}

fn peers(paths: &Paths) -> Vec<Peer> {
    let mut peers = vec![
        Peer { package: "git", there: exists("git") },
        Peer { package: "postgresql", there: has_postgres() },
        // The control plane is built with it; 1.21 or newer fetches the release that it needs.
        Peer { package: "golang-go", there: exists("go") },
    ];
    if paths.root.join("end2end/package.json").exists() {
        peers.push(Peer { package: "chromium", there: has_chromium() });
        peers.push(Peer { package: "npm", there: exists("npm") });
    }
    peers
}

/// Debian keeps the server's programs out of the search path.
fn has_postgres() -> bool {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let installed = versions.filter_map(Result::ok).any(|version| version.path().join("bin/initdb").exists());
    installed || exists("initdb") || std::env::var_os("SLIPWAY_TEST_POSTGRES_URL").is_some()
}
