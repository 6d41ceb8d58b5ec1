//! What does not come up, and how that looks; waits that end.

use super::*;

#[tokio::test]
async fn an_image_that_cannot_be_pulled() {
    let Some(test) = test("image").await else { return };
    let (blocked, seen) =
        test.blocked_deployment(test.deployment("registry.example.com/missing:1", "100m")).await;
    assert_eq!(blocked.cause, Cause::ImageNotPulled, "{blocked:?}");
    assert!(seen.iter().any(|object| object["kind"] == "Pod"));
}

#[tokio::test]
async fn a_container_that_crashes() {
    let Some(test) = test("crash").await else { return };
    let (blocked, _) =
        test.blocked_deployment(test.deployment("registry.example.com/crashloop:1", "100m")).await;
    assert_eq!(blocked.cause, Cause::Crashing, "{blocked:?}");
}

#[tokio::test]
async fn no_node_is_big_enough() {
    let Some(test) = test("big").await else { return };
    let (blocked, seen) =
        test.blocked_deployment(test.deployment("registry.example.com/web:1", "1000")).await;
    assert_eq!(blocked.cause, Cause::Unschedulable, "{blocked:?}");
    assert!(blocked.detail.contains("Insufficient cpu"), "{blocked:?}");
    let pod = seen.iter().find(|object| object["kind"] == "Pod").and_then(row).expect("the pod");
    assert_eq!(pod.status.word, "No node");
}

#[tokio::test]
async fn pods_beyond_the_quota() {
    let Some(test) = test("quota").await else { return };
    let objects = [
        test.namespace(),
        test.quota(json!({"requests.cpu": "50m"})),
        test.deployment("registry.example.com/web:1", "100m"),
    ];
    test.apply("step", &objects).await.expect("applied");
    let (blocked, _) = test.blocked(&objects[2..]).await;
    assert_eq!(blocked.cause, Cause::QuotaRefused, "{blocked:?}");
    assert!(blocked.detail.contains("exceeded quota"), "{blocked:?}");
}

#[tokio::test]
async fn pods_that_break_the_security_standard_are_told_at_once() {
    let Some(test) = test("secure").await else { return };
    let mut deployment = test.deployment("registry.example.com/web:1", "100m");
    deployment["spec"]["template"]["spec"]["containers"][0]["securityContext"] =
        json!({"allowPrivilegeEscalation": true});
    // Admission judges by what it has cached of the namespace, which may be nothing right after that was made.
    let mut refused = test.apply("step", &[test.namespace(), deployment.clone()]).await;
    for _ in 0..20 {
        if refused.is_err() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
        refused = test.apply("step", std::slice::from_ref(&deployment)).await;
    }
    let refused = refused.expect_err("refused");
    assert!(
        matches!(refused.fault(), Some(Fault::PodSecurity { said }) if said.contains("allowPrivilegeEscalation")),
        "{refused}"
    );
    // What the namespace itself shows agrees.
    let (blocked, _) = test.blocked(&[deployment]).await;
    assert_eq!(blocked.cause, Cause::PodSecurityRefused, "{blocked:?}");
}

#[tokio::test]
async fn never_ready_ends_at_our_limit() {
    let Some(test) = test("never").await else { return };
    let objects = [test.namespace(), test.deployment("registry.example.com/neverready:1", "100m")];
    test.apply("step", &objects).await.expect("applied");
    let patience = Patience::of(Duration::from_secs(4));
    let cancel = CancellationToken::new();
    let ended = test
        .driver
        .wait_ready(&test.target, &objects, patience, &cancel, &mut assessing(&objects), &mut |_| {})
        .await
        .expect("a wait");
    assert!(
        matches!(ended, Ended::TimedOut(Some(Assessment::Progressing { .. } | Assessment::Blocked(_)))),
        "{ended:?}"
    );
}

#[tokio::test]
async fn a_wait_can_be_cancelled() {
    let Some(test) = test("cancel").await else { return };
    let objects = [test.namespace(), test.deployment("registry.example.com/neverready:1", "100m")];
    test.apply("step", &objects).await.expect("applied");
    let cancel = CancellationToken::new();
    let (patience, stop) = (Patience::of(Duration::from_secs(600)), cancel.clone());
    let mut assess = assessing(&objects);
    let ended = test
        .driver
        .wait_ready(
            &test.target,
            &objects,
            patience,
            &cancel,
            &mut |all| {
                stop.cancel();
                assess(all)
            },
            &mut |_| {},
        )
        .await
        .expect("a wait");
    assert!(matches!(ended, Ended::Cancelled(_)), "{ended:?}");
}
