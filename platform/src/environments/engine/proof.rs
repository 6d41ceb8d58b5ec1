//! The proof that an environment is gone: what was asked, and that every answer was "nothing".

use domain::environments::name::ENVIRONMENT_LABEL;
use domain::environments::receipt::{Answer, Listed, Question, Receipt, Verdict};
use serde_json::Value;

use super::super::kubernetes::{Kubernetes, NamespaceState, ObjectName, Target, inventory_words};
use super::super::rows::Environment;
use super::step::{self, Did, Problem};
use super::voice::Voice;
use crate::jobs::{Failure, Run};
use crate::logs::Level;

/// Asks the cluster what is left, by name and by label; with nothing left, the receipt is what was done.
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
    let label = ENVIRONMENT_LABEL;
    let receipt = Receipt {
        environment: environment.name.clone(),
        cluster: cluster.to_owned(),
        namespace: target.namespace.clone(),
        deleted: listed
            .and_then(|listed| serde_json::from_value(listed["objects"].clone()).ok())
            .unwrap_or_default(),
        questions: vec![
            Question {
                asked: format!(
                    "namespaces named {} with the label {label}={} (one takes its secrets and events along)",
                    target.namespace, environment.id
                ),
                answer: by_name,
            },
            Question {
                asked: format!("{} with the label {label}={}", inventory_words(), environment.id),
                answer: by_label,
            },
        ],
        checked_at: run.now(),
    };
    let sentence = receipt.sentence();
    match receipt.verdict() {
        Verdict::Gone => {
            voice.line(run.now(), Level::Good, sentence);
            let receipt = serde_json::to_value(&receipt)
                .map_err(|error| Failure::ForGood(format!("the receipt cannot be written: {error}")))?;
            Ok(Did::Done(receipt))
        }
        Verdict::Remains | Verdict::NotKnown => Ok(Did::Failed(Problem::new(sentence))),
    }
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
