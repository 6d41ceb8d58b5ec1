//! What the call of an earlier process made while ours was judged.

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

/// The service is refused `refusals` times by its quota; `is_there` says whether somebody made it meanwhile.
async fn apply(refusals: usize, is_there: bool) -> (Result<Vec<Applied>>, usize) {
    let tries = AtomicUsize::new(0);
    let fake = FakeApi::start(move |request| {
        let said = "services \"web\" is forbidden: exceeded quota: environment, requested: count/services=1, \
                    used: count/services=1, limited: count/services=1";
        let status = |code: u16, reason: &str, said: &str| {
            let details = json!({"name": "web", "kind": "services"});
            let status = json!({
                "kind": "Status", "apiVersion": "v1", "status": "Failure",
                "reason": reason, "code": code, "message": said, "details": details,
            });
            Reply::Body(code, status.to_string())
        };
        let there = |object: Value| Reply::Body(200, object.to_string());
        match request {
            request if !request.contains("/services/") => there(object("Namespace", "env-x")),
            request if request.starts_with("GET") && is_there => there(object("Service", "web")),
            request if request.starts_with("GET") => status(404, "NotFound", "services \"web\" not found"),
            _ if tries.fetch_add(1, Ordering::SeqCst) < refusals => status(403, "Forbidden", said),
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
async fn an_object_that_is_there_by_now_breaks_no_quota() {
    let (applied, patches) = apply(2, true).await;
    assert_eq!((applied.map(|applied| applied.len()), patches), (Ok(1), 3));
}

#[tokio::test]
async fn a_quota_that_has_no_room_refuses_at_once() {
    let (applied, patches) = apply(usize::MAX, false).await;
    let refused = applied.expect_err("there is no room");
    assert!(matches!(refused.fault(), Some(Fault::QuotaExceeded { .. })), "{refused:?}");
    assert_eq!(patches, 1);
}
