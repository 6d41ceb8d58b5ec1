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

/// The service is refused `refusals` times by its quota.
async fn apply(refusals: usize) -> (Result<Vec<Applied>>, usize) {
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
async fn a_place_that_a_cut_off_call_still_holds_is_waited_for() {
    let (applied, patches) = apply(2).await;
    assert_eq!((applied.map(|applied| applied.len()), patches), (Ok(1), 3));
}

#[tokio::test]
async fn a_quota_that_has_no_room_refuses_in_the_end() {
    let (applied, patches) = apply(usize::MAX).await;
    let refused = applied.expect_err("there is no room");
    assert!(matches!(refused.fault(), Some(Fault::QuotaExceeded { .. })), "{refused:?}");
    assert!(patches > 1, "{patches}");
}
