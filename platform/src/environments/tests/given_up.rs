//! What cannot be checked: given up by an administrator, or ended where nothing was ever made. Clusters are played or away.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use domain::environments::life;
use domain::environments::receipt::Verdict;
use domain::ids::EnvironmentId;
use jiff::SignedDuration;

use super::ours::{credentials, status};
use super::*;
use crate::clusters::service::{find_connection, list_connections};
use crate::environments::{engine, service, store};
use crate::jobs::enqueue_in_tx;
use crate::testing::fake_api::{FakeApi, Reply};
use crate::testing::world::{nowhere, start_platform};
use crate::testing::{count as number, execute};
use crate::{Error, on_both_databases};

/// A cluster that answers as itself and has nothing of ours; what else it says to making a namespace is the test's. To all else it
/// says that Slipway may not.
async fn played(made: impl Fn() -> Reply + Send + Sync + 'static) -> FakeApi {
    played_while(Arc::new(AtomicBool::new(true)), made).await
}

/// The same, which takes Slipway's token only as long as it `knows` it.
async fn played_while(knows: Arc<AtomicBool>, made: impl Fn() -> Reply + Send + Sync + 'static) -> FakeApi {
    FakeApi::start(move |request| {
        let (verb, path) = request.split_once(' ').unwrap_or_default();
        let path = path.split('?').next().unwrap_or_default();
        let name = path.strip_prefix("/api/v1/namespaces/").filter(|name| !name.contains('/'));
        match (verb, name) {
            _ if !knows.load(Ordering::SeqCst) => status(401, "Unauthorized", "Unauthorized", "x"),
            ("GET", Some("kube-system")) => {
                let system = r#"{"kind": "Namespace", "metadata": {"name": "kube-system", "uid": "this"}}"#;
                Reply::Body(200, system.to_owned())
            }
            ("GET", Some(name)) => status(404, "NotFound", "not found", name),
            ("POST", _) if path == "/api/v1/namespaces" => made(),
            _ => forbidden(),
        }
    })
    .await
}

fn forbidden() -> Reply {
    status(403, "Forbidden", "it is forbidden: User \"slipway\" cannot do this", "x")
}

pub(super) fn broken() -> Reply {
    status(500, "InternalError", "it broke in the midst of it", "x")
}

/// An environment that may have been made, or may not, and that cannot be destroyed.
async fn blocked(world: &World, name: &str) -> EnvironmentId {
    let id = world.ask(name, GOOD).await;
    world.wait_until(id, |page| steps(page)[0] == StepState::RetryWait).await;
    world.destroy(id).await;
    let page = world.wait_for(id, State::DestroyBlocked).await;
    assert!(page.receipt.is_none(), "{page:#?}");
    id
}

/// What a page shows of the end of the world's cluster.
pub(super) async fn end_of(world: &World) -> service::ClusterEnd {
    service::find_cluster_end(&world.environments, &world.administrator, world.cluster)
        .await
        .expect("an answer")
}

/// An administrator gives it up as soon as it waits to be tried again.
pub(super) async fn give_up(world: &World, id: EnvironmentId, name: &str) {
    until("it is given up", async || {
        let (environments, administrator) = (&world.environments, &world.administrator);
        match service::give_up_environment(environments, administrator, id, name, now()).await {
            Ok(()) => true,
            Err(Error::Conflict(_)) => false,
            Err(error) => panic!("{error}"),
        }
    })
    .await;
}

/// Asserts that nothing is open of it any more, and that nobody can do anything with it.
pub(super) async fn is_over(world: &World, id: EnvironmentId) {
    let page = world.page(id).await;
    assert_eq!(page.summary.state, State::GivenUp);
    assert_eq!(page.summary.status.word, "Given up");
    let seen = service::find_environment(&world.environments, &world.administrator, id, now()).await;
    assert!(seen.expect("a page").actions.is_empty() && page.ended_at.is_some(), "{page:#?}");
    let retried = service::retry_environment(&world.environments, &world.member, id, now()).await;
    assert!(matches!(retried, Err(Error::Conflict(_))), "{retried:?}");
    let open = format!(
        "select (select count(*) from operations where environment_id = '{id}' and state in ('queued', 'running'))
            + (select count(*) from jobs where unique_key in ('environment/{id}', 'timer/{id}')
                and state in ('waiting', 'running'))"
    );
    assert_eq!(number(&world.db, &open).await, 0);
}

on_both_databases!(what_cannot_be_destroyed_is_given_up_and_never_called_gone, |db| async move {
    let fake = played(broken).await;
    let mut world = World::start(db, &nowhere()).await;
    world.cluster = world.connect("small", &credentials(&fake), "1").await;
    let id = blocked(&world, "stuck").await;
    let full = world.try_to_ask(&world.request("other", GOOD)).await;
    assert!(matches!(full, Err(Error::Invalid(_))), "it counts until it ends: {full:?}");

    let (environments, administrator) = (&world.environments, &world.administrator);
    for caller in [&world.member, &world.leader, &world.viewer] {
        let refused = service::give_up_environment(environments, caller, id, "stuck", now()).await;
        let words = "Only administrators can give up an environment";
        assert!(matches!(&refused, Err(Error::Forbidden(said)) if said == words), "{refused:?}");
    }
    let unsure = service::give_up_environment(environments, administrator, id, "stu", now()).await;
    assert_eq!(unsure.expect_err("its name was not typed").to_string(), "Type stuck to give it up");
    give_up(&world, id, "stuck").await;

    is_over(&world, id).await;
    let page = world.page(id).await;
    let receipt = page.receipt.as_ref().expect("a receipt");
    assert_eq!(receipt.verdict(), Verdict::NotKnown);
    assert_eq!(
        receipt.sentence(),
        "It is not known whether anything is left of stuck in small: Slipway could not check. ada gave it up."
    );
    assert!(receipt.by_hand().is_some_and(|words| words.contains(&page.namespace)), "{receipt:#?}");
    let said = format!("{:?}", receipt.questions);
    assert!(said.contains("is not allowed to do this"), "the last words are there: {said}");
    assert!(!said.contains("the cluster's page"), "which may be gone one day: {said}");
    let line = history(&page).last().copied();
    assert_eq!(line, Some("Gave it up: Slipway could not check whether anything is left"));
    assert_eq!(world.audited(id).await.last().map(String::as_str), Some("environment.give_up"));
    let again = service::give_up_environment(environments, administrator, id, "stuck", now()).await;
    assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");

    // Its name is free again, and so is its place.
    world.ask("stuck", GOOD).await;
});

on_both_databases!(what_gets_on_or_stands_is_not_given_up, |db| async move {
    let folder = tempfile::tempdir().expect("a folder").keep();
    // Nothing works on it.
    let fake = played(forbidden).await;
    let world = World::set_up(db, &folder, &credentials(&fake)).await;
    let id = world.ask("stands", GOOD).await;
    let give_up = async || {
        let (environments, administrator) = (&world.environments, &world.administrator);
        service::give_up_environment(environments, administrator, id, "stands", now()).await
    };
    let refused = give_up().await.expect_err("nobody wants it gone").to_string();
    assert!(refused.starts_with("stands is not being destroyed. Destroy it first"), "{refused}");
    world.destroy(id).await;
    let refused = give_up().await.expect_err("it gets on").to_string();
    assert!(refused.starts_with("The destruction of stands is under way"), "{refused}");
    assert_eq!(world.page(id).await.summary.state, State::Destroying);
    // A namespace that is slow to go is a problem of its step, and no reason to give it up.
    let step = "operation_id in (select id from operations where kind = 'destroy') and ordinal = 0";
    execute(
        &world.db,
        &format!("update steps set state = 'retry_wait', problem = 'Still at it' where {step}"),
    )
    .await;
    let offered = async || {
        let page = service::find_environment(&world.environments, &world.administrator, id, now()).await;
        let offered = page.expect("a page").actions.contains(&life::Action::GiveUp);
        // Its team is told that an administrator can, and cannot itself.
        let told = world.page(id).await;
        assert_eq!(told.can_be_given_up, offered);
        assert!(!told.actions.contains(&life::Action::GiveUp), "{told:#?}");
        offered
    };
    let refused = give_up().await.expect_err("it gets on, slowly").to_string();
    assert!(refused.starts_with("The destruction of stands is under way") && !offered().await, "{refused}");
    execute(&world.db, &format!("update steps set unreachable = true where {step}")).await;
    assert!(offered().await, "its cluster does not answer");
    execute(&world.db, &format!("update steps set unreachable = false where {step}")).await;
    execute(&world.db, "update environments set state = 'destroy_blocked', reason = 'Held'").await;
    assert!(offered().await, "it is blocked");
    assert_eq!(world.page(id).await.reason.as_deref(), Some("Held"));
    execute(&world.db, "update environments set state = 'destroying'").await;
    assert_eq!(world.page(id).await.reason, None, "what held it before says nothing of this try");
    // The last call failed, and yet the cluster answers: that it forbids something is no silence.
    let failed = "update clusters set last_error = 'It did not answer', last_error_at = 1";
    execute(&world.db, failed).await;
    let end = end_of(&world).await;
    assert!(end.silent, "it is offered");
    let (cluster, administrator) = (world.cluster, &world.administrator);
    let all =
        service::give_up_cluster(&world.environments, administrator, cluster, "staging", &end.seen, now())
            .await;
    assert!(matches!(&all, Err(Error::Conflict(said)) if said.starts_with("staging answers")), "{all:?}");
    assert!(!end_of(&world).await.silent, "that it answers was noted");
    assert_eq!(world.page(id).await.summary.state, State::Destroying);
});

on_both_databases!(what_was_never_made_ends_though_the_cluster_never_answers, |db| async move {
    let mut world = World::start(db, &nowhere()).await;
    let away = world.ask("never", GOOD).await;
    world.wait_until(away, |page| steps(page)[0] == StepState::RetryWait).await;
    world.destroy(away).await;
    // The same where the namespace was refused outright.
    let fake = played(forbidden).await;
    world.cluster = world.connect("forbids", &credentials(&fake), "").await;
    let refused = world.ask("refused", GOOD).await;
    world.wait_for(refused, State::Failed).await;
    assert!(fake.asked().iter().any(|asked| asked.starts_with("POST")), "{:?}", fake.asked());
    world.destroy(refused).await;
    for (id, name, cluster) in [(away, "never", "staging"), (refused, "refused", "forbids")] {
        let page = world.wait_for(id, State::Destroyed).await;
        let receipt = page.receipt.as_ref().expect("a receipt");
        assert_eq!(receipt.verdict(), Verdict::NeverMade);
        let words =
            format!("Nothing was ever created of {name} in {cluster}, so there was nothing to ask for.");
        assert_eq!((receipt.sentence(), receipt.questions.len()), (words, 0));
        assert_eq!(history(&page).last().copied(), Some("Destroyed: nothing was ever created"));
        assert_eq!(world.audited(id).await.last().map(String::as_str), Some("environment.destroyed"));
        assert!(page.actions.is_empty() && page.ended_at.is_some());
    }
    world.ask("refused", GOOD).await;
});

on_both_databases!(what_is_no_plain_no_of_the_cluster_itself_leaves_open_what_was_made, |db| async move {
    let mut world = World::start(db, &nowhere()).await;
    // In the cluster's place a proxy refuses, in words that are like the cluster's.
    let words = r#"{"message": "namespaces is forbidden: User \"x\" cannot create resource"}"#;
    let proxy = played(move || Reply::Body(403, words.to_owned())).await;
    // Somebody made the namespace, perhaps we did, and to look at it is forbidden.
    let made = Arc::new(AtomicBool::new(false));
    let taken = FakeApi::start(move |request| match request.split_once(' ') {
        Some(("GET", "/api/v1/namespaces/kube-system")) => {
            let system = r#"{"kind": "Namespace", "metadata": {"name": "kube-system", "uid": "taken"}}"#;
            Reply::Body(200, system.to_owned())
        }
        Some(("GET", path)) if !made.load(Ordering::SeqCst) => {
            status(404, "NotFound", "not found", path.rsplit('/').next().unwrap_or_default())
        }
        Some(("POST", _)) => {
            made.store(true, Ordering::SeqCst);
            status(409, "AlreadyExists", "it exists already", "x")
        }
        _ => forbidden(),
    })
    .await;
    for (name, fake) in [("proxy", &proxy), ("taken", &taken)] {
        world.cluster = world.connect(name, &credentials(fake), "").await;
        let id = world.ask(name, GOOD).await;
        world.wait_for(id, State::Failed).await;
        assert!(fake.asked().iter().any(|asked| asked.starts_with("POST")), "{:?}", fake.asked());
        let mut reader = world.db.read().await.expect("a reader");
        let row = store::environment_find(&mut reader, id).await.expect("read").expect("a row");
        assert!(!engine::never_made(&mut reader, &row).await.expect("an answer"), "{name}");
    }
});

on_both_databases!(who_is_killed_before_anything_is_sent_leaves_it_certain, |db| async move {
    let folder = tempfile::tempdir().expect("a folder").keep();
    let mut world = World::set_up(db, &folder, &nowhere()).await;
    let away = world.ask("killed", GOOD).await;
    let stranger = played_while(Arc::new(AtomicBool::new(false)), broken).await;
    world.cluster = world.connect("refuses", &credentials(&stranger), "").await;
    let refused = world.ask("refused", GOOD).await;
    // As a process leaves them that was killed before it could call the clusters.
    execute(&world.db, "update operations set state = 'running'").await;
    execute(&world.db, "update environments set state = 'applying'").await;
    execute(&world.db, "update steps set state = 'running', attempt = 1 where ordinal = 0").await;
    execute(&world.db, "update jobs set taken_over = true").await;
    let lease = SignedDuration::from_secs(30);
    let _platform = start_platform(world.db.clone(), &folder, lease, false).await;
    // Whoever takes them over cannot ask what was done: one cluster is away, the other lets Slipway do nothing.
    for (id, left) in [(away, StepState::RetryWait), (refused, StepState::Failed)] {
        world.wait_until(id, |page| steps(page)[0] == left).await;
        world.destroy(id).await;
        let page = world.wait_for(id, State::Destroyed).await;
        assert_eq!(page.receipt.expect("a receipt").verdict(), Verdict::NeverMade);
    }
});

on_both_databases!(never_made_is_said_only_where_every_row_says_so, |db| async move {
    let folder = tempfile::tempdir().expect("a folder").keep();
    let world = World::set_up(db, &folder, &nowhere()).await;
    let id = world.ask("rows", GOOD).await;
    let never_made = async || {
        let mut reader = world.db.read().await.expect("a reader");
        let row = store::environment_find(&mut reader, id).await.expect("read").expect("a row");
        engine::never_made(&mut reader, &row).await.expect("an answer")
    };
    assert!(never_made().await);
    for (doubt, none) in [
        ("update steps set untouched = false where ordinal = 0", "update steps set untouched = true"),
        (
            "update steps set outcome_unknown = true where ordinal = 1",
            "update steps set outcome_unknown = false",
        ),
        ("update steps set state = 'done' where ordinal = 0", "update steps set state = 'pending'"),
        ("update environments set namespace_uid = 'u'", "update environments set namespace_uid = null"),
    ] {
        execute(&world.db, doubt).await;
        assert!(!never_made().await, "{doubt}");
        execute(&world.db, none).await;
        assert!(never_made().await, "{none}");
    }
});

on_both_databases!(a_cluster_that_is_gone_for_good_goes_with_all_that_lives_there, |db| async move {
    let world = World::start(db, &nowhere()).await;
    let ids = [world.ask("first", GOOD).await, world.ask("second", GOOD).await];
    let before = end_of(&world).await;
    let ids = [ids[0], ids[1], world.ask("third", GOOD).await];
    for id in ids {
        world.wait_until(id, |page| steps(page)[0] == StepState::RetryWait).await;
    }
    let end = end_of(&world).await;
    assert!(end.awaited, "they go on once it answers");
    let give_up = async |caller: &domain::people::Caller, typed: &str, seen: &str| {
        service::give_up_cluster(&world.environments, caller, world.cluster, typed, seen, now()).await
    };
    for caller in [&world.leader, &world.viewer] {
        assert!(matches!(give_up(caller, "staging", &end.seen).await, Err(Error::Forbidden(_))));
    }
    assert!(matches!(give_up(&world.administrator, "first", &end.seen).await, Err(Error::Invalid(_))));
    for seen in ["", before.seen.as_str()] {
        let unseen = give_up(&world.administrator, "staging", seen).await;
        let words = "Since you opened this page, the environments on staging";
        assert!(matches!(&unseen, Err(Error::Conflict(said)) if said.starts_with(words)), "{unseen:?}");
    }
    assert!(end.silent);
    let living: Vec<_> = end.living.iter().map(|(_, name)| name.as_str()).collect();
    assert_eq!(living, ["first", "second", "third"]);

    assert_eq!(give_up(&world.administrator, "staging", &end.seen).await.expect("given up"), 3);
    for id in ids {
        is_over(&world, id).await;
        let page = world.page(id).await;
        let receipt = page.receipt.expect("a receipt");
        assert_eq!((receipt.verdict(), receipt.by_hand()), (Verdict::NotKnown, None), "nothing was sent");
        assert_eq!(page.summary.cluster, "staging", "its name stays");
        assert_eq!(world.audited(id).await, ["environment.request", "environment.give_up"]);
    }
    let gone = find_connection(&world.db, &world.administrator, world.cluster).await;
    assert!(matches!(gone, Err(Error::NotFound(_))), "{gone:?}");
    assert!(list_connections(&world.db, &world.administrator).await.expect("a list").is_empty());
    let removed = "select count(*) from audit where action = 'cluster.remove'";
    assert_eq!(number(&world.db, removed).await, 1);
});

on_both_databases!(who_was_at_work_on_it_or_comes_later_changes_nothing, |db| async move {
    // The call that makes the namespace is never answered.
    let knows = Arc::new(AtomicBool::new(true));
    let fake = played_while(knows.clone(), || Reply::Silence).await;
    let folder = tempfile::tempdir().expect("a folder").keep();
    let world = World::set_up(db, &folder, &credentials(&fake)).await;
    let id = world.ask("busy", GOOD).await;
    let lease = SignedDuration::from_secs(3);
    let _platform = start_platform(world.db.clone(), &folder, lease, false).await;
    until("it is asked for", async || fake.asked().iter().any(|asked| asked.ends_with("kube-system"))).await;
    let sent = format!(
        "select count(*) from steps s join operations o on o.id = s.operation_id
         where o.environment_id = '{id}' and s.outcome_unknown"
    );
    until("the intent is there", async || number(&world.db, &sent).await == 1).await;
    // It is there, and refuses Slipway for good.
    knows.store(false, Ordering::SeqCst);
    let (cluster, administrator, seen) = (world.cluster, &world.administrator, end_of(&world).await.seen);
    let number_given_up =
        service::give_up_cluster(&world.environments, administrator, cluster, "staging", &seen, now()).await;
    assert_eq!(number_given_up.expect("given up"), 1);
    let page = world.page(id).await;
    let receipt = page.receipt.as_ref().expect("a receipt");
    assert!(receipt.by_hand().is_some(), "the call may still take hold: {receipt:#?}");

    // Longer than the lease of whoever waits for that answer.
    tokio::time::sleep(std::time::Duration::from_secs(4)).await;
    is_over(&world, id).await;
    let mut tx = world.db.begin().await.expect("a transaction");
    enqueue_in_tx(&mut tx, engine::job(id, None, now()), now()).await.expect("wished for");
    tx.commit().await.expect("kept");
    let done = format!("select count(*) from jobs where unique_key = 'environment/{id}' and state = 'done'");
    until("it finds nothing to do", async || number(&world.db, &done).await == 1).await;
    is_over(&world, id).await;
    let after = world.page(id).await;
    assert_eq!((after.receipt.clone(), history(&after).len()), (page.receipt.clone(), history(&page).len()));
    assert_eq!(world.audited(id).await, ["environment.request", "environment.give_up"]);
});
