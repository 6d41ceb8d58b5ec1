//! A quota that refuses: at once, or with patience where an earlier call that was cut off may have taken the place. The cluster is played.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use domain::environments::name::ENVIRONMENT_LABEL;
use domain::ids::EnvironmentId;
use jiff::SignedDuration;
use serde_json::json;

use super::ours::{credentials, status};
use super::*;
use crate::Platform;
use crate::on_both_databases;
use crate::testing::execute;
use crate::testing::fake_api::{FakeApi, Reply};
use crate::testing::world::start_platform;

const EXCEEDED: &str = "services \"web\" is forbidden: exceeded quota: environment, requested: count/services=1, \
                        used: count/services=1, limited: count/services=1";
const REFUSED: &str = "The namespace's quota does not allow service web";

/// An environment that was asked for on a played cluster, and that nothing works on yet.
struct Played {
    world: World,
    fake: FakeApi,
    id: EnvironmentId,
    /// Whether the quota has no room for the service.
    full: Arc<AtomicBool>,
}

impl Played {
    async fn set_up(db: Db) -> Self {
        let (owner, full) = (Arc::new(OnceLock::<String>::new()), Arc::new(AtomicBool::new(true)));
        let (labelled, refuses) = (owner.clone(), full.clone());
        let fake = FakeApi::start(move |request| {
            let (verb, path) = request.split_once(' ').unwrap_or_default();
            let path = path.split('?').next().unwrap_or_default();
            let name = path.rsplit('/').next().unwrap_or_default();
            let labels = json!({ ENVIRONMENT_LABEL: labelled.get() });
            let metadata = json!({"name": name, "uid": "uid", "resourceVersion": "1", "labels": labels});
            let object = json!({"kind": "Namespace", "metadata": metadata}).to_string();
            match verb {
                "GET" if path == format!("/api/v1/namespaces/{name}") => Reply::Body(200, object),
                "GET" => status(404, "NotFound", "not found", name),
                _ if path.ends_with("/services/web") && refuses.load(Ordering::SeqCst) => {
                    status(403, "Forbidden", EXCEEDED, name)
                }
                _ => Reply::Body(200, object),
            }
        })
        .await;
        let folder = tempfile::tempdir().expect("a folder").keep();
        let world = World::set_up(db, &folder, &credentials(&fake)).await;
        let id = world.ask("quota", GOOD).await;
        owner.set(id.to_string()).expect("once");
        Self { world, fake, id, full }
    }

    async fn work(&self) -> Platform {
        let lease = SignedDuration::from_secs(30);
        start_platform(self.world.db.clone(), &self.world.folder, lease, false).await
    }

    /// How often the service was applied.
    fn applied(&self) -> usize {
        let asked = self.fake.asked();
        asked.iter().filter(|asked| asked.starts_with("PATCH") && asked.contains("/services/web")).count()
    }
}

on_both_databases!(a_request_that_is_too_large_is_refused_at_once, |db| async move {
    let played = Played::set_up(db).await;
    let _platform = played.work().await;
    let page = played.world.wait_for(played.id, State::Failed).await;
    let reason = page.reason.unwrap_or_default();
    assert!(reason.starts_with(REFUSED), "{reason}");
    assert_eq!(played.applied(), 1);
});

on_both_databases!(a_place_that_a_cut_off_call_took_is_waited_for, |db| async move {
    let played = Played::set_up(db).await;
    let (world, id) = (&played.world, played.id);
    // As a process leaves it that was killed while it applied the step.
    execute(&world.db, "update steps set outcome_unknown = true where ordinal = 1").await;
    let _platform = played.work().await;
    let page = world.wait_until(id, |page| steps(page)[1] == StepState::RetryWait).await;
    let next = &page.summary.status.next;
    assert!(next.contains("may still be charged for a call that was cut off"), "{next}");
    assert!(next.contains("It is tried again"), "{next}");
    // The cluster may take longer to count again than the step may take.
    execute(&world.db, "update steps set spent_ms = 3600000 where ordinal = 1").await;
    let before = played.applied();
    world.wait_until(id, |_| played.applied() > before + 1).await;
    played.full.store(false, Ordering::SeqCst);
    world.wait_until(id, |page| steps(page)[1] == StepState::Done).await;
});

on_both_databases!(a_quota_that_is_full_when_it_was_counted_again_refuses, |db| async move {
    let played = Played::set_up(db).await;
    let long_ago = r#"update steps set outcome_unknown = true, outcome = '{"refused_since": "2020-01-01T00:00:00Z"}' where ordinal = 1"#;
    execute(&played.world.db, long_ago).await;
    let _platform = played.work().await;
    let page = played.world.wait_for(played.id, State::Failed).await;
    let reason = page.reason.unwrap_or_default();
    assert!(reason.starts_with(REFUSED), "{reason}");
    assert_eq!(played.applied(), 1);
});
