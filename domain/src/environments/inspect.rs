//! Where to look when an environment does not do what it should: commands to copy, for those who may use its cluster.
//!
//! - They only read.
//! - Which container to ask follows from the sentence of [`super::readiness`] that is kept of the problem: a test holds the two together.

use serde::{Deserialize, Serialize};

use super::readiness::{OF_POD, SEEN_IN_CONTAINER};

/// A command, and what it shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Command {
    pub title: String,
    pub text: String,
}

/// What ran and can be asked for its log.
#[derive(Debug, PartialEq, Eq)]
struct Logged<'a> {
    container: &'a str,
    pod: &'a str,
    /// It has stopped, and another was started in its place.
    restarted: bool,
}

/// Kinds of objects that make pods, in the words of the page, which `kubectl` takes as well once they have no blank.
const WORKLOADS: [&str; 3] = ["deployment", "stateful set", "job"];

/// The commands for an environment: its pods and events, and the log of what the problem is about. `objects` are the kinds and names of
/// what stands in its namespace, in the words of the page.
pub fn commands<'a>(
    namespace: &str,
    objects: impl Iterator<Item = (&'a str, &'a str)>,
    problem: Option<&str>,
) -> Vec<Command> {
    let command = |title: &str, rest: &str| Command {
        title: title.to_owned(),
        text: format!("kubectl --namespace {namespace} {rest}"),
    };
    let mut commands = vec![command("Pods and events", "get pods,events")];
    let workloads = objects.filter(|(kind, _)| WORKLOADS.contains(kind));
    let rest = match (problem.and_then(logged), problem.and_then(whole)) {
        (Some(logged), _) => {
            let of = |(_, name): &(&str, &str)| {
                logged.pod.strip_prefix(*name).is_some_and(|rest| rest.starts_with('-'))
            };
            let owner = workloads.filter(of).max_by_key(|(_, name)| name.len());
            let place = match owner {
                Some((kind, name)) => format!("{}/{name}", kind.replace(' ', "")),
                None => format!("pod/{}", logged.pod),
            };
            let previous = if logged.restarted { " --previous" } else { "" };
            Some(format!("logs {place} --container {}{previous}", logged.container))
        }
        (None, Some((kind, name))) => Some(format!("logs {kind}/{name} --all-containers")),
        (None, None) => None,
    };
    commands.extend(rest.map(|rest| command("Log", &rest)));
    commands
}

/// "The program keeps stopping: … Seen in container web of pod web-7d4b9c6f5d-x2k8f."
fn logged(problem: &str) -> Option<Logged<'_>> {
    let (said, place) = problem.rsplit_once(SEEN_IN_CONTAINER)?;
    let (container, rest) = place.split_once(OF_POD)?;
    let pod = rest.split(' ').next()?.trim_end_matches('.');
    let says = |words: &[&str]| words.iter().any(|words| said.contains(words));
    let restarted = says(&["The program keeps stopping", "The program used more memory"]);
    // What was never started has no log.
    let ran = restarted || says(&["The program runs", "The program stopped"]);
    (ran && plain(container) && plain(pod)).then_some(Logged { container, pod, restarted })
}

/// "Job migrate failed: …", "Deployment web never became ready. …".
fn whole(problem: &str) -> Option<(&'static str, &str)> {
    let (kind, rest, end) = match problem.strip_prefix("Job ") {
        Some(rest) => ("job", rest, " failed: "),
        None => ("deployment", problem.strip_prefix("Deployment ")?, " never became ready"),
    };
    let (name, _) = rest.split_once(end)?;
    plain(name).then_some((kind, name))
}

/// A name of Kubernetes and nothing else: it becomes part of a command.
fn plain(name: &str) -> bool {
    !name.is_empty()
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.'))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::readiness::{Assessment, assess};
    use super::*;

    fn texts(objects: &[(&'static str, &'static str)], problem: Option<&str>) -> Vec<String> {
        let commands = commands("env-web-eb590480", objects.iter().copied(), problem);
        commands.into_iter().map(|command| command.text).collect()
    }

    const OBJECTS: [(&str, &str); 4] = [
        ("deployment", "web"),
        ("stateful set", "web-db"),
        ("service", "web"),
        ("pod", "web-7d4b9c6f5d-x2k8f"),
    ];

    #[test]
    fn the_log_of_what_keeps_stopping_is_asked_of_its_workload() {
        let pods = "kubectl --namespace env-web-eb590480 get pods,events";
        for (problem, log) in [
            (
                "The program keeps stopping: restarted 5 times, last with exit code 1. Its log may say why. Seen in container web of pod web-7d4b9c6f5d-x2k8f.",
                Some("logs deployment/web --container web --previous"),
            ),
            (
                "The program used more memory than its limit of 512Mi and was stopped; it was restarted once. Seen in container db of pod web-db-0.",
                Some("logs statefulset/web-db --container db --previous"),
            ),
            (
                "Not ready after 15 s. The program runs and is not ready yet. Seen in container web of pod web-7d4b9c6f5d-x2k8f.",
                Some("logs deployment/web --container web"),
            ),
            (
                "The program runs and is not ready yet. Seen in container web of pod other-1.",
                Some("logs pod/other-1 --container web"),
            ),
            (
                "Job migrate failed: it reached its retry limit. Read its log.",
                Some("logs job/migrate --all-containers"),
            ),
            (
                "Deployment web never became ready. Check the port and the health path, and read the log.",
                Some("logs deployment/web --all-containers"),
            ),
            (
                "Deployment web never became ready. The program stopped with exit code 2. Seen in container web of pod web-7d4b9c6f5d-x2k8f. Check the port and the health path, and read the log.",
                Some("logs deployment/web --container web"),
            ),
            (
                "The cluster cannot pull the image web:1: it does not exist. Seen in container web of pod web-7d4b9c6f5d-x2k8f.",
                None,
            ),
            ("The program keeps stopping: restarted once. Seen in container $(x) of pod web-1.", None),
            ("The cluster does not answer.", None),
        ] {
            let log = log.map(|log| format!("kubectl --namespace env-web-eb590480 {log}"));
            let expected: Vec<String> = std::iter::once(pods.to_owned()).chain(log).collect();
            assert_eq!(texts(&OBJECTS, Some(problem)), expected, "{problem}");
        }
        assert_eq!(texts(&OBJECTS, None), [pods]);
    }

    /// An object with whoever controls it.
    fn object(kind: &str, name: &str, owner: Option<(&str, &str)>, more: Value) -> Value {
        let owners: Vec<_> = owner
            .iter()
            .map(|(kind, name)| json!({"kind": kind, "name": name, "controller": true}))
            .collect();
        let mut object =
            json!({"kind": kind, "metadata": {"name": name, "generation": 1, "ownerReferences": owners}});
        for (key, value) in more.as_object().into_iter().flatten() {
            object[key.as_str()] = value.clone();
        }
        object
    }

    /// What readiness says of the first of these objects.
    fn sentence(seen: &[Value]) -> String {
        match assess(&seen[..1], seen, None) {
            Assessment::Blocked(blocked) => blocked.sentence,
            Assessment::Progressing { sentence, .. } => sentence,
            Assessment::Ready => panic!("it is not ready"),
        }
    }

    #[test]
    fn every_sentence_of_readiness_that_leads_to_a_log_is_understood() {
        let of_set = |status: Value| {
            let status = json!({"status": {"containerStatuses": [status]}});
            sentence(&[
                object("StatefulSet", "web", None, json!({"spec": {"replicas": 1}})),
                object("Pod", "web-0", Some(("StatefulSet", "web")), status),
            ])
        };
        let back_off = |last: Value| {
            of_set(json!({
                "name": "web", "restartCount": 5, "state": {"waiting": {"reason": "CrashLoopBackOff"}},
                "lastState": {"terminated": last},
            }))
        };
        let job = json!({"status": {"conditions": [{"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded"}]}});
        let late = json!({"spec": {"replicas": 1}, "status": {
            "observedGeneration": 1,
            "conditions": [{"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded"}],
        }});
        let late = [
            object("Deployment", "web", None, late),
            object("ReplicaSet", "web-1", Some(("Deployment", "web")), json!({})),
            object("Pod", "web-1-a", Some(("ReplicaSet", "web-1")), json!({})),
        ];
        let previous = "logs statefulset/web --container web --previous";
        let current = "logs statefulset/web --container web";
        for (sentence, log) in [
            (back_off(json!({"exitCode": 1})), previous),
            (back_off(json!({"exitCode": 137, "reason": "OOMKilled"})), previous),
            (of_set(json!({"name": "web", "ready": false, "state": {"running": {}}})), current),
            (of_set(json!({"name": "web", "state": {"terminated": {"exitCode": 0}}})), current),
            (sentence(&[object("Job", "migrate", None, job)]), "logs job/migrate --all-containers"),
            (sentence(&late), "logs deployment/web --all-containers"),
        ] {
            let stands = [("stateful set", "web")];
            let found = texts(&stands, Some(&sentence)).pop();
            assert_eq!(found, Some(format!("kubectl --namespace env-web-eb590480 {log}")), "{sentence}");
        }
    }
}
