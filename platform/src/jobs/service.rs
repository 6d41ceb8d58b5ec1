//! What operators may see and do of the queue.

use domain::ids::JobId;
use domain::people::{Action, Caller, authorize};
use jiff::Timestamp;
use serde_json::json;

pub use super::store::{Count, Listed};
use super::{Waker, store};
use crate::audit::{self, Entry};
use crate::db::{Db, dialect};
use crate::{Error, Result};

/// How many jobs a page holds.
pub const PAGE: usize = 50;

/// A part of the queue.
#[derive(Clone, Debug)]
pub struct Page {
    /// The last changed first.
    pub jobs: Vec<Listed>,
    /// After which job the next page begins; none when this is the last.
    pub next: Option<(Timestamp, JobId)>,
}

/// Jobs, the last changed first.
pub async fn list_jobs(
    db: &Db,
    caller: &Caller,
    state: Option<&str>,
    kind: Option<&str>,
    after: Option<(Timestamp, JobId)>,
) -> Result<Page> {
    authorize(caller, Action::Operate)?;
    let mut reader = db.read().await?;
    // One more than a page shows whether there is another.
    let mut jobs = store::job_list(&mut reader, state, kind, after, PAGE as i64 + 1).await?;
    let last = jobs.get(PAGE - 1).map(|job| (job.updated_at.0, job.id));
    let next = last.filter(|_| jobs.len() > PAGE);
    jobs.truncate(PAGE);
    Ok(Page { jobs, next })
}

/// How many there are of each kind in each state, with the due time of the oldest.
pub async fn count_jobs(db: &Db, caller: &Caller) -> Result<Vec<Count>> {
    authorize(caller, Action::Operate)?;
    let mut reader = db.read().await?;
    Ok(store::job_count(&mut reader).await?)
}

/// Has a failed job run again.
pub async fn retry_job(db: &Db, waker: &Waker, caller: &Caller, id: JobId, now: Timestamp) -> Result<()> {
    authorize(caller, Action::Operate)?;
    let mut tx = db.begin().await?;
    let job = store::job_find(&mut tx, id).await?.ok_or_else(|| Error::no_such("job", id))?;
    let due_at = dialect::now(&mut tx).await?;
    let again = store::job_retry(&mut tx, id, due_at).await;
    match again {
        Ok(true) => {}
        Err(error) if error.is_unique() => {
            return Err(Error::Conflict("A newer job for the same thing waits or runs already".to_owned()));
        }
        Ok(false) => {
            return Err(Error::Conflict(format!(
                "The job is {}: only one that has failed can be retried",
                job.state
            )));
        }
        Err(error) => return Err(error.into()),
    }
    let entry = Entry::new("job.retry", "job", id, &job.kind).detail(json!({ "key": job.unique_key }));
    audit::record_in_tx(&mut tx, caller, entry, now).await?;
    tx.commit().await?;
    waker.wake();
    Ok(())
}
