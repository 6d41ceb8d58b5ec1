//! Logs of steps: capped, compressed chunks in the object store, with an index row each. Never a row per line.
//!
//! Invariants:
//! - the object is on the disk before its row is written, so a row names a missing object only where the folder itself was lost
//!   or left out of a copy; reading such a log is an error. An object without a row is harmless, and goes when its log does;
//! - lines are numbered from 0 without gaps, so that a reader goes on from the number where it stopped;
//! - a log that is full says so in its last line, once.

pub(crate) mod store;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::Arc;

use futures::{StreamExt, TryStreamExt};
use jiff::Timestamp;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};
use serde::{Deserialize, Serialize};

use crate::db::{Db, Tx};
use crate::{Error, Result};

/// The most that one log holds, in bytes before compression.
pub const CAP: i64 = 10 * 1024 * 1024;
/// The longest line that is kept, in bytes.
const LINE_CAP: usize = 8 * 1024;

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// When it was said.
    pub at: Timestamp,
    /// How it is meant.
    pub level: Level,
    /// What was said; may hold ANSI colours.
    pub text: String,
}

/// How a line is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// As it goes.
    Plain,
    /// Something went well.
    Good,
    /// Worth a look.
    Warning,
    /// Something failed.
    Bad,
}

/// The next part of a log: its object is written, and no row names it yet.
#[derive(Debug)]
pub struct Part {
    owner: String,
    sequence: i64,
    first_line: i64,
    lines: i64,
    bytes: i64,
    object: String,
}

impl Part {
    /// Notes it, in a transaction of whoever may write the log: from then on it is read.
    pub async fn note_in_tx(&self, tx: &mut Tx, now: Timestamp) -> Result<()> {
        let Part { owner, sequence, first_line, lines, bytes, object } = self;
        store::chunk_create(tx, owner, *sequence, *first_line, *lines, *bytes, object, now).await?;
        Ok(())
    }
}

/// The logs of this installation.
#[derive(Clone, Debug)]
pub struct Logs {
    objects: Arc<dyn ObjectStore>,
}

impl Logs {
    /// Keeps chunks below a folder.
    pub fn in_folder(folder: &Path) -> Result<Self> {
        let opened = std::fs::create_dir_all(folder)
            .map_err(|error| Error::internal("making the folder of logs", error))
            .and_then(|()| {
                LocalFileSystem::new_with_prefix(folder)
                    .map(|files| files.with_fsync(true).with_automatic_cleanup(true))
                    .map_err(|error| Error::internal("opening the folder of logs", error))
            })?;
        Ok(Self { objects: Arc::new(opened) })
    }

    /// Writes lines as the next part of a log, to be noted ([`Part::note_in_tx`]); none where there is nothing to write. Packing
    /// and the disk take their time, so this comes before the transaction that notes it: SQLite has one at a time.
    pub async fn put(&self, db: &Db, owner: &str, lines: Vec<Line>, now: Timestamp) -> Result<Option<Part>> {
        let end = store::log_end(&mut db.read().await?, owner).await?;
        self.put_after(end, owner, lines, now).await
    }

    /// Writes lines at the end of a log and notes them, for tests: a log at work is written before its transaction.
    #[cfg(any(test, feature = "testing"))]
    pub async fn append_in_tx(
        &self,
        tx: &mut Tx,
        owner: &str,
        lines: Vec<Line>,
        now: Timestamp,
    ) -> Result<()> {
        let end = store::log_end(tx, owner).await?;
        match self.put_after(end, owner, lines, now).await? {
            Some(part) => part.note_in_tx(tx, now).await,
            None => Ok(()),
        }
    }

    async fn put_after(
        &self,
        end: store::End,
        owner: &str,
        mut lines: Vec<Line>,
        now: Timestamp,
    ) -> Result<Option<Part>> {
        if lines.is_empty() || end.bytes >= CAP {
            return Ok(None);
        }
        lines.iter_mut().for_each(cut);
        let mut bytes: i64 = lines.iter().map(|line| line.text.len() as i64 + 1).sum();
        if end.bytes + bytes >= CAP {
            let text = format!("This log is full ({} MB); what follows is not kept", CAP / 1024 / 1024);
            lines.push(Line { at: now, level: Level::Warning, text });
            bytes = bytes.max(CAP - end.bytes);
        }
        let part = Part {
            owner: owner.to_owned(),
            sequence: end.sequence,
            first_line: end.lines,
            lines: lines.len() as i64,
            bytes,
            object: format!("{owner}/{:08}-{:016x}.zst", end.sequence, rand::random::<u64>()),
        };
        let packed = tokio::task::spawn_blocking(move || pack(&lines))
            .await
            .map_err(|error| Error::internal("packing a log", error))??;
        let key = Key::from(part.object.as_str());
        self.objects.put(&key, PutPayload::from(packed)).await.map_err(unkept)?;
        Ok(Some(part))
    }

    /// Takes away a part that no row will name. One that stays goes with its log.
    pub async fn take_back(&self, part: &Part) {
        if let Err(error) = self.objects.delete(&Key::from(part.object.as_str())).await {
            tracing::debug!(%error, object = part.object, "a part of a log that nothing names stays for now");
        }
    }

    /// Forgets logs. After the commit, [`Logs::remove`] takes away their objects: so no row names one that is gone.
    pub async fn forget_in_tx(&self, tx: &mut Tx, owners: &[String]) -> Result<()> {
        store::chunk_delete_all(tx, owners).await?;
        Ok(())
    }

    /// Takes away the objects of a log that was forgotten, and those that no row ever named. What is gone already is no error.
    pub async fn remove(&self, owner: &str) -> Result<()> {
        let objects = self.objects.list(Some(&Key::from(owner))).map_ok(|object| object.location);
        let mut removed = self.objects.delete_stream(objects.boxed());
        while let Some(one) = removed.next().await {
            match one {
                Ok(_) | Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(unremoved(error)),
            }
        }
        Ok(())
    }

    /// Lines of a log from number `from` on, at most `limit`, each with its number.
    pub async fn read(&self, db: &Db, owner: &str, from: i64, limit: usize) -> Result<Vec<(i64, Line)>> {
        let mut reader = db.read().await?;
        let chunks = store::chunk_list(&mut reader, owner, from).await?;
        drop(reader);
        let mut lines = Vec::new();
        for chunk in chunks {
            let packed = self.objects.get(&Key::from(chunk.object.as_str())).await.map_err(unread)?;
            let packed = packed.bytes().await.map_err(unread)?;
            let unpacked = unpack(&packed)?;
            let numbered = unpacked.into_iter().zip(chunk.first_line..).map(|(line, number)| (number, line));
            lines.extend(numbered.filter(|(number, _)| *number >= from));
            if lines.len() >= limit {
                break;
            }
        }
        lines.truncate(limit);
        Ok(lines)
    }

    /// The last lines of a log, at most `limit`, each with its number.
    pub async fn read_end(&self, db: &Db, owner: &str, limit: usize) -> Result<Vec<(i64, Line)>> {
        let mut reader = db.read().await?;
        let end = store::log_end(&mut reader, owner).await?;
        drop(reader);
        let from = end.lines.saturating_sub_unsigned(limit as u64).max(0);
        self.read(db, owner, from, limit).await
    }
}

fn cut(line: &mut Line) {
    if line.text.len() > LINE_CAP {
        let end = (0..=LINE_CAP).rev().find(|at| line.text.is_char_boundary(*at)).unwrap_or(0);
        line.text.truncate(end);
        line.text.push('…');
    }
}

fn pack(lines: &[Line]) -> Result<Vec<u8>> {
    let json = serde_json::to_vec(lines).map_err(|error| Error::internal("packing a log", error))?;
    zstd::encode_all(json.as_slice(), 3).map_err(|error| Error::internal("packing a log", error))
}

fn unpack(packed: &[u8]) -> Result<Vec<Line>> {
    let json = zstd::decode_all(packed).map_err(|error| Error::internal("unpacking a log", error))?;
    serde_json::from_slice(&json).map_err(|error| Error::internal("unpacking a log", error))
}

fn unkept(error: object_store::Error) -> Error {
    let sentence = "The log could not be written: is the disk full?".to_owned();
    Error::Unavailable { sentence, source: Box::new(error) }
}

fn unremoved(error: object_store::Error) -> Error {
    Error::Unavailable { sentence: "A log could not be removed".to_owned(), source: Box::new(error) }
}

fn unread(error: object_store::Error) -> Error {
    Error::Unavailable { sentence: "The log could not be read".to_owned(), source: Box::new(error) }
}
