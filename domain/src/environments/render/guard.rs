//! What every object must keep to, whatever the blueprint says: kind, namespace, labels, and the few fields
//! through which an object could reach beyond its namespace.

use serde_json::{Map, Value, json};

use super::{Place, pods, security};
use crate::environments::kinds;
use crate::environments::name::{ENVIRONMENT_LABEL, MANAGED_BY_LABEL, MANAGER, PART_OF_LABEL};
use crate::environments::problem::Finding;

/// The object with namespace, labels and pod defaults; or why it cannot be made.
pub fn object(mut object: Value, at: &str, place: &Place<'_>) -> Result<Value, Vec<Finding>> {
    let mut findings = Vec::new();
    let kind = text(&object["kind"]).to_owned();
    match kinds::allowed(&kind) {
        None => {
            let known: Vec<&str> = kinds::ALLOWED.iter().map(|kind| kind.kind).collect();
            let sentence =
                format!("The kind `{kind}` cannot be created here. Allowed: {}.", known.join(", "));
            return Err(vec![Finding::new(format!("{at}/kind"), sentence)]);
        }
        Some(known) if text(&object["apiVersion"]) != known.api_version => {
            let sentence = format!("Write `apiVersion: {}` for a {kind}.", known.api_version);
            findings.push(Finding::new(format!("{at}/apiVersion"), sentence));
        }
        Some(_) => {}
    }
    metadata(&mut object, at, place, &mut findings);
    let forbidden = security::forbidden(&object);
    for (pointer, sentence) in fields(&kind, &object, place).into_iter().chain(forbidden) {
        findings.push(Finding::new(format!("{at}{pointer}"), sentence));
    }
    if !findings.is_empty() {
        return Err(findings);
    }
    if kind == "Ingress"
        && let Some(class) = place.ingress_class
    {
        object["spec"]["ingressClassName"] = json!(class);
    }
    if kind == "ServiceAccount" {
        object["automountServiceAccountToken"] = json!(false);
    }
    pods::complete(&kind, &mut object, &labels(place));
    Ok(object)
}

/// The labels of everything that is made for an environment.
pub fn labels(place: &Place<'_>) -> Map<String, Value> {
    [
        (MANAGED_BY_LABEL, MANAGER),
        (ENVIRONMENT_LABEL, &place.id.to_string()),
        (PART_OF_LABEL, place.name.as_str()),
    ]
    .into_iter()
    .map(|(key, value)| (key.to_owned(), json!(value)))
    .collect()
}

pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn metadata(object: &mut Value, at: &str, place: &Place<'_>, findings: &mut Vec<Finding>) {
    let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) else {
        return findings.push(Finding::new(at, "`metadata` with a `name` is missing."));
    };
    let name = metadata.get("name").map(text).unwrap_or_default();
    if !crate::dns::is_subdomain(name) {
        let sentence = "`metadata.name` must be a name of lower-case letters, digits and dashes.";
        findings.push(Finding::new(format!("{at}/metadata/name"), sentence));
    }
    if metadata.get("namespace").is_some_and(|namespace| text(namespace) != place.namespace) {
        let sentence = "Leave `metadata.namespace` out: everything goes to the environment's own.";
        findings.push(Finding::new(format!("{at}/metadata/namespace"), sentence));
    }
    let open = ["name", "namespace", "labels", "annotations"];
    for key in metadata.keys().filter(|key| !open.contains(&key.as_str())) {
        let sentence = format!("`metadata.{key}` cannot be set here.");
        findings.push(Finding::new(format!("{at}/metadata/{key}"), sentence));
    }
    metadata.insert("namespace".to_owned(), json!(place.namespace));
    if pods::merge(metadata, "labels", &labels(place)).is_none() {
        findings.push(Finding::new(format!("{at}/metadata/labels"), "`labels` must be a map."));
    }
}

/// Fields by which an object of an allowed kind could still reach too far.
fn fields(kind: &str, object: &Value, place: &Place<'_>) -> Vec<(String, String)> {
    let spec = &object["spec"];
    let mut found = Vec::new();
    // The API keeps these in 32 bits, and the quota is counted from them before the API sees them.
    for at in ["/spec/replicas", "/spec/parallelism", "/spec/jobTemplate/spec/parallelism"] {
        let number = object.pointer(at).and_then(Value::as_f64);
        if number.is_some_and(|number| number > f64::from(i32::MAX)) {
            let key = at.rsplit('/').next().unwrap_or_default();
            found.push((at.to_owned(), format!("`{key}` can be at most {}.", i32::MAX)));
        }
    }
    match kind {
        "Service" => {
            if spec.get("type").is_some_and(|of_type| of_type != "ClusterIP") {
                let sentence = "A service here has the type ClusterIP; an Ingress gives it an address.";
                found.push(("/spec/type".to_owned(), sentence.to_owned()));
            }
            // CVE-2020-8554: external addresses let a service catch other people's traffic.
            for key in ["externalIPs", "externalName", "loadBalancerIP"] {
                if spec.get(key).is_some() {
                    found.push((format!("/spec/{key}"), format!("`{key}` cannot be set here.")));
                }
            }
        }
        "Ingress" => ingress(spec, place, &mut found),
        "Secret" => {
            let of_type = text(&object["type"]);
            // A secret of this type would be filled with a token for the API.
            if of_type.starts_with("kubernetes.io/service-account-token") || of_type.starts_with("bootstrap")
            {
                found.push(("/type".to_owned(), "A secret of this type cannot be created here.".to_owned()));
            }
        }
        _ => {}
    }
    found
}

/// An ingress answers only for the environment's own host and hosts below it.
fn ingress(spec: &Value, place: &Place<'_>, found: &mut Vec<(String, String)>) {
    let own = |host: &str| {
        place
            .host
            .is_some_and(|own| host == own || host.strip_suffix(own).is_some_and(|rest| rest.ends_with('.')))
    };
    if spec.get("defaultBackend").is_some() {
        let sentence = "A default backend would answer for other hosts.".to_owned();
        found.push(("/spec/defaultBackend".to_owned(), sentence));
    }
    let sentence = || "An ingress answers only for environment.host and hosts below it.".to_owned();
    let rules = spec["rules"].as_array().map_or(&[] as &[Value], Vec::as_slice);
    if rules.is_empty() {
        found.push(("/spec/rules".to_owned(), "An ingress needs a rule with a host.".to_owned()));
    }
    for (i, rule) in rules.iter().enumerate() {
        if !own(text(&rule["host"])) {
            found.push((format!("/spec/rules/{i}/host"), sentence()));
        }
    }
    for (i, tls) in spec["tls"].as_array().into_iter().flatten().enumerate() {
        for host in tls["hosts"].as_array().into_iter().flatten() {
            if !own(text(host)) {
                found.push((format!("/spec/tls/{i}/hosts"), sentence()));
            }
        }
    }
}
