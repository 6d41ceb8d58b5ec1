//! How long steps took before.

use domain::ids::{BlueprintId, OperationId};

use crate::db::{Result, Session};
use crate::environments::rows::OperationKind;
use crate::{sql, statements};

statements! {
    // The ids of operations rise with the time, so the newest are found by their key, and no more than so many are looked at however
    // many there are. In one that somebody had tried again, what was there already took no time.
    STEP_TIMES = "select key, took from (
            select s.key as key, s.finished_at - s.started_at as took,
                row_number() over (partition by s.key order by o.id desc) as place
            from (select id, environment_id from operations where kind = $2 and state = 'done' and retried_at is null
                    and id < $3
                order by id desc limit 200) o
            join environments e on e.id = o.environment_id and e.blueprint_id = $1
            join steps s on s.operation_id = o.id
            where s.state = 'done' and s.started_at is not null and s.finished_at is not null) earlier
        where place <= $4 order by key, took";
}

/// The times in microseconds of each step of a blueprint, by its key, the shortest first: of the newest operations of a kind that are
/// done and older than one, at most so many of each step.
pub async fn step_times(
    s: &mut dyn Session,
    blueprint: BlueprintId,
    kind: OperationKind,
    before: OperationId,
    most: i64,
) -> Result<Vec<(String, i64)>> {
    sql!(s, all(String, i64,), STEP_TIMES, blueprint.to_string(), kind.as_str(), before.to_string(), most)
}
