//! What an environment may use at most, counted from its rendered objects: the numbers of its quota.
//!
//! - Containers without limits count with the namespace's defaults ([`DEFAULT_LIMIT`]).
//! - A rolling update needs room for the new pods beside the old, and for old ones that are still stopping:
//!   both count against a quota until they are gone.
//! - What would be more than fits its number counts as the largest: the cluster has no such room either.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::quantity::{bytes, bytes_text, cpu_text, milli_cpu};
use super::render::template;

/// cpu and memory of a container that says nothing; a quota refuses every pod without them.
pub const DEFAULT_LIMIT: (&str, &str) = ("500m", "512Mi");
pub const DEFAULT_REQUEST: (&str, &str) = ("100m", "128Mi");

/// Thousandths of cores, bytes, and counts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Demand {
    pub pods: u64,
    pub requests_cpu: u64,
    pub requests_memory: u64,
    pub limits_cpu: u64,
    pub limits_memory: u64,
    pub storage: u64,
    pub volume_claims: u64,
    /// Objects by kind.
    pub counts: BTreeMap<String, u64>,
}

/// Counts rendered objects.
pub fn of<'a>(objects: impl IntoIterator<Item = &'a Value>) -> Demand {
    let mut demand = Demand::default();
    for object in objects {
        let kind = object["kind"].as_str().unwrap_or_default();
        *demand.counts.entry(kind.to_owned()).or_default() += 1;
        if kind == "PersistentVolumeClaim" {
            add(&mut demand.volume_claims, 1, 1);
            add(&mut demand.storage, 1, claim_bytes(object));
        }
        let Some(template) = template(object) else { continue };
        let pods = pods_at_most(kind, &object["spec"]);
        add(&mut demand.pods, pods, 1);
        add(&mut demand.requests_cpu, pods, pod(template, "requests", "cpu"));
        add(&mut demand.requests_memory, pods, pod(template, "requests", "memory"));
        add(&mut demand.limits_cpu, pods, pod(template, "limits", "cpu"));
        add(&mut demand.limits_memory, pods, pod(template, "limits", "memory"));
        let replicas = object["spec"]["replicas"].as_u64().unwrap_or(1);
        for claim in object["spec"]["volumeClaimTemplates"].as_array().into_iter().flatten() {
            add(&mut demand.volume_claims, replicas, 1);
            add(&mut demand.storage, replicas, claim_bytes(claim));
        }
    }
    demand
}

/// So many times as much more.
fn add(sum: &mut u64, times: u64, each: u64) {
    *sum = sum.saturating_add(times.saturating_mul(each));
}

/// The `hard` map of the namespace's ResourceQuota.
pub fn quota(demand: &Demand) -> Map<String, Value> {
    let mut hard = Map::new();
    let mut set = |key: &str, value: String| hard.insert(key.to_owned(), json!(value));
    set("requests.cpu", cpu_text(demand.requests_cpu));
    set("requests.memory", bytes_text(demand.requests_memory));
    set("limits.cpu", cpu_text(demand.limits_cpu));
    set("limits.memory", bytes_text(demand.limits_memory));
    set("requests.storage", bytes_text(demand.storage));
    set("persistentvolumeclaims", demand.volume_claims.to_string());
    set("pods", demand.pods.to_string());
    set("services.loadbalancers", "0".to_owned());
    set("services.nodeports", "0".to_owned());
    let count = |kind: &str| demand.counts.get(kind).copied().unwrap_or(0);
    let deployments = count("Deployment");
    for (key, number) in [
        ("count/deployments.apps", deployments),
        // Old replica sets are kept for going back: ten by default (Deployment.spec.revisionHistoryLimit).
        ("count/replicasets.apps", deployments * 12),
        ("count/statefulsets.apps", count("StatefulSet")),
        ("count/jobs.batch", count("Job") + count("CronJob") * 6),
        ("count/cronjobs.batch", count("CronJob")),
        ("count/services", count("Service")),
        ("count/ingresses.networking.k8s.io", count("Ingress")),
        // The cluster puts its own certificate map, kube-root-ca.crt, into every namespace.
        ("count/configmaps", count("ConfigMap") + 1),
        // Pull secrets are copied beside the blueprint's own.
        ("count/secrets", count("Secret") + 5),
    ] {
        set(key, number.to_string());
    }
    hard
}

fn pods_at_most(kind: &str, spec: &Value) -> u64 {
    let replicas = spec["replicas"].as_u64().unwrap_or(1);
    match kind {
        "Deployment" if spec["strategy"]["type"] == "Recreate" => replicas,
        "Deployment" => {
            let rolling = &spec["strategy"]["rollingUpdate"];
            let surge = share(rolling.get("maxSurge"), replicas, true);
            let stopping = share(rolling.get("maxUnavailable"), replicas, false);
            replicas.saturating_add(surge.saturating_mul(2)).saturating_add(stopping)
        }
        "Job" => spec["parallelism"].as_u64().unwrap_or(1),
        "CronJob" => {
            let job = spec["jobTemplate"]["spec"]["parallelism"].as_u64().unwrap_or(1);
            if spec["concurrencyPolicy"] == "Forbid" { job } else { job.saturating_mul(2) }
        }
        _ => replicas,
    }
}

/// A number or a share of the replicas; a quarter if nothing is said (Deployment.spec.strategy).
fn share(value: Option<&Value>, replicas: u64, up: bool) -> u64 {
    let percent = match value {
        Some(Value::Number(number)) => return number.as_u64().unwrap_or(0),
        Some(Value::String(text)) => text.trim_end_matches('%').parse().unwrap_or(25),
        _ => 25,
    };
    let hundredths = replicas.saturating_mul(percent);
    if up { hundredths.div_ceil(100) } else { hundredths / 100 }
}

/// The larger of the containers together and the largest init container, as the scheduler counts.
fn pod(template: &Value, part: &str, resource: &str) -> u64 {
    let each = |list: &str| {
        let containers = template["spec"][list].as_array().map_or(&[] as &[Value], Vec::as_slice);
        containers
            .iter()
            .map(|container| amount(&container["resources"], part, resource))
            .collect::<Vec<u64>>()
    };
    let together = each("containers").into_iter().fold(0, u64::saturating_add);
    together.max(each("initContainers").into_iter().max().unwrap_or(0))
}

fn amount(resources: &Value, part: &str, resource: &str) -> u64 {
    let read = if resource == "cpu" { milli_cpu } else { bytes };
    let said = |part: &str| match &resources[part][resource] {
        Value::String(text) => read(text),
        Value::Number(number) => read(&number.to_string()),
        _ => None,
    };
    // A request that is not said is the limit, if that is (Kubernetes, "Resource Management").
    let default = if part == "limits" { DEFAULT_LIMIT } else { DEFAULT_REQUEST };
    let default = if resource == "cpu" { default.0 } else { default.1 };
    said(part)
        .or_else(|| (part == "requests").then(|| said("limits")).flatten())
        .or_else(|| read(default))
        .unwrap_or(0)
}

fn claim_bytes(claim: &Value) -> u64 {
    claim["spec"]["resources"]["requests"]["storage"].as_str().and_then(bytes).unwrap_or(0)
}

#[cfg(test)]
mod tests;
