//! The record of every change: a row in the transaction of the change; of signing in and out, beside it.

pub mod service;
pub(crate) mod store;
#[cfg(test)]
mod tests;

use domain::catalog::reference::EntityRef;
use domain::environments::lifetime::print;
use domain::ids::AuditId;
use domain::people::Caller;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use crate::db::{Session, Tx};
use crate::ids::mint;
use crate::{Error, Result};

/// What is recorded of a change.
#[derive(Clone, Debug)]
pub struct Entry {
    action: &'static str,
    object_kind: &'static str,
    object_id: String,
    object_name: String,
    team: Option<String>,
    detail: Value,
    address: Option<String>,
    phase: Phase,
}

/// What a row tells of a change that takes its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// It was asked for, or was done at once.
    Intent,
    /// What became of it, with the row that asked for it.
    Outcome(Option<AuditId>),
}

impl Phase {
    /// As it is stored.
    fn columns(self) -> (&'static str, Option<String>) {
        match self {
            Phase::Intent => ("intent", None),
            Phase::Outcome(intent) => ("outcome", intent.map(|intent| intent.to_string())),
        }
    }
}

impl Entry {
    /// `action` was done to an object.
    pub fn new(
        action: &'static str,
        object_kind: &'static str,
        object_id: impl std::fmt::Display,
        object_name: &str,
    ) -> Self {
        Self {
            action,
            object_kind,
            object_id: object_id.to_string(),
            object_name: object_name.to_owned(),
            team: None,
            detail: json!({}),
            address: None,
            phase: Phase::Intent,
        }
    }

    /// It tells what became of what the row `intent` asked for.
    pub fn outcome_of(mut self, intent: Option<AuditId>) -> Self {
        self.phase = Phase::Outcome(intent);
        self
    }

    /// The team whose object it is.
    pub fn team(mut self, team: &EntityRef) -> Self {
        self.team = Some(team.as_str().to_owned());
        self
    }

    /// What changed, in the room's own words. Never a secret.
    pub fn detail(mut self, detail: Value) -> Self {
        self.detail = detail;
        self
    }

    /// The address that the request came from, where the caller does not carry it: at sign-in.
    pub fn address(mut self, address: &str) -> Self {
        self.address = Some(address.to_owned());
        self
    }
}

/// Of a change: what is another than before, each as it was and as it is.
pub(crate) fn changes(was: &Map<String, Value>, is: &Map<String, Value>) -> Value {
    let mut changes = Map::new();
    for key in was.keys().chain(is.keys()) {
        let (was, is) = (was.get(key), is.get(key));
        if was != is {
            changes.insert(key.clone(), json!({ "was": was, "is": is }));
        }
    }
    Value::Object(changes)
}

/// Records a change in its transaction.
pub async fn record_in_tx(tx: &mut Tx, caller: &Caller, entry: Entry, now: Timestamp) -> Result<AuditId> {
    let id: AuditId = mint(now);
    store::audit_create(tx, id, caller, &entry, now).await?;
    Ok(id)
}

/// What a form hears whose object was changed after the form was filled from it: by whom and when, as the record tells. `version` is what
/// the form has to carry from then on.
pub(crate) async fn changed_meanwhile(
    s: &mut dyn Session,
    (kind, id): (&'static str, &str),
    action: &'static str,
    version: i64,
    now: Timestamp,
) -> Result<Error> {
    let last = store::audit_last(s, (kind, id), action).await?;
    let changed = match last {
        Some((name, at)) => format!("{name} changed it {}", ago(now.duration_since(at))),
        None => "Somebody changed it".to_owned(),
    };
    let sentence = format!(
        "{changed} while you had this page open. What you typed is still here: look at the present values (open this page in \
         another tab) and save again to put yours in their place"
    );
    Ok(Error::ChangedMeanwhile { sentence, version })
}

/// In its largest unit: "2 min ago".
fn ago(past: SignedDuration) -> String {
    let seconds = past.as_secs();
    if seconds < 5 {
        return "a moment ago".to_owned();
    }
    let unit = [86_400, 3_600, 60].into_iter().find(|unit| seconds >= *unit).unwrap_or(1);
    format!("{} ago", print(SignedDuration::from_secs(seconds / unit * unit)))
}
