//! What the pods of a blueprint may not ask for: what the profile `restricted` of the Pod Security Standards forbids, and `nodeName`, which
//! goes past the scheduler.
//!
//! - Only what stands there is judged. What is missing is filled in by [`super::pods`], and what else the profile wants the
//!   cluster's admission judges.
//! - A text with an expression is passed over: what becomes of it is judged once it is worked out.

use serde_json::Value;

use super::pods;
use crate::environments::template::has_expression;

/// The volumes that the profile allows.
const VOLUMES: [&str; 8] = [
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "persistentVolumeClaim",
    "projected",
    "secret",
];

const RESTRICTED: &str = "the pod security standard “restricted” forbids it";

/// What is forbidden in the pods of an object, with its JSON pointer below the object. The object may still hold expressions.
pub fn forbidden(object: &Value) -> Vec<(String, String)> {
    let mut found = Found(Vec::new());
    let Some(pod) = pods::template(object).and_then(|template| template.get("spec")) else {
        return found.0;
    };
    let at = match object["kind"].as_str() {
        Some("CronJob") => "/spec/jobTemplate/spec/template/spec",
        _ => "/spec/template/spec",
    };
    for key in ["hostNetwork", "hostPID", "hostIPC"] {
        found.refuse_if(pod, at, key, is_true);
    }
    if pod.get("nodeName").is_some_and(|name| !name.is_null()) {
        let sentence = "`nodeName` cannot be set here: it goes past the scheduler.";
        found.0.push((format!("{at}/nodeName"), sentence.to_owned()));
    }
    if pod.get("priorityClassName").and_then(Value::as_str).is_some_and(|name| name.starts_with("system-")) {
        let sentence = "A `priorityClassName` that begins with system- cannot be set here: it is for the cluster's own pods.";
        found.0.push((format!("{at}/priorityClassName"), sentence.to_owned()));
    }
    found.users(pod, at);
    for (i, volume) in entries(pod, "volumes") {
        let keys = volume.as_object().into_iter().flatten().map(|(key, _)| key.as_str());
        for key in keys.filter(|key| *key != "name" && !key.starts_with('$') && !VOLUMES.contains(key)) {
            let sentence = format!("A volume `{key}` cannot be used here: {RESTRICTED}.");
            found.0.push((format!("{at}/volumes/{i}/{key}"), sentence));
        }
    }
    for list in ["initContainers", "containers"] {
        for (i, container) in entries(pod, list) {
            found.container(container, &format!("{at}/{list}/{i}"));
        }
    }
    found.0
}

struct Found(Vec<(String, String)>);

impl Found {
    fn refuse_if(&mut self, of: &Value, at: &str, key: &str, is_forbidden: impl Fn(&Value) -> bool) {
        let Some(value) = of.get(key).filter(|value| is_forbidden(value)) else { return };
        let shown = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let sentence = format!("`{key}: {shown}` cannot be set here: {RESTRICTED}.");
        self.0.push((format!("{at}/{key}"), sentence));
    }

    /// What a pod and each of its containers may say alike.
    fn users(&mut self, of: &Value, at: &str) {
        let (context, at) = (&of["securityContext"], format!("{at}/securityContext"));
        self.refuse_if(context, &at, "runAsUser", |user| user.as_f64() == Some(0.0));
        self.refuse_if(context, &at, "runAsNonRoot", |value| *value == Value::Bool(false));
        self.refuse_if(&context["seccompProfile"], &format!("{at}/seccompProfile"), "type", |profile| {
            profile.as_str() == Some("Unconfined")
        });
    }

    fn container(&mut self, container: &Value, at: &str) {
        self.users(container, at);
        let (context, below) = (&container["securityContext"], format!("{at}/securityContext"));
        self.refuse_if(context, &below, "privileged", is_true);
        self.refuse_if(context, &below, "allowPrivilegeEscalation", is_true);
        self.refuse_if(context, &below, "procMount", |mount| {
            mount.as_str().is_some_and(|mount| mount != "Default" && !has_expression(mount))
        });
        for (i, capability) in entries(&context["capabilities"], "add") {
            let name = capability.as_str().unwrap_or_default();
            if !name.is_empty() && name != "NET_BIND_SERVICE" && !has_expression(name) {
                let sentence = format!(
                    "The capability {name} cannot be added here, only NET_BIND_SERVICE: {RESTRICTED}."
                );
                self.0.push((format!("{below}/capabilities/add/{i}"), sentence));
            }
        }
        for (i, port) in entries(container, "ports") {
            let is_port = |number: &Value| number.is_number() && number.as_f64() != Some(0.0);
            self.refuse_if(port, &format!("{at}/ports/{i}"), "hostPort", is_port);
        }
    }
}

fn is_true(value: &Value) -> bool {
    *value == Value::Bool(true)
}

/// The entries of a list with their places; nothing where there is no list.
fn entries<'a>(of: &'a Value, key: &str) -> impl Iterator<Item = (usize, &'a Value)> + use<'a> {
    of.get(key).and_then(Value::as_array).into_iter().flatten().enumerate()
}

#[cfg(test)]
mod tests;
