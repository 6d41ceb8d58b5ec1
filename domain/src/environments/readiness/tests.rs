mod objects;
mod retried;

use serde_json::json;

use super::*;
use objects::*;

fn line(assessment: &Assessment) -> String {
    match assessment {
        Assessment::Ready => "ready".to_owned(),
        Assessment::Progressing { sentence, held_up } => {
            format!("{}: {sentence}", if *held_up { "held up" } else { "progressing" })
        }
        Assessment::Blocked(blocked) => {
            let heals = if blocked.cause.can_heal() { "may heal" } else { "cannot heal" };
            format!("{:?} ({heals}): {}\n    cluster: {}", blocked.cause, blocked.sentence, blocked.detail)
        }
    }
}

#[test]
fn a_deployment_in_the_pages_own_words() {
    let mut text = String::new();
    for (title, seen) in cases() {
        text.push_str(&format!("{title}\n    {}\n", line(&assess(&[wanted()], &seen, None))));
    }
    insta::assert_snapshot!(text);
}

#[test]
fn other_kinds() {
    let named = |kind: &str| json!({"kind": kind, "metadata": {"name": "db", "generation": 1}});
    let with = |kind: &str, spec: Value, status: Value| {
        let mut object = named(kind);
        object["spec"] = spec;
        object["status"] = status;
        object
    };
    let set = |status: Value| with("StatefulSet", json!({"replicas": 1}), status);
    let refusal = "create Pod db-0 in StatefulSet db failed error: pods \"db-0\" is forbidden: exceeded quota: environment, requested: pods=1, used: pods=2, limited: pods=2";
    let done = json!({"observedGeneration": 1, "replicas": 1, "readyReplicas": 1, "updatedReplicas": 1,
                      "currentRevision": "db-a", "updateRevision": "db-a"});
    let job = |of_type: &str, reason: &str| {
        with(
            "Job",
            json!({}),
            json!({"conditions": [{"type": of_type, "status": "True", "reason": reason,
            "message": "Job has reached the specified backoff limit"}]}),
        )
    };
    let claim = |phase: &str| with("PersistentVolumeClaim", json!({}), json!({"phase": phase}));
    let mut text = String::new();
    for (kind, seen) in [
        ("StatefulSet", vec![set(done)]),
        (
            "StatefulSet",
            vec![
                set(json!({"observedGeneration": 1, "replicas": 0})),
                event("StatefulSet", "db", "FailedCreate", refusal),
            ],
        ),
        ("StatefulSet", vec![set(json!({"observedGeneration": 1, "replicas": 1}))]),
        ("Job", vec![with("Job", json!({}), json!({"active": 1}))]),
        ("Job", vec![job("Complete", "CompletionsReached")]),
        ("Job", vec![job("Failed", "BackoffLimitExceeded")]),
        ("PersistentVolumeClaim", vec![claim("Bound")]),
        ("PersistentVolumeClaim", vec![claim("Pending")]),
        (
            "PersistentVolumeClaim",
            vec![
                claim("Pending"),
                event(
                    "PersistentVolumeClaim",
                    "db",
                    "WaitForFirstConsumer",
                    "waiting for first consumer to be created before binding",
                ),
            ],
        ),
        (
            "PersistentVolumeClaim",
            vec![
                claim("Pending"),
                event(
                    "PersistentVolumeClaim",
                    "db",
                    "ProvisioningFailed",
                    "storageclass.storage.k8s.io \"fast\" not found",
                ),
            ],
        ),
        ("Service", vec![named("Service")]),
        ("Ingress", vec![]),
    ] {
        text.push_str(&format!("{kind}: {}\n", line(&assess(&[named(kind)], &seen, None))));
    }
    insta::assert_snapshot!(text);
}

#[test]
fn a_block_comes_before_progress_and_progress_before_ready() {
    let service = json!({"kind": "Service", "metadata": {"name": "web"}});
    let bad = json!({"kind": "Job", "metadata": {"name": "migrate"}});
    let failed = json!({"kind": "Job", "metadata": {"name": "migrate"},
        "status": {"conditions": [{"type": "Failed", "status": "True", "reason": "DeadlineExceeded"}]}});
    let seen = [service.clone(), deployment(json!({})), failed];
    assert_eq!(assess(&[], &[], None), Assessment::Ready);
    assert_eq!(assess(std::slice::from_ref(&service), &seen, None), Assessment::Ready);
    assert!(matches!(assess(&[service.clone(), wanted()], &seen, None), Assessment::Progressing { .. }));
    assert!(matches!(assess(&[wanted(), service, bad], &seen, None), Assessment::Blocked(_)));
}

#[test]
fn what_holds_it_up_is_told_once_it_has_lasted_and_a_start_that_takes_its_time_never_is() {
    let running = |more: &[Value]| {
        let on_pod = [
            deployment(json!({})),
            replica_set(SET, "2"),
            pod(json!({"state": {"running": {"startedAt": T}}, "started": true})),
        ];
        assess(&[wanted()], &[&on_pod[..], more].concat(), None)
    };
    let (soon, late) = (SignedDuration::from_secs(14), SignedDuration::from_mins(4));
    let starts = running(&[]);
    assert_eq!((starts.is_held_up(), starts.in_the_way(late)), (false, None));
    let fails = running(&[event("Pod", POD, "Unhealthy", "Readiness probe failed: connection refused")]);
    assert_eq!((fails.is_held_up(), fails.in_the_way(soon)), (true, None));
    let (sentence, _) = fails.in_the_way(LASTS).expect("it has lasted");
    let words = "The program runs, but is not ready: connection refused. Seen in container web of pod ";
    assert!(sentence.contains(words), "{sentence}");
    let pulls = assess(
        &[wanted()],
        &[deployment(json!({})), replica_set(SET, "2"), waiting("ErrImagePull", "not found")],
        None,
    );
    assert!(pulls.in_the_way(SignedDuration::ZERO).is_some(), "the cluster itself calls it broken");
    assert_eq!(Assessment::Ready.in_the_way(late), None);
}

#[test]
fn what_is_held_up_comes_before_what_goes_on() {
    let held_up = Assessment::held_up("b");
    let all = [Assessment::Ready, Assessment::progressing("a"), held_up.clone(), Assessment::held_up("c")];
    assert_eq!(worst(all.into_iter()), held_up);
}

#[test]
fn after_its_time_limit_what_still_makes_progress_is_never_ready() {
    let limit = SignedDuration::from_mins(5);
    let Assessment::Blocked(blocked) = assess(&[wanted()], &[deployment(json!({}))], None).after(limit)
    else {
        panic!("it is blocked");
    };
    assert_eq!(blocked.cause, Cause::NeverReady);
    assert_eq!(blocked.sentence, "Not ready after 5 min. 0 of 2 replicas of deployment web are ready.");
    assert_eq!(Assessment::Ready.after(limit), Assessment::Ready);
}

#[test]
fn what_is_wrong_comes_before_the_names_and_no_card_of_the_page_is_named() {
    for (title, seen) in cases() {
        if let Assessment::Blocked(Blocked { sentence, .. }) = assess(&[wanted()], &seen, None) {
            let begins = sentence.chars().take(40).collect::<String>();
            assert!(!begins.contains(SET), "{title}: {sentence}");
            assert!(!sentence.contains('“'), "{title}: {sentence}");
        }
    }
}

#[test]
fn every_block_names_the_cluster_words() {
    for (title, seen) in cases() {
        if let Assessment::Blocked(blocked) = assess(&[wanted()], &seen, None) {
            assert!(!blocked.detail.is_empty(), "{title}");
            assert!(blocked.sentence.ends_with('.') && !blocked.sentence.contains("! "), "{title}");
        }
    }
}

#[test]
fn objects_have_a_word_for_the_table() {
    let mut text = String::new();
    for object in [
        deployment(json!({"readyReplicas": 1})),
        deployment(json!({"readyReplicas": 2})),
        refusing("x"),
        pod(json!({})),
        waiting("ImagePullBackOff", ""),
        waiting("ContainerCreating", ""),
        unschedulable("x"),
        json!({"kind": "Service", "metadata": {}}),
        json!({"kind": "Service", "metadata": {"deletionTimestamp": T}}),
        json!({"kind": "PersistentVolumeClaim", "metadata": {}, "status": {"phase": "Pending"}}),
        json!({"kind": "Job", "metadata": {}, "status": {"conditions": [{"type": "Complete", "status": "True"}]}}),
    ] {
        let status = object_status(&object);
        let kind = object["kind"].as_str().unwrap_or_default();
        text.push_str(&format!("{kind}: {} ({:?})\n", status.word, status.hue));
    }
    insta::assert_snapshot!(text);
}
