//! Looks at what an environment that stands has in its cluster: soon, while somebody has its page open, and by and by otherwise
//! ([`super::watch`]).
//!
//! - While an operation runs, its steps look; afterwards nobody would, and what was seen long ago would be shown as present.
//! - It is no job: what is seen can be seen again, and a look that a restart cuts off is not missed. A page that is open for days has
//!   the cluster looked at each half minute, and something written when it changed, or else each minute.
//! - One that is ready and not as it should be is in trouble, until a look finds it well again. A look that got no answer says nothing.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::environments::kinds;
use domain::environments::life::State;
use domain::environments::standing::{self, Expected, Found};
use domain::ids::EnvironmentId;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::engine::reach;
use super::kubernetes::{self, Kubernetes, NamespaceState, ObjectRow, Target, row};
use super::rows::{Environment, SeenObject};
use super::{Environments, engine, store};
use crate::clusters::{self, Connection};

/// What was looked at this recently is not looked at again.
const FRESH: Duration = Duration::from_secs(if cfg!(test) { 2 } else { 30 });
/// That nothing changed is written no more often than this, so that the page's "seen" may be as much behind the last look.
const KEPT: SignedDuration = SignedDuration::from_mins(1);
/// What the look before saw counts as such only if it was at least so long ago: two looks may follow closely on one another.
const APART: SignedDuration = SignedDuration::from_secs(if cfg!(test) { 1 } else { 20 });
/// The longest look.
const LIMIT: Duration = Duration::from_secs(10);

/// When each environment was last looked at by this process.
#[derive(Clone, Debug, Default)]
pub(super) struct Looks(Arc<Mutex<HashMap<EnvironmentId, Instant>>>);

impl Looks {
    /// Whether it is time to look again; the look counts as begun then.
    pub(super) fn begin(&self, id: EnvironmentId) -> bool {
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
    tokio::spawn(async move { look(&environments, &environment, now).await });
}

/// Looks at it, for a limited time; whether its cluster answered.
pub(super) async fn look(environments: &Environments, environment: &Environment, now: Timestamp) -> bool {
    let before = is_out_of_sight(environments, environment).await;
    let answered = look_within_limit(environments, environment, now).await;
    // Whether its cluster works is part of how it stands.
    if is_out_of_sight(environments, environment).await != before {
        environments.changes.tell(environment.id);
    }
    answered
}

async fn is_out_of_sight(environments: &Environments, environment: &Environment) -> bool {
    let id = environment.cluster_id;
    let Ok(mut reader) = environments.db.read().await else { return false };
    let named = clusters::contact::names_of(&mut reader, [id]).await;
    named.is_ok_and(|named| named.get(&id).is_some_and(|cluster| cluster.does_not_work))
}

async fn look_within_limit(environments: &Environments, environment: &Environment, now: Timestamp) -> bool {
    match tokio::time::timeout(LIMIT, try_to_look(environments, environment, now)).await {
        Ok(Ok(answered)) => answered,
        Ok(Err(error)) => {
            tracing::debug!(%error, environment = %environment.id, "it could not be looked at");
            // What failed is ours.
            true
        }
        Err(_) => {
            tracing::debug!(environment = %environment.id, "looking at it took too long");
            false
        }
    }
}

async fn try_to_look(
    environments: &Environments,
    environment: &Environment,
    now: Timestamp,
) -> Result<bool, crate::jobs::Failure> {
    let (connection, driver) = match reach::open(environments, environment, now).await? {
        Ok(opened) => opened,
        // The page of clusters says why it cannot be called; here what was seen keeps its time.
        Err(_) => return Ok(false),
    };
    let seen = observe(&driver, &engine::target(environment)).await;
    // A cluster that is busy, or that refuses this one question, answers all the same.
    let fault = seen.as_ref().err().and_then(|error| error.fault());
    let fault = fault.filter(|fault| fault.is_of_connection());
    clusters::contact::record_contact(&environments.db, &connection, fault.map_or(Ok(()), Err), now).await?;
    let Ok((seen, namespace)) = seen else { return Ok(false) };
    let found = match &namespace {
        None => Found::Objects(&seen),
        Some(NamespaceState::Absent) => Found::Nothing,
        Some(NamespaceState::Foreign) => Found::Foreign,
        Some(NamespaceState::Unlabelled) => Found::Unlabelled,
        Some(NamespaceState::Terminating { .. }) => Found::Leaving,
        // It came back between two questions: the next look sees what it holds.
        Some(NamespaceState::Active { .. }) => return Ok(true),
    };
    let rows: Vec<ObjectRow> = seen.iter().filter_map(row).collect();
    let known = store::object_list(&mut environments.db.read().await?, environment.id).await?;
    let trouble = match environment.state()? {
        State::Ready => {
            let applied = applied(environments, environment, &connection).await?;
            let before = unready_before(&known, now);
            match (&applied, found) {
                // What should be there is not known, so what is there tells neither of trouble nor of its end.
                (None, Found::Objects(_)) => environment.trouble.clone(),
                (applied, found) => {
                    let expected = Expected {
                        namespace: &environment.namespace,
                        cluster: &connection.name,
                        applied: applied.as_deref().unwrap_or_default(),
                        unready_before: &before,
                        in_trouble: environment.trouble.is_some(),
                    };
                    standing::trouble(&expected, found)
                }
            }
        }
        // It says itself why it failed.
        _ => None,
    };
    let seen_at = environment.objects_seen_at.map(Timestamp::from);
    if is_news(&known, &rows, seen_at, now) || trouble != environment.trouble {
        keep(environments, environment, &rows, trouble.as_deref(), now).await?;
    }
    Ok(true)
}

/// Everything of the environment; where that is nothing, how its namespace stands.
async fn observe(
    driver: &Kubernetes,
    target: &Target,
) -> kubernetes::Result<(Vec<Value>, Option<NamespaceState>)> {
    let seen = driver.observe(target).await?;
    let namespace = match seen.is_empty() {
        true => Some(driver.namespace_state(target).await?),
        false => None,
    };
    Ok((seen, namespace))
}

/// What was applied, but for what is never read; none where that cannot be put together any more.
async fn applied(
    environments: &Environments,
    environment: &Environment,
    connection: &Connection,
) -> Result<Option<Vec<Value>>, crate::jobs::Failure> {
    let Ok(prepared) = engine::prepare(environments, environment, connection).await? else {
        return Ok(None);
    };
    let is_read = |object: &&Value| {
        let kind = object["kind"].as_str().and_then(kinds::allowed);
        kind.is_some_and(clusters::rights::is_readable)
    };
    Ok(Some(prepared.rendered.objects().filter(is_read).cloned().collect()))
}

/// What the look before saw as not ready.
fn unready_before(known: &[SeenObject], now: Timestamp) -> Vec<(&str, &str)> {
    known
        .iter()
        .filter(|known| now.duration_since(known.seen_at.0) >= APART)
        .filter(|known| serde_json::from_value(json!(known.hue)).is_ok_and(standing::is_unready))
        .map(|known| (known.kind.as_str(), known.name.as_str()))
        .collect()
}

/// Whether what was seen is other than what is kept, or that was seen too long ago, or never.
fn is_news(known: &[SeenObject], seen: &[ObjectRow], seen_at: Option<Timestamp>, now: Timestamp) -> bool {
    let kept = |row: &ObjectRow| known.iter().any(|known| shows(known, row));
    let old = seen_at.is_none_or(|at| now.duration_since(at) >= KEPT);
    known.len() != seen.len() || !seen.iter().all(kept) || old
}

/// Whether the page shows an object as it was seen.
fn shows(known: &SeenObject, seen: &ObjectRow) -> bool {
    known.kind == seen.kind
        && known.name == seen.name
        && known.words == seen.status.word
        && json!(seen.status.hue) == known.hue.as_str()
        && seen.changed.is_none_or(|changed| changed == known.changed_at.0)
}

/// Keeps what a look saw, unless it is of something older than what is known by now: an operation or another look came between.
async fn keep(
    environments: &Environments,
    environment: &Environment,
    rows: &[ObjectRow],
    trouble: Option<&str>,
    now: Timestamp,
) -> Result<(), crate::jobs::Failure> {
    let id = environment.id;
    let mut tx = environments.db.begin().await?;
    let Some(fresh) = store::environment_find_for_update(&mut tx, id).await? else { return Ok(()) };
    let state = fresh.state()?;
    // An operation may have begun meanwhile: then its steps know better.
    if !stands(state) {
        return Ok(());
    }
    // Where one also ended meanwhile, what was looked at is not what became ready; and where another look told something new, that
    // may be the newer one.
    let is_the_same = state == environment.state()?
        && fresh.ready_at == environment.ready_at
        && fresh.trouble == environment.trouble;
    if !is_the_same {
        return Ok(());
    }
    store::object_save_all(&mut tx, id, rows, now).await?;
    let is_told = fresh.trouble.as_deref() != trouble;
    if is_told {
        store::trouble_save(&mut tx, id, trouble, now).await?;
        let sentence = match (fresh.trouble, trouble) {
            (None, Some(trouble)) => Some(format!("No longer ready: {trouble}")),
            (Some(_), None) => Some("Ready again".to_owned()),
            // Its words changed.
            _ => None,
        };
        if let Some(sentence) = sentence {
            store::event_create(&mut tx, id, "Slipway", &sentence, now).await?;
        }
    }
    tx.commit().await?;
    match is_told {
        true => environments.changes.tell(id),
        false => environments.changes.tell_detail(id),
    }
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
        let seen_at = Some(at(100));
        assert!(!is_news(&before, &same, seen_at, at(159)));
        assert!(is_news(&before, &same, seen_at, at(160)), "the page says when it was seen");
        assert!(!is_news(&[], &[], seen_at, at(159)));
        assert!(is_news(&[], &[], None, at(159)), "that nothing is there was not known");
    }

    #[test]
    fn what_a_look_a_moment_ago_saw_is_not_the_look_before() {
        let of = |hue: &str| SeenObject { hue: hue.to_owned(), ..known(hue, "0 of 1") };
        let seen = [of("ok"), of("off"), of("busy"), of("bad")];
        assert_eq!(unready_before(&seen, at(200)), [("pod", "busy"), ("pod", "bad")]);
        assert!(unready_before(&seen, at(100)).is_empty());
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
            let seen = [seen("a", "Ready"), other.clone()];
            assert!(is_news(&before, &seen, Some(at(100)), at(101)), "{other:?}");
        }
        assert!(is_news(&before, &[seen("a", "Ready")], Some(at(100)), at(101)), "one is gone");
        let both = [seen("a", "Ready"), seen("b", "Ready")];
        assert!(is_news(&before[..1], &both, Some(at(100)), at(101)), "one is new");
    }
}
