//! Reads one source and stores what changed.
//!
//! - All reading is done before the transaction; the transaction writes everything of a run or nothing, so whoever is
//!   killed at any instant leaves the old state.
//! - A run that was overtaken, by another run of the source or by a change of its settings, stores nothing.
//! - A run that finds nothing new writes only that it ran.

use std::path::PathBuf;

use domain::ids::SourceId;
use domain::people::Caller;
use jiff::{SignedDuration, Timestamp};

use super::bounds::Bounds;
use super::difference::{Difference, Known};
use super::document;
use super::folder::Folder;
use super::git;
use super::ownership;
use super::read::{self, ReadLimits, ReadSource};
use super::settle::settle_in_tx;
use super::source::{Counts, Place, Settings};
use super::store;
use super::store::content;
use super::store::source::{GoodRun, Stored};
use crate::audit::record_in_tx;
use crate::clock::Clock;
use crate::db::{self, Db, Tx};
use crate::jobs::{Failure, Run};
use crate::outgoing::Outgoing;

/// How long a file that went is still listed.
const GONE_FILES_KEPT: SignedDuration = SignedDuration::from_hours(24 * 90);
/// How many sentences about a source as a whole are kept.
const MAX_NOTES: usize = 20;

/// What reading needs besides the database.
#[derive(Clone, Debug)]
pub(crate) struct ReadFrom {
    /// Where mirrors of repositories lie.
    pub mirrors: PathBuf,
    /// Where sources may lie.
    pub bounds: Bounds,
    /// How repositories are reached.
    pub outgoing: Outgoing,
    pub limits: ReadLimits,
}

impl ReadFrom {
    /// Where the mirror of a source lies.
    pub fn mirror(&self, source: SourceId) -> PathBuf {
        self.mirrors.join(source.to_string())
    }
}

/// Why a run stored nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum IngestError {
    /// The source itself could not be read. The sentence is for the person and stands in the run.
    #[error("{0}")]
    Source(String),
    /// Somebody changed, removed or read the source in the meantime.
    #[error("the source was changed or read by another run")]
    Overtaken,
    /// Somebody stopped it.
    #[error("the run was stopped")]
    Cancelled,
    /// The source is no more.
    #[error("there is no such source")]
    NoSource,
    #[error(transparent)]
    Database(#[from] db::Error),
    #[error(transparent)]
    Platform(#[from] crate::Error),
    #[error(transparent)]
    Job(#[from] Failure),
    #[error("reading the files did not end: {0}")]
    Stopped(#[from] tokio::task::JoinError),
}

/// How a run writes.
pub(crate) enum Writer<'a> {
    /// For whoever waits for it: tests and measurements.
    #[cfg(any(test, feature = "testing"))]
    Here(&'a Db),
    /// Through the lease of its job.
    Job(&'a Run),
}

impl Writer<'_> {
    async fn begin(&self) -> Result<Tx, IngestError> {
        Ok(match self {
            #[cfg(any(test, feature = "testing"))]
            Writer::Here(db) => db.begin().await?,
            Writer::Job(run) => {
                let tx = run.begin().await?;
                if run.cancelled().is_cancelled() {
                    return Err(IngestError::Cancelled);
                }
                tx
            }
        })
    }

    /// Ends when somebody stops the run.
    async fn stopped(&self) {
        match self {
            #[cfg(any(test, feature = "testing"))]
            Writer::Here(_) => std::future::pending().await,
            Writer::Job(run) => run.cancelled().cancelled().await,
        }
    }
}

/// What a run did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ingested {
    /// What it found.
    pub counts: Counts,
    /// The generation that it made; `None` when nothing in the catalog changed.
    pub generation: Option<i64>,
    /// How long it read and checked; the rest of the run it stored.
    pub read_for: SignedDuration,
}

/// Reads a source and stores it. The run's outcome, good or bad, stands with the source afterwards.
pub(crate) async fn ingest(
    db: &Db,
    from: &ReadFrom,
    id: SourceId,
    writer: &Writer<'_>,
    caller: &Caller,
    clock: &Clock,
) -> Result<Ingested, IngestError> {
    let started = clock.now();
    let mut reader = db.read().await?;
    let stored = store::source::source_find(&mut reader, id).await?.ok_or(IngestError::NoSource)?;
    let revision = stored.source.revision;
    let files = content::file_list(&mut reader, id).await?;
    let documents = content::document_list(&mut reader, id).await?;
    drop(reader);
    let known = Known::new(&stored, files, documents)?;
    // Nothing is stored before all is read, so that a run can be stopped wherever it waits.
    let read = tokio::select! {
        read = read_all(from, id, &stored.source.settings, known) => read,
        () = writer.stopped() => Err(IngestError::Cancelled),
    };
    match read {
        Ok((known, read, commit)) => {
            let run = RunOf { id, stored: &stored, started, commit };
            store_run(writer, caller, run, known, read, clock).await
        }
        Err(error) => {
            if let IngestError::Source(sentence) = &error {
                let mut tx = writer.begin().await?;
                store::source::run_fail(&mut tx, id, revision, (started, clock.now()), sentence).await?;
                tx.commit().await?;
            }
            Err(error)
        }
    }
}

/// Reads the files of a source, wherever they are.
async fn read_all(
    from: &ReadFrom,
    id: SourceId,
    settings: &Settings,
    known: Known,
) -> Result<(Known, ReadSource, Option<String>), IngestError> {
    let (glob, allowance, limits) = (settings.glob.clone(), settings.allowance(), from.limits.clone());
    match &settings.place {
        Place::Folder { path } => {
            // What it left behind if it was a repository before. Its lease makes the run the mirror's only user.
            git::forget(&from.mirror(id)).await;
            let (path, bounds) = (path.clone(), from.bounds.clone());
            let (known, read) = tokio::task::spawn_blocking(move || {
                let opened = bounds.folder(&path).and_then(|root| Folder::open(root, bounds.closed()));
                let read = opened.and_then(|(mut folder, listing)| {
                    let (glob, earlier) = (glob.as_deref(), &known.earlier);
                    read::read(&mut folder, &listing, glob, &allowance, earlier, &limits)
                });
                (known, read)
            })
            .await?;
            Ok((known, read.map_err(IngestError::Source)?, None))
        }
        Place::Git { url, branch } => {
            let mirror = from.mirror(id);
            let say = |error: git::GitError| IngestError::Source(error.to_string());
            let commit = git::fetch(&mirror, url, branch.as_deref(), &from.bounds, &from.outgoing)
                .await
                .map_err(say)?;
            let listing = commit.list().await.map_err(say)?;
            let hash = commit.hash.clone();
            let (known, read) = tokio::task::spawn_blocking(move || {
                let read =
                    commit.open(&listing).map_err(|error| error.to_string()).and_then(|mut objects| {
                        read::read(
                            &mut objects,
                            &listing,
                            glob.as_deref(),
                            &allowance,
                            &known.earlier,
                            &limits,
                        )
                    });
                (known, read)
            })
            .await?;
            Ok((known, read.map_err(IngestError::Source)?, Some(hash)))
        }
    }
}

/// A run that has read its files.
struct RunOf<'a> {
    id: SourceId,
    stored: &'a Stored,
    started: Timestamp,
    commit: Option<String>,
}

async fn store_run(
    writer: &Writer<'_>,
    caller: &Caller,
    run: RunOf<'_>,
    known: Known,
    read: ReadSource,
    clock: &Clock,
) -> Result<Ingested, IngestError> {
    let now = clock.now();
    let notes: Vec<String> = read.notes.iter().take(MAX_NOTES).map(|note| document::clean(note)).collect();
    let mut difference = Difference::between(run.id, known, read, now)?;
    let read_as = run.stored.source.settings.read_as();
    let mut tx = writer.begin().await?;
    let mut generation = None;
    ownership::admit_in_tx(&mut tx, &mut difference).await?;
    if !difference.touched.is_empty() {
        // The first write of the transaction: from here on no other run stores beside this one.
        generation = Some(store::generation_next_in_tx(&mut tx, now).await?);
        ownership::hold_back_in_tx(&mut tx, &mut difference, run.stored.source.settings.trusted).await?;
    }
    let Difference { files, named_by, documents, set_aside, unread, gone, forgotten, touched, fresh, .. } =
        difference;
    let mut counts = difference.counts;
    content::file_forget_all(&mut tx, &forgotten).await?;
    content::file_save_all(&mut tx, &files).await?;
    for (file, named_by) in named_by {
        content::file_save_named_by(&mut tx, file, named_by.as_deref()).await?;
    }
    content::document_save_all(&mut tx, &documents).await?;
    content::document_set_aside_all(&mut tx, &set_aside).await?;
    content::document_unread_all(&mut tx, &unread).await?;
    content::document_gone_all(&mut tx, &gone).await?;
    if let Some(generation) = generation {
        for moved in settle_in_tx(&mut tx, generation, &touched, &fresh, now).await? {
            record_in_tx(
                &mut tx,
                caller,
                moved.entry(&run.stored.source.settings.name, run.commit.as_deref()),
                now,
            )
            .await?;
        }
        let kept_from = now.checked_sub(GONE_FILES_KEPT).unwrap_or(Timestamp::UNIX_EPOCH);
        content::purge(&mut tx, kept_from).await?;
    }
    for (state, number, noteworthy) in content::document_counts(&mut tx, run.id).await? {
        let number = u64::try_from(number).unwrap_or_default();
        match state.as_str() {
            "live" => {
                counts.live = number;
                counts.noteworthy = u64::try_from(noteworthy).unwrap_or_default();
            }
            "set_aside" => counts.set_aside = number,
            "shadowed" => counts.shadowed = number,
            _ => continue,
        }
        counts.documents += number;
    }
    let good = GoodRun {
        read_as: &read_as,
        started_at: run.started,
        finished_at: clock.now(),
        commit: run.commit.as_deref(),
        counts,
        notes: &notes,
    };
    if !store::source::run_save(&mut tx, run.id, run.stored.source.revision, &good).await? {
        // Dropping the transaction takes everything back.
        return Err(IngestError::Overtaken);
    }
    tx.commit().await?;
    Ok(Ingested { counts, generation, read_for: now.duration_since(run.started) })
}
