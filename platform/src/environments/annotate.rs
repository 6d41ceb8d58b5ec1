//! Writes a new expiry on the namespace of an environment, so that whoever looks there with their own tools sees the true one.

use domain::environments::blueprint::Action;
use domain::environments::life::{StepState, Wanted};
use domain::ids::{AccountId, EnvironmentId};
use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::engine::{reach, step};
use super::kubernetes::Error;
use super::rows::OperationKind;
use super::{Environments, engine, store};
use crate::jobs::{Failure, Handler, NewJob, Outcome, Run};

const KIND: &str = "environment.annotate";
/// While the namespace is being made, it is looked at again so often.
const PAUSE: SignedDuration = SignedDuration::from_secs(5);

#[derive(Debug, Serialize, Deserialize)]
struct Payload {
    environment: EnvironmentId,
}

/// The job that writes an environment's expiry on its namespace.
pub fn job(environment: EnvironmentId, by: Option<AccountId>, now: Timestamp) -> NewJob {
    NewJob {
        kind: KIND,
        payload: json!({ "environment": environment }),
        unique_key: Some(format!("annotate/{environment}")),
        due_at: now,
        on_behalf_of: by,
    }
}

/// Does it.
pub struct Annotate(pub Environments);

impl Handler for Annotate {
    fn kind(&self) -> &'static str {
        KIND
    }

    /// Whoever looks at the namespace is to see the true expiry, however long the cluster was away.
    fn patience(&self) -> u32 {
        u32::MAX
    }

    fn run<'a>(&'a self, run: &'a Run) -> BoxFuture<'a, Result<Outcome, Failure>> {
        annotate(&self.0, run).boxed()
    }
}

async fn annotate(environments: &Environments, run: &Run) -> Result<Outcome, Failure> {
    let Payload { environment: id } = run.payload()?;
    let (environment, operation, steps, published) = {
        let mut reader = environments.db.read().await?;
        let Some(environment) = store::environment_find(&mut reader, id).await? else {
            return Ok(Outcome::Done);
        };
        let Some(operation) = store::operation_latest(&mut reader, id).await? else {
            return Ok(Outcome::Done);
        };
        let steps = store::step_list(&mut reader, operation.id).await?;
        let published = environments.blueprints.find(&mut reader, environment.blueprint_id).await?;
        (environment, operation, steps, published)
    };
    let state = environment.state()?;
    let goes = state.is_end() || environment.wanted()? == Wanted::Gone;
    if goes || operation.kind()? != OperationKind::Create {
        return Ok(Outcome::Done);
    }
    let Some(blueprint) = published else {
        return not_written(environments, run, id, "Its blueprint no longer exists").await;
    };
    let planned = blueprint.steps.iter().find(|step| matches!(step.action, Action::Namespace));
    let Some(made) = steps.iter().find(|step| planned.is_some_and(|planned| planned.id == step.key)) else {
        return Ok(Outcome::Done);
    };
    if made.state()? != StepState::Done {
        // The step itself writes it, if it is yet to come; one that is under way may have read the old one.
        let comes = operation.finished_at.is_none();
        return Ok(if comes { Outcome::Again(run.due_after(PAUSE).await?) } else { Outcome::Done });
    }
    let (connection, driver) = reach::open(environments, &environment, run.now())
        .await?
        .map_err(|problem| Failure::Retry(problem.sentence))?;
    let prepared = match engine::prepare(environments, &environment, &connection).await? {
        Ok(prepared) => prepared,
        Err(problem) => return not_written(environments, run, id, &problem.sentence).await,
    };
    let objects = prepared.objects(&made.key, environment.expires_at.0);
    let Some(namespace) = objects.first() else { return Ok(Outcome::Done) };
    match driver.renew_namespace(&engine::target(&environment), &made.id.to_string(), namespace).await {
        // Whose namespace is gone or another's has nothing to be written on.
        Ok(()) | Err(Error::NamespaceGone { .. } | Error::Foreign { .. }) => Ok(Outcome::Done),
        Err(error) if error.is_retryable() => Err(Failure::Retry(error.to_string())),
        Err(error) => not_written(environments, run, id, &step::error_words(&error)).await,
    }
}

/// It will not work: its history says so, and why.
async fn not_written(
    environments: &Environments,
    run: &Run,
    id: EnvironmentId,
    why: &str,
) -> Result<Outcome, Failure> {
    let sentence = format!("The new expiry could not be written on the namespace. {why}");
    let mut tx = run.begin().await?;
    store::event_create(&mut tx, id, "Slipway", &sentence, run.now()).await?;
    tx.commit().await?;
    environments.changes.tell_detail(id);
    Err(Failure::ForGood(why.to_owned()))
}
