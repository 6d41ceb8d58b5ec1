//! From a blueprint and a request to the objects for the cluster.
//!
//! - Manifests were parsed as YAML before; only texts that hold `{{ … }}` are worked out, keys never are.
//! - A map with `$when` is there only if it holds. A key or an entry whose expression gives nothing is left out.
//! - Only the kinds of [`super::kinds`], with namespace and labels forced and pods made to fit the restricted
//!   pod security standard ([`guard`]); what that standard forbids is refused ([`security`]).

mod guard;
mod pods;
mod security;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::blueprint::{Action, Blueprint};
use super::check::with_absent;
use super::name::EnvironmentName;
use super::problem::Finding;
use super::template::{Engine, has_expression};
use super::yaml::child;
use crate::ids::EnvironmentId;

pub use pods::{SERVICE_ACCOUNT, template};
pub(crate) use security::forbidden;

/// Names that expressions may use beside `parameters.<name>`.
pub const NAMES: [&str; 11] = [
    "environment.id",
    "environment.name",
    "environment.namespace",
    "environment.owner",
    "environment.host",
    "environment.https",
    "environment.address",
    "cluster.ingress_class",
    "blueprint.name",
    "blueprint.version",
    "blueprint.title",
];

/// Where an environment is made.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    pub id: &'a EnvironmentId,
    pub name: &'a EnvironmentName,
    pub namespace: &'a str,
    /// The owner's entity reference.
    pub owner: &'a str,
    /// `<name>.<base domain>`; none when the cluster's connection has no base domain.
    pub host: Option<&'a str>,
    /// Whether the ingress controller serves TLS for the base domain.
    pub https: bool,
    pub ingress_class: Option<&'a str>,
}

impl Place<'_> {
    /// `https://<host>`.
    pub fn address(&self) -> Option<String> {
        let scheme = if self.https { "https" } else { "http" };
        self.host.map(|host| format!("{scheme}://{host}"))
    }
}

/// What a request becomes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rendered {
    /// The objects of each step with the action `apply`, by step id, in order.
    pub steps: Vec<(String, Vec<Value>)>,
    pub outputs: Vec<RenderedOutput>,
}

impl Rendered {
    pub fn objects(&self) -> impl Iterator<Item = &Value> {
        self.steps.iter().flat_map(|(_, objects)| objects)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenderedOutput {
    pub name: String,
    pub title: String,
    pub value: String,
}

/// Works a blueprint out. `parameters` passed [`super::check::check`]; pointers of findings are those of the blueprint.
pub fn render(
    blueprint: &Blueprint,
    parameters: &Map<String, Value>,
    place: &Place<'_>,
) -> Result<Rendered, Vec<Finding>> {
    let engine = Engine::new(&values(blueprint, parameters, place));
    let mut findings = Vec::new();
    let mut steps = Vec::new();
    for step in &blueprint.steps {
        let Action::Apply { manifests } = &step.action else { continue };
        let mut objects = Vec::new();
        for manifest in manifests {
            match value(&engine, &manifest.value, &manifest.pointer) {
                Ok(Some(object)) => match guard::object(object, &manifest.pointer, place) {
                    Ok(object) => objects.push(object),
                    Err(found) => findings.extend(found),
                },
                Ok(None) => {}
                Err(found) => findings.push(without_host(found, place)),
            }
        }
        steps.push((step.id.clone(), objects));
    }
    findings.extend(twice(&steps, blueprint));
    let mut outputs = Vec::new();
    for output in &blueprint.outputs {
        match rendered_output(&engine, output) {
            Ok(found) => outputs.extend(found),
            Err(found) => findings.push(without_host(found, place)),
        }
    }
    if findings.is_empty() { Ok(Rendered { steps, outputs }) } else { Err(findings) }
}

fn values(
    blueprint: &Blueprint,
    parameters: &Map<String, Value>,
    place: &Place<'_>,
) -> BTreeMap<String, Value> {
    let mut environment = json!({
        "id": place.id, "name": place.name, "namespace": place.namespace, "owner": place.owner, "https": place.https,
    });
    // Absent rather than nothing: a manifest that needs a host must not come out without one.
    if let (Some(host), Some(address)) = (place.host, place.address()) {
        environment["host"] = json!(host);
        environment["address"] = json!(address);
    }
    let parameters = with_absent(&blueprint.parameters, parameters);
    [
        ("parameters".to_owned(), json!(parameters)),
        ("environment".to_owned(), environment),
        ("cluster".to_owned(), json!({"ingress_class": place.ingress_class})),
        (
            "blueprint".to_owned(),
            json!({"name": blueprint.name, "version": blueprint.version, "title": blueprint.title}),
        ),
    ]
    .into()
}

fn rendered_output(
    engine: &Engine,
    output: &super::blueprint::Output,
) -> Result<Option<RenderedOutput>, Finding> {
    let finding = |key: &str, sentence: String| Finding::new(child(&output.pointer, key), sentence);
    if let Some(when) = &output.when
        && !engine.condition(when).map_err(|sentence| finding("$when", sentence))?
    {
        return Ok(None);
    }
    let text = match engine.text(&output.value).map_err(|sentence| finding("value", sentence))? {
        Value::Null => return Ok(None),
        Value::String(text) => text,
        value @ (Value::Number(_) | Value::Bool(_)) => value.to_string(),
        _ => return Err(finding("value", "An output is text.".to_owned())),
    };
    Ok(Some(RenderedOutput { name: output.name.clone(), title: output.title.clone(), value: text }))
}

/// A node worked out; none when its `$when` does not hold or its expression gives nothing.
fn value(engine: &Engine, node: &Value, at: &str) -> Result<Option<Value>, Finding> {
    match node {
        Value::String(text) if has_expression(text) => {
            let value = engine.text(text).map_err(|sentence| Finding::new(at, sentence))?;
            Ok((!value.is_null()).then_some(value))
        }
        Value::Array(list) => {
            let mut out = Vec::with_capacity(list.len());
            for (i, item) in list.iter().enumerate() {
                out.extend(value(engine, item, &format!("{at}/{i}"))?);
            }
            Ok(Some(Value::Array(out)))
        }
        Value::Object(map) => {
            if let Some(when) = map.get("$when")
                && !engine.condition(when).map_err(|sentence| Finding::new(child(at, "$when"), sentence))?
            {
                return Ok(None);
            }
            let mut out = Map::new();
            for (key, item) in map.iter().filter(|(key, _)| *key != "$when") {
                let here = child(at, key);
                if has_expression(key) {
                    return Err(Finding::new(here, "A key cannot hold an expression."));
                }
                if key.starts_with('$') {
                    return Err(Finding::new(here, format!("`{key}` is not known. Known: $when.")));
                }
                if let Some(value) = value(engine, item, &here)? {
                    out.insert(key.clone(), value);
                }
            }
            Ok(Some(Value::Object(out)))
        }
        other => Ok(Some(other.clone())),
    }
}

/// A missing host has a reason that the blueprint's author cannot see.
fn without_host(finding: Finding, place: &Place<'_>) -> Finding {
    let asks =
        finding.sentence.contains("environment.host") || finding.sentence.contains("environment.address");
    if place.host.is_none() && asks {
        let sentence = "The cluster gives no addresses: it has no base domain. Ask for it without an address, \
                        choose another cluster, or have a base domain set in its settings.";
        return Finding { sentence: sentence.to_owned(), ..finding };
    }
    finding
}

/// The yes-or-no parameter without which what cannot be worked out at this place can be: where that gives no addresses, it asks for one.
pub fn address_switch(
    blueprint: &Blueprint,
    parameters: &Map<String, Value>,
    place: &Place<'_>,
) -> Option<String> {
    let on = parameters.iter().filter(|(_, value)| **value == Value::Bool(true));
    on.map(|(name, _)| name).find_map(|name| {
        let mut without = parameters.clone();
        without.insert(name.clone(), Value::Bool(false));
        render(blueprint, &without, place).is_ok().then(|| name.clone())
    })
}

/// Two objects of one kind and name would overwrite each other.
fn twice(steps: &[(String, Vec<Value>)], blueprint: &Blueprint) -> Vec<Finding> {
    let mut seen = Vec::new();
    let mut findings = Vec::new();
    for object in steps.iter().flat_map(|(_, objects)| objects) {
        let key = (object["kind"].clone(), object["metadata"]["name"].clone());
        if seen.contains(&key) {
            let pointer = blueprint
                .manifests()
                .filter(|manifest| manifest.value["kind"] == key.0)
                .last()
                .map_or_else(|| "/steps".to_owned(), |manifest| manifest.pointer.clone());
            let (kind, name) = (guard::text(&key.0), guard::text(&key.1));
            findings.push(Finding::new(pointer, format!("{kind} {name} is created twice.")));
        }
        seen.push(key);
    }
    findings
}

#[cfg(test)]
mod tests;
