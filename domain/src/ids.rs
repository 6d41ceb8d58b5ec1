//! Identifiers, one type for each kind of thing, so that they cannot be mixed up.
//!
//! All are UUIDs (version 7, made in `platform`), written in lower case with dashes.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                Uuid::try_parse(text).map(Self).map_err(|_| NotAnId)
            }
        }

        impl TryFrom<String> for $name {
            type Error = NotAnId;

            fn try_from(text: String) -> Result<Self, NotAnId> {
                text.parse()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

/// The text is not an identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not an id")]
pub struct NotAnId;

id! {
    /// A local account, or one of a provider: who signs in.
    AccountId,
    /// A row of the audit.
    AuditId,
    /// A blueprint version.
    BlueprintId,
    /// A place that catalog files are read from.
    SourceId,
    /// One file of a source.
    FileId,
    /// One document of a file.
    DocumentId,
    /// A connected cluster.
    ClusterId,
    /// An environment.
    EnvironmentId,
    /// One run of work on an environment: create, destroy.
    OperationId,
    /// One step of an operation.
    StepId,
    /// A durable job.
    JobId,
    /// A chunk of a log.
    LogId,
    /// A one-time invitation link.
    InvitationId,
    /// A key that credentials are sealed with.
    DataKeyId,
    /// A failed sign-in.
    FailureId,
}
