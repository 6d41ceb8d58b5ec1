//! Looks at what an environment that stands has in its cluster, while somebody has its page open.
//!
//! While an operation runs, its steps look; afterwards nobody would, and the page would show as present what was seen long ago.
//! It is no job: what is seen can be seen again, and a look that a restart cuts off is not missed. A page that is open for days has
//! the cluster looked at each half minute, and something written when it changed, or else each minute.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::environments::life::State;
use domain::ids::EnvironmentId;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use tokio::time::Instant;

use super::engine::step;
use super::kubernetes::{ObjectRow, row};
use super::rows::{Environment, SeenObject};
use super::{Environments, engine, store};
use crate::clusters;

/// What was looked at this recently is not looked at again.
const FRESH: Duration = Duration::from_secs(if cfg!(test) { 2 } else { 30 });
/// That nothing changed is written no more often than this, so that the page's "seen" may be as much behind the last look.
const KEPT: SignedDuration = SignedDuration::from_mins(1);
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
    let known = store::object_list(&mut environments.db.read().await?, environment.id).await?;
    if is_news(&known, &rows, now) {
        keep(environments, environment, &rows, now).await?;
    }
    Ok(())
}

/// Whether what was seen is other than what is kept, or that was seen too long ago.
fn is_news(known: &[SeenObject], seen: &[ObjectRow], now: Timestamp) -> bool {
    let kept = |row: &ObjectRow| known.iter().any(|known| shows(known, row));
    let old = |known: &SeenObject| now.duration_since(known.seen_at.0) >= KEPT;
    known.len() != seen.len() || !seen.iter().all(kept) || known.iter().any(old)
}

/// Whether the page shows an object as it was seen.
fn shows(known: &SeenObject, seen: &ObjectRow) -> bool {
    known.kind == seen.kind
        && known.name == seen.name
        && known.words == seen.status.word
        && json!(seen.status.hue) == known.hue.as_str()
        && seen.changed.is_none_or(|changed| changed == known.changed_at.0)
}

async fn keep(
    environments: &Environments,
    environment: &Environment,
    rows: &[ObjectRow],
    now: Timestamp,
) -> Result<(), crate::jobs::Failure> {
    let mut tx = environments.db.begin().await?;
    let fresh = store::environment_find_for_update(&mut tx, environment.id).await?;
    // An operation may have begun meanwhile: then its steps know better.
    if !fresh.map(|fresh| fresh.state()).transpose()?.is_some_and(stands) {
        return Ok(());
    }
    store::object_save_all(&mut tx, environment.id, rows, now).await?;
    tx.commit().await?;
    environments.changes.tell(environment.id);
    Ok(())
}

#[cfg(test)]
mod tests {
    use domain::environments::readiness::ObjectStatus;
    use domain::environments::status::Hue;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a time")
    }

    fn seen(name: &str, word: &str) -> ObjectRow {
        let status = ObjectStatus { word: word.to_owned(), hue: Hue::Ok };
        ObjectRow { kind: "pod".to_owned(), name: name.to_owned(), status, changed: Some(at(1)) }
    }

    fn known(name: &str, word: &str) -> SeenObject {
        SeenObject {
            kind: "pod".to_owned(),
            name: name.to_owned(),
            hue: "ok".to_owned(),
            words: word.to_owned(),
            changed_at: at(1).into(),
            seen_at: at(100).into(),
        }
    }

    #[test]
    fn what_did_not_change_is_written_once_a_minute() {
        let before = [known("a", "Ready"), known("b", "Ready")];
        let same = [seen("b", "Ready"), seen("a", "Ready")];
        assert!(!is_news(&before, &same, at(159)));
        assert!(is_news(&before, &same, at(160)), "the page says when it was seen");
        assert!(!is_news(&[], &[], at(160)));
    }

    #[test]
    fn every_change_that_the_page_shows_is_news() {
        let before = [known("a", "Ready"), known("b", "Ready")];
        let changed = ObjectRow { changed: Some(at(2)), ..seen("b", "Ready") };
        let failed = ObjectRow {
            status: ObjectStatus { word: "Ready".to_owned(), hue: Hue::Bad },
            ..seen("b", "Ready")
        };
        for other in [seen("b", "1 of 2"), seen("c", "Ready"), changed, failed] {
            assert!(is_news(&before, &[seen("a", "Ready"), other.clone()], at(101)), "{other:?}");
        }
        assert!(is_news(&before, &[seen("a", "Ready")], at(101)), "one is gone");
        assert!(is_news(&before[..1], &[seen("a", "Ready"), seen("b", "Ready")], at(101)), "one is new");
    }
}
