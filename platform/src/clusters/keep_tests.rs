//! What is kept of a connection and what is not, by what a trial of it finds; on both databases.

use serde_json::json;

use super::*;
use crate::audit::service::{Filter, Whose, list_audit};
use crate::clusters::connection::Standing;
use crate::clusters::contact::{check_identity, record_contact};
use crate::clusters::draft::Draft;
use crate::clusters::service::tests::{
    AWAY, BLUEPRINT, ENVIRONMENT, at, changed, connected, draft, keys, person, told,
};
use crate::clusters::service::{
    change_cluster, connect_cluster, find_connection, list_twins, remove_cluster, test_cluster,
};
use crate::db::Db;
use crate::ids::mint;
use crate::on_both_databases;
use crate::testing::fake_api::{FakeApi, Reply};

/// A cluster in which Slipway may do everything.
async fn cluster(uid: &'static str) -> FakeApi {
    FakeApi::start(move |request| Reply::Body(200, answer(request, uid))).await
}

fn answer(request: &str, uid: &str) -> String {
    let answer = match request {
        "GET /version" => json!({"gitVersion": "v1.34.4"}),
        "GET /api/v1/namespaces/kube-system" => {
            json!({"kind": "Namespace", "metadata": {"name": "kube-system", "uid": uid}})
        }
        _ => json!({"kind": "Any", "status": {"allowed": true}}),
    };
    answer.to_string()
}

async fn try_to_connect(db: &Db, keys: &Keys, draft: &Draft) -> Result<(ClusterId, Trial)> {
    connect_cluster(db, keys, &Clients::default(), &person(true), draft, at(1)).await
}

/// The fields at which something is wrong.
fn fields<T: std::fmt::Debug>(refused: &Result<T>) -> Vec<&str> {
    let Err(Error::Invalid(problems)) = refused else { panic!("{refused:?}") };
    problems.iter().map(|problem| problem.field.as_str()).collect()
}

on_both_databases!(what_was_tried_is_kept_with_what_was_found, |db| async move {
    let (keys, fake) = (keys(&db).await, cluster("one").await);
    let (id, trial) = try_to_connect(&db, &keys, &draft("Staging", &fake.url)).await.expect("connected");
    assert!(trial.is_good(), "{trial:?}");
    let kept = find_connection(&db, &person(true), id).await.expect("found");
    assert_eq!((kept.contact.standing(), kept.contact.last_contact_at), (Standing::Works, Some(at(1))));
    assert_eq!(kept.contact.server_version.as_deref(), Some("v1.34.4"));
    assert_eq!(kept.identity.as_deref(), Some("one"));
});

on_both_databases!(what_is_wrong_is_kept_only_by_whoever_was_told_of_it, |db| async move {
    let keys = keys(&db).await;
    let broken = FakeApi::start(|_| Reply::Body(502, "<html>Bad gateway</html>".to_owned())).await;
    let away = draft("Lab", AWAY);
    let (said, anyway) = told(try_to_connect(&db, &keys, &away).await.expect_err("it does not answer"));
    assert!(said.contains(AWAY) && said.contains("does not answer"), "{said}");
    // What was told of one says nothing of another.
    let other = Draft { anyway, ..draft("Lab", &broken.url) };
    let (said, anyway) = told(try_to_connect(&db, &keys, &other).await.expect_err("it is broken"));
    assert!(said.contains("internal error (502)") && !said.contains("gateway"), "{said}");
    let all = store::cluster_list(&mut db.read().await.expect("a reader")).await.expect("a list");
    assert!(all.is_empty(), "nothing was kept: {all:?}");
    let (id, _) = try_to_connect(&db, &keys, &Draft { anyway, ..other }).await.expect("kept anyway");
    let contact = find_connection(&db, &person(true), id).await.expect("found").contact;
    assert_eq!(contact.last_error.as_deref(), Some("The cluster reported an internal error (502)"));
    assert_eq!(contact.error_said.as_deref(), Some("a web page"));

    // A good connection is not replaced by a broken one unseen either.
    let good = cluster("one").await;
    changed(&db, &keys, id, draft("Lab", &good.url), at(2)).await.expect("it answers");
    let (clients, mina) = (Clients::default(), person(true));
    let refused = change_cluster(&db, &keys, &clients, &mina, id, &away, at(3)).await;
    assert_eq!(fields(&refused), ["", ANYWAY]);
    // What was told of a new connection says nothing of one that is changed.
    let (_, anyway) = told(try_to_connect(&db, &keys, &draft("New", AWAY)).await.expect_err("it is away"));
    let carried = Draft { anyway, ..away };
    let refused = change_cluster(&db, &keys, &clients, &mina, id, &carried, at(3)).await;
    assert_eq!(fields(&refused), ["", ANYWAY]);
    let kept = find_connection(&db, &mina, id).await.expect("found");
    assert_eq!((kept.contact.standing(), kept.how.address()), (Standing::Works, good.url.as_str()));
});

on_both_databases!(a_cluster_is_connected_once, |db| async move {
    let keys = keys(&db).await;
    // One cluster, at two addresses.
    let (one, too) = (cluster("one").await, cluster("one").await);
    let (id, _) = try_to_connect(&db, &keys, &draft("Staging", &one.url)).await.expect("connected");
    let second = draft("Again", &too.url);
    let refused = try_to_connect(&db, &keys, &second).await;
    assert_eq!(fields(&refused), ["kubeconfig", TWIN]);
    let Err(Error::Invalid(problems)) = refused else { panic!("refused") };
    assert_eq!(problems[0].message, "This cluster is connected already, as “Staging”");
    assert_eq!(problems[1].message, id.to_string());
    // Neither by changing another connection, nor by one whose first answer comes later.
    let other = connected(&db, &keys, "Other").await;
    let moved = changed(&db, &keys, other, draft("Other", &too.url), at(2)).await;
    assert_eq!(fields(&moved), ["kubeconfig", TWIN]);
    let unknown = find_connection(&db, &person(true), other).await.expect("found");
    let twice = check_identity(&db, &unknown, "one").await.expect("asked");
    assert_eq!(twice, Err(Fault::ConnectedTwice { name: "Staging".to_owned() }));
    let unknown = find_connection(&db, &person(true), other).await.expect("found");
    assert_eq!(unknown.identity, None);
    // Its own credentials are replaced as often as one likes.
    changed(&db, &keys, id, draft("Staging", &too.url), at(3)).await.expect("the same cluster");
    remove_cluster(&db, &Clients::default(), &person(true), id, at(4)).await.expect("removed");
    try_to_connect(&db, &keys, &second).await.expect("it is free again");
});

on_both_databases!(those_that_were_connected_twice_before_know_one_another, |db| async move {
    let keys = keys(&db).await;
    let mut ids = Vec::new();
    for name in ["Staging", "Staging too", "Other"] {
        ids.push(connected(&db, &keys, name).await);
    }
    let twins = async |number: usize| {
        let connection = find_connection(&db, &person(true), ids[number]).await.expect("found");
        let twins = list_twins(&db, &person(true), &connection).await.expect("a list");
        twins.into_iter().map(|twin| (twin.id, twin.name)).collect::<Vec<_>>()
    };
    assert!(twins(0).await.is_empty(), "nobody knows yet which they are");
    let mut tx = db.begin().await.expect("a transaction");
    for (id, identity) in ids.iter().zip(["one", "one", "other"]) {
        store::cluster_save_identity(&mut tx, *id, 1, identity).await.expect("kept");
    }
    tx.commit().await.expect("kept");
    assert_eq!(twins(0).await, [(ids[1], "Staging too".to_owned())]);
    assert_eq!(twins(1).await, [(ids[0], "Staging".to_owned())]);
    assert!(twins(2).await.is_empty());
});

on_both_databases!(of_two_who_connect_a_cluster_at_once_one_is_refused, |db| async move {
    let (keys, fake) = (keys(&db).await, cluster("one").await);
    let (first, id): (_, ClusterId) = (draft("First", &fake.url).check().expect("right"), mint(at(0)));
    let (how, _) = first.access.expect("a way to sign in");
    let access = SealedAccess { how: &how, sealed: None, token_ends: None };
    let mut tx = db.begin().await.expect("a transaction");
    let (name, settings) = (&first.name, &first.settings);
    store::cluster_create_in_tx(&mut tx, id, name, &access, settings, at(0)).await.expect("made");
    store::identity_lock_in_tx(&mut tx, "one").await.expect("locked");
    assert!(store::cluster_twin_list(&mut tx, "one", id).await.expect("a look").is_empty());
    // It has looked and not yet written when the other comes.
    let first = async {
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        store::cluster_save_identity(&mut tx, id, 1, "one").await.expect("kept");
        tx.commit().await.expect("kept");
    };
    let second = draft("Second", &fake.url);
    let ((), second) = tokio::join!(first, try_to_connect(&db, &keys, &second));
    assert_eq!(fields(&second), ["kubeconfig", TWIN]);
});

on_both_databases!(what_can_be_told_without_a_call_is_told_without_one, |db| async move {
    let (keys, fake) = (keys(&db).await, cluster("one").await);
    let id = connected(&db, &keys, "Staging").await;
    connected(&db, &keys, "Lab").await;
    let (clients, mina, unknown) = (Clients::default(), person(true), mint(at(2)));
    let change = async |id: ClusterId, draft: Draft| {
        change_cluster(&db, &keys, &clients, &mina, id, &draft, at(2)).await
    };
    let taken = draft("Lab", &fake.url);
    assert_eq!(fields(&try_to_connect(&db, &keys, &taken).await), ["name"]);
    assert_eq!(fields(&change(id, taken).await), ["name"]);
    let stale = Draft { seen: Some(7), ..draft("Staging", &fake.url) };
    assert!(matches!(change(id, stale).await, Err(Error::ChangedMeanwhile { .. })));
    assert!(matches!(change(unknown, draft("Other", &fake.url)).await, Err(Error::NotFound(_))));
    assert!(fake.asked().is_empty(), "{:?}", fake.asked());
});

on_both_databases!(where_environments_live_it_stays_the_same_cluster, |db| async move {
    let keys = keys(&db).await;
    let (one, other) = (cluster("one").await, cluster("other").await);
    let (id, _) = try_to_connect(&db, &keys, &draft("Staging", &one.url)).await.expect("connected");
    let mut tx = db.begin().await.expect("a transaction");
    crate::sql!(&mut tx, run, BLUEPRINT).expect("a blueprint");
    crate::sql!(&mut tx, run, ENVIRONMENT, id.to_string()).expect("an environment");
    tx.commit().await.expect("kept");
    let moved = changed(&db, &keys, id, draft("Staging", &other.url), at(2)).await;
    assert_eq!(fields(&moved), ["kubeconfig"], "there is no way to have it kept");
    // Where it cannot be told, it is kept in spite of that, and still the one that it was.
    let (clients, mina, away) = (Clients::default(), person(true), draft("Staging", AWAY));
    let refused = change_cluster(&db, &keys, &clients, &mina, id, &away, at(3)).await;
    let (said, _) = told(refused.expect_err("it does not answer"));
    assert!(said.contains("One environment lives there and will wait"), "{said}");
    changed(&db, &keys, id, draft("Staging", AWAY), at(3)).await.expect("kept anyway");
    let kept = find_connection(&db, &person(true), id).await.expect("found");
    assert_eq!(kept.identity.as_deref(), Some("one"));
    changed(&db, &keys, id, draft("Staging", &one.url), at(4)).await.expect("it answers again");
});

on_both_databases!(one_that_may_be_connected_already_is_said_to_have_the_same_address, |db| async move {
    let keys = keys(&db).await;
    connected(&db, &keys, "Staging").await;
    let refused = try_to_connect(&db, &keys, &draft("Again", AWAY)).await;
    let (said, _) = told(refused.expect_err("it does not answer"));
    assert!(said.contains("the same address as “Staging”"), "{said}");
});

on_both_databases!(what_is_kept_decides_whether_a_call_is_news, |db| async move {
    let (keys, fake) = (keys(&db).await, cluster("one").await);
    let (id, _) = try_to_connect(&db, &keys, &draft("Staging", &fake.url)).await.expect("connected");
    let works = find_connection(&db, &person(true), id).await.expect("found");
    let away = Fault::TimedOut { seconds: 20 };
    record_contact(&db, &works, Err(&away), at(10)).await.expect("noted");
    record_contact(&db, &works, Err(&away), at(80)).await.expect("noted");
    let contact = find_connection(&db, &person(true), id).await.expect("found").contact;
    assert_eq!((contact.error_since, contact.last_error_at), (Some(at(10)), Some(at(80))));
    // What comes late is older than what is kept.
    record_contact(&db, &works, Ok(()), at(79)).await.expect("passed over");
    let contact = find_connection(&db, &person(true), id).await.expect("found").contact;
    assert_eq!((contact.standing(), contact.error_since), (Standing::DoesNotWork, Some(at(10))));
    // Whoever read it before that has heard it answer since.
    record_contact(&db, &works, Ok(()), at(90)).await.expect("noted");
    for late in [85, 90] {
        record_contact(&db, &works, Err(&away), at(late)).await.expect("passed over");
    }
    let contact = find_connection(&db, &person(true), id).await.expect("found").contact;
    assert_eq!((contact.standing(), contact.error_since), (Standing::Works, None));
    record_contact(&db, &works, Err(&away), at(91)).await.expect("noted");
    let contact = find_connection(&db, &person(true), id).await.expect("found").contact;
    assert_eq!((contact.standing(), contact.error_since), (Standing::DoesNotWork, Some(at(91))));
});

on_both_databases!(a_test_that_was_broken_off_tells_nothing_of_what_is_missing, |db| async move {
    let keys = keys(&db).await;
    let is_away = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let seen = is_away.clone();
    let fake = FakeApi::start(move |request| match request {
        _ if seen.load(std::sync::atomic::Ordering::SeqCst) => Reply::Body(503, String::new()),
        review if review.starts_with("POST") => {
            Reply::Body(201, json!({"status": {"allowed": false}}).to_string())
        }
        other => Reply::Body(200, answer(other, "one")),
    })
    .await;
    let weak = draft("Weak", &fake.url);
    let (said, anyway) = told(try_to_connect(&db, &keys, &weak).await.expect_err("it may do nothing"));
    assert!(said.contains("Apply slipway-manifest.yaml of this page"), "{said}");
    let (id, _) = try_to_connect(&db, &keys, &Draft { anyway, ..weak }).await.expect("kept anyway");
    // The record says in spite of what, and gives no advice.
    let mina = person(true);
    let page = list_audit(&db, &mina, Whose::Everybody, &Filter::default(), None).await.expect("the record");
    let wrong = page.rows[0].detail.0["in_spite_of"].as_str().expect("what was wrong");
    assert!(wrong.contains("lacks permissions. It may not: ") && !wrong.contains("Apply"), "{wrong}");
    is_away.store(true, std::sync::atomic::Ordering::SeqCst);
    test_cluster(&db, &keys, &Clients::default(), &person(true), id, at(5)).await.expect("tested");
    let broken = find_connection(&db, &person(true), id).await.expect("found");
    record_contact(&db, &broken, Ok(()), at(6)).await.expect("noted");
    let contact = find_connection(&db, &person(true), id).await.expect("found").contact;
    assert_eq!(contact.standing(), Standing::RightsMissing, "{contact:?}");
});
