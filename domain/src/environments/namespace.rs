//! The safe namespace of an environment: its objects in the order in which they are made.
//!
//! The namespace comes first and closed (quota, defaults, network), and only then anything that runs or may act.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::blueprint::Blueprint;
use super::demand::{self, DEFAULT_LIMIT, DEFAULT_REQUEST};
use super::name::*;
use super::network::{self, DnsSelector};
use super::render::{Place, Rendered, SERVICE_ACCOUNT};

/// The role that a team gets in its environments. The built-in `edit` may rewrite network policies, so it is our own.
pub const TEAM_ROLE: &str = "slipway-team";

/// What the namespace needs beside its [`Place`].
#[derive(Debug, Clone)]
pub struct Surroundings<'a> {
    /// The team's id: its people are the group `slipway:team:<id>` in the cluster.
    pub team: &'a str,
    pub expires_at: Timestamp,
    pub ingress_namespace: Option<&'a str>,
    pub dns: &'a DnsSelector,
    /// The Docker `config.json` with which images are pulled.
    pub registry: Option<&'a str>,
}

/// The secret with which images are pulled. A blueprint's own names are free to differ: it is no DNS label that one would choose.
const PULL_SECRET: &str = "slipway-registry";

/// The group of a team in a cluster.
pub fn team_group(team: &str) -> String {
    format!("slipway:team:{team}")
}

/// The objects, first to last.
pub fn objects(
    blueprint: &Blueprint,
    rendered: &Rendered,
    place: &Place<'_>,
    around: &Surroundings<'_>,
) -> Vec<Value> {
    let all: Vec<&Value> = rendered.objects().collect();
    let demand = demand::of(all.iter().copied());
    let metadata = |name: &str| json!({"name": name, "namespace": place.namespace, "labels": labels(place)});
    let mut objects = vec![
        namespace_object(blueprint, place, around.expires_at),
        json!({
            "apiVersion": "v1", "kind": "ResourceQuota", "metadata": metadata("environment"),
            "spec": {"hard": demand::quota(&demand)},
        }),
        json!({
            "apiVersion": "v1", "kind": "LimitRange", "metadata": metadata("environment"),
            "spec": {"limits": [{
                "type": "Container",
                "default": {"cpu": DEFAULT_LIMIT.0, "memory": DEFAULT_LIMIT.1},
                "defaultRequest": {"cpu": DEFAULT_REQUEST.0, "memory": DEFAULT_REQUEST.1},
            }]},
        }),
    ];
    let ports = network::ingress_ports(&all);
    for (name, spec) in
        network::policies(&blueprint.allowed_egress, around.dns, around.ingress_namespace, &ports)
    {
        objects.push(json!({
            "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": metadata(name), "spec": spec,
        }));
    }
    let mut pull_secrets = Vec::new();
    if let Some(config) = around.registry {
        objects.push(json!({
            "apiVersion": "v1", "kind": "Secret", "metadata": metadata(PULL_SECRET),
            "type": "kubernetes.io/dockerconfigjson", "stringData": {".dockerconfigjson": config},
        }));
        pull_secrets.push(json!({"name": PULL_SECRET}));
    }
    objects.push(json!({
        "apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata(SERVICE_ACCOUNT),
        "automountServiceAccountToken": false, "imagePullSecrets": pull_secrets,
    }));
    objects.push(json!({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": metadata("team"),
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": TEAM_ROLE},
        "subjects": [{
            "apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": team_group(around.team),
        }],
    }));
    objects
}

/// The namespace itself; applied alone again when the expiry changes.
pub fn namespace_object(blueprint: &Blueprint, place: &Place<'_>, expires_at: Timestamp) -> Value {
    let mut labels = labels(place);
    for mode in ["enforce", "audit", "warn"] {
        labels[format!("pod-security.kubernetes.io/{mode}")] = json!("restricted");
    }
    json!({
        "apiVersion": "v1", "kind": "Namespace",
        "metadata": {
            "name": place.namespace,
            "labels": labels,
            "annotations": {
                // Label values take no colons.
                EXPIRES_ANNOTATION: expires_at.to_string(),
                OWNER_ANNOTATION: place.owner,
                BLUEPRINT_ANNOTATION: format!("{}/{}", blueprint.name, blueprint.version),
            },
        },
    })
}

/// The role of [`TEAM_ROLE`]: look at everything, read logs, forward a port, restart a pod. No shell, no
/// secrets, nothing that widens rights, opens the network or raises a limit.
pub fn team_role() -> Value {
    let read = json!(["get", "list", "watch"]);
    json!({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
        "metadata": {"name": TEAM_ROLE, "labels": {MANAGED_BY_LABEL: MANAGER}},
        "rules": [
            {"apiGroups": [""], "verbs": read, "resources": [
                "pods", "pods/log", "events", "services", "endpoints", "configmaps", "persistentvolumeclaims",
                "resourcequotas", "limitranges", "serviceaccounts",
            ]},
            {"apiGroups": [""], "verbs": ["create"], "resources": ["pods/portforward"]},
            {"apiGroups": [""], "verbs": ["delete"], "resources": ["pods"]},
            {"apiGroups": ["apps"], "verbs": read, "resources": ["deployments", "replicasets", "statefulsets"]},
            {"apiGroups": ["batch"], "verbs": read, "resources": ["jobs", "cronjobs"]},
            {"apiGroups": ["networking.k8s.io"], "verbs": read, "resources": ["ingresses", "networkpolicies"]},
        ],
    })
}

fn labels(place: &Place<'_>) -> Value {
    json!({
        MANAGED_BY_LABEL: MANAGER,
        ENVIRONMENT_LABEL: place.id,
        PART_OF_LABEL: place.name,
        OWNER_LABEL: label_value(place.owner),
    })
}

#[cfg(test)]
mod tests;
