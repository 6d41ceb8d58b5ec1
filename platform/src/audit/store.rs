//! All SQL of the audit.

use domain::catalog::reference::EntityRef;
use domain::ids::AuditId;
use domain::people::Caller;
use jiff::Timestamp;
use serde_json::{Value, json};
use sqlx::FromRow;

use super::Entry;
use super::service::Filter;
use crate::db::{At, Json, Result, Session};
use crate::{sql, statements};

/// A row of the record.
#[derive(Clone, Debug, FromRow)]
pub struct Recorded {
    /// Ids sort by time.
    #[sqlx(try_from = "String")]
    pub id: AuditId,
    pub at: At,
    /// `account:<id>`, `system:<job>` or `stranger`.
    pub actor: String,
    /// As they were called then.
    pub actor_name: String,
    pub action: String,
    pub object_kind: String,
    pub object_id: String,
    /// As it was called then.
    pub object_name: String,
    /// The team whose object it was.
    pub team: Option<String>,
    pub detail: Json<Value>,
    /// Where the request came from.
    pub address: Option<String>,
}

/// Which part of the record.
#[derive(Clone, Debug)]
pub enum Part {
    /// All of it.
    All,
    /// What one actor did.
    OfActor(String),
    /// What was done to objects of these teams.
    OfTeams(Vec<EntityRef>),
}

/// A text for each part, so that it is found by its index.
macro_rules! list {
    ($part:literal) => {
        concat!(
            "select id, at, actor, actor_name, action, object_kind, object_id, object_name, team, detail, address
             from audit where ",
            $part,
            " and (cast($1 as text) is null or action = $1 or substr(action, 1, length($1) + 1) = $1 || '.')
                and (cast($2 as text) is null or object_kind = $2) and (cast($3 as text) is null or object_id = $3)
                and (cast($4 as text) is null or id < $4)
             order by id desc limit $5"
        )
    };
}

statements! {
    AUDIT_CREATE = "insert into audit (id, at, actor, actor_name, action, object_kind, object_id, object_name, team, phase, intent_id, detail, address)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $12, $13, $10, $11)";
    AUDIT_LAST = "select actor_name, at from audit where object_kind = $1 and object_id = $2 and action = $3 order by id desc limit 1";
    AUDIT_LIST = list!("true");
    AUDIT_LIST_OF_ACTOR = list!("actor = $6");
    AUDIT_LIST_OF_TEAMS = list!("team in (select value ->> 'key' from json_each($6))");
}

pub async fn audit_create(
    s: &mut dyn Session,
    id: AuditId,
    caller: &Caller,
    entry: &Entry,
    now: Timestamp,
) -> Result<()> {
    let (phase, intent) = entry.phase.columns();
    sql!(
        s,
        run,
        AUDIT_CREATE,
        id.to_string(),
        At(now),
        caller.actor(),
        caller.actor_name(),
        entry.action,
        entry.object_kind,
        &entry.object_id,
        &entry.object_name,
        entry.team.as_deref(),
        Json(&entry.detail),
        entry.address.clone().or_else(|| caller.address().map(|address| address.to_string())),
        phase,
        intent
    )?;
    Ok(())
}

type NameAndTime = (String, At);

/// Who did `action` last to an object, as they were called then, and when.
pub async fn audit_last(
    s: &mut dyn Session,
    (kind, id): (&str, &str),
    action: &str,
) -> Result<Option<(String, Timestamp)>> {
    let last = sql!(s, optional NameAndTime, AUDIT_LAST, kind, id, action)?;
    Ok(last.map(|(name, at)| (name, at.0)))
}

/// A part of the record, the last first, from before the row `after`.
pub async fn audit_list(
    s: &mut dyn Session,
    part: &Part,
    filter: &Filter,
    after: Option<AuditId>,
    limit: i64,
) -> Result<Vec<Recorded>> {
    let (kind, id) = filter.object.as_ref().map(|(kind, id)| (kind.as_str(), id.as_str())).unzip();
    let after = after.map(|after| after.to_string());
    let action = filter.action.as_deref();
    match part {
        Part::All => sql!(s, all Recorded, AUDIT_LIST, action, kind, id, after, limit),
        Part::OfActor(actor) => {
            sql!(s, all Recorded, AUDIT_LIST_OF_ACTOR, action, kind, id, after, limit, actor.as_str())
        }
        Part::OfTeams(teams) => {
            let teams: Vec<Value> = teams.iter().map(|team| json!({ "key": team.as_str() })).collect();
            sql!(s, all Recorded, AUDIT_LIST_OF_TEAMS, action, kind, id, after, limit, Json(teams))
        }
    }
}
