//! One process at a time, where several would write the same folder: `make dev` and `make test` share a target folder, clones share
//! the cache.

use std::fs::{File, TryLockError};
use std::path::Path;

use anyhow::Context;

use crate::report;

/// Held until it is dropped, or the process ends, however it ends.
#[derive(Debug)]
#[must_use = "what is not kept is let go at once"]
pub struct Held {
    _file: File,
}

/// Takes the lock that this file stands for. If another process has it, says what is waited for, and waits for its end.
pub fn hold(path: &Path, other: &str) -> anyhow::Result<Held> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    }
    let file = File::create(path).with_context(|| format!("{} cannot be written", path.display()))?;
    let taken = match file.try_lock() {
        Err(TryLockError::WouldBlock) => {
            report::line(&format!("Waiting for {other} to end ({})", path.display()));
            file.lock()
        }
        Err(TryLockError::Error(error)) => Err(error),
        Ok(()) => Ok(()),
    };
    taken.with_context(|| format!("{} cannot be locked", path.display()))?;
    Ok(Held { _file: file })
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_second_one_waits_for_the_first() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("xtask/build.lock");
        let first = hold(&path, "another build").unwrap();
        let (sender, taken) = mpsc::channel();
        let second = std::thread::spawn(move || {
            let _second = hold(&path, "another build").unwrap();
            sender.send(()).unwrap();
        });
        assert!(taken.recv_timeout(Duration::from_millis(200)).is_err());
        drop(first);
        taken.recv_timeout(Duration::from_secs(20)).unwrap();
        second.join().unwrap();
    }
}
