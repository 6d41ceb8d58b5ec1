//! `make dev`: the server, built and started again whenever its sources change.
//!
//! What is in order replaces what runs; what is not is said, and the server that runs goes on. Its data, sessions and jobs outlive
//! the change, as they outlive every other end of the process.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant, SystemTime};

use anyhow::Context;

use crate::build::{self, Mode};
use crate::paths::Paths;
use crate::{files, report};

/// What the product is made from.
const SOURCES: &[&str] = &[
    "Cargo.toml",
    "Cargo.lock",
    "app",
    "blueprints",
    "domain",
    "migrations",
    "platform",
    "public",
    "server",
    "style",
];
/// How often they are looked at: an editor's save is noticed at once, and looking costs next to nothing.
const LOOK: Duration = Duration::from_millis(300);
/// How long a server may take to end what it has begun.
const PATIENCE: Duration = Duration::from_secs(10);

/// Builds, starts and watches, until it is interrupted. `args` go to `slipway serve`.
pub fn run(paths: &Paths, args: &[String]) -> anyhow::Result<()> {
    let mut running: Option<Child> = None;
    loop {
        // Looked at before the build, so that what is saved meanwhile is built next.
        let built_from = Seen::of(&paths.root)?;
        match build::all(paths, Mode::Dev) {
            Ok(program) => {
                if let Some(old) = running.take() {
                    end(old)?;
                }
                running = Some(start(&program, paths, args)?);
            }
            Err(error) => {
                report::failure(&error);
                if running.is_some() {
                    report::line("The server that runs is the one of before.");
                }
            }
        }
        report::line("Watching the sources. It ends with Ctrl-C.");
        wait_for_change(&paths.root, built_from, &mut running)?;
    }
}

fn start(program: &Path, paths: &Paths, args: &[String]) -> anyhow::Result<Child> {
    let mut server = Command::new(program);
    server.arg("serve").args(args).current_dir(&paths.root);
    server.spawn().with_context(|| format!("{} cannot be started", program.display()))
}

/// Asks it to end, so that its requests are answered; after a while it is ended.
fn end(mut server: Child) -> anyhow::Result<()> {
    let asked = Command::new("kill").arg(server.id().to_string()).status();
    let until = Instant::now() + PATIENCE;
    while asked.as_ref().is_ok_and(|status| status.success()) && Instant::now() < until {
        if server.try_wait()?.is_some() {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    if server.try_wait()?.is_none() {
        server.kill()?;
    }
    server.wait()?;
    Ok(())
}

/// Comes back when the sources are others than `before`, and have been the same for one look: editors and `git` write many files.
fn wait_for_change(root: &Path, before: Seen, running: &mut Option<Child>) -> anyhow::Result<()> {
    let mut last = before.clone();
    loop {
        std::thread::sleep(LOOK);
        if let Some(server) = running
            && let Some(status) = server.try_wait()?
        {
            report::line(&format!("The server ended ({status}). It is started again at the next change."));
            *running = None;
        }
        let seen = Seen::of(root)?;
        if seen != before && seen == last {
            return Ok(());
        }
        last = seen;
    }
}

/// When each file was written, and its size.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Seen(BTreeMap<PathBuf, (Option<SystemTime>, u64)>);

impl Seen {
    fn of(root: &Path) -> anyhow::Result<Self> {
        let mut seen = BTreeMap::new();
        for name in SOURCES {
            let path = root.join(name);
            let found = if path.is_file() { vec![path] } else { files::below(&path)? };
            // A file may be gone between two looks.
            let facts = |path: &PathBuf| {
                let about = path.metadata().ok()?;
                Some((about.modified().ok(), about.len()))
            };
            seen.extend(found.into_iter().filter_map(|path| Some((path.clone(), facts(&path)?))));
        }
        Ok(Self(seen))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_come_change_and_go_are_seen() {
        let folder = tempfile::tempdir().unwrap();
        let seen = || Seen::of(folder.path()).unwrap();
        let file = folder.path().join("style/main.css");
        let empty = seen();
        files::write(&file, b"a").unwrap();
        let first = seen();
        assert_ne!(first, empty);
        assert_eq!(seen(), first);
        files::write(&file, b"ab").unwrap();
        assert_ne!(seen(), first);
        std::fs::remove_file(&file).unwrap();
        assert_eq!(seen(), empty);
        // What is built is no source.
        files::write(&folder.path().join("target/debug/slipway"), b"x").unwrap();
        assert_eq!(seen(), empty);
    }

    #[test]
    fn a_server_that_does_not_listen_is_ended_all_the_same() {
        end(Command::new("sleep").arg("60").spawn().unwrap()).unwrap();
    }

    #[test]
    fn a_server_that_ended_is_noticed_while_nothing_changes() {
        let folder = tempfile::tempdir().unwrap();
        let before = Seen::of(folder.path()).unwrap();
        let file = folder.path().join("app/src/lib.rs");
        let mut running = Some(Command::new("true").spawn().unwrap());
        let writer = std::thread::spawn(move || {
            std::thread::sleep(LOOK * 3);
            files::write(&file, b"x").unwrap();
        });
        wait_for_change(folder.path(), before, &mut running).unwrap();
        writer.join().unwrap();
        assert!(running.is_none());
    }
}
