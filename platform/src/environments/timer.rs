//! The end of an environment's time: warnings before it, and then its destroying. A timer is a job with a due time.

use domain::environments::life::{Event, Wanted, next};
use domain::environments::lifetime::{Warning, nearest, print, warnings};
use domain::ids::EnvironmentId;
use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::store::Wish;
use super::{Environments, engine, service, store};
use crate::audit;
use crate::db::{Tx, dialect};
use crate::jobs::{self, Failure, Handler, NewJob, Outcome, Run, enqueue_in_tx};

const KIND: &str = "environment.timer";

#[derive(Debug, Serialize, Deserialize)]
struct Payload {
    environment: EnvironmentId,
}

/// The key of its job.
pub fn key(environment: EnvironmentId) -> String {
    format!("timer/{environment}")
}

/// Sets the timer of an environment to its next warning, or its expiry.
pub async fn schedule_in_tx(
    tx: &mut Tx,
    environment: EnvironmentId,
    expires_at: Timestamp,
    set_at: Timestamp,
    now: Timestamp,
) -> crate::Result<()> {
    let due_at = warnings(expires_at, set_at, None, now).next.map_or(expires_at, |(_, at)| at);
    let job = NewJob {
        kind: KIND,
        payload: json!({ "environment": environment }),
        unique_key: Some(key(environment)),
        due_at,
        on_behalf_of: None,
    };
    jobs::reschedule_in_tx(tx, job, now).await
}

/// Takes the timer of an environment away, in the transaction that wants it gone or ends it: there is nothing left to expire. A
/// transaction that changes more than this locks the job of the timer ([`key`]) before anything else, as the timer itself does.
pub async fn stop_in_tx(tx: &mut Tx, environment: EnvironmentId, now: Timestamp) -> crate::Result<()> {
    if let Some(job) = jobs::lock_in_tx(tx, &key(environment)).await? {
        jobs::cancel_in_tx(tx, job, now).await?;
    }
    Ok(())
}

/// Looks at the time.
pub struct Timer(pub Environments);

impl Handler for Timer {
    fn kind(&self) -> &'static str {
        KIND
    }

    /// An expiry must not be forgotten.
    fn patience(&self) -> u32 {
        u32::MAX
    }

    fn run<'a>(&'a self, run: &'a Run) -> BoxFuture<'a, Result<Outcome, Failure>> {
        look(&self.0, run).boxed()
    }
}

async fn look(environments: &Environments, run: &Run) -> Result<Outcome, Failure> {
    let Payload { environment: id } = run.payload()?;
    let mut tx = run.begin().await?;
    // A timer goes by the clock that made it due, so that it never comes too early to do anything.
    let now = dialect::now(&mut tx).await?;
    jobs::lock_in_tx(&mut tx, &engine::key(id)).await?;
    let Some(environment) = store::environment_find_for_update(&mut tx, id).await? else {
        return Ok(Outcome::Done);
    };
    let state = environment.state()?;
    if state.is_end() || environment.wanted()? == Wanted::Gone {
        return Ok(Outcome::Done);
    }
    let expires_at = environment.expires_at.0;
    if now >= expires_at {
        store::environment_set_wanted(&mut tx, id, Wanted::Gone, now).await?;
        let to = next(state, Event::Expired).map_err(|refused| Failure::Retry(refused.to_string()))?;
        store::environment_set_state(&mut tx, id, to, Some("It has expired"), now).await?;
        store::event_create(&mut tx, id, "Slipway", "Expired, so it is being destroyed", now).await?;
        let entry =
            engine::entry("environment.expire", &environment).detail(json!({ "expired_at": expires_at }));
        let intent = audit::record_in_tx(&mut tx, &run.caller().await?, entry, now).await?;
        let wish = Wish { by: None, by_name: "Slipway", intent };
        service::queue_destroy_in_tx(&mut tx, &environment, state, wish, now).await?;
        enqueue_in_tx(&mut tx, engine::job(id, None, now), now).await?;
        tx.commit().await?;
        environments.waker.wake();
        environments.changes.tell(id);
        return Ok(Outcome::Done);
    }
    let last = environment.warned.as_deref().and_then(parse);
    let due = warnings(expires_at, environment.expiry_set_at.0, last, now);
    if let Some(warning) = due.now {
        store::environment_set_warned(&mut tx, id, words(warning), now).await?;
        let sentence = format!("Expires in {}", print(nearest(expires_at.duration_since(now))));
        store::event_create(&mut tx, id, "Slipway", &sentence, now).await?;
        tx.commit().await?;
        environments.changes.tell(id);
    }
    Ok(Outcome::Again(due.next.map_or(expires_at, |(_, at)| at)))
}

fn words(warning: Warning) -> &'static str {
    match warning {
        Warning::TwoDays => "two_days",
        Warning::TwoHours => "two_hours",
        Warning::HalfHour => "half_hour",
    }
}

fn parse(text: &str) -> Option<Warning> {
    Warning::ALL.into_iter().find(|warning| words(*warning) == text)
}

#[cfg(test)]
mod tests {
    use super::KIND;
    use crate::environments::service::destroy_environment;
    use crate::jobs::service::list_jobs;
    use crate::on_both_databases;
    use crate::testing::world::{GOOD, World, now, nowhere};

    on_both_databases!(what_is_wanted_gone_has_nothing_left_to_expire, |db| async move {
        let folder = tempfile::tempdir().expect("a folder");
        let world = World::set_up(db, folder.path(), &nowhere()).await;
        let id = world.ask("goes", GOOD).await;
        let timers = async || {
            let page = list_jobs(&world.db, &world.administrator, None, Some(KIND), None).await;
            page.expect("the queue").jobs.into_iter().map(|job| job.state).collect::<Vec<_>>()
        };
        assert_eq!(timers().await, ["waiting"]);
        destroy_environment(&world.environments, &world.member, id, "goes", now()).await.expect("taken");
        assert_eq!(timers().await, ["cancelled"]);
    });
}
