//! "Gone" is said of the cluster and the namespace that were meant, and of no other that answers in their place.

use domain::environments::kinds;
use domain::environments::name::ENVIRONMENT_LABEL;
use serde_json::json;

use super::*;
use crate::clusters::{Credentials, Identity};
use crate::environments::service;
use crate::on_both_databases;
use crate::testing::cluster::api;
use crate::testing::fake_api::{FakeApi, Reply};

/// A cluster of its own, with nothing of ours in it.
async fn another_cluster() -> (FakeApi, Credentials) {
    let fake = FakeApi::start(|request| match request {
        "GET /api/v1/namespaces/kube-system" => {
            let system = json!({"kind": "Namespace", "metadata": {"name": "kube-system", "uid": "another"}});
            Reply::Body(200, system.to_string())
        }
        request if request.starts_with("GET /api/v1/namespaces/") => {
            let name = request.rsplit('/').next().unwrap_or_default();
            let missing = json!({
                "kind": "Status", "status": "Failure", "code": 404, "reason": "NotFound",
                "message": "not found", "details": {"name": name},
            });
            Reply::Body(404, missing.to_string())
        }
        _ => {
            let empty = json!({"kind": "List", "metadata": {"resourceVersion": "1"}, "items": []});
            Reply::Body(200, empty.to_string())
        }
    })
    .await;
    let credentials = Credentials {
        server: fake.url.clone(),
        certificate_authority: None,
        tls_server_name: None,
        identity: Identity::Token("token".to_owned().into()),
    };
    (fake, credentials)
}

on_both_databases!(a_connection_that_leads_to_another_cluster_earns_no_receipt, |db| async move {
    let Some((world, cluster)) = world(db).await else { return };
    let id = world.ask("moved", GOOD).await;
    world.wait_for(id, State::Ready).await;
    let (_fake, other) = another_cluster().await;
    world.reconnect(world.cluster, "staging", &other).await;
    world.destroy(id).await;
    let page = world.wait_for(id, State::DestroyBlocked).await;
    let reason = page.reason.clone().unwrap_or_default();
    assert!(reason.starts_with("This is another cluster than the one"), "{reason}");
    assert!(page.receipt.is_none() && is_there(cluster, &page).await, "it lives on where it was");
    let connection =
        crate::clusters::service::find_connection(&world.db, &world.administrator, world.cluster)
            .await
            .expect("found");
    assert_eq!(connection.contact.last_error.as_deref(), Some(reason.as_str()));

    world.reconnect(world.cluster, "staging", &cluster.slipway().await).await;
    service::retry_environment(&world.environments, &world.member, id, now()).await.expect("asked again");
    let page = world.wait_for(id, State::Destroyed).await;
    assert!(gone(&page) && !is_there(cluster, &page).await, "{page:#?}");
});

on_both_databases!(a_connection_without_environments_may_lead_elsewhere, |db| async move {
    let Some((world, cluster)) = world(db).await else { return };
    let id = world.ask("first", GOOD).await;
    world.wait_for(id, State::Ready).await;
    world.destroy(id).await;
    world.wait_for(id, State::Destroyed).await;
    let (fake, other) = another_cluster().await;
    world.reconnect(world.cluster, "staging", &other).await;
    let identity = async || {
        let (db, administrator) = (&world.db, &world.administrator);
        let found = crate::clusters::service::find_connection(db, administrator, world.cluster).await;
        found.expect("found").identity
    };
    assert_eq!(identity().await, None);
    let id = world.ask("second", GOOD).await;
    world.wait_until(id, |page| page.summary.state != State::Queued).await;
    world.wait_until(id, |_| fake.asked().iter().any(|asked| asked.ends_with("/kube-system"))).await;
    let page = world.wait_for(id, State::Failed).await;
    assert_eq!(identity().await.as_deref(), Some("another"));
    assert!(!is_there(cluster, &page).await);
});

on_both_databases!(
    a_namespace_whose_label_was_taken_off_is_neither_deleted_nor_called_gone,
    |db| async move {
        let Some((world, cluster)) = world(db).await else { return };
        let id = world.ask("unlabelled", GOOD).await;
        let page = world.wait_for(id, State::Ready).await;
        let admin = api(&cluster.admin());
        let label = async |value: Value| {
            let patch = json!({"metadata": {"labels": {ENVIRONMENT_LABEL: value}}});
            let request = http::Request::patch(format!("/api/v1/namespaces/{}", page.namespace))
                .header("content-type", "application/merge-patch+json")
                .body(patch.to_string().into_bytes());
            admin.call(request.expect("a request")).await.expect("labelled");
        };
        label(Value::Null).await;
        world.destroy(id).await;
        let blocked = world.wait_for(id, State::DestroyBlocked).await;
        let reason = blocked.reason.clone().unwrap_or_default();
        assert!(reason.contains(&format!("its label {ENVIRONMENT_LABEL} was taken off")), "{reason}");
        assert!(blocked.receipt.is_none());
        let there =
            admin.get(kinds::NAMESPACE, "", &page.namespace).await.expect("a read").expect("it is there");
        assert!(there["metadata"]["deletionTimestamp"].is_null());

        label(json!(id.to_string())).await;
        service::retry_environment(&world.environments, &world.member, id, now()).await.expect("asked again");
        let page = world.wait_for(id, State::Destroyed).await;
        assert!(gone(&page) && !is_there(cluster, &page).await, "{page:#?}");
    }
);
