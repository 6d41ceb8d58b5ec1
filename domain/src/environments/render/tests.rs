use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;
use crate::environments::blueprint::WEB_SERVICE;
use crate::environments::check;
use crate::environments::form::fields;

fn web_service() -> Blueprint {
    Blueprint::parse(WEB_SERVICE).unwrap()
}

/// Renders the shipped blueprint for a request, as after the form.
fn rendered(blueprint: &Blueprint, request: Value, host: Option<&str>) -> Result<Rendered, Vec<Finding>> {
    let complete = check::check(&blueprint.parameters, request.as_object().unwrap()).unwrap();
    let id = "01930d9c-7e2a-7c11-9d55-2f6f1f3c9a10".parse::<EnvironmentId>().unwrap();
    let name = EnvironmentName::new("payments-pr-311").unwrap();
    let place = Place {
        id: &id,
        name: &name,
        namespace: "env-payments-pr-311-eb590480",
        owner: "group:default/payments",
        host,
        https: true,
        ingress_class: Some("nginx"),
    };
    render(blueprint, &complete, &place)
}

const HOST: Option<&str> = Some("payments-pr-311.preview.example.com");

#[test]
fn the_shipped_blueprint_with_everything_asked_for() {
    let request = json!({"image": "registry.example.com/payments-api:1.42.0", "port": 80, "replicas": 3,
        "size": "medium", "health_path": "/healthz", "variables": {"LOG_LEVEL": "debug", "A": "1"},
        "run_as_user": 1000});
    insta::assert_json_snapshot!(rendered(&web_service(), request, HOST).unwrap());
}

#[test]
fn the_shipped_blueprint_with_only_an_image_and_no_address() {
    let request = json!({"image": "nginx", "public": false});
    insta::assert_json_snapshot!(rendered(&web_service(), request, None).unwrap());
}

#[test]
fn an_address_needs_a_cluster_with_a_base_domain() {
    let findings = rendered(&web_service(), json!({"image": "nginx"}), None).unwrap_err();
    assert!(
        findings.iter().all(|f| f.sentence.starts_with("The cluster gives no addresses")),
        "{findings:#?}"
    );
}

#[test]
fn what_asks_for_an_address_at_first_is_known() {
    let switch = |blueprint: &Blueprint| blueprint.address_switch(&fields(&blueprint.parameters));
    assert_eq!(switch(&web_service()).as_deref(), Some("public"));
    let off = WEB_SERVICE.replace("default: true", "default: false");
    assert_ne!(off, WEB_SERVICE);
    let off = Blueprint::parse(&off).unwrap();
    assert_eq!(switch(&off), None, "nothing asks for one by itself");
    let mut copied = fields(&off.parameters);
    for field in copied.iter_mut().filter(|field| field.name == "public") {
        field.initial = "true".to_owned();
    }
    assert_eq!(off.address_switch(&copied).as_deref(), Some("public"), "it was asked for before");
    let always = WEB_SERVICE.replace("$when: \"{{ parameters.public }}\"", "$when: true");
    assert_ne!(always, WEB_SERVICE);
    assert_eq!(switch(&Blueprint::parse(&always).unwrap()), None, "no switch takes it away");
}

/// A blueprint with one manifest, given as the lines below `manifests`.
fn with_manifest(manifest: &str) -> Result<Blueprint, Vec<String>> {
    let indented: String = manifest.lines().map(|line| format!("      {line}\n")).collect();
    let text = format!(
        "name: t\nversion: 1\ntitle: T\nlifetime: {{default: 1h, maximum: 1d}}\n\
         parameters:\n  type: object\n  required: [v]\n  properties: {{v: {{type: string}}}}\nsteps:\n  \
         - {{id: n, title: N, driver: kubernetes, action: namespace, time_limit: 1m}}\n  \
         - id: a\n    title: A\n    driver: kubernetes\n    action: apply\n    time_limit: 1m\n    manifests:\n{indented}"
    );
    Blueprint::parse(&text).map_err(|problems| problems.into_iter().map(|problem| problem.sentence).collect())
}

#[test]
fn what_could_reach_beyond_the_namespace_is_refused() {
    for (manifest, expected) in [
        (
            "- {apiVersion: v1, kind: Service, metadata: {name: a}, spec: {type: NodePort}}",
            "has the type ClusterIP",
        ),
        (
            "- {apiVersion: v1, kind: Service, metadata: {name: a}, spec: {externalIPs: [1.2.3.4]}}",
            "`externalIPs` cannot be set",
        ),
        (
            "- {apiVersion: v1, kind: Secret, metadata: {name: a}, type: kubernetes.io/service-account-token}",
            "of this type",
        ),
        (
            "- {apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: a}}",
            "`RoleBinding` cannot",
        ),
        (
            "- {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: a}}",
            "`NetworkPolicy` cannot",
        ),
        ("- {apiVersion: v1, kind: Pod, metadata: {name: a}}", "The kind `Pod` cannot be created here."),
        ("- {apiVersion: v1, kind: ConfigMap}", "`metadata` with a `name` is missing."),
        ("- {apiVersion: v1, kind: ConfigMap, metadata: {name: A_b}}", "`metadata.name` must be"),
        (
            "- {apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: a}}",
            "needs a rule with a host",
        ),
        (
            "- {apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: a}, spec: {rules: [{host: evil.com}]}}",
            "answers only for environment.host",
        ),
        (
            "- {apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: a}, spec: {rules: [{host: notsample.example.com}]}}",
            "answers only for environment.host",
        ),
        (
            "- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}",
            "ConfigMap a is created twice.",
        ),
        (
            "- {apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: {replicas: 2147483648}}",
            "`replicas` can be at most 2147483647.",
        ),
        (
            "- {apiVersion: batch/v1, kind: CronJob, metadata: {name: a}, spec: {jobTemplate: {spec: {parallelism: 1e10}}}}",
            "`parallelism` can be at most 2147483647.",
        ),
        ("- just text", "The kind `` cannot be created here."),
        (
            "- {apiVersion: apps/v1, kind: StatefulSet, metadata: {name: a}, spec: {template: x, volumeClaimTemplates: [y]}, extra: '{{ }}'}",
            "An expression is empty",
        ),
    ] {
        let found = with_manifest(manifest).unwrap_err();
        assert!(found.iter().any(|line| line.contains(expected)), "{expected}\nin {found:#?}");
    }
    let below = "- {apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: a}, \
                 spec: {rules: [{host: 'api.{{ environment.host }}'}]}}";
    assert!(with_manifest(below).is_ok());
}

#[test]
fn odd_shapes_are_passed_to_the_cluster_and_break_nothing() {
    for manifest in [
        "- {apiVersion: apps/v1, kind: StatefulSet, metadata: {name: a}, spec: {template: x, volumeClaimTemplates: [y]}}",
        "- {apiVersion: apps/v1, kind: StatefulSet, metadata: {name: a}, spec: {template: {spec: {containers: [x]}}, volumeClaimTemplates: [y]}}",
        "- {apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: [1]}",
        "- {apiVersion: batch/v1, kind: CronJob, metadata: {name: a}, spec: {jobTemplate: 1}}",
        "- {apiVersion: batch/v1, kind: Job, metadata: {name: a}, spec: {template: {metadata: 1, spec: {securityContext: 2}}}}",
    ] {
        assert!(with_manifest(manifest).is_ok(), "{manifest}");
    }
}

/// The shape of a value: its keys and lengths, without its texts.
fn shape(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            Value::Object(map.iter().map(|(key, value)| (key.clone(), shape(value))).collect())
        }
        Value::Array(list) => Value::Array(list.iter().map(shape).collect()),
        Value::String(_) => json!("text"),
        other => other.clone(),
    }
}

fn hostile() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "\"}: [x",
        "a\nb: c",
        "\n---\nkind: Role",
        "{{ parameters.v }}",
        "{{",
        "}}",
        "{% raw %}",
        "{# x",
        "null",
        "~",
        "true",
        "0x10",
        "1e3",
        "- a",
        "? b",
        "&a",
        "*a",
        "!!int 3",
        "{$when: false}",
        "$when",
        "|\n  x",
        "'",
        "\\",
        "\u{0}",
        "\u{2028}",
        "\u{feff}",
        "#",
        "%YAML",
        "@",
        "`",
    ])
    .prop_map(str::to_owned);
    prop_oneof![known, "\\PC{0,30}", "[\n\r\t:{}\\[\\]\"'|>&*!%#-]{0,20}"]
}

proptest! {
    /// No value changes the structure of what is made, and each arrives letter by letter.
    #[test]
    fn a_value_never_becomes_structure(value in hostile(), other in hostile()) {
        let blueprint = with_manifest(
            "- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: a}\n  data:\n    \
             alone: \"{{ parameters.v }}\"\n    among: \"<{{ parameters.v }}>\"\n    after: plain",
        ).unwrap();
        let one = rendered(&blueprint, json!({"v": value}), HOST).unwrap();
        let two = rendered(&blueprint, json!({"v": other}), HOST).unwrap();
        let (one, two) = (one.objects().next().unwrap(), two.objects().next().unwrap());
        prop_assert_eq!(shape(one), shape(two));
        prop_assert_eq!(&one["data"]["alone"], &json!(value));
        prop_assert_eq!(&one["data"]["among"], &json!(format!("<{value}>")));
        prop_assert_eq!(&one["data"]["after"], &json!("plain"));
    }

    /// The same for the variables of the shipped blueprint: as many entries as lines, each a name and a text.
    #[test]
    fn variables_stay_variables(values in prop::collection::btree_map("[A-Z]{1,8}", hostile().prop_filter("$ is doubled", |v| !v.contains('$')), 0..5)) {
        let variables: Map<String, Value> = values.iter().map(|(k, v)| (k.clone(), json!(v))).collect();
        let made = rendered(&web_service(), json!({"image": "a", "variables": variables}), HOST).unwrap();
        let deployment = made.objects().find(|object| object["kind"] == "Deployment").unwrap();
        let list = deployment["spec"]["template"]["spec"]["containers"][0]["env"].as_array().unwrap();
        prop_assert_eq!(list.len(), values.len());
        for (entry, (name, value)) in list.iter().zip(&values) {
            prop_assert_eq!(entry, &json!({"name": name, "value": value}));
        }
    }
}
