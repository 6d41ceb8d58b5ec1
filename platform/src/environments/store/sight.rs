//! What is seen of environments: their history, the objects in the cluster, what is wrong with them, and when each is looked at.

use domain::ids::EnvironmentId;
use jiff::Timestamp;
use serde_json::Value;
use sqlx::FromRow;

use crate::db::{At, Json, Result, Session, Tx};
use crate::environments::kubernetes::ObjectRow;
use crate::environments::rows::{Environment, Event, SeenObject};
use crate::ids::mint;
use crate::{sql, statements};

statements! {
    EVENT_CREATE = "insert into environment_events (id, environment_id, at, actor_name, sentence) values ($1, $2, $3, $4, $5)";
    EVENT_LIST = "select at, actor_name, sentence from environment_events where environment_id = $1 order by id desc limit 200";
    OBJECT_DELETE = "delete from environment_objects where environment_id = $1";
    OBJECT_SAVE_ALL = "insert into environment_objects (environment_id, kind, name, hue, words, changed_at, seen_at)
        select $1, value ->> 'kind', value ->> 'name', value ->> 'hue', value ->> 'words', cast(value ->> 'changed_at' as bigint), $3
        from json_each($2) where true
        on conflict (environment_id, kind, name) do update set seen_at = excluded.seen_at, hue = excluded.hue,
            words = excluded.words, changed_at = excluded.changed_at";
    OBJECT_FORGET_UNSEEN = "delete from environment_objects where environment_id = $1 and seen_at < $2";
    OBJECT_NOTE_SEEN = "update environments set objects_seen_at = $2 where id = $1";
    OBJECT_LIST = "select kind, name, hue, words, changed_at, seen_at from environment_objects
        where environment_id = $1 order by kind, name";
    TROUBLE_SAVE = "update environments set trouble = $2, changed_at = $3 where id = $1";
    // Becoming ready counts as a look: its last step waited for that.
    LOOK_DUE = "select id from environments where state = 'ready' and coalesce(looked_at, ready_at) < $1
        order by coalesce(looked_at, ready_at), id limit 1";
    LOOK_BEGIN = concat!(
        "update environments set looked_at = $2 where id = $1 and state = 'ready' and coalesce(looked_at, ready_at) < $3 returning ",
        environment_columns!()
    );
}

#[derive(FromRow)]
struct Due {
    #[sqlx(try_from = "String")]
    id: EnvironmentId,
}

/// Writes a line of the history.
pub async fn event_create(
    s: &mut dyn Session,
    environment: EnvironmentId,
    actor_name: &str,
    sentence: &str,
    now: Timestamp,
) -> Result<()> {
    let id: domain::ids::AuditId = mint(now);
    sql!(s, run, EVENT_CREATE, id.to_string(), environment.to_string(), At(now), actor_name, sentence)?;
    Ok(())
}

/// The history, the newest first.
pub async fn event_list(s: &mut dyn Session, environment: EnvironmentId) -> Result<Vec<Event>> {
    sql!(s, all Event, EVENT_LIST, environment.to_string())
}

/// Keeps what was seen in the cluster, and when, and forgets what was not.
pub async fn object_save_all(
    tx: &mut Tx,
    environment: EnvironmentId,
    seen: &[ObjectRow],
    now: Timestamp,
) -> Result<()> {
    let rows: Vec<Value> = seen
        .iter()
        .map(|row| {
            let changed_at = row.changed.unwrap_or(now).as_microsecond();
            let (hue, words) = (row.status.hue, &row.status.word);
            serde_json::json!({ "kind": row.kind, "name": row.name, "hue": hue, "words": words, "changed_at": changed_at })
        })
        .collect();
    sql!(tx, run, OBJECT_SAVE_ALL, environment.to_string(), Json(rows), At(now))?;
    sql!(tx, run, OBJECT_FORGET_UNSEEN, environment.to_string(), At(now))?;
    sql!(tx, run, OBJECT_NOTE_SEEN, environment.to_string(), At(now))?;
    Ok(())
}

/// Forgets what stood in the cluster: it is gone.
pub async fn object_delete(s: &mut dyn Session, environment: EnvironmentId) -> Result<()> {
    sql!(s, run, OBJECT_DELETE, environment.to_string())?;
    Ok(())
}

/// What stood in the cluster when it was last looked at.
pub async fn object_list(s: &mut dyn Session, environment: EnvironmentId) -> Result<Vec<SeenObject>> {
    sql!(s, all SeenObject, OBJECT_LIST, environment.to_string())
}

/// Keeps what is wrong with what stands, or that nothing is.
pub async fn trouble_save(
    s: &mut dyn Session,
    environment: EnvironmentId,
    trouble: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    sql!(s, run, TROUBLE_SAVE, environment.to_string(), trouble, At(now))?;
    Ok(())
}

/// The environment that is ready and was not looked at for longest, if that was before a time.
pub async fn look_due(s: &mut dyn Session, before: Timestamp) -> Result<Option<EnvironmentId>> {
    let due = sql!(s, optional Due, LOOK_DUE, At(before))?;
    Ok(due.map(|due| due.id))
}

/// Takes it on to look at it; none where another process did meanwhile, or it is not ready any more.
pub async fn look_begin(
    s: &mut dyn Session,
    environment: EnvironmentId,
    before: Timestamp,
    now: Timestamp,
) -> Result<Option<Environment>> {
    sql!(s, optional Environment, LOOK_BEGIN, environment.to_string(), At(now), At(before))
}
