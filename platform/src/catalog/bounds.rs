//! Where on this machine sources may lie: below the folders that the operator named, and never in what is Slipway's own or the
//! system's.
//!
//! - Everybody who is signed in sees the text of each file that is read, so no path leads to the key file, whatever is allowed.
//! - True paths are compared, and anew at each run: no link leads around them.
//! - A folder that holds such a place is read without it; one that is such a place, or lies in one, is refused.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path, PathBuf};

/// Where the system shows what its processes hold, as files.
const SYSTEM: [(&str, &str); 3] = [
    ("/proc", "the system's own /proc"),
    ("/sys", "the system's own /sys"),
    ("/dev", "the system's own /dev"),
];
const DATA: &str = "Slipway's own data folder";
const KEY: &str = "the folder of Slipway's key file";

/// The folders of this machine that sources may lie in, and what they may not.
#[derive(Clone, Debug, Default)]
pub struct Bounds {
    /// The folders below which sources may lie; empty for any.
    pub roots: Vec<PathBuf>,
    /// What no source reads, even where it lies below one of them.
    pub own: Option<Own>,
}

/// What Slipway keeps for itself on this machine.
#[derive(Clone, Debug)]
pub struct Own {
    /// The folder for everything that is kept.
    pub data: PathBuf,
    /// The key-encryption key.
    pub key_file: PathBuf,
}

/// What no source reads, by true paths, as it is at one moment.
#[derive(Clone, Debug, Default)]
pub(crate) struct Closed {
    folders: Vec<(PathBuf, &'static str)>,
    key_file: Option<PathBuf>,
}

impl Bounds {
    /// Checks that a path is a folder that may be read, and gives its true path.
    pub(crate) fn folder(&self, path: &Path) -> Result<PathBuf, String> {
        if path.to_str().is_some_and(is_repository) {
            return Err("This is the address of a repository: choose Git repository as its kind".to_owned());
        }
        if !path.is_absolute() || path.components().any(|part| part == Component::ParentDir) {
            return Err("Give an absolute path on the server's machine, without ..".to_owned());
        }
        let shown = path.display();
        // Asked before the disk is, so that nobody learns what lies elsewhere.
        if !self.is_below_a_root(path) {
            return Err(self.refusal());
        }
        let found = path.canonicalize().map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => format!("There is no folder {shown} on the server's machine"),
            std::io::ErrorKind::PermissionDenied => {
                format!("Slipway may not read {shown}. Give its user the right to")
            }
            _ => format!("The folder {shown} cannot be read: {error}"),
        })?;
        if !found.is_dir() {
            return Err(format!("{shown} is not a folder"));
        }
        if !self.is_below_a_root(&found) {
            return Err(self.refusal());
        }
        match self.closed().holding(&found) {
            Some(words) => {
                Err(format!("{shown} is, or lies in, {words}, which no source reads. Choose another folder"))
            }
            None => Ok(found),
        }
    }

    /// What no source reads now.
    pub(crate) fn closed(&self) -> Closed {
        let mut folders: Vec<_> = SYSTEM.iter().map(|(path, words)| (PathBuf::from(path), *words)).collect();
        let Some(own) = &self.own else { return Closed { folders, key_file: None } };
        folders.push((true_path(&own.data), DATA));
        // Where it is named, and where a link of that name leads: its next key is made beside it there.
        let named = std::path::absolute(&own.key_file).unwrap_or_else(|_| own.key_file.clone());
        let beside = [true_path(&named), named].into_iter().filter_map(|key| Some(true_path(key.parent()?)));
        // The root holds everything: the file itself is still never read.
        folders.extend(beside.filter(|folder| folder.parent().is_some()).map(|folder| (folder, KEY)));
        Closed { folders, key_file: Some(own.key_file.clone()) }
    }

    fn is_below_a_root(&self, path: &Path) -> bool {
        self.roots.is_empty()
            || self.roots.iter().any(|root| {
                path.starts_with(root) || root.canonicalize().is_ok_and(|root| path.starts_with(root))
            })
    }

    fn refusal(&self) -> String {
        let list: Vec<String> = self.roots.iter().map(|root| root.display().to_string()).collect();
        let list = list.join(", ");
        format!("Only folders below {list} may be read. An operator can add one to the configuration")
    }
}

impl Closed {
    /// Which closed folder a true path is, or lies in, in words.
    pub(crate) fn holding(&self, path: &Path) -> Option<&'static str> {
        self.folders.iter().find(|(folder, _)| path.starts_with(folder)).map(|(_, words)| *words)
    }

    /// Whether a file is the key file, whatever it is called where it was found.
    pub(crate) fn is_key_file(&self, about: &Metadata) -> bool {
        let key = self.key_file.as_ref().and_then(|path| std::fs::metadata(path).ok());
        key.is_some_and(|key| (key.dev(), key.ino()) == (about.dev(), about.ino()))
    }
}

/// Whether somebody wrote the address of a repository where a path was asked for.
fn is_repository(path: &str) -> bool {
    ["https://", "http://", "ssh://", "git@"].iter().any(|start| path.starts_with(start))
}

/// What is not there yet is where it is named.
fn true_path(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_lies_below_an_allowed_root() {
        let root = tempfile::tempdir().expect("a folder");
        let root_path = root.path().canonicalize().expect("a path");
        let other = tempfile::tempdir().expect("a folder");
        let inside = root_path.join("catalog");
        std::fs::create_dir(&inside).expect("a folder");
        std::os::unix::fs::symlink(other.path(), root_path.join("out")).expect("a link");
        std::fs::write(root_path.join("file"), "").expect("a file");
        let bounds = Bounds { roots: vec![root_path.clone()], own: None };
        assert_eq!(bounds.folder(&inside), Ok(inside.clone()));
        assert_eq!(bounds.folder(&root_path), Ok(root_path.clone()));
        for bad in [
            other.path(),
            &root_path.join("out"),
            &root_path.join("file"),
            &root_path.join("none"),
            &inside.join("../.."),
            Path::new("x"),
        ] {
            assert!(bounds.folder(bad).is_err(), "{}", bad.display());
        }
        let any = Bounds::default();
        assert_eq!(any.folder(&inside), Ok(inside), "without allowed roots, any folder may be read");
        for repository in ["https://git.example/x", "ssh://git@git.example/x", "git@git.example:x"] {
            let refused = any.folder(Path::new(repository)).expect_err("it is no folder");
            assert!(refused.contains("choose Git repository"), "{repository}: {refused}");
        }
    }

    #[test]
    fn what_is_our_own_or_the_system_s_is_no_source_whatever_is_allowed() {
        let root = tempfile::tempdir().expect("a folder");
        let root = root.path().canonicalize().expect("a path");
        let at = |path: &str| root.join(path);
        for folder in ["data/repositories", "keys/true/deeper", "keys/named", "catalog"] {
            std::fs::create_dir_all(at(folder)).expect("a folder");
        }
        std::fs::write(at("keys/true/key"), "secret").expect("a file");
        std::os::unix::fs::symlink(at("keys/true/key"), at("keys/named/key")).expect("a link");
        std::os::unix::fs::symlink(at("data"), at("catalog/link")).expect("a link");
        let own = Own { data: at("data"), key_file: at("keys/named/key") };
        let bounds = Bounds { roots: vec![root.clone(), "/".into()], own: Some(own) };
        for (folder, words) in [
            (at("data"), DATA),
            (at("data/repositories"), DATA),
            (at("catalog/link/repositories"), DATA),
            (at("keys/named"), KEY),
            (at("keys/true"), KEY),
            (at("keys/true/deeper"), KEY),
            ("/dev".into(), "/dev"),
        ] {
            let refused = bounds.folder(&folder).expect_err("it is closed");
            assert!(refused.contains(words) && refused.contains("no source reads"), "{refused}");
        }
        // What holds them, or lies beside them, is none of them.
        for folder in [root.clone(), at("keys"), at("catalog")] {
            assert_eq!(bounds.folder(&folder), Ok(folder));
        }
        // A key file at the very root closes nothing but itself.
        let own = Own { data: at("data"), key_file: "/no-such-key".into() };
        let bounds = Bounds { roots: Vec::new(), own: Some(own) };
        assert_eq!(bounds.folder(&at("catalog")), Ok(at("catalog")));
        let linked = at("catalog/other-name");
        std::fs::hard_link(at("keys/true/key"), &linked).expect("a second name");
        let own = Own { data: at("data"), key_file: at("keys/named/key") };
        let closed = Bounds { roots: Vec::new(), own: Some(own) }.closed();
        assert!(closed.is_key_file(&std::fs::metadata(&linked).expect("a file")));
    }
}
