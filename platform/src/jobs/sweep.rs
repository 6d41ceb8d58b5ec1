//! Forgets what is over: jobs that ended long ago (failed ones stay until somebody looks), sessions, counted tries, and logs of
//! environments that are long gone.

use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::{Failure, Handler, NewJob, Outcome, Run, enqueue_in_tx, store};
use crate::Result;
use crate::db::{Db, dialect};

/// The kind of the job.
pub const KIND: &str = "jobs.sweep";
/// How long a job that ended well, or was cancelled, can be looked at.
pub const KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);
const PAUSE: SignedDuration = SignedDuration::from_hours(1);

/// Makes the one sweeping job of this database, unless it waits already.
pub async fn begin_sweeping(db: &Db, now: Timestamp) -> Result<()> {
    let mut tx = db.begin().await?;
    let unique_key = Some(KIND.to_owned());
    let job = NewJob { kind: KIND, payload: json!({}), unique_key, due_at: now, on_behalf_of: None };
    enqueue_in_tx(&mut tx, job, now).await?;
    tx.commit().await?;
    Ok(())
}

/// Sweeps.
pub struct Sweep;

impl Handler for Sweep {
    fn kind(&self) -> &'static str {
        KIND
    }

    /// It must not stop for good because the database was away for a day.
    fn patience(&self) -> u32 {
        u32::MAX
    }

    fn run<'a>(&'a self, run: &'a Run) -> BoxFuture<'a, Result<Outcome, Failure>> {
        sweep(run).boxed()
    }
}

async fn sweep(run: &Run) -> Result<Outcome, Failure> {
    let mut tx = run.begin().await?;
    let now = dialect::now(&mut tx).await?;
    let swept = store::job_sweep(&mut tx, now - KEPT).await?;
    let over = crate::people::service::sweep_in_tx(&mut tx, now).await?;
    let logged = crate::environments::forget_logs_in_tx(&mut tx, now).await?;
    tx.commit().await?;
    tracing::debug!(swept, over, logged, "what ended long ago is forgotten");
    Ok(Outcome::Again(now + PAUSE))
}
