//! Making an environment: the blueprint's steps, in order.

use domain::environments::blueprint::Action;
use domain::environments::life::{Event, State, StepState, Wanted};
use domain::environments::name::EnvironmentName;
use domain::people::{self, Caller, Owned, authorize};
use futures::FutureExt;
use serde_json::{Value, json};

use super::super::kubernetes::{Error, Kubernetes, NamespaceState, Probe, Told};
use super::super::prepare::{Prepared, Site};
use super::super::rows::{Environment, Operation, Step};
use super::super::{Environments, parameters, store};
use super::charged::perhaps_charged;
use super::reach;
use super::step::{self, Did, Problem};
use super::voice::{self, Voice};
use super::wait::{over_time, wait};
use super::{Ended, locked, move_in_tx, record_outcome_in_tx, stop_wanted, target};
use crate::clusters::{self, Connection};
use crate::jobs::{Failure, Run};
use crate::logs::Level;
use crate::people::callers;

/// In a step's outcome: what was done before, and deleted in the cluster since, was made again. The waits for it begin anew then.
const MADE_AGAIN: &str = "made_again";

/// Works on the operation until it is over or must wait.
pub async fn run(
    environments: &Environments,
    run: &Run,
    environment: Environment,
    operation: Operation,
) -> Result<Ended, Failure> {
    if stop_wanted(environments, &operation).await? {
        return end(environments, run, &operation, How::Stopped).await;
    }
    if !begin(environments, run, &environment, &operation).await? {
        return Ok(Ended::Over);
    }
    let mut steps = store::step_list(&mut environments.db.read().await?, operation.id).await?;
    for step in &mut steps {
        if matches!(step.state()?, StepState::Done | StepState::Skipped) {
            continue;
        }
        if stop_wanted(environments, &operation).await? {
            return end(environments, run, &operation, How::Stopped).await;
        }
        match do_step(environments, run, &environment, &operation, step).await? {
            Did::Done(outcome) => {
                let mut tx = run.begin().await?;
                store::step_finish(&mut tx, step.id, &outcome, run.now()).await?;
                if let Some(uid) = outcome["namespace_uid"].as_str() {
                    store::environment_set_namespace_uid(&mut tx, environment.id, uid).await?;
                }
                let again = outcome[MADE_AGAIN] == true
                    && store::step_wait_again(&mut tx, operation.id, step.ordinal).await?;
                tx.commit().await?;
                environments.changes.tell(environment.id);
                if again {
                    return Ok(Ended::Again(run.now()));
                }
            }
            Did::NotYet(problem) => match step::again_at(step, &problem, run.now()) {
                Some(at) => {
                    let mut tx = run.begin().await?;
                    let now = run.now();
                    let row = step::problem_row(step, &problem, Some(at), now);
                    store::step_fail(&mut tx, step.id, &row, now).await?;
                    tx.commit().await?;
                    environments.changes.tell(environment.id);
                    return Ok(Ended::Again(at));
                }
                None => return end(environments, run, &operation, How::Failed(step, &problem)).await,
            },
            Did::Failed(problem) => {
                return end(environments, run, &operation, How::Failed(step, &problem)).await;
            }
            Did::Waiting(kept) => {
                let mut tx = run.begin().await?;
                store::step_pause(&mut tx, step.id, &kept, step::spent_ms(step, run.now())).await?;
                tx.commit().await?;
                return Ok(Ended::Again(run.now()));
            }
            Did::Stopped => return end(environments, run, &operation, How::Stopped).await,
        }
    }
    end(environments, run, &operation, How::Ready).await
}

/// Marks the operation as running; false when it was ended meanwhile.
async fn begin(
    environments: &Environments,
    run: &Run,
    environment: &Environment,
    operation: &Operation,
) -> Result<bool, Failure> {
    if operation.state == "running" {
        return Ok(true);
    }
    let mut tx = run.begin().await?;
    let now = run.now();
    let queued = locked(&mut tx, environment.id).await?.state()? == State::Queued;
    if !store::operation_start(&mut tx, operation.id, now).await? {
        return Ok(false);
    }
    if queued {
        move_in_tx(&mut tx, environment.id, Event::ClaimedToApply, None, now).await?;
    }
    tx.commit().await?;
    environments.changes.tell(environment.id);
    Ok(true)
}

async fn do_step(
    environments: &Environments,
    run: &Run,
    environment: &Environment,
    operation: &Operation,
    step: &mut Step,
) -> Result<Did, Failure> {
    // The first try since somebody had the operation tried again: what may stand in the log before is of another.
    let again = step.attempt == 0 && operation.retried_at.is_some();
    let ask = step::begin(environments, run, environment.id, step).await?;
    let step = &*step;
    let attempt = |voice: Voice| {
        if again {
            let words = format!("Retry requested by {}", operation.requested_by_name);
            voice.line(run.now(), Level::Plain, words);
        }
        attempt(environments, run, environment, operation, step, ask, voice).boxed()
    };
    voice::spoken(environments, run, environment, step, attempt).await
}

async fn attempt(
    environments: &Environments,
    run: &Run,
    environment: &Environment,
    operation: &Operation,
    step: &Step,
    ask: bool,
    voice: Voice,
) -> Result<Did, Failure> {
    // Before this try calls anything, only an earlier one may have left something there.
    let unknown = step.outcome_unknown || (ask && !step.untouched);
    if let Some(problem) = may_still(environments, environment, operation).await? {
        return Ok(Did::Failed(problem).with_outcome_unknown(unknown));
    }
    let (connection, driver) = match reach::open(environments, environment, run.now()).await? {
        Ok(opened) => opened,
        Err(problem) => return Ok(reach::unopened(problem).with_outcome_unknown(unknown)),
    };
    step::answered(environments, run, environment.id, step).await?;
    let prepared = match prepare(environments, environment, &connection).await? {
        Ok(prepared) => prepared,
        Err(problem) => return Ok(Did::Failed(problem).with_outcome_unknown(unknown)),
    };
    let did =
        match act(environments, run, environment, operation, step, &prepared, &driver, ask, &voice).await? {
            Did::Failed(problem) if ask => perhaps_charged(run, step, problem).await?,
            did => did,
        };
    let now = run.now();
    let did = reach::whose_problem(did, now, &driver).await;
    reach::note_contact(environments, &connection, &did, now).await;
    Ok(did)
}

/// What the step does in the cluster. With `ask`, the cluster is asked first whether that happened already; and so it is where the step
/// was done before somebody had the operation tried again, since what it made may have been deleted there.
async fn act(
    environments: &Environments,
    run: &Run,
    environment: &Environment,
    operation: &Operation,
    step: &Step,
    prepared: &Prepared,
    driver: &Kubernetes,
    ask: bool,
    voice: &Voice,
) -> Result<Did, Failure> {
    let Some(planned) = prepared.blueprint.steps.iter().find(|planned| planned.id == step.key) else {
        return Ok(Did::Failed(Problem::new(format!("The blueprint has no step “{}”", step.key))));
    };
    let target = target(environment);
    let mut objects = prepared.objects(&step.key, environment.expires_at.0);
    let token = step.id.to_string();
    if matches!(planned.action, Action::Wait) {
        if ask {
            // A wait changes nothing, so there is nothing to ask.
            step::go_on(environments, run, environment.id, step, false).await?;
        }
        return wait(environments, run, operation, step, driver, &objects, &target, voice).await;
    }
    let done_before = step.outcome.as_ref().map(|kept| &kept.0).filter(|kept| kept["how"].is_string());
    // Kept with the step: the address that was made stays the address, whatever the connection says later.
    let outcome = async |how: &str| {
        let mut outcome = json!({ "how": how, "outputs": prepared.rendered.outputs });
        outcome[MADE_AGAIN] = json!(done_before.is_some());
        if matches!(planned.action, Action::Namespace) {
            match driver.namespace_state(&target).await {
                Ok(NamespaceState::Active { uid }) => outcome["namespace_uid"] = json!(uid),
                Ok(_) => return step::failed(&Error::NamespaceGone { namespace: target.namespace.clone() }),
                Err(error) => return step::failed(&error),
            }
        }
        Did::Done(outcome)
    };
    if ask || done_before.is_some() {
        let (level, words) = match ask {
            true => (
                Level::Warning,
                "What an earlier try did here is not known; asking the cluster what was done",
            ),
            false => (Level::Plain, "This was done before; asking the cluster whether all of it is there"),
        };
        voice.line(run.now(), level, words);
        let left = match done_before {
            Some(_) => driver.missing(&target, &objects).await,
            None => driver.probe(&target, &token, &objects).await.map(|probe| match probe {
                Probe::Done => Vec::new(),
                Probe::NotDone(_) => objects.clone(),
            }),
        };
        match left {
            Ok(left) if left.is_empty() => {
                voice.line(run.now(), Level::Good, "Everything of this step was there already");
                if let (Action::Namespace, Some(namespace)) = (&planned.action, objects.first()) {
                    // It may have been extended since it was made.
                    if let Err(error) = driver.renew_namespace(&target, &token, namespace).await {
                        return Ok(step::failed(&error).with_outcome_unknown(true));
                    }
                }
                return match done_before {
                    Some(done) if !ask => {
                        Ok(Did::Done(json!({ "how": done["how"], "outputs": done["outputs"] })))
                    }
                    _ => Ok(outcome("probed").await),
                };
            }
            Ok(left) => objects = left,
            Err(error) => return Ok(step::failed(&error).with_outcome_unknown(ask)),
        }
    }
    step::go_on(environments, run, environment.id, step, true).await?;
    // Whether the namespace is there, be it by an earlier call of ours.
    let mut exists = false;
    let mut told = |told: Told<'_>| match told {
        // Kept at once: it is what is deleted in the end, however the step goes on.
        Told::Claimed { uid } => {
            exists = true;
            voice.namespace(uid);
        }
        Told::Exists => exists = true,
        Told::Applied(applied) => {
            let words = if applied.made { "created" } else { "configured" };
            voice.line(run.now(), Level::Plain, format!("{} \u{1b}[32m{words}\u{1b}[0m", applied.object));
            for warning in &applied.warnings {
                voice.line(run.now(), Level::Warning, warning.clone());
            }
        }
    };
    let limit = step::try_limit(step, run.now());
    let applying = driver.apply(&target, &token, &objects, &mut told);
    match tokio::time::timeout(limit, applying).await {
        Ok(Ok(_)) => Ok(outcome("applied").await),
        Ok(Err(error)) => {
            let did = step::failed(&error);
            // A call without an answer may take hold all the same. That of an earlier try still may when this one is refused.
            let unknown = ask || matches!(&did, Did::NotYet(problem) if problem.is_cut_off());
            // No try before this one sent anything, and this one got no further than a plain "no" to the namespace.
            let first_call = step.untouched && !exists && matches!(planned.action, Action::Namespace);
            let untouched = first_call && step::is_refused_outright(&error);
            Ok(did.with_outcome_unknown(unknown).with_untouched(untouched))
        }
        Err(_) => Ok(reach::over(driver, over_time(step), run.now()).await.with_outcome_unknown(true)),
    }
}

/// The one who asked may have left the team since: then nothing more is made for them.
async fn may_still(
    environments: &Environments,
    environment: &Environment,
    operation: &Operation,
) -> Result<Option<Problem>, Failure> {
    let Some(account) = operation.requested_by() else { return Ok(None) };
    let name = &operation.requested_by_name;
    let person = callers::person(&mut environments.db.read().await?, account).await?;
    let Some(person) = person else {
        return Ok(Some(Problem::new(format!("{name} requested it and no longer has an account"))));
    };
    let Ok(team) = environment.team.parse() else {
        return Ok(Some(Problem::new(format!("{} is no team", environment.team))));
    };
    let above = environments.catalog.snapshot().teams_above(&team);
    let owned = Owned { team: &team, above: &above, requester: Some(environment.requested_by) };
    let denied = authorize(&Caller::Person(person), people::Action::ChangeEnvironment(owned)).err();
    Ok(denied
        .map(|denied| Problem::new(format!("{name} requested it and is no longer allowed to. {denied}"))))
}

/// Everything that the steps need, or why it cannot be put together.
pub async fn prepare(
    environments: &Environments,
    environment: &Environment,
    connection: &Connection,
) -> Result<Result<Prepared, Problem>, Failure> {
    let published =
        store::blueprint_find(&mut environments.db.read().await?, environment.blueprint_id).await?;
    let put_together = || -> Result<Prepared, String> {
        let published = published.ok_or("Its blueprint no longer exists")?;
        let name = EnvironmentName::new(&environment.name).map_err(|refused| refused.to_string())?;
        let site =
            Site::new(environment.id, name, environment.namespace.clone(), &environment.team, connection);
        let Value::Object(parameters) = &environment.parameters.0 else {
            return Err("What was asked for cannot be read".to_owned());
        };
        let parameters = parameters::unseal(&environments.keys, environment.id, parameters)
            .map_err(|error| crate::jobs::error_chain(&error))?;
        let blueprint =
            environments.blueprints.of(&published).map_err(|error| crate::jobs::error_chain(&error))?;
        Prepared::new(blueprint, site, &parameters, connection.clone()).map_err(|findings| {
            let sentences: Vec<String> = findings.into_iter().map(|finding| finding.sentence).collect();
            sentences.join(" ")
        })
    };
    let (db, keys) = (&environments.db, &environments.keys);
    let registry = clusters::contact::registry_credentials(db, keys, connection.id).await?;
    Ok(put_together().map(|prepared| Prepared { registry, ..prepared }).map_err(Problem::new))
}

/// How the work on an operation came to its end.
enum How<'a> {
    Ready,
    Failed(&'a Step, &'a Problem),
    Stopped,
}

/// Ends the operation at a safe point: nothing is at work in the cluster on our behalf. Where gone was wished for meanwhile, being
/// destroyed is what follows, however the work itself ended.
async fn end(
    environments: &Environments,
    run: &Run,
    operation: &Operation,
    how: How<'_>,
) -> Result<Ended, Failure> {
    let by = run.own_caller().await?;
    let mut tx = run.begin().await?;
    let now = run.now();
    let environment = locked(&mut tx, operation.environment_id).await?;
    let id = environment.id;
    let outcome = match how {
        _ if environment.wanted()? == Wanted::Gone => "environment.stopped",
        How::Ready => "environment.ready",
        How::Failed(..) => "environment.failed",
        How::Stopped => "environment.stopped",
    };
    record_outcome_in_tx(&mut tx, &by, &environment, operation, outcome, now).await?;
    if environment.wanted()? == Wanted::Gone {
        store::operation_finish(&mut tx, operation.id, "cancelled", None, now).await?;
        store::step_skip_open(&mut tx, operation.id, now).await?;
        // One that was queued is being destroyed already: the wish moved it.
        if environment.state()?.is_running() {
            move_in_tx(&mut tx, id, Event::SafePointReached, None, now).await?;
        }
        tx.commit().await?;
        environments.changes.tell(id);
        return Ok(Ended::Over);
    }
    match how {
        How::Ready => {
            let steps = store::step_list(&mut tx, operation.id).await?;
            let outputs =
                steps.iter().rev().find_map(|step| step.outcome.as_ref()?.0.get("outputs").cloned());
            let outputs = outputs.unwrap_or_else(|| json!([]));
            store::environment_set_outputs(&mut tx, id, &outputs, now).await?;
            move_in_tx(&mut tx, id, Event::StepsDone, None, now).await?;
            store::operation_finish(&mut tx, operation.id, "done", None, now).await?;
            store::event_create(&mut tx, id, "Slipway", "Ready", now).await?;
        }
        How::Failed(step, problem) => {
            store::step_fail(&mut tx, step.id, &step::problem_row(step, problem, None, now), now).await?;
            move_in_tx(&mut tx, id, Event::StepFailed, Some(&problem.sentence), now).await?;
            store::operation_finish(&mut tx, operation.id, "failed", Some(&problem.sentence), now).await?;
            // Why, the page says above and at the step.
            let sentence = format!("Failed at “{}”", step.title);
            store::event_create(&mut tx, id, "Slipway", &sentence, now).await?;
        }
        How::Stopped => {
            store::operation_finish(&mut tx, operation.id, "cancelled", None, now).await?;
            store::step_skip_open(&mut tx, operation.id, now).await?;
            move_in_tx(&mut tx, id, Event::Cancelled, None, now).await?;
            store::event_create(&mut tx, id, "Slipway", "Cancelled at a safe point", now).await?;
        }
    }
    tx.commit().await?;
    environments.changes.tell(id);
    Ok(Ended::Over)
}
