//! What people do to an environment: extend, cancel, retry, destroy.

use domain::environments::life::{Event, State, Wanted, next};
use domain::environments::lifetime::{self, print};
use domain::environments::name::EnvironmentName;
use domain::environments::plan;
use domain::ids::EnvironmentId;
use domain::people::{Action, Caller, authorize};
use jiff::Timestamp;
use serde_json::json;

use super::super::prepare::Site;
use super::super::rows::{Environment, OperationKind};
use super::super::store::Wish;
use super::super::{Environments, annotate, engine, store, timer};
use super::request::new_step;
use super::{Ownership, found_for_update};
use crate::audit::{self, Entry};
use crate::clusters;
use crate::db::Tx;
use crate::jobs::{self, enqueue_in_tx};
use crate::{Error, Result};

/// Moves the expiry by `more` (such as `1d`). Members of the team may, up to the blueprint's maximum. Where they were `shown` an expiry
/// that is not the present one any more, another one would come of it than they chose: then nothing is changed.
pub async fn extend_environment(
    environments: &Environments,
    caller: &Caller,
    id: EnvironmentId,
    more: &str,
    shown: Option<Timestamp>,
    now: Timestamp,
) -> Result<Timestamp> {
    authorize(caller, Action::See)?;
    let mut tx = environments.db.begin().await?;
    jobs::lock_in_tx(&mut tx, &timer::key(id)).await?;
    let (environment, owner) = for_change(environments, caller, &mut tx, id).await?;
    allowed(&environment, domain::environments::life::Action::Extend)?;
    if shown.is_some_and(|shown| shown != environment.expires_at.0) {
        return Err(extended_meanwhile(&mut tx, &environment).await?);
    }
    let more = lifetime::parse(more.trim()).map_err(|refused| Error::field("more", refused.to_string()))?;
    let published = environments.blueprints.find(&mut tx, environment.blueprint_id).await?;
    let blueprint =
        published.ok_or_else(|| Error::internal("extending an environment", "its blueprint is gone"))?;
    let limits = blueprint.lifetime;
    let (from, until) = (environment.requested_at.0, environment.expires_at.0);
    let expires_at = lifetime::extend(&limits, from, until, more, now)
        .map_err(|refused| Error::field("more", refused.to_string()))?;
    store::environment_set_expiry(&mut tx, id, expires_at, now).await?;
    timer::schedule_in_tx(&mut tx, id, expires_at, now, now).await?;
    enqueue_in_tx(&mut tx, annotate::job(id, caller.account(), now), now).await?;
    let sentence = format!("Extended by {}", print(more));
    store::event_create(&mut tx, id, caller.actor_name(), &sentence, now).await?;
    let entry = Entry::new("environment.extend", "environment", id, &environment.name)
        .team(&owner.team)
        .detail(json!({ "from": until, "to": expires_at }));
    audit::record_in_tx(&mut tx, caller, entry, now).await?;
    tx.commit().await?;
    environments.waker.wake();
    environments.changes.tell(id);
    Ok(expires_at)
}

/// What a form hears whose dates are old: to when it was extended meanwhile, and by whom.
async fn extended_meanwhile(tx: &mut Tx, environment: &Environment) -> Result<Error> {
    let id = environment.id.to_string();
    let last = audit::store::audit_last(tx, ("environment", id.as_str()), "environment.extend").await?;
    let by = last.map_or_else(|| "somebody".to_owned(), |(name, _)| name);
    let to = domain::time::in_words(environment.expires_at.0);
    let sentence = format!(
        "It was extended meanwhile, to {to}, by {by}. Nothing was changed now. Choose again from the new dates"
    );
    Ok(Error::field("more", sentence))
}

/// Stops what is being done at its next safe point. Members of the team may.
pub async fn cancel_environment(
    environments: &Environments,
    caller: &Caller,
    id: EnvironmentId,
    now: Timestamp,
) -> Result<()> {
    authorize(caller, Action::See)?;
    let mut tx = environments.db.begin().await?;
    jobs::lock_in_tx(&mut tx, &engine::key(id)).await?;
    let (environment, owner) = for_change(environments, caller, &mut tx, id).await?;
    allowed(&environment, domain::environments::life::Action::Cancel)?;
    for operation in store::operation_open(&mut tx, id).await? {
        store::operation_cancel(&mut tx, operation.id, now).await?;
    }
    store::event_create(&mut tx, id, caller.actor_name(), "Requested cancellation", now).await?;
    let entry = Entry::new("environment.cancel", "environment", id, &environment.name).team(&owner.team);
    audit::record_in_tx(&mut tx, caller, entry, now).await?;
    enqueue_in_tx(&mut tx, engine::job(id, caller.account(), now), now).await?;
    tx.commit().await?;
    environments.waker.wake();
    environments.changes.tell(id);
    Ok(())
}

/// Goes on from the first step that is not done; a blocked destroying is tried again now. What was applied may have been deleted in the
/// cluster since: it is looked at again, and what is missing is made again. Members of the team may.
pub async fn retry_environment(
    environments: &Environments,
    caller: &Caller,
    id: EnvironmentId,
    now: Timestamp,
) -> Result<()> {
    authorize(caller, Action::See)?;
    let mut tx = environments.db.begin().await?;
    jobs::lock_in_tx(&mut tx, &engine::key(id)).await?;
    let (environment, owner) = for_change(environments, caller, &mut tx, id).await?;
    allowed(&environment, domain::environments::life::Action::Retry)?;
    let entry = Entry::new("environment.retry", "environment", id, &environment.name).team(&owner.team);
    let intent = audit::record_in_tx(&mut tx, caller, entry, now).await?;
    if environment.state()? == State::Failed {
        let operation = store::operation_latest(&mut tx, id).await?;
        let operation = operation.ok_or_else(|| Error::internal("retrying", "there is no operation"))?;
        let to = next(State::Failed, Event::Retry).map_err(|refused| Error::Conflict(refused.to_string()))?;
        let wish = Wish { by: caller.account(), by_name: caller.actor_name(), intent };
        store::operation_requeue(&mut tx, operation.id, wish, now).await?;
        store::environment_set_state(&mut tx, id, to, None, now).await?;
    }
    store::event_create(&mut tx, id, caller.actor_name(), "Requested a retry", now).await?;
    enqueue_in_tx(&mut tx, engine::job(id, caller.account(), now), now).await?;
    tx.commit().await?;
    environments.waker.wake();
    environments.changes.tell(id);
    Ok(())
}

/// Wants it gone. Whoever requested it and leaders of the team may. The name must be typed: what is in it cannot be brought back.
pub async fn destroy_environment(
    environments: &Environments,
    caller: &Caller,
    id: EnvironmentId,
    typed_name: &str,
    now: Timestamp,
) -> Result<()> {
    authorize(caller, Action::See)?;
    let mut tx = environments.db.begin().await?;
    jobs::lock_in_tx(&mut tx, &timer::key(id)).await?;
    jobs::lock_in_tx(&mut tx, &engine::key(id)).await?;
    let environment = found_for_update(&mut tx, id).await?;
    let owner = Ownership::of(environments, &environment)?;
    authorize(caller, Action::DestroyEnvironment(owner.owned()))?;
    if typed_name.trim() != environment.name {
        return Err(Error::field("name", format!("Type {} to destroy it", environment.name)));
    }
    let state = environment.state()?;
    if environment.wanted()? == Wanted::Gone || state.is_end() {
        return Ok(());
    }
    let to = next(state, Event::DestroyWanted).map_err(|refused| Error::Conflict(refused.to_string()))?;
    store::environment_set_wanted(&mut tx, id, Wanted::Gone, now).await?;
    timer::stop_in_tx(&mut tx, id, now).await?;
    store::environment_set_state(&mut tx, id, to, None, now).await?;
    let entry = Entry::new("environment.destroy", "environment", id, &environment.name).team(&owner.team);
    let intent = audit::record_in_tx(&mut tx, caller, entry, now).await?;
    let wish = Wish { by: caller.account(), by_name: caller.actor_name(), intent };
    queue_destroy_in_tx(&mut tx, &environment, state, wish, now).await?;
    store::event_create(&mut tx, id, caller.actor_name(), "Requested destruction", now).await?;
    enqueue_in_tx(&mut tx, engine::job(id, caller.account(), now), now).await?;
    tx.commit().await?;
    environments.waker.wake();
    environments.changes.tell(id);
    Ok(())
}

/// Queues the operation that destroys it. What waits and has not begun is cancelled; what runs stops at its next safe point.
pub(crate) async fn queue_destroy_in_tx(
    tx: &mut Tx,
    environment: &Environment,
    was: State,
    wish: Wish<'_>,
    now: Timestamp,
) -> Result<()> {
    if !was.is_running() {
        for operation in store::operation_open(tx, environment.id).await? {
            store::operation_finish(tx, operation.id, "cancelled", None, now).await?;
        }
    }
    let name =
        EnvironmentName::new(&environment.name).map_err(|error| Error::internal("reading a name", error))?;
    let connection = clusters::contact::find_cluster_in_tx(tx, environment.cluster_id).await?;
    let connection =
        connection.ok_or_else(|| Error::internal("destroying", "its cluster is not connected"))?;
    let site = Site::new(environment.id, name, environment.namespace.clone(), &environment.team, &connection);
    let steps: Vec<_> =
        plan::destroy(&site.place()).iter().enumerate().map(|(at, step)| new_step(at, step, now)).collect();
    store::operation_create(tx, environment.id, OperationKind::Destroy, wish, &steps, now).await?;
    Ok(())
}

async fn for_change(
    environments: &Environments,
    caller: &Caller,
    tx: &mut Tx,
    id: EnvironmentId,
) -> Result<(Environment, Ownership)> {
    let environment = found_for_update(tx, id).await?;
    let owner = Ownership::of(environments, &environment)?;
    authorize(caller, Action::ChangeEnvironment(owner.owned()))?;
    Ok((environment, owner))
}

fn allowed(environment: &Environment, action: domain::environments::life::Action) -> Result<()> {
    let state = environment.state()?;
    if domain::environments::life::actions(state, environment.wanted()?, false).contains(&action) {
        return Ok(());
    }
    let (word, _) = domain::environments::status::state_words(state);
    let (action, name) = (action.words(), &environment.name);
    Err(Error::Conflict(format!("{action} is not possible now: {name} is in the state “{word}”")))
}
