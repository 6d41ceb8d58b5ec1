//! Work that is broken off, or gives its place to others, and goes on.

use jiff::SignedDuration;
use serde_json::json;

use super::*;
use crate::clock::Clock;
use crate::environments::service::list_attention;
use crate::on_both_databases;
use crate::outgoing::OutgoingSettings;
use crate::testing::cluster::api;
use crate::testing::world::{nowhere, start_platform};
use crate::testing::{count as number, execute};
use crate::{Platform, Settings};

const LEASE: SignedDuration = SignedDuration::from_secs(30);

on_both_databases!(what_does_not_come_up_keeps_no_worker_from_others, |db| async move {
    let Some(cluster) = cluster() else { return };
    let folder = tempfile::tempdir().expect("a folder").keep();
    let mut world = World::set_up(db, &folder, &cluster.slipway().await).await;
    let settings = Settings {
        data: folder.clone(),
        key_file: folder.join("key"),
        lease: LEASE,
        workers: 1,
        catalog_roots: Vec::new(),
        outgoing: OutgoingSettings::default(),
        one_process: false,
    };
    let platform = Platform::start(world.db.clone(), Clock::System, settings).await.expect("a platform");
    world.environments = platform.environments.clone();
    world.platform = Some(platform);
    let quick = world.blueprint;
    world.blueprint = words::changed(&world, "patient", &[("time_limit: 15s", "time_limit: 5m")]).await;
    let slow = world.ask("slow", "registry.example.com/missing:1").await;
    let told = |page: &EnvironmentPage| {
        let next = &page.summary.status.next;
        next.contains("cannot pull the image") && next.ends_with("fails after 5 min.")
    };
    let page = world.wait_until(slow, told).await;
    assert_eq!(steps(&page)[2], StepState::Running);
    let step = &page.operation.as_ref().expect("an operation").steps[2];
    assert!(step.problem.as_ref().is_some_and(|words| words.contains("cannot pull the image")), "{step:?}");
    world.blueprint = quick;
    let other = world.ask("other", GOOD).await;
    world.wait_for(other, State::Ready).await;
    let page = world.page(slow).await;
    assert_eq!((page.summary.state, steps(&page)[2]), (State::Applying, StepState::Running));
    assert_eq!(
        page.operation.as_ref().expect("an operation").steps[2].attempt,
        1,
        "it is the same try all the time"
    );
    let log = world.log(&page, 2).await;
    let pulls = log.iter().filter(|line| line.contains("cannot pull the image")).count();
    assert!(pulls >= 1, "{log:?}");
    assert!(log.windows(2).all(|pair| pair[0] != pair[1]), "what it waits for is said once: {log:?}");
});

on_both_databases!(a_wait_that_is_taken_over_goes_on_and_fails_after_its_time, |db| async move {
    let Some((mut world, _)) = world(db).await else { return };
    let id = world.ask("taken-over", "registry.example.com/neverready:1").await;
    let page = world.wait_until(id, |page| steps(page)[2] == StepState::Running).await;
    let began = page.operation.expect("an operation").steps[2].started_at;
    world.platform.take().expect("a platform").stop().await;
    world.platform = Some(start_platform(world.db.clone(), &world.folder, LEASE, false).await);
    let page = world.wait_for(id, State::Failed).await;
    let reason = page.reason.unwrap_or_default();
    assert!(reason.starts_with("Not ready after 15 s."), "{reason}");
    assert!(number(&world.db, "select spent_ms from steps where ordinal = 2").await >= 15_000);
    assert_eq!(page.operation.expect("an operation").steps[2].started_at, began, "its time began once");
    // Whoever has it tried again gives it all its time again.
    let retried = crate::environments::service::retry_environment;
    retried(&world.environments, &world.member, id, now()).await.expect("asked again");
    let goes_on = |page: &EnvironmentPage| {
        let operation = page.operation.as_ref().expect("an operation");
        let step = &operation.steps[2];
        // That it stood still until then is no part of how long it takes.
        step.state == StepState::Running && step.started_at > began && operation.started_at > began
    };
    world.wait_until(id, goes_on).await;
});

on_both_databases!(what_is_not_known_is_asked_however_long_the_cluster_was_away, |db| async move {
    let Some(cluster) = cluster() else { return };
    let world = World::start(db, &nowhere()).await;
    let id = world.ask("unknown", GOOD).await;
    world.wait_until(id, |page| steps(page)[0] == StepState::RetryWait).await;
    // As a process leaves it that was killed while it applied the step.
    execute(&world.db, "update steps set outcome_unknown = true where ordinal = 0").await;
    let tried =
        |page: &EnvironmentPage| page.operation.as_ref().map_or(0, |operation| operation.steps[0].attempt);
    let before = tried(&world.page(id).await);
    world.wait_until(id, |page| tried(page) >= before + 2 && steps(page)[0] == StepState::RetryWait).await;
    world.reconnect(world.cluster, "staging", &cluster.slipway().await).await;
    let page = world.wait_for(id, State::Ready).await;
    let log = world.log(&page, 0).await;
    assert!(log.iter().any(|line| line.contains("is not known; asking the cluster")), "{log:?}");
    assert!(
        !world.log(&page, 1).await.iter().any(|line| line.contains("is not known")),
        "of the others it is"
    );
});

on_both_databases!(it_is_being_destroyed_until_its_namespace_is_gone, |db| async move {
    let Some((world, cluster)) = world(db).await else { return };
    let id = world.ask("held", GOOD).await;
    let page = world.wait_for(id, State::Ready).await;
    let admin = api(&cluster.admin());
    let path = format!("/api/v1/namespaces/{}/services/web", page.namespace);
    let hold = async |finalizers: Value| {
        let patch = json!({"metadata": {"finalizers": finalizers}});
        let request = http::Request::patch(&path)
            .header("content-type", "application/merge-patch+json")
            .body(patch.to_string().into_bytes());
        admin.call(request.expect("a request")).await.expect("patched");
    };
    hold(json!(["example.com/held"])).await;
    world.destroy(id).await;
    let page = world.wait_until(id, |page| steps(page).get(1) == Some(&StepState::Done)).await;
    assert_eq!(page.summary.state, State::Destroying, "its deletion was asked for, and no more");
    let word = &page.summary.status.word;
    assert!(word.starts_with("Destroying · step 3 of 4") || word == "Waiting to try again", "{word}");
    let page = world.wait_until(id, |page| page.summary.trouble.is_some()).await;
    assert_eq!(page.summary.state, State::Destroying, "it is not given up on");
    let held = "Kubernetes waits for finalizers: example.com/held in 1 resource instances. Whoever put them there must take them away.";
    assert_eq!(page.reason.as_deref(), Some(held));
    let detail = page.operation.as_ref().and_then(|operation| operation.steps[2].problem_detail.clone());
    assert!(detail.is_some_and(|said| said.contains("SomeFinalizersRemain: ")), "in the cluster's own words");
    let attention = list_attention(&world.environments, &world.member, now()).await.expect("a list");
    assert_eq!(attention.iter().map(|one| one.summary.id).collect::<Vec<_>>(), [id]);
    hold(Value::Null).await;
    let page = world.wait_for(id, State::Destroyed).await;
    let asked = &page.receipt.as_ref().expect("a receipt").questions;
    assert!(asked[1].asked.contains("deployments, stateful sets"), "{asked:?}");
    assert!(asked[0].asked.contains("its secrets and events go with it"), "{asked:?}");
});
