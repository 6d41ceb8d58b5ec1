//! Faults that are Slipway's own, and what may be read of faults that are the connection's; clusters are played or away.

use jiff::SignedDuration;
use serde_json::json;

use super::*;
use crate::clusters::{Credentials, Identity};
use crate::environments::{service, store};
use crate::on_both_databases;
use crate::testing::execute;
use crate::testing::fake_api::{FakeApi, Reply};
use crate::testing::world::nowhere;

pub(super) fn credentials(fake: &FakeApi) -> Credentials {
    Credentials {
        server: fake.url.clone(),
        certificate_authority: None,
        tls_server_name: None,
        identity: Identity::Token("token".to_owned().into()),
    }
}

pub(super) fn status(code: u16, reason: &str, said: &str, name: &str) -> Reply {
    let status = json!({
        "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code, "reason": reason, "message": said,
        "details": {"name": name},
    });
    Reply::Body(code, status.to_string())
}

fn namespace(name: &str, uid: &str) -> Reply {
    Reply::Body(200, json!({"kind": "Namespace", "metadata": {"name": name, "uid": uid}}).to_string())
}

on_both_databases!(a_fault_of_ours_is_said_from_the_third_time_on, |db| async move {
    let world = World::start(db, &nowhere()).await;
    // What the credentials of the connection were sealed with is lost.
    execute(&world.db, "update clusters set credentials = 'unreadable'").await;
    let id = world.ask("unsealed", GOOD).await;
    let said = "Slipway itself failed on this 3 times in a row";
    let page = world.wait_until(id, |page| page.summary.status.next.starts_with(said)).await;
    let step = page.operation.as_ref().expect("an operation").steps[0].clone();
    assert_eq!((page.summary.state, step.state), (State::Applying, StepState::RetryWait));
    let queue = crate::jobs::service::list_jobs(
        &world.db,
        &world.administrator,
        None,
        Some("environment.work"),
        None,
    )
    .await
    .expect("the queue");
    assert!(queue.jobs[0].last_error.is_some(), "{queue:?}");
    assert!(
        page.summary.status.next.contains(&queue.jobs[0].id.to_string()),
        "it is found by what the page says"
    );
    // Its time goes on: it began once.
    let began = step.started_at;
    let page = world.wait_until(id, |page| page.summary.status.next.contains("4 times in a row")).await;
    assert_eq!(page.operation.expect("an operation").steps[0].started_at, began);
    service::cancel_environment(&world.environments, &world.member, id, now()).await.expect("asked to stop");
    world.wait_for(id, State::Failed).await;
});

on_both_databases!(the_queue_names_the_environment_that_a_job_is_for, |db| async move {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::set_up(db, folder.path(), &nowhere()).await;
    let ids = [("first", world.ask("first", GOOD).await), ("second", world.ask("second", GOOD).await)];
    service::extend_environment(&world.environments, &world.member, ids[0].1, "1h", None, now())
        .await
        .expect("extended");
    crate::jobs::begin_sweeping(&world.db, now()).await.expect("a job for none");

    let jobs = async |caller: &domain::people::Caller| {
        crate::jobs::service::list_jobs(&world.db, caller, None, None, None).await
    };
    assert!(jobs(&world.leader).await.is_err(), "it is for administrators");
    let listed = jobs(&world.administrator).await.expect("the queue").jobs;
    for (name, id) in ids {
        let of_it = listed.iter().filter(|job| job.environment_name.as_deref() == Some(name));
        let mut kinds: Vec<_> = of_it
            .map(|job| {
                assert_eq!(job.environment_id, Some(id.to_string()));
                job.kind.as_str()
            })
            .collect();
        kinds.sort_unstable();
        let annotate = (name == "first").then_some("environment.annotate");
        let expected: Vec<_> =
            annotate.into_iter().chain(["environment.timer", "environment.work"]).collect();
        assert_eq!(kinds, expected);
    }
    let sweep = listed.iter().find(|job| job.kind == "jobs.sweep").expect("it waits");
    assert_eq!((&sweep.environment_id, &sweep.environment_name), (&None, &None));
});

on_both_databases!(a_wish_from_a_replica_whose_clock_is_behind_keeps_its_place, |db| async move {
    let world = World::start(db, &nowhere()).await;
    let id = world.ask("behind", GOOD).await;
    world.wait_until(id, |page| steps(page)[0] == StepState::RetryWait).await;
    let behind = now() - SignedDuration::from_hours(1);
    service::destroy_environment(&world.environments, &world.member, id, "behind", behind)
        .await
        .expect("taken");
    // Nobody ever answered, so nothing was made, and it ends by itself.
    let page = world.wait_for(id, State::Destroyed).await;
    assert_eq!(page.operation.expect("an operation").kind, crate::environments::rows::OperationKind::Destroy);
    let earlier =
        service::list_earlier_operations(&world.environments, &world.member, id).await.expect("a list");
    assert_eq!(earlier.len(), 1);
    assert_eq!(earlier[0].state, "cancelled", "what ran ended before");
});

on_both_databases!(an_outcome_is_recorded_as_slipways_own_when_whoever_asked_is_gone, |db| async move {
    let folder = tempfile::tempdir().expect("a folder").keep();
    let world = World::set_up(db, &folder, &nowhere()).await;
    let id = world.ask("orphaned", GOOD).await;
    execute(&world.db, "update accounts set disabled_at = 1 where subject = 'mina'").await;
    let lease = SignedDuration::from_secs(30);
    let _platform = crate::testing::world::start_platform(world.db.clone(), &folder, lease, false).await;
    let page = world.wait_for(id, State::Failed).await;
    assert_eq!(page.reason.as_deref(), Some("mina requested it and no longer has an account"));
    let by_slipway =
        "select count(*) from audit where action = 'environment.failed' and actor like 'system:%'";
    assert_eq!(crate::testing::count(&world.db, by_slipway).await, 1);
});

on_both_databases!(the_uid_of_a_namespace_is_kept_though_the_step_fails, |db| async move {
    let fake = FakeApi::start(|request| match request {
        "GET /api/v1/namespaces/kube-system" => namespace("kube-system", "this-cluster"),
        request if request.starts_with("GET /api/v1/namespaces/") => {
            status(404, "NotFound", "not found", request.rsplit('/').next().unwrap_or_default())
        }
        request if request.starts_with("POST /api/v1/namespaces") => namespace("made", "uid-of-ours"),
        _ => status(422, "Invalid", "it is not well-formed", "made"),
    })
    .await;
    let world = World::start(db, &credentials(&fake)).await;
    let id = world.ask("claimed", GOOD).await;
    let page = world.wait_for(id, State::Failed).await;
    assert_eq!(steps(&page)[0], StepState::Failed, "{page:#?}");
    let mut reader = world.db.read().await.expect("a reader");
    let row = store::environment_find(&mut reader, id).await.expect("read").expect("a row");
    assert_eq!(row.namespace_uid.as_deref(), Some("uid-of-ours"));
});

on_both_databases!(a_refusal_takes_back_nothing_of_what_a_call_before_it_may_do, |db| async move {
    let fake = FakeApi::start(|request| match request {
        "GET /api/v1/namespaces/kube-system" => namespace("kube-system", "this-cluster"),
        request if request.starts_with("GET ") => {
            status(404, "NotFound", "not found", request.rsplit('/').next().unwrap_or_default())
        }
        _ => status(403, "Forbidden", "User \"slipway\" cannot create resource \"namespaces\"", "made"),
    })
    .await;
    let folder = tempfile::tempdir().expect("a folder").keep();
    let world = World::set_up(db, &folder, &credentials(&fake)).await;
    let id = world.ask("cut-off", GOOD).await;
    // As a process leaves it that was killed while it asked for the namespace.
    execute(&world.db, "update steps set outcome_unknown = true, untouched = false where ordinal = 0").await;
    let lease = SignedDuration::from_secs(30);
    let _platform = crate::testing::world::start_platform(world.db.clone(), &folder, lease, false).await;
    world.wait_for(id, State::Failed).await;
    let unknown = "select count(*) from steps where ordinal = 0 and outcome_unknown";
    assert_eq!(crate::testing::count(&world.db, unknown).await, 1);
    let asked = fake.asked();
    assert!(asked.iter().any(|asked| asked.starts_with("POST ")), "it was refused: {asked:?}");
});

on_both_databases!(details_of_a_connection_are_for_administrators, |db| async move {
    let answers = [
        (
            status(
                403,
                "Forbidden",
                "namespaces is forbidden: User \"detail-of-ours\" cannot get resource",
                "x",
            ),
            "Slipway's account in the cluster is not allowed to read the namespace kube-system, by which Slipway knows which cluster it is",
            "detail-of-ours",
        ),
        (
            Reply::Body(200, "detail-of-ours".to_owned()),
            "What answers in the cluster's place is not a Kubernetes API",
            // What a stranger answers is no reason that helps.
            "What answers at this address is not a Kubernetes API",
        ),
    ];
    let mut world = World::start(db, &nowhere()).await;
    for (answer, words, for_administrators) in answers {
        let Reply::Body(code, body) = answer else { panic!("an answer") };
        let fake = FakeApi::start(move |_| Reply::Body(code, body.clone())).await;
        world.cluster = world.connect(&format!("answers-{code}"), &credentials(&fake), "").await;
        let id = world.ask("details", GOOD).await;
        let page = world.wait_for(id, State::Failed).await;
        let expected = format!("{words}. An administrator sees why on the cluster's page");
        assert_eq!(page.reason.as_deref(), Some(expected.as_str()));
        assert!(!format!("{page:?}").contains("detail-of-ours"), "{page:#?}");
        let connection =
            crate::clusters::service::find_connection(&world.db, &world.administrator, world.cluster)
                .await
                .expect("found");
        let error = connection.contact.last_error;
        assert!(error.as_ref().is_some_and(|error| error.contains(for_administrators)), "{error:?}");
    }
});
