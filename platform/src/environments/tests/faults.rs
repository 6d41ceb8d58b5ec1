//! Clusters that do not answer, or do not let Slipway in.

use std::time::Instant;

use serde_json::json;

use super::*;
use crate::environments::service;
use crate::on_both_databases;
use crate::testing::cluster::api;
use crate::testing::world::nowhere;

on_both_databases!(a_cluster_that_does_not_answer_is_waited_for_and_holds_nobody_else_up, |db| async move {
    let Some((mut world, cluster)) = world(db).await else { return };
    let works = world.cluster;
    world.cluster = world.connect("away", &nowhere(), "").await;
    let waiting = world.ask("waiting", GOOD).await;
    let page = world.wait_until(waiting, |page| steps(page)[0] == StepState::RetryWait).await;
    assert_eq!(
        (page.summary.state, page.summary.status.word.as_str()),
        (State::Applying, "Coming up, waits for away")
    );
    let next = &page.summary.status.next;
    assert!(next.contains("The cluster does not answer") && next.contains("tried again"), "{next}");

    let away = std::mem::replace(&mut world.cluster, works);
    let asked = Instant::now();
    let other = world.ask("unaffected", GOOD).await;
    world.wait_for(other, State::Ready).await;
    assert!(asked.elapsed().as_secs() < 15, "{:?}", asked.elapsed());

    // A cluster is connected once: the other connection goes before this one leads to its cluster.
    world.destroy(other).await;
    world.wait_for(other, State::Destroyed).await;
    let (clients, administrator) = (&world.environments.clients, &world.administrator);
    crate::clusters::service::remove_cluster(&world.db, clients, administrator, works, now())
        .await
        .expect("removed");

    // It is there again, under another address: nobody has to do anything.
    world.reconnect(away, "away", &cluster.slipway().await).await;
    let page = world.wait_for(waiting, State::Ready).await;
    assert!(page.operation.as_ref().is_some_and(|operation| operation.steps[0].attempt > 1));

    // And goes away again while the environment is destroyed.
    world.reconnect(away, "away", &nowhere()).await;
    world.destroy(waiting).await;
    let page = world.wait_until(waiting, |page| steps(page)[0] == StepState::RetryWait).await;
    assert_eq!(page.summary.status.word, "Going away, waits for away");
    assert!(is_there(cluster, &page).await, "nothing is called gone that is not");
    world.reconnect(away, "away", &cluster.slipway().await).await;
    let page = world.wait_for(waiting, State::Destroyed).await;
    assert!(gone(&page) && !is_there(cluster, &page).await, "{page:#?}");
});

on_both_databases!(a_token_that_is_not_accepted_fails_with_what_to_do, |db| async move {
    let Some((mut world, cluster)) = world(db).await else { return };
    world.cluster = world.connect("expired", &cluster.with_token("withdrawn"), "").await;
    let id = world.ask("expired", GOOD).await;
    let page = world.wait_for(id, State::Failed).await;
    let reason = page.reason.clone().unwrap_or_default();
    assert!(reason.contains("does not accept Slipway's token or certificate (401)"), "{reason}");
    let connection =
        crate::clusters::service::find_connection(&world.db, &world.administrator, world.cluster)
            .await
            .expect("found");
    assert!(connection.contact.last_error.is_some_and(|error| error.contains("(401)")));
    // With a new token a retry is all that is needed.
    world.reconnect(world.cluster, "expired", &cluster.slipway().await).await;
    service::retry_environment(&world.environments, &world.member, id, now()).await.expect("asked again");
    world.wait_for(id, State::Ready).await;
});

on_both_databases!(missing_rights_fail_in_the_clusters_words_and_block_no_receipt, |db| async move {
    let Some((mut world, cluster)) = world(db).await else { return };
    let made = world.ask("made", GOOD).await;
    world.wait_for(made, State::Ready).await;
    let works = world.cluster;
    world.cluster = world.connect("limited", &cluster.limited(), "").await;
    let id = world.ask("limited", GOOD).await;
    let page = world.wait_for(id, State::Failed).await;
    let reason = page.reason.clone().unwrap_or_default();
    assert!(
        reason.contains("is not allowed to read the namespace kube-system")
            && reason.contains("An administrator sees why"),
        "{reason}"
    );
    // Where nothing was ever made, there is nothing to ask for.
    world.destroy(id).await;
    let page = world.wait_for(id, State::Destroyed).await;
    let receipt = page.receipt.as_ref().expect("a receipt");
    assert_eq!(receipt.verdict(), domain::environments::receipt::Verdict::NeverMade);
    // Else not known is not gone: without the right to look there is no receipt.
    let id = made;
    world.cluster = works;
    world.reconnect(world.cluster, "staging", &cluster.limited()).await;
    world.destroy(id).await;
    let page = world.wait_for(id, State::DestroyBlocked).await;
    assert!(
        page.receipt.is_none() && page.summary.status.next.contains("is not allowed to read the namespace"),
        "{page:#?}"
    );
    assert_eq!(page.actions, [domain::environments::life::Action::Retry]);
    world.reconnect(world.cluster, "staging", &cluster.slipway().await).await;
    service::retry_environment(&world.environments, &world.member, id, now()).await.expect("asked again");
    let page = world.wait_for(id, State::Destroyed).await;
    assert!(gone(&page), "{page:#?}");
    assert_eq!(
        history(&page).iter().filter(|line| line.starts_with("Blocked")).count(),
        1,
        "{:?}",
        history(&page)
    );
});

on_both_databases!(who_left_the_team_gets_nothing_more, |db| async move {
    let Some((mut world, cluster)) = world(db).await else { return };
    world.cluster = world.connect("away", &nowhere(), "").await;
    let id = world.ask("left", GOOD).await;
    world.wait_until(id, |page| steps(page)[0] == StepState::RetryWait).await;
    const LEAVE: &str = "delete from account_teams";
    let mut tx = world.db.begin().await.expect("a transaction");
    crate::sql!(&mut tx, run, Sql::each(LEAVE, LEAVE)).expect("left");
    tx.commit().await.expect("kept");
    world.reconnect(world.cluster, "away", &cluster.slipway().await).await;
    let page = world.wait_for(id, State::Failed).await;
    let words = "mina requested it and is no longer allowed to. Only members of payments can change it";
    assert_eq!(page.reason.as_deref(), Some(words));
    assert!(!is_there(cluster, &page).await);
});

/// Somebody else, with another field manager, sets a field of an object by force.
async fn take(cluster: &Cluster, path: &str, object: Value) {
    let request = http::Request::patch(format!("{path}?fieldManager=kubectl&force=true"))
        .header("content-type", "application/apply-patch+yaml")
        .body(object.to_string().into_bytes());
    api(&cluster.admin()).call(request.expect("a request")).await.expect("taken");
}

on_both_databases!(a_field_that_somebody_else_took_is_named_and_left_to_them, |db| async move {
    let Some((mut world, cluster)) = world(db).await else { return };
    // The step ends after the deployment was made, so that a retry applies it again.
    world.blueprint = words::changed(&world, "taken", &[words::KEEPS_CAPABILITIES]).await;
    let id = world.ask("taken", GOOD).await;
    let page = world.wait_for(id, State::Failed).await;
    let path = format!("/apis/apps/v1/namespaces/{}/deployments/web", page.namespace);
    let theirs = json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": {"replicas": 3}});
    take(cluster, &path, theirs).await;
    service::retry_environment(&world.environments, &world.member, id, now()).await.expect("asked again");
    world.wait_until(id, |page| page.summary.state != State::Failed).await;
    let page = world.wait_for(id, State::Failed).await;
    let reason = page.reason.clone().unwrap_or_default();
    let words =
        "Something else changed the same fields in the cluster: .spec.replicas (conflict with \"kubectl\"";
    assert!(reason.contains(words) && reason.contains("Undo that change there"), "{reason}");
    let kind = domain::environments::kinds::allowed("Deployment").expect("a kind");
    let there =
        api(&cluster.admin()).get(kind, &page.namespace, "web").await.expect("a read").expect("there");
    assert_eq!(there["spec"]["replicas"], 3, "it is theirs");
    world.destroy(id).await;
    world.wait_for(id, State::Destroyed).await;
});

on_both_databases!(an_expiry_that_cannot_be_written_on_the_namespace_is_told, |db| async move {
    let Some((world, cluster)) = world(db).await else { return };
    let id = world.ask("annotated", GOOD).await;
    let page = world.wait_for(id, State::Ready).await;
    let path = format!("/api/v1/namespaces/{}", page.namespace);
    let annotations = json!({ domain::environments::name::EXPIRES_ANNOTATION: "never" });
    let theirs = json!({
        "apiVersion": "v1", "kind": "Namespace", "metadata": {"name": page.namespace, "annotations": annotations},
    });
    take(cluster, &path, theirs).await;
    service::extend_environment(&world.environments, &world.member, id, "1d", None, now())
        .await
        .expect("extended");
    let told = |page: &EnvironmentPage| {
        history(page)
            .iter()
            .any(|line| line.starts_with("The new expiry could not be written on the namespace. "))
    };
    let page = world.wait_until(id, told).await;
    assert_eq!(page.summary.state, State::Ready);
});
