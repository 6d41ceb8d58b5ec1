//! Rows of environments, with the types of the rules.

use domain::environments::life::{State, StepState, Wanted};
use domain::ids::{AccountId, AuditId, BlueprintId, ClusterId, EnvironmentId, OperationId, StepId};
use jiff::Timestamp;
use serde_json::Value;
use sqlx::FromRow;

use crate::db::{At, Error, Json, Result};

/// An environment as it is kept.
#[derive(Clone, Debug, FromRow)]
pub struct Environment {
    #[sqlx(try_from = "String")]
    pub id: EnvironmentId,
    pub name: String,
    pub namespace: String,
    /// The UID of the namespace that was made for it.
    pub namespace_uid: Option<String>,
    /// The owning Group's reference.
    pub team: String,
    /// The entity that it was asked for.
    pub entity: Option<String>,
    #[sqlx(try_from = "String")]
    pub blueprint_id: BlueprintId,
    #[sqlx(try_from = "String")]
    pub cluster_id: ClusterId,
    /// Everything that the blueprint asks for, defaults filled in.
    pub parameters: Json<Value>,
    state: String,
    wanted: String,
    /// Why it is in its state, where the state alone does not say it.
    pub reason: Option<String>,
    pub outputs: Json<Value>,
    pub receipt: Option<Json<Value>>,
    #[sqlx(try_from = "String")]
    pub requested_by: AccountId,
    pub requested_by_name: String,
    pub requested_at: At,
    pub expires_at: At,
    /// When the expiry was set: at the request, or by an extension.
    pub expiry_set_at: At,
    pub warned: Option<String>,
    pub ready_at: Option<At>,
    pub ended_at: Option<At>,
    pub changed_at: At,
    /// Why what stands is not as it should be, or what keeps it from going; none where nothing wrong was seen.
    pub trouble: Option<String>,
    /// When it was last looked at without anybody's asking.
    pub looked_at: Option<At>,
    /// When its cluster last told what of it stands there, also where that is nothing.
    pub objects_seen_at: Option<At>,
}

impl Environment {
    /// Its state.
    pub fn state(&self) -> Result<State> {
        State::parse(&self.state).ok_or_else(|| unreadable("environments.state", &self.state))
    }

    /// The wanted end state.
    pub fn wanted(&self) -> Result<Wanted> {
        match self.wanted.as_str() {
            "present" => Ok(Wanted::Present),
            "gone" => Ok(Wanted::Gone),
            other => Err(unreadable("environments.wanted", other)),
        }
    }
}

/// What an operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperationKind {
    Create,
    Destroy,
}

impl OperationKind {
    /// As it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            OperationKind::Create => "create",
            OperationKind::Destroy => "destroy",
        }
    }
}

/// One run of work on an environment.
#[derive(Clone, Debug, FromRow)]
pub struct Operation {
    #[sqlx(try_from = "String")]
    pub id: OperationId,
    #[sqlx(try_from = "String")]
    pub environment_id: EnvironmentId,
    kind: String,
    /// queued, running, done, failed, cancelled
    pub state: String,
    pub requested_by: Option<String>,
    pub requested_by_name: String,
    /// The row of the audit that asked for it.
    intent_id: Option<String>,
    pub created_at: At,
    pub started_at: Option<At>,
    pub finished_at: Option<At>,
    pub cancel_requested_at: Option<At>,
    /// When it was last asked to go on after it had failed.
    pub retried_at: Option<At>,
    pub problem: Option<String>,
}

impl Operation {
    /// What it does.
    pub fn kind(&self) -> Result<OperationKind> {
        match self.kind.as_str() {
            "create" => Ok(OperationKind::Create),
            "destroy" => Ok(OperationKind::Destroy),
            other => Err(unreadable("operations.kind", other)),
        }
    }

    /// The row of the audit that asked for it, which its outcome names.
    pub fn intent(&self) -> Option<AuditId> {
        self.intent_id.as_deref().and_then(|id| id.parse().ok())
    }

    /// For whom; none where Slipway itself asked (an expiry).
    pub fn requested_by(&self) -> Option<AccountId> {
        self.requested_by.as_deref().and_then(|id| id.parse().ok())
    }
}

/// One step of an operation.
#[derive(Clone, Debug, FromRow)]
pub struct Step {
    #[sqlx(try_from = "String")]
    pub id: StepId,
    #[sqlx(try_from = "String")]
    pub operation_id: OperationId,
    /// From 0.
    pub ordinal: i64,
    /// Its id in the blueprint.
    pub key: String,
    pub title: String,
    pub detail: String,
    pub time_limit_seconds: i64,
    /// How much of that it had used up when it last stopped working.
    pub spent_ms: i64,
    /// Since when whoever read it works on it.
    #[sqlx(skip)]
    pub at_work_since: Option<Timestamp>,
    state: String,
    /// From 1, 0 before the first.
    pub attempt: i64,
    pub started_at: Option<At>,
    pub finished_at: Option<At>,
    pub next_attempt_at: Option<At>,
    /// The sentence of the last failure.
    pub problem: Option<String>,
    /// The far side's own words.
    pub problem_detail: Option<String>,
    /// Whether that was because its cluster is away: so until it answers again, also while it is tried.
    pub unreachable: bool,
    /// Whether something may have taken hold in the cluster that nobody has seen.
    pub outcome_unknown: bool,
    /// Whether it is certain that nothing of it took hold in the cluster: no call that changes anything was sent, or each was
    /// refused outright.
    pub untouched: bool,
    pub outcome: Option<Json<Value>>,
}

impl Step {
    /// Its state.
    pub fn state(&self) -> Result<StepState> {
        StepState::parse(&self.state).ok_or_else(|| unreadable("steps.state", &self.state))
    }
}

/// A published version of a blueprint.
#[derive(Clone, Debug, FromRow)]
pub struct BlueprintRow {
    #[sqlx(try_from = "String")]
    pub id: BlueprintId,
    pub name: String,
    pub version: i64,
    pub title: String,
    pub description: String,
    pub source: String,
    pub digest: String,
    pub published_at: At,
    /// Since when the blueprint, all its versions, is not offered any more.
    pub withdrawn_at: Option<At>,
}

/// Something that happened to an environment.
#[derive(Clone, Debug, FromRow)]
pub struct Event {
    pub at: At,
    pub actor_name: String,
    pub sentence: String,
}

/// An object as it stood when it was last looked at.
#[derive(Clone, Debug, FromRow)]
pub struct SeenObject {
    pub kind: String,
    pub name: String,
    pub hue: String,
    pub words: String,
    pub changed_at: At,
    pub seen_at: At,
}

fn unreadable(column: &str, value: &str) -> Error {
    Error::Unreadable(format!("{column} is “{value}”"))
}
