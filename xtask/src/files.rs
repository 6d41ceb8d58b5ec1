//! Files: listing them, and knowing by their content whether something has to be made again.

use std::path::{Path, PathBuf};

use anyhow::Context;
use sha2::{Digest, Sha256};

/// Every file below a folder, sorted, so that their order is the same everywhere. A folder that is not there has none.
pub fn below(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = match std::fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error).with_context(|| format!("{} cannot be read", folder.display())),
        };
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The content of a file.
pub fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))
}

/// Writes a file, and the folders it is in.
pub fn write(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    }
    std::fs::write(path, content).with_context(|| format!("{} cannot be written", path.display()))
}

/// An empty folder of this name, whatever was there before.
pub fn fresh_folder(path: &Path) -> anyhow::Result<()> {
    remove_folder(path)?;
    std::fs::create_dir_all(path).with_context(|| format!("{} cannot be made", path.display()))
}

/// Makes what `mark` stands for, and notes what it was made from. The note is taken away before, so that what broke off half-way is
/// never taken for whole.
pub fn remake(mark: &Path, made_from: &str, work: impl FnOnce() -> anyhow::Result<()>) -> anyhow::Result<()> {
    match std::fs::remove_file(mark) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(error).with_context(|| format!("{} cannot be removed", mark.display()));
        }
        _ => {}
    }
    work()?;
    write(mark, made_from.as_bytes())
}

/// Makes a folder in `home` that is whole or not there: `work` fills an empty one, and gives the name that it gets then. What is
/// half made is removed, also what was left by runs that were cut off: the caller holds a lock, so nobody else is at work in `home`.
pub fn make_whole(home: &Path, work: impl FnOnce(&Path) -> anyhow::Result<String>) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(home).into_iter().flatten() {
        let path = entry?.path();
        if is_partial(&path) {
            remove_folder(&path)?;
        }
    }
    let partial = home.join(format!("{}.partial", std::process::id()));
    fresh_folder(&partial)?;
    let made = work(&partial).and_then(|name| {
        let whole = home.join(name);
        remove_folder(&whole)?;
        std::fs::rename(&partial, &whole).with_context(|| format!("{} cannot be made", whole.display()))
    });
    made.and(remove_folder(&partial))
}

/// Whether [`make_whole`] is, or was, at work on this folder.
pub fn is_partial(folder: &Path) -> bool {
    folder.extension().is_some_and(|ending| ending == "partial")
}

fn remove_folder(path: &Path) -> anyhow::Result<()> {
    match std::fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("{} cannot be removed", path.display()))
        }
        _ => Ok(()),
    }
}

/// The first 16 hexadecimal digits of a SHA-256: enough to tell versions of a file apart.
pub fn hash(content: &[u8]) -> String {
    short(&Sha256::digest(content))
}

/// What something is made from: names and contents of files, and words. Equal inputs give an equal fingerprint.
#[derive(Default)]
pub struct Fingerprint(Sha256);

impl Fingerprint {
    /// With a word: a version, an option.
    pub fn word(mut self, word: &str) -> Self {
        self.part(word.as_bytes());
        self
    }

    /// With files or folders of the clone. What is not there counts as empty.
    pub fn files(mut self, root: &Path, names: &[&str]) -> anyhow::Result<Self> {
        for name in names {
            let path = root.join(name);
            let files = if path.is_file() { vec![path] } else { below(&path)? };
            for file in files {
                let name = file.strip_prefix(root).unwrap_or(&file);
                self.part(name.to_string_lossy().as_bytes());
                self.part(&read(&file)?);
            }
        }
        Ok(self)
    }

    /// As text.
    pub fn finish(self) -> String {
        short(&self.0.finalize())
    }

    fn part(&mut self, bytes: &[u8]) {
        self.0.update(bytes.len().to_le_bytes());
        self.0.update(bytes);
    }
}

fn short(digest: &[u8]) -> String {
    hex::encode(digest.get(..8).unwrap_or(digest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_broke_off_is_not_taken_for_whole() {
        let folder = tempfile::tempdir().unwrap();
        let mark = folder.path().join("made-from");
        remake(&mark, "a", || Ok(())).unwrap();
        assert_eq!(read(&mark).unwrap(), b"a");
        assert!(remake(&mark, "b", || anyhow::bail!("broke off")).is_err());
        assert!(!mark.exists());
        remake(&mark, "a", || Ok(())).unwrap();
        assert_eq!(read(&mark).unwrap(), b"a");
    }

    #[test]
    fn a_folder_is_whole_or_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("wasm");
        let names = || -> Vec<_> {
            below(&home).unwrap().iter().map(|file| file.strip_prefix(&home).unwrap().to_owned()).collect()
        };
        let make = |content: &'static [u8], name: anyhow::Result<String>| {
            make_whole(&home, |partial| write(&partial.join("file"), content).and(name))
        };
        assert!(make(b"half", Err(anyhow::anyhow!("broke off"))).is_err());
        assert_eq!(std::fs::read_dir(&home).unwrap().count(), 0);
        // Of a process that was ended.
        write(&home.join("1.partial/file"), b"half").unwrap();
        write(&home.join("one.2.partial/file"), b"half").unwrap();
        make(b"whole", Ok("one".to_owned())).unwrap();
        assert_eq!(names(), [Path::new("one/file")]);
        make(b"again", Ok("one".to_owned())).unwrap();
        assert_eq!(read(&home.join("one/file")).unwrap(), b"again");
        assert_eq!(names(), [Path::new("one/file")]);
    }

    #[test]
    fn a_fingerprint_changes_with_content_name_and_word() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let of =
            |word: &str| Fingerprint::default().word(word).files(root, &["a", "missing"]).unwrap().finish();
        write(&root.join("a/one"), b"1").unwrap();
        let first = of("dev");
        assert_eq!(of("dev"), first);
        assert_ne!(of("release"), first);
        write(&root.join("a/one"), b"2").unwrap();
        assert_ne!(of("dev"), first);
        write(&root.join("a/one"), b"1").unwrap();
        assert_eq!(of("dev"), first);
        std::fs::rename(root.join("a/one"), root.join("a/two")).unwrap();
        assert_ne!(of("dev"), first);
    }
}
