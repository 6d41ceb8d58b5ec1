//! Making an environment: the blueprint's steps, in order.

use domain::environments::blueprint::Action;
use domain::environments::life::{Event, StepState};
use domain::environments::lifetime::print;
use domain::environments::readiness::{Assessment, Blocked, assess};
use domain::people::{self, Owned, authorize};
use jiff::SignedDuration;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::super::kubernetes::{
    Ended as WaitEnded, Fields, Kubernetes, Notice, Patience, Probe, Verdict, row,
};
use super::super::prepare::{Prepared, Site, blueprint};
use super::super::rows::{Environment, Operation, Step};
use super::super::{Environments, store, timer};
use super::step::{self, Did, Problem, Voice};
use super::{Ended, Stop, move_in_tx, stop_signal, stop_wanted, target};
use crate::clusters::{self, Connection};
use crate::jobs::{Failure, Run, enqueue_in_tx};
use crate::logs::Level;

/// Works on the operation until it is over or must wait.
pub async fn run(
    environments: &Environments,
    run: &Run,
    environment: Environment,
    operation: Operation,
) -> Result<Ended, Failure> {
    if let Some(stop) = stop_wanted(environments, &operation).await? {
        return stopped(environments, run, &environment, &operation, stop).await;
    }
    if operation.started_at.is_none() || environment.state()? == domain::environments::life::State::Queued {
        let mut tx = run.begin().await?;
        let now = run.now();
        store::operation_start(&mut tx, operation.id, now).await?;
        move_in_tx(&mut tx, environment.id, Event::ClaimedToApply, None, now).await?;
        tx.commit().await?;
        environments.changes.tell(environment.id);
    }
    let mut steps = store::step_list(&mut environments.db.read().await?, operation.id).await?;
    for step in &mut steps {
        if matches!(step.state()?, StepState::Done | StepState::Skipped) {
            continue;
        }
        if let Some(stop) = stop_wanted(environments, &operation).await? {
            return stopped(environments, run, &environment, &operation, stop).await;
        }
        match do_step(environments, run, &environment, &operation, step).await? {
            Did::Done(outcome) => {
                let mut tx = run.begin().await?;
                store::step_finish(&mut tx, step.id, &outcome, run.now()).await?;
                tx.commit().await?;
                environments.changes.tell(environment.id);
            }
            Did::NotYet(problem) => match step::again_at(step, run.now()) {
                Some(at) => {
                    let mut tx = run.begin().await?;
                    store::step_fail(&mut tx, step.id, &step::problem_row(&problem, Some(at)), run.now())
                        .await?;
                    tx.commit().await?;
                    environments.changes.tell(environment.id);
                    return Ok(Ended::Again(at));
                }
                None => return failed(environments, run, &environment, &operation, step, &problem).await,
            },
            Did::Failed(problem) => {
                return failed(environments, run, &environment, &operation, step, &problem).await;
            }
            Did::Stopped => {
                let stop = stop_wanted(environments, &operation).await?.unwrap_or(Stop::Cancelled);
                return stopped(environments, run, &environment, &operation, stop).await;
            }
        }
    }
    ready(environments, run, &environment, &operation).await
}

async fn do_step(
    environments: &Environments,
    run: &Run,
    environment: &Environment,
    operation: &Operation,
    step: &mut Step,
) -> Result<Did, Failure> {
    let was = step.state()?;
    let interrupted = matches!(was, StepState::Running | StepState::Probing);
    let at_work = if interrupted { StepState::Probing } else { StepState::Running };
    step::begin(environments, run, environment.id, step, at_work).await?;
    if let Some(problem) = may_still(environments, run, environment).await? {
        return Ok(Did::Failed(problem));
    }
    let (connection, api) = clusters::service::open_cluster(
        &environments.db,
        &environments.keys,
        &environments.clients,
        environment.cluster_id,
    )
    .await?;
    let prepared = prepare(environments, environment, connection).await?;
    let api = match api {
        Ok(api) => api,
        Err(fault) => return Ok(Did::Failed(Problem::new(fault.to_string()))),
    };
    let driver = Kubernetes::new(api);
    let (voice, heard) = step::voice();
    let work = async {
        let did =
            act(environments, run, environment, operation, step, &prepared, &driver, interrupted, &voice)
                .await;
        drop(voice);
        did
    };
    let writing = step::write_all(environments, run, environment, step, heard);
    let (did, written) = tokio::join!(work, writing);
    written?;
    let did = did?;
    let contact = match &did {
        Did::NotYet(problem) if problem.unreachable => Err(problem.sentence.as_str()),
        _ => Ok(()),
    };
    note_contact(environments, &prepared.connection, contact, run).await;
    Ok(did)
}

/// What the step does in the cluster. With `interrupted`, it is asked first whether that happened already.
async fn act(
    environments: &Environments,
    run: &Run,
    environment: &Environment,
    operation: &Operation,
    step: &Step,
    prepared: &Prepared,
    driver: &Kubernetes,
    interrupted: bool,
    voice: &Voice,
) -> Result<Did, Failure> {
    let Some(planned) = prepared.blueprint.steps.iter().find(|planned| planned.id == step.key) else {
        return Ok(Did::Failed(Problem::new(format!("The blueprint has no step “{}”", step.key))));
    };
    let target = target(environment);
    let objects = prepared.objects(&step.key, environment.expires_at.0);
    let token = step.id.to_string();
    if matches!(planned.action, Action::Wait) {
        return wait(environments, run, operation, step, driver, &objects, &target, voice).await;
    }
    if interrupted {
        voice.line(
            run.now(),
            Level::Warning,
            "Slipway was interrupted here; asking the cluster what was done",
        );
        match driver.probe(&target, &token, &objects).await {
            Ok(Probe::Done) => {
                voice.line(run.now(), Level::Good, "Everything of this step was there already");
                return Ok(Did::Done(json!({ "probed": true })));
            }
            Ok(Probe::NotDone(_)) => {}
            Err(error) => return Ok(step::failed(&error)),
        }
    }
    let mut told = |applied: &super::super::kubernetes::Applied| {
        let words = if applied.made { "made" } else { "configured" };
        voice.line(run.now(), Level::Plain, format!("{} \u{1b}[32m{words}\u{1b}[0m", applied.object));
        for warning in &applied.warnings {
            voice.line(run.now(), Level::Warning, warning.clone());
        }
    };
    let limit = step::time_left(step, run.now());
    let applying = driver.apply(&target, &token, &objects, Fields::Respect, &mut told);
    match tokio::time::timeout(limit, applying).await {
        Ok(Ok(applied)) => Ok(Did::Done(json!({ "objects": applied.len() }))),
        Ok(Err(error)) => {
            voice.line(run.now(), Level::Bad, error.to_string());
            Ok(step::failed(&error))
        }
        Err(_) => Ok(Did::Failed(over_time(step))),
    }
}

async fn wait(
    environments: &Environments,
    run: &Run,
    operation: &Operation,
    step: &Step,
    driver: &Kubernetes,
    objects: &[Value],
    target: &super::super::kubernetes::Target,
    voice: &Voice,
) -> Result<Did, Failure> {
    let stop = CancellationToken::new();
    let mut judge = |seen: &[Value]| {
        voice.objects(seen.iter().filter_map(row).collect());
        let assessment = assess(objects, seen);
        let verdict = match &assessment {
            Assessment::Ready => Verdict::Ready,
            Assessment::Blocked(blocked) if !blocked.cause.can_heal() => Verdict::Failed,
            _ => Verdict::Waiting,
        };
        (assessment, verdict)
    };
    let mut notice = |notice: Notice<'_, Assessment>| match notice {
        Notice::Assessed(Assessment::Ready) => voice.line(run.now(), Level::Good, "Everything is ready"),
        Notice::Assessed(Assessment::Progressing { sentence }) => {
            voice.line(run.now(), Level::Plain, sentence.clone())
        }
        Notice::Assessed(Assessment::Blocked(blocked)) => {
            voice.line(run.now(), Level::Warning, blocked.sentence.clone());
            if !blocked.detail.is_empty() && blocked.detail != blocked.sentence {
                voice.line(run.now(), Level::Plain, blocked.detail.clone());
            }
        }
        Notice::Trouble(fault) => voice.line(run.now(), Level::Warning, fault.to_string()),
        Notice::Recovered => voice.line(run.now(), Level::Plain, "The cluster answers again"),
    };
    let patience = Patience::of(step::time_left(step, run.now()));
    let waiting = driver.wait_ready(target, objects, patience, &stop, &mut judge, &mut notice);
    tokio::pin!(waiting);
    let ended = tokio::select! {
        ended = &mut waiting => ended,
        _ = stop_signal(environments, operation) => {
            stop.cancel();
            waiting.await
        }
    };
    let limit = SignedDuration::from_secs(step.time_limit_seconds);
    Ok(match ended {
        Ok(WaitEnded::Ready(_)) => Did::Done(json!({})),
        Ok(WaitEnded::Cancelled(_)) => Did::Stopped,
        Ok(WaitEnded::Failed(assessment)) => Did::Failed(blocked(assessment)),
        Ok(WaitEnded::TimedOut(Some(assessment))) => Did::Failed(blocked(assessment.after(limit))),
        Ok(WaitEnded::TimedOut(None)) => Did::Failed(over_time(step)),
        Err(error) => step::failed(&error),
    })
}

fn blocked(assessment: Assessment) -> Problem {
    match assessment {
        Assessment::Blocked(Blocked { sentence, detail, .. }) => {
            Problem { sentence, detail: Some(detail).filter(|detail| !detail.is_empty()), unreachable: false }
        }
        Assessment::Progressing { sentence } => Problem::new(sentence),
        Assessment::Ready => Problem::new("It was ready when its time was over"),
    }
}

fn over_time(step: &Step) -> Problem {
    let limit = print(SignedDuration::from_secs(step.time_limit_seconds));
    Problem::new(format!("The cluster did not do this within {limit}"))
}

/// The one who asked may have left the team since: then nothing more is made for them.
async fn may_still(
    environments: &Environments,
    run: &Run,
    environment: &Environment,
) -> Result<Option<Problem>, Failure> {
    let caller = run.caller().await?;
    let team =
        environment.team.parse().map_err(|_| Failure::ForGood(format!("{} is no team", environment.team)))?;
    let above = environments.catalog.snapshot().teams_above(&team);
    let owned = Owned { team: &team, above: &above, requester: Some(environment.requested_by) };
    Ok(match authorize(&caller, people::Action::RequestEnvironment(owned)) {
        Ok(()) => None,
        Err(denied) => {
            let name = &environment.requested_by_name;
            Some(Problem::new(format!("{name} asked for it and may not any more. {denied}")))
        }
    })
}

async fn prepare(
    environments: &Environments,
    environment: &Environment,
    connection: Connection,
) -> Result<Prepared, Failure> {
    let mut reader = environments.db.read().await?;
    let published = store::blueprint_find(&mut reader, environment.blueprint_id).await?;
    let published = published.ok_or_else(|| Failure::ForGood("its blueprint is gone".to_owned()))?;
    let name = domain::environments::name::EnvironmentName::new(&environment.name)
        .map_err(|refused| Failure::ForGood(refused.to_string()))?;
    let site = Site::new(environment.id, name, environment.namespace.clone(), &environment.team, &connection);
    let Value::Object(parameters) = &environment.parameters.0 else {
        return Err(Failure::ForGood("its parameters cannot be read".to_owned()));
    };
    Ok(Prepared::new(blueprint(&published)?, site, parameters, connection)?)
}

async fn note_contact(
    environments: &Environments,
    connection: &Connection,
    contact: Result<(), &str>,
    run: &Run,
) {
    let noted = match contact {
        Ok(()) => clusters::service::record_contact(&environments.db, connection, Ok(()), run.now()).await,
        Err(words) => {
            let fault = clusters::Fault::Unreachable { said: words.to_owned() };
            clusters::service::record_contact(&environments.db, connection, Err(&fault), run.now()).await
        }
    };
    if let Err(error) = noted {
        tracing::warn!(%error, cluster = connection.name, "the last contact could not be noted");
    }
}

async fn ready(
    environments: &Environments,
    run: &Run,
    environment: &Environment,
    operation: &Operation,
) -> Result<Ended, Failure> {
    let (connection, _) = clusters::service::open_cluster(
        &environments.db,
        &environments.keys,
        &environments.clients,
        environment.cluster_id,
    )
    .await?;
    let prepared = prepare(environments, environment, connection).await?;
    let mut tx = run.begin().await?;
    let now = run.now();
    let outputs = serde_json::to_value(&prepared.rendered.outputs)
        .map_err(|error| Failure::ForGood(format!("its outputs cannot be written: {error}")))?;
    store::environment_set_outputs(&mut tx, environment.id, &outputs, now).await?;
    move_in_tx(&mut tx, environment.id, Event::StepsDone, None, now).await?;
    store::operation_finish(&mut tx, operation.id, "done", None, now).await?;
    store::event_create(&mut tx, environment.id, "Slipway", "Ready", now).await?;
    timer::schedule_in_tx(
        &mut tx,
        environment.id,
        environment.expires_at.0,
        environment.expiry_set_at.0,
        now,
    )
    .await?;
    tx.commit().await?;
    environments.changes.tell(environment.id);
    Ok(Ended::Over)
}

async fn failed(
    environments: &Environments,
    run: &Run,
    environment: &Environment,
    operation: &Operation,
    step: &Step,
    problem: &Problem,
) -> Result<Ended, Failure> {
    let mut tx = run.begin().await?;
    let now = run.now();
    store::step_fail(&mut tx, step.id, &step::problem_row(problem, None), now).await?;
    move_in_tx(&mut tx, environment.id, Event::StepFailed, Some(&problem.sentence), now).await?;
    store::operation_finish(&mut tx, operation.id, "failed", Some(&problem.sentence), now).await?;
    let sentence = format!("Failed at “{}”: {}", step.title, problem.sentence);
    store::event_create(&mut tx, environment.id, "Slipway", &sentence, now).await?;
    tx.commit().await?;
    environments.changes.tell(environment.id);
    Ok(Ended::Over)
}

/// A safe point was reached: nothing is at work in the cluster on our behalf.
async fn stopped(
    environments: &Environments,
    run: &Run,
    environment: &Environment,
    operation: &Operation,
    stop: Stop,
) -> Result<Ended, Failure> {
    let mut tx = run.begin().await?;
    let now = run.now();
    store::operation_finish(&mut tx, operation.id, "cancelled", None, now).await?;
    let fresh = store::environment_find(&mut tx, environment.id).await?;
    let running = fresh.map(|fresh| fresh.state()).transpose()?.is_some_and(|state| state.is_running());
    match stop {
        Stop::Cancelled => {
            let words = "Cancelled. What was made until then stays until it is destroyed";
            move_in_tx(&mut tx, environment.id, Event::Cancelled, Some(words), now).await?;
            store::event_create(&mut tx, environment.id, "Slipway", "Stopped at a safe point", now).await?;
        }
        // A queued one is being destroyed already: the wish moved it.
        Stop::Gone if running => {
            move_in_tx(&mut tx, environment.id, Event::SafePointReached, None, now).await?;
        }
        Stop::Gone => {}
    }
    if stop == Stop::Gone {
        enqueue_in_tx(&mut tx, super::job(environment.id, run.on_behalf_of(), now), now).await?;
    }
    tx.commit().await?;
    environments.changes.tell(environment.id);
    Ok(Ended::Over)
}
