//! A retry where something was deleted or changed by hand: it is made again, waited for again, and left alone otherwise.

use domain::environments::blueprint::WEB_SERVICE;

use super::*;
use crate::environments::service;
use crate::on_both_databases;
use crate::testing::cluster::api;

/// The web service after a cache that is waited for first. The cache is scaled by hand in the test.
fn blueprint() -> String {
    const CACHE: &str = "  - id: cache
    title: Cache
    driver: kubernetes
    action: apply
    time_limit: 1m
    manifests:
      - apiVersion: v1
        kind: Secret
        metadata: {name: cache-key}
        stringData: {key: none}
      - apiVersion: apps/v1
        kind: Deployment
        metadata: {name: cache}
        spec:
          replicas: 1
          selector:
            matchLabels: {app.kubernetes.io/name: cache}
          template:
            metadata:
              labels: {app.kubernetes.io/name: cache}
            spec:
              containers:
                - name: cache
                  image: registry.example.com/cache:1
                  securityContext: {runAsNonRoot: true, runAsUser: 1000}
                  resources:
                    requests: {cpu: 10m, memory: 16Mi}
                    limits: {cpu: 10m, memory: 16Mi}
  - id: cache-ready
    title: Cache is ready
    driver: kubernetes
    action: wait
    time_limit: 1m

  - id: deploy
";
    let text =
        WEB_SERVICE.replace("name: web-service\n", "name: cached\n").replacen("  - id: deploy\n", CACHE, 1);
    assert!(text.contains("id: cache-ready"));
    text
}

on_both_databases!(what_a_retry_makes_again_is_waited_for_again_and_the_rest_is_left, |db| async move {
    let Some((mut world, cluster)) = world(db).await else { return };
    let (environments, administrator) = (&world.environments, &world.administrator);
    let published = service::publish_blueprint(environments, administrator, &blueprint(), now()).await;
    world.blueprint = published.expect("published").id;
    // Also a wait in the middle ends: for what was applied before it.
    let id = world.ask("cached", "registry.example.com/neverready:1").await;
    world.wait_until(id, |page| steps(page)[4] == StepState::Running).await;
    service::cancel_environment(&world.environments, &world.member, id, now()).await.expect("asked to stop");
    let page = world.wait_for(id, State::Failed).await;
    let admin = api(&cluster.admin());
    let call = async |request: http::Request<Vec<u8>>| admin.call(request).await.expect("an answer").body;
    let of = |kind: &str, name: &str| format!("{kind}/namespaces/{}/{name}", page.namespace);
    let (web, cache) = (of("/apis/apps/v1", "deployments/web"), of("/apis/apps/v1", "deployments/cache"));
    let secret = of("/api/v1", "secrets/cache-key");
    // Scaled by hand: that is another manager's field now.
    let scale = http::Request::patch(format!("{web}/scale"))
        .header("Content-Type", "application/merge-patch+json")
        .body(br#"{"spec": {"replicas": 3}}"#.to_vec());
    call(scale.expect("a request")).await;

    let log_of = async |step: usize| {
        let page = world.page(id).await;
        world.log(&page, step).await
    };
    let count = |log: &[String], line: &str| log.iter().filter(|one| *one == line).count();
    service::retry_environment(&world.environments, &world.member, id, now()).await.expect("asked again");
    world.wait_until(id, |page| steps(page)[4] == StepState::Running).await;
    let log = log_of(2).await;
    assert_eq!(
        count(&log, "Everything is ready"),
        1,
        "nothing was made, so it is not waited for again: {log:?}"
    );
    assert_eq!(
        call(http::Request::get(&web).body(Vec::new()).expect("a request")).await["spec"]["replicas"],
        3
    );

    service::cancel_environment(&world.environments, &world.member, id, now()).await.expect("asked to stop");
    world.wait_for(id, State::Failed).await;
    for gone in [&secret, &cache] {
        call(http::Request::delete(gone).body(Vec::new()).expect("a request")).await;
    }
    until("it is deleted", async || {
        admin.call(http::Request::get(&cache).body(Vec::new()).expect("a request")).await.is_err()
    })
    .await;
    service::retry_environment(&world.environments, &world.member, id, now()).await.expect("asked again");
    world.wait_until(id, |page| steps(page)[4] == StepState::Running).await;
    let log = log_of(1).await;
    for made in ["secret “cache-key” created", "deployment “cache” created"] {
        assert_eq!(count(&log, made), 2, "{log:?}");
    }
    let log = log_of(2).await;
    assert_eq!(count(&log, "Everything is ready"), 2, "the cache was waited for again: {log:?}");
    let log = log_of(3).await;
    assert!(!log.iter().any(|line| line.ends_with("configured")), "what stands is left as it is: {log:?}");
    world.destroy(id).await;
    world.wait_for(id, State::Destroyed).await;
});
