//! All SQL of the queue, but for the claim, which is a dialect point. Its list also names the environment that a job is for.

use domain::ids::{AccountId, JobId};
use jiff::Timestamp;
use serde_json::Value;
use sqlx::FromRow;

use super::NewJob;
use crate::db::{At, Json, Result, Session, dialect};
use crate::{sql, statements};

/// A claimed job.
#[derive(Clone, Debug, FromRow)]
pub struct Claimed {
    #[sqlx(try_from = "String")]
    pub id: JobId,
    pub kind: String,
    pub payload: Json<Value>,
    /// How often it failed since it last went well.
    pub failures: i64,
    pub fence: i64,
    pub on_behalf_of: Option<String>,
    /// Whether its run before was broken off: the lease ended, or the process stopped.
    pub taken_over: bool,
    /// How often in a row that was so because its process ended.
    pub takeovers: i64,
}

/// A job that waits or runs.
#[derive(Clone, Debug, FromRow)]
pub struct Open {
    #[sqlx(try_from = "String")]
    pub id: JobId,
    pub state: String,
}

/// A job for the operators' page.
#[derive(Clone, Debug, FromRow)]
pub struct Listed {
    #[sqlx(try_from = "String")]
    pub id: JobId,
    pub kind: String,
    pub unique_key: Option<String>,
    pub state: String,
    pub due_at: At,
    pub attempt: i64,
    pub failures: i64,
    pub lease_owner: Option<String>,
    pub last_error: Option<String>,
    pub created_at: At,
    pub updated_at: At,
    pub finished_at: Option<At>,
    /// The environment that it is for, where its payload names one. Read for the list alone.
    #[sqlx(default)]
    pub environment_id: Option<String>,
    #[sqlx(default)]
    pub environment_name: Option<String>,
    /// The source of the catalog that it reads, the same way; none once that was removed.
    #[sqlx(default)]
    pub source_id: Option<String>,
    #[sqlx(default)]
    pub source_name: Option<String>,
}

/// How many jobs of a kind are in a state.
#[derive(Clone, Debug, FromRow)]
pub struct Count {
    pub kind: String,
    pub state: String,
    pub number: i64,
    /// The due time of the oldest.
    pub oldest_due_at: At,
}

#[derive(FromRow)]
struct NextDue {
    at: Option<At>,
}

statements! {
    JOB_CREATE = "insert into jobs (id, kind, unique_key, payload, state, due_at, on_behalf_of, created_at, updated_at)
        values ($1, $2, $3, $4, 'waiting', $5, $6, $7, $7)
        on conflict (unique_key) where state in ('waiting', 'running') do nothing";
    JOB_FIND_OPEN = "update jobs set updated_at = updated_at where unique_key = $1 and state in ('waiting', 'running')
        returning id, state";
    JOB_SET_AGAIN = "update jobs set again_at = case when again_at < $2 then again_at else $2 end, updated_at = $3 where id = $1";
    JOB_BRING_FORWARD = "update jobs set due_at = case when due_at < $2 then due_at else $2 end, updated_at = $3 where id = $1";
    JOB_SET_DUE = "update jobs set due_at = $2, updated_at = $3 where id = $1";
    JOB_PROVE = "update jobs set updated_at = $4 where id = $1 and fence = $2 and lease_owner = $3 and lease_until > $4
            and state = 'running' returning cancel_requested_at is not null";
    JOB_RENEW = "update jobs set lease_until = $4 where id = $1 and fence = $2 and lease_owner = $3 and lease_until > $5
            and state = 'running' returning cancel_requested_at is not null";
    JOB_FINISH = "update jobs set state = case when again_at is null then $3 else 'waiting' end,
            due_at = coalesce(again_at, due_at), again_at = null, failures = 0, last_error = $4,
            lease_owner = null, lease_until = null, taken_over = false, takeovers = 0, cancel_requested_at = null, updated_at = $5,
            finished_at = case when again_at is null then cast($5 as bigint) end
        where id = $1 and fence = $2";
    JOB_WAIT = "update jobs set state = 'waiting', due_at = case when again_at < $3 then again_at else $3 end, again_at = null,
            failures = $4, last_error = $5, lease_owner = null, lease_until = null, taken_over = (taken_over and cast($4 as bigint) > 0),
            takeovers = 0, cancel_requested_at = case when cast($4 as bigint) > 0 then cancel_requested_at end, updated_at = $6
        where id = $1 and fence = $2";
    JOB_CANCEL = "update jobs set cancel_requested_at = coalesce(cancel_requested_at, $2), again_at = null, updated_at = $2,
            state = case when state = 'waiting' then 'cancelled' else state end,
            finished_at = case when state = 'waiting' then $2 else finished_at end
        where id = $1 and state in ('waiting', 'running')";
    JOB_REVOKE = "update jobs set state = 'cancelled', fence = fence + 1, again_at = null, lease_owner = null, lease_until = null,
            taken_over = false, takeovers = 0, updated_at = $2, finished_at = $2
        where id = $1 and state in ('waiting', 'running')";
    JOB_HAND_BACK = "update jobs set state = 'waiting', due_at = $3, lease_owner = null, lease_until = null, taken_over = true, updated_at = $3
        where id = $1 and fence = $2 and state = 'running'";
    JOB_RELEASE_ALL = "update jobs set lease_until = $1 where state = 'running' and lease_until > $1";
    JOB_NEXT_DUE = "select min(case when state = 'waiting' then due_at else lease_until end) as at from jobs
        where state in ('waiting', 'running')";
    JOB_FIND = "select id, kind, unique_key, state, due_at, attempt, failures, lease_owner, last_error, created_at, updated_at, finished_at
        from jobs where id = $1";
    JOB_LIST = "select j.id, j.kind, j.unique_key, j.state, j.due_at, j.attempt, j.failures, j.lease_owner, j.last_error, j.created_at,
            j.updated_at, j.finished_at, e.id as environment_id, e.name as environment_name, s.id as source_id, s.name as source_name
        from jobs j left join environments e on e.id = (j.payload ->> 'environment')
            left join catalog_sources s on s.id = (j.payload ->> 'source') and s.removed_at is null
        where (cast($1 as text) is null or j.state = $1) and (cast($2 as text) is null or j.kind = $2)
            and (cast($3 as bigint) is null or (j.updated_at, j.id) < ($3, $4))
        order by j.updated_at desc, j.id desc limit $5";
    JOB_COUNT = "select kind, state, count(*) as number, min(due_at) as oldest_due_at from jobs group by kind, state order by kind, state";
    JOB_RETRY = "update jobs set state = 'waiting', due_at = $2, failures = 0, takeovers = 0, cancel_requested_at = null, updated_at = $2, finished_at = null
        where id = $1 and state = 'failed'";
    JOB_SWEEP = "delete from jobs where state in ('done', 'cancelled') and finished_at < $1";
}

/// Makes a job: false when one with its key waits or runs already, one that another transaction has just made included.
pub async fn job_create(s: &mut dyn Session, id: JobId, job: &NewJob, now: Timestamp) -> Result<bool> {
    let by = job.on_behalf_of.map(|by| by.to_string());
    let made = sql!(
        s,
        run,
        JOB_CREATE,
        id.to_string(),
        job.kind,
        job.unique_key.as_deref(),
        Json(&job.payload),
        At(job.due_at),
        by,
        At(now)
    )?;
    Ok(made == 1)
}

/// The job that waits or runs under a key, its row locked until the transaction ends.
pub async fn job_find_open_for_update(s: &mut dyn Session, key: &str) -> Result<Option<Open>> {
    sql!(s, optional Open, JOB_FIND_OPEN, key)
}

/// Has a running job run once more.
pub async fn job_set_again(s: &mut dyn Session, id: JobId, at: Timestamp, now: Timestamp) -> Result<()> {
    sql!(s, run, JOB_SET_AGAIN, id.to_string(), At(at), At(now))?;
    Ok(())
}

/// Has a waiting job run at `at`, unless it is due earlier.
pub async fn job_bring_forward(s: &mut dyn Session, id: JobId, at: Timestamp, now: Timestamp) -> Result<()> {
    sql!(s, run, JOB_BRING_FORWARD, id.to_string(), At(at), At(now))?;
    Ok(())
}

/// Has a waiting job run at `at`.
pub async fn job_set_due(s: &mut dyn Session, id: JobId, at: Timestamp, now: Timestamp) -> Result<()> {
    sql!(s, run, JOB_SET_DUE, id.to_string(), At(at), At(now))?;
    Ok(())
}

/// Takes the next due job of these kinds.
pub async fn job_claim(
    s: &mut dyn Session,
    kinds: &Value,
    owner: &str,
    now: Timestamp,
    until: Timestamp,
) -> Result<Option<Claimed>> {
    sql!(s, optional Claimed, dialect::JOB_CLAIM, At(now), owner, At(until), Json(kinds))
}

/// Proves that a lease holds at `now`, and locks the row: `None` when it does not, else whether a cancel was asked for.
pub async fn job_prove(
    s: &mut dyn Session,
    id: JobId,
    fence: i64,
    owner: &str,
    now: Timestamp,
) -> Result<Option<bool>> {
    let proof = sql!(s, optional(bool,), JOB_PROVE, id.to_string(), fence, owner, At(now))?;
    Ok(proof.map(|(cancelled,)| cancelled))
}

/// Moves the end of a lease that holds: `None` when it does not, else whether a cancel was asked for.
pub async fn job_renew(
    s: &mut dyn Session,
    id: JobId,
    fence: i64,
    owner: &str,
    until: Timestamp,
    now: Timestamp,
) -> Result<Option<bool>> {
    let proof = sql!(s, optional(bool,), JOB_RENEW, id.to_string(), fence, owner, At(until), At(now))?;
    Ok(proof.map(|(cancelled,)| cancelled))
}

/// Ends a job: `done`, `failed`, `cancelled`; or has it run again where somebody wished so meanwhile.
pub async fn job_finish(
    s: &mut dyn Session,
    id: JobId,
    fence: i64,
    state: &str,
    error: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    sql!(s, run, JOB_FINISH, id.to_string(), fence, state, error, At(now))?;
    Ok(())
}

/// Has a job wait until `due`. After a run that went well, nobody's wish to stop it is left.
pub async fn job_wait(
    s: &mut dyn Session,
    id: JobId,
    fence: i64,
    due: Timestamp,
    failures: i64,
    error: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    sql!(s, run, JOB_WAIT, id.to_string(), fence, At(due), failures, error, At(now))?;
    Ok(())
}

/// Cancels a waiting job; asks a running one to stop.
pub async fn job_cancel(s: &mut dyn Session, id: JobId, now: Timestamp) -> Result<bool> {
    Ok(sql!(s, run, JOB_CANCEL, id.to_string(), At(now))? == 1)
}

/// Ends a job at once, whoever holds it.
pub async fn job_revoke(s: &mut dyn Session, id: JobId, now: Timestamp) -> Result<()> {
    sql!(s, run, JOB_REVOKE, id.to_string(), At(now))?;
    Ok(())
}

/// Hands a running job back, so that another takes it at once.
pub async fn job_hand_back(s: &mut dyn Session, id: JobId, fence: i64, now: Timestamp) -> Result<()> {
    sql!(s, run, JOB_HAND_BACK, id.to_string(), fence, At(now))?;
    Ok(())
}

/// Ends every lease: for the one process that has the data folder to itself, at its start.
pub async fn job_release_all(s: &mut dyn Session, now: Timestamp) -> Result<u64> {
    sql!(s, run, JOB_RELEASE_ALL, At(now))
}

/// When the next job is due or the next lease ends.
pub async fn job_next_due(s: &mut dyn Session) -> Result<Option<Timestamp>> {
    let next = sql!(s, one NextDue, JOB_NEXT_DUE)?;
    Ok(next.at.map(Timestamp::from))
}

/// One job.
pub async fn job_find(s: &mut dyn Session, id: JobId) -> Result<Option<Listed>> {
    sql!(s, optional Listed, JOB_FIND, id.to_string())
}

/// Jobs, the last changed first.
pub async fn job_list(
    s: &mut dyn Session,
    state: Option<&str>,
    kind: Option<&str>,
    after: Option<(Timestamp, JobId)>,
    limit: i64,
) -> Result<Vec<Listed>> {
    let (at, id) = after.map_or((None, None), |(at, id)| (Some(At(at)), Some(id.to_string())));
    sql!(s, all Listed, JOB_LIST, state, kind, at, id, limit)
}

/// How many there are of each kind in each state.
pub async fn job_count(s: &mut dyn Session) -> Result<Vec<Count>> {
    sql!(s, all Count, JOB_COUNT)
}

/// Has a failed job run again. What was cancelled has nothing left to do.
pub async fn job_retry(s: &mut dyn Session, id: JobId, now: Timestamp) -> Result<bool> {
    Ok(sql!(s, run, JOB_RETRY, id.to_string(), At(now))? == 1)
}

/// Forgets jobs that ended well before `before`. Failed ones stay until somebody looks.
pub async fn job_sweep(s: &mut dyn Session, before: Timestamp) -> Result<u64> {
    sql!(s, run, JOB_SWEEP, At(before))
}

/// Whose wish a job is.
pub fn on_behalf_of(job: &Claimed) -> Option<AccountId> {
    job.on_behalf_of.as_deref().and_then(|id| id.parse().ok())
}
