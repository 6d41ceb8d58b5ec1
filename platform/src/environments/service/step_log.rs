//! What a step said while it ran. Everyone signed in may see how an environment comes up.

use domain::ids::StepId;
use domain::people::{Action, Caller, authorize};

use super::super::Environments;
use crate::Result;
use crate::logs::Line;

/// How many lines are read at once at most.
const MOST: usize = 5_000;

/// Lines of a step's log from number `from` on.
pub async fn read_step_log(
    environments: &Environments,
    caller: &Caller,
    step: StepId,
    from: i64,
    limit: usize,
) -> Result<Vec<(i64, Line)>> {
    authorize(caller, Action::See)?;
    environments.logs.read(&environments.db, &step.to_string(), from, limit.min(MOST)).await
}

/// The last lines of a step's log: where it failed, they say why.
pub async fn read_step_log_end(
    environments: &Environments,
    caller: &Caller,
    step: StepId,
    limit: usize,
) -> Result<Vec<(i64, Line)>> {
    authorize(caller, Action::See)?;
    environments.logs.read_end(&environments.db, &step.to_string(), limit.min(MOST)).await
}
