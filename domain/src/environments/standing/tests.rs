use serde_json::json;

use super::*;

fn namespace() -> Value {
    json!({"kind": "Namespace", "metadata": {"name": "env-a-1"}, "status": {"phase": "Active"}})
}

fn applied() -> Vec<Value> {
    let named = |kind: &str, name: &str| json!({"kind": kind, "metadata": {"name": name}});
    let mut deployment = named("Deployment", "web");
    deployment["spec"] = json!({"replicas": 2});
    vec![deployment, named("Service", "web"), named("Job", "migrate")]
}

/// Two replicas wanted, so many ready.
fn deployment(ready: u64) -> Value {
    json!({"kind": "Deployment",
        "metadata": {"name": "web", "generation": 1, "annotations": {"deployment.kubernetes.io/revision": "1"}},
        "spec": {"replicas": 2},
        "status": {"observedGeneration": 1, "replicas": 2, "updatedReplicas": 2, "readyReplicas": ready, "availableReplicas": ready}})
}

fn service() -> Value {
    json!({"kind": "Service", "metadata": {"name": "web"}})
}

fn owned(kind: &str, name: &str, by: &str, by_name: &str) -> Value {
    json!({"kind": kind, "metadata": {"name": name, "ownerReferences": [{"kind": by, "name": by_name}]}})
}

/// With one pod that keeps stopping.
fn crashing(ready: u64) -> Vec<Value> {
    let mut pod = owned("Pod", "web-1-a", "ReplicaSet", "web-1");
    pod["status"] = json!({"phase": "Running", "containerStatuses": [{"name": "web", "restartCount": 3,
        "state": {"waiting": {"reason": "CrashLoopBackOff"}}, "lastState": {"terminated": {"exitCode": 1}}}]});
    vec![namespace(), deployment(ready), service(), owned("ReplicaSet", "web-1", "Deployment", "web"), pod]
}

const EXPECTED: Expected<'static> = Expected {
    namespace: "env-a-1",
    cluster: "staging",
    applied: &[],
    unready_before: &[],
    in_trouble: false,
};

fn said(found: Found<'_>, unready_before: &[(&str, &str)]) -> Option<String> {
    let applied = applied();
    trouble(&Expected { applied: &applied, unready_before, ..EXPECTED }, found)
}

fn of(objects: &[Value]) -> Option<String> {
    said(Found::Objects(objects), &[])
}

#[test]
fn what_stands_as_it_should_is_no_trouble() {
    assert_eq!(of(&[namespace(), deployment(2), service()]), None, "a job that is done may be gone");
    let mut more = deployment(5);
    more["spec"]["replicas"] = json!(5);
    assert_eq!(of(&[namespace(), more, service()]), None, "somebody wanted more of it");
}

#[test]
fn a_namespace_that_is_not_there_or_not_its_own_is_said() {
    let gone = said(Found::Nothing, &[]).unwrap();
    assert_eq!(gone, "The namespace env-a-1 is no longer in staging: it was deleted there.");
    assert_eq!(cure(&gone), Cure::AllGone);
    for (found, sentence) in [
        (Found::Foreign, "The namespace env-a-1 in staging does not belong to this environment any more."),
        (
            Found::Unlabelled,
            "The namespace env-a-1 in staging has lost the label by which Slipway knows that it may look into it.",
        ),
        (Found::Leaving, "The namespace env-a-1 is being deleted in staging."),
    ] {
        assert_eq!(said(found, &[]).as_deref(), Some(sentence));
        assert_eq!(cure(sentence), Cure::Wait);
    }
    let mut leaving = namespace();
    leaving["metadata"]["deletionTimestamp"] = json!("2026-11-23T10:00:00Z");
    assert_eq!(
        of(&[leaving, deployment(2), service()]).as_deref(),
        Some("The namespace env-a-1 is being deleted in staging.")
    );
}

#[test]
fn what_was_deleted_or_scaled_to_nothing_is_said() {
    let mut none_wanted = deployment(0);
    none_wanted["spec"]["replicas"] = json!(0);
    let mut leaving = deployment(2);
    leaving["metadata"]["deletionTimestamp"] = json!("2026-11-23T10:00:00Z");
    for (objects, sentence, mends) in [
        (vec![service()], "Slipway no longer finds the deployment web in its namespace.", Cure::Anew),
        (vec![deployment(2)], "Slipway no longer finds the service web in its namespace.", Cure::Anew),
        (vec![none_wanted, service()], "The deployment web was scaled to 0 replicas.", Cure::ScaleUp),
        (vec![leaving, service()], "The deployment web is being deleted in the cluster.", Cure::Anew),
    ] {
        assert_eq!(cure(sentence), mends, "{sentence}");
        let objects: Vec<Value> = std::iter::once(namespace()).chain(objects).collect();
        assert_eq!(of(&objects).as_deref(), Some(sentence));
    }
}

#[test]
fn nothing_is_said_of_a_workload_that_was_never_to_run() {
    let mut none = deployment(0);
    none["spec"]["replicas"] = json!(0);
    none["status"] = json!({"observedGeneration": 1});
    let expected = Expected { applied: std::slice::from_ref(&none), ..EXPECTED };
    assert_eq!(trouble(&expected, Found::Objects(&[namespace(), none.clone()])), None);
}

#[test]
fn what_crashes_is_said_at_once() {
    let sentence = "The program keeps stopping: restarted 3 times, last with exit code 1. Its log may say why. Seen in container web of pod web-1-a.";
    assert_eq!(of(&crashing(1)).as_deref(), Some(sentence));
    assert_eq!(cure(sentence), Cure::Wait);
    assert_eq!(of(&crashing(2)), None, "enough of it is ready");
}

#[test]
fn what_is_not_ready_for_a_moment_is_no_trouble_and_what_stays_so_is() {
    let objects = [namespace(), deployment(1), service()];
    assert_eq!(of(&objects), None);
    assert_eq!(said(Found::Objects(&objects), &[("pod", "web")]), None, "the look before saw another one");
    assert_eq!(
        said(Found::Objects(&objects), &[("deployment", "web")]).as_deref(),
        Some("1 of 2 replicas of deployment web are ready.")
    );
    let well = [namespace(), deployment(2), service()];
    assert_eq!(said(Found::Objects(&well), &[("deployment", "web")]), None);
    let applied = applied();
    let in_trouble = Expected { applied: &applied, in_trouble: true, ..EXPECTED };
    assert!(trouble(&in_trouble, Found::Objects(&objects)).is_some(), "it is not well again yet");
    assert_eq!(trouble(&in_trouble, Found::Objects(&well)), None);
}
