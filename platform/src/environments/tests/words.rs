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
    let steps = page.operation.iter().flat_map(|operation| &operation.steps);
    let step = steps.filter(|step| step.state == StepState::Failed).next_back().expect("a failed step");
    let (reason, problem) =
        (page.reason.clone().unwrap_or_default(), step.problem.clone().unwrap_or_default());
    assert_eq!(reason, problem, "the page and the step say the same");
    assert!(page.summary.status.next.starts_with(&problem), "{}", page.summary.status.next);
    let detail = step.problem_detail.clone().unwrap_or_default();
    crate::testing::announce(&format!("{}: {reason}\n    [{detail}]", page.summary.name));
    (reason, detail)
}

/// The shipped blueprint, changed.
async fn changed(world: &World, name: &str, changes: &[(&str, &str)]) -> domain::ids::BlueprintId {
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
    let Some((mut world, _)) = world(db).await else { return };
    let ask = |world: &World, name: &str| world.request(name, GOOD);
    // Pods that see the node's processes: the cluster announces that it would refuse them, and the step ends there.
    let pod = "              terminationGracePeriodSeconds: 30";
    let insecure = format!("              hostPID: true\n{pod}");
    world.blueprint = changed(&world, "insecure", &[(pod, &insecure)]).await;
    let page = failed(&world, &ask(&world, "insecure")).await;
    let (words, detail) = said(&page);
    assert!(words.contains("pod security standard") && words.contains("host"), "{words}");
    assert!(detail.contains("PodSecurity"), "{detail}");

    // A load balancer, of which the quota of every environment allows none.
    let ports = "          ports: [{name: http, port: 80, targetPort: http}]";
    let balanced = format!("          type: LoadBalancer\n{ports}");
    world.blueprint = changed(&world, "balanced", &[(ports, &balanced)]).await;
    let page = failed(&world, &ask(&world, "balanced")).await;
    let (words, detail) = said(&page);
    assert!(words.contains("quota does not allow") && words.contains("services.loadbalancers"), "{words}");
    assert!(detail.contains("exceeded quota"), "{detail}");

    // More memory than any node has.
    world.blueprint = changed(&world, "huge", &[("\"{{ parameters.size | memory }}\"", "4000Gi")]).await;
    let page = failed(&world, &ask(&world, "huge")).await;
    let (words, _) = said(&page);
    assert!(words.contains("node") || words.contains("memory"), "{words}");
});
