//! The driver `kubernetes`: brings objects into a cluster, watches them come up, and takes them away again.
//!
//! Invariants:
//! - a namespace that does not carry the environment's id is never touched;
//! - objects are applied as the field manager `slipway`, strictly validated, and without force: fields that somebody else
//!   took stay theirs;
//! - every object carries the token of the step that applied it, so that after a takeover a step is probed first;
//! - a namespace is deleted only with its UID as a precondition, and its finalizers are left alone;
//! - nothing waits without a limit.

mod apply;
mod delete;
mod objects;
mod observe;
mod probe;
mod wait;

#[cfg(test)]
mod tests;

use domain::environments::kinds::{self, Kind};
use domain::environments::name::ENVIRONMENT_LABEL;
use domain::ids::EnvironmentId;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::clusters::Fault;
use crate::clusters::api::ClusterApi;

pub use apply::{Applied, Told};
pub use delete::{Deletion, NamespaceCondition, NamespaceState, inventory_words};
pub use objects::{ObjectRow, row};
pub use probe::Probe;
pub use wait::{Ended, Notice, Patience, Verdict};

/// The annotation that names the step which applied an object.
pub const STEP_ANNOTATION: &str = "slipway.dev/step";

/// The driver, in one cluster.
#[derive(Clone)]
pub struct Kubernetes {
    cluster: ClusterApi,
}

/// An environment's place in the cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Which environment.
    pub environment: EnvironmentId,
    /// Its namespace.
    pub namespace: String,
    /// The UID of the namespace that was made for it, once that is known.
    pub uid: Option<String>,
}

/// An object in a cluster, in words.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ObjectName {
    /// What people call its kind.
    pub kind: String,
    /// Its namespace; empty for the namespace itself.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

/// The result of the driver.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why the driver did not do it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A call failed.
    #[error("{doing}: {fault}")]
    Cluster {
        /// What was being done.
        doing: String,
        /// Why it failed.
        #[source]
        fault: Fault,
    },
    /// The namespace is somebody else's.
    #[error(
        "The namespace “{namespace}” exists in the cluster and is not this environment's. Slipway has not touched it: \
         rename or delete it there, then retry"
    )]
    Foreign {
        /// Its name.
        namespace: String,
    },
    /// The namespace that the step needs is not there.
    #[error("The namespace “{namespace}” is no longer in the cluster")]
    NamespaceGone {
        /// Its name.
        namespace: String,
    },
    /// An object that is to be there is being deleted.
    #[error("The {object} is still being deleted in the cluster")]
    Leaving {
        /// Which.
        object: String,
    },
    /// There is a namespace of this name, but not the one that was made.
    #[error(
        "The namespace “{namespace}” in the cluster is not the one that Slipway made (it is {found}, not {expected}). \
         Slipway has not deleted it"
    )]
    WrongUid {
        /// Its name.
        namespace: String,
        /// The UID that was recorded.
        expected: String,
        /// The UID that is there.
        found: String,
    },
    /// An object that must not be applied: a fault of ours.
    #[error("The {object} cannot be applied: {why}")]
    Unsuitable {
        /// Which.
        object: String,
        /// Why.
        why: String,
    },
}

impl Error {
    /// Whether trying again later may help without anybody's doing.
    pub fn is_retryable(&self) -> bool {
        match self {
            Error::Cluster { fault, .. } => fault.is_retryable(),
            Error::Leaving { .. } => true,
            _ => false,
        }
    }

    /// What the cluster answered, if it was a call that failed.
    pub fn fault(&self) -> Option<&Fault> {
        match self {
            Error::Cluster { fault, .. } => Some(fault),
            _ => None,
        }
    }
}

impl Kubernetes {
    /// The driver on a cluster's API.
    pub fn new(cluster: ClusterApi) -> Self {
        Self { cluster }
    }

    /// Whether the cluster answers: it is asked for what it was asked first, which one it is.
    pub async fn answers(&self) -> Result<(), Fault> {
        self.cluster.identity().await.map(drop)
    }
}

impl Target {
    fn selector(&self) -> String {
        format!("{ENVIRONMENT_LABEL}={}", self.environment)
    }

    /// Whether an object carries the environment's id.
    fn owns(&self, object: &Value) -> bool {
        object["metadata"]["labels"][ENVIRONMENT_LABEL].as_str()
            == Some(self.environment.to_string().as_str())
    }
}

impl ObjectName {
    /// Of an object that carries its kind and name.
    pub fn of(object: &Value) -> Self {
        Self {
            kind: kinds::words(text(&object["kind"])).to_owned(),
            namespace: text(&object["metadata"]["namespace"]).to_owned(),
            name: text(&object["metadata"]["name"]).to_owned(),
        }
    }
}

impl std::fmt::Display for ObjectName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} “{}”", self.kind, self.name)
    }
}

/// Every kind that the driver reads, each once, the namespace first.
fn readable_kinds() -> Vec<Kind> {
    let mut all: Vec<Kind> = Vec::new();
    for kind in kinds::OWN.into_iter().chain(kinds::ALLOWED).chain(kinds::DERIVED) {
        if crate::clusters::rights::is_readable(kind) && !all.contains(&kind) {
            all.push(kind);
        }
    }
    all
}

/// The kind of an object, if it is one that may be applied.
fn kind_of(object: &Value) -> Option<Kind> {
    kinds::OWN
        .into_iter()
        .chain(kinds::ALLOWED)
        .find(|kind| object["kind"] == kind.kind && object["apiVersion"] == kind.api_version)
}

/// By which labels objects of a kind are the environment's; none for those that the cluster's own controllers make:
/// there the whole namespace counts.
fn labels(kind: Kind, target: &Target) -> Option<String> {
    (!kinds::DERIVED.contains(&kind)).then(|| target.selector())
}

fn while_doing(doing: impl Into<String>) -> impl FnOnce(Fault) -> Error {
    move |fault| Error::Cluster { doing: doing.into(), fault }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
