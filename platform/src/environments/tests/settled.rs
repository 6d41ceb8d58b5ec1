//! "Gone" is not said while a call without an answer may still make the namespace.

use domain::environments::name::{ENVIRONMENT_LABEL, MANAGED_BY_LABEL, MANAGER};
use jiff::SignedDuration;
use serde_json::json;

use super::*;
use crate::environments::service;
use crate::on_both_databases;
use crate::testing::cluster::{api, post};
use crate::testing::execute;
use crate::testing::world::start_platform;

on_both_databases!(a_namespace_that_is_made_late_is_found_before_gone_is_said, |db| async move {
    let Some(cluster) = cluster() else { return };
    let folder = tempfile::tempdir().expect("a folder").keep();
    // Nothing works on them yet.
    let world = World::set_up(db, &folder, &cluster.slipway().await).await;
    let (late, never) = (world.ask("late", GOOD).await, world.ask("never", GOOD).await);
    // As a process leaves them that was killed while it asked for their namespaces.
    execute(&world.db, "update steps set outcome_unknown = true where ordinal = 0").await;
    world.destroy(late).await;
    world.destroy(never).await;
    // That was a moment ago, however slow the test is.
    let ended = async |at: i64| {
        execute(&world.db, &format!("update operations set finished_at = {at} where kind = 'create'")).await;
    };
    ended(now().as_microsecond() + 3_600_000_000).await;
    let _platform = start_platform(world.db.clone(), &folder, SignedDuration::from_secs(30), false).await;

    let waits = |page: &EnvironmentPage| steps(page).get(3) == Some(&StepState::RetryWait);
    for id in [late, never] {
        let page = world.wait_until(id, waits).await;
        assert_eq!(page.summary.state, State::VerifyingGone);
        let next = &page.summary.status.next;
        assert!(next.contains("the cluster may still carry it out"), "{next}");
        assert!(next.contains("It is tried again"), "{next}");
        assert!(page.receipt.is_none(), "{page:#?}");
    }
    let page = world.page(late).await;
    let labels = json!({ MANAGED_BY_LABEL: MANAGER, ENVIRONMENT_LABEL: late.to_string() });
    let metadata = json!({ "name": page.namespace, "labels": labels });
    let namespace = json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": metadata });
    post(&api(&cluster.admin()), "/api/v1/namespaces", &namespace).await;
    world.wait_for(late, State::DestroyBlocked).await;
    service::retry_environment(&world.environments, &world.member, late, now()).await.expect("asked again");
    until("it is deleted", async || !is_there(cluster, &page).await).await;
    let page = world.wait_until(late, waits).await;
    assert!(page.receipt.is_none(), "{page:#?}");

    ended(0).await;
    let page = world.wait_for(late, State::Destroyed).await;
    assert!(gone(&page) && !is_there(cluster, &page).await, "{page:#?}");
    let receipt = page.receipt.as_ref().expect("a receipt");
    assert!(receipt.deleted.iter().any(|listed| listed.kind == "namespace"), "{receipt:#?}");
    let page = world.wait_for(never, State::Destroyed).await;
    assert!(gone(&page), "{page:#?}");
    assert_eq!(page.receipt.expect("a receipt").deleted, []);
});
