//! Looks at every environment that is ready, also while nobody has its page open, so that "Ready" stays true.
//!
//! - One at a time in each process, whatever was not looked at for longest first: many environments only make each wait longer.
//! - A look is noted when it begins: processes share the work, and one whose cluster does not answer holds up no other.
//! - It is no job, as [`super::sight`] says: what a restart cuts off comes round again.

use std::collections::HashSet;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::FutureExt;
use jiff::{SignedDuration, Timestamp};

use super::rows::Environment;
use super::{Environments, sight, store};
use crate::clock::Clock;
use crate::db::{self, dialect};

/// What was looked at this recently is not looked at again.
pub const LOOK_EVERY: SignedDuration = SignedDuration::from_mins(1);
/// Between two turns.
const PAUSE: Duration = Duration::from_secs(5);
/// So many are looked at in one turn: a database whose clock is set back makes none endless.
const MOST: usize = 1_000;

impl Environments {
    /// Looks at what stands, each `every` so often, for as long as the process works.
    pub async fn watch(&self, clock: &Clock, every: SignedDuration) {
        loop {
            tokio::time::sleep(PAUSE).await;
            // What fails on one environment must not leave all others unseen.
            match AssertUnwindSafe(turn(self, clock, every)).catch_unwind().await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(error, "it could not be read which environments to look at");
                }
                Err(_) => tracing::error!("looking at an environment panicked"),
            }
        }
    }
}

/// Looks at those that were not looked at for so long, each once.
pub(super) async fn turn(
    environments: &Environments,
    clock: &Clock,
    every: SignedDuration,
) -> db::Result<()> {
    // By the database's clock, so that replicas agree on what is due.
    let at = dialect::now(&mut environments.db.read().await?).await?;
    let before = at.checked_sub(every).unwrap_or(at);
    let mut silent = HashSet::new();
    for _ in 0..MOST {
        let Some(environment) = next(environments, before).await? else { return Ok(()) };
        // A cluster that did not answer is not asked again for each of its environments; one whose page is open is looked at anyway.
        if silent.contains(&environment.cluster_id) || !environments.looks.begin(environment.id) {
            continue;
        }
        if !sight::look(environments, &environment, clock.now()).await {
            silent.insert(environment.cluster_id);
        }
    }
    Ok(())
}

/// The next one, noted as looked at.
async fn next(environments: &Environments, before: Timestamp) -> db::Result<Option<Environment>> {
    loop {
        let (now, due) = {
            let mut reader = environments.db.read().await?;
            (dialect::now(&mut reader).await?, store::look_due(&mut reader, before).await?)
        };
        let Some(due) = due else { return Ok(None) };
        let mut tx = environments.db.begin().await?;
        let begun = store::look_begin(&mut tx, due, before, now).await?;
        tx.commit().await?;
        // Without it another process was faster, and goes on with that one.
        if begun.is_some() {
            return Ok(begun);
        }
    }
}
