//! One object's state in a word, for the table of what is there.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{condition, text};
use crate::environments::status::Hue;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectStatus {
    /// "2 of 3", "Ready", "ImagePullBackOff", "Exists".
    pub word: String,
    pub hue: Hue,
}

/// The state of an object by its kind.
pub fn object_status(object: &Value) -> ObjectStatus {
    let says = |word: &str, hue| ObjectStatus { word: word.to_owned(), hue };
    if !object["metadata"]["deletionTimestamp"].is_null() {
        return says("Being deleted", Hue::Busy);
    }
    let status = &object["status"];
    let holds = |of_type| condition(object, of_type).is_some_and(|condition| condition["status"] == "True");
    match text(&object["kind"]) {
        "Deployment" | "ReplicaSet" | "StatefulSet" => {
            let wanted = object["spec"]["replicas"].as_u64().unwrap_or(1);
            let ready = status["readyReplicas"].as_u64().unwrap_or(0);
            if holds("ReplicaFailure") {
                says("Pods refused", Hue::Bad)
            } else if wanted == 0 {
                says("None wanted", Hue::Off)
            } else if ready >= wanted {
                says("Ready", Hue::Ok)
            } else {
                says(&format!("{ready} of {wanted}"), Hue::Busy)
            }
        }
        "Pod" => pod(object),
        "Job" if holds("Complete") => says("Complete", Hue::Ok),
        "Job" if holds("Failed") => says("Failed", Hue::Bad),
        "Job" => says("Running", Hue::Busy),
        "PersistentVolumeClaim" => match text(&status["phase"]) {
            "Bound" => says("Bound", Hue::Ok),
            "Lost" => says("Lost", Hue::Bad),
            _ => says("Waiting", Hue::Busy),
        },
        "Namespace" if status["phase"] == "Terminating" => says("Being deleted", Hue::Busy),
        // Nothing more can be said of it: that is the usual, and no success.
        _ => says("Exists", Hue::Off),
    }
}

fn pod(object: &Value) -> ObjectStatus {
    let says = |word: &str, hue| ObjectStatus { word: word.to_owned(), hue };
    let status = &object["status"];
    let waiting = ["initContainerStatuses", "containerStatuses"]
        .into_iter()
        .flat_map(|key| status[key].as_array().into_iter().flatten())
        .map(|container| text(&container["state"]["waiting"]["reason"]))
        .find(|reason| !reason.is_empty() && !["ContainerCreating", "PodInitializing"].contains(reason));
    if let Some(reason) = waiting {
        return says(reason, Hue::Bad);
    }
    let holds = |of_type| condition(object, of_type).is_some_and(|condition| condition["status"] == "True");
    let unschedulable =
        condition(object, "PodScheduled").is_some_and(|found| found["reason"] == "Unschedulable");
    match text(&status["phase"]) {
        "Succeeded" => says("Ended", Hue::Off),
        "Failed" => says("Failed", Hue::Bad),
        _ if unschedulable => says("No node", Hue::Bad),
        _ if holds("Ready") => says("Ready", Hue::Ok),
        "Running" => says("Not ready", Hue::Busy),
        _ => says("Starting", Hue::Busy),
    }
}
