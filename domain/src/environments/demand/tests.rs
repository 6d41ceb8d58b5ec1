use super::*;

fn deployment(replicas: u64, strategy: Value) -> Value {
    json!({"kind": "Deployment", "spec": {"replicas": replicas, "strategy": strategy, "template": {"spec": {
        "containers": [{"resources": {"limits": {"cpu": "1", "memory": "2Gi"}}}]}}}})
}

#[test]
fn a_rolling_update_has_room() {
    for (replicas, strategy, pods) in [
        (1, json!({}), 3),
        (4, json!({}), 7),
        (3, json!({"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}), 5),
        (4, json!({"rollingUpdate": {"maxSurge": "50%", "maxUnavailable": "0%"}}), 8),
        (3, json!({"type": "Recreate"}), 3),
        (0, json!({}), 0),
    ] {
        let demand = of(&[deployment(replicas, strategy.clone())]);
        assert_eq!(demand.pods, pods, "{replicas} with {strategy}");
        assert_eq!(demand.requests_cpu, pods * 1000, "a request that is not said is the limit");
        assert_eq!(demand.limits_memory, pods * (2 << 30));
    }
}

#[test]
fn containers_without_resources_count_with_the_defaults_of_the_namespace() {
    let job = json!({"kind": "Job", "spec": {"template": {"spec": {"containers": [{}, {}],
        "initContainers": [{"resources": {"requests": {"cpu": "3"}}}]}}}});
    let demand = of(&[job]);
    assert_eq!((demand.pods, demand.limits_cpu, demand.requests_cpu), (1, 1000, 3000));
}

#[test]
fn what_does_not_fit_its_number_counts_as_the_largest() {
    let surge = json!({"rollingUpdate": {"maxSurge": u64::MAX, "maxUnavailable": format!("{}%", u64::MAX)}});
    let many = deployment(u64::MAX, surge);
    let forever = json!({"kind": "CronJob", "spec": {"jobTemplate": {"spec": {"parallelism": u64::MAX, "template": {}}}}});
    let much = json!({"limits": {"cpu": "9000G", "memory": "8P"}});
    let wide = json!({"kind": "StatefulSet", "spec": {"replicas": u64::MAX,
        "template": {"spec": {"containers": vec![json!({"resources": much}); 3_000]}},
        "volumeClaimTemplates": [{"spec": {"resources": {"requests": {"storage": "8P"}}}}]}});
    let demand = of(&[many, forever, wide]);
    let all = [demand.pods, demand.requests_cpu, demand.limits_memory, demand.storage, demand.volume_claims];
    assert_eq!(all, [u64::MAX; 5]);
    assert_eq!(quota(&demand)["pods"], u64::MAX.to_string());
}

#[test]
fn the_quota_says_every_limit() {
    let claim = json!({"kind": "StatefulSet", "spec": {"replicas": 2, "template": {"spec": {"containers": [{}]}},
        "volumeClaimTemplates": [{"spec": {"resources": {"requests": {"storage": "10Gi"}}}}]}});
    let quota = Value::Object(quota(&of(&[deployment(2, json!({})), claim, json!({"kind": "Secret"})])));
    insta::assert_json_snapshot!(quota);
}
