//! "Ready" stays true: what happens to an environment behind Slipway's back is seen, said, and taken back.

use domain::environments::standing::DELETED_THERE;
use domain::environments::status::Hue;
use jiff::SignedDuration;
use serde_json::json;

use super::*;
use crate::clock::Clock;
use crate::environments::rows::Environment;
use crate::environments::{LOOK_EVERY, service, store, watch};
use crate::on_both_databases;
use crate::testing::cluster::api;
use crate::testing::world::nowhere;

const SCALED: &str = "The deployment web was scaled to 0 replicas.";

/// Does as somebody who works in the cluster by hand.
async fn by_hand(cluster: &Cluster, request: http::request::Builder, body: &str) {
    let request = request.body(body.as_bytes().to_vec()).expect("a request");
    api(&cluster.admin()).call(request).await.expect("done behind Slipway's back");
}

async fn scale(cluster: &Cluster, page: &EnvironmentPage, replicas: u32) {
    let path = format!("/apis/apps/v1/namespaces/{}/deployments/web", page.namespace);
    let request = http::Request::patch(path).header("content-type", "application/merge-patch+json");
    by_hand(cluster, request, &json!({ "spec": { "replicas": replicas } }).to_string()).await;
}

async fn row(world: &World, id: domain::ids::EnvironmentId) -> Environment {
    let mut reader = world.db.read().await.expect("a reader");
    store::environment_find(&mut reader, id).await.expect("read").expect("it is there")
}

on_both_databases!(what_is_scaled_to_nothing_is_not_called_ready_until_it_is_back, |db| async move {
    let Some((world, cluster)) = world(db).await else { return };
    let id = world.ask("scaled", GOOD).await;
    let page = world.wait_for(id, State::Ready).await;
    assert_eq!((page.summary.status.word.as_str(), page.summary.trouble.as_deref()), ("Ready", None));
    let attention = async || {
        let found = service::list_attention(&world.environments, &world.member, now()).await.expect("a list");
        found.into_iter().map(|one| one.summary.id).collect::<Vec<_>>()
    };
    assert!(attention().await.is_empty());

    scale(cluster, &page, 0).await;
    let page = world.wait_until(id, |page| page.summary.trouble.is_some()).await;
    assert_eq!(page.summary.state, State::Ready, "nothing is done about it");
    let status = &page.summary.status;
    assert_eq!((status.word.as_str(), status.hue), ("Not ready", Hue::Bad));
    assert!(status.next.starts_with(SCALED), "{}", status.next);
    assert_eq!(page.reason.as_deref(), Some(SCALED));
    assert_eq!(attention().await, [id]);

    scale(cluster, &page, 1).await;
    let page = world.wait_until(id, |page| page.summary.trouble.is_none()).await;
    assert_eq!((page.summary.status.word.as_str(), page.reason.as_deref()), ("Ready", None));
    let trouble = format!("No longer ready: {SCALED}");
    assert_eq!(history(&page)[1..], ["Ready", trouble.as_str(), "Ready again"]);
    assert!(attention().await.is_empty());
});

on_both_databases!(a_namespace_that_was_deleted_is_missed_while_nobody_has_its_page_open, |db| async move {
    let Some((world, cluster)) = world(db).await else { return };
    let id = world.ask("missed", GOOD).await;
    let page = world.wait_for(id, State::Ready).await;
    let path = format!("/api/v1/namespaces/{}", page.namespace);
    by_hand(cluster, http::Request::delete(path), "").await;
    until("it is gone", async || !is_there(cluster, &page).await).await;
    until("it is missed", async || {
        watch::turn(&world.environments, &Clock::System, SignedDuration::ZERO).await.expect("a turn");
        row(&world, id).await.trouble.is_some_and(|trouble| trouble.ends_with(DELETED_THERE))
    })
    .await;
    let page = world.page(id).await;
    assert_eq!(page.summary.status.word, "Gone from its cluster");
    assert_eq!(page.objects.len(), 0, "nothing is shown as present that is gone");
    let said =
        format!("No longer ready: The namespace {} is no longer in staging: {DELETED_THERE}", page.namespace);
    assert_eq!(history(&page).iter().filter(|line| line.starts_with("No longer ready")).count(), 1);
    let gone = history(&page).contains(&said.as_str());
    // A look may have met it on its way out; then that is what its history tells.
    let leaving = format!("No longer ready: The namespace {} is being deleted in staging.", page.namespace);
    assert!(gone || history(&page).contains(&leaving.as_str()), "{:?}", history(&page));

    world.destroy(id).await;
    let page = world.wait_for(id, State::Destroyed).await;
    assert!(super::gone(&page), "{page:#?}");
    assert_eq!((page.summary.trouble, page.reason), (None, None));
});

on_both_databases!(
    a_cluster_that_does_not_answer_hides_what_stands_there_and_holds_up_nobody,
    |db| async move {
        let folder = tempfile::tempdir().expect("a folder");
        let world = World::set_up(db, folder.path(), &nowhere()).await;
        let (well, troubled) = (world.ask("well", GOOD).await, world.ask("troubled", GOOD).await);
        let earlier = now().checked_sub(SignedDuration::from_secs(20)).expect("a time");
        let mut tx = world.db.begin().await.expect("a transaction");
        for id in [well, troubled] {
            store::environment_set_state(&mut tx, id, State::Ready, None, earlier).await.expect("ready");
        }
        store::trouble_save(&mut tx, troubled, Some(SCALED), earlier).await.expect("kept");
        tx.commit().await.expect("kept");
        let turn = async |every: SignedDuration| {
            watch::turn(&world.environments, &Clock::System, every).await.expect("a turn");
            (row(&world, well).await, row(&world, troubled).await)
        };

        let (first, second) = turn(LOOK_EVERY).await;
        assert_eq!((first.looked_at, second.looked_at), (None, None), "they became ready a moment ago");
        let (first, second) = turn(SignedDuration::ZERO).await;
        assert!(first.looked_at.is_some() && second.looked_at.is_some(), "both had their turn");
        assert_eq!((first.trouble, second.trouble.as_deref()), (None, Some(SCALED)));
        // Nobody knows how it stands, so it is not called ready; what was seen last stays said.
        let (hidden, seen) = (world.page(well).await, world.page(troubled).await);
        let words = (hidden.summary.status.word.as_str(), seen.summary.status.word.as_str());
        assert_eq!(words, ("Cluster does not work", "Not ready"));
        assert!(hidden.reason.is_some_and(|reason| reason.starts_with("staging does not work now")));
        assert_eq!(history(&world.page(troubled).await), ["Requested from Web service version 1"]);
        let (again, _) = turn(LOOK_EVERY).await;
        assert_eq!(again.looked_at, first.looked_at, "once in a while is enough");
    }
);
