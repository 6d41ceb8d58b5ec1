//! A step's time: only that is used up in which somebody worked on it and its cluster answered. The cluster is played.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use domain::environments::name::ENVIRONMENT_LABEL;
use domain::ids::EnvironmentId;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::ours::{credentials, status};
use super::*;
use crate::Platform;
use crate::clusters::Fault;
use crate::environments::engine::step::{self, Problem};
use crate::environments::resume::resume_in_tx;
use crate::environments::store;
use crate::on_both_databases;
use crate::testing::fake_api::{FakeApi, Reply};
use crate::testing::world::{nowhere, start_platform};
use crate::testing::{count as number, execute};

/// An environment that was asked for on a played cluster, and that nothing works on yet. Its wait may take 15 s.
struct Played {
    world: World,
    id: EnvironmentId,
    /// Whether its deployment is ready.
    up: Arc<AtomicBool>,
    /// Whether nobody answers.
    away: Arc<AtomicBool>,
    /// Whether it limits the requests by which a wait follows it.
    busy: Arc<AtomicBool>,
}

impl Played {
    async fn set_up(db: Db) -> Self {
        let owner = Arc::new(OnceLock::<String>::new());
        let [up, away, busy] = [(); 3].map(|()| Arc::new(AtomicBool::new(false)));
        let (labelled, is_up, is_away, is_busy) = (owner.clone(), up.clone(), away.clone(), busy.clone());
        let fake = FakeApi::start(move |request| {
            if is_away.load(Ordering::SeqCst) {
                return Reply::Raw(Vec::new());
            }
            let (verb, asked) = request.split_once(' ').unwrap_or_default();
            let path = asked.split('?').next().unwrap_or_default();
            let name = path.rsplit('/').next().unwrap_or_default();
            let mut metadata = json!({"name": name, "uid": "uid", "resourceVersion": "1", "generation": 1});
            metadata["labels"] = json!({ ENVIRONMENT_LABEL: labelled.get() });
            if verb != "GET" || path == format!("/api/v1/namespaces/{name}") {
                return Reply::Body(200, json!({"kind": "Namespace", "metadata": metadata}).to_string());
            }
            if is_busy.load(Ordering::SeqCst) {
                return status(429, "TooManyRequests", "slow down", name);
            }
            if asked.contains("watch=") {
                return Reply::Lines(Vec::new());
            }
            metadata["name"] = json!("web");
            metadata["annotations"] = json!({"deployment.kubernetes.io/revision": "1"});
            let ready = json!({
                "observedGeneration": 1, "replicas": 1, "updatedReplicas": 1, "readyReplicas": 1, "availableReplicas": 1,
            });
            let status = if is_up.load(Ordering::SeqCst) { ready } else { json!({}) };
            let web = json!({"metadata": metadata, "spec": {"replicas": 1}, "status": status});
            let items = match name {
                "deployments" | "services" | "ingresses" => vec![web],
                _ => Vec::new(),
            };
            let list = json!({"kind": "List", "metadata": {"resourceVersion": "1"}, "items": items});
            Reply::Body(200, list.to_string())
        })
        .await;
        let folder = tempfile::tempdir().expect("a folder").keep();
        let world = World::set_up(db, &folder, &credentials(&fake)).await;
        let id = world.ask("limited", GOOD).await;
        owner.set(id.to_string()).expect("once");
        Self { world, id, up, away, busy }
    }

    async fn work(&self) -> Platform {
        let lease = SignedDuration::from_secs(30);
        start_platform(self.world.db.clone(), &self.world.folder, lease, false).await
    }

    /// How much of its time a step has used up, in milliseconds.
    async fn spent(&self, ordinal: i64) -> i64 {
        number(&self.world.db, &format!("select spent_ms from steps where ordinal = {ordinal}")).await
    }

    /// The cluster is there again, and somebody noticed.
    async fn come_back(&self) {
        self.away.store(false, Ordering::SeqCst);
        let mut tx = self.world.db.begin().await.expect("a transaction");
        resume_in_tx(&mut tx, self.world.cluster, now()).await.expect("resumed");
        tx.commit().await.expect("kept");
    }
}

on_both_databases!(a_cluster_that_is_away_for_longer_than_a_step_may_take_is_waited_for, |db| async move {
    let played = Played::set_up(db).await;
    let (world, id) = (&played.world, played.id);
    played.up.store(true, Ordering::SeqCst);
    played.away.store(true, Ordering::SeqCst);
    execute(&world.db, "update steps set time_limit_seconds = 2 where ordinal = 0").await;
    let _platform = played.work().await;
    // The pauses between four tries are longer than that.
    let tried =
        |page: &EnvironmentPage| page.operation.as_ref().map_or(0, |operation| operation.steps[0].attempt);
    let waits = |page: &EnvironmentPage| tried(page) >= 4 && steps(page)[0] == StepState::RetryWait;
    let page = world.wait_until(id, waits).await;
    let status = &page.summary.status;
    assert_eq!((page.summary.state, status.word.as_str()), (State::Applying, "Coming up, waits for staging"));
    assert!(status.next.contains("The cluster does not answer"), "{}", status.next);
    assert!(played.spent(0).await < 1_000, "its time stood still");
    played.come_back().await;
    let page = world.wait_for(id, State::Ready).await;
    assert_eq!(steps(&page), [StepState::Done; 3]);
});

on_both_databases!(what_never_gets_ready_fails_after_the_time_that_it_was_given, |db| async move {
    let played = Played::set_up(db).await;
    let (world, id) = (&played.world, played.id);
    let platform = played.work().await;
    until("some of it is used up", async || played.spent(2).await > 2_000).await;
    // Whoever takes it over goes on from there; the time in which nobody worked on it does not count.
    platform.stop().await;
    let before = played.spent(2).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let _platform = played.work().await;
    world.wait_until(id, |page| steps(page)[2] == StepState::Running).await;
    played.away.store(true, Ordering::SeqCst);
    let page = world.wait_until(id, |page| steps(page)[2] == StepState::RetryWait).await;
    assert_eq!(page.summary.status.word, "Coming up, waits for staging");
    let then = played.spent(2).await;
    assert!((before..15_000).contains(&then), "{before} {then}");
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(played.spent(2).await < then + 1_000, "it stands still while its cluster is away");
    played.come_back().await;
    let page = world.wait_for(id, State::Failed).await;
    let reason = page.reason.unwrap_or_default();
    assert!(reason.starts_with("Not ready after 15 s."), "{reason}");
    assert!(played.spent(2).await >= 15_000);
});

on_both_databases!(a_cluster_that_limits_requests_stops_no_clock, |db| async move {
    let played = Played::set_up(db).await;
    let (world, id) = (&played.world, played.id);
    let _platform = played.work().await;
    world.wait_until(id, |page| steps(page)[2] == StepState::Running).await;
    played.busy.store(true, Ordering::SeqCst);
    let page = world.wait_until(id, |page| steps(page)[2] == StepState::RetryWait).await;
    let status = &page.summary.status;
    assert_eq!(status.word, "Waiting to try again", "{}", status.next);
    let page = world.wait_for(id, State::Failed).await;
    let reason = page.reason.unwrap_or_default();
    assert!(reason.starts_with("The cluster is limiting requests") && !reason.contains("page"), "{reason}");
});

on_both_databases!(what_a_process_had_used_that_ended_is_charged, |db| async move {
    let folder = tempfile::tempdir().expect("a folder").keep();
    let world = World::set_up(db, &folder, &nowhere()).await;
    let id = world.ask("killed", GOOD).await;
    // As a process leaves it that was killed in the midst of its first step.
    execute(&world.db, "update operations set state = 'running'").await;
    execute(&world.db, "update environments set state = 'applying'").await;
    let begun = "update steps set state = 'running', attempt = 1, spent_ms = 500 where ordinal = 0";
    execute(&world.db, begun).await;
    execute(&world.db, "update jobs set taken_over = true, takeovers = 1").await;
    let _platform = start_platform(world.db.clone(), &folder, SignedDuration::from_secs(30), false).await;
    world.wait_until(id, |page| steps(page)[0] == StepState::RetryWait).await;
    let charged = number(&world.db, "select spent_ms from steps where ordinal = 0").await;
    assert!((3_500..4_500).contains(&charged), "once, and the time of its cluster is not: {charged}");
});

on_both_databases!(a_call_that_fails_while_its_cluster_answers_is_no_cluster_that_is_away, |db| async move {
    let system = json!({"kind": "Namespace", "metadata": {"name": "kube-system", "uid": "this"}});
    let fake = FakeApi::start(move |request| match request {
        "GET /api/v1/namespaces/kube-system" => Reply::Body(200, system.to_string()),
        request if request.starts_with("GET ") => {
            status(404, "NotFound", "not found", request.rsplit('/').next().unwrap_or_default())
        }
        _ => status(500, "InternalError", "failed calling webhook \"w\": connection refused", "x"),
    })
    .await;
    let world = World::set_up(db, &tempfile::tempdir().expect("a folder").keep(), &credentials(&fake)).await;
    let id = world.ask("webhook", GOOD).await;
    execute(&world.db, "update steps set time_limit_seconds = 2").await;
    let lease = SignedDuration::from_secs(30);
    let _platform = start_platform(world.db.clone(), &world.folder, lease, false).await;
    let page = world.wait_for(id, State::Failed).await;
    let reason = page.reason.unwrap_or_default();
    // The cluster's page says that it works, so that the reason stands here.
    assert!(reason.ends_with("The cluster reported an internal error (500)"), "{reason}");
    let step = &page.operation.as_ref().expect("an operation").steps[0];
    assert_eq!(step.problem_detail.as_deref(), Some("failed calling webhook \"w\": connection refused"));
    let contact = crate::clusters::service::find_connection(&world.db, &world.administrator, world.cluster);
    assert_eq!(contact.await.expect("found").contact.last_error, None, "the cluster works");
});

fn busy() -> Problem {
    Problem::of(Fault::Busy { said: "later".to_owned() })
}

fn away(since: Timestamp) -> Problem {
    Problem { away_since: Some(since), ..Problem::of(Fault::TimedOut { seconds: 20 }) }
}

on_both_databases!(only_time_in_which_its_cluster_answers_is_used_up, |db| async move {
    let folder = tempfile::tempdir().expect("a folder");
    // Nothing works on it.
    let world = World::set_up(db, folder.path(), &nowhere()).await;
    let id = world.ask("counted", GOOD).await;
    execute(&world.db, "update steps set time_limit_seconds = 60, spent_ms = 40000, attempt = 1").await;
    let mut reader = world.db.read().await.expect("a reader");
    let operation = store::operation_latest(&mut reader, id).await.expect("read").expect("an operation");
    let mut step = store::step_list(&mut reader, operation.id).await.expect("read").remove(0);
    drop(reader);

    // A new try takes back what the last one said, but that its cluster is away only once that answers.
    let mut tx = world.db.begin().await.expect("a transaction");
    for (problem, kept) in [(busy(), None), (away(now()), Some("The cluster did not answer within 20 s"))] {
        let row = step::problem_row(&step, &problem, Some(now()), now());
        store::step_fail(&mut tx, step.id, &row, now()).await.expect("kept");
        let begin = store::Begin { state: StepState::Running, changes: false, attempts: 1, charged_ms: 0 };
        store::step_begin(&mut tx, step.id, begin, now()).await.expect("begun");
        let begun = store::step_list(&mut tx, operation.id).await.expect("read").remove(0);
        assert_eq!((begun.problem.as_deref(), begun.unreachable), (kept, kept.is_some()));
    }
    store::step_reached(&mut tx, step.id).await.expect("kept");
    let reached = store::step_list(&mut tx, operation.id).await.expect("read").remove(0);
    assert_eq!((reached.problem, reached.unreachable), (None, false));
    drop(tx);

    let began = now();
    let after = |seconds| began + SignedDuration::from_secs(seconds);
    assert_eq!(step::time_left(&step, after(500)), Duration::from_secs(20), "nobody works on it");
    step.at_work_since = Some(began);
    assert_eq!(step::time_left(&step, after(5)), Duration::from_secs(15));

    let busy = busy();
    let again = step::again_at(&step, &busy, after(5));
    let row = step::problem_row(&step, &busy, again, after(5));
    assert!(again.is_some() && row.spent_ms > 45_000 && !row.unreachable, "the pause counts: {row:?}");
    assert_eq!(step::again_at(&step, &busy, after(20)), None);

    let away = away(after(5));
    let again = step::again_at(&step, &away, after(500));
    let row = step::problem_row(&step, &away, again, after(500));
    assert!(again.is_some(), "it is waited for");
    assert_eq!((row.spent_ms, row.unreachable), (45_000, true));

    // A pause that somebody cut short was counted, and is given back.
    let mut tx = world.db.begin().await.expect("a transaction");
    for (problem, given_back) in [(busy, 16_000), (away, 0)] {
        let row = step::problem_row(&step, &problem, Some(after(20)), after(5));
        store::step_fail(&mut tx, step.id, &row, after(5)).await.expect("kept");
        let waiting = store::step_list(&mut tx, operation.id).await.expect("read").remove(0);
        let not_waited = step::not_waited_ms(&waiting, after(4)).expect("told");
        assert_eq!(not_waited, given_back, "{problem:?}");
        assert_eq!(step::not_waited_ms(&waiting, after(30)).expect("told"), 0, "it was waited for");
    }
});
