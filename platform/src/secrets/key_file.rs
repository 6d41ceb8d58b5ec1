//! The key file: 32 random bytes in base64, mode 0600, made at first start. While its key is replaced it has a line for
//! each key, the newest first.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

/// Why the key file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// It is not there, and there are credentials that only it opens.
    #[error(
        "The key file {} is missing, and the database holds credentials that only it can open. Put the file back from where you \
         keep a copy", .0.display()
    )]
    Missing(PathBuf),
    /// It is there but does not open what is sealed.
    #[error("The key file {} is not the one that this database was sealed with. Put the right one back", .0.display())]
    Wrong(PathBuf),
    /// Others on this machine can read it.
    #[error("The key file {} can be read by others (mode {mode:o}). Run: chmod 600 {}", .path.display(), .path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// It is not 32 bytes in base64.
    #[error("The key file {} does not hold a key", .0.display())]
    NoKey(PathBuf),
    /// It cannot be read or written.
    #[error("The key file {} cannot be read or made: {cause}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
}

/// A key-encryption key.
pub type Key = [u8; 32];

/// The keys, the newest first. Where there is no file, one is made if `may_make`. What was left beside it by one that ended while it made it goes: nobody
/// else makes one at this moment, since whoever opens the keys waits for the others.
pub fn load(path: &Path, may_make: bool) -> Result<Vec<Key>, KeyFileError> {
    let unreadable = |error: std::io::Error| KeyFileError::Unreadable { path: path.to_owned(), cause: error };
    if may_make {
        clear_leftovers(path);
    }
    let metadata = match std::fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == ErrorKind::NotFound && may_make => {
            return make(path).map(|key| vec![key]).map_err(unreadable);
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err(KeyFileError::Missing(path.to_owned()));
        }
        Err(error) => return Err(unreadable(error)),
    };
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(KeyFileError::Open { path: path.to_owned(), mode });
    }
    let text = std::fs::read_to_string(path).map_err(unreadable)?;
    let key = |line: &str| BASE64.decode(line).ok().and_then(|bytes| Key::try_from(bytes).ok());
    let keys: Option<Vec<Key>> = text.split_ascii_whitespace().map(key).collect();
    keys.filter(|keys| !keys.is_empty()).ok_or_else(|| KeyFileError::NoKey(path.to_owned()))
}

/// Puts `keys` into the file in one move: it holds what it held, or these. Where it is a link, the file that it leads to is replaced.
/// It stays its owner's, whoever replaces it.
pub fn replace(path: &Path, keys: &[Key]) -> Result<(), KeyFileError> {
    let moved = || {
        let path = path.canonicalize()?;
        let owner = std::fs::metadata(&path)?;
        clear_leftovers(&path);
        let beside = write_beside(&path, keys)?;
        chown(&beside, Some(owner.uid()), Some(owner.gid()))
            .and_then(|()| std::fs::rename(&beside, &path))
            .inspect_err(|_| clear_leftovers(&path))?;
        File::open(folder(&path))?.sync_all()
    };
    moved().map_err(|cause| KeyFileError::Unreadable { path: path.to_owned(), cause })
}

/// What a key that is being made is called beside its place, before a random number.
const BESIDE: &str = "new-";

/// Writes a new key beside the place and moves it there, so that a key file is whole or absent; never over another. It is on the disk
/// before anything is sealed under it: its text, and its name in the folder.
fn make(path: &Path) -> std::io::Result<Key> {
    let folder = folder(path);
    let is_new = !folder.exists();
    std::fs::create_dir_all(folder)?;
    let key: Key = rand::random();
    let beside = write_beside(path, &[key])?;
    let placed = std::fs::hard_link(&beside, path);
    std::fs::remove_file(&beside)?;
    placed?;
    File::open(folder)?.sync_all()?;
    if is_new && let Some(above) = folder.canonicalize()?.parent() {
        File::open(above)?.sync_all()?;
    }
    Ok(key)
}

fn write_beside(path: &Path, keys: &[Key]) -> std::io::Result<PathBuf> {
    let beside = path.with_extension(format!("{BESIDE}{:016x}", rand::random::<u64>()));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
    let lines: String = keys.iter().map(|key| format!("{}\n", BASE64.encode(key))).collect();
    file.write_all(lines.as_bytes())?;
    file.sync_all()?;
    Ok(beside)
}

fn clear_leftovers(path: &Path) {
    let Ok(entries) = std::fs::read_dir(folder(path)) else { return };
    let begins = path.with_extension(BESIDE);
    let Some(begins) = begins.file_name().and_then(|name| name.to_str()) else { return };
    for entry in entries.flatten() {
        if entry.file_name().to_str().and_then(|name| name.strip_prefix(begins)).is_some_and(is_random)
            && let Err(error) = std::fs::remove_file(entry.path())
        {
            tracing::warn!(%error, file = %entry.path().display(), "a key that was never used could not be removed");
        }
    }
}

/// As [`make`] ends the name: nothing that somebody else has put there.
fn is_random(end: &str) -> bool {
    end.len() == 16 && end.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
