//! Programs that the tests talk to. As root on Debian what is missing is installed, announced first; elsewhere the command to run is said,
//! and the tests that need it say that they were skipped. What is too old is missing.

use std::process::Command;

use anyhow::bail;

use super::tool::{GO, NODE, Tool};
use super::{cluster, is_ci};
use crate::command::{exists, output, run};
use crate::paths::Paths;
use crate::report;

/// A program that is not there.
struct Missing {
    /// Debian's package.
    package: &'static str,
    /// Whether Debian's package of it will do.
    is_packaged: bool,
    /// For the person who is to install it.
    words: String,
}

/// Finds all of them, or installs what is missing.
pub fn find_or_install(paths: &Paths) -> anyhow::Result<()> {
    let mut missing = missing(paths)?;
    // Where Debian's list is known to have nothing that helps, it is not asked for at every run.
    let may_help = exists("apt-get") && missing.iter().any(|one| one.is_packaged);
    if may_help && output(Command::new("id").arg("-u"))?.trim() == "0" {
        install(paths)?;
        missing = self::missing(paths)?;
    }
    if missing.is_empty() {
        return Ok(());
    }
    let words: Vec<_> = missing.into_iter().map(|one| one.words).collect();
    let list = words.join("\n  ");
    if is_ci() {
        bail!("CI skips nothing, and this is missing:\n  {list}");
    }
    report::line(&format!("This is missing, so some tests are skipped:\n  {list}"));
    Ok(())
}

/// Installs what Debian has. A package that is too old is left alone: it would help nobody.
fn install(paths: &Paths) -> anyhow::Result<()> {
    let apt = || {
        let mut apt = Command::new("apt-get");
        apt.args(["--quiet", "--quiet", "--yes"]).env("DEBIAN_FRONTEND", "noninteractive");
        apt
    };
    report::line("Asking Debian for its list of packages, since something is missing (apt-get update)");
    run(apt().arg("update"))?;
    let missing = missing(paths)?.into_iter().filter(|one| one.is_packaged);
    let packages: Vec<_> = missing.map(|one| one.package).collect();
    if packages.is_empty() {
        return Ok(());
    }
    report::line(&format!("Installing what is missing: apt-get install {}", packages.join(" ")));
    run(apt().args(["install", "--no-install-recommends"]).args(&packages))
}

/// Names of the browser that the tests drive; those of `end2end/playwright.config.js`.
const BROWSERS: &[&str] = &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Why the browser tests cannot run, if they cannot.
pub fn lacking_for_browser() -> Option<String> {
    if !has_chromium() {
        return Some("there is no Chromium".to_owned());
    }
    NODE.lacking().or_else(|| (!exists("npm")).then(|| "there is no npm".to_owned()))
}

fn has_chromium() -> bool {
    std::env::var_os("SLIPWAY_TEST_CHROMIUM").is_some() || BROWSERS.iter().any(|name| exists(name))
}

fn missing(paths: &Paths) -> anyhow::Result<Vec<Missing>> {
    let mut missing = vec![plain("git", exists("git")), plain("postgresql", has_postgres())];
    // The control plane is built once; from then on it runs by itself.
    if cluster::find(paths)?.is_none() {
        missing.push(versioned(&GO));
    }
    if paths.root.join("end2end/package.json").exists() {
        let node = versioned(&NODE);
        // Debian's npm brings Debian's Node with it.
        let npm = plain("npm", exists("npm")).filter(|_| node.as_ref().is_none_or(|node| node.is_packaged));
        missing.extend([plain("chromium", has_chromium()), node, npm]);
    }
    Ok(missing.into_iter().flatten().collect())
}

/// Any version of it will do.
fn plain(package: &'static str, there: bool) -> Option<Missing> {
    (!there).then(|| Missing {
        package,
        is_packaged: true,
        words: format!("{package} is missing: sudo apt-get install {package}"),
    })
}

fn versioned(tool: &Tool) -> Option<Missing> {
    let words = tool.lacking()?;
    Some(Missing { package: tool.package, is_packaged: tool.is_packaged(), words })
}

/// Debian keeps the server's programs out of the search path.
fn has_postgres() -> bool {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let installed = versions.filter_map(Result::ok).any(|version| version.path().join("bin/initdb").exists());
    installed || exists("initdb") || std::env::var_os("SLIPWAY_TEST_POSTGRES_URL").is_some()
}
