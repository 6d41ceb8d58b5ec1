//! Taking an environment away: list, delete, wait until it is gone, prove that nothing is left.
//!
//! It never gives up by itself: what is blocked is tried again with growing pauses, with the cluster's own words on the page, until an
//! administrator gives the environment up. Only where it is certain that nothing was ever made, a cluster that cannot be asked is not
//! waited for.

use std::time::Duration;

use domain::environments::life::{Event, State, StepState};
use domain::environments::receipt::Listed;
use domain::people::Caller;
use futures::FutureExt;
use serde_json::{Value, json};

use super::super::kubernetes::{Deletion, Kubernetes, NamespaceState, Target, row};
use super::super::rows::{Environment, Operation, Step};
use super::super::{Environments, parameters, store};
use super::proof::{as_listed, never_made, nothing_made, unlabelled, verify};
use super::reach;
use super::step::{self, Did, Problem};
use super::voice::{self, Voice};
use super::{Ended, kept, locked, move_in_tx, record_outcome_in_tx, target};
use crate::clusters;
use crate::jobs::{Failure, Run, back_off};
use crate::logs::Level;

/// While it goes away, its objects are looked at every so many seconds.
const OBSERVE_EVERY: u32 = 3;
/// For so long a worker stays with a namespace that goes away; one that takes longer is looked at again from time to time, so that it
/// keeps no worker from other environments.
const STAY: Duration = Duration::from_secs(30);

/// Works on the operation until it is over or must wait.
pub async fn run(
    environments: &Environments,
    run: &Run,
    environment: Environment,
    operation: Operation,
) -> Result<Ended, Failure> {
    begin(environments, run, &environment, &operation).await?;
    let steps = store::step_list(&mut environments.db.read().await?, operation.id).await?;
    let mut outcomes: Vec<(String, Value)> = Vec::new();
    for mut step in steps {
        if step.state()? == StepState::Done {
            outcomes
                .push((step.key.clone(), step.outcome.clone().map(|outcome| outcome.0).unwrap_or_default()));
            continue;
        }
        match do_step(environments, run, &environment, &mut step, &outcomes).await? {
            Did::Done(outcome) => {
                let by = run.own_caller().await?;
                let mut tx = run.begin().await?;
                let now = run.now();
                store::step_finish(&mut tx, step.id, &outcome, now).await?;
                // Until the namespace is gone, it is being destroyed: that its deletion was asked for undoes nothing yet.
                if step.key == "gone" && locked(&mut tx, environment.id).await?.state()? == State::Destroying
                {
                    move_in_tx(&mut tx, environment.id, Event::AllUndone, None, now).await?;
                }
                if step.key == "verify" {
                    let end = (Event::InventoryEmpty, "Destroyed: an inventory found nothing left");
                    finish(&mut tx, &by, &environment, &operation, &outcome, end, now).await?;
                }
                tx.commit().await?;
                environments.changes.tell(environment.id);
                outcomes.push((step.key.clone(), outcome));
            }
            Did::NotYet(problem) => {
                if nothing_to_ask_for(environments, run, &environment, &operation, &step, &problem).await? {
                    return Ok(Ended::Over);
                }
                let blocked = problem.away_since.is_none() && step::time_left(&step, run.now()).is_zero();
                return again(environments, run, &environment, &step, &problem, blocked).await;
            }
            Did::Failed(problem) => {
                if nothing_to_ask_for(environments, run, &environment, &operation, &step, &problem).await? {
                    return Ok(Ended::Over);
                }
                return again(environments, run, &environment, &step, &problem, true).await;
            }
            Did::Waiting(_) => return Ok(Ended::Again(run.now())),
            Did::Stopped => return Ok(Ended::Over),
        }
    }
    Ok(Ended::Over)
}

/// The first time, the environment begins to be destroyed; a blocked one begins again from the list.
async fn begin(
    environments: &Environments,
    run: &Run,
    environment: &Environment,
    operation: &Operation,
) -> Result<(), Failure> {
    let mut tx = run.begin().await?;
    let now = run.now();
    store::operation_start(&mut tx, operation.id, now).await?;
    let row = locked(&mut tx, environment.id).await?;
    let event = match row.state()? {
        State::Destroying | State::VerifyingGone => None,
        State::Expiring => Some(Event::DestroyBegins),
        State::DestroyBlocked => Some(Event::DestroyRetried),
        state if state.is_running() => Some(Event::SafePointReached),
        _ => Some(Event::DestroyWanted),
    };
    if let Some(event) = event {
        // The reason stays while it is tried again, so that its history tells the same one once.
        let reason = row.reason.as_deref().filter(|_| event == Event::DestroyRetried);
        move_in_tx(&mut tx, environment.id, event, reason, now).await?;
    }
    if event == Some(Event::DestroyRetried) {
        store::step_repeat_all(&mut tx, operation.id).await?;
    }
    tx.commit().await?;
    environments.changes.tell(environment.id);
    Ok(())
}

async fn do_step(
    environments: &Environments,
    run: &Run,
    environment: &Environment,
    step: &mut Step,
    outcomes: &[(String, Value)],
) -> Result<Did, Failure> {
    let interrupted = step::begin(environments, run, environment.id, step).await?;
    let step = &*step;
    let attempt = |voice| attempt(environments, run, environment, step, outcomes, interrupted, voice).boxed();
    voice::spoken(environments, run, environment, step, attempt).await
}

async fn attempt(
    environments: &Environments,
    run: &Run,
    environment: &Environment,
    step: &Step,
    outcomes: &[(String, Value)],
    interrupted: bool,
    voice: Voice,
) -> Result<Did, Failure> {
    let (connection, driver) = match reach::open(environments, environment, run.now()).await? {
        Ok(opened) => opened,
        Err(problem) => return Ok(reach::unopened(problem)),
    };
    step::answered(environments, run, environment.id, step).await?;
    if interrupted {
        // Each step asks the cluster before it does anything, so that an interrupted one begins again.
        step::go_on(environments, run, environment.id, step, false).await?;
        voice.line(
            run.now(),
            Level::Warning,
            "Slipway was interrupted here; asking the cluster how it stands",
        );
    }
    let did = act(environments, run, environment, step, outcomes, &driver, &connection.name, &voice).await?;
    let now = run.now();
    let did = reach::whose_problem(did, now, &driver).await;
    reach::note_contact(environments, &connection, &did, now).await;
    Ok(did)
}

async fn act(
    environments: &Environments,
    run: &Run,
    environment: &Environment,
    step: &Step,
    outcomes: &[(String, Value)],
    driver: &Kubernetes,
    cluster: &str,
    voice: &Voice,
) -> Result<Did, Failure> {
    let target = target(environment);
    let listed = outcomes.iter().find(|(key, _)| key == "list").map(|(_, outcome)| outcome);
    match step.key.as_str() {
        "list" => {
            let found = driver.inventory(&target).await;
            let state = driver.namespace_state(&target).await;
            let (found, state) = match (found, state) {
                (Ok(found), Ok(state)) => (found, state),
                (Err(error), _) | (_, Err(error)) => return Ok(step::failed(&error)),
            };
            for object in &found {
                voice.line(run.now(), Level::Plain, format!("{object}"));
            }
            let uid = match state {
                NamespaceState::Active { uid } | NamespaceState::Terminating { uid, .. } => Some(uid),
                NamespaceState::Absent => None,
                NamespaceState::Foreign => {
                    let words = format!(
                        "The namespace {} does not belong to this environment, so it is left alone",
                        target.namespace
                    );
                    voice.line(run.now(), Level::Warning, words);
                    None
                }
                NamespaceState::Unlabelled => return Ok(unlabelled(&target)),
            };
            // What an earlier try listed was deleted as well, and belongs on the receipt.
            let before = step.outcome.as_ref().map(|before| before.0["objects"].clone());
            let mut all: Vec<Listed> =
                before.and_then(|before| serde_json::from_value(before).ok()).unwrap_or_default();
            all.extend(found.iter().map(as_listed));
            all.sort();
            all.dedup();
            Ok(Did::Done(json!({ "uid": uid, "objects": all })))
        }
        "delete" => {
            let Some(uid) = listed.and_then(|listed| listed["uid"].as_str()) else {
                voice.line(run.now(), Level::Plain, "There is no namespace to delete");
                return Ok(Did::Done(json!({})));
            };
            match driver.delete_namespace(&target.namespace, uid).await {
                Ok(Deletion::Begun) => {
                    voice.line(
                        run.now(),
                        Level::Plain,
                        format!("namespace {} is being deleted", target.namespace),
                    );
                }
                Ok(Deletion::AlreadyGone) => {
                    voice.line(run.now(), Level::Plain, "The namespace is gone already")
                }
                Err(error) => return Ok(step::failed(&error)),
            }
            Ok(Did::Done(json!({})))
        }
        "gone" => gone(environments, run, environment, step, driver, &target, voice).await,
        _ => verify(run, environment, driver, &target, cluster, listed, voice).await,
    }
}

/// Looks each second until the namespace is absent. What holds it up is said word for word, once, and told by the page once it has lasted.
async fn gone(
    environments: &Environments,
    run: &Run,
    environment: &Environment,
    step: &Step,
    driver: &Kubernetes,
    target: &Target,
    voice: &Voice,
) -> Result<Did, Failure> {
    let left = step::try_limit(step, run.now());
    let until = tokio::time::Instant::now() + left.min(STAY);
    if step.attempt <= 1 {
        voice.line(
            run.now(),
            Level::Plain,
            "Waiting until the cluster has deleted the namespace and all in it",
        );
    }
    let mut said = String::new();
    let mut kept = kept::Kept::before(environment);
    let mut looks = 0;
    loop {
        if looks % OBSERVE_EVERY == 1
            && let Ok(seen) = driver.observe(target).await
        {
            voice.objects(seen.iter().filter_map(row).collect());
        }
        looks += 1;
        match driver.namespace_state(target).await {
            Ok(NamespaceState::Absent | NamespaceState::Foreign) => {
                voice.line(run.now(), Level::Good, "The namespace is gone");
                return Ok(Did::Done(json!({})));
            }
            Ok(NamespaceState::Terminating { since, conditions, .. }) => {
                let words: Vec<String> = conditions
                    .iter()
                    .map(|condition| format!("{}: {}", condition.reason, condition.message))
                    .collect();
                let words = words.join("; ");
                if words != said && !words.is_empty() {
                    voice.line(run.now(), Level::Warning, words.clone());
                }
                said = words;
                kept.look(environments, run, environment.id, step.id, &since, &conditions, &said).await?;
            }
            Ok(NamespaceState::Unlabelled) => return Ok(unlabelled(target)),
            Ok(NamespaceState::Active { .. }) => {
                // Made or made again after it was listed: the next try lists it and deletes it.
                let words = format!("The namespace {} is there and not being deleted", target.namespace);
                return Ok(Did::Failed(Problem::new(words)));
            }
            Err(error) => return Ok(step::failed(&error)),
        }
        if tokio::time::Instant::now() >= until {
            let detail = Some(said).filter(|words| !words.is_empty());
            let sentence = match (kept.sentence(), left > STAY) {
                (Some(sentence), _) => sentence,
                (None, true) => format!("The cluster is still deleting the namespace {}", target.namespace),
                (None, false) => format!(
                    "Something in the cluster is blocking the deletion of the namespace {}",
                    target.namespace
                ),
            };
            return Ok(Did::NotYet(Problem { detail, ..Problem::new(sentence) }));
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// Ends the destroying where a call failed and it is certain that nothing of the environment was ever made: then there is nothing that
/// the cluster could be asked for. Tells whether it did.
async fn nothing_to_ask_for(
    environments: &Environments,
    run: &Run,
    environment: &Environment,
    operation: &Operation,
    step: &Step,
    problem: &Problem,
) -> Result<bool, Failure> {
    if problem.fault.is_none() {
        return Ok(false);
    }
    let by = run.own_caller().await?;
    let mut tx = run.begin().await?;
    let now = run.now();
    let row = locked(&mut tx, environment.id).await?;
    if !never_made(&mut tx, &row).await? || found_something(&store::step_list(&mut tx, operation.id).await?) {
        return Ok(false);
    }
    let cluster = clusters::contact::name_of(&mut tx, row.cluster_id).await?.unwrap_or_default();
    let receipt = serde_json::to_value(nothing_made(&row, cluster, now))
        .map_err(|error| Failure::ForGood(format!("the receipt cannot be written: {error}")))?;
    // The last words of the cluster stay with the step.
    store::step_say(&mut tx, step.id, Some(&problem.sentence), problem.detail.as_deref()).await?;
    store::step_skip_open(&mut tx, operation.id, now).await?;
    let end = (Event::NothingWasMade, "Destroyed: nothing was ever created");
    finish(&mut tx, &by, &row, operation, &receipt, end, now).await?;
    tx.commit().await?;
    environments.changes.tell(environment.id);
    Ok(true)
}

/// Whether a try before this one found something all the same that carries the environment's label.
fn found_something(steps: &[Step]) -> bool {
    steps.iter().filter_map(|step| step.outcome.as_ref()).any(|outcome| {
        let objects = outcome.0["objects"].as_array();
        outcome.0["uid"].is_string() || objects.is_some_and(|objects| !objects.is_empty())
    })
}

/// Writes the end: what `event` leads to, with its sentence for the history.
async fn finish(
    tx: &mut crate::db::Tx,
    by: &Caller,
    environment: &Environment,
    operation: &Operation,
    receipt: &Value,
    (event, sentence): (Event, &str),
    now: jiff::Timestamp,
) -> Result<(), Failure> {
    // Nothing needs its secrets any more.
    let rest = parameters::without_secrets(&environment.parameters.0);
    store::environment_end(tx, environment.id, receipt, &rest, now).await?;
    store::object_delete(tx, environment.id).await?;
    move_in_tx(tx, environment.id, event, None, now).await?;
    store::operation_finish(tx, operation.id, "done", None, now).await?;
    store::event_create(tx, environment.id, "Slipway", sentence, now).await?;
    record_outcome_in_tx(tx, by, environment, operation, "environment.destroyed", now).await
}

/// It never gives up by itself. A cluster that does not answer is waited for; what refuses, or takes longer than its time, blocks the
/// destroying, visibly. Both are tried again.
async fn again(
    environments: &Environments,
    run: &Run,
    environment: &Environment,
    step: &Step,
    problem: &Problem,
    blocked: bool,
) -> Result<Ended, Failure> {
    let now = run.now();
    let attempt = u32::try_from(step.attempt).unwrap_or(1).clamp(1, 9);
    let pause = if blocked { back_off((attempt + 2).min(9)) } else { step::pause(step, problem) };
    let at = now.checked_add(pause).unwrap_or(now);
    let mut tx = run.begin().await?;
    store::step_fail(&mut tx, step.id, &step::problem_row(step, problem, Some(at), now), now).await?;
    let row = locked(&mut tx, environment.id).await?;
    let event = match row.state()? {
        State::Destroying if blocked => Some(Event::UndoRefused),
        State::VerifyingGone if blocked => Some(Event::InventoryNotEmpty),
        _ => None,
    };
    if let Some(event) = event {
        move_in_tx(&mut tx, environment.id, event, Some(&problem.sentence), now).await?;
        // Said once, not at every try.
        if row.reason.as_deref() != Some(problem.sentence.as_str()) {
            let sentence = format!("Blocked at “{}”: {}", step.title, problem.sentence);
            store::event_create(&mut tx, environment.id, "Slipway", &sentence, now).await?;
        }
    }
    tx.commit().await?;
    environments.changes.tell(environment.id);
    Ok(Ended::Again(at))
}
