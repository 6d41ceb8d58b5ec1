//! The proof that an environment is gone: what was asked, and that every answer was "nothing"; or, where the cluster cannot be asked,
//! that nothing of it was ever made.

use domain::environments::life::StepState;
use domain::environments::lifetime::print;
use domain::environments::name::ENVIRONMENT_LABEL;
use domain::environments::receipt::{Answer, Listed, Question, Receipt, Verdict};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::super::kubernetes::{Kubernetes, NamespaceState, ObjectName, Target, inventory_words};
use super::super::rows::{Environment, OperationKind};
use super::super::store;
use super::step::{self, Did, Problem};
use super::voice::Voice;
use crate::db::{self, Session};
use crate::jobs::{Failure, Run};
use crate::logs::Level;

/// A call without an answer may take hold for so long: a cluster gives up each after 1 min (`--request-timeout` of kube-apiserver),
/// and it may have waited on its way. Campaigns of kills, which are built with `testing`, have no such patience.
const SETTLED: SignedDuration =
    SignedDuration::from_secs(if cfg!(any(test, feature = "testing")) { 5 } else { 120 });

/// Asks the cluster what is left, by name and by label; with nothing left, the receipt is what was done. While a call may still
/// make the namespace, nothing left is no proof.
pub(super) async fn verify(
    run: &Run,
    environment: &Environment,
    driver: &Kubernetes,
    target: &Target,
    cluster: &str,
    listed: Option<&Value>,
    voice: &Voice,
) -> Result<Did, Failure> {
    let by_name = match driver.namespace_state(target).await {
        Ok(NamespaceState::Absent) => Answer::Found(Vec::new()),
        Ok(NamespaceState::Foreign) => {
            let words = "A namespace with this name belongs to someone else, so it is left alone";
            voice.line(run.now(), Level::Warning, words);
            Answer::Found(Vec::new())
        }
        Ok(_) => {
            let namespace =
                Listed { kind: "namespace".to_owned(), name: target.namespace.clone(), namespace: None };
            Answer::Found(vec![namespace])
        }
        // Waited for, as anywhere; a receipt is written from answers.
        Err(error) => return Ok(step::failed(&error)),
    };
    let by_label = match driver.inventory(target).await {
        Ok(found) => Answer::Found(found.iter().map(as_listed).collect()),
        Err(error) => return Ok(step::failed(&error)),
    };
    let receipt = Receipt {
        environment: environment.name.clone(),
        cluster: cluster.to_owned(),
        namespace: target.namespace.clone(),
        deleted: listed
            .and_then(|listed| serde_json::from_value(listed["objects"].clone()).ok())
            .unwrap_or_default(),
        questions: vec![
            Question {
                asked: format!("{} (its secrets and events go with it)", asked_by_name(environment)),
                answer: by_name,
            },
            Question {
                asked: format!("{} with the label {ENVIRONMENT_LABEL}={}", inventory_words(), environment.id),
                answer: by_label,
            },
        ],
        checked_at: run.now(),
        never_made: false,
        given_up: None,
    };
    let sentence = receipt.sentence();
    let may_come = namespace_may_come(run, environment).await?;
    match receipt.verdict() {
        Verdict::Gone if may_come => {
            let words = format!(
                "Nothing is left so far. But the call that makes the namespace was cut off, and the cluster may still \
                 carry it out: it counts as gone once nothing is found {} later",
                print(SETTLED)
            );
            Ok(Did::NotYet(Problem::new(words)))
        }
        Verdict::Gone => {
            voice.line(run.now(), Level::Good, sentence);
            let receipt = serde_json::to_value(&receipt)
                .map_err(|error| Failure::ForGood(format!("the receipt cannot be written: {error}")))?;
            Ok(Did::Done(receipt))
        }
        Verdict::Remains | Verdict::NotKnown | Verdict::NeverMade => Ok(Did::Failed(Problem::new(sentence))),
    }
}

/// The first question, as a receipt says it.
pub fn asked_by_name(environment: &Environment) -> String {
    format!(
        "namespaces named {} with the label {ENVIRONMENT_LABEL}={}",
        environment.namespace, environment.id
    )
}

/// Whether it is certain, by what was committed before each call, that nothing of an environment was ever made: no step of it sent a
/// call that changes anything, or the namespace was refused outright each time. Every step, since a retry goes on where it stopped.
pub async fn never_made(s: &mut dyn Session, environment: &Environment) -> Result<bool, db::Error> {
    if environment.namespace_uid.is_some() {
        return Ok(false);
    }
    let mut asked_for = false;
    for operation in store::operation_list(s, environment.id).await? {
        if operation.kind()? != OperationKind::Create {
            continue;
        }
        asked_for = true;
        for step in store::step_list(s, operation.id).await? {
            if !step.untouched || step.outcome_unknown || step.state()? == StepState::Done {
                return Ok(false);
            }
        }
    }
    Ok(asked_for)
}

/// The receipt of an environment of which nothing was ever made, on a cluster that cannot be asked.
pub(super) fn nothing_made(environment: &Environment, cluster: String, now: Timestamp) -> Receipt {
    Receipt {
        environment: environment.name.clone(),
        cluster,
        namespace: environment.namespace.clone(),
        deleted: Vec::new(),
        questions: Vec::new(),
        checked_at: now,
        never_made: true,
        given_up: None,
    }
}

/// Whether a call that makes the namespace may still be on its way: its outcome is not known, and the work that made it ended only
/// now. Whose UID is known was made, and is no more.
async fn namespace_may_come(run: &Run, environment: &Environment) -> Result<bool, Failure> {
    if environment.namespace_uid.is_some() {
        return Ok(false);
    }
    let mut reader = run.db().read().await?;
    for operation in store::operation_list(&mut reader, environment.id).await? {
        let ended = operation.finished_at.map(|at| run.now().duration_since(at.0));
        if operation.kind()? == OperationKind::Create && ended.is_some_and(|ago| ago < SETTLED) {
            let steps = store::step_list(&mut reader, operation.id).await?;
            // The first step makes the namespace (blueprint::read).
            return Ok(steps.first().is_some_and(|step| step.outcome_unknown));
        }
    }
    Ok(false)
}

/// Whoever took the label off may want to keep what is in there: it is neither deleted nor called gone.
pub(super) fn unlabelled(target: &Target) -> Did {
    let (namespace, label) = (&target.namespace, ENVIRONMENT_LABEL);
    Did::Failed(Problem::new(format!(
        "The namespace {namespace} is the one that Slipway made, but its label {label} was taken off. Put it back \
         (kubectl label namespace {namespace} {label}={}), or delete the namespace yourself",
        target.environment
    )))
}

pub(super) fn as_listed(object: &ObjectName) -> Listed {
    Listed {
        kind: object.kind.clone(),
        name: object.name.clone(),
        namespace: Some(object.namespace.clone()).filter(|namespace| !namespace.is_empty()),
    }
}
