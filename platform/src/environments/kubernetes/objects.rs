//! An object of the cluster as a row of the page: what it is, how it stands, when it last changed.

use domain::environments::kinds;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::text;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectRow {
    /// What people call its kind.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// How it stands, in a few words; empty for what only is there.
    pub status: String,
    /// When something last changed it.
    pub changed: Option<Timestamp>,
}

/// The row of an object; none for events, which belong to the log.
pub fn row(object: &Value) -> Option<ObjectRow> {
    let kind = text(&object["kind"]);
    if kind == "Event" {
        return None;
    }
    let going = object["metadata"]["deletionTimestamp"].is_string();
    Some(ObjectRow {
        kind: kinds::words(kind).to_owned(),
        name: text(&object["metadata"]["name"]).to_owned(),
        status: if going { "being deleted".to_owned() } else { status(kind, object) },
        changed: changed(object),
    })
}

fn status(kind: &str, object: &Value) -> String {
    let (spec, status) = (&object["spec"], &object["status"]);
    match kind {
        "Namespace" => text(&status["phase"]).to_lowercase(),
        "Deployment" | "StatefulSet" | "ReplicaSet" => {
            let wanted = spec["replicas"].as_u64().unwrap_or(1);
            format!("{} of {wanted} ready", status["readyReplicas"].as_u64().unwrap_or(0))
        }
        "Pod" => pod(status),
        "Job" => job(spec, status),
        "CronJob" => format!("runs at {}", text(&spec["schedule"])),
        "Service" => joined(spec["ports"].as_array(), |port| {
            Some(format!("port {}", port["port"].as_u64()?))
        }),
        "Ingress" => joined(spec["rules"].as_array(), |rule| Some(text(&rule["host"]).to_owned())),
        "PersistentVolumeClaim" => {
            let size = text(&spec["resources"]["requests"]["storage"]);
            format!("{}, {size}", text(&status["phase"]).to_lowercase())
        }
        "ResourceQuota" => quota(status),
        _ => String::new(),
    }
}

/// The reason why a container does not run says more than the pod's phase.
fn pod(status: &Value) -> String {
    let containers = ["initContainerStatuses", "containerStatuses"];
    let all = containers.iter().filter_map(|list| status[list].as_array()).flatten();
    for container in all {
        for state in ["waiting", "terminated"] {
            let reason = text(&container["state"][state]["reason"]);
            if !reason.is_empty() && reason != "Completed" && reason != "PodInitializing" {
                return reason.to_owned();
            }
        }
    }
    let conditions = status["conditions"].as_array().map_or(&[] as &[Value], Vec::as_slice);
    let condition = |of_type: &str| conditions.iter().find(|condition| condition["type"] == of_type);
    if condition("Ready").is_some_and(|ready| ready["status"] == "True") {
        return "ready".to_owned();
    }
    if let Some(scheduled) = condition("PodScheduled").filter(|scheduled| scheduled["status"] == "False") {
        return text(&scheduled["reason"]).to_lowercase();
    }
    text(&status["phase"]).to_lowercase()
}

fn job(spec: &Value, status: &Value) -> String {
    let conditions = status["conditions"].as_array().map_or(&[] as &[Value], Vec::as_slice);
    let holds = |of_type: &str| {
        conditions.iter().any(|condition| condition["type"] == of_type && condition["status"] == "True")
    };
    if holds("Complete") {
        return "complete".to_owned();
    }
    if holds("Failed") {
        return "failed".to_owned();
    }
    let wanted = spec["completions"].as_u64().unwrap_or(1);
    format!("{} of {wanted} done", status["succeeded"].as_u64().unwrap_or(0))
}

fn quota(status: &Value) -> String {
    let Some(hard) = status["hard"].as_object() else { return String::new() };
    let full: Vec<&str> = hard
        .iter()
        .filter(|(name, limit)| status["used"][name.as_str()] == **limit && text(limit) != "0")
        .map(|(name, _)| name.as_str())
        .collect();
    if full.is_empty() { String::new() } else { format!("used up: {}", full.join(", ")) }
}

fn joined(list: Option<&Vec<Value>>, part: impl Fn(&Value) -> Option<String>) -> String {
    list.into_iter().flatten().filter_map(part).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

/// The last time that any manager wrote, or when it was made.
fn changed(object: &Value) -> Option<Timestamp> {
    let metadata = &object["metadata"];
    let written = metadata["managedFields"].as_array().into_iter().flatten().map(|entry| text(&entry["time"]));
    let times = written.chain([text(&metadata["creationTimestamp"]), text(&metadata["deletionTimestamp"])]);
    times.filter_map(|time| time.parse().ok()).max()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn status_of(object: Value) -> String {
        row(&object).expect("a row").status
    }

    #[test]
    fn objects_stand_in_words() {
        let deployment = json!({"kind": "Deployment", "spec": {"replicas": 3}, "status": {"readyReplicas": 2}});
        assert_eq!(status_of(deployment), "2 of 3 ready");
        let waiting = json!({"kind": "Pod", "status": {"phase": "Pending", "containerStatuses": [
            {"state": {"waiting": {"reason": "ImagePullBackOff", "message": "x"}}}]}});
        assert_eq!(status_of(waiting), "ImagePullBackOff");
        let unschedulable = json!({"kind": "Pod", "status": {"phase": "Pending", "conditions": [
            {"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}]}});
        assert_eq!(status_of(unschedulable), "unschedulable");
        let ready = json!({"kind": "Pod", "status": {"phase": "Running", "conditions": [
            {"type": "Ready", "status": "True"}]}});
        assert_eq!(status_of(ready), "ready");
        let service = json!({"kind": "Service", "spec": {"ports": [{"port": 80}, {"port": 443}]}});
        assert_eq!(status_of(service), "port 80, port 443");
        let quota = json!({"kind": "ResourceQuota", "status": {
            "hard": {"pods": "2", "services.nodeports": "0"}, "used": {"pods": "2", "services.nodeports": "0"}}});
        assert_eq!(status_of(quota), "used up: pods");
        let going = json!({"kind": "ConfigMap", "metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"}});
        assert_eq!(status_of(going), "being deleted");
        assert_eq!(row(&json!({"kind": "Event"})), None);
    }

    #[test]
    fn the_last_change_is_the_latest_of_all() {
        let object = json!({"kind": "Service", "metadata": {
            "creationTimestamp": "2026-01-01T00:00:00Z",
            "managedFields": [{"time": "2026-01-03T00:00:00Z"}, {"time": "2026-01-02T00:00:00Z"}]}});
        let changed = row(&object).and_then(|row| row.changed);
        assert_eq!(changed.map(|time| time.to_string()).as_deref(), Some("2026-01-03T00:00:00Z"));
    }
}
