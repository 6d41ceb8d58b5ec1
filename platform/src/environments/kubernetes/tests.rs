//! The driver on the real control plane, as the account of the manifest: what becomes ready, what does not and how that
//! looks, and what is left after a delete.

use std::time::Duration;

use domain::environments::name::ENVIRONMENT_LABEL;
use domain::environments::readiness::{self, Assessment, Cause};
use serde_json::json;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::*;
use crate::clusters::api::ClusterApi;
use crate::testing::cluster::{api, cluster, post};

/// A place of a test's own.
struct Test {
    driver: Kubernetes,
    admin: ClusterApi,
    target: Target,
}

async fn test(name: &str) -> Option<Test> {
    let cluster = cluster()?;
    let environment = EnvironmentId::from(Uuid::new_v7(uuid::Timestamp::now(uuid::ContextV7::new())));
    let namespace = format!("env-{name}-{}", &environment.to_string()[24..]);
    Some(Test {
        driver: Kubernetes::new(api(&cluster.slipway().await)),
        admin: api(&cluster.admin()),
        target: Target { environment, namespace },
    })
}

impl Test {
    fn metadata(&self, name: &str) -> Value {
        json!({
            "name": name, "namespace": self.target.namespace,
            "labels": {ENVIRONMENT_LABEL: self.target.environment.to_string(), "app.kubernetes.io/managed-by": "slipway"},
        })
    }

    fn namespace(&self) -> Value {
        let mut labels = self.metadata("")["labels"].clone();
        for mode in ["enforce", "audit", "warn"] {
            labels[format!("pod-security.kubernetes.io/{mode}")] = json!("restricted");
        }
        json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": self.target.namespace, "labels": labels}})
    }

    fn quota(&self, hard: Value) -> Value {
        json!({
            "apiVersion": "v1", "kind": "ResourceQuota", "metadata": self.metadata("environment"), "spec": {"hard": hard},
        })
    }

    /// A deployment that keeps to the restricted pod security standard.
    fn deployment(&self, image: &str, cpu: &str) -> Value {
        let mut pod = self.metadata("web")["labels"].clone();
        pod["app"] = json!("web");
        let resources = json!({"cpu": cpu, "memory": "64Mi"});
        json!({
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": self.metadata("web"),
            "spec": {
                "replicas": 1, "selector": {"matchLabels": {"app": "web"}},
                "template": {"metadata": {"labels": pod}, "spec": {
                    "automountServiceAccountToken": false,
                    "securityContext": {"runAsNonRoot": true, "runAsUser": 65532, "seccompProfile": {"type": "RuntimeDefault"}},
                    "containers": [{
                        "name": "web", "image": image, "resources": {"requests": resources, "limits": resources},
                        "securityContext": {"allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}},
                    }],
                }},
            },
        })
    }

    async fn apply(&self, step: &str, objects: &[Value]) -> Result<Vec<Applied>> {
        self.driver.apply(&self.target, step, objects, Fields::Respect, &mut |_| {}).await
    }

    /// Waits until the rules call it blocked, and gives the last assessment with what was there.
    async fn blocked(&self, objects: &[Value]) -> (readiness::Blocked, Vec<Value>) {
        let mut seen = Vec::new();
        let ended = self
            .driver
            .wait_ready(
                &self.target,
                objects,
                Patience::of(Duration::from_secs(60)),
                &CancellationToken::new(),
                &mut |all: &[Value]| {
                    seen = all.to_vec();
                    let assessment = readiness::assess(objects, all);
                    let verdict = match &assessment {
                        Assessment::Blocked(_) => Verdict::Failed,
                        Assessment::Ready => Verdict::Ready,
                        Assessment::Progressing { .. } => Verdict::Waiting,
                    };
                    (assessment, verdict)
                },
                &mut |_| {},
            )
            .await
            .expect("a wait");
        match ended {
            Ended::Failed(Assessment::Blocked(blocked)) => (blocked, seen),
            other => panic!("it should be blocked: {other:?}"),
        }
    }

    /// Applies a deployment in a fresh namespace and gives why it is blocked.
    async fn blocked_deployment(&self, deployment: Value) -> (readiness::Blocked, Vec<Value>) {
        let objects = [self.namespace(), deployment];
        self.apply("step", &objects).await.expect("applied");
        self.blocked(&objects[1..]).await
    }

    async fn gone(&self) -> bool {
        for _ in 0..300 {
            if self.driver.namespace_state(&self.target).await.expect("a state") == NamespaceState::Absent {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        false
    }
}

fn assessing<'a>(objects: &'a [Value]) -> impl FnMut(&[Value]) -> (Assessment, Verdict) + 'a {
    move |all| {
        let assessment = readiness::assess(objects, all);
        let verdict = if assessment == Assessment::Ready { Verdict::Ready } else { Verdict::Waiting };
        (assessment, verdict)
    }
}

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
        .apply(&test.target, "step-1", &objects, Fields::Respect, &mut |done| {
            told.push(done.object.to_string())
        })
        .await
        .expect("applied");
    assert_eq!(told[0], format!("namespace “{}”", test.target.namespace));
    assert_eq!(told[1..], ["quota “environment”", "secret “keys”", "deployment “web”"]);
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
async fn an_object_beyond_the_quota_is_refused_at_once() {
    let Some(test) = test("count").await else { return };
    let objects = [
        test.namespace(),
        test.quota(json!({"count/deployments.apps": "0"})),
        test.deployment("registry.example.com/web:1", "100m"),
    ];
    let refused = test.apply("step", &objects).await.expect_err("refused");
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
async fn pods_that_break_the_security_standard_are_told_at_once() {
    let Some(test) = test("secure").await else { return };
    let mut deployment = test.deployment("registry.example.com/web:1", "100m");
    deployment["spec"]["template"]["spec"]["containers"][0]["securityContext"] =
        json!({"allowPrivilegeEscalation": true});
    let refused = test.apply("step", &[test.namespace(), deployment.clone()]).await.expect_err("refused");
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
        .get(namespace_kind(), "", &test.target.namespace)
        .await
        .expect("a read")
        .expect("it is there");
    assert_eq!(after["metadata"]["labels"], before["metadata"]["labels"]);
    // The same for one that an earlier environment left behind.
    let other = Target { environment: EnvironmentId::from(Uuid::from_u128(7)), ..test.target.clone() };
    assert_eq!(test.driver.namespace_state(&other).await, Ok(NamespaceState::Foreign));
}

#[tokio::test]
async fn a_field_that_somebody_else_changed_is_named_and_taken_back_on_request_only() {
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
    test.driver
        .apply(&test.target, "step", &objects, Fields::TakeBack, &mut |_| {})
        .await
        .expect("taken back");
    let now = test
        .admin
        .get(kinds::ALLOWED[0], &test.target.namespace, "web")
        .await
        .expect("a read")
        .expect("it is there");
    assert_eq!(now["spec"]["replicas"], 1);
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
async fn the_objects_of_the_shipped_blueprint_are_accepted_and_become_ready() {
    use domain::environments::{blueprint::Blueprint, check, name, namespace, network, render};
    let Some(test) = test("shipped").await else { return };
    let text = include_str!("../../../../blueprints/web-service.yaml");
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
        pull_secrets: &[],
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
