//! A cluster that answers with errors alone: what lives there is given up as on one that does not answer. It is played.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use domain::environments::readiness::ObjectStatus;
use domain::environments::status::Hue;

use super::given_up::{broken, end_of, give_up, is_over};
use super::ours::credentials;
use super::*;
use crate::environments::kubernetes::ObjectRow;
use crate::environments::{service, store};
use crate::on_both_databases;
use crate::testing::fake_api::{FakeApi, Reply};

on_both_databases!(what_lives_on_a_broken_cluster_is_given_up_and_stays_known, |db| async move {
    let works = Arc::new(AtomicBool::new(true));
    let still_works = works.clone();
    let fake = FakeApi::start(move |request| match request {
        _ if !still_works.load(Ordering::SeqCst) => broken(),
        "GET /api/v1/namespaces/kube-system" => {
            let system = r#"{"kind": "Namespace", "metadata": {"name": "kube-system", "uid": "this"}}"#;
            Reply::Body(200, system.to_owned())
        }
        _ => broken(),
    })
    .await;
    let world = World::start(db, &credentials(&fake)).await;
    let ids = [world.ask("first", GOOD).await, world.ask("second", GOOD).await];
    let web = ObjectRow {
        kind: "deployment".to_owned(),
        name: "web".to_owned(),
        status: ObjectStatus { word: "Ready".to_owned(), hue: Hue::Ok },
        changed: None,
    };
    for id in ids {
        // A call to it was cut off, so that something may have been made.
        world.wait_until(id, |page| steps(page)[0] == StepState::RetryWait).await;
    }
    works.store(false, Ordering::SeqCst);
    for id in ids {
        let mut tx = world.db.begin().await.expect("a transaction");
        store::object_save_all(&mut tx, id, std::slice::from_ref(&web), now()).await.expect("seen");
        store::environment_set_namespace_uid(&mut tx, id, "made").await.expect("kept");
        tx.commit().await.expect("kept");
        world.destroy(id).await;
        let page = world.wait_until(id, |page| page.can_be_given_up).await;
        assert_eq!(page.summary.status.word, "Going away, waits for staging");
    }
    give_up(&world, ids[0], "first").await;
    let end = end_of(&world).await;
    assert!(end.silent, "what answers with errors alone does not work");
    let (environments, administrator, seen) = (&world.environments, &world.administrator, &end.seen);
    let all = service::give_up_cluster(environments, administrator, world.cluster, "staging", seen, now());
    assert_eq!(all.await.expect("given up"), 1);
    for id in ids {
        is_over(&world, id).await;
        let page = world.page(id).await;
        let names: Vec<_> = page.objects.iter().map(|object| object.name.as_str()).collect();
        assert_eq!(names, ["web"], "what was last seen there stays");
        let said = format!("{:?}", page.receipt.expect("a receipt").questions);
        assert!(said.contains("internal error (500)") && !said.contains("the cluster's page"), "{said}");
    }
});
