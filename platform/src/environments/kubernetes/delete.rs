//! Deletes an environment's namespace, says what holds it up, and counts what is left.

use domain::environments::kinds::{self, Kind};
use futures::{StreamExt, TryStreamExt};
use kube::api::{DeleteParams, Preconditions, PropagationPolicy};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Error, Kubernetes, ObjectName, Result, Target, readable_kinds, text, while_doing};
use crate::clusters::Fault;

/// What came of the wish to delete a namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deletion {
    /// It is on its way out.
    Begun,
    /// It is not there.
    AlreadyGone,
}

/// A namespace as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NamespaceState {
    /// There is none of this name.
    Absent,
    /// There is one, and it is not the environment's.
    Foreign,
    /// It is the one that was made for the environment, and does not carry its id any more: somebody took the label off.
    Unlabelled,
    /// It lives.
    Active {
        /// Its UID.
        uid: String,
    },
    /// It is on its way out.
    Terminating {
        /// Its UID.
        uid: String,
        /// Since when (RFC 3339).
        since: String,
        /// What holds it up, in the cluster's own words.
        conditions: Vec<NamespaceCondition>,
    },
}

/// A condition of a namespace that is being deleted, word for word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamespaceCondition {
    /// Its type, as `NamespaceContentRemaining`.
    #[serde(rename = "type")]
    pub of_type: String,
    /// Its reason, as `SomeResourcesRemain`.
    pub reason: String,
    /// Its message.
    pub message: String,
}

/// Lists that are under way at once.
const AT_ONCE: usize = 6;

impl Kubernetes {
    /// Asks the cluster to delete the namespace that has this UID, and everything in it.
    pub async fn delete_namespace(&self, name: &str, uid: &str) -> Result<Deletion> {
        let how = DeleteParams {
            propagation_policy: Some(PropagationPolicy::Foreground),
            preconditions: Some(Preconditions { uid: Some(uid.to_owned()), resource_version: None }),
            ..DeleteParams::default()
        };
        let doing = || while_doing(format!("Deleting the namespace “{name}”"));
        match self.cluster.delete(kinds::NAMESPACE, name, name, &how).await {
            Ok(_) => Ok(Deletion::Begun),
            Err(Fault::NotFound { .. }) => Ok(Deletion::AlreadyGone),
            Err(Fault::Conflict { said }) => {
                let found = self.cluster.get(kinds::NAMESPACE, name, name).await.map_err(doing())?;
                let Some(found) = found else { return Ok(Deletion::AlreadyGone) };
                let found_uid = text(&found["metadata"]["uid"]);
                if found_uid != uid {
                    let (expected, found) = (uid.to_owned(), found_uid.to_owned());
                    return Err(Error::WrongUid { namespace: name.to_owned(), expected, found });
                }
                // One that is going already answers a second delete with 409 as well.
                if found["metadata"]["deletionTimestamp"].is_string() {
                    return Ok(Deletion::Begun);
                }
                Err(doing()(Fault::Conflict { said }))
            }
            Err(fault) => Err(doing()(fault)),
        }
    }

    /// How the environment's namespace stands.
    pub async fn namespace_state(&self, target: &Target) -> Result<NamespaceState> {
        let name = &target.namespace;
        let found = self.cluster.get(kinds::NAMESPACE, name, name).await;
        let found = found.map_err(while_doing(format!("Reading the namespace “{name}”")))?;
        Ok(found.map_or(NamespaceState::Absent, |found| state(target, &found)))
    }

    /// What is left of an environment anywhere in the cluster: its namespace, and whatever carries its label.
    ///
    /// Secrets cannot be listed; they are in the namespace and go before it does. Events carry no label.
    pub async fn inventory(&self, target: &Target) -> Result<Vec<ObjectName>> {
        let selector = target.selector();
        let kinds = inventoried();
        let lists: Vec<Vec<ObjectName>> = futures::stream::iter(kinds)
            .map(|kind| {
                let selector = selector.as_str();
                async move {
                    let listed = self.cluster.list(kind, None, Some(selector)).await;
                    let doing = format!("Looking for every {} that is left", kind.words);
                    Ok::<_, Error>(
                        listed.map_err(while_doing(doing))?.items.iter().map(ObjectName::of).collect(),
                    )
                }
            })
            .buffered(AT_ONCE)
            .try_collect()
            .await?;
        let mut left: Vec<ObjectName> = lists.into_iter().flatten().collect();
        left.sort();
        Ok(left)
    }
}

/// Which kinds an inventory asks for.
fn inventoried() -> impl Iterator<Item = Kind> {
    readable_kinds().into_iter().filter(|kind| kind.kind != "Event")
}

/// What an inventory asks for, in words: "namespaces, quotas, … and pods".
pub fn inventory_words() -> String {
    let words: Vec<String> = inventoried().map(|kind| kinds::many(kind.words)).collect();
    match words.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => words.concat(),
    }
}

fn state(target: &Target, found: &Value) -> NamespaceState {
    let uid = text(&found["metadata"]["uid"]).to_owned();
    let is_own = target.owns(found);
    if !is_own && target.uid.as_deref() != Some(uid.as_str()) {
        return NamespaceState::Foreign;
    }
    let Some(since) = found["metadata"]["deletionTimestamp"].as_str() else {
        return if is_own { NamespaceState::Active { uid } } else { NamespaceState::Unlabelled };
    };
    let conditions = found["status"]["conditions"].as_array().map_or(&[] as &[Value], Vec::as_slice);
    // The controller writes every condition and sets those to True that hold the namespace up.
    let conditions = conditions
        .iter()
        .filter(|condition| condition["status"] == "True")
        .map(|condition| NamespaceCondition {
            of_type: text(&condition["type"]).to_owned(),
            reason: text(&condition["reason"]).to_owned(),
            message: text(&condition["message"]).to_owned(),
        })
        .collect();
    NamespaceState::Terminating { uid, since: since.to_owned(), conditions }
}
