//! All SQL of environments, a file for each of: blueprints, environments, their names, operations with their steps, what is seen, what took how long.

/// Every column of an environment, by its name: a replica of an older version goes on while a newer one adds columns, and
/// PostgreSQL refuses a statement that it prepared with `*` once there is one more.
macro_rules! environment_columns {
    () => {
        "id, name, namespace, namespace_uid, team, entity, blueprint_id, cluster_id, parameters, state, wanted, reason,
            outputs, receipt, requested_by, requested_by_name, requested_at, expires_at, expiry_set_at, warned, ready_at,
            ended_at, changed_at, trouble, looked_at, objects_seen_at"
    };
}

/// The states in which nothing happens to an environment any more (`State::is_end`), for `state in …`.
macro_rules! ends {
    () => {
        "('destroyed', 'refused', 'given_up')"
    };
}

pub(crate) mod blueprint;
pub(crate) mod environment;
pub(crate) mod named;
pub(crate) mod operation;
pub(crate) mod sight;
pub(crate) mod usual;

pub use blueprint::*;
pub use environment::*;
pub use named::*;
pub use operation::*;
pub use sight::*;
pub use usual::*;

use serde_json::{Value, json};

use crate::db::Json;

/// Ids as rows: `{"key": …}`.
fn keys(ids: impl IntoIterator<Item = impl ToString>) -> Json<Vec<Value>> {
    Json(ids.into_iter().map(|id| json!({ "key": id.to_string() })).collect())
}

#[cfg(test)]
mod tests {
    use domain::environments::life::State;

    #[test]
    fn the_ends_of_the_statements_are_those_of_the_rules() {
        let ends: Vec<String> = State::ALL
            .into_iter()
            .filter(|state| state.is_end())
            .map(|state| format!("'{}'", state.as_str()))
            .collect();
        let mut said: Vec<&str> = ends!().trim_matches(['(', ')']).split(", ").collect();
        said.sort_by_key(|one| ends.iter().position(|end| end == one));
        assert_eq!(said, ends);
    }
}
