//! From nothing to ready to gone, on the real control plane.

use super::*;

#[tokio::test]
async fn a_deployment_becomes_ready_is_probed_observed_and_deleted() {
    let Some(test) = test("ready").await else { return };
    let objects = [
        test.namespace(),
        test.quota(json!({"count/deployments.apps": "2", "requests.cpu": "2", "limits.cpu": "2", "requests.memory": "1Gi", "limits.memory": "1Gi"})),
        json!({"apiVersion": "v1", "kind": "Secret", "metadata": test.metadata("keys"), "stringData": {"a": "b"}}),
        test.deployment("registry.example.com/web:1", "100m"),
    ];
    assert_eq!(
        test.driver.probe(&test.target, "step-1", &objects).await.expect("a probe"),
        Probe::NotDone(objects.iter().map(ObjectName::of).collect())
    );
    let mut told = Vec::new();
    let applied = test
        .driver
        .apply(&test.target, "step-1", &objects, &mut |news| {
            told.push(match news {
                Told::Claimed { uid } => format!("claimed {}", if uid.is_empty() { "nothing" } else { "it" }),
                Told::Exists => "exists".to_owned(),
                Told::Applied(done) => done.object.to_string(),
            })
        })
        .await
        .expect("applied");
    assert_eq!(told[..2], ["claimed it".to_owned(), format!("namespace “{}”", test.target.namespace)]);
    assert_eq!(told[2..], ["quota “environment”", "secret “keys”", "deployment “web”"]);
    assert!(
        applied.iter().all(|done| done.made && !done.uid.is_empty() && !done.resource_version.is_empty())
    );
    assert_eq!(test.driver.probe(&test.target, "step-1", &objects).await.expect("a probe"), Probe::Done);
    assert_ne!(test.driver.probe(&test.target, "step-2", &objects).await.expect("a probe"), Probe::Done);

    let mut notices = Vec::new();
    let ended = test
        .driver
        .wait_ready(
            &test.target,
            &objects,
            Patience::of(Duration::from_secs(60)),
            &CancellationToken::new(),
            &mut assessing(&objects),
            &mut |notice| notices.push(format!("{notice:?}")),
        )
        .await
        .expect("a wait");
    assert_eq!(ended, Ended::Ready(Assessment::Ready), "{notices:#?}");
    assert!(notices.len() > 1, "it was told how it came up: {notices:#?}");

    let seen = test.driver.observe(&test.target).await.expect("observed");
    let rows: Vec<(String, String, String)> =
        seen.iter().filter_map(row).map(|row| (row.kind, row.name, row.status.word)).collect();
    assert!(rows.contains(&("deployment".to_owned(), "web".to_owned(), "Ready".to_owned())), "{rows:#?}");
    assert!(rows.iter().any(|(kind, ..)| kind == "pod"), "{rows:#?}");
    assert!(
        !rows.iter().any(|(kind, name, _)| kind == "config map" && name == "kube-root-ca.crt"),
        "only its own"
    );

    // Applying again changes nothing and is harmless.
    let again = test.apply("step-1", &objects).await.expect("applied");
    assert!(
        again.iter().zip(&applied).all(|(again, before)| !again.made && again.uid == before.uid),
        "{again:#?}"
    );

    let NamespaceState::Active { uid } = test.driver.namespace_state(&test.target).await.expect("a state")
    else {
        panic!("it lives")
    };
    assert_eq!(uid, applied[0].uid);
    let wrong =
        test.driver.delete_namespace(&test.target.namespace, "00000000-0000-0000-0000-000000000000").await;
    assert!(matches!(&wrong, Err(Error::WrongUid { found, .. }) if *found == uid), "{wrong:?}");
    let left = test.driver.inventory(&test.target).await.expect("an inventory");
    assert!(
        left.iter().any(|name| name.kind == "namespace") && left.iter().any(|name| name.kind == "pod"),
        "{left:#?}"
    );
    assert_eq!(test.driver.delete_namespace(&test.target.namespace, &uid).await, Ok(Deletion::Begun));
    assert!(test.gone().await, "{:?}", test.driver.namespace_state(&test.target).await);
    assert_eq!(test.driver.inventory(&test.target).await, Ok(Vec::new()));
    assert_eq!(test.driver.observe(&test.target).await, Ok(Vec::new()));
    assert_eq!(test.driver.delete_namespace(&test.target.namespace, &uid).await, Ok(Deletion::AlreadyGone));
    let late = test.apply("step-1", &objects[1..]).await;
    assert_eq!(late, Err(Error::NamespaceGone { namespace: test.target.namespace.clone() }));
}

#[tokio::test]
async fn the_objects_of_the_shipped_blueprint_are_accepted_and_become_ready() {
    use domain::environments::{blueprint::Blueprint, check, name, namespace, network, render};
    let Some(test) = test("shipped").await else { return };
    let text = include_str!("../../../../../blueprints/web-service.yaml");
    let blueprint = Blueprint::parse(text).expect("the shipped blueprint");
    let given =
        json!({"image": "registry.example.com/web:1", "replicas": 2, "variables": {"LOG_LEVEL": "debug"}});
    let parameters = check::check(&blueprint.parameters, given.as_object().expect("a map")).expect("right");
    let environment = name::EnvironmentName::new("shipped").expect("a name");
    let place = render::Place {
        id: &test.target.environment,
        name: &environment,
        namespace: &test.target.namespace,
        owner: "group:default/payments",
        host: Some("shipped.envs.example.com"),
        https: true,
        ingress_class: Some("nginx"),
    };
    let rendered = render::render(&blueprint, &parameters, &place).expect("rendered");
    let around = namespace::Surroundings {
        team: "payments",
        expires_at: "2026-12-01T00:00:00Z".parse().expect("a time"),
        ingress_namespace: Some("ingress-nginx"),
        dns: &network::DnsSelector::default(),
        registry: None,
    };
    let safe = namespace::objects(&blueprint, &rendered, &place, &around);
    test.apply("namespace", &safe).await.expect("the safe namespace");
    let objects: Vec<Value> = rendered.objects().cloned().collect();
    let applied = test.apply("deploy", &objects).await.expect("the objects");
    assert_eq!(applied.iter().flat_map(|done| &done.warnings).collect::<Vec<_>>(), Vec::<&String>::new());
    let patience = Patience::of(Duration::from_secs(60));
    let cancel = CancellationToken::new();
    let ended = test
        .driver
        .wait_ready(&test.target, &objects, patience, &cancel, &mut assessing(&objects), &mut |_| {})
        .await
        .expect("a wait");
    assert_eq!(ended, Ended::Ready(Assessment::Ready));
    // The namespace is applied again alone when its expiry changes.
    let later =
        namespace::namespace_object(&blueprint, &place, "2026-12-02T00:00:00Z".parse().expect("a time"));
    test.apply("extend", &[later]).await.expect("extended");
}

#[tokio::test]
async fn a_namespace_that_is_held_up_says_by_what() {
    let Some(test) = test("held").await else { return };
    let applied = test.apply("step", &[test.namespace()]).await.expect("applied");
    // Somebody's controller keeps an object with a finalizer, as an operator does that has been uninstalled.
    let mut held = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": test.metadata("held")});
    held["metadata"]["finalizers"] = json!(["example.com/never"]);
    post(&test.admin, &format!("/api/v1/namespaces/{}/configmaps", test.target.namespace), &held).await;
    let uid = &applied[0].uid;
    assert_eq!(test.driver.delete_namespace(&test.target.namespace, uid).await, Ok(Deletion::Begun));
    let mut conditions = Vec::new();
    for _ in 0..300 {
        if let NamespaceState::Terminating { conditions: found, .. } =
            test.driver.namespace_state(&test.target).await.expect("a state")
        {
            conditions = found;
        }
        if conditions.iter().any(|condition| condition.of_type == "NamespaceFinalizersRemaining") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let words: Vec<&str> = conditions.iter().map(|condition| condition.message.as_str()).collect();
    assert!(
        words.iter().any(|words| words.contains("example.com/never in 1 resource instances")),
        "{words:?}"
    );
    assert!(words.iter().any(|words| words.contains("configmaps. has 1 resource instances")), "{words:?}");
    let left = test.driver.inventory(&test.target).await.expect("an inventory");
    assert!(left.iter().any(|name| name.to_string() == "config map “held”"), "{left:?}");
    let refused = test.apply("step", &[test.namespace()]).await.expect_err("it is going");
    assert!(matches!(refused.fault(), Some(Fault::Terminating { .. })), "{refused}");
    assert_eq!(
        test.driver.delete_namespace(&test.target.namespace, uid).await,
        Ok(Deletion::Begun),
        "asking twice is harmless"
    );
    let free = http::Request::patch(format!("/api/v1/namespaces/{}/configmaps/held", test.target.namespace))
        .header("content-type", "application/merge-patch+json")
        .body(br#"{"metadata": {"finalizers": null}}"#.to_vec())
        .expect("a request");
    test.admin.call(free).await.expect("freed");
    assert!(test.gone().await);
}

#[tokio::test]
async fn what_was_deleted_of_what_was_applied_is_told_and_a_job_runs_once() {
    let Some(test) = test("missing").await else { return };
    let secret = |name: &str| json!({"apiVersion": "v1", "kind": "Secret", "metadata": test.metadata(name), "stringData": {"a": "b"}});
    let pod = test.deployment("registry.example.com/web:1", "100m")["spec"]["template"].clone();
    let mut job = json!({"apiVersion": "batch/v1", "kind": "Job", "metadata": test.metadata("migrate"), "spec": {"template": pod}});
    job["spec"]["template"]["spec"]["restartPolicy"] = json!("Never");
    job["spec"]["template"]["metadata"]["labels"] =
        json!({ENVIRONMENT_LABEL: test.target.environment.to_string()});
    let objects =
        [secret("first"), test.deployment("registry.example.com/web:1", "100m"), job, secret("last")];
    let mut all = vec![test.namespace()];
    all.extend(objects.iter().cloned());
    test.apply("step-1", &all).await.expect("applied");
    assert_eq!(test.driver.missing(&test.target, &objects).await, Ok(Vec::new()), "also what cannot be read");
    let remove = async |path: &str| {
        let path = path.replace("NAMESPACE", &test.target.namespace);
        // At once, whatever else it owns.
        let request = http::Request::delete(path).body(br#"{"propagationPolicy": "Background"}"#.to_vec());
        test.admin.call(request.expect("a request")).await.expect("deleted");
    };
    remove("/api/v1/namespaces/NAMESPACE/secrets/last").await;
    remove("/apis/batch/v1/namespaces/NAMESPACE/jobs/migrate").await;
    assert_eq!(
        test.driver.missing(&test.target, &objects).await.expect("a look"),
        [secret("last")],
        "the cluster clears jobs away"
    );
    assert_eq!(
        test.driver.missing(&test.target, &objects).await.expect("a look").len(),
        1,
        "a look makes nothing"
    );
    remove("/api/v1/namespaces/NAMESPACE/secrets/first").await;
    let missing = test.driver.missing(&test.target, &objects).await.expect("a look");
    assert_eq!(missing, [secret("first"), secret("last")]);
    test.apply("step-1", &missing).await.expect("made again");
    assert_eq!(test.driver.missing(&test.target, &objects).await, Ok(Vec::new()));
    let NamespaceState::Active { uid } = test.driver.namespace_state(&test.target).await.expect("a state")
    else {
        panic!("it lives")
    };
    test.driver.delete_namespace(&test.target.namespace, &uid).await.expect("deleted");
}
