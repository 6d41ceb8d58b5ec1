//! Looks at what an environment that stands has in its cluster, while somebody has its page open.
//!
//! While an operation runs, its steps look; afterwards nobody would, and the page would show as present what was seen long ago.
//! It is no job: what is seen can be seen again, and a look that a restart cuts off is not missed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::environments::life::State;
use domain::ids::EnvironmentId;
use jiff::Timestamp;
use tokio::time::Instant;

use super::engine::step;
use super::kubernetes::{ObjectRow, row};
use super::rows::Environment;
use super::{Environments, engine, store};
use crate::clusters;

/// What was looked at this recently is not looked at again.
const FRESH: Duration = Duration::from_secs(5);
/// The longest look.
const LIMIT: Duration = Duration::from_secs(10);

/// When each environment was last looked at by this process.
#[derive(Clone, Debug, Default)]
pub(super) struct Looks(Arc<Mutex<HashMap<EnvironmentId, Instant>>>);

impl Looks {
    /// Whether it is time to look again; the look counts as begun then.
    fn begin(&self, id: EnvironmentId) -> bool {
        let mut looks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        looks.retain(|_, began| now.duration_since(*began) < LIMIT + FRESH);
        // A look that takes longer than FRESH is still under way: LIMIT ends it.
        let due = looks.get(&id).is_none_or(|began| now.duration_since(*began) >= FRESH);
        if due {
            looks.insert(id, now);
        }
        due
    }
}

/// Whether it stands: no operation of its own looks at it, and there may be something to see.
fn stands(state: State) -> bool {
    matches!(state, State::Ready | State::Failed)
}

/// Has the environment looked at soon, without waiting for it. What is seen is told like any change,
/// and counts as seen `now`.
pub(super) fn look_soon(
    environments: &Environments,
    environment: &Environment,
    state: State,
    now: Timestamp,
) {
    if !stands(state) || !environments.looks.begin(environment.id) {
        return;
    }
    let (environments, environment) = (environments.clone(), environment.clone());
    tokio::spawn(async move {
        let looked = tokio::time::timeout(LIMIT, look(&environments, &environment, now)).await;
        match looked {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::debug!(%error, environment = %environment.id, "it could not be looked at")
            }
            Err(_) => tracing::debug!(environment = %environment.id, "looking at it took too long"),
        }
    });
}

async fn look(
    environments: &Environments,
    environment: &Environment,
    now: Timestamp,
) -> Result<(), crate::jobs::Failure> {
    let (connection, driver) = match step::open(environments, environment, now).await? {
        Ok(opened) => opened,
        // The page of clusters says why it cannot be called; here what was seen keeps its time.
        Err(_) => return Ok(()),
    };
    let seen = driver.observe(&engine::target(environment)).await;
    let fault = seen.as_ref().err().and_then(|error| error.fault());
    clusters::contact::record_contact(&environments.db, &connection, fault.map_or(Ok(()), Err), now).await?;
    let Ok(seen) = seen else { return Ok(()) };
    let rows: Vec<ObjectRow> = seen.iter().filter_map(row).collect();
    let mut tx = environments.db.begin().await?;
    let fresh = store::environment_find_for_update(&mut tx, environment.id).await?;
    // An operation may have begun meanwhile: then its steps know better.
    if !fresh.map(|fresh| fresh.state()).transpose()?.is_some_and(stands) {
        return Ok(());
    }
    store::object_save_all(&mut tx, environment.id, &rows, now).await?;
    tx.commit().await?;
    environments.changes.tell(environment.id);
    Ok(())
}
