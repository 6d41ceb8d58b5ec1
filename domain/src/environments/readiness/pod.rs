//! What holds up one pod. A sentence says first what is wrong, and last in which pod: where there is little room, its end is cut off.

use serde_json::Value;

use super::{Assessment, Cause, OF_POD, SEEN_IN_CONTAINER, Seen, condition, name, text};

/// The pod's assessment; `Ready` when its `Ready` condition says so.
pub fn assess(pod: &Value, seen: &Seen<'_>) -> Assessment {
    if condition(pod, "Ready").is_some_and(|ready| ready["status"] == "True") {
        return Assessment::Ready;
    }
    if let Some(scheduled) = condition(pod, "PodScheduled").filter(|scheduled| scheduled["status"] == "False")
    {
        return unscheduled(pod, scheduled);
    }
    let spec = &pod["spec"];
    for (statuses, containers) in
        [("initContainerStatuses", "initContainers"), ("containerStatuses", "containers")]
    {
        for status in pod["status"][statuses].as_array().into_iter().flatten() {
            if let Some(blocked) = container(pod, status, &spec[containers]) {
                return blocked;
            }
        }
    }
    // Once a container has started, its volumes were mounted: what failed before is over.
    if !has_started(pod)
        && let Some(message) = seen.event(pod, &["FailedMount", "FailedAttachVolume"])
    {
        let sentence = format!(
            "A volume cannot be mounted. Check that the secret, config map or volume claim exists. {}",
            seen_in(pod)
        );
        return Assessment::blocked(Cause::VolumeNotMounted, sentence, message);
    }
    unready(pod, seen)
}

/// Whether any container, those that prepare included, runs or ran.
fn has_started(pod: &Value) -> bool {
    ["initContainerStatuses", "containerStatuses"]
        .into_iter()
        .flat_map(|key| pod["status"][key].as_array().into_iter().flatten())
        .any(|status| {
            let ran = [
                &status["state"]["running"],
                &status["state"]["terminated"],
                &status["lastState"]["terminated"],
            ];
            ran.into_iter().any(Value::is_object)
        })
}

fn unscheduled(pod: &Value, scheduled: &Value) -> Assessment {
    let message = text(&scheduled["message"]);
    if scheduled["reason"] != "Unschedulable" {
        return Assessment::progressing(format!("The scheduler has not placed pod {} yet.", name(pod)));
    }
    let lower = message.to_lowercase();
    let advice = if lower.contains("insufficient") || lower.contains("too many pods") {
        "Ask for a smaller size or fewer replicas, or wait until there is room."
    } else if lower.contains("persistentvolumeclaim") || lower.contains("volume") {
        "Its volume cannot be provided; ask whoever runs the cluster."
    } else if lower.contains("no nodes available") {
        "The cluster has no nodes; ask whoever runs it."
    } else {
        "Ask whoever runs the cluster."
    };
    // What follows the first sentence is about claims and preemption; it stays in the detail.
    let reasons = message.split(". ").next().unwrap_or_default().trim().trim_end_matches('.');
    let sentence =
        format!("No node in the cluster can run one of its pods: {reasons}. {advice} {}", seen_in(pod));
    Assessment::blocked(Cause::Unschedulable, sentence, message)
}

/// What stops one container for longer than a moment.
fn container(pod: &Value, status: &Value, containers: &Value) -> Option<Assessment> {
    let container = text(&status["name"]);
    let place = seen_in_container(container, pod);
    let waiting = &status["state"]["waiting"];
    let (reason, message) = (text(&waiting["reason"]), text(&waiting["message"]));
    let image =
        spec_of(containers, container).map(|spec| text(&spec["image"])).unwrap_or(text(&status["image"]));
    match reason {
        "InvalidImageName" => {
            let sentence = format!("The image name {image} is invalid. Correct it. {place}");
            Some(Assessment::blocked(Cause::ImageNameInvalid, sentence, message))
        }
        "ImagePullBackOff"
        | "ErrImagePull"
        | "RegistryUnavailable"
        | "ErrImageNeverPull"
        | "ImageInspectError" => {
            let detail = format!("{reason}: {message}");
            Some(Assessment::blocked(Cause::ImageNotPulled, image_words(&place, image, message), detail))
        }
        "CrashLoopBackOff" => Some(crash(&place, status, message, containers)),
        "CreateContainerConfigError" if message.contains("runAsNonRoot") => {
            let why = if message.contains("non-numeric") {
                "The image names its user instead of giving a numeric ID, so the cluster cannot verify that it is not root"
            } else {
                "The program would run as root, which is not allowed here"
            };
            let sentence = format!(
                "{why}. Set a numeric ID other than 0, or use an image that does not run as root. {place}"
            );
            Some(Assessment::blocked(Cause::RunsAsRoot, sentence, message))
        }
        "CreateContainerConfigError" if message.contains("not found") => {
            let sentence =
                format!("A secret or config map that is needed does not exist: {message}. {place}");
            Some(Assessment::blocked(Cause::ContainerNotCreated, sentence, message))
        }
        "CreateContainerConfigError" | "CreateContainerError" | "RunContainerError" | "StartError" => {
            let advice = if message.contains("executable file not found") || message.contains("no such file")
            {
                "Its command does not exist in the image."
            } else {
                "The cluster's message says why."
            };
            let sentence = format!("The program cannot be started. {advice} {place}");
            Some(Assessment::blocked(Cause::ContainerNotCreated, sentence, format!("{reason}: {message}")))
        }
        // Between two starts a container is shown as terminated for a moment.
        _ => {
            let exited = status["state"]["terminated"]["exitCode"].as_i64().is_some_and(|code| code != 0);
            let again = status["restartCount"].as_u64().unwrap_or(0) > 0;
            (exited && again).then(|| crash(&place, status, "", containers))
        }
    }
}

fn image_words(place: &str, image: &str, message: &str) -> String {
    let lower = message.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    let (why, advice) = if has(&["unauthorized", "denied", "401", "403", "forbidden", "no basic auth"]) {
        // Registries answer "denied" for what does not exist as well.
        (
            "its registry refuses the cluster, or it does not exist",
            "Check the name and the tag, and that the cluster's connection has credentials for that registry.",
        )
    } else if has(&["not found", "manifest unknown", "name unknown", "does not exist"]) {
        ("it does not exist in its registry", "Check the name and the tag.")
    } else if has(&["no such host", "timeout", "refused", "unreachable", "tls", "x509", "eof"]) {
        (
            "its registry cannot be reached from the cluster",
            "Check the registry's name, or ask whoever runs the cluster.",
        )
    } else if has(&["toomanyrequests", "rate limit", "429"]) {
        ("its registry's rate limit is reached", "It is retried automatically.")
    } else {
        (
            "the cluster says why",
            "Check the name and the tag, and that the cluster may pull from that registry.",
        )
    };
    format!("The cluster cannot pull the image {image}: {why}. {advice} {place}")
}

fn crash(place: &str, status: &Value, message: &str, containers: &Value) -> Assessment {
    let last = [&status["state"]["terminated"], &status["lastState"]["terminated"]];
    let last = last.into_iter().find(|ended| ended.is_object()).unwrap_or(&Value::Null);
    let restarts = status["restartCount"].as_u64().unwrap_or(0);
    let times = if restarts == 1 { "once".to_owned() } else { format!("{restarts} times") };
    let said = [message, text(&last["message"]), text(&last["reason"])];
    let detail = said.into_iter().find(|words| !words.is_empty()).unwrap_or_default();
    if last["reason"] == "OOMKilled" {
        let limit = spec_of(containers, text(&status["name"]))
            .and_then(|spec| spec["resources"]["limits"]["memory"].as_str())
            .map(|limit| format!(" of {limit}"))
            .unwrap_or_default();
        let sentence = format!(
            "The program used more memory than its limit{limit} and was stopped; it was restarted {times}. Ask for a larger size. {place}"
        );
        return Assessment::blocked(Cause::OutOfMemory, sentence, detail);
    }
    let exit = match last["exitCode"].as_i64() {
        Some(code) => format!(", last with exit code {code}{}", exit_words(code)),
        None => String::new(),
    };
    let sentence =
        format!("The program keeps stopping: restarted {times}{exit}. Its log may say why. {place}");
    Assessment::blocked(Cause::Crashing, sentence, detail)
}

/// What shells and kernels mean by the usual codes (POSIX, "Exit Status"; 128 + signal).
fn exit_words(code: i64) -> &'static str {
    match code {
        0 => " (it exited on its own; a service must keep running)",
        126 => " (its command is not executable)",
        127 => " (its command was not found)",
        137 => " (killed)",
        139 => " (segmentation fault)",
        143 => " (terminated by SIGTERM)",
        _ => "",
    }
}

fn unready(pod: &Value, seen: &Seen<'_>) -> Assessment {
    let statuses = pod["status"]["containerStatuses"].as_array().map_or(&[] as &[Value], Vec::as_slice);
    let running =
        statuses.iter().find(|status| status["state"]["running"].is_object() && status["ready"] != true);
    if let Some(status) = running {
        let place = seen_in_container(text(&status["name"]), pod);
        return match seen.event(pod, &["Unhealthy"]) {
            Some(message) => {
                let probe =
                    message.split_once(": ").map_or(message, |(_, words)| words).trim().trim_end_matches('.');
                Assessment::held_up(format!("The program runs, but is not ready: {probe}. {place}"))
            }
            None => Assessment::progressing(format!("The program runs and is not ready yet. {place}")),
        };
    }
    if text(&pod["status"]["phase"]) == "Failed" {
        let reason = text(&pod["status"]["reason"]);
        let reason = if reason.is_empty() { "failed" } else { reason };
        let sentence = format!("A pod ended ({reason}); another takes its place. {}", seen_in(pod));
        return Assessment::held_up(sentence);
    }
    let ended = statuses.iter().find(|status| status["state"]["terminated"].is_object());
    if let Some(status) = ended {
        let exit = match status["state"]["terminated"]["exitCode"].as_i64() {
            Some(code) => format!(" with exit code {code}{}", exit_words(code)),
            None => String::new(),
        };
        let place = seen_in_container(text(&status["name"]), pod);
        return Assessment::held_up(format!("The program stopped{exit}. {place}"));
    }
    let words = match statuses.first().map(|status| text(&status["state"]["waiting"]["reason"])) {
        Some("PodInitializing") => "prepares",
        Some("ContainerCreating") => "is being created",
        _ => "waits for its node",
    };
    Assessment::progressing(format!("Pod {} {words}.", name(pod)))
}

/// Ends a sentence about a pod.
fn seen_in(pod: &Value) -> String {
    format!("Seen in pod {}.", name(pod))
}

/// Ends a sentence about a container: [`crate::environments::inspect`] reads there whose log to ask for.
fn seen_in_container(container: &str, pod: &Value) -> String {
    format!("{SEEN_IN_CONTAINER}{container}{OF_POD}{}.", name(pod))
}

fn spec_of<'a>(containers: &'a Value, name: &str) -> Option<&'a Value> {
    containers.as_array()?.iter().find(|container| container["name"] == name)
}
