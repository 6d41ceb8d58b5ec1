//! What holds up one applied object, by its kind. The rules for "ready" are those of `kubectl rollout status`.

use serde_json::Value;

use super::{Assessment, Cause, ONLY_ANEW, Seen, condition, event_time, name, pod, refused, text, worst};
use crate::environments::kinds;

/// Assesses one applied object.
pub fn assess(wanted: &Value, seen: &Seen<'_>) -> Assessment {
    let kind = text(&wanted["kind"]);
    let Some(object) = seen.find(kind, name(wanted)) else {
        let what = kinds::words(kind);
        // It was applied: where that lasts, somebody deleted it.
        let words =
            format!("The cluster does not show {what} {}. It may have been deleted there.", name(wanted));
        return Assessment::held_up(words);
    };
    match kind {
        "Deployment" => deployment(object, seen),
        "StatefulSet" => stateful_set(object, seen),
        "Job" => job(object, seen),
        "PersistentVolumeClaim" => claim(object, seen),
        // These are ready as soon as they exist.
        _ => Assessment::Ready,
    }
}

fn deployment(object: &Value, seen: &Seen<'_>) -> Assessment {
    let status = &object["status"];
    let count = |key: &str| status[key].as_u64().unwrap_or(0);
    let replicas = object["spec"]["replicas"].as_u64().unwrap_or(1);
    let observed = observed(object);
    let updated = count("updatedReplicas");
    if observed
        && updated == replicas
        && count("replicas") == updated
        && count("availableReplicas") == updated
    {
        return Assessment::Ready;
    }
    let what = format!("deployment {}", name(object));
    if !observed {
        return Assessment::progressing(format!("The cluster has not taken up {what} yet."));
    }
    let newest = newest_replica_set(object, seen);
    if let Some(failure) = condition(object, "ReplicaFailure").filter(|failure| failure["status"] == "True") {
        let since = [&failure["lastUpdateTime"], &failure["lastTransitionTime"]];
        let since = since.into_iter().find_map(Value::as_str).unwrap_or_default();
        let is_of_this_try = seen.is_of_this_try(since);
        // The condition keeps the time at which it began; that it goes on, events tell.
        let again = newest.filter(|_| !is_of_this_try).and_then(|set| seen.latest(set, &["FailedCreate"]));
        let again = again.filter(|event| seen.is_of_this_try(event_time(event)));
        return match again {
            Some(event) => refusal(&what, text(&event["message"]), true),
            None => refusal(&what, text(&failure["message"]), is_of_this_try),
        };
    }
    let pods = newest.map(|set| seen.owned("Pod", set)).unwrap_or_default();
    let (progress, held_up) = match pods_of(&pods, seen) {
        blocked @ Assessment::Blocked(_) => return blocked,
        Assessment::Progressing { sentence, held_up } => (Some(sentence), held_up),
        Assessment::Ready => (None, false),
    };
    let late = condition(object, "Progressing")
        .filter(|progressing| progressing["reason"] == "ProgressDeadlineExceeded");
    if let Some(late) = late {
        let message = text(&late["message"]);
        return match progress {
            Some(why) => Assessment::blocked(Cause::NeverReady, never_ready(&what, &why), message),
            None => {
                let sentence = format!(
                    "{} made no progress within its deadline. The cluster's message says more.",
                    capital(&what)
                );
                Assessment::blocked(Cause::ProgressDeadlineExceeded, sentence, message)
            }
        };
    }
    let ready = count("readyReplicas").min(updated);
    let head = if count("replicas") > updated && updated == replicas && ready == replicas {
        let old = kinds::numbered((count("replicas") - updated) as usize, "old pod");
        format!("{} waits for {old} to end.", capital(&what))
    } else {
        format!("{ready} of {replicas} replicas of {what} are ready.")
    };
    let sentence = [Some(head), progress].into_iter().flatten().collect::<Vec<_>>().join(" ");
    Assessment::Progressing { sentence, held_up }
}

/// The pods of a workload were refused: in this try, or before somebody asked for it.
fn refusal(what: &str, message: &str, is_of_this_try: bool) -> Assessment {
    let blocked = refused(&format!("the pods of {what}"), message);
    if is_of_this_try || blocked.cause.can_heal() {
        return Assessment::Blocked(blocked);
    }
    let sentence = format!(
        "{} The cluster said so before the last try. It checks again automatically within a few minutes.",
        blocked.sentence
    );
    Assessment::blocked(Cause::RefusedBefore, sentence, blocked.detail)
}

fn never_ready(what: &str, why: &str) -> String {
    format!(
        "{} never became ready. {why} Check the port and the health path, and read the log.",
        capital(what)
    )
}

/// The replica set of the deployment's present revision.
fn newest_replica_set<'a>(deployment: &Value, seen: &Seen<'a>) -> Option<&'a Value> {
    const REVISION: &str = "deployment.kubernetes.io/revision";
    let revision =
        |object: &Value| text(&object["metadata"]["annotations"][REVISION]).parse::<u64>().unwrap_or(0);
    seen.owned("ReplicaSet", deployment).into_iter().max_by_key(|set| revision(set))
}

fn stateful_set(object: &Value, seen: &Seen<'_>) -> Assessment {
    let status = &object["status"];
    let count = |key: &str| status[key].as_u64().unwrap_or(0);
    let replicas = object["spec"]["replicas"].as_u64().unwrap_or(1);
    let current =
        status["updateRevision"] == status["currentRevision"] || count("updatedReplicas") == replicas;
    let what = format!("stateful set {}", name(object));
    if observed(object) && current && count("readyReplicas") == replicas && count("replicas") == replicas {
        return Assessment::Ready;
    }
    let pods = seen.owned("Pod", object);
    // A refusal before the pod that came last is over.
    if count("replicas") < replicas
        && let Some(event) = seen.latest(object, &["FailedCreate"])
        && pods.iter().all(|pod| text(&pod["metadata"]["creationTimestamp"]) <= event_time(event))
    {
        return refusal(&what, text(&event["message"]), seen.is_of_this_try(event_time(event)));
    }
    match pods_of(&pods, seen) {
        blocked @ Assessment::Blocked(_) => blocked,
        other => {
            let held_up = other.is_held_up();
            let more = match other {
                Assessment::Progressing { sentence, .. } => format!(" {sentence}"),
                _ => String::new(),
            };
            let sentence =
                format!("{} of {replicas} replicas of {what} are ready.{more}", count("readyReplicas"));
            Assessment::Progressing { sentence, held_up }
        }
    }
}

fn job(object: &Value, seen: &Seen<'_>) -> Assessment {
    let holds = |of_type| condition(object, of_type).filter(|condition| condition["status"] == "True");
    let what = format!("job {}", name(object));
    if holds("Complete").is_some() {
        return Assessment::Ready;
    }
    if let Some(failed) = holds("Failed").or_else(|| holds("FailureTarget")) {
        let why = match text(&failed["reason"]) {
            "BackoffLimitExceeded" => "it reached its retry limit",
            "DeadlineExceeded" => "it exceeded its deadline",
            _ => "the cluster says why",
        };
        let sentence = format!("{} failed: {why}. Read its log. {ONLY_ANEW}", capital(&what));
        return Assessment::blocked(Cause::JobFailed, sentence, text(&failed["message"]));
    }
    let pods = seen.owned("Pod", object);
    if pods.is_empty()
        && let Some(event) = seen.latest(object, &["FailedCreate"])
    {
        return refusal(&what, text(&event["message"]), seen.is_of_this_try(event_time(event)));
    }
    match pods_of(&pods, seen) {
        blocked @ Assessment::Blocked(_) => blocked,
        _ => Assessment::progressing(format!("{} is running.", capital(&what))),
    }
}

fn claim(object: &Value, seen: &Seen<'_>) -> Assessment {
    let what = format!("volume claim {}", name(object));
    match text(&object["status"]["phase"]) {
        "Bound" => Assessment::Ready,
        "Lost" => {
            let sentence = format!("The volume of {what} is gone. Ask whoever runs the cluster.");
            Assessment::blocked(Cause::VolumeNotBound, sentence, "Lost")
        }
        _ => match seen.event(object, &["ProvisioningFailed", "FailedBinding"]) {
            Some(message) => {
                let sentence =
                    format!("No volume could be provided for {what}. Ask whoever runs the cluster.");
                Assessment::blocked(Cause::VolumeNotBound, sentence, message)
            }
            // It is bound when the first pod needs it; that pod is what is waited for.
            None if seen.event(object, &["WaitForFirstConsumer"]).is_some() => Assessment::Ready,
            None => Assessment::progressing(format!("{} waits for its volume.", capital(&what))),
        },
    }
}

/// How the pods stand; those that are ending do not count.
fn pods_of(pods: &[&Value], seen: &Seen<'_>) -> Assessment {
    let staying = pods.iter().filter(|pod| pod["metadata"]["deletionTimestamp"].is_null());
    worst(staying.map(|pod| pod::assess(pod, seen)))
}

/// The controller has seen the spec that stands there now.
fn observed(object: &Value) -> bool {
    match (object["metadata"]["generation"].as_u64(), object["status"]["observedGeneration"].as_u64()) {
        (Some(generation), Some(observed)) => observed >= generation,
        _ => false,
    }
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
