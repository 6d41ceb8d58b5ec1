use super::*;
use crate::environments::blueprint::WEB_SERVICE;
use crate::environments::check;
use crate::environments::render::render;
use crate::ids::EnvironmentId;

fn made(request: Value) -> Vec<Value> {
    let blueprint = Blueprint::parse(WEB_SERVICE).unwrap();
    let complete = check::check(&blueprint.parameters, request.as_object().unwrap()).unwrap();
    let id = "01930d9c-7e2a-7c11-9d55-2f6f1f3c9a10".parse::<EnvironmentId>().unwrap();
    let name = EnvironmentName::new("payments-pr-311").unwrap();
    let namespace = namespace(&name, &id);
    let place = Place {
        id: &id,
        name: &name,
        namespace: &namespace,
        owner: "group:default/payments",
        host: Some("payments-pr-311.preview.example.com"),
        https: false,
        ingress_class: None,
    };
    let rendered = render(&blueprint, &complete, &place).unwrap();
    let around = Surroundings {
        team: "01930d9c-0000-7000-8000-000000000001",
        expires_at: "2026-11-26T09:40:00Z".parse().unwrap(),
        ingress_namespace: Some("ingress-nginx"),
        dns: &DnsSelector::default(),
        registry: Some("{\"auths\":{}}"),
    };
    objects(&blueprint, &rendered, &place, &around)
}

#[test]
fn the_objects_of_a_safe_namespace_in_their_order() {
    let objects = made(json!({"image": "a", "port": 3000, "replicas": 2, "size": "medium"}));
    let order: Vec<String> =
        objects.iter().map(|o| format!("{} {}", o["kind"], o["metadata"]["name"]).replace('"', "")).collect();
    assert_eq!(
        order,
        [
            "Namespace env-payments-pr-311-eb590480",
            "ResourceQuota environment",
            "LimitRange environment",
            "NetworkPolicy default-deny",
            "NetworkPolicy allow-same-namespace",
            "NetworkPolicy allow-ingress-controller",
            "NetworkPolicy allow-dns",
            "NetworkPolicy allow-listed-egress",
            "Secret slipway-registry",
            "ServiceAccount environment",
            "RoleBinding team",
        ]
    );
    insta::assert_json_snapshot!(objects);
}

#[test]
fn the_quota_holds_what_the_blueprint_asks_for() {
    let objects = made(json!({"image": "a", "replicas": 3, "size": "large"}));
    // Three, one more while updating, one that is still stopping.
    assert_eq!(objects[1]["spec"]["hard"]["limits.cpu"], "10");
    assert_eq!(objects[1]["spec"]["hard"]["limits.memory"], "20Gi");
    assert_eq!(objects[1]["spec"]["hard"]["pods"], "5");
}

#[test]
fn the_role_of_a_team_cannot_open_the_namespace() {
    for rule in team_role()["rules"].as_array().unwrap() {
        let verbs = rule["verbs"].as_array().unwrap();
        let resources = rule["resources"].as_array().unwrap();
        assert!(!resources.contains(&json!("secrets")), "{rule}");
        let changes = verbs.iter().any(|verb| !["get", "list", "watch"].contains(&verb.as_str().unwrap()));
        let own = resources.iter().all(|resource| resource.as_str().unwrap().starts_with("pods"));
        assert!(!changes || own, "{rule}");
    }
}
