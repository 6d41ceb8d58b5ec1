//! What the cluster, or the driver itself, refuses to make.

use super::*;

#[tokio::test]
async fn an_object_beyond_the_quota_is_refused_at_once() {
    let Some(test) = test("count").await else { return };
    let objects = [
        test.namespace(),
        test.quota(json!({"count/deployments.apps": "0"})),
        test.deployment("registry.example.com/web:1", "100m"),
    ];
    // A quota counts once the cluster's own admission has heard of it, which takes it a moment after the create.
    test.apply("step", &objects[..2]).await.expect("the quota");
    let mut tries = 0;
    let refused = loop {
        let Err(refused) = test.apply("step", &objects).await else {
            tries += 1;
            assert!(tries < 20, "the quota never counts");
            let kind = kind_of(&objects[2]).expect("a kind");
            let how = kube::api::DeleteParams::default();
            test.admin.delete(kind, &test.target.namespace, "web", &how).await.expect("taken back");
            tokio::time::sleep(Duration::from_millis(500)).await;
            continue;
        };
        break refused;
    };
    assert!(matches!(refused.fault(), Some(Fault::QuotaExceeded { .. })), "{refused}");
    assert!(!refused.is_retryable());
    assert!(
        refused
            .to_string()
            .starts_with("Applying the deployment “web”: The quota of the namespace is used up: "),
        "{refused}"
    );
}

#[tokio::test]
async fn a_namespace_of_somebody_else_is_left_alone() {
    let Some(test) = test("foreign").await else { return };
    let theirs = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": test.target.namespace, "labels": {"owner": "them"}}});
    let before = post(&test.admin, "/api/v1/namespaces", &theirs).await;
    let refused = test.apply("step", &[test.namespace()]).await;
    assert_eq!(refused, Err(Error::Foreign { namespace: test.target.namespace.clone() }));
    assert_eq!(test.driver.namespace_state(&test.target).await, Ok(NamespaceState::Foreign));
    assert_eq!(test.driver.observe(&test.target).await, Ok(Vec::new()));
    let after = test
        .admin
        .get(kinds::NAMESPACE, "", &test.target.namespace)
        .await
        .expect("a read")
        .expect("it is there");
    assert_eq!(after["metadata"]["labels"], before["metadata"]["labels"]);
    // The same for one that an earlier environment left behind.
    let other = Target { environment: EnvironmentId::from(Uuid::from_u128(7)), ..test.target.clone() };
    assert_eq!(test.driver.namespace_state(&other).await, Ok(NamespaceState::Foreign));
}

#[tokio::test]
async fn a_field_that_somebody_else_changed_is_named_and_stays_theirs() {
    let Some(test) = test("conflict").await else { return };
    let objects = [test.namespace(), test.deployment("registry.example.com/web:1", "100m")];
    test.apply("step", &objects).await.expect("applied");
    let patch = http::Request::patch(format!(
        "/apis/apps/v1/namespaces/{}/deployments/web?fieldManager=kubectl-edit",
        test.target.namespace
    ))
    .header("content-type", "application/merge-patch+json")
    .body(br#"{"spec": {"replicas": 3}}"#.to_vec())
    .expect("a request");
    test.admin.call(patch).await.expect("patched");
    let refused = test.apply("step", &objects).await.expect_err("a conflict");
    assert!(
        matches!(refused.fault(), Some(Fault::FieldConflict { said }) if said.contains(".spec.replicas") && said.contains("kubectl-edit")),
        "{refused}"
    );
    let now = test
        .admin
        .get(kinds::ALLOWED[0], &test.target.namespace, "web")
        .await
        .expect("a read")
        .expect("it is there");
    assert_eq!(now["spec"]["replicas"], 3);
}

#[tokio::test]
async fn a_namespace_that_is_gone_is_not_made_again_for_a_new_expiry() {
    let Some(test) = test("renew").await else { return };
    let mut namespace = test.namespace();
    let gone = test.driver.renew_namespace(&test.target, "step", &namespace).await;
    assert!(matches!(gone, Err(Error::NamespaceGone { .. })), "{gone:?}");
    let state = test.driver.namespace_state(&test.target).await.expect("an answer");
    assert!(matches!(state, NamespaceState::Absent), "{state:?}");
    test.apply("step", std::slice::from_ref(&namespace)).await.expect("made");
    namespace["metadata"]["annotations"]["slipway.dev/expires-at"] = json!("2026-12-01T00:00:00Z");
    test.driver.renew_namespace(&test.target, "step", &namespace).await.expect("renewed");
    let kind = kinds::NAMESPACE;
    let now = test.admin.get(kind, &test.target.namespace, &test.target.namespace).await.expect("a read");
    let now = now.expect("it is there");
    assert_eq!(now["metadata"]["annotations"]["slipway.dev/expires-at"], "2026-12-01T00:00:00Z");
}

#[tokio::test]
async fn objects_that_break_the_rules_are_refused_in_words() {
    let Some(test) = test("rules").await else { return };
    let deployment = test.deployment("registry.example.com/web:1", "100m");
    test.apply("step", &[test.namespace(), deployment.clone()]).await.expect("applied");
    let mut other_selector = deployment.clone();
    other_selector["spec"]["selector"]["matchLabels"]["app"] = json!("other");
    other_selector["spec"]["template"]["metadata"]["labels"]["app"] = json!("other");
    let refused = test.apply("step", &[other_selector]).await.expect_err("immutable");
    assert!(
        matches!(refused.fault(), Some(Fault::Immutable { said }) if said.contains("spec.selector")),
        "{refused}"
    );
    let mut misspelt = deployment.clone();
    misspelt["spec"]["replica"] = json!(2);
    let refused = test.apply("step", &[misspelt]).await.expect_err("strict");
    assert!(
        matches!(refused.fault(), Some(Fault::Invalid { said }) if said.contains("replica")),
        "{refused}"
    );
    let mut negative = deployment;
    negative["spec"]["replicas"] = json!(-1);
    let refused = test.apply("step", &[negative]).await.expect_err("invalid");
    assert!(matches!(refused.fault(), Some(Fault::Invalid { .. })), "{refused}");
}

#[tokio::test]
async fn objects_that_are_not_the_environments_never_leave() {
    let Some(test) = test("ours").await else { return };
    let unsuitable = |refused: Result<Vec<Applied>>| matches!(refused, Err(Error::Unsuitable { .. }));
    let mut elsewhere = test.deployment("registry.example.com/web:1", "100m");
    elsewhere["metadata"]["namespace"] = json!("kube-system");
    assert!(unsuitable(test.apply("step", &[test.namespace(), elsewhere]).await));
    let mut unlabelled = test.deployment("registry.example.com/web:1", "100m");
    unlabelled["metadata"]["labels"] = json!({});
    assert!(unsuitable(test.apply("step", &[test.namespace(), unlabelled]).await));
    let role = json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": test.metadata("x")});
    assert!(unsuitable(test.apply("step", &[test.namespace(), role]).await));
    assert_eq!(
        test.driver.namespace_state(&test.target).await,
        Ok(NamespaceState::Absent),
        "nothing was made"
    );
}
