//! The engine: does the open operations of an environment, one after another, step by step.
//!
//! One job per environment ([`KIND`], keyed by it), so that one process at a time works on it; every write proves the
//! job's lease, but what a call told of the cluster itself.

mod charged;
mod create;
mod destroy;
mod kept;
mod proof;
pub(super) mod reach;
pub(super) mod step;
mod voice;
mod wait;

pub(super) use create::prepare;
use domain::environments::life::{Event, State, StepState, Wanted, next};
use domain::ids::EnvironmentId;
use domain::people::Caller;
use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::Timestamp;
pub(super) use proof::{asked_by_name, never_made};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::rows::{Environment, Operation, OperationKind};
use super::store::StepProblem;
use super::{Environments, forget, store};
use crate::audit::{self, Entry};
use crate::db::Tx;
use crate::jobs::{Failure, Handler, NewJob, Outcome, Run};

/// From so many failures of ours in a row on, the page says that Slipway itself is what cannot go on.
const FAULTS_SAID: u32 = 3;

/// The kind of the job.
pub const KIND: &str = "environment.work";

#[derive(Debug, Serialize, Deserialize)]
struct Payload {
    environment: EnvironmentId,
}

/// The job that has an environment's operations done.
pub fn job(environment: EnvironmentId, by: Option<domain::ids::AccountId>, now: Timestamp) -> NewJob {
    NewJob {
        kind: KIND,
        payload: json!({ "environment": environment }),
        unique_key: Some(key(environment)),
        due_at: now,
        on_behalf_of: by,
    }
}

/// The key of that job: who changes an environment locks it first ([`crate::jobs::lock_in_tx`]).
pub fn key(environment: EnvironmentId) -> String {
    format!("environment/{environment}")
}

/// Does the work.
pub struct Work(pub Environments);

/// How work on an operation ended for now.
enum Ended {
    /// The operation is over; the next may begin.
    Over,
    /// It goes on at this time.
    Again(Timestamp),
}

impl Handler for Work {
    fn kind(&self) -> &'static str {
        KIND
    }

    /// The steps have their own patience; what fails here is the database or a fault of ours, and the environment must not be
    /// forgotten over it.
    fn patience(&self) -> u32 {
        u32::MAX
    }

    fn stumbled<'a>(
        &'a self,
        run: &'a Run,
        failures: u32,
        again_at: Timestamp,
    ) -> BoxFuture<'a, Result<(), Failure>> {
        own_fault(&self.0, run, failures, again_at).boxed()
    }

    fn run<'a>(&'a self, run: &'a Run) -> BoxFuture<'a, Result<Outcome, Failure>> {
        work(&self.0, run).boxed()
    }
}

async fn work(environments: &Environments, run: &Run) -> Result<Outcome, Failure> {
    let Payload { environment: id } = run.payload()?;
    loop {
        let (environment, operation) = {
            let mut reader = environments.db.read().await?;
            let Some(environment) = store::environment_find(&mut reader, id).await? else {
                return Err(Failure::ForGood(format!("there is no environment {id}")));
            };
            (environment, store::operation_open(&mut reader, id).await?.into_iter().next())
        };
        let Some(operation) = operation else {
            forget::logs_of(environments, run, &environment).await?;
            return Ok(Outcome::Done);
        };
        let ended = match operation.kind()? {
            OperationKind::Create => create::run(environments, run, environment, operation).await?,
            OperationKind::Destroy => destroy::run(environments, run, environment, operation).await?,
        };
        match ended {
            Ended::Over => {}
            Ended::Again(at) => {
                return Ok(Outcome::Again(run.due_after(at.duration_since(run.now())).await?));
            }
        }
    }
}

/// Says at the step at work that Slipway itself cannot go on with it, from the third failure in a row on: the first two pass as
/// hiccups. Whose outcome was unknown keeps it so.
async fn own_fault(
    environments: &Environments,
    run: &Run,
    failures: u32,
    again_at: Timestamp,
) -> Result<(), Failure> {
    if failures < FAULTS_SAID {
        return Ok(());
    }
    let Payload { environment: id } = run.payload()?;
    let mut tx = run.begin().await?;
    let Some(operation) = store::operation_open(&mut tx, id).await?.into_iter().next() else {
        return Ok(());
    };
    for step in store::step_list(&mut tx, operation.id).await? {
        let state = step.state()?;
        if matches!(state, StepState::Done | StepState::Skipped) {
            continue;
        }
        let sentence = format!(
            "Slipway itself failed on this {failures} times in a row. An administrator can see why in the queue, \
             under {}",
            run.id()
        );
        let at_work = matches!(state, StepState::Running | StepState::Probing);
        let problem = StepProblem {
            sentence: &sentence,
            detail: None,
            unreachable: false,
            outcome_unknown: step.outcome_unknown || at_work,
            untouched: false,
            spent_ms: step.spent_ms,
            again_at: Some(again_at),
        };
        store::step_fail(&mut tx, step.id, &problem, run.now()).await?;
        tx.commit().await?;
        environments.changes.tell(id);
        return Ok(());
    }
    Ok(())
}

/// Moves an environment by an event. What the table refuses is a fault of ours, and stops the job before it writes nonsense.
async fn move_in_tx(
    tx: &mut Tx,
    environment: EnvironmentId,
    event: Event,
    reason: Option<&str>,
    now: Timestamp,
) -> Result<State, Failure> {
    let row = locked(tx, environment).await?;
    let to = next(row.state()?, event).map_err(|refused| Failure::Retry(refused.to_string()))?;
    store::environment_set_state(tx, environment, to, reason, now).await?;
    Ok(to)
}

/// Records what became of what somebody asked for: the outcome beside the intent, in the transaction that ends the work.
async fn record_outcome_in_tx(
    tx: &mut Tx,
    by: &Caller,
    environment: &Environment,
    operation: &Operation,
    outcome: &'static str,
    now: Timestamp,
) -> Result<(), Failure> {
    let entry = entry(outcome, environment).outcome_of(operation.intent());
    audit::record_in_tx(tx, by, entry, now).await?;
    Ok(())
}

/// What Slipway records of an environment by itself: the team is the one that it is kept with.
pub(super) fn entry(action: &'static str, environment: &Environment) -> Entry {
    let entry = Entry::new(action, "environment", environment.id, &environment.name);
    match environment.team.parse() {
        Ok(team) => entry.team(&team),
        Err(_) => entry,
    }
}

/// The environment as it stands, its row locked until the transaction ends.
async fn locked(tx: &mut Tx, environment: EnvironmentId) -> Result<Environment, Failure> {
    let row = store::environment_find_for_update(tx, environment).await?;
    row.ok_or_else(|| Failure::ForGood(format!("there is no environment {environment}")))
}

/// Whether an operation that makes something should stop at its next safe point: somebody cancelled it, or gone is wanted.
async fn stop_wanted(environments: &Environments, operation: &Operation) -> Result<bool, Failure> {
    let mut reader = environments.db.read().await?;
    let environment = store::environment_find(&mut reader, operation.environment_id).await?;
    if environment.map(|environment| environment.wanted()).transpose()? == Some(Wanted::Gone) {
        return Ok(true);
    }
    let fresh = store::operation_find(&mut reader, operation.id).await?;
    Ok(fresh.is_none_or(|fresh| fresh.cancel_requested_at.is_some()))
}

/// Ends when the operation should stop: looks after every change in this process, and each second for other replicas.
async fn stop_signal(environments: &Environments, operation: &Operation) {
    let mut changes = environments.changes.listen();
    loop {
        match stop_wanted(environments, operation).await {
            Ok(true) => return,
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, "it could not be read whether an operation should stop"),
        }
        tokio::select! {
            () = changes.changed(operation.environment_id) => {}
            () = tokio::time::sleep(std::time::Duration::from_secs(1)) => {}
        }
    }
}

/// The target of the driver.
pub(super) fn target(environment: &Environment) -> super::kubernetes::Target {
    super::kubernetes::Target {
        environment: environment.id,
        namespace: environment.namespace.clone(),
        uid: environment.namespace_uid.clone(),
    }
}
