//! A Git repository as a source, by the `git` program.
//!
//! - Nothing of a repository runs here: no hooks, no filters, no checkout; no configuration but ours; only the one
//!   transport that the address needs.
//! - Its server's name is looked up once, and no redirect is followed: what was looked at is what is called. Through
//!   a proxy and by ssh the name is looked up once more, by them.
//! - The mirror is a cache with one commit in it: whoever deletes it loses nothing. One that a fetch was cut off in is made anew.
//! - Files are read from the commit itself, so every file of a run is from the same moment.

mod command;
mod objects;
mod reach;

use std::path::{Path, PathBuf};
use std::time::Duration;

pub(crate) use command::GitError;
use command::{Limits, git};
pub(crate) use objects::Objects;

use super::bounds::Bounds;
use super::source::{self, Transport};
use super::tree::{Listed, Listing};
use crate::outgoing::Outgoing;

/// The reference that the commit to read is fetched to.
const REFERENCE: &str = "refs/slipway/read";
/// How long one `git` may take, and how large a mirror may grow, in bytes.
const FETCH: Limits = Limits { time: Duration::from_secs(300), bytes: 4 << 30 };
const LOCAL: Limits = Limits { time: Duration::from_secs(60), bytes: u64::MAX };
/// Shallow fetches leave old commits behind; a mirror of more packs than this is made anew.
const MAX_PACKS: usize = 40;
const MAX_FILES: usize = 200_000;

/// A commit that is on this machine.
#[derive(Clone, Debug)]
pub(crate) struct Commit {
    mirror: PathBuf,
    /// Its hash in hex.
    pub hash: String,
}

/// Fetches the newest commit of a branch into the mirror.
pub(crate) async fn fetch(
    mirror: &Path,
    url: &str,
    branch: Option<&str>,
    bounds: &Bounds,
    outgoing: &Outgoing,
) -> Result<Commit, GitError> {
    let transport = source::address(url, bounds).map_err(GitError::Refused)?;
    let (protocol, url) = match &transport {
        Transport::Https(_) => ("https", url.to_owned()),
        Transport::Ssh(_) => ("ssh", url.to_owned()),
        // As an address, so that git also fetches shallowly from here.
        Transport::Local(path) => ("file", format!("file://{}", path.display())),
    };
    if packs(mirror) > MAX_PACKS || was_cut_off(mirror) {
        remove(mirror).await?;
    }
    // The last folder that `git init` makes.
    if !mirror.join("objects/info").exists() {
        remove(mirror).await?;
        tokio::fs::create_dir_all(mirror).await.map_err(|error| GitError::cache(mirror, &error))?;
        let made = git(mirror, LOCAL).args(["init", "--quiet", "--bare", "--template="]).text().await;
        made.map_err(|error| error.about(&url, branch))?;
    }
    let refspec = match branch {
        Some(branch) => format!("+refs/heads/{branch}:{REFERENCE}"),
        None => format!("+HEAD:{REFERENCE}"),
    };
    let resolved = reach::resolved(&transport, &url, outgoing).await?;
    let fetching = git(mirror, FETCH).variables(outgoing.variables());
    let fetching = match &resolved {
        Some(resolved) => fetching.config(reach::RESOLVED, resolved),
        None => fetching,
    };
    fetching
        .config("protocol.allow", "never")
        .config(&format!("protocol.{protocol}.allow"), "always")
        .args([
            "fetch",
            "--quiet",
            "--depth=1",
            "--no-tags",
            "--no-recurse-submodules",
            "--no-write-fetch-head",
            "--end-of-options",
        ])
        .arg(&url)
        .arg(&refspec)
        .text()
        .await
        .map_err(|error| error.about(&url, branch))?;
    let hash = git(mirror, LOCAL)
        .args(["rev-parse", "--verify", "--quiet"])
        .arg(format!("{REFERENCE}^{{commit}}"))
        .text()
        .await;
    let hash = hash.map_err(|error| error.about(&url, branch))?;
    Ok(Commit { mirror: mirror.to_owned(), hash: hash.trim().to_owned() })
}

impl Commit {
    /// Lists its files.
    pub(crate) async fn list(&self) -> Result<Listing, GitError> {
        let output = git(&self.mirror, LOCAL)
            .args(["ls-tree", "-r", "-z", "--long", "--full-tree"])
            .arg(&self.hash)
            .bytes()
            .await?;
        let mut listing = Listing::default();
        for line in output.split(|byte| *byte == 0).filter(|line| !line.is_empty()) {
            // A path that is no UTF-8 cannot stand in a Location, and catalog files are named in ASCII.
            let Some((path, listed)) = std::str::from_utf8(line).ok().and_then(entry) else { continue };
            listing.files.insert(path.to_owned(), listed);
            if listing.files.len() >= MAX_FILES {
                listing.is_cut = true;
                listing.notes.push(format!(
                    "The repository has more than {MAX_FILES} files; the rest is not looked at"
                ));
                break;
            }
        }
        Ok(listing)
    }

    /// Opens it for reading. It blocks.
    pub(crate) fn open(&self, listing: &Listing) -> Result<Objects, GitError> {
        Objects::open(&self.mirror, listing)
    }
}

/// One line of `ls-tree --long`: `<mode> <type> <hash> <size>\t<path>`.
fn entry(line: &str) -> Option<(&str, Listed)> {
    let (about, path) = line.split_once('\t')?;
    let mut about = about.split_ascii_whitespace();
    let (mode, kind, hash, size) = (about.next()?, about.next()?, about.next()?, about.next()?);
    let listed = match (mode, kind) {
        ("120000", _) => Listed::Refused(
            "This is a symbolic link; in a repository they are not followed. Name the file that it leads to."
                .to_owned(),
        ),
        (_, "blob") => Listed::File { size: size.parse().ok()?, hash: Some(hash.to_owned()) },
        _ => Listed::Refused(
            "This is another repository inside this one (a submodule); make a source of it.".to_owned(),
        ),
    };
    Some((path, listed))
}

fn packs(mirror: &Path) -> usize {
    std::fs::read_dir(mirror.join("objects/pack")).map_or(0, |entries| {
        entries.flatten().filter(|entry| entry.path().extension().is_some_and(|end| end == "pack")).count()
    })
}

/// Whether a fetch was cut off in it, by a limit or with its process: git leaves its locks then, which no later fetch gets past,
/// and half a pack, which nothing clears. The job's lease makes whoever fetches the mirror's only user.
fn was_cut_off(mirror: &Path) -> bool {
    holds(mirror, |name| name.ends_with(".lock"))
        || holds(&mirror.join("refs/slipway"), |name| name.ends_with(".lock"))
        || holds(&mirror.join("objects/pack"), |name| name.starts_with("tmp_"))
}

fn holds(folder: &Path, is_meant: impl Fn(&str) -> bool) -> bool {
    let mut entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.any(|entry| entry.file_name().to_str().is_some_and(&is_meant))
}

async fn remove(mirror: &Path) -> Result<(), GitError> {
    match tokio::fs::remove_dir_all(mirror).await {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(GitError::cache(mirror, &error)),
        _ => Ok(()),
    }
}

/// Deletes the mirror of a source that is no more, or no repository any more; where there is none, that is well.
pub(crate) async fn forget(mirror: &Path) {
    if let Err(error) = remove(mirror).await {
        tracing::warn!(mirror = %mirror.display(), "a mirror that no source needs stays behind: {error}");
    }
}

#[cfg(test)]
#[path = "git/tests.rs"]
mod tests;
#[cfg(test)]
pub(crate) use tests::run as test_repository;
