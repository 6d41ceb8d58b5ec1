//! Pods that fit the `restricted` pod security standard (Kubernetes, "Pod Security Standards") unless the
//! blueprint says otherwise: what it may not say is refused by [`super::security`], and the rest by the cluster's admission
//! in its own words.

use serde_json::{Map, Value, json};

/// The account that pods run as: without a token, with the connection's pull secrets.
pub const SERVICE_ACCOUNT: &str = "environment";

/// Fills in labels and safe defaults for the pods of an object.
pub fn complete(kind: &str, object: &mut Value, labels: &Map<String, Value>) {
    let Some(template) = template_mut(kind, object) else { return };
    if !template["metadata"].is_object() {
        template["metadata"] = json!({});
    }
    if let Some(metadata) = template["metadata"].as_object_mut() {
        // A label that is no map is left for the cluster to refuse.
        merge(metadata, "labels", labels);
    }
    if let Some(spec) = template.get_mut("spec").and_then(Value::as_object_mut) {
        pod(spec);
    }
    if kind == "StatefulSet" {
        let claims = object.get_mut("spec").and_then(|spec| spec.get_mut("volumeClaimTemplates"));
        for claim in claims.and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(metadata) = claim.get_mut("metadata").and_then(Value::as_object_mut) {
                merge(metadata, "labels", labels);
            }
        }
    }
}

/// The pod template of an object, if its kind has one.
pub fn template(object: &Value) -> Option<&Value> {
    let spec = object.get("spec")?;
    match object["kind"].as_str()? {
        "CronJob" => spec.get("jobTemplate")?.get("spec")?.get("template"),
        "Deployment" | "StatefulSet" | "Job" => spec.get("template"),
        _ => None,
    }
}

fn template_mut<'a>(kind: &str, object: &'a mut Value) -> Option<&'a mut Value> {
    let spec = object.get_mut("spec")?;
    match kind {
        "CronJob" => spec.get_mut("jobTemplate")?.get_mut("spec")?.get_mut("template"),
        "Deployment" | "StatefulSet" | "Job" => spec.get_mut("template"),
        _ => None,
    }
    .filter(|template| template.is_object())
}

/// Puts `more` over the map at `key`, made if it is absent; none if something else stands there.
pub fn merge(map: &mut Map<String, Value>, key: &str, more: &Map<String, Value>) -> Option<()> {
    let target = map.entry(key).or_insert_with(|| json!({})).as_object_mut()?;
    target.extend(more.clone());
    Some(())
}

fn pod(spec: &mut Map<String, Value>) {
    spec.entry("serviceAccountName").or_insert_with(|| json!(SERVICE_ACCOUNT));
    spec.entry("automountServiceAccountToken").or_insert(json!(false));
    // Otherwise every service of the namespace becomes a variable of every container.
    spec.entry("enableServiceLinks").or_insert(json!(false));
    defaults(
        spec,
        "securityContext",
        &[("runAsNonRoot", json!(true)), ("seccompProfile", json!({"type": "RuntimeDefault"}))],
    );
    for list in ["initContainers", "containers"] {
        for container in spec.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(container) = container.as_object_mut() {
                let safe =
                    [("allowPrivilegeEscalation", json!(false)), ("capabilities", json!({"drop": ["ALL"]}))];
                defaults(container, "securityContext", &safe);
            }
        }
    }
}

fn defaults(map: &mut Map<String, Value>, key: &str, values: &[(&str, Value)]) {
    if let Some(target) = map.entry(key).or_insert_with(|| json!({})).as_object_mut() {
        for (key, value) in values {
            target.entry(*key).or_insert_with(|| value.clone());
        }
    }
}
