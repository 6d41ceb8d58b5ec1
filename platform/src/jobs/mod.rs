//! The durable queue: work that outlives the process that began it.
//!
//! Invariants:
//! - a job is a row; nothing waits in memory alone, and a timer is a job with a due time;
//! - a claim sets owner, end of lease and adds one to the fence; every write of a running job begins with [`Run::begin`],
//!   which proves that the lease still holds, in the same transaction: whoever lost it writes nothing;
//! - leases and due times go by the database's own clock, so that processes agree; what is wanted at once is due at once there,
//!   whatever the clock of whoever wants it;
//! - a job whose process ends again and again before it does is taken over with growing pauses from the third time on;
//! - a wish for work that is running already is not lost: the job runs once more.

#[cfg(test)]
mod kill;
mod run;
pub mod service;
pub(crate) mod store;
mod sweep;
#[cfg(test)]
mod tests;
mod worker;

use domain::ids::{AccountId, JobId};
use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::Result;
use crate::db::{Tx, dialect};
use crate::ids::mint;

pub use run::{LeaseLost, Run};
pub use sweep::{Sweep, begin_sweeping};
pub use worker::{Waker, Worker, WorkerSettings};

/// Work to be done.
#[derive(Clone, Debug)]
pub struct NewJob {
    /// Which handler does it.
    pub kind: &'static str,
    /// What the handler needs to know.
    pub payload: Value,
    /// While a job with this key waits or runs, no second one is made.
    pub unique_key: Option<String>,
    /// Not before this time; at once if that is now or was before.
    pub due_at: Timestamp,
    /// Whose wish it is; none for Slipway's own.
    pub on_behalf_of: Option<AccountId>,
}

/// What became of a wish for work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enqueued {
    /// A job was made.
    Made(JobId),
    /// One with the same key waits already; it is due at the earlier of both times now.
    Waiting(JobId),
    /// One with the same key is running; it will run once more after.
    RunsAgain(JobId),
}

/// A kind of job.
pub trait Handler: Send + Sync + 'static {
    /// Its name in the table.
    fn kind(&self) -> &'static str;

    /// How often it may fail in a row before it has failed for good.
    fn patience(&self) -> u32 {
        8
    }

    /// A run failed and the job is tried again at `again_at`; told before that is written. Whoever has a page for people says
    /// there that it is Slipway's own doing: the reason itself is for operators.
    fn stumbled<'a>(
        &'a self,
        _run: &'a Run,
        _failures: u32,
        _again_at: Timestamp,
    ) -> BoxFuture<'a, Result<(), Failure>> {
        async { Ok(()) }.boxed()
    }

    /// Does the work. It may be stopped at any await, and begun again by another process.
    fn run<'a>(&'a self, run: &'a Run) -> BoxFuture<'a, Result<Outcome, Failure>>;
}

/// How a run ended well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The job is over.
    Done,
    /// It wants to run again at this time; that is no failure.
    Again(Timestamp),
    /// The handler wrote the end of the run itself, in the transaction of its last effect ([`Run::wait_in_tx`]).
    Finished,
}

/// How a run failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// It may work later: tried again with growing pauses.
    #[error("{0}")]
    Retry(String),
    /// It will not work.
    #[error("{0}")]
    ForGood(String),
    /// Another process has the job now.
    #[error("the lease was lost")]
    LeaseLost,
}

impl From<LeaseLost> for Failure {
    fn from(_: LeaseLost) -> Self {
        Failure::LeaseLost
    }
}

impl From<crate::Error> for Failure {
    fn from(error: crate::Error) -> Self {
        Failure::Retry(error_chain(&error))
    }
}

impl From<crate::db::Error> for Failure {
    fn from(error: crate::db::Error) -> Self {
        Failure::Retry(error_chain(&error))
    }
}

/// An error and its causes in one line, for the log and the operators' page.
pub fn error_chain(error: &dyn std::error::Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        line.push_str(": ");
        line.push_str(&error.to_string());
        cause = error.source();
    }
    line
}

/// Asks for work, in the transaction of what it follows from. After the commit, wake the worker ([`Waker::wake`]).
pub async fn enqueue_in_tx(tx: &mut Tx, mut job: NewJob, now: Timestamp) -> Result<Enqueued> {
    if job.due_at <= now {
        job.due_at = dialect::now(tx).await?;
    }
    loop {
        if let Some(key) = &job.unique_key
            && let Some(open) = store::job_find_open_for_update(tx, key).await?
        {
            if open.state == "running" {
                store::job_set_again(tx, open.id, job.due_at, now).await?;
                return Ok(Enqueued::RunsAgain(open.id));
            }
            store::job_bring_forward(tx, open.id, job.due_at, now).await?;
            return Ok(Enqueued::Waiting(open.id));
        }
        let id: JobId = mint(now);
        if store::job_create(tx, id, &job, now).await? {
            return Ok(Enqueued::Made(id));
        }
        // Another transaction made one with this key between the two statements: it is found now.
    }
}

/// Locks the job that waits or runs under a key, if there is one, until the transaction ends. A transaction that changes what a
/// job works on takes this lock before any other row, as [`Run::begin`] does: so neither waits for the other in a circle.
pub async fn lock_in_tx(tx: &mut Tx, key: &str) -> Result<Option<JobId>> {
    let open = store::job_find_open_for_update(tx, key).await?;
    Ok(open.map(|open| open.id))
}

/// Moves a waiting job with this key to another time, as when an expiry is extended; makes it when there is none.
pub async fn reschedule_in_tx(tx: &mut Tx, job: NewJob, now: Timestamp) -> Result<()> {
    if let Some(key) = &job.unique_key
        && let Some(open) = store::job_find_open_for_update(tx, key).await?
        && open.state == "waiting"
    {
        store::job_set_due(tx, open.id, job.due_at, now).await?;
        return Ok(());
    }
    enqueue_in_tx(tx, job, now).await?;
    Ok(())
}

/// Asks a job to stop: a waiting one is cancelled at once, a running one at its next look. What was wished of it until now is
/// taken back with it.
pub async fn cancel_in_tx(tx: &mut Tx, id: JobId, now: Timestamp) -> Result<()> {
    store::job_cancel(tx, id, now).await?;
    Ok(())
}

/// Ends a job at once, in the transaction that leaves it nothing to do: whoever runs it has lost its lease with the commit, and writes
/// nothing more.
pub async fn revoke_in_tx(tx: &mut Tx, id: JobId, now: Timestamp) -> Result<()> {
    store::job_revoke(tx, id, now).await?;
    Ok(())
}

/// The pause before try number `failures` + 1: 1 s, 2 s, 4 s … at most 5 minutes, with up to a fifth taken off at random, so that what
/// failed together does not come back together.
pub fn back_off(failures: u32) -> SignedDuration {
    let whole = 1_000_i64 << failures.saturating_sub(1).min(9);
    let whole = whole.min(300_000);
    SignedDuration::from_millis(whole - rand::random_range(0..=whole / 5))
}
