//! The kinds of objects that a blueprint may make: namespaced, and none that could widen rights or open the network.

/// One kind, pinned with what a client needs to address it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    pub api_version: &'static str,
    pub kind: &'static str,
    /// The resource's name in an API path.
    pub plural: &'static str,
    /// What people call it.
    pub words: &'static str,
}

const fn kind(
    api_version: &'static str,
    kind: &'static str,
    plural: &'static str,
    words: &'static str,
) -> Kind {
    Kind { api_version, kind, plural, words }
}

/// What a blueprint's manifests may hold. No Role, RoleBinding, NetworkPolicy, ResourceQuota or LimitRange
/// (they are Slipway's own here), no kind of the cluster.
pub const ALLOWED: [Kind; 10] = [
    kind("apps/v1", "Deployment", "deployments", "deployment"),
    kind("apps/v1", "StatefulSet", "statefulsets", "stateful set"),
    kind("v1", "Service", "services", "service"),
    kind("networking.k8s.io/v1", "Ingress", "ingresses", "ingress"),
    kind("v1", "ConfigMap", "configmaps", "config map"),
    kind("v1", "Secret", "secrets", "secret"),
    kind("batch/v1", "Job", "jobs", "job"),
    kind("batch/v1", "CronJob", "cronjobs", "cron job"),
    kind("v1", "PersistentVolumeClaim", "persistentvolumeclaims", "volume claim"),
    kind("v1", "ServiceAccount", "serviceaccounts", "service account"),
];

/// What everything of an environment is in.
pub const NAMESPACE: Kind = kind("v1", "Namespace", "namespaces", "namespace");

/// What Slipway makes itself around them.
pub const OWN: [Kind; 6] = [
    NAMESPACE,
    kind("v1", "ResourceQuota", "resourcequotas", "quota"),
    kind("v1", "LimitRange", "limitranges", "limit range"),
    kind("networking.k8s.io/v1", "NetworkPolicy", "networkpolicies", "network policy"),
    kind("rbac.authorization.k8s.io/v1", "RoleBinding", "rolebindings", "role binding"),
    kind("v1", "ServiceAccount", "serviceaccounts", "service account"),
];

/// What the cluster's own controllers make from them, and what readiness is read from.
pub const DERIVED: [Kind; 3] = [
    kind("apps/v1", "ReplicaSet", "replicasets", "replica set"),
    kind("v1", "Pod", "pods", "pod"),
    kind("v1", "Event", "events", "event"),
];

/// The allowed kind of this name.
pub fn allowed(name: &str) -> Option<Kind> {
    ALLOWED.into_iter().find(|kind| kind.kind == name)
}

/// What people call a kind; its own name when it is none of ours.
pub fn words(name: &str) -> &str {
    let known = ALLOWED.iter().chain(&OWN).chain(&DERIVED).find(|kind| kind.kind == name);
    known.map_or(name, |kind| kind.words)
}

/// "1 pod", "2 network policies", "3 ingresses".
pub fn numbered(count: usize, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        _ => format!("{count} {}", many(noun)),
    }
}

/// "pods", "network policies", "ingresses".
pub fn many(noun: &str) -> String {
    match noun {
        noun if noun.ends_with('s') => format!("{noun}es"),
        noun if noun.ends_with("cy") => format!("{}ies", &noun[..noun.len() - 1]),
        _ => format!("{noun}s"),
    }
}
