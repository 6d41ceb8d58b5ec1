//! Is it ready, and if not, why: from what the cluster shows to the page's own words.
//!
//! - A sentence says what is wrong, what to do, and in which pod and container; `detail` keeps the cluster's own words. Everybody who
//!   is signed in reads it: it names nothing of the page that only some are shown.
//! - What may heal by waiting is told apart from what cannot ([`Cause::can_heal`]).
//! - What the cluster refused before somebody asked to try again says nothing of now: it is shown, and never final.
//! - Shapes are those of Kubernetes 1.34; a field that is absent never counts as good news.

mod object;
mod pod;
mod refusal;
mod workload;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::lifetime::print;

pub use object::{ObjectStatus, object_status};
pub use refusal::refused;

/// What is in the way of something that may be on its way up all the same is told once it has lasted so long: most of it passes by itself.
pub const LASTS: SignedDuration = SignedDuration::from_secs(15);

/// Ends the sentence of what no other try can mend: the cluster runs a job once, and Slipway deletes nothing but the namespace.
pub const ONLY_ANEW: &str = "It runs only once: request a new environment.";

/// Stand around the name of a container at the end of a sentence about it; the name of its pod follows.
pub(super) const SEEN_IN_CONTAINER: &str = "Seen in container ";
pub(super) const OF_POD: &str = " of pod ";

/// Whether what was applied is ready.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Assessment {
    Ready,
    Progressing {
        sentence: String,
        /// Whether something keeps it that may not pass by itself, such as a probe that fails.
        held_up: bool,
    },
    Blocked(Blocked),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blocked {
    pub cause: Cause,
    /// What is wrong, what to do, and where.
    pub sentence: String,
    /// The cluster's own words.
    pub detail: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    ImageNameInvalid,
    ImageNotPulled,
    Crashing,
    OutOfMemory,
    RunsAsRoot,
    ContainerNotCreated,
    VolumeNotMounted,
    Unschedulable,
    QuotaRefused,
    PodSecurityRefused,
    LimitRangeRefused,
    AdmissionRefused,
    /// Refused before somebody asked to try again: the cluster's controllers try again by themselves, with pauses.
    RefusedBefore,
    /// Nobody could judge: a webhook does not answer, a quota is not counted yet.
    AdmissionAway,
    VolumeNotBound,
    JobFailed,
    NeverReady,
    ProgressDeadlineExceeded,
}

impl Cause {
    /// Whether waiting may help: an image may still be pushed, a node may come, a dependency may start.
    /// What cannot heal need not wait for the step's time limit.
    pub fn can_heal(self) -> bool {
        match self {
            Cause::ImageNotPulled
            | Cause::Crashing
            | Cause::OutOfMemory
            | Cause::ContainerNotCreated
            | Cause::VolumeNotMounted
            | Cause::Unschedulable
            | Cause::RefusedBefore
            | Cause::AdmissionAway
            | Cause::VolumeNotBound
            | Cause::NeverReady
            // Its pods may have come up since: the deployment says so a moment after they do.
            | Cause::ProgressDeadlineExceeded => true,
            Cause::ImageNameInvalid
            | Cause::RunsAsRoot
            | Cause::QuotaRefused
            | Cause::PodSecurityRefused
            | Cause::LimitRangeRefused
            | Cause::AdmissionRefused
            | Cause::JobFailed => false,
        }
    }
}

impl Assessment {
    fn progressing(sentence: impl Into<String>) -> Self {
        Assessment::Progressing { sentence: sentence.into(), held_up: false }
    }

    fn held_up(sentence: impl Into<String>) -> Self {
        Assessment::Progressing { sentence: sentence.into(), held_up: true }
    }

    fn blocked(cause: Cause, sentence: impl Into<String>, detail: impl Into<String>) -> Self {
        Assessment::Blocked(Blocked { cause, sentence: sentence.into(), detail: detail.into() })
    }

    /// Whether something keeps it from getting ready.
    pub fn is_held_up(&self) -> bool {
        match self {
            Assessment::Ready => false,
            Assessment::Progressing { held_up, .. } => *held_up,
            Assessment::Blocked(_) => true,
        }
    }

    /// What the page tells as being in the way, where something has been for so long: in our words, and the cluster's.
    pub fn in_the_way(&self, held_up_for: SignedDuration) -> Option<(&str, &str)> {
        match self {
            Assessment::Blocked(Blocked { sentence, detail, .. }) => Some((sentence, detail)),
            Assessment::Progressing { sentence, held_up: true } if held_up_for >= LASTS => {
                Some((sentence, ""))
            }
            Assessment::Ready | Assessment::Progressing { .. } => None,
        }
    }

    /// The same after the step's time limit: what still makes progress counts as never ready.
    pub fn after(self, limit: SignedDuration) -> Assessment {
        match self {
            Assessment::Progressing { sentence, .. } => {
                let words = format!("Not ready after {}. {sentence}", print(limit));
                Assessment::blocked(Cause::NeverReady, words, sentence)
            }
            other => other,
        }
    }
}

/// Assesses what was applied (`wanted`, as rendered) by what the namespace holds now (`seen`: the same kinds, and
/// ReplicaSets, Pods and Events). A block comes before progress, and what is held up before what goes on; the first of each in the order of
/// `wanted`.
/// `retried_at` is when somebody asked to try again, if they did.
pub fn assess(wanted: &[Value], seen: &[Value], retried_at: Option<Timestamp>) -> Assessment {
    let cluster = Seen { objects: seen, retried_at };
    worst(wanted.iter().map(|object| workload::assess(object, &cluster)))
}

/// The first that is blocked, else the first that is held up, else the first that is not ready.
fn worst(all: impl Iterator<Item = Assessment>) -> Assessment {
    let mut worst = Assessment::Ready;
    for one in all {
        if matches!(one, Assessment::Blocked(_)) {
            return one;
        }
        if worst == Assessment::Ready || (one.is_held_up() && !worst.is_held_up()) {
            worst = one;
        }
    }
    worst
}

/// The objects of the namespace, with the few ways in which they are looked up.
struct Seen<'a> {
    objects: &'a [Value],
    retried_at: Option<Timestamp>,
}

impl<'a> Seen<'a> {
    fn of_kind(&self, kind: &'static str) -> impl Iterator<Item = &'a Value> {
        self.objects.iter().filter(move |object| object["kind"] == kind)
    }

    fn find(&self, kind: &str, name: &str) -> Option<&'a Value> {
        self.objects.iter().find(|object| object["kind"] == kind && object["metadata"]["name"] == name)
    }

    /// Objects of a kind that this one controls.
    fn owned(&self, kind: &'static str, owner: &Value) -> Vec<&'a Value> {
        let (owner_kind, owner_name) = (owner["kind"].clone(), owner["metadata"]["name"].clone());
        let ours = move |object: &&Value| {
            let references = object["metadata"]["ownerReferences"].as_array();
            references.is_some_and(|list| {
                list.iter()
                    .any(|reference| reference["kind"] == owner_kind && reference["name"] == owner_name)
            })
        };
        self.of_kind(kind).filter(ours).collect()
    }

    /// The message of the latest event of one of these reasons about an object.
    fn event(&self, about: &Value, reasons: &[&str]) -> Option<&'a str> {
        self.latest(about, reasons).map(|event| text(&event["message"]))
    }

    /// The latest event of one of these reasons about an object.
    fn latest(&self, about: &Value, reasons: &[&str]) -> Option<&'a Value> {
        self.of_kind("Event")
            .filter(|event| {
                let object = &event["involvedObject"];
                object["kind"] == about["kind"] && object["name"] == about["metadata"]["name"]
            })
            .filter(|event| reasons.contains(&text(&event["reason"])))
            .max_by_key(|event| event_time(event))
    }

    /// Whether what the cluster told at this time (RFC 3339) was told since somebody asked to try again.
    fn is_of_this_try(&self, told_at: &str) -> bool {
        let Some(retried_at) = self.retried_at else { return true };
        told_at.parse().is_ok_and(|told_at: Timestamp| told_at >= retried_at)
    }
}

/// RFC 3339 in UTC, which orders as text; newer events carry `eventTime` instead of `lastTimestamp`.
fn event_time(event: &Value) -> &str {
    [&event["series"]["lastObservedTime"], &event["lastTimestamp"], &event["eventTime"]]
        .into_iter()
        .find_map(Value::as_str)
        .unwrap_or_default()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn name(object: &Value) -> &str {
    text(&object["metadata"]["name"])
}

/// The condition of this type.
fn condition<'a>(object: &'a Value, of_type: &str) -> Option<&'a Value> {
    object["status"]["conditions"].as_array()?.iter().find(|condition| condition["type"] == of_type)
}

#[cfg(test)]
mod tests;
