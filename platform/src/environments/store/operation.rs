//! Operations on environments, and their steps.

use domain::environments::life::StepState;
use domain::ids::{AccountId, AuditId, EnvironmentId, OperationId, StepId};
use jiff::Timestamp;
use serde_json::Value;

use super::keys;
use crate::db::{At, Json, Result, Session, Tx};
use crate::environments::rows::{Operation, OperationKind, Step};
use crate::ids::mint;
use crate::{sql, statements};

/// Every column by its name, as of environments.
macro_rules! operations {
    ($rest:literal) => {
        concat!(
            "select id, environment_id, kind, state, requested_by, requested_by_name, intent_id, created_at, started_at,
                finished_at, cancel_requested_at, retried_at, problem from operations where ",
            $rest
        )
    };
}

/// The same of steps.
macro_rules! steps {
    ($rest:literal) => {
        concat!(
            "select id, operation_id, ordinal, key, title, detail, time_limit_seconds, spent_ms, state, attempt, started_at, finished_at,
                next_attempt_at, problem, problem_detail, unreachable, outcome_unknown, untouched, outcome from steps where ",
            $rest
        )
    };
}

statements! {
    OPERATION_CREATE = "insert into operations (id, environment_id, kind, state, requested_by, requested_by_name, intent_id, created_at)
        values ($1, $2, $3, 'queued', $4, $5, $6, $7)";
    OPERATION_FIND = operations!("id = $1");
    OPERATION_LATEST = operations!("environment_id = $1 order by kind = 'destroy' desc, created_at desc, id desc limit 1");
    OPERATION_LATEST_ALL = operations!("id in (
            select id from (
                select id, row_number() over (partition by environment_id
                    order by kind = 'destroy' desc, created_at desc, id desc) as place
                from operations where environment_id in (select value ->> 'key' from json_each($1))) ranked
            where place = 1)");
    OPERATION_LIST = operations!("environment_id = $1 order by kind = 'destroy' desc, created_at desc, id desc");
    OPERATION_OPEN = operations!("environment_id = $1 and state in ('queued', 'running')
        order by kind = 'destroy', created_at, id");
    OPERATION_START = "update operations set state = 'running', started_at = coalesce(started_at, $2) where id = $1 and state in ('queued', 'running')";
    OPERATION_FINISH = "update operations set state = $2, problem = $3, finished_at = $4 where id = $1";
    OPERATION_REQUEUE = "update operations set state = 'queued', problem = null, started_at = null, finished_at = null, cancel_requested_at = null,
            requested_by = $2, requested_by_name = $3, intent_id = $4, retried_at = $5 where id = $1";
    OPERATION_CANCEL = "update operations set cancel_requested_at = coalesce(cancel_requested_at, $2) where id = $1";
    STEP_CREATE_ALL = "insert into steps (id, operation_id, ordinal, key, title, detail, time_limit_seconds, state, untouched)
        select value ->> 'id', $1, cast(value ->> 'ordinal' as bigint), value ->> 'key', value ->> 'title', value ->> 'detail',
            cast(value ->> 'time_limit_seconds' as bigint), 'pending', true
        from json_each($2) where true";
    STEP_LIST = steps!("operation_id = $1 order by ordinal");
    STEP_LIST_ALL = steps!("operation_id in (select value ->> 'key' from json_each($1)) order by operation_id, ordinal");
    STEP_BEGIN = "update steps set state = $2, attempt = attempt + $4, next_attempt_at = null,
            outcome_unknown = (outcome_unknown or $5), untouched = (untouched and not $5), started_at = coalesce(started_at, $3),
            spent_ms = spent_ms + $6,
            problem = case when $4 > 0 and not unreachable then null else problem end,
            problem_detail = case when $4 > 0 and not unreachable then null else problem_detail end
        where id = $1";
    STEP_REACHED = "update steps set problem = null, problem_detail = null, unreachable = false where id = $1";
    STEP_SAY = "update steps set problem = $2, problem_detail = $3 where id = $1";
    STEP_KEEP = "update steps set outcome = $2 where id = $1";
    STEP_PAUSE = "update steps set outcome = $2, spent_ms = $3 where id = $1";
    STEP_FINISH = "update steps set state = $2, outcome = $3, problem = null, problem_detail = null, unreachable = false,
            outcome_unknown = false, finished_at = $4, next_attempt_at = null where id = $1";
    STEP_FAIL = "update steps set state = $2, problem = $3, problem_detail = $4, unreachable = $5, next_attempt_at = $6,
            outcome_unknown = $8, untouched = (untouched or $9), spent_ms = $10, finished_at = case when $2 = 'failed' then $7 else finished_at end where id = $1";
    STEP_RESET = "update steps set state = 'pending', attempt = 0, spent_ms = 0, started_at = null, finished_at = null, next_attempt_at = null,
            outcome = case when (outcome ->> 'how') is not null then outcome end, problem = null, problem_detail = null, unreachable = false
        where operation_id = $1 and state <> 'done'";
    STEP_LOOK_AGAIN = "update steps set state = 'pending', attempt = 0, spent_ms = 0, started_at = null, finished_at = null
        where operation_id = $1 and state = 'done' and (outcome ->> 'how') is not null and (outcome ->> 'namespace_uid') is null";
    STEP_WAIT_AGAIN = "update steps set state = 'pending', attempt = 0, spent_ms = 0, started_at = null, finished_at = null, outcome = null
        where operation_id = $1 and ordinal > $2 and state = 'done' and (outcome ->> 'how') is null";
    STEP_REPEAT_ALL = "update steps set state = 'pending', spent_ms = 0, started_at = null, finished_at = null, next_attempt_at = null,
            problem = null, problem_detail = null, unreachable = false where operation_id = $1";
    STEP_SKIP_OPEN = "update steps set state = case when state = 'pending' and (outcome ->> 'how') is not null then 'done' else 'skipped' end,
            finished_at = $2, next_attempt_at = null
        where operation_id = $1 and state <> 'done'";
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

/// Why a step did not get done.
#[derive(Clone, Debug)]
pub struct StepProblem<'a> {
    pub sentence: &'a str,
    pub detail: Option<&'a str>,
    pub unreachable: bool,
    /// Whether something may have taken hold in the cluster that nobody has seen.
    pub outcome_unknown: bool,
    /// Whether it is certain that nothing did, in this try or in any before it.
    pub untouched: bool,
    /// How much of its time limit it has used up by then.
    pub spent_ms: i64,
    /// When it is tried again; none when it failed for good.
    pub again_at: Option<Timestamp>,
}

/// How a step begins.
#[derive(Clone, Copy, Debug)]
pub struct Begin {
    /// At work, or asking the cluster first.
    pub state: StepState,
    /// Whether it is about to change something in the cluster: until its outcome is written, that is unknown.
    pub changes: bool,
    /// How many attempts this adds: one that goes on is none of its own.
    pub attempts: i64,
    /// What is charged to its time limit for a try whose end nobody saw.
    pub charged_ms: i64,
}

/// Who wants an operation, and the row of the audit that says so.
#[derive(Clone, Copy, Debug)]
pub struct Wish<'a> {
    /// None where Slipway itself asks (an expiry).
    pub by: Option<AccountId>,
    pub by_name: &'a str,
    pub intent: AuditId,
}

/// Queues an operation with its steps.
pub async fn operation_create(
    tx: &mut Tx,
    environment: EnvironmentId,
    kind: OperationKind,
    wish: Wish<'_>,
    steps: &[NewStep],
    now: Timestamp,
) -> Result<OperationId> {
    let id: OperationId = mint(now);
    sql!(
        tx,
        run,
        OPERATION_CREATE,
        id.to_string(),
        environment.to_string(),
        kind.as_str(),
        wish.by.map(|by| by.to_string()),
        wish.by_name,
        wish.intent.to_string(),
        At(now)
    )?;
    sql!(tx, run, STEP_CREATE_ALL, id.to_string(), Json(steps))?;
    Ok(id)
}

/// One operation.
pub async fn operation_find(s: &mut dyn Session, id: OperationId) -> Result<Option<Operation>> {
    sql!(s, optional Operation, OPERATION_FIND, id.to_string())
}

/// The newest operation of an environment. A destroying follows all else, whatever the clock of the replica said that took
/// the wish for it.
pub async fn operation_latest(s: &mut dyn Session, environment: EnvironmentId) -> Result<Option<Operation>> {
    sql!(s, optional Operation, OPERATION_LATEST, environment.to_string())
}

/// The newest operation of each of these environments.
pub async fn operation_latest_all(
    s: &mut dyn Session,
    environments: &[EnvironmentId],
) -> Result<Vec<Operation>> {
    sql!(s, all Operation, OPERATION_LATEST_ALL, keys(environments))
}

/// The operations of an environment, the newest first.
pub async fn operation_list(s: &mut dyn Session, environment: EnvironmentId) -> Result<Vec<Operation>> {
    sql!(s, all Operation, OPERATION_LIST, environment.to_string())
}

/// The operations that wait or run, in the order in which they are done: what makes it, then what destroys it.
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

/// Queues a failed one again, from its first step that is not done, for whoever asked; those that applied something keep their outcome and
/// are looked at again. How long it takes counts from then on: it was nobody's work that it stood still.
pub async fn operation_requeue(
    s: &mut dyn Session,
    id: OperationId,
    wish: Wish<'_>,
    now: Timestamp,
) -> Result<()> {
    let by = wish.by.map(|by| by.to_string());
    sql!(s, run, OPERATION_REQUEUE, id.to_string(), by, wish.by_name, wish.intent.to_string(), At(now))?;
    sql!(s, run, STEP_RESET, id.to_string())?;
    sql!(s, run, STEP_LOOK_AGAIN, id.to_string())?;
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

/// The steps of these operations, of each in order.
pub async fn step_list_all(s: &mut dyn Session, operations: &[OperationId]) -> Result<Vec<Step>> {
    sql!(s, all Step, STEP_LIST_ALL, keys(operations))
}

/// Marks a step as at work: its intent, committed before the far side is called. Why the last try failed is over with a new one; that the
/// cluster is away only once it answers ([`step_reached`]).
pub async fn step_begin(s: &mut dyn Session, id: StepId, begin: Begin, now: Timestamp) -> Result<()> {
    let Begin { state, changes, attempts, charged_ms } = begin;
    sql!(s, run, STEP_BEGIN, id.to_string(), state.as_str(), At(now), attempts, changes, charged_ms)?;
    Ok(())
}

/// Notes that a step's cluster answers again.
pub async fn step_reached(s: &mut dyn Session, id: StepId) -> Result<()> {
    sql!(s, run, STEP_REACHED, id.to_string())?;
    Ok(())
}

/// Has a step that goes on give its place to others: what it needs to know then, and how much of its time it has used up.
pub async fn step_pause(s: &mut dyn Session, id: StepId, outcome: &Value, spent_ms: i64) -> Result<()> {
    sql!(s, run, STEP_PAUSE, id.to_string(), Json(outcome), spent_ms)?;
    Ok(())
}

/// Keeps what a step at work needs to know when it goes on.
pub async fn step_keep(s: &mut dyn Session, id: StepId, outcome: &Value) -> Result<()> {
    sql!(s, run, STEP_KEEP, id.to_string(), Json(outcome))?;
    Ok(())
}

/// Keeps what stands in a step's way while it goes on; none when nothing does.
pub async fn step_say(
    s: &mut dyn Session,
    id: StepId,
    sentence: Option<&str>,
    detail: Option<&str>,
) -> Result<()> {
    sql!(s, run, STEP_SAY, id.to_string(), sentence, detail)?;
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
        At(now),
        problem.outcome_unknown,
        problem.untouched,
        problem.spent_ms
    )?;
    Ok(())
}

/// Has every step done again: a destroying that was blocked begins anew. Attempts are counted on, so that its pauses grow, and
/// outcomes stay for the receipt.
pub async fn step_repeat_all(s: &mut dyn Session, operation: OperationId) -> Result<()> {
    sql!(s, run, STEP_REPEAT_ALL, operation.to_string())?;
    Ok(())
}

/// Has the waits after a step done again; whether there were any.
pub async fn step_wait_again(s: &mut dyn Session, operation: OperationId, after: i64) -> Result<bool> {
    Ok(sql!(s, run, STEP_WAIT_AGAIN, operation.to_string(), after)? > 0)
}

/// Passes over what is not done: its operation was stopped. What was done before, and was only to be looked at again, is done.
pub async fn step_skip_open(s: &mut dyn Session, operation: OperationId, now: Timestamp) -> Result<()> {
    sql!(s, run, STEP_SKIP_OPEN, operation.to_string(), At(now))?;
    Ok(())
}
