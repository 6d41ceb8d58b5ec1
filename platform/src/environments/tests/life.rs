//! The life of an environment, and what people do to it on the way.

use std::time::Instant;

use domain::environments::life::Action;
use domain::environments::lifetime::Warning;
use domain::environments::name::EXPIRES_ANNOTATION;
use serde_json::Value;

use super::*;
use crate::environments::service;
use crate::on_both_databases;

on_both_databases!(it_comes_up_is_extended_and_goes_with_proof, |db| async move {
    let Some((world, cluster)) = world(db).await else { return };
    let asked = Instant::now();
    let id = world.ask("life", GOOD).await;
    let running = world.wait_until(id, |page| steps(page)[0] != StepState::Pending).await;
    crate::testing::announce(&format!("request to first step running: {} ms", asked.elapsed().as_millis()));
    assert_eq!(running.summary.state, State::Applying);
    let page = world.wait_for(id, State::Ready).await;
    crate::testing::announce(&format!("request to ready: {} ms", asked.elapsed().as_millis()));
    assert_eq!(steps(&page), [StepState::Done; 3]);
    assert_eq!(page.actions, [Action::Extend, Action::Destroy]);
    let outputs = page.outputs.clone().expect("the team sees them");
    assert_eq!(outputs[0].value, "https://life.envs.example.com");
    let log = world.log(&page, 1).await;
    assert!(log.contains(&"deployment “web” created".to_owned()), "{log:?}");
    assert_eq!(world.log(&page, 2).await.last().map(String::as_str), Some("Everything is ready"));
    let pod = page.objects.iter().find(|object| object.kind == "pod").expect("a pod");
    assert_eq!((pod.hue.as_str(), pod.words.as_str()), ("ok", "Ready"));

    let before = page.summary.expires_at;
    let after = service::extend_environment(&world.environments, &world.member, id, "1d", None, now())
        .await
        .expect("extended");
    assert_eq!(after.duration_since(before).as_hours(), 24);
    // Another tab shows the dates of before: nobody gets another one than was chosen there.
    let old =
        service::extend_environment(&world.environments, &world.leader, id, "1d", Some(before), now()).await;
    let old = old.expect_err("it was extended meanwhile").to_string();
    let to = after.strftime("%-d %b %Y, %H:%M UTC");
    assert!(old.starts_with(&format!("It was extended meanwhile, to {to}, by ")), "{old}");
    assert_eq!(world.page(id).await.summary.expires_at, after);
    let annotated = |seen: &Value| seen["metadata"]["annotations"][EXPIRES_ANNOTATION] == after.to_string();
    wait_for_namespace(cluster, &page, annotated).await;
    let beyond =
        service::extend_environment(&world.environments, &world.member, id, "90d", None, now()).await;
    let beyond = beyond.expect_err("too long").to_string();
    assert!(beyond.contains("its blueprint allows 14 d in all"), "{beyond}");

    let unsure = service::destroy_environment(&world.environments, &world.member, id, "lif", now()).await;
    assert_eq!(unsure.expect_err("its name was not typed").to_string(), "Type life to destroy it");
    world.destroy(id).await;
    world.destroy(id).await;
    let page = world.wait_for(id, State::Destroyed).await;
    assert!(gone(&page), "{:#?}", page.receipt);
    assert!(!is_there(cluster, &page).await);
    let receipt = page.receipt.as_ref().expect("a receipt");
    assert!(receipt.deleted.iter().any(|listed| listed.kind == "namespace"), "{receipt:#?}");
    assert!(receipt.deleted.iter().any(|listed| listed.kind == "pod"), "{receipt:#?}");
    assert_eq!(page.objects.len(), 0);
    assert!(page.actions.is_empty());
    assert_eq!(
        world.audited(id).await,
        [
            "environment.request",
            "environment.ready",
            "environment.extend",
            "environment.destroy",
            "environment.destroyed"
        ]
    );
    const TEXT: &str =
        "select audit.action, intent.action from audit join audit as intent on intent.id = audit.intent_id
        where audit.object_id = $1 and audit.phase = 'outcome' order by audit.id";
    const OUTCOMES: Sql = Sql::each(TEXT, TEXT);
    let mut reader = world.db.read().await.expect("a reader");
    let outcomes = crate::sql!(&mut reader, all(String, String), OUTCOMES, id.to_string()).expect("rows");
    drop(reader);
    let pair = |outcome: &str, intent: &str| (outcome.to_owned(), intent.to_owned());
    assert_eq!(
        outcomes,
        [
            pair("environment.ready", "environment.request"),
            pair("environment.destroyed", "environment.destroy")
        ]
    );
    assert_eq!(
        history(&page),
        [
            "Requested from Web service version 1",
            "Ready",
            "Extended by 1 d",
            "Requested destruction",
            "Destroyed: an inventory found nothing left"
        ]
    );
    // Its name is free again.
    world.ask("life", GOOD).await;
});

on_both_databases!(what_changes_in_the_cluster_later_is_seen, |db| async move {
    let Some((world, cluster)) = world(db).await else { return };
    let id = world.ask("watched", GOOD).await;
    let page = world.wait_for(id, State::Ready).await;
    assert!(page.objects.iter().any(|object| object.kind == "ingress"), "{:#?}", page.objects);
    let path = format!("/apis/networking.k8s.io/v1/namespaces/{}/ingresses/web", page.namespace);
    let request = http::Request::delete(path).body(Vec::new()).expect("a request");
    crate::testing::cluster::api(&cluster.admin())
        .call(request)
        .await
        .expect("deleted behind Slipway's back");
    let page = world.wait_until(id, |page| !page.objects.iter().any(|object| object.kind == "ingress")).await;
    assert_eq!(page.summary.state, State::Ready);
    assert!(page.objects.iter().any(|object| object.kind == "deployment"), "{:#?}", page.objects);
});

on_both_databases!(all_that_is_there_is_told_while_it_comes_up, |db| async move {
    use crate::environments::kubernetes::{Kubernetes, Target, row};
    let Some((world, cluster)) = world(db).await else { return };
    let id = world.ask("whole", "registry.example.com/neverready:1").await;
    // What the cluster makes itself comes a moment later.
    let has = |page: &EnvironmentPage, kind: &str| page.objects.iter().any(|object| object.kind == kind);
    let page = world.wait_until(id, |page| has(page, "pod") && has(page, "replica set")).await;
    assert_eq!(steps(&page)[2], StepState::Running, "it is waited for");
    let driver = Kubernetes::new(crate::testing::cluster::api(&cluster.admin()));
    let target = Target { environment: id, namespace: page.namespace.clone(), uid: None };
    let there = driver.observe(&target).await.expect("what is there");
    let mut there: Vec<_> = there.iter().filter_map(row).map(|row| (row.kind, row.name)).collect();
    there.sort();
    assert!(there.iter().any(|(kind, _)| kind == "quota"), "{there:?}");
    // Also what is not waited for.
    let mut told: Vec<_> = page.objects.into_iter().map(|object| (object.kind, object.name)).collect();
    told.sort();
    assert_eq!(told, there);
});

on_both_databases!(a_cancel_stops_it_and_a_retry_goes_on, |db| async move {
    let Some((world, cluster)) = world(db).await else { return };
    let id = world.ask("cancelled", "registry.example.com/neverready:1").await;
    world.wait_until(id, |page| steps(page)[2] == StepState::Running).await;
    let asked = Instant::now();
    service::cancel_environment(&world.environments, &world.member, id, now()).await.expect("asked to stop");
    let page = world.wait_for(id, State::Failed).await;
    assert!(asked.elapsed().as_secs() < 5, "a wait is a safe point");
    assert_eq!(steps(&page), [StepState::Done, StepState::Done, StepState::Skipped]);
    let stopped = &page.operation.as_ref().expect("an operation").steps[2];
    assert!(stopped.started_at.is_some() && stopped.started_at < stopped.finished_at, "{stopped:?}");
    assert_eq!(page.summary.status.word, "Cancelled");
    assert!(page.summary.status.next.starts_with("It was cancelled before it was ready."), "{page:#?}");
    assert!(is_there(cluster, &page).await);
    let again = service::cancel_environment(&world.environments, &world.member, id, now()).await;
    assert_eq!(
        again.expect_err("nothing runs").to_string(),
        "Cancel is not possible now: cancelled is in the state “Failed”"
    );

    service::retry_environment(&world.environments, &world.leader, id, now()).await.expect("asked again");
    let page = world.wait_until(id, |page| steps(page)[2] == StepState::Running).await;
    assert_eq!(steps(&page)[..2], [StepState::Done; 2], "it goes on from the first step not done");
    let log = world.log(&page, 1).await;
    let retried =
        log.iter().position(|line| line == "Retry requested by lee").expect("a new try begins there");
    assert!(log[retried..].contains(&"Everything of this step was there already".to_owned()), "{log:?}");
    assert!(
        !log[retried..].iter().any(|line| line.ends_with("configured")),
        "nothing is overwritten: {log:?}"
    );
    assert_eq!(page.operation.expect("an operation").requested_by_name, "lee");
    // Gone is wanted while it is being made.
    world.destroy(id).await;
    let page = world.wait_for(id, State::Destroyed).await;
    assert!(gone(&page) && !is_there(cluster, &page).await, "{page:#?}");
    let audit = world.audited(id).await;
    assert_eq!(
        audit,
        [
            "environment.request",
            "environment.cancel",
            "environment.stopped",
            "environment.retry",
            "environment.destroy",
            "environment.stopped",
            "environment.destroyed"
        ]
    );
});

on_both_databases!(a_retry_makes_again_what_was_deleted_by_hand, |db| async move {
    let Some((world, cluster)) = world(db).await else { return };
    let id = world.ask("deleted", "registry.example.com/neverready:1").await;
    world.wait_until(id, |page| steps(page)[2] == StepState::Running).await;
    service::cancel_environment(&world.environments, &world.member, id, now()).await.expect("asked to stop");
    let page = world.wait_for(id, State::Failed).await;
    let admin = crate::testing::cluster::api(&cluster.admin());
    let kind = domain::environments::kinds::allowed("Deployment").expect("a kind");
    let is_there =
        async || admin.get(kind, &page.namespace, "web").await.expect("a read of the deployment").is_some();
    let path = format!("/apis/apps/v1/namespaces/{}/deployments/web", page.namespace);
    let request = http::Request::delete(path).body(Vec::new()).expect("a request");
    admin.call(request).await.expect("deleted behind Slipway's back");
    until("it is deleted", async || !is_there().await).await;

    service::retry_environment(&world.environments, &world.member, id, now()).await.expect("asked again");
    let again = world.wait_until(id, |page| steps(page)[2] == StepState::Running).await;
    assert!(is_there().await, "it was made again before it is waited for");
    let log = world.log(&again, 1).await;
    let made = log.iter().filter(|line| *line == "deployment “web” created").count();
    assert_eq!(made, 2, "{log:?}");
    world.destroy(id).await;
    world.wait_for(id, State::Destroyed).await;
});

on_both_databases!(what_was_never_begun_is_destroyed_with_a_receipt, |db| async move {
    let Some(cluster) = cluster() else { return };
    let folder = tempfile::tempdir().expect("a folder").keep();
    // Nothing works on it yet: it stays queued.
    let world = World::set_up(db, &folder, &cluster.slipway().await).await;
    let (destroyed, cancelled) = (world.ask("queued", GOOD).await, world.ask("queued-too", GOOD).await);
    let page = world.page(destroyed).await;
    assert_eq!((page.summary.state, page.summary.status.word.as_str()), (State::Queued, "Queued"));
    world.destroy(destroyed).await;
    service::cancel_environment(&world.environments, &world.member, cancelled, now())
        .await
        .expect("asked to stop");
    let lease = jiff::SignedDuration::from_secs(30);
    let _platform = crate::testing::world::start_platform(world.db.clone(), &folder, lease, false).await;
    let page = world.wait_for(destroyed, State::Destroyed).await;
    assert!(gone(&page), "{page:#?}");
    assert_eq!(page.receipt.expect("a receipt").deleted, [], "nothing had been made");
    let page = world.wait_for(cancelled, State::Failed).await;
    assert_eq!(steps(&page), [StepState::Skipped; 3]);
    let said = &page.summary.status.next;
    assert!(said.starts_with("It was cancelled before anything was created."), "{said}");
    assert!(!is_there(cluster, &page).await);
});

on_both_databases!(it_goes_when_its_time_is_over_with_warnings_before, |db| async move {
    let Some((world, cluster)) = world(db).await else { return };
    let warned = world.ask("warned", GOOD).await;
    let expired = world.ask("expired", GOOD).await;
    let applying = world.ask("applying", "registry.example.com/neverready:1").await;
    world.wait_for(warned, State::Ready).await;
    world.wait_for(expired, State::Ready).await;
    world.wait_until(applying, |page| steps(page)[2] == StepState::Running).await;
    world.set_expiry(warned, 90 * 60).await;
    world.set_expiry(expired, 0).await;
    world.set_expiry(applying, 0).await;
    let page = world
        .wait_until(warned, |page| history(page).iter().any(|line| line.starts_with("Expires in")))
        .await;
    assert!(
        history(&page).last().is_some_and(|line| line.starts_with("Expires in 1 h")),
        "{:?}",
        history(&page)
    );
    // Its page says so, and so does the first page of whoever asked for it.
    assert_eq!(page.summary.warning, Some(Warning::TwoHours));
    let attention = async |caller: &domain::people::Caller| {
        let found = service::list_attention(&world.environments, caller, now()).await.expect("a list");
        found.into_iter().map(|one| (one.summary.id, one.may_extend)).collect::<Vec<_>>()
    };
    assert!(attention(&world.member).await.contains(&(warned, true)));
    // So does that of whoever leads its team; nobody else's.
    assert!(attention(&world.leader).await.contains(&(warned, true)));
    assert!(attention(&world.viewer).await.is_empty());
    for id in [expired, applying] {
        let page = world.wait_for(id, State::Destroyed).await;
        assert!(gone(&page) && !is_there(cluster, &page).await, "{page:#?}");
        assert!(history(&page).contains(&"Expired, so it is being destroyed"));
        assert_eq!(page.operation.as_ref().expect("an operation").requested_by, None, "nobody asked");
        let audited = world.audited(id).await;
        assert_eq!(audited.first().map(String::as_str), Some("environment.request"));
        assert!(audited.iter().any(|action| action == "environment.expire"), "{audited:?}");
        assert_eq!(audited.last().map(String::as_str), Some("environment.destroyed"));
    }
    // Extending moves the end, and the warnings begin anew.
    let page = world.page(warned).await;
    assert_eq!(page.summary.state, State::Ready);
    service::extend_environment(&world.environments, &world.member, warned, "1d", None, now())
        .await
        .expect("extended");
    assert_eq!(
        history(&world.page(warned).await).iter().filter(|line| line.starts_with("Expires in")).count(),
        1
    );
    assert_eq!(world.page(warned).await.summary.warning, None);
    assert!(attention(&world.member).await.is_empty());
});

on_both_databases!(who_listens_hears_of_a_change_at_once, |db| async move {
    let Some((world, _)) = world(db).await else { return };
    let mut changes = world.environments.changes().listen();
    let id = world.ask("heard", GOOD).await;
    let mut slowest = std::time::Duration::ZERO;
    let mut state = State::Queued;
    while state != State::Ready {
        let heard = tokio::time::timeout(std::time::Duration::from_secs(30), changes.changed(id)).await;
        heard.expect("it goes on");
        let page = world.page(id).await;
        if page.summary.state != state {
            state = page.summary.state;
            let late = now().duration_since(page.summary.changed_at).unsigned_abs();
            slowest = slowest.max(late);
        }
    }
    crate::testing::announce(&format!("state change to whoever listens: at most {} ms", slowest.as_millis()));
});
