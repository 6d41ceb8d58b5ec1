//! Sources and their runs in the database.

use domain::catalog::claims::Allowance;
use domain::ids::SourceId;
use jiff::Timestamp;

use crate::catalog::document::clean;
use crate::catalog::snapshot::SourceName;
use crate::catalog::source::{Counts, Place, Run, Schedule, Settings, Source};
use crate::db::{self, At, Error, Result, Session, Tx};
use crate::sql;

crate::statements! {
    LIST = "select s.id, s.name, s.kind, s.location, s.branch, s.glob, s.trusted, s.allowance, s.every_minutes, s.revision,
                   s.read_as, s.created_at, s.updated_at, s.run_state, s.run_started_at, s.run_finished_at, s.run_error, s.run_commit, s.run_counts,
                   s.run_notes,
                   j.state as job_state, j.due_at as job_due_at,
                   case when j.failures > 0 then j.last_error end as job_error
            from catalog_sources s
            left join jobs j on j.unique_key = 'catalog.refresh:' || s.id and j.state in ('waiting', 'running')
            where s.removed_at is null order by s.name, s.id";
    LIST_ALL = "select id, name, trusted, removed_at is not null as removed from catalog_sources";
    FIND = "select s.id, s.name, s.kind, s.location, s.branch, s.glob, s.trusted, s.allowance, s.every_minutes, s.revision,
                   s.read_as, s.created_at, s.updated_at, s.run_state, s.run_started_at, s.run_finished_at, s.run_error, s.run_commit, s.run_counts,
                   s.run_notes,
                   j.state as job_state, j.due_at as job_due_at,
                   case when j.failures > 0 then j.last_error end as job_error
            from catalog_sources s
            left join jobs j on j.unique_key = 'catalog.refresh:' || s.id and j.state in ('waiting', 'running')
            where s.id = $1 and s.removed_at is null";
    CREATE = "insert into catalog_sources
                (id, name, kind, location, branch, glob, trusted, allowance, every_minutes, revision, created_at, updated_at)
              values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10, $10)";
    SAVE = "update catalog_sources
            set name = $2, kind = $3, location = $4, branch = $5, glob = $6, trusted = $7, allowance = $8, every_minutes = $9,
                revision = revision + 1, updated_at = $10
            where id = $1 and removed_at is null";
    REMOVE = "update catalog_sources set removed_at = $2, revision = revision + 1, updated_at = $2
              where id = $1 and removed_at is null";
    RUN_SAVE = "update catalog_sources
                set revision = revision + 1, read_as = $3, run_state = 'ok', run_started_at = $4, run_finished_at = $5,
                    run_error = null, run_commit = $6, run_counts = $7, run_notes = $8
                where id = $1 and revision = $2 and removed_at is null";
    RUN_FAIL = "update catalog_sources
                set run_state = 'failed', run_started_at = $3, run_finished_at = $4, run_error = $5
                where id = $1 and revision = $2 and removed_at is null";
    // Its error is the name of whoever asked for it last.
    RUN_STOP = "update catalog_sources
                set run_state = 'stopped', run_started_at = $2, run_finished_at = $3,
                    run_error = (select actor_name from audit where object_kind = 'source' and object_id = $1
                                 and action = 'catalog.source.stop' order by id desc limit 1)
                where id = $1 and removed_at is null";
}

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(try_from = "String")]
    id: SourceId,
    name: String,
    kind: String,
    location: String,
    branch: Option<String>,
    glob: Option<String>,
    trusted: bool,
    allowance: Option<String>,
    every_minutes: i64,
    revision: i64,
    read_as: Option<String>,
    created_at: At,
    updated_at: At,
    run_state: Option<String>,
    run_started_at: Option<At>,
    run_finished_at: Option<At>,
    run_error: Option<String>,
    run_commit: Option<String>,
    run_counts: Option<String>,
    run_notes: Option<String>,
    job_state: Option<String>,
    job_due_at: Option<At>,
    job_error: Option<String>,
}

/// A source and the rules that its files were last read under.
pub(crate) struct Stored {
    pub source: Source,
    pub read_as: Option<String>,
}

pub(crate) async fn source_list(session: &mut dyn Session) -> Result<Vec<Source>> {
    let rows = sql!(session, all Row, LIST)?;
    rows.into_iter().map(|row| Ok(stored(row)?.source)).collect()
}

/// Every source as pages show it beside an entity, those included that are removed but have orphans.
pub(crate) async fn source_list_all(session: &mut dyn Session) -> Result<Vec<SourceName>> {
    let rows = sql!(session, all(String, String, bool, bool), LIST_ALL)?;
    let source = |(id, name, trusted, removed): (String, String, bool, bool)| {
        Ok(SourceName { id: super::entity::source_id(&id)?, name, trusted, removed })
    };
    rows.into_iter().map(source).collect()
}

pub(crate) async fn source_find(session: &mut dyn Session, id: SourceId) -> Result<Option<Stored>> {
    sql!(session, optional Row, FIND, id.to_string())?.map(stored).transpose()
}

/// Writes a new source. A name that is taken is a unique violation.
pub(crate) async fn source_create(
    tx: &mut Tx,
    id: SourceId,
    settings: &Settings,
    now: Timestamp,
) -> Result<()> {
    let (kind, location, branch) = place(&settings.place);
    let allowance = allowance(settings)?;
    let minutes = i64::from(settings.every_minutes);
    let name = settings.name.as_str();
    let glob = settings.glob.as_deref();
    sql!(
        tx,
        run,
        CREATE,
        id.to_string(),
        name,
        kind,
        location,
        branch,
        glob,
        settings.trusted,
        allowance,
        minutes,
        At(now)
    )?;
    Ok(())
}

/// Writes changed settings; whether there is such a source.
pub(crate) async fn source_save(
    tx: &mut Tx,
    id: SourceId,
    settings: &Settings,
    now: Timestamp,
) -> Result<bool> {
    let (kind, location, branch) = place(&settings.place);
    let allowance = allowance(settings)?;
    let minutes = i64::from(settings.every_minutes);
    let name = settings.name.as_str();
    let glob = settings.glob.as_deref();
    let rows = sql!(
        tx,
        run,
        SAVE,
        id.to_string(),
        name,
        kind,
        location,
        branch,
        glob,
        settings.trusted,
        allowance,
        minutes,
        At(now)
    )?;
    Ok(rows == 1)
}

/// Marks a source as removed; its files stay as long as orphans of it do.
pub(crate) async fn source_delete(tx: &mut Tx, id: SourceId, now: Timestamp) -> Result<bool> {
    Ok(sql!(tx, run, REMOVE, id.to_string(), At(now))? == 1)
}

/// A good run.
pub(crate) struct GoodRun<'a> {
    pub read_as: &'a str,
    pub started_at: Timestamp,
    pub finished_at: Timestamp,
    pub commit: Option<&'a str>,
    pub counts: Counts,
    pub notes: &'a [String],
}

/// Writes what a run found, unless the source was changed, removed or read since `revision`; whether it did.
pub(crate) async fn run_save(tx: &mut Tx, id: SourceId, revision: i64, run: &GoodRun<'_>) -> Result<bool> {
    let counts = serde_json::to_string(&run.counts).map_err(unreadable)?;
    let notes = serde_json::to_string(run.notes).map_err(unreadable)?;
    let (started, finished) = (At(run.started_at), At(run.finished_at));
    let rows = sql!(
        tx,
        run,
        RUN_SAVE,
        id.to_string(),
        revision,
        run.read_as,
        started,
        finished,
        run.commit,
        counts,
        notes
    )?;
    Ok(rows == 1)
}

/// Writes why a run failed; what earlier runs found stays.
pub(crate) async fn run_fail(
    tx: &mut Tx,
    id: SourceId,
    revision: i64,
    (started, finished): (Timestamp, Timestamp),
    sentence: &str,
) -> Result<()> {
    // It may tell what a server said.
    let sentence = clean(sentence);
    sql!(tx, run, RUN_FAIL, id.to_string(), revision, At(started), At(finished), sentence)?;
    Ok(())
}

/// Writes that a run was stopped, and by whom the audit says; what earlier runs found stays.
pub(crate) async fn run_stop(
    tx: &mut Tx,
    id: SourceId,
    (started, finished): (Timestamp, Timestamp),
) -> Result<()> {
    sql!(tx, run, RUN_STOP, id.to_string(), At(started), At(finished))?;
    Ok(())
}

fn place(place: &Place) -> (&'static str, String, Option<&str>) {
    match place {
        Place::Folder { path } => ("folder", path.display().to_string(), None),
        Place::Git { url, branch } => ("git", url.clone(), branch.as_deref()),
    }
}

fn allowance(settings: &Settings) -> Result<Option<String>> {
    settings.allowance.as_ref().map(serde_json::to_string).transpose().map_err(unreadable)
}

fn stored(row: Row) -> Result<Stored> {
    let place = match row.kind.as_str() {
        "folder" => Place::Folder { path: row.location.into() },
        "git" => Place::Git { url: row.location, branch: row.branch },
        other => return Err(Error::Unreadable(format!("a source of the kind {other}"))),
    };
    let allowance: Option<Allowance> =
        row.allowance.as_deref().map(serde_json::from_str).transpose().map_err(unreadable)?;
    let counts: Option<Counts> =
        row.run_counts.as_deref().map(serde_json::from_str).transpose().map_err(unreadable)?;
    let notes: Option<Vec<String>> =
        row.run_notes.as_deref().map(serde_json::from_str).transpose().map_err(unreadable)?;
    let last_run = match (row.run_state, row.run_started_at, row.run_finished_at) {
        (Some(state), Some(started_at), Some(finished_at)) => {
            let error = row.run_error.unwrap_or_default();
            let (outcome, stopped_by) = match state.as_str() {
                "ok" => (Ok(()), None),
                "stopped" => (Ok(()), Some(error)),
                _ => (Err(error), None),
            };
            Some(Run {
                started_at: started_at.0,
                finished_at: finished_at.0,
                outcome,
                stopped_by,
                commit: row.run_commit,
                counts,
                notes: notes.unwrap_or_default(),
            })
        }
        _ => None,
    };
    let settings = Settings {
        name: row.name,
        place,
        glob: row.glob,
        trusted: row.trusted,
        allowance,
        every_minutes: u32::try_from(row.every_minutes).map_err(unreadable)?,
    };
    let schedule = match (row.job_state.as_deref(), row.job_due_at) {
        (Some("running"), _) => Some(Schedule::Running),
        (Some(_), Some(due)) => Some(Schedule::Due(due.0)),
        _ => None,
    };
    let source = Source {
        id: row.id,
        settings,
        revision: row.revision,
        created_at: row.created_at.0,
        changed_at: row.updated_at.0,
        last_run,
        unstored: row.job_error.as_deref().map(|causes| unstored(causes).to_owned()),
        schedule,
    };
    Ok(Stored { source, read_as: row.read_as })
}

/// What everybody may know of why a run could not be stored. The causes themselves are for operators, who find them in the queue.
fn unstored(causes: &str) -> &'static str {
    if causes.contains(db::FULL) {
        "The disk of the database is full"
    } else if causes.contains(db::AWAY) {
        "The database did not answer"
    } else {
        "Slipway itself failed; an administrator sees why in the queue"
    }
}

fn unreadable(error: impl std::fmt::Display) -> Error {
    Error::Unreadable(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jobs::Failure;

    #[test]
    fn everybody_is_told_the_kind_of_trouble_and_not_the_trouble_itself() {
        let full = || Error::Full(sqlx::Error::PoolClosed);
        let ours = Error::from(sqlx::Error::Protocol("at 10.0.0.7".to_owned()));
        let table = [
            (Failure::from(full()), "The disk of the database is full"),
            (Failure::from(crate::Error::from(full())), "The disk of the database is full"),
            (Failure::from(Error::from(sqlx::Error::PoolTimedOut)), "The database did not answer"),
            (Failure::from(Error::Unknown(sqlx::Error::WorkerCrashed)), "The database did not answer"),
            (Failure::from(ours), "Slipway itself failed; an administrator sees why in the queue"),
        ];
        for (failure, words) in table {
            assert_eq!(unstored(&failure.to_string()), words, "{failure}");
        }
    }
}
