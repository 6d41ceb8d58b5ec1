//! All SQL of the audit.

use domain::ids::AuditId;
use domain::people::Caller;
use jiff::Timestamp;

use super::Entry;
use crate::db::{At, Json, Result, Session};
use crate::{sql, statements};

statements! {
    AUDIT_CREATE = "insert into audit (id, at, actor, actor_name, action, object_kind, object_id, object_name, team, phase, detail, address)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'intent', $10, $11)";
}

pub async fn audit_create(
    s: &mut dyn Session,
    id: AuditId,
    caller: &Caller,
    entry: &Entry,
    now: Timestamp,
) -> Result<()> {
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
        entry.address.as_deref()
    )?;
    Ok(())
}
