//! A folder as a source.
//!
//! - Nothing outside of its root is read: a symbolic link that leads out is a problem of its file, and folders behind
//!   symbolic links are not entered.
//! - Nothing that is Slipway's own is read ([`Closed`]), also where it lies below the root: that folder is passed over.
//! - Only plain files are read, so that a pipe or a device cannot hold a run up.
//! - A folder that cannot be listed ends the run: what lies in it must not count as gone.

use std::fs::{self, DirEntry, File, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::bounds::Closed;
use super::tree::{Listed, Listing, NotRead, Tree, too_large};

/// How much of a folder is listed.
const MAX_FILES: usize = 200_000;
const MAX_DEPTH: usize = 64;
/// Folders that hold no catalog files of the source itself.
const SKIPPED: [&str; 2] = [".git", "node_modules"];

/// A folder, by its true path.
#[derive(Debug)]
pub(crate) struct Folder {
    root: PathBuf,
    closed: Closed,
}

impl Folder {
    /// Lists all files below `root`, which must be a true path, in an order that is the same each time. It blocks.
    pub(crate) fn open(root: PathBuf, closed: Closed) -> Result<(Self, Listing), String> {
        let mut listing = Listing::default();
        let mut waiting = vec![(root.clone(), String::new(), 0)];
        while let Some((folder, prefix, depth)) = waiting.pop() {
            let entries = match entries(&folder) {
                Ok(entries) => entries,
                // Removed since the folder above it was listed.
                Err(error) if error.kind() == ErrorKind::NotFound && depth > 0 => continue,
                // Nothing can be said about the source, and what is known of it stays.
                Err(error) => return Err(unlisted(&folder, &error)),
            };
            let mut folders = Vec::new();
            for (entry, kind) in entries {
                // A name that is no UTF-8 cannot stand in a Location, and catalog files are named in ASCII.
                let Ok(name) = entry.file_name().into_string() else { continue };
                let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}/{name}") };
                if kind.is_dir() {
                    if SKIPPED.contains(&name.as_str()) {
                        continue;
                    }
                    if depth == MAX_DEPTH {
                        listing.notes.push(format!(
                            "Folders below {path} are not read: they lie deeper than {MAX_DEPTH}"
                        ));
                        continue;
                    }
                    // Links are not entered, so its path is its true one.
                    if let Some(words) = closed.holding(&entry.path()) {
                        listing.notes.push(format!("The folder {path} is not read: it is {words}"));
                        continue;
                    }
                    folders.push((entry.path(), path, depth + 1));
                } else if let Some(listed) = listed(&root, &closed, &entry.path(), kind) {
                    listing.files.insert(path, listed);
                }
                if listing.files.len() >= MAX_FILES {
                    listing.is_cut = true;
                    listing.notes.push(format!(
                        "The folder has more than {MAX_FILES} files; the rest is not looked at"
                    ));
                    return Ok((Folder { root, closed }, listing));
                }
            }
            waiting.extend(folders.into_iter().rev());
        }
        Ok((Folder { root, closed }, listing))
    }
}

/// What lies in a folder, by name.
fn entries(folder: &Path) -> io::Result<Vec<(DirEntry, fs::FileType)>> {
    let with_kind =
        |entry: io::Result<DirEntry>| match entry.and_then(|entry| Ok((entry.file_type()?, entry))) {
            Ok((kind, entry)) => Some(Ok((entry, kind))),
            // Removed since the folder was listed: that alone says nothing of its neighbours.
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => Some(Err(error)),
        };
    let mut entries = fs::read_dir(folder)?.filter_map(with_kind).collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_cached_key(|(entry, _)| entry.file_name());
    Ok(entries)
}

fn unlisted(folder: &Path, error: &io::Error) -> String {
    let shown = folder.display();
    match error.kind() {
        ErrorKind::PermissionDenied => {
            format!("Slipway may not read the folder {shown}. Give its user the right to")
        }
        _ => format!("The folder {shown} cannot be read: {error}"),
    }
}

fn listed(root: &Path, closed: &Closed, path: &Path, kind: fs::FileType) -> Option<Listed> {
    if kind.is_file() {
        // The size is asked when the file is read.
        return Some(Listed::File { size: 0, hash: None });
    }
    if !kind.is_symlink() {
        return Some(Listed::Refused("This is not a plain file.".to_owned()));
    }
    Some(match path.canonicalize() {
        Err(_) => Listed::Refused("The symbolic link leads nowhere.".to_owned()),
        Ok(target) if !target.starts_with(root) => Listed::Refused(
            "The symbolic link leads out of the source's folder. Put the file itself here, or make a source of where it lies.".to_owned(),
        ),
        Ok(target) if !target.is_file() => return None,
        Ok(target) => match closed.holding(&target) {
            Some(words) => {
                Listed::Refused(format!("The symbolic link leads into {words}, which no source reads."))
            }
            None => Listed::File { size: 0, hash: None },
        },
    })
}

impl Tree for Folder {
    fn read(&mut self, path: &str, limit: u64) -> Result<Vec<u8>, NotRead> {
        // Opened first and looked at then: what is read is what was looked at, whatever its name leads to by now.
        let path = self.root.join(path);
        let mut options = OpenOptions::new();
        options.read(true).custom_flags(libc::O_NONBLOCK);
        let file = options.open(&path).map_err(|error| sentence(&error))?;
        let about = file.metadata().map_err(|error| sentence(&error))?;
        if !about.is_file() {
            return Err("This is not a plain file.".to_owned());
        }
        let lies_at = true_path(&file, &about, &path).map_err(|error| sentence(&error))?;
        if !lies_at.starts_with(&self.root) {
            return Err("The file leads out of the source's folder.".to_owned());
        }
        if self.closed.holding(&lies_at).is_some() || self.closed.is_key_file(&about) {
            return Err("The file is Slipway's own, and no source reads it.".to_owned());
        }
        let size = about.len();
        if size > limit {
            return Err(too_large(size, limit));
        }
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
        // It may grow while it is read.
        file.take(limit + 1).read_to_end(&mut bytes).map_err(|error| sentence(&error))?;
        let read = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if read > limit { Err(too_large(read, limit)) } else { Ok(bytes) }
    }
}

/// Where an open file lies.
fn true_path(file: &File, about: &fs::Metadata, path: &Path) -> io::Result<PathBuf> {
    #[cfg(target_os = "linux")]
    {
        use std::os::fd::AsRawFd;
        // As the system itself knows it; absent where /proc is not there.
        if let Ok(path) = fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd())) {
            return Ok(path);
        }
    }
    let found = path.canonicalize()?;
    let there = fs::symlink_metadata(&found)?;
    if (there.dev(), there.ino()) == (about.dev(), about.ino()) {
        return Ok(found);
    }
    Err(io::Error::other("it was replaced while it was opened"))
}

fn sentence(error: &io::Error) -> NotRead {
    match error.kind() {
        ErrorKind::NotFound => "The file was removed while the source was read.".to_owned(),
        ErrorKind::PermissionDenied => {
            "Slipway may not read the file. Give its user the right to.".to_owned()
        }
        _ => format!("The file cannot be read: {error}."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_became_something_else_since_it_was_listed_is_not_read() {
        let root = tempfile::tempdir().expect("a folder");
        let other = tempfile::tempdir().expect("a folder");
        fs::write(other.path().join("a.yaml"), "secret").expect("a file");
        fs::create_dir(root.path().join("in")).expect("a folder");
        fs::write(root.path().join("in/a.yaml"), "fine").expect("a file");
        let (mut folder, listing) =
            Folder::open(root.path().canonicalize().expect("a path"), Closed::default()).expect("a listing");
        assert_eq!(listing.files.keys().collect::<Vec<_>>(), ["in/a.yaml"]);
        assert_eq!(folder.read("in/a.yaml", 100).as_deref(), Ok(&b"fine"[..]));

        fs::remove_dir_all(root.path().join("in")).expect("it was there");
        std::os::unix::fs::symlink(other.path(), root.path().join("in")).expect("a link");
        let refused = folder.read("in/a.yaml", 100).expect_err("it lies elsewhere");
        assert!(refused.contains("leads out of the source's folder"), "{refused}");

        fs::remove_file(root.path().join("in")).expect("it was there");
        fs::create_dir(root.path().join("in")).expect("a folder");
        let pipe = root.path().join("in/a.yaml");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo runs");
        assert!(made.success());
        // Nobody writes into it: an open that waits would wait for ever.
        let refused = folder.read("in/a.yaml", 100).expect_err("it is a pipe");
        assert_eq!(refused, "This is not a plain file.");
    }
}
