//! The page's own words for what does not come up: each produced by the cluster, none made up here.

use super::*;
use crate::environments::service::{self, Request};
use crate::on_both_databases;

/// Asks for it and gives the page once it failed.
async fn failed(world: &World, request: &Request) -> EnvironmentPage {
    let id = world.ask_for(request).await;
    world.wait_for(id, State::Failed).await
}

/// What the page says of a failed one: its reason, and the cluster's own words.
fn said(page: &EnvironmentPage) -> (String, String) {
    let mut steps = page.operation.iter().flat_map(|operation| &operation.steps);
    let step = steps.rfind(|step| step.state == StepState::Failed).expect("a failed step");
    let (reason, problem) =
        (page.reason.clone().unwrap_or_default(), step.problem.clone().unwrap_or_default());
    assert_eq!(reason, problem, "the page and the step say the same");
    assert!(page.summary.status.next.starts_with(&problem), "{}", page.summary.status.next);
    // Its history says where, not why once more.
    let failed_at = format!("Failed at “{}”", step.title);
    assert!(history(page).contains(&failed_at.as_str()), "{:?}", history(page));
    let detail = step.problem_detail.clone().unwrap_or_default();
    crate::testing::announce(&format!("{}: {reason}\n    [{detail}]", page.summary.name));
    (reason, detail)
}

/// Makes a container keep what the restricted standard wants dropped: nothing in it is forbidden, but something is missing.
pub(super) const KEEPS_CAPABILITIES: (&str, &str) = (
    "image: \"{{ parameters.image }}\"",
    "image: \"{{ parameters.image }}\"\n                  securityContext: {capabilities: {drop: [NET_RAW]}}",
);

/// The shipped blueprint, changed.
pub(super) async fn changed(world: &World, name: &str, changes: &[(&str, &str)]) -> domain::ids::BlueprintId {
    let mut source = domain::environments::blueprint::WEB_SERVICE
        .replace("name: web-service", &format!("name: {name}"))
        .replace("time_limit: 5m", "time_limit: 15s");
    for (from, to) in changes {
        assert!(source.contains(from), "{from}");
        source = source.replace(from, to);
    }
    service::publish_blueprint(&world.environments, &world.administrator, &source, now())
        .await
        .expect("published")
        .id
}

on_both_databases!(what_does_not_come_up_is_said_in_words, |db| async move {
    let Some((world, _)) = world(db).await else { return };
    let (missing, crashing, unready) = (
        world.request("missing", "registry.example.com/missing:1"),
        world.request("crashing", "registry.example.com/crashloop:1"),
        world.request("unready", "registry.example.com/neverready:1"),
    );
    let (missing, crashing, unready) =
        tokio::join!(failed(&world, &missing), failed(&world, &crashing), failed(&world, &unready));

    let (words, detail) = said(&missing);
    assert!(words.contains("registry.example.com/missing:1") && words.contains("pull"), "{words}");
    assert!(!detail.is_empty());
    let (words, _) = said(&crashing);
    assert!(words.contains("keeps stopping") && words.contains("exit code 1"), "{words}");
    let (words, _) = said(&unready);
    assert!(words.contains("ready"), "{words}");
    assert!(unready.actions.contains(&domain::environments::life::Action::Retry));
});

on_both_databases!(what_admission_and_the_scheduler_refuse_is_said_in_words, |db| async move {
    let Some((mut world, cluster)) = world(db).await else { return };
    let ask = |world: &World, name: &str| world.request(name, GOOD);
    // A container that keeps capabilities: the cluster announces that it would refuse its pod, and the step ends there.
    world.blueprint = changed(&world, "insecure", &[KEEPS_CAPABILITIES]).await;
    let page = failed(&world, &ask(&world, "insecure")).await;
    let (words, detail) = said(&page);
    assert!(words.starts_with("The cluster refuses the pods of deployment web: they break the restricted pod security standard ("), "{words}");
    assert!(words.contains("unrestricted capabilities"), "{words}");
    assert!(detail.contains("PodSecurity"), "{detail}");

    // More memory than any node has.
    world.blueprint = changed(&world, "huge", &[("\"{{ parameters.size | memory }}\"", "4000Gi")]).await;
    let page = failed(&world, &ask(&world, "huge")).await;
    let (words, _) = said(&page);
    assert!(words.contains("node") || words.contains("memory"), "{words}");

    // Whoever runs the cluster sets a limit of their own in the namespace, and its pod is lost; a retry says why no other comes.
    world.blueprint = changed(&world, "limited", &[]).await;
    let page = failed(&world, &world.request("limited", "registry.example.com/neverready:1")).await;
    let admin = crate::testing::cluster::api(&cluster.admin());
    let quota = serde_json::json!({
        "apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "operators"}, "spec": {"hard": {"pods": "0"}},
    });
    let namespace = format!("/api/v1/namespaces/{}", page.namespace);
    crate::testing::cluster::post(&admin, &format!("{namespace}/resourcequotas"), &quota).await;
    // A quota counts a moment after it was made: a pod that still came into its place goes as well.
    until("the quota refuses a pod", async || {
        let pods = http::Request::delete(format!("{namespace}/pods")).body(Vec::new()).expect("a request");
        admin.call(pods).await.expect("deleted");
        let events = http::Request::get(format!("{namespace}/events")).body(Vec::new()).expect("a request");
        admin.call(events).await.expect("a list").body.to_string().contains("exceeded quota: operators")
    })
    .await;
    let (environments, id) = (&world.environments, page.summary.id);
    service::retry_environment(environments, &world.member, id, now()).await.expect("taken");
    let limited = |page: &EnvironmentPage| {
        let reason = page.reason.as_deref().unwrap_or_default();
        page.summary.state == State::Failed && reason.contains("quota")
    };
    let (words, detail) = said(&world.wait_until(id, limited).await);
    assert!(
        words.contains("quota does not allow the pods of deployment web: pods 1 more requested"),
        "{words}"
    );
    assert!(detail.contains("exceeded quota: operators"), "{detail}");
});
