//! A folder as a source.
//!
//! - Nothing outside of its root is read: a symbolic link that leads out is a problem of its file, and folders behind
//!   symbolic links are not entered.
//! - Only plain files are opened, so that a pipe or a device cannot hold a run up.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

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
}

impl Folder {
    /// Lists all files below `root`, which must be a true path. It blocks.
    pub(crate) fn open(root: PathBuf) -> Result<(Self, Listing), String> {
        let mut listing = Listing::default();
        let mut waiting = vec![(root.clone(), String::new(), 0)];
        while let Some((folder, prefix, depth)) = waiting.pop() {
            let entries = match fs::read_dir(&folder) {
                Ok(entries) => entries,
                // The root itself: nothing can be said about the source, and what is known of it stays.
                Err(error) if depth == 0 => {
                    return Err(format!("The folder {} cannot be read: {error}", root.display()));
                }
                Err(error) => {
                    listing.notes.push(format!("The folder {prefix} cannot be read: {error}"));
                    continue;
                }
            };
            for entry in entries.flatten() {
                // A name that is no UTF-8 cannot stand in a Location, and catalog files are named in ASCII.
                let Ok(name) = entry.file_name().into_string() else { continue };
                let Ok(kind) = entry.file_type() else { continue };
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
                    waiting.push((entry.path(), path, depth + 1));
                } else if let Some(listed) = listed(&root, &entry.path(), kind) {
                    listing.files.insert(path, listed);
                }
                if listing.files.len() >= MAX_FILES {
                    listing.notes.push(format!(
                        "The folder has more than {MAX_FILES} files; the rest is not looked at"
                    ));
                    return Ok((Folder { root }, listing));
                }
            }
        }
        Ok((Folder { root }, listing))
    }
}

fn listed(root: &Path, path: &Path, kind: fs::FileType) -> Option<Listed> {
    if kind.is_file() {
        // The size is asked when the file is read.
        return Some(Listed::File { size: 0, hash: None });
    }
    if !kind.is_symlink() {
        return Some(Listed::Refused("This is not a plain file".to_owned()));
    }
    Some(match path.canonicalize() {
        Err(_) => Listed::Refused("The symbolic link leads nowhere".to_owned()),
        Ok(target) if !target.starts_with(root) => Listed::Refused(
            "The symbolic link leads out of the source's folder. Put the file itself here, or make a source of where it lies".to_owned(),
        ),
        Ok(target) if target.is_file() => Listed::File { size: 0, hash: None },
        Ok(_) => return None,
    })
}

impl Tree for Folder {
    fn read(&mut self, path: &str, limit: u64) -> Result<Vec<u8>, NotRead> {
        // Asked again: the file may have become a link since it was listed.
        let path = self.root.join(path).canonicalize().map_err(|error| sentence(&error))?;
        if !path.starts_with(&self.root) {
            return Err("The file leads out of the source's folder".to_owned());
        }
        if !fs::metadata(&path).map_err(|error| sentence(&error))?.is_file() {
            return Err("This is not a plain file".to_owned());
        }
        let file = File::open(&path).map_err(|error| sentence(&error))?;
        let size = file.metadata().map_err(|error| sentence(&error))?.len();
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

fn sentence(error: &std::io::Error) -> NotRead {
    match error.kind() {
        ErrorKind::NotFound => "The file was removed while the source was read".to_owned(),
        ErrorKind::PermissionDenied => "Slipway may not read the file. Give its user the right to".to_owned(),
        _ => format!("The file cannot be read: {error}"),
    }
}
