//! Reads files of a commit by one `git cat-file --batch`: no checkout, so no links, filters or line endings matter.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use super::command::{GitError, environment, options};
use crate::catalog::tree::{Listed, Listing, NotRead, Tree, too_large};

/// The open files of a commit.
#[derive(Debug)]
pub(crate) struct Objects {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    hashes: BTreeMap<String, (String, u64)>,
}

impl Objects {
    pub(super) fn open(mirror: &Path, listing: &Listing) -> Result<Self, GitError> {
        let mut child = Command::new("git")
            .env_clear()
            .envs(environment())
            .args(options())
            .args(["cat-file", "--batch"])
            .current_dir(mirror)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| GitError::cache(mirror, &error))?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(GitError::Failed("it has no input or output".to_owned()));
        };
        let hashes = listing.files.iter().filter_map(|(path, listed)| match listed {
            Listed::File { size, hash: Some(hash) } => Some((path.clone(), (hash.clone(), *size))),
            _ => None,
        });
        Ok(Objects { child, input, output: BufReader::new(output), hashes: hashes.collect() })
    }

    /// Asks for one object: `<hash> blob <size>`, the bytes, and a line break.
    fn object(&mut self, hash: &str) -> std::io::Result<Vec<u8>> {
        writeln!(self.input, "{hash}")?;
        self.input.flush()?;
        let mut header = String::new();
        self.output.read_line(&mut header)?;
        let size = match header.split_ascii_whitespace().collect::<Vec<_>>().as_slice() {
            [_, "blob", size] => size.parse::<usize>().ok(),
            _ => None,
        };
        let size = size.ok_or_else(|| std::io::Error::other(format!("git answered {:?}", header.trim())))?;
        let mut bytes = vec![0; size + 1];
        self.output.read_exact(&mut bytes)?;
        bytes.truncate(size);
        Ok(bytes)
    }
}

impl Tree for Objects {
    fn read(&mut self, path: &str, limit: u64) -> Result<Vec<u8>, NotRead> {
        let Some((hash, size)) = self.hashes.get(path).cloned() else {
            return Err("The commit has no such file.".to_owned());
        };
        if size > limit {
            return Err(too_large(size, limit));
        }
        self.object(&hash).map_err(|error| format!("git could not read the file: {error}."))
    }
}

impl Drop for Objects {
    fn drop(&mut self) {
        // It ends by itself when its input closes; this only keeps a stuck one from staying.
        if let Err(error) = self.child.kill() {
            tracing::debug!("git had ended: {error}");
        }
        if let Err(error) = self.child.wait() {
            tracing::debug!("git was not waited for: {error}");
        }
    }
}
