//! Giving up what cannot be checked: an environment whose destroying does not get on, and a cluster that is gone for good, with all that
//! lives there.
//!
//! - What is given up is never called gone: its receipt says that nobody could check, who gave it up, and what is left to do by hand;
//!   what was last seen of it in its cluster is kept.
//! - The environment's job ends in the same transaction, whoever holds it: a worker that is in the midst of a call writes nothing more,
//!   so that nothing moves the environment back.

use std::collections::BTreeSet;
use std::time::Duration;

use domain::environments::life::{self, Event, State, Wanted, next};
use domain::environments::receipt::{Answer, GivenUp, Question, Receipt};
use domain::ids::{ClusterId, EnvironmentId, JobId};
use domain::people::{Action, Caller, authorize};
use jiff::Timestamp;
use serde_json::json;

use super::super::rows::Environment;
use super::super::{Environments, engine, parameters, store, timer};
use super::found_for_update;
use super::read::latest_of;
use crate::catalog::hash;
use crate::clusters::connection::Standing;
use crate::clusters::{Connection, Fault};
use crate::db::{Session, Tx};
use crate::{Error, Result, audit, clusters, jobs};

/// For so long a cluster may answer, before what lives there is given up.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the end of a cluster would take along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterEnd {
    /// Whether the last call to it failed: only then giving up is worth offering. Whether it can be had, a new call decides.
    pub silent: bool,
    /// The environments that live there, by name.
    pub living: Vec<(EnvironmentId, String)>,
    /// Whether some of them wait for it to answer, and then go on.
    pub awaited: bool,
    /// Stands for exactly these: whoever gives them up says by it what they saw.
    pub seen: String,
}

/// Has Slipway stop looking after an environment whose destroying does not get on. Administrators only. The name must be typed: nobody
/// will know what is left of it.
pub async fn give_up_environment(
    environments: &Environments,
    caller: &Caller,
    id: EnvironmentId,
    typed_name: &str,
    now: Timestamp,
) -> Result<()> {
    authorize(caller, Action::GiveUpEnvironment)?;
    let mut tx = environments.db.begin().await?;
    let job = lock_jobs_in_tx(&mut tx, id).await?;
    let environment = found_for_update(&mut tx, id).await?;
    if typed_name.trim() != environment.name {
        return Err(Error::field("name", format!("Type {} to give it up", environment.name)));
    }
    let state = environment.state()?;
    let words = last_words(&mut tx, &environment).await?;
    let allowed = life::actions(state, environment.wanted()?, words.is_some());
    let Some(words) = words.filter(|_| allowed.contains(&life::Action::GiveUp)) else {
        return Err(Error::Conflict(not_now(&environment.name, state)));
    };
    let cluster = clusters::contact::name_of(&mut tx, environment.cluster_id).await?.unwrap_or_default();
    give_up_in_tx(&mut tx, caller, &environment, job, &cluster, &words, now).await?;
    tx.commit().await?;
    environments.changes.tell(id);
    Ok(())
}

/// Gives up every environment that lives on a cluster, and removes the cluster. Administrators only, and only while the cluster does not
/// answer Slipway as the one that it knows: it is called once more first. Its name must be typed. `seen` is the [`ClusterEnd::seen`] of the
/// page: what was requested there since is not given up unseen. Tells how many were given up.
pub async fn give_up_cluster(
    environments: &Environments,
    caller: &Caller,
    id: ClusterId,
    typed_name: &str,
    seen: &str,
    now: Timestamp,
) -> Result<usize> {
    authorize(caller, Action::ManageConnections)?;
    authorize(caller, Action::GiveUpEnvironment)?;
    let called = clusters::contact::find_cluster(&environments.db, id).await?;
    let called = called.ok_or_else(|| Error::no_such("cluster", id))?;
    is_typed(typed_name, &called)?;
    let fault = why_silent(environments, &called, now).await?;
    let mut tx = environments.db.begin().await?;
    // No request may come between the list and the removal.
    clusters::contact::lock_cluster_in_tx(&mut tx, id).await?;
    let cluster = clusters::contact::find_cluster_in_tx(&mut tx, id).await?;
    let cluster = cluster.ok_or_else(|| Error::no_such("cluster", id))?;
    let living = store::environment_list_on(&mut tx, id).await?;
    if cluster.revision != called.revision || digest(&living) != seen {
        return Err(Error::Conflict(format!(
            "Since you opened this page, the environments on {} or its settings changed. Nothing was given up. Look again at \
             what would be lost",
            cluster.name
        )));
    }
    let mut given_up = Vec::new();
    for listed in living {
        let job = lock_jobs_in_tx(&mut tx, listed.id).await?;
        let environment = found_for_update(&mut tx, listed.id).await?;
        if environment.state()?.is_end() {
            continue;
        }
        let words = last_words(&mut tx, &environment).await?;
        let words = words.unwrap_or_else(|| engine::step::opening_words(&fault));
        give_up_in_tx(&mut tx, caller, &environment, job, &cluster.name, &words, now).await?;
        given_up.push(environment.id);
    }
    clusters::service::remove_in_tx(&mut tx, caller, id, now).await?;
    tx.commit().await?;
    environments.clients.forget(id);
    for id in &given_up {
        environments.changes.tell(*id);
    }
    Ok(given_up.len())
}

fn is_typed(typed_name: &str, cluster: &Connection) -> Result<()> {
    if typed_name.trim() == cluster.name {
        return Ok(());
    }
    let message = format!("Type {} to give up its environments and remove it", cluster.name);
    Err(Error::field("name", message))
}

/// Calls a cluster and tells why nothing can be done there; what the call told is noted. An error where it answers as the cluster that
/// Slipway knows, though it may forbid or be busy: then what lives there can be destroyed.
async fn why_silent(environments: &Environments, cluster: &Connection, now: Timestamp) -> Result<Fault> {
    let calling = engine::reach::open_cluster(environments, cluster.id, now);
    let fault = match tokio::time::timeout(PATIENCE, calling).await {
        Ok(called) => called?.err(),
        Err(_) => Some(Fault::TimedOut { seconds: PATIENCE.as_secs() }),
    };
    let outcome = fault.as_ref().filter(|fault| fault.is_of_connection()).map_or(Ok(()), Err);
    clusters::contact::record_contact(&environments.db, cluster, outcome, now).await?;
    fault.filter(Fault::is_of_connection).ok_or_else(|| {
        let name = &cluster.name;
        Error::Conflict(format!(
            "{name} answers, so its environments can be destroyed. They can be given up only while it does not answer, or \
             refuses Slipway"
        ))
    })
}

/// Stands for exactly these environments.
fn digest(living: &[Environment]) -> String {
    let ids: BTreeSet<String> = living.iter().map(|environment| environment.id.to_string()).collect();
    hash::hex(&ids.iter().map(String::as_bytes).collect::<Vec<_>>())
}

/// What the end of a cluster would take along, and whether it is to be offered. Administrators only.
pub async fn find_cluster_end(
    environments: &Environments,
    caller: &Caller,
    id: ClusterId,
) -> Result<ClusterEnd> {
    authorize(caller, Action::ManageConnections)?;
    let cluster = clusters::contact::find_cluster(&environments.db, id).await?;
    let cluster = cluster.ok_or_else(|| Error::no_such("cluster", id))?;
    let mut reader = environments.db.read().await?;
    let living = store::environment_list_on(&mut reader, id).await?;
    let awaited = !store::environment_list_waiting(&mut reader, id, false).await?.is_empty();
    Ok(ClusterEnd {
        silent: cluster.contact.standing() == Standing::DoesNotWork,
        awaited,
        seen: digest(&living),
        living: living.into_iter().map(|row| (row.id, row.name)).collect(),
    })
}

/// Locks the jobs of an environment, its timer's first, as the timer does; gives the one that works on it.
async fn lock_jobs_in_tx(tx: &mut Tx, id: EnvironmentId) -> Result<Option<JobId>> {
    jobs::lock_in_tx(tx, &timer::key(id)).await?;
    jobs::lock_in_tx(tx, &engine::key(id)).await
}

/// Why the open work on an environment does not get on; none where it does, or none is open.
async fn last_words(s: &mut dyn Session, environment: &Environment) -> Result<Option<String>> {
    let latest = latest_of(s, environment).await?;
    let state = environment.state()?;
    Ok(latest.as_ref().and_then(|latest| latest.stuck_by(state)).map(str::to_owned))
}

/// Ends an environment whose row and job are locked.
async fn give_up_in_tx(
    tx: &mut Tx,
    caller: &Caller,
    environment: &Environment,
    job: Option<JobId>,
    cluster: &str,
    words: &str,
    now: Timestamp,
) -> Result<()> {
    let (id, state) = (environment.id, environment.state()?);
    let to = next(state, Event::GivenUp).map_err(|refused| Error::Conflict(refused.to_string()))?;
    let perhaps_made = !engine::never_made(tx, environment).await?;
    let receipt = Receipt {
        environment: environment.name.clone(),
        cluster: cluster.to_owned(),
        namespace: environment.namespace.clone(),
        deleted: Vec::new(),
        questions: vec![Question {
            asked: engine::asked_by_name(environment),
            // The page of its cluster goes with that.
            answer: Answer::NoAnswer(engine::step::without_pointer(words)),
        }],
        checked_at: now,
        never_made: false,
        given_up: Some(GivenUp { by: caller.actor_name().to_owned(), perhaps_made }),
    };
    let receipt =
        serde_json::to_value(&receipt).map_err(|error| Error::internal("writing a receipt", error))?;
    // Nothing needs its secrets any more.
    let rest = parameters::without_secrets(&environment.parameters.0);
    store::environment_end(tx, id, &receipt, &rest, now).await?;
    store::environment_set_wanted(tx, id, Wanted::Gone, now).await?;
    store::environment_set_state(tx, id, to, None, now).await?;
    for operation in store::operation_open(tx, id).await? {
        store::operation_finish(tx, operation.id, "cancelled", None, now).await?;
        store::step_skip_open(tx, operation.id, now).await?;
    }
    timer::stop_in_tx(tx, id, now).await?;
    if let Some(job) = job {
        jobs::revoke_in_tx(tx, job, now).await?;
    }
    let sentence = "Gave it up: Slipway could not check whether anything is left";
    store::event_create(tx, id, caller.actor_name(), sentence, now).await?;
    let entry = engine::entry("environment.give_up", environment).detail(json!({
        "cluster": cluster,
        "namespace": environment.namespace,
        "was": state.as_str(),
        "last_words": words,
    }));
    audit::record_in_tx(tx, caller, entry, now).await?;
    Ok(())
}

/// Why it cannot be given up.
fn not_now(name: &str, state: State) -> String {
    if state.is_end() {
        format!("{name} has ended: there is nothing left to give up")
    } else if state.is_leaving() {
        format!(
            "The destruction of {name} is under way. It can be given up only while its cluster does not answer, or blocks it"
        )
    } else {
        format!(
            "{name} is not being destroyed. Destroy it first: only what cannot be destroyed can be given up"
        )
    }
}
