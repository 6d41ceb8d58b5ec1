//! Whether what stands is still as it should be: from what a look at the cluster showed to the sentence that says what is not.
//!
//! - What the cluster itself calls broken (a crash, an image that is not pulled, pods that are refused) is trouble at once. What is
//!   merely not ready is trouble only if the look before saw it so too: a restart passes by itself, and nobody is to be told of each.
//!   What was in trouble stays so until it is ready.
//! - As long as enough of a workload is ready, a rollout beside it is no trouble.
//! - What differs from what was applied and works all the same is not spoken of.

use serde_json::Value;

use super::kinds;
use super::readiness::{Assessment, Blocked, assess, object_status};
use super::status::Hue;

/// Ends the sentence of an environment of which nothing stands any more, which no waiting mends.
pub const DELETED_THERE: &str = "it was deleted there.";

/// Ends the sentence of a workload that somebody turned off, which the same person may turn on again.
const SCALED_TO_NOTHING: &str = "was scaled to 0 replicas.";
/// End the sentences of an object that is not there any more, or soon: nothing brings it back.
const OBJECT_MISSING: &str = "in its namespace.";
const OBJECT_LEAVING: &str = "is being deleted in the cluster.";

/// What mends what is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cure {
    /// It may recover by itself, or somebody may set it right in the cluster.
    Wait,
    /// The same as somebody turned off is turned on again.
    ScaleUp,
    /// It does not come back: another environment is needed.
    Anew,
    /// Nothing of the environment stands any more.
    AllGone,
}

/// What mends the trouble of a sentence of [`trouble`]: only the sentence is kept, and this is told by how it ends.
pub fn cure(trouble: &str) -> Cure {
    if trouble.ends_with(DELETED_THERE) {
        Cure::AllGone
    } else if trouble.ends_with(SCALED_TO_NOTHING) {
        Cure::ScaleUp
    } else if trouble.ends_with(OBJECT_MISSING) || trouble.ends_with(OBJECT_LEAVING) {
        Cure::Anew
    } else {
        Cure::Wait
    }
}

/// What a look found under the name of the environment's namespace.
#[derive(Debug, Clone, Copy)]
pub enum Found<'a> {
    /// Nothing.
    Nothing,
    /// A namespace that is another's.
    Foreign,
    /// The one that was made, without the label by which it is known.
    Unlabelled,
    /// The one that was made, on its way out.
    Leaving,
    /// Its own, with everything that it holds; the namespace is among that.
    Objects(&'a [Value]),
}

/// What should be there.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    pub namespace: &'a str,
    /// What its cluster is called.
    pub cluster: &'a str,
    /// The objects that were applied, but for those that are never read.
    pub applied: &'a [Value],
    /// What the look before saw as not ready: the words for its kind, and its name.
    pub unready_before: &'a [(&'a str, &'a str)],
    /// Whether it was in trouble already.
    pub in_trouble: bool,
}

/// What is wrong, in whole sentences; none where nothing is.
pub fn trouble(expected: &Expected<'_>, found: Found<'_>) -> Option<String> {
    let Expected { namespace, cluster, .. } = expected;
    let leaving = || Some(format!("The namespace {namespace} is being deleted in {cluster}."));
    match found {
        Found::Nothing => {
            Some(format!("The namespace {namespace} is no longer in {cluster}: {DELETED_THERE}"))
        }
        Found::Foreign => Some(format!(
            "The namespace {namespace} in {cluster} does not belong to this environment any more."
        )),
        Found::Unlabelled => Some(format!(
            "The namespace {namespace} in {cluster} has lost the label by which Slipway knows that it may look into it."
        )),
        Found::Leaving => leaving(),
        Found::Objects(seen) => {
            let own = seen.iter().find(|object| object["kind"] == kinds::NAMESPACE.kind);
            if own.is_some_and(is_leaving) {
                return leaving();
            }
            expected.applied.iter().find_map(|object| of_object(object, seen, expected))
        }
    }
}

/// Whether an object that shows like this is not ready.
pub fn is_unready(hue: Hue) -> bool {
    !matches!(hue, Hue::Ok | Hue::Off)
}

fn of_object(wanted: &Value, seen: &[Value], expected: &Expected<'_>) -> Option<String> {
    let (kind, name) = (text(&wanted["kind"]), text(&wanted["metadata"]["name"]));
    let words = kinds::words(kind);
    let found = seen.iter().find(|object| object["kind"] == kind && object["metadata"]["name"] == name);
    let Some(object) = found else {
        // A job that is done may be cleared away by the cluster.
        return (kind != "Job")
            .then(|| format!("Slipway no longer finds the {words} {name} {OBJECT_MISSING}"));
    };
    if is_leaving(object) {
        return Some(format!("The {words} {name} {OBJECT_LEAVING}"));
    }
    let replicas = |object: &Value| object["spec"]["replicas"].as_u64().unwrap_or(1);
    if matches!(kind, "Deployment" | "StatefulSet") && replicas(object) == 0 && replicas(wanted) > 0 {
        return Some(format!("The {words} {name} {SCALED_TO_NOTHING}"));
    }
    if !is_unready(object_status(object).hue) {
        return None;
    }
    match assess(std::slice::from_ref(wanted), seen, None) {
        Assessment::Ready => None,
        Assessment::Blocked(Blocked { sentence, .. }) => Some(sentence),
        Assessment::Progressing { sentence, .. } => {
            let lasts = expected.in_trouble || expected.unready_before.contains(&(words, name));
            lasts.then_some(sentence)
        }
    }
}

fn is_leaving(object: &Value) -> bool {
    !object["metadata"]["deletionTimestamp"].is_null()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests;
