//! Waits until what was applied is ready: follows every kind that matters and lets the rules judge after each change.
//!
//! - The limit is ours; the cluster is never trusted to end anything.
//! - A watch that ends is taken up where it ended; one whose point is forgotten (410) begins with a new list.
//! - A cluster that does not answer is told once and waited for; one that refuses ends the wait.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use domain::environments::kinds::{self, Kind};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{Kubernetes, Result, Target, kind_of, labels, text, while_doing};
use crate::clusters::Fault;
use crate::clusters::api::ClusterApi;
use crate::clusters::rights::is_readable;
use crate::clusters::watch::Change;

/// How long to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// In all.
    pub limit: Duration,
    /// How often to judge though nothing changed, as rules may look at the time.
    pub judge_every: Duration,
}

impl Patience {
    /// Waits `limit`.
    pub fn of(limit: Duration) -> Self {
        Self { limit, judge_every: Duration::from_secs(5) }
    }
}

/// What the rules say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Not yet.
    Waiting,
    /// All is well.
    Ready,
    /// It will not become ready by waiting.
    Failed,
}

/// What is told while waiting.
#[derive(Debug)]
pub enum Notice<'a, A> {
    /// The assessment changed.
    Assessed(&'a A),
    /// The cluster cannot be followed for now.
    Trouble(&'a Fault),
    /// It can again.
    Recovered,
}

/// How the wait ended, with the last assessment (none if the cluster never answered in full).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended<A> {
    /// Ready.
    Ready(A),
    /// Failed.
    Failed(A),
    /// The limit passed.
    TimedOut(Option<A>),
    /// Somebody cancelled.
    Cancelled(Option<A>),
}

/// What a follower of one kind tells.
enum Heard {
    Listed(Vec<Value>),
    Changed(Change),
    Trouble(Fault),
    Following,
}

impl Kubernetes {
    /// Follows the kinds of `objects` and what the cluster makes of them, has `assess` judge all that is there after
    /// each change, and tells `notice` when the assessment is another one.
    ///
    /// Objects of kinds that cannot be read (secrets) or never become anything (a quota) count as they were applied.
    pub async fn wait_ready<A: PartialEq>(
        &self,
        target: &Target,
        objects: &[Value],
        patience: Patience,
        cancel: &CancellationToken,
        assess: &mut (dyn FnMut(&[Value]) -> (A, Verdict) + Send),
        notice: &mut (dyn FnMut(Notice<'_, A>) + Send),
    ) -> Result<Ended<A>> {
        let kinds = followed(objects);
        let (tell, mut hear) = mpsc::channel(256);
        let mut followers = JoinSet::new();
        for (number, kind) in kinds.iter().copied().enumerate() {
            let follower = Follower {
                cluster: self.cluster.clone(),
                kind,
                namespace: target.namespace.clone(),
                labels: labels(kind, target),
                number,
                tell: tell.clone(),
            };
            // Dropping the set ends them all.
            followers.spawn(follower.run());
        }
        drop(tell);
        let end = Instant::now() + patience.limit;
        let applied =
            objects.iter().filter(|object| kind_of(object).is_none_or(|kind| !kinds.contains(&kind)));
        let mut seen = Seen::new(kinds.len(), applied.cloned().collect());
        let mut last: Option<A> = None;
        loop {
            let next_look = (Instant::now() + patience.judge_every).min(end);
            tokio::select! {
                () = cancel.cancelled() => return Ok(Ended::Cancelled(last)),
                () = tokio::time::sleep_until(next_look) => {
                    if Instant::now() >= end {
                        return Ok(Ended::TimedOut(last));
                    }
                }
                heard = hear.recv() => {
                    let Some(heard) = heard else { return Ok(Ended::TimedOut(last)) };
                    seen.take(heard, notice).map_err(while_doing(format!("Watching the namespace “{}”", target.namespace)))?;
                    // What came at the same time is judged together.
                    while let Ok(heard) = hear.try_recv() {
                        seen.take(heard, notice).map_err(while_doing(format!("Watching the namespace “{}”", target.namespace)))?;
                    }
                }
            }
            let Some(all) = seen.all() else { continue };
            let (assessment, verdict) = assess(&all);
            if last.as_ref() != Some(&assessment) {
                notice(Notice::Assessed(&assessment));
            }
            match verdict {
                Verdict::Waiting => last = Some(assessment),
                Verdict::Ready => return Ok(Ended::Ready(assessment)),
                Verdict::Failed => return Ok(Ended::Failed(assessment)),
            }
        }
    }
}

/// The kinds of the objects, and those that tell why they do not come up.
pub(super) fn followed(objects: &[Value]) -> Vec<Kind> {
    let mut all: Vec<Kind> = Vec::new();
    let asked =
        objects.iter().filter_map(kind_of).filter(|kind| is_readable(*kind) && kind.kind != "Namespace");
    for kind in asked.filter(|kind| kinds::allowed(kind.kind).is_some()).chain(kinds::DERIVED) {
        if !all.contains(&kind) {
            all.push(kind);
        }
    }
    all
}

/// What is known of the namespace, kind by kind, by UID.
struct Seen {
    kinds: Vec<Option<BTreeMap<String, Value>>>,
    troubled: BTreeSet<usize>,
    /// What is not followed.
    applied: Vec<Value>,
}

impl Seen {
    fn new(kinds: usize, applied: Vec<Value>) -> Self {
        Self { kinds: vec![None; kinds], troubled: BTreeSet::new(), applied }
    }

    fn take<A>(
        &mut self,
        (number, heard): (usize, Heard),
        notice: &mut (dyn FnMut(Notice<'_, A>) + Send),
    ) -> Result<(), Fault> {
        match heard {
            Heard::Trouble(fault) if !fault.is_retryable() => return Err(fault),
            Heard::Trouble(fault) => {
                if self.troubled.is_empty() {
                    notice(Notice::Trouble(&fault));
                }
                self.troubled.insert(number);
            }
            Heard::Following => {
                if self.troubled.remove(&number) && self.troubled.is_empty() {
                    notice(Notice::Recovered);
                }
            }
            Heard::Listed(items) => {
                self.kinds[number] = Some(items.into_iter().map(|item| (uid(&item), slim(item))).collect());
            }
            Heard::Changed(change) => {
                if let Some(known) = &mut self.kinds[number] {
                    match change {
                        Change::Put(object) => drop(known.insert(uid(&object), slim(object))),
                        Change::Removed(object) => drop(known.remove(&uid(&object))),
                        Change::Bookmark => {}
                    }
                }
            }
        }
        Ok(())
    }

    /// Everything, once every kind was listed: half of it would be judged wrongly.
    fn all(&self) -> Option<Vec<Value>> {
        let kinds: Option<Vec<_>> = self.kinds.iter().map(Option::as_ref).collect();
        Some(kinds?.into_iter().flat_map(BTreeMap::values).chain(&self.applied).cloned().collect())
    }
}

fn uid(object: &Value) -> String {
    text(&object["metadata"]["uid"]).to_owned()
}

/// Which fields each manager wrote is half of an object's size and of no use; when it last did tells when the object changed.
fn slim(mut object: Value) -> Value {
    let managers = object.pointer_mut("/metadata/managedFields").and_then(Value::as_array_mut);
    for entry in managers.into_iter().flatten() {
        let time = entry.get_mut("time").map(Value::take);
        *entry = json!({ "time": time });
    }
    object
}

/// Follows one kind in one namespace.
struct Follower {
    cluster: ClusterApi,
    kind: Kind,
    namespace: String,
    labels: Option<String>,
    number: usize,
    tell: mpsc::Sender<(usize, Heard)>,
}

/// Pauses after trouble: 0.2 s, doubled up to 10 s.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// A watch that ends sooner than this was no watch: pause before the next.
const SHORT_LIFE: Duration = Duration::from_secs(1);

impl Follower {
    async fn run(self) {
        let mut pause = FIRST_PAUSE;
        loop {
            let selector = self.labels.as_deref();
            match self.cluster.list(self.kind, Some(&self.namespace), selector).await {
                Ok(listed) => {
                    if !self.say(Heard::Listed(listed.items)).await || !self.say(Heard::Following).await {
                        return;
                    }
                    if !self.watch_from(listed.resource_version, &mut pause).await {
                        return;
                    }
                }
                Err(fault) => {
                    if !self.trouble(fault).await {
                        return;
                    }
                }
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Watches until only a new list helps; false when the wait is over.
    async fn watch_from(&self, mut version: String, pause: &mut Duration) -> bool {
        loop {
            let began = Instant::now();
            match self.watch_once(&mut version, pause).await {
                Ok(()) => {}
                Err(Fault::Gone { .. }) => return !self.tell.is_closed(),
                Err(fault) => {
                    if !self.trouble(fault).await {
                        return false;
                    }
                }
            }
            if self.tell.is_closed() {
                return false;
            }
            if began.elapsed() < SHORT_LIFE {
                tokio::time::sleep(*pause).await;
                *pause = (*pause * 2).min(LONGEST_PAUSE);
            }
        }
    }

    /// One watch from its begin to its end.
    async fn watch_once(&self, version: &mut String, pause: &mut Duration) -> Result<(), Fault> {
        let mut watch =
            self.cluster.watch(self.kind, &self.namespace, self.labels.as_deref(), version).await?;
        if !self.say(Heard::Following).await {
            return Ok(());
        }
        loop {
            match watch.next().await {
                Ok(None) => return Ok(()),
                // Silent beyond its end: the connection is dead, the watch goes on with another.
                Err(Fault::TimedOut { .. }) => return Ok(()),
                Err(fault) => return Err(fault),
                Ok(Some((change, at))) => {
                    *pause = FIRST_PAUSE;
                    if !at.is_empty() {
                        *version = at;
                    }
                    if change != Change::Bookmark && !self.say(Heard::Changed(change)).await {
                        return Ok(());
                    }
                }
            }
        }
    }

    /// Tells of a fault; false when following on is of no use.
    async fn trouble(&self, fault: Fault) -> bool {
        let goes_on = fault.is_retryable();
        self.say(Heard::Trouble(fault)).await && goes_on
    }

    /// False when nobody listens any more.
    async fn say(&self, heard: Heard) -> bool {
        self.tell.send((self.number, heard)).await.is_ok()
    }
}

#[cfg(test)]
#[path = "wait_tests.rs"]
mod tests;
