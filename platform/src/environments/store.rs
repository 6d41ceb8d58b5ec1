//! All SQL of environments, their operations, steps, events and objects.

use domain::environments::life::{State, StepState, Wanted};
use domain::ids::{AccountId, BlueprintId, EnvironmentId, OperationId, StepId};
use jiff::Timestamp;
use serde_json::Value;

use super::kubernetes::ObjectRow;
use super::rows::{BlueprintRow, Environment, Event, Operation, OperationKind, SeenObject, Step};
use crate::db::{At, Json, Result, Session, Tx};
use crate::ids::mint;
use crate::{sql, statements};

statements! {
    BLUEPRINT_CREATE = "insert into blueprints (id, name, version, title, description, source, digest, published_at, published_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    BLUEPRINT_FIND = "select id, name, version, title, description, source, digest, published_at from blueprints where id = $1";
    BLUEPRINT_FIND_VERSION = "select id, name, version, title, description, source, digest, published_at
        from blueprints where name = $1 and version = $2";
    BLUEPRINT_LATEST = "select id, name, version, title, description, source, digest, published_at from blueprints b
        where version = (select max(version) from blueprints o where o.name = b.name) order by title, name";

    ENVIRONMENT_CREATE = "insert into environments (id, name, namespace, team, entity, blueprint_id, cluster_id, parameters,
            state, wanted, outputs, requested_by, requested_by_name, requested_at, expires_at, expiry_set_at,
            changed_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'present', $10, $11, $12, $13, $14, $13, $13)";
    ENVIRONMENT_FIND = "select * from environments where id = $1";
    ENVIRONMENT_LIST = "select * from environments
        where ($1 or state not in ('destroyed', 'refused'))
          and (cast($2 as text) is null or team = $2)
          and (cast($3 as text) is null or requested_by = $3)
          and (cast($4 as text) is null or entity = $4)
          and (cast($5 as bigint) is null or (requested_at, id) < ($5, $6))
        order by requested_at desc, id desc limit $7";
    ENVIRONMENT_LIVE_COUNT = "select count(*) from environments
        where cluster_id = $1 and team = $2 and state not in ('destroyed', 'refused')";
    ENVIRONMENT_SET_STATE = "update environments set state = $2, reason = $3, changed_at = $4,
            ready_at = case when $2 = 'ready' then $4 else ready_at end,
            ended_at = case when $2 in ('destroyed', 'refused') then $4 else ended_at end
        where id = $1";
    ENVIRONMENT_SET_WANTED = "update environments set wanted = $2, changed_at = $3 where id = $1";
    ENVIRONMENT_SET_OUTPUTS = "update environments set outputs = $2, changed_at = $3 where id = $1";
    ENVIRONMENT_SET_RECEIPT = "update environments set receipt = $2, changed_at = $3 where id = $1";
    ENVIRONMENT_SET_EXPIRY = "update environments set expires_at = $2, expiry_set_at = $3, warned = null, changed_at = $3 where id = $1";
    ENVIRONMENT_SET_WARNED = "update environments set warned = $2, changed_at = $3 where id = $1";

    OPERATION_CREATE = "insert into operations (id, environment_id, kind, state, requested_by, requested_by_name, created_at)
        values ($1, $2, $3, 'queued', $4, $5, $6)";
    OPERATION_FIND = "select * from operations where id = $1";
    OPERATION_LATEST = "select * from operations where environment_id = $1 order by created_at desc, id desc limit 1";
    OPERATION_OPEN = "select * from operations where environment_id = $1 and state in ('queued', 'running')
        order by created_at, id";
    OPERATION_START = "update operations set state = 'running', started_at = coalesce(started_at, $2) where id = $1 and state in ('queued', 'running')";
    OPERATION_FINISH = "update operations set state = $2, problem = $3, finished_at = $4 where id = $1";
    OPERATION_REQUEUE = "update operations set state = 'queued', problem = null, finished_at = null, cancel_requested_at = null where id = $1";
    OPERATION_CANCEL = "update operations set cancel_requested_at = coalesce(cancel_requested_at, $2) where id = $1";

    STEP_CREATE_ALL = "insert into steps (id, operation_id, ordinal, key, title, detail, time_limit_seconds, state)
        select value ->> 'id', $1, cast(value ->> 'ordinal' as bigint), value ->> 'key', value ->> 'title', value ->> 'detail',
            cast(value ->> 'time_limit_seconds' as bigint), 'pending'
        from json_each($2) where true";
    STEP_LIST = "select * from steps where operation_id = $1 order by ordinal";
    STEP_BEGIN = "update steps set state = $2, attempt = attempt + $4, started_at = coalesce(started_at, $3), next_attempt_at = null
        where id = $1";
    STEP_FINISH = "update steps set state = $2, outcome = $3, problem = null, problem_detail = null, unreachable = false,
            finished_at = $4, next_attempt_at = null where id = $1";
    STEP_FAIL = "update steps set state = $2, problem = $3, problem_detail = $4, unreachable = $5, next_attempt_at = $6,
            finished_at = case when $2 = 'failed' then $7 else finished_at end where id = $1";
    STEP_RESET = "update steps set state = 'pending', attempt = 0, started_at = null, finished_at = null, next_attempt_at = null,
            problem = null, problem_detail = null, unreachable = false
        where operation_id = $1 and state <> 'done'";

    STEP_REPEAT_AFTER = "update steps set state = 'pending', attempt = 0, started_at = null, finished_at = null, next_attempt_at = null,
            problem = null, problem_detail = null, unreachable = false where operation_id = $1 and key <> $2";

    EVENT_CREATE = "insert into environment_events (id, environment_id, at, actor_name, sentence) values ($1, $2, $3, $4, $5)";
    EVENT_LIST = "select at, actor_name, sentence from environment_events where environment_id = $1 order by id desc limit 200";

    OBJECT_DELETE = "delete from environment_objects where environment_id = $1";
    OBJECT_SAVE_ALL = "insert into environment_objects (environment_id, kind, name, hue, words, changed_at, seen_at)
        select $1, value ->> 'kind', value ->> 'name', value ->> 'hue', value ->> 'words', cast(value ->> 'changed_at' as bigint), $3
        from json_each($2) where true
        on conflict (environment_id, kind, name) do update set seen_at = excluded.seen_at, hue = excluded.hue,
            words = excluded.words, changed_at = excluded.changed_at";
    OBJECT_FORGET_UNSEEN = "delete from environment_objects where environment_id = $1 and seen_at < $2";
    OBJECT_LIST = "select kind, name, hue, words, changed_at, seen_at from environment_objects
        where environment_id = $1 order by kind, name";
}

/// What is needed to make an environment's row.
#[derive(Clone, Debug)]
pub struct NewEnvironment<'a> {
    pub id: EnvironmentId,
    pub name: &'a str,
    pub namespace: &'a str,
    pub team: &'a str,
    pub entity: Option<&'a str>,
    pub blueprint: BlueprintId,
    pub cluster: domain::ids::ClusterId,
    pub parameters: &'a Value,
    pub state: State,
    pub requested_by: AccountId,
    pub requested_by_name: &'a str,
    pub expires_at: Timestamp,
}

/// What is needed to make a step's row.
#[derive(Clone, Debug, serde::Serialize)]
pub struct NewStep {
    pub id: StepId,
    pub ordinal: usize,
    pub key: String,
    pub title: String,
    pub detail: String,
    pub time_limit_seconds: i64,
}

/// Which environments to list.
#[derive(Clone, Debug, Default)]
pub struct Filter<'a> {
    /// Those that are gone, too.
    pub ended: bool,
    pub team: Option<&'a str>,
    pub requested_by: Option<AccountId>,
    pub entity: Option<&'a str>,
    /// The last row of the page before.
    pub after: Option<(Timestamp, EnvironmentId)>,
    pub limit: i64,
}

/// Why a step did not get done.
#[derive(Clone, Debug)]
pub struct StepProblem<'a> {
    pub sentence: &'a str,
    pub detail: Option<&'a str>,
    pub unreachable: bool,
    /// When it is tried again; none when it failed for good.
    pub again_at: Option<Timestamp>,
}

/// Publishes a version.
pub async fn blueprint_create(s: &mut dyn Session, row: &BlueprintRow, by: Option<AccountId>) -> Result<()> {
    let by = by.map(|by| by.to_string());
    sql!(
        s,
        run,
        BLUEPRINT_CREATE,
        row.id.to_string(),
        &row.name,
        row.version,
        &row.title,
        &row.description,
        &row.source,
        &row.digest,
        row.published_at,
        by
    )?;
    Ok(())
}

/// A published version by its id.
pub async fn blueprint_find(s: &mut dyn Session, id: BlueprintId) -> Result<Option<BlueprintRow>> {
    sql!(s, optional BlueprintRow, BLUEPRINT_FIND, id.to_string())
}

/// A published version by name and number.
pub async fn blueprint_find_version(
    s: &mut dyn Session,
    name: &str,
    version: i64,
) -> Result<Option<BlueprintRow>> {
    sql!(s, optional BlueprintRow, BLUEPRINT_FIND_VERSION, name, version)
}

/// The newest version of each blueprint, by title.
pub async fn blueprint_list(s: &mut dyn Session) -> Result<Vec<BlueprintRow>> {
    sql!(s, all BlueprintRow, BLUEPRINT_LATEST)
}

/// Makes an environment's row.
pub async fn environment_create(s: &mut dyn Session, new: &NewEnvironment<'_>, now: Timestamp) -> Result<()> {
    sql!(
        s,
        run,
        ENVIRONMENT_CREATE,
        new.id.to_string(),
        new.name,
        new.namespace,
        new.team,
        new.entity,
        new.blueprint.to_string(),
        new.cluster.to_string(),
        Json(new.parameters),
        new.state.as_str(),
        Json(Value::Array(Vec::new())),
        new.requested_by.to_string(),
        new.requested_by_name,
        At(now),
        At(new.expires_at)
    )?;
    Ok(())
}

/// One environment.
pub async fn environment_find(s: &mut dyn Session, id: EnvironmentId) -> Result<Option<Environment>> {
    sql!(s, optional Environment, ENVIRONMENT_FIND, id.to_string())
}

/// Environments, the newest first. Everybody may see them all (people.md), so the filter is a wish, not a scope.
pub async fn environment_list(s: &mut dyn Session, filter: &Filter<'_>) -> Result<Vec<Environment>> {
    let (at, id) = filter.after.map_or((None, None), |(at, id)| (Some(At(at)), Some(id.to_string())));
    let by = filter.requested_by.map(|by| by.to_string());
    sql!(s, all Environment, ENVIRONMENT_LIST, filter.ended, filter.team, by, filter.entity, at, id, filter.limit)
}

/// How many environments of a team are alive on a cluster, for its quota.
pub async fn environment_live_count(
    s: &mut dyn Session,
    cluster: domain::ids::ClusterId,
    team: &str,
) -> Result<i64> {
    let (count,) = sql!(s, one(i64,), ENVIRONMENT_LIVE_COUNT, cluster.to_string(), team)?;
    Ok(count)
}

/// Moves it to a state, with the reason where there is one to tell.
pub async fn environment_set_state(
    s: &mut dyn Session,
    id: EnvironmentId,
    state: State,
    reason: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    sql!(s, run, ENVIRONMENT_SET_STATE, id.to_string(), state.as_str(), reason, At(now))?;
    Ok(())
}

/// Notes the wanted end state.
pub async fn environment_set_wanted(
    s: &mut dyn Session,
    id: EnvironmentId,
    wanted: Wanted,
    now: Timestamp,
) -> Result<()> {
    let wanted = match wanted {
        Wanted::Present => "present",
        Wanted::Gone => "gone",
    };
    sql!(s, run, ENVIRONMENT_SET_WANTED, id.to_string(), wanted, At(now))?;
    Ok(())
}

/// Keeps what it gives out.
pub async fn environment_set_outputs(
    s: &mut dyn Session,
    id: EnvironmentId,
    outputs: &Value,
    now: Timestamp,
) -> Result<()> {
    sql!(s, run, ENVIRONMENT_SET_OUTPUTS, id.to_string(), Json(outputs), At(now))?;
    Ok(())
}

/// Keeps the receipt of its destroying.
pub async fn environment_set_receipt(
    s: &mut dyn Session,
    id: EnvironmentId,
    receipt: &Value,
    now: Timestamp,
) -> Result<()> {
    sql!(s, run, ENVIRONMENT_SET_RECEIPT, id.to_string(), Json(receipt), At(now))?;
    Ok(())
}

/// Moves its expiry; warnings begin anew.
pub async fn environment_set_expiry(
    s: &mut dyn Session,
    id: EnvironmentId,
    at: Timestamp,
    now: Timestamp,
) -> Result<()> {
    sql!(s, run, ENVIRONMENT_SET_EXPIRY, id.to_string(), At(at), At(now))?;
    Ok(())
}

/// Notes which warning was given last.
pub async fn environment_set_warned(
    s: &mut dyn Session,
    id: EnvironmentId,
    warned: &str,
    now: Timestamp,
) -> Result<()> {
    sql!(s, run, ENVIRONMENT_SET_WARNED, id.to_string(), warned, At(now))?;
    Ok(())
}

/// Queues an operation with its steps.
pub async fn operation_create(
    tx: &mut Tx,
    environment: EnvironmentId,
    kind: OperationKind,
    by: Option<AccountId>,
    by_name: &str,
    steps: &[NewStep],
    now: Timestamp,
) -> Result<OperationId> {
    let id: OperationId = mint(now);
    let by = by.map(|by| by.to_string());
    sql!(
        tx,
        run,
        OPERATION_CREATE,
        id.to_string(),
        environment.to_string(),
        kind.as_str(),
        by,
        by_name,
        At(now)
    )?;
    sql!(tx, run, STEP_CREATE_ALL, id.to_string(), Json(steps))?;
    Ok(id)
}

/// One operation.
pub async fn operation_find(s: &mut dyn Session, id: OperationId) -> Result<Option<Operation>> {
    sql!(s, optional Operation, OPERATION_FIND, id.to_string())
}

/// The newest operation of an environment.
pub async fn operation_latest(s: &mut dyn Session, environment: EnvironmentId) -> Result<Option<Operation>> {
    sql!(s, optional Operation, OPERATION_LATEST, environment.to_string())
}

/// The operations that wait or run, the oldest first.
pub async fn operation_open(s: &mut dyn Session, environment: EnvironmentId) -> Result<Vec<Operation>> {
    sql!(s, all Operation, OPERATION_OPEN, environment.to_string())
}

/// Marks it as running; `false` when it is over.
pub async fn operation_start(s: &mut dyn Session, id: OperationId, now: Timestamp) -> Result<bool> {
    Ok(sql!(s, run, OPERATION_START, id.to_string(), At(now))? == 1)
}

/// Ends it: `done`, `failed` or `cancelled`.
pub async fn operation_finish(
    s: &mut dyn Session,
    id: OperationId,
    state: &str,
    problem: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    sql!(s, run, OPERATION_FINISH, id.to_string(), state, problem, At(now))?;
    Ok(())
}

/// Queues a failed one again, from its first step that is not done.
pub async fn operation_requeue(s: &mut dyn Session, id: OperationId) -> Result<()> {
    sql!(s, run, OPERATION_REQUEUE, id.to_string())?;
    sql!(s, run, STEP_RESET, id.to_string())?;
    Ok(())
}

/// Asks it to stop at its next safe point.
pub async fn operation_cancel(s: &mut dyn Session, id: OperationId, now: Timestamp) -> Result<()> {
    sql!(s, run, OPERATION_CANCEL, id.to_string(), At(now))?;
    Ok(())
}

/// The steps, in order.
pub async fn step_list(s: &mut dyn Session, operation: OperationId) -> Result<Vec<Step>> {
    sql!(s, all Step, STEP_LIST, operation.to_string())
}

/// Marks a step as at work: its intent, committed before the far side is called. Probing does not count as an attempt.
pub async fn step_begin(s: &mut dyn Session, id: StepId, state: StepState, now: Timestamp) -> Result<()> {
    let attempts = i64::from(state == StepState::Running);
    sql!(s, run, STEP_BEGIN, id.to_string(), state.as_str(), At(now), attempts)?;
    Ok(())
}

/// Ends a step well.
pub async fn step_finish(s: &mut dyn Session, id: StepId, outcome: &Value, now: Timestamp) -> Result<()> {
    sql!(s, run, STEP_FINISH, id.to_string(), StepState::Done.as_str(), Json(outcome), At(now))?;
    Ok(())
}

/// Notes that a step failed, for now or for good.
pub async fn step_fail(
    s: &mut dyn Session,
    id: StepId,
    problem: &StepProblem<'_>,
    now: Timestamp,
) -> Result<()> {
    let state = if problem.again_at.is_some() { StepState::RetryWait } else { StepState::Failed };
    sql!(
        s,
        run,
        STEP_FAIL,
        id.to_string(),
        state.as_str(),
        problem.sentence,
        problem.detail,
        problem.unreachable,
        problem.again_at.map(At),
        At(now)
    )?;
    Ok(())
}

/// Has every step but one done again: a destroying that was blocked begins anew from what it listed.
pub async fn step_repeat_after(s: &mut dyn Session, operation: OperationId, but: &str) -> Result<()> {
    sql!(s, run, STEP_REPEAT_AFTER, operation.to_string(), but)?;
    Ok(())
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

/// Keeps what was seen in the cluster, and forgets what was not.
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
