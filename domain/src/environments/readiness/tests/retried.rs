//! What stands from before: it is shown, and ends nothing.

use super::*;

const BEFORE: &str = "2026-11-23T10:00:00Z";
const RETRIED: &str = "2026-11-23T10:10:00Z";
const AFTER: &str = "2026-11-23T10:10:03Z";
const REFUSAL: &str = "pods \"web-x\" is forbidden: exceeded quota: environment, requested: pods=1, used: pods=2, limited: pods=2";

fn refused_at(time: &str) -> Value {
    let mut deployment = refusing(REFUSAL);
    deployment["status"]["conditions"][1]["lastUpdateTime"] = json!(time);
    deployment
}

fn event_at(kind: &str, name: &str, message: &str, time: &str) -> Value {
    let mut event = event(kind, name, "FailedCreate", message);
    event["lastTimestamp"] = json!(time);
    event
}

fn assess_retried(wanted: Value, seen: &[Value]) -> Blocked {
    match assess(&[wanted], seen, Some(RETRIED.parse().unwrap())) {
        Assessment::Blocked(blocked) => blocked,
        other => panic!("it should be blocked: {other:?}"),
    }
}

#[test]
fn a_refusal_from_before_a_retry_is_shown_and_may_heal() {
    let blocked = assess_retried(wanted(), &[refused_at(BEFORE), replica_set(SET, "2")]);
    assert_eq!(blocked.cause, Cause::RefusedBefore);
    assert!(blocked.cause.can_heal());
    let words = "quota does not allow the pods of deployment web: pods 1 more requested, 2 of 2 used";
    assert!(
        blocked.sentence.contains(words) && blocked.sentence.ends_with("within a few minutes."),
        "{blocked:?}"
    );
    assert_eq!(blocked.detail, REFUSAL);
    // The same at the first try is an answer to what was asked.
    let first = assess(&[wanted()], &[refused_at(BEFORE), replica_set(SET, "2")], None);
    assert!(matches!(first, Assessment::Blocked(Blocked { cause: Cause::QuotaRefused, .. })), "{first:?}");
}

#[test]
fn a_refusal_since_the_retry_is_final() {
    assert_eq!(assess_retried(wanted(), &[refused_at(AFTER)]).cause, Cause::QuotaRefused);
    // The condition began before; an event tells that it goes on.
    let event = event_at("ReplicaSet", SET, REFUSAL, AFTER);
    let seen = [refused_at(BEFORE), replica_set(SET, "2"), event];
    assert_eq!(assess_retried(wanted(), &seen).cause, Cause::QuotaRefused);
    let event = event_at("ReplicaSet", SET, REFUSAL, BEFORE);
    let seen = [refused_at(BEFORE), replica_set(SET, "2"), event];
    assert_eq!(assess_retried(wanted(), &seen).cause, Cause::RefusedBefore);
}

#[test]
fn events_of_stateful_sets_and_jobs_count_by_their_time() {
    let named = |kind: &str| {
        json!({"kind": kind, "metadata": {"name": "db", "generation": 1},
        "spec": {"replicas": 2}, "status": {"observedGeneration": 1, "replicas": 0}})
    };
    for kind in ["StatefulSet", "Job"] {
        for (time, cause) in [(BEFORE, Cause::RefusedBefore), (AFTER, Cause::QuotaRefused)] {
            let seen = [named(kind), event_at(kind, "db", REFUSAL, time)];
            assert_eq!(assess_retried(named(kind), &seen).cause, cause, "{kind} {time}");
        }
    }
    // A pod that was made after the refusal shows that it is over.
    let mut pod = pod(json!({"state": {"waiting": {"reason": "ContainerCreating"}}}));
    pod["metadata"]["ownerReferences"] = owner("StatefulSet", "db");
    pod["metadata"]["creationTimestamp"] = json!(AFTER);
    let seen = [named("StatefulSet"), pod, event_at("StatefulSet", "db", REFUSAL, BEFORE)];
    assert!(matches!(assess(&[named("StatefulSet")], &seen, None), Assessment::Progressing { .. }));
}

#[test]
fn nobody_who_could_judge_is_no_refusal() {
    let away = "Internal error occurred: failed calling webhook \"policy.example.com\": failed to call webhook: Post \
        \"https://policy.svc:443/\": dial tcp 10.0.0.7:443: connect: connection refused";
    let uncounted = "pods \"web-x\" is forbidden: status unknown for quota: environment, resources: pods";
    for said in [away, uncounted] {
        let assessment = assess(&[wanted()], &[refusing(said)], None);
        let Assessment::Blocked(blocked) = assessment else { panic!("its words are shown: {assessment:?}") };
        assert_eq!((blocked.cause, blocked.cause.can_heal()), (Cause::AdmissionAway, true));
        assert_eq!(blocked.detail, said);
    }
}

#[test]
fn a_passed_deadline_waits_for_what_comes_up_late() {
    let ready = || {
        let mut pod = pod(json!({"ready": true, "state": {"running": {"startedAt": T}}}));
        pod["status"]["conditions"][2]["status"] = json!("True");
        pod
    };
    // The pod tells that it is ready before the deployment does; or it is not there yet.
    for seen in [vec![late(), replica_set(SET, "2"), ready()], vec![late(), replica_set(SET, "2")]] {
        let assessment = assess(&[wanted()], &seen, None);
        let Assessment::Blocked(blocked) = assessment else { panic!("it is late: {assessment:?}") };
        assert_eq!((blocked.cause, blocked.cause.can_heal()), (Cause::ProgressDeadlineExceeded, true));
    }
}

#[test]
fn a_mount_that_failed_before_a_container_started_is_over() {
    let failed = event("Pod", POD, "FailedMount", "MountVolume.SetUp failed for volume \"tls\"");
    let seen = [
        deployment(json!({})),
        replica_set(SET, "2"),
        pod(json!({"state": {"running": {"startedAt": T}}})),
        failed,
    ];
    let assessment = assess(&[wanted()], &seen, None);
    let Assessment::Progressing { sentence, .. } = assessment else {
        panic!("nothing blocks it: {assessment:?}")
    };
    assert!(sentence.contains("runs and is not ready yet"), "{sentence}");
}
