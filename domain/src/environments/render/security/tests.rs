use serde_json::json;

use super::*;
use crate::environments::blueprint::Blueprint;

/// An object of each kind that has pods, with this pod.
fn objects(pod: &Value) -> Vec<Value> {
    let template = json!({ "spec": { "template": { "spec": pod } } });
    let with = |kind: &str, spec: &Value| json!({ "kind": kind, "spec": spec });
    vec![
        with("Deployment", &template["spec"]),
        with("StatefulSet", &template["spec"]),
        with("Job", &template["spec"]),
        with("CronJob", &json!({ "jobTemplate": template })),
    ]
}

/// A pod whose container has this, and one whose first container has.
fn containers(container: &Value) -> [Value; 2] {
    [json!({ "containers": [{}, container] }), json!({ "initContainers": [container], "containers": [{}] })]
}

#[test]
fn what_the_standard_forbids_is_refused_in_every_kind_with_its_place() {
    for (pod, place, sentence) in [
        (json!({"hostNetwork": true}), "/hostNetwork", "`hostNetwork: true` cannot be set here"),
        (json!({"hostPID": true}), "/hostPID", "`hostPID: true` cannot be set here"),
        (json!({"hostIPC": true}), "/hostIPC", "`hostIPC: true` cannot be set here"),
        (json!({"nodeName": "one"}), "/nodeName", "it goes past the scheduler"),
        (json!({"nodeName": "{{ parameters.v }}"}), "/nodeName", "it goes past the scheduler"),
        (
            json!({"priorityClassName": "system-node-critical"}),
            "/priorityClassName",
            "for the cluster's own pods",
        ),
        (
            json!({"volumes": [{"name": "a", "emptyDir": {}}, {"name": "b", "hostPath": {"path": "/"}}]}),
            "/volumes/1/hostPath",
            "A volume `hostPath` cannot be used here",
        ),
        (json!({"volumes": [{"name": "a", "nfs": {}}]}), "/volumes/0/nfs", "A volume `nfs`"),
        (json!({"securityContext": {"runAsUser": 0}}), "/securityContext/runAsUser", "`runAsUser: 0`"),
        (
            json!({"securityContext": {"runAsNonRoot": false}}),
            "/securityContext/runAsNonRoot",
            "`runAsNonRoot: false`",
        ),
        (
            json!({"securityContext": {"seccompProfile": {"type": "Unconfined"}}}),
            "/securityContext/seccompProfile/type",
            "`type: Unconfined`",
        ),
    ] {
        for object in objects(&pod) {
            let found = forbidden(&object);
            let [(at, words)] = found.as_slice() else { panic!("{object}: {found:?}") };
            assert!(at.ends_with(&format!("/template/spec{place}")), "{at}");
            assert!(object.pointer(at).is_some(), "{at} is in {object}");
            assert!(words.contains(sentence), "{words}");
        }
    }
}

#[test]
fn the_same_of_every_container() {
    for (container, place) in [
        (json!({"securityContext": {"privileged": true}}), "/securityContext/privileged"),
        (
            json!({"securityContext": {"allowPrivilegeEscalation": true}}),
            "/securityContext/allowPrivilegeEscalation",
        ),
        (json!({"securityContext": {"runAsUser": 0}}), "/securityContext/runAsUser"),
        (json!({"securityContext": {"runAsNonRoot": false}}), "/securityContext/runAsNonRoot"),
        (json!({"securityContext": {"procMount": "Unmasked"}}), "/securityContext/procMount"),
        (
            json!({"securityContext": {"seccompProfile": {"type": "Unconfined"}}}),
            "/securityContext/seccompProfile/type",
        ),
        (
            json!({"securityContext": {"capabilities": {"add": ["NET_BIND_SERVICE", "SYS_ADMIN"]}}}),
            "/securityContext/capabilities/add/1",
        ),
        (json!({"ports": [{"containerPort": 80, "hostPort": 80}]}), "/ports/0/hostPort"),
    ] {
        for object in containers(&container).iter().flat_map(objects) {
            let found = forbidden(&object);
            let [(at, _)] = found.as_slice() else { panic!("{object}: {found:?}") };
            assert!(at.ends_with(place), "{at}");
            assert!(object.pointer(at).is_some(), "{at} is in {object}");
        }
    }
}

#[test]
fn what_is_allowed_and_what_is_not_worked_out_yet_is_let_through() {
    let pod = json!({
        "hostNetwork": false, "hostPID": "{{ parameters.v }}", "priorityClassName": "batch",
        "volumes": [{"$when": "{{ parameters.v }}", "name": "a", "configMap": {"name": "a"}}, "{{ parameters.v }}"],
        "securityContext": {"runAsUser": 1000, "runAsNonRoot": true, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [
            {
                "ports": [{"containerPort": 80, "hostPort": 0}, {"hostPort": "{{ parameters.v }}"}],
                "securityContext": {
                    "privileged": false, "procMount": "Default", "runAsUser": "{{ parameters.v }}",
                    "capabilities": {"add": ["NET_BIND_SERVICE", "{{ parameters.v }}"], "drop": ["NET_RAW"]},
                },
            },
            "{{ parameters.v }}",
        ],
    });
    for object in
        objects(&pod).into_iter().chain(objects(&json!("{{ parameters.v }}"))).chain(objects(&json!([1])))
    {
        assert!(forbidden(&object).is_empty(), "{object}");
    }
    let no_pods = json!({"kind": "ConfigMap", "spec": {"template": {"spec": {"hostPID": true}}}});
    assert!(forbidden(&no_pods).is_empty());
}

/// A blueprint with a deployment that has this in its pod, and a switch with a default.
fn published(pod: &str, default: bool) -> Result<Blueprint, Vec<String>> {
    let text = format!(
        "name: t\nversion: 1\ntitle: T\nlifetime: {{default: 1h, maximum: 1d}}\n\
         parameters:\n  type: object\n  properties: {{v: {{type: boolean, default: {default}}}}}\nsteps:\n  \
         - {{id: n, title: N, driver: kubernetes, action: namespace, time_limit: 1m}}\n  \
         - id: a\n    title: A\n    driver: kubernetes\n    action: apply\n    time_limit: 1m\n    manifests:\n      \
         - apiVersion: apps/v1\n        kind: Deployment\n        metadata: {{name: a}}\n        spec:\n          \
         template:\n            spec:\n              {pod}\n"
    );
    Blueprint::parse(&text).map_err(|problems| problems.iter().map(ToString::to_string).collect())
}

#[test]
fn a_blueprint_is_refused_with_the_line_whatever_its_conditions_are() {
    let words =
        "22:15: `hostPID: true` cannot be set here: the pod security standard “restricted” forbids it.";
    assert_eq!(published("hostPID: true", true).unwrap_err(), [words]);
    // A part that no trial brings out is looked at as it stands.
    let hidden =
        "containers: [{$when: \"{{ not parameters.v }}\", name: a, securityContext: {privileged: true}}]";
    let found = published(hidden, true).unwrap_err();
    assert!(
        found.len() == 1 && found[0].contains("22:") && found[0].contains("`privileged: true`"),
        "{found:?}"
    );
    // What a value of a parameter brings is refused by what it is.
    let brought = "hostPID: \"{{ parameters.v }}\"";
    assert_eq!(published(brought, true).unwrap_err(), [words]);
    assert!(published(brought, false).is_ok());
}
