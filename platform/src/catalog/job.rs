//! The job that reads a source: on its schedule, and at once when somebody asks.
//!
//! - One job for each source, by its unique key; it schedules itself again for as long as there is the source.
//! - A source that cannot be read is no failure of the job: its run says why, and the next one comes on schedule.
//! - It writes through its lease, so a run that another process took over stores nothing.
//! - A run that somebody stops stores nothing either, and the next one comes on schedule.

use std::sync::Arc;

use domain::ids::{JobId, SourceId};
use domain::people::Caller;
use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::ingest::{IngestError, Writer, ingest};
use super::source::{Schedule, Source};
use super::store;
use super::{Catalog, git};
use crate::db::{Tx, dialect};
use crate::jobs::{self, Failure, Handler, NewJob, Outcome, Run, enqueue_in_tx};

/// The kind of the job.
pub const KIND: &str = "catalog.refresh";
/// How soon a run that was overtaken looks again.
const SOON: SignedDuration = SignedDuration::from_secs(1);

#[derive(Debug, Serialize, Deserialize)]
struct Payload {
    source: SourceId,
}

fn key(source: SourceId) -> String {
    format!("{KIND}:{source}")
}

/// The job of a source, due at a time.
fn job(source: SourceId, due_at: Timestamp) -> NewJob {
    NewJob {
        kind: KIND,
        payload: serde_json::json!({ "source": source }),
        unique_key: Some(key(source)),
        due_at,
        // Slipway's own: who asked was authorized when they asked, and the schedule goes on without them.
        on_behalf_of: None,
    }
}

/// Asks for a source to be read now, in the transaction of what makes it necessary.
pub(crate) async fn refresh_soon_in_tx(tx: &mut Tx, source: SourceId, now: Timestamp) -> crate::Result<()> {
    enqueue_in_tx(tx, job(source, now), now).await?;
    Ok(())
}

/// Locks the job of a source: whoever changes the source does so before any other write, as its run does.
pub(crate) async fn lock_in_tx(tx: &mut Tx, source: SourceId) -> crate::Result<Option<JobId>> {
    jobs::lock_in_tx(tx, &key(source)).await
}

/// Stops the reading of a source whose job is `open`: what runs ends at its next safe point, what waits for a worker waits for
/// its schedule. Whether there was something to stop.
pub(crate) async fn stop_in_tx(
    tx: &mut Tx,
    open: Option<JobId>,
    source: &Source,
    now: Timestamp,
) -> crate::Result<bool> {
    let at = dialect::now(tx).await?;
    match (open, source.schedule) {
        (Some(open), Some(Schedule::Running)) => jobs::cancel_in_tx(tx, open, now).await?,
        (Some(_), Some(Schedule::Due(due))) if due <= at => {
            store::source::run_stop(tx, source.id, (now, now)).await?;
            let next = at.checked_add(every(source)).unwrap_or(at);
            jobs::reschedule_in_tx(tx, job(source.id, next), now).await?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

fn every(source: &Source) -> SignedDuration {
    SignedDuration::from_mins(i64::from(source.settings.every_minutes))
}

/// When a source without a job is to be read next, as things stand.
fn next_run(source: &Source, now: Timestamp) -> Timestamp {
    let last = source.last_run.as_ref().map(|run| run.finished_at);
    last.and_then(|last| last.checked_add(every(source)).ok()).unwrap_or(now).max(now)
}

impl Catalog {
    /// Sees to it that every source has its job. Called once at the start of a process.
    pub async fn schedule_all(&self, now: Timestamp) -> crate::Result<()> {
        let mut reader = self.db.read().await?;
        let sources = store::source::source_list(&mut reader).await?;
        drop(reader);
        let mut tx = self.db.begin().await?;
        for source in sources.iter().filter(|source| source.schedule.is_none()) {
            enqueue_in_tx(&mut tx, job(source.id, next_run(source, now)), now).await?;
        }
        tx.commit().await?;
        self.waker.wake();
        Ok(())
    }

    /// What a worker needs to read sources.
    pub fn refresh_handler(&self) -> Arc<dyn Handler> {
        Arc::new(Refresh { catalog: self.clone() })
    }
}

struct Refresh {
    catalog: Catalog,
}

impl Handler for Refresh {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn patience(&self) -> u32 {
        // A database that is away for a day must not end the schedule.
        u32::MAX
    }

    fn run<'a>(&'a self, run: &'a Run) -> BoxFuture<'a, Result<Outcome, Failure>> {
        self.refresh(run).boxed()
    }
}

impl Refresh {
    async fn refresh(&self, run: &Run) -> Result<Outcome, Failure> {
        let Payload { source } = run.payload()?;
        let caller: Caller = run.caller().await?;
        let (writer, started) = (Writer::Job(run), self.catalog.clock.now());
        let read =
            ingest(&self.catalog.db, &self.catalog.from, source, &writer, &caller, &self.catalog.clock);
        match read.await {
            Ok(_) => self.catalog.reload().await?,
            Err(IngestError::Source(sentence)) => {
                tracing::info!(%source, "a source of the catalog could not be read: {sentence}");
            }
            Err(IngestError::Cancelled) => return self.stopped(run, source, started).await,
            Err(IngestError::NoSource) => return Ok(self.over(source).await),
            Err(IngestError::Overtaken) => return Ok(Outcome::Again(run.due_after(SOON).await?)),
            Err(IngestError::Job(failure)) => return Err(failure),
            Err(IngestError::Database(error)) => return Err(error.into()),
            Err(IngestError::Platform(error)) => return Err(error.into()),
            Err(error @ IngestError::Stopped(_)) => return Err(Failure::Retry(error.to_string())),
        }
        let mut reader = self.catalog.db.read().await?;
        let stored = store::source::source_find(&mut reader, source).await?;
        drop(reader);
        match stored {
            Some(stored) => Ok(Outcome::Again(run.due_after(every(&stored.source)).await?)),
            None => Ok(self.over(source).await),
        }
    }

    /// Somebody stopped the run: the source says so as soon as its job is over.
    async fn stopped(&self, run: &Run, source: SourceId, started: Timestamp) -> Result<Outcome, Failure> {
        let mut tx = run.begin().await?;
        let Some(stored) = store::source::source_find(&mut tx, source).await? else {
            drop(tx);
            return Ok(self.over(source).await);
        };
        let now = dialect::now(&mut tx).await?;
        store::source::run_stop(&mut tx, source, (started, self.catalog.clock.now())).await?;
        let next = now.checked_add(every(&stored.source)).unwrap_or(now);
        run.wait_in_tx(&mut tx, next, now).await?;
        tx.commit().await?;
        Ok(Outcome::Finished)
    }

    /// The source is removed. Whoever removed it may have been stopped before its mirror was deleted, or a run has made it anew
    /// since.
    async fn over(&self, source: SourceId) -> Outcome {
        git::forget(&self.catalog.from.mirror(source)).await;
        Outcome::Done
    }
}
