//! Watches that break, on a server that plays them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::*;
use crate::clusters::api::Limits;
use crate::testing::fake_api::{FakeApi, Reply};

fn limits() -> Limits {
    Limits { connect: Duration::from_secs(1), call: Duration::from_secs(2), watch: Duration::from_secs(1) }
}

fn target() -> Target {
    let environment = domain::ids::EnvironmentId::from(uuid::Uuid::from_u128(1));
    Target { environment, namespace: "env-a".to_owned(), uid: None }
}

fn deployment(ready: u64, version: &str) -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": "web", "uid": "u1", "resourceVersion": version}, "status": {"readyReplicas": ready},
    })
}

fn list(items: Vec<Value>, version: &str) -> Reply {
    Reply::Body(
        200,
        json!({"kind": "List", "metadata": {"resourceVersion": version}, "items": items}).to_string(),
    )
}

fn event(of_type: &str, object: Value) -> String {
    json!({"type": of_type, "object": object}).to_string()
}

fn status(code: u16, reason: &str) -> Value {
    json!({"kind": "Status", "status": "Failure", "code": code, "reason": reason, "message": reason})
}

/// Plays a server of which only the deployments do anything; `play` gets the number of the request for them.
async fn fake(play: impl Fn(usize, &str) -> Reply + Send + Sync + 'static) -> FakeApi {
    let count = Arc::new(AtomicUsize::new(0));
    FakeApi::start(move |request| match request {
        request if request.contains("/deployments") => play(count.fetch_add(1, Ordering::SeqCst), request),
        request if request.contains("watch=true") => Reply::LinesThenSilence(Vec::new()),
        _ => list(Vec::new(), "1"),
    })
    .await
}

/// Jobs run on any thread: this compiles only while waits can.
fn on_any_thread<T>(future: impl Future<Output = T> + Send) -> impl Future<Output = T> + Send {
    future
}

/// Waits until the deployment has a ready replica; gives the end and what was told.
async fn wait(fake: &FakeApi, seconds: u64) -> (Result<Ended<u64>>, Vec<String>) {
    let mut told = Vec::new();
    let driver = Kubernetes::new(fake.api(limits()));
    let (target, cancel, objects) = (target(), CancellationToken::new(), [deployment(0, "")]);
    let mut assess = |all: &[Value]| {
        let ready = all.iter().filter_map(|object| object["status"]["readyReplicas"].as_u64()).sum();
        (ready, if ready > 0 { Verdict::Ready } else { Verdict::Waiting })
    };
    let mut notice = |notice: Notice<'_, u64>| {
        told.push(match notice {
            Notice::Assessed(ready) => format!("{ready} ready"),
            Notice::Trouble(fault) => format!("trouble: {fault}"),
            Notice::Recovered => "recovered".to_owned(),
        });
    };
    let patience = Patience::of(Duration::from_secs(seconds));
    let waiting = driver.wait_ready(&target, &objects, patience, &cancel, &mut assess, &mut notice);
    let ended = on_any_thread(waiting).await;
    (ended, told)
}

#[tokio::test]
async fn a_watch_that_ends_with_410_begins_with_a_new_list() {
    let fake = fake(|number, request| match number {
        0 => list(vec![deployment(0, "5")], "5"),
        1 => {
            assert!(request.contains("resourceVersion=5"), "{request}");
            Reply::Lines(vec![event("ERROR", status(410, "Expired"))])
        }
        2 => list(vec![deployment(1, "90")], "90"),
        _ => Reply::LinesThenSilence(Vec::new()),
    })
    .await;
    let (ended, told) = wait(&fake, 20).await;
    assert_eq!(ended, Ok(Ended::Ready(1)), "{told:?}");
    assert_eq!(told, ["0 ready", "1 ready"], "410 is nobody's trouble");
}

#[tokio::test]
async fn a_watch_that_is_answered_with_410_begins_with_a_new_list() {
    let fake = fake(|number, _| match number {
        0 => list(vec![deployment(0, "5")], "5"),
        1 => Reply::Body(410, status(410, "Gone").to_string()),
        2 => list(vec![deployment(1, "90")], "90"),
        _ => Reply::LinesThenSilence(Vec::new()),
    })
    .await;
    assert_eq!(wait(&fake, 20).await.0, Ok(Ended::Ready(1)));
}

#[tokio::test]
async fn a_watch_that_ends_is_taken_up_where_it_ended() {
    let fake = fake(|number, request| match number {
        0 => list(vec![deployment(0, "5")], "5"),
        1 => Reply::Lines(vec![
            event("MODIFIED", deployment(0, "6")),
            event("BOOKMARK", json!({"metadata": {"resourceVersion": "8"}})),
        ]),
        _ => {
            assert!(request.contains("resourceVersion=8"), "{request}");
            Reply::LinesThenSilence(vec![event("MODIFIED", deployment(1, "9"))])
        }
    })
    .await;
    assert_eq!(wait(&fake, 20).await.0, Ok(Ended::Ready(1)));
}

#[tokio::test]
async fn a_connection_that_dies_silently_is_replaced() {
    // The watch lives 1 s by agreement; 5 s later it is taken for dead.
    let fake = fake(|number, _| match number {
        0 => list(vec![deployment(0, "5")], "5"),
        1 => Reply::LinesThenSilence(Vec::new()),
        _ => Reply::LinesThenSilence(vec![event("ADDED", deployment(1, "9"))]),
    })
    .await;
    assert_eq!(wait(&fake, 30).await.0, Ok(Ended::Ready(1)));
}

#[tokio::test]
async fn a_cluster_that_is_away_for_a_while_is_told_once_and_waited_for() {
    let fake = fake(|number, _| match number {
        0 | 1 => Reply::Body(503, status(503, "ServiceUnavailable").to_string()),
        2 => list(vec![deployment(0, "5")], "5"),
        _ => Reply::LinesThenSilence(vec![event("MODIFIED", deployment(1, "6"))]),
    })
    .await;
    let (ended, told) = wait(&fake, 20).await;
    assert_eq!(ended, Ok(Ended::Ready(1)));
    assert_eq!(
        told,
        ["trouble: The cluster reported an internal error (503)", "recovered", "0 ready", "1 ready"]
    );
}

#[tokio::test]
async fn a_refusal_ends_the_wait_at_once() {
    for (code, reason) in [(401, "Unauthorized"), (403, "Forbidden")] {
        let fake = fake(move |_, _| Reply::Body(code, status(code, reason).to_string())).await;
        let (ended, _) = wait(&fake, 20).await;
        assert!(matches!(&ended, Err(error) if !error.is_retryable()), "{ended:?}");
    }
}

#[tokio::test]
async fn a_watch_that_lies_ends_the_wait() {
    let fake = fake(|number, _| match number {
        0 => list(vec![deployment(0, "5")], "5"),
        _ => Reply::Lines(vec!["<html>Sign in</html>".to_owned()]),
    })
    .await;
    let (ended, _) = wait(&fake, 20).await;
    assert!(matches!(&ended, Err(error) if error.to_string().contains("not a Kubernetes API")), "{ended:?}");
}

#[tokio::test]
async fn watches_that_end_at_once_are_not_begun_without_pause() {
    let fake = fake(
        |number, _| if number == 0 { list(vec![deployment(0, "5")], "5") } else { Reply::Lines(Vec::new()) },
    )
    .await;
    let (ended, _) = wait(&fake, 3).await;
    assert_eq!(ended, Ok(Ended::TimedOut(Some(0))));
    let asked = fake.asked().iter().filter(|request| request.contains("/deployments")).count();
    assert!((3..20).contains(&asked), "{asked} requests in 3 s");
}

#[tokio::test]
async fn an_object_that_goes_away_is_forgotten() {
    let fake = fake(|number, _| match number {
        0 => list(vec![deployment(0, "5")], "5"),
        1 => Reply::Lines(vec![event("DELETED", deployment(0, "6"))]),
        _ => Reply::LinesThenSilence(vec![event(
            "ADDED",
            json!({"metadata": {"uid": "u2", "resourceVersion": "7"}, "status": {"readyReplicas": 1}}),
        )]),
    })
    .await;
    let (ended, _) = wait(&fake, 20).await;
    assert_eq!(ended, Ok(Ended::Ready(1)));
}

#[test]
fn when_an_object_changed_is_kept_without_what_changed() {
    let mut object = deployment(1, "9");
    object["metadata"]["creationTimestamp"] = json!("2026-01-01T00:00:00Z");
    object["metadata"]["managedFields"] =
        json!([{"manager": "kubelet", "time": "2026-01-02T00:00:00Z", "fieldsV1": {"f:status": {}}}]);
    let slim = slim(object);
    assert_eq!(slim["metadata"]["managedFields"], json!([{"time": "2026-01-02T00:00:00Z"}]));
    let row = super::super::row(&slim).expect("a row");
    assert_eq!(row.changed.map(|time| time.to_string()).as_deref(), Some("2026-01-02T00:00:00Z"));
    assert!(super::slim(json!({"metadata": {}}))["metadata"].get("managedFields").is_none());
}

#[test]
fn whatever_is_followed_may_be_watched() {
    let objects: Vec<Value> = kinds::OWN
        .into_iter()
        .chain(kinds::ALLOWED)
        .map(|kind| json!({"apiVersion": kind.api_version, "kind": kind.kind}))
        .collect();
    let rights = crate::clusters::rights::all();
    for kind in followed(&objects) {
        let right = rights.iter().find(|right| right.resource == kind.plural).expect("a right");
        assert!(right.verbs.contains(&"watch"), "{kind:?}");
    }
}
