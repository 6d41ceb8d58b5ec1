//! One run of a job by one holder: what the handler is given.

use std::sync::Arc;

use domain::ids::{AccountId, JobId};
use domain::people::{Caller, Person, System};
use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use tokio_util::sync::CancellationToken;

use super::store::{self, Claimed};
use super::{Failure, error_chain};
use crate::clock::Clock;
use crate::db::{Db, Tx, dialect};
use crate::people::callers;

/// Another process has the job now, or may have: nothing may be written any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the lease was lost")]
pub struct LeaseLost;

/// One run.
pub struct Run {
    pub(super) job: Claimed,
    pub(super) owner: String,
    pub(super) db: Db,
    pub(super) clock: Clock,
    pub(super) cancelled: CancellationToken,
    pub(super) lost: CancellationToken,
    pub(super) writing: Arc<()>,
}

impl Run {
    /// What the job is to do.
    pub fn payload<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        serde_json::from_value(self.job.payload.0.clone())
            .map_err(|error| Failure::ForGood(format!("its payload cannot be read: {}", error_chain(&error))))
    }

    /// Whether the run before was broken off (its lease ended, its process was stopped) and none went well since: what it began
    /// may or may not have happened, so probe before you repeat.
    pub fn taken_over(&self) -> bool {
        self.job.taken_over
    }

    /// Whether a process ended in the midst of it, and no run has come to its end since.
    pub fn process_ended(&self) -> bool {
        self.job.takeovers > 0
    }

    /// How often in a row it failed before this run.
    pub fn failures(&self) -> u32 {
        u32::try_from(self.job.failures).unwrap_or(u32::MAX)
    }

    /// The job's id, by which operators find it in the queue.
    pub fn id(&self) -> JobId {
        self.job.id
    }

    /// Whose wish it is.
    pub fn on_behalf_of(&self) -> Option<AccountId> {
        store::on_behalf_of(&self.job)
    }

    /// The caller of what the program records by itself, such as what became of a wish: its own, for whoever wished, even if
    /// they are gone by now.
    pub async fn own_caller(&self) -> Result<Caller, Failure> {
        Ok(match self.caller().await? {
            Caller::Stranger => Caller::System(System { job: Some(self.job.id), on_behalf_of: None }),
            caller => caller,
        })
    }

    /// When a job is due that is to run after a pause: by the database's clock, as all due times are.
    pub async fn due_after(&self, pause: SignedDuration) -> Result<Timestamp, Failure> {
        let now = dialect::now(&mut self.db.read().await?).await?;
        Ok(now.checked_add(pause).unwrap_or(now))
    }

    /// The caller of use cases: for whom it works, as they stand now. One who is gone may do nothing.
    pub async fn caller(&self) -> Result<Caller, Failure> {
        let person: Option<Person> = match self.on_behalf_of() {
            None => None,
            Some(account) => {
                let mut reader = self.db.read().await?;
                match callers::person(&mut reader, account).await? {
                    Some(person) => Some(person),
                    None => return Ok(Caller::Stranger),
                }
            }
        };
        Ok(Caller::System(System { job: Some(self.job.id), on_behalf_of: person }))
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The database, for reading.
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// Is cancelled when somebody asked the job to stop.
    pub fn cancelled(&self) -> &CancellationToken {
        &self.cancelled
    }

    /// A write transaction that proved that the lease holds: the only way for a job to write.
    pub async fn begin(&self) -> Result<Tx, Failure> {
        let mut tx = self.db.begin().await?;
        let now = dialect::now(&mut tx).await?;
        match store::job_prove(&mut tx, self.job.id, self.job.fence, &self.owner, now).await? {
            Some(cancelled) => {
                if cancelled {
                    self.cancelled.cancel();
                }
                tx.hold(self.writing.clone());
                Ok(tx)
            }
            None => {
                self.lost.cancel();
                Err(Failure::LeaseLost)
            }
        }
    }

    /// Whether a transaction of [`Run::begin`] is open. It holds the job's row, so that nobody else can take the job.
    pub(super) fn is_writing(&self) -> bool {
        Arc::strong_count(&self.writing) > 1
    }

    /// Ends this run in the transaction of its last effect, and has the job run again at `at`. After the commit, the handler answers
    /// [`super::Outcome::Finished`].
    pub async fn wait_in_tx(&self, tx: &mut Tx, at: Timestamp, now: Timestamp) -> Result<(), Failure> {
        store::job_wait(tx, self.job.id, self.job.fence, at, 0, None, now).await?;
        Ok(())
    }
}
