//! What quotas say of an apply.

use std::sync::atomic::{AtomicUsize, Ordering};

use domain::ids::EnvironmentId;

use super::*;
use crate::clusters::api::Limits;
use crate::testing::fake_api::{FakeApi, Reply};

fn target() -> Target {
    Target { environment: EnvironmentId::from(uuid::Uuid::nil()), namespace: "env-x".to_owned(), uid: None }
}

fn object(kind: &str, name: &str) -> Value {
    let labels = json!({ ENVIRONMENT_LABEL: target().environment.to_string() });
    let namespace = (kind != "Namespace").then_some("env-x");
    json!({
        "apiVersion": "v1", "kind": kind,
        "metadata": {"name": name, "namespace": namespace, "uid": "u", "labels": labels},
    })
}

/// Applies a service that is refused `refusals` times in these words; gives how often it was asked for.
async fn apply(said: &'static str, refusals: usize) -> (Result<Vec<Applied>>, usize) {
    let tries = AtomicUsize::new(0);
    let fake = FakeApi::start(move |request| {
        let there = |object: Value| Reply::Body(200, object.to_string());
        match request {
            request if !request.contains("/services/") => there(object("Namespace", "env-x")),
            _ if tries.fetch_add(1, Ordering::SeqCst) < refusals => {
                let details = json!({"name": "web", "kind": "services"});
                let status = json!({
                    "kind": "Status", "apiVersion": "v1", "status": "Failure",
                    "reason": "Forbidden", "code": 403, "message": said, "details": details,
                });
                Reply::Body(403, status.to_string())
            }
            _ => there(object("Service", "web")),
        }
    })
    .await;
    let driver = Kubernetes::new(fake.api(Limits::default()));
    let objects = [object("Service", "web")];
    let applied = driver.apply(&target(), "step", &objects, &mut |_| {}).await;
    let patches = fake.asked().iter().filter(|request| request.starts_with("PATCH")).count();
    (applied, patches)
}

#[tokio::test]
async fn a_quota_that_is_not_counted_yet_is_waited_for() {
    let said =
        "services \"web\" is forbidden: status unknown for quota: environment, resources: count/services";
    let (applied, patches) = apply(said, 2).await;
    assert_eq!((applied.map(|applied| applied.len()), patches), (Ok(1), 3));
}

#[tokio::test]
async fn a_quota_that_has_no_room_refuses_at_once() {
    let said = "services \"web\" is forbidden: exceeded quota: environment, requested: count/services=1, \
                used: count/services=1, limited: count/services=1";
    let (applied, patches) = apply(said, usize::MAX).await;
    let refused = applied.expect_err("there is no room");
    assert!(matches!(refused.fault(), Some(Fault::QuotaExceeded { .. })), "{refused:?}");
    assert_eq!(patches, 1);
}
