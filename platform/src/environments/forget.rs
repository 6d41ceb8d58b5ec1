//! Logs of environments that ended long ago are forgotten; their histories and receipts stay.
//!
//! The sweep finds such environments and has the job of each do it: so a process that ends in the midst of it leaves the rest to the
//! next one, and one environment whose log cannot be removed keeps no other from it.

use jiff::{SignedDuration, Timestamp};

use super::rows::Environment;
use super::{Environments, engine, store};
use crate::Result;
use crate::db::Tx;
use crate::jobs::{Failure, Run, enqueue_in_tx};

/// For so long after an environment ended, the logs of its steps can be read.
const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);
/// So many environments at a time: an installation that ran for years before it forgot anything does so bit by bit.
const PORTION: i64 = 100;

/// Has the logs forgotten of environments that ended long ago, a portion of them; tells of how many. `now` is the database's.
pub async fn forget_logs_in_tx(tx: &mut Tx, now: Timestamp) -> Result<usize> {
    let long_ended = store::environment_logged(tx, now - KEPT, PORTION).await?;
    for environment in &long_ended {
        enqueue_in_tx(tx, engine::job(*environment, None, now), now).await?;
    }
    Ok(long_ended.len())
}

/// Forgets the logs of an environment if it ended long ago. Done again, it does what was left.
pub(super) async fn logs_of(
    environments: &Environments,
    run: &Run,
    environment: &Environment,
) -> Result<(), Failure> {
    let long_ended = environment.ended_at.is_some_and(|ended| run.now().duration_since(ended.0) >= KEPT);
    if !long_ended {
        return Ok(());
    }
    let mut steps = Vec::new();
    let mut reader = environments.db.read().await?;
    for operation in store::operation_list(&mut reader, environment.id).await? {
        let of_operation = store::step_list(&mut reader, operation.id).await?;
        steps.extend(of_operation.iter().map(|step| step.id.to_string()));
    }
    drop(reader);
    let mut tx = run.begin().await?;
    environments.logs.forget_in_tx(&mut tx, &steps).await?;
    tx.commit().await?;
    for step in &steps {
        environments.logs.remove(step).await?;
    }
    Ok(())
}
