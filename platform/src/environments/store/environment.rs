//! Environments themselves.

use domain::catalog::reference::EntityRef;
use domain::environments::life::{State, Wanted};
use domain::environments::phase::{Obstacle, Phase};
use domain::ids::{AccountId, BlueprintId, EnvironmentId};
use jiff::Timestamp;
use serde_json::Value;
use sqlx::FromRow;

use super::keys;
use super::named::pattern;
use crate::db::{At, Json, Result, Session};
use crate::environments::rows::Environment;
use crate::{sql, statements};

/// Whether a step of the newest operation is so.
macro_rules! a_step {
    ($is:literal) => {
        concat!(
            "exists (select 1 from steps s where s.operation_id = (select o.id from operations o
                where o.environment_id = environments.id order by o.kind = 'destroy' desc, o.created_at desc, o.id desc limit 1)
                and (",
            $is,
            "))"
        )
    };
}

/// What is in the way of an environment, as [`Obstacle::as_str`] writes it: a test holds it against what the row's status says. The
/// steps are those of the operation that [`operation_latest`](super::operation_latest) finds; they say nothing of what is ready.
macro_rules! obstacle {
    () => {
        concat!(
            "case when trouble is not null then 'trouble'
            when state = 'ready' then case
                when cluster_id in (select id from clusters where last_error is not null and removed_at is null) then 'unseen'
                else '' end
            when ",
            a_step!("s.state = 'retry_wait' or s.state in ('running', 'probing') and s.unreachable"),
            " then 'waits' when ",
            a_step!("s.state = 'running' and s.problem is not null"),
            " then 'held up' else '' end"
        )
    };
}

/// A text for each list, so that those that live are read by an index of their own, however many are gone. Of a reference only the
/// name is looked into, which stands after its slash.
macro_rules! list {
    ($($which:tt)+) => {
        concat!(
            "select ",
            environment_columns!(),
            " from environments where ",
            $($which)+,
            " and (cast($1 as text) is null or team = $1)
                and (cast($2 as text) is null or requested_by = $2)
                and (cast($3 as text) is null or entity = $3)
                and (cast($4 as bigint) is null or (requested_at, id) < ($4, $5))
                and (cast($7 as text) is null or name like $7 escape '!' or lower(team) like ('%/' || $7) escape '!'
                    or team in (select value ->> 'key' from json_each($10))
                    or lower(entity) like ('%/' || $7) escape '!'
                    or cluster_id in (select id from clusters where lower(name) like $7 escape '!'))
                and (cast($8 as text) is null or $8 like '%,' || state || ':' || ",
            obstacle!(),
            " || ',%')
                and (cast($9 as jsonb) is null or team in (select value ->> 'key' from json_each($9)))
             order by requested_at desc, id desc limit $6"
        )
    };
}

statements! {
    ENVIRONMENT_CREATE = "insert into environments (id, name, namespace, team, entity, blueprint_id, cluster_id, parameters,
            state, wanted, outputs, requested_by, requested_by_name, requested_at, expires_at, expiry_set_at,
            changed_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'present', $10, $11, $12, $13, $14, $13, $13)";
    ENVIRONMENT_FIND = concat!("select ", environment_columns!(), " from environments where id = $1");
    ENVIRONMENT_LOCK = concat!(
        "update environments set changed_at = changed_at where id = $1 returning ",
        environment_columns!()
    );
    ENVIRONMENT_LIST = list!("true");
    ENVIRONMENT_LIST_LIVING = list!(concat!("state not in ", ends!()));
    ENVIRONMENT_LIST_ON = concat!(
        "select ",
        environment_columns!(),
        " from environments where cluster_id = $1 and state not in ",
        ends!(),
        " order by name, id"
    );
    ENVIRONMENT_LIST_WAITING = concat!(
        "select e.id as id from environments e where e.cluster_id = $1 and e.state not in ",
        ends!(),
        " and exists (select 1 from operations o join steps s on s.operation_id = o.id
                where o.environment_id = e.id and o.state = 'running' and s.state in ('retry_wait', 'running', 'probing')
                    and (s.unreachable or $2 and s.state = 'retry_wait'))
        order by e.id"
    );
    ENVIRONMENT_TEAM_LIST = "select distinct team from environments order by team";
    // A log whose first part is younger is of no environment that ended before.
    ENVIRONMENT_LOGGED = "select distinct e.id as id from log_chunks c
            join steps s on s.id = c.owner join operations o on o.id = s.operation_id join environments e on e.id = o.environment_id
        where c.sequence = 0 and c.at < $1 and e.ended_at < $1 limit $2";
    ENVIRONMENT_LIVE_COUNT = concat!(
        "select count(*) from environments where cluster_id = $1 and team = $2 and state not in ",
        ends!()
    );
    ENVIRONMENT_LIVE_COUNT_OF_TEAMS = concat!(
        "select count(*) from environments where team in (select value ->> 'key' from json_each($1)) and state not in ",
        ends!()
    );
    ENVIRONMENT_SET_STATE = concat!(
        "update environments set state = $2, reason = $3, trouble = null, changed_at = $4,
            ready_at = case when $2 = 'ready' then $4 else ready_at end,
            ended_at = case when $2 in ",
        ends!(),
        " then $4 else ended_at end
        where id = $1"
    );
    ENVIRONMENT_SET_WANTED = "update environments set wanted = $2, changed_at = $3 where id = $1";
    ENVIRONMENT_SET_NAMESPACE_UID = "update environments set namespace_uid = $2 where id = $1";
    ENVIRONMENT_SET_OUTPUTS = "update environments set outputs = $2, changed_at = $3 where id = $1";
    ENVIRONMENT_END = "update environments set receipt = $2, parameters = $3, changed_at = $4 where id = $1";
    ENVIRONMENT_SET_EXPIRY = "update environments set expires_at = $2, expiry_set_at = $3, warned = null, changed_at = $3 where id = $1";
    ENVIRONMENT_SET_WARNED = "update environments set warned = $2, changed_at = $3 where id = $1";
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

/// Which environments to list.
#[derive(Clone, Debug, Default)]
pub struct Filter<'a> {
    /// Those that are gone, too.
    pub ended: bool,
    pub team: Option<&'a str>,
    /// Of any of these teams.
    pub teams: Option<&'a [EntityRef]>,
    pub requested_by: Option<AccountId>,
    pub entity: Option<&'a str>,
    /// Words of the name, in their order; or of the name of the team, the entity or the cluster.
    pub name: Option<&'a str>,
    /// The teams that the catalog calls so: a title is in it alone.
    pub called: &'a [EntityRef],
    pub phase: Option<Phase>,
    /// The last row of the page before.
    pub after: Option<(Timestamp, EnvironmentId)>,
    pub limit: i64,
}

#[derive(FromRow)]
struct Found {
    #[sqlx(try_from = "String")]
    id: EnvironmentId,
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

/// One environment, its row locked until the transaction ends: whoever decides by its state takes it so.
pub async fn environment_find_for_update(
    s: &mut dyn Session,
    id: EnvironmentId,
) -> Result<Option<Environment>> {
    sql!(s, optional Environment, ENVIRONMENT_LOCK, id.to_string())
}

/// Environments, the newest first. Everybody may see them all (people.md), so the filter is a wish, not a scope.
pub async fn environment_list(s: &mut dyn Session, filter: &Filter<'_>) -> Result<Vec<Environment>> {
    let (at, id) = filter.after.map_or((None, None), |(at, id)| (Some(At(at)), Some(id.to_string())));
    let by = filter.requested_by.map(|by| by.to_string());
    let (team, entity, limit) = (filter.team, filter.entity, filter.limit);
    let (name, states) = (filter.name.map(pattern), filter.phase.map(states_of));
    let (of, called) = (filter.teams.map(keys), keys(filter.called));
    match filter.ended || filter.phase == Some(Phase::Ended) {
        true => {
            sql!(s, all Environment, ENVIRONMENT_LIST, team, by, entity, at, id, limit, name,
                states, of, called)
        }
        false => {
            sql!(s, all Environment, ENVIRONMENT_LIST_LIVING, team, by, entity, at, id, limit, name,
                states, of, called)
        }
    }
}

/// All that lies in a phase, each state with what is in its way, between commas.
fn states_of(phase: Phase) -> String {
    let mut states = ",".to_owned();
    for (state, obstacle) in phase.cases() {
        states.push_str(state.as_str());
        states.push(':');
        states.push_str(obstacle.map_or("", Obstacle::as_str));
        states.push(',');
    }
    states
}

/// The environments that live on a cluster, of any team, by name.
pub async fn environment_list_on(
    s: &mut dyn Session,
    cluster: domain::ids::ClusterId,
) -> Result<Vec<Environment>> {
    sql!(s, all Environment, ENVIRONMENT_LIST_ON, cluster.to_string())
}

/// The environments of which a step waits because their cluster was away, or is being tried without an answer yet; with `all` those too
/// that wait for anything else. Whoever locks the jobs of several environments has locked the row of their cluster before, so that none
/// waits for another in a circle.
pub async fn environment_list_waiting(
    s: &mut dyn Session,
    cluster: domain::ids::ClusterId,
    all: bool,
) -> Result<Vec<EnvironmentId>> {
    let found = sql!(s, all Found, ENVIRONMENT_LIST_WAITING, cluster.to_string(), all)?;
    Ok(found.into_iter().map(|found| found.id).collect())
}

/// The teams that have environments, ended ones included, by name.
pub async fn environment_team_list(s: &mut dyn Session) -> Result<Vec<String>> {
    let teams = sql!(s, all(String,), ENVIRONMENT_TEAM_LIST)?;
    Ok(teams.into_iter().map(|(team,)| team).collect())
}

/// Environments that ended before a time and whose steps have logs, at most so many.
pub async fn environment_logged(
    s: &mut dyn Session,
    ended_before: Timestamp,
    limit: i64,
) -> Result<Vec<EnvironmentId>> {
    let found = sql!(s, all Found, ENVIRONMENT_LOGGED, At(ended_before), limit)?;
    Ok(found.into_iter().map(|found| found.id).collect())
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

/// How many environments of these teams are alive.
pub async fn environment_live_count_of_teams(s: &mut dyn Session, teams: &[EntityRef]) -> Result<i64> {
    let (count,) = sql!(s, one(i64,), ENVIRONMENT_LIVE_COUNT_OF_TEAMS, keys(teams))?;
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

/// Keeps the UID of the namespace that was made for it.
pub async fn environment_set_namespace_uid(s: &mut dyn Session, id: EnvironmentId, uid: &str) -> Result<()> {
    sql!(s, run, ENVIRONMENT_SET_NAMESPACE_UID, id.to_string(), uid)?;
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

/// Keeps the receipt of its end, and what may stay of its parameters.
pub async fn environment_end(
    s: &mut dyn Session,
    id: EnvironmentId,
    receipt: &Value,
    parameters: &Value,
    now: Timestamp,
) -> Result<()> {
    sql!(s, run, ENVIRONMENT_END, id.to_string(), Json(receipt), Json(parameters), At(now))?;
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
