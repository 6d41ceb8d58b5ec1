//! Tries a blueprint out before it is published: the names in its expressions, and every manifest, once with a
//! sample value for each parameter and once with only what is required.

use serde_json::{Map, Value, json};

use super::Blueprint;
use crate::environments::form::{self, Field};
use crate::environments::name::EnvironmentName;
use crate::environments::problem::Finding;
use crate::environments::render::{self, Place};
use crate::environments::schema::{Format, Kind, Parameter, TextRules};
use crate::environments::template;
use crate::environments::yaml::child;
use crate::ids::EnvironmentId;

pub fn try_out(blueprint: &Blueprint) -> Vec<Finding> {
    let mut findings = Vec::new();
    for manifest in blueprint.manifests() {
        texts(&manifest.value, &manifest.pointer, &mut |text, at| {
            check_names(blueprint, text, at, &mut findings)
        });
    }
    for output in &blueprint.outputs {
        check_names(blueprint, &output.value, &child(&output.pointer, "value"), &mut findings);
        if let Some(Value::String(when)) = &output.when {
            check_names(blueprint, when, &child(&output.pointer, "$when"), &mut findings);
        }
    }
    // Worked out with wrong names, everything would be reported twice.
    if !findings.is_empty() {
        return findings;
    }
    // As it stands, so that no condition hides it from both trials.
    for manifest in blueprint.manifests() {
        for (pointer, sentence) in render::forbidden(&manifest.value) {
            findings.push(Finding::new(format!("{}{pointer}", manifest.pointer), sentence));
        }
    }
    let id = EnvironmentId::from(uuid::Uuid::nil());
    let Ok(name) = EnvironmentName::new("sample") else { return findings };
    let place = place(&id, &name, Some("sample.example.com"));
    for whole in [true, false] {
        if let Err(more) = render::render(blueprint, &samples(blueprint, whole), &place) {
            findings
                .extend(more.into_iter().filter(|finding| !findings.contains(finding)).collect::<Vec<_>>());
        }
    }
    findings
}

/// The switch without which what the fields begin with needs no address; none where it needs none anyway, or no switch takes that away.
pub fn address_switch(blueprint: &Blueprint, fields: &[Field]) -> Option<String> {
    let id = EnvironmentId::from(uuid::Uuid::nil());
    let name = EnvironmentName::new("sample").ok()?;
    // What must be typed first has a sample.
    let mut parameters = samples(blueprint, false);
    parameters.extend(form::initial_values(&blueprint.parameters, fields));
    let place = place(&id, &name, None);
    let needs_one = render::render(blueprint, &parameters, &place).is_err();
    needs_one.then(|| render::address_switch(blueprint, &parameters, &place)).flatten()
}

/// A value for each parameter, or only for those that always have one.
fn samples(blueprint: &Blueprint, whole: bool) -> Map<String, Value> {
    let parameters = blueprint.parameters.parameters.iter();
    parameters
        .filter(|parameter| whole || parameter.required || parameter.default.is_some())
        .map(|parameter| (parameter.name.clone(), sample(parameter)))
        .collect()
}

fn place<'a>(id: &'a EnvironmentId, name: &'a EnvironmentName, host: Option<&'a str>) -> Place<'a> {
    Place {
        id,
        name,
        namespace: "env-sample-00000000",
        owner: "group:default/sample",
        host,
        https: true,
        ingress_class: Some("sample"),
    }
}

fn check_names(blueprint: &Blueprint, text: &str, at: &str, findings: &mut Vec<Finding>) {
    let names = match template::names(text) {
        Ok(names) => names,
        Err(sentence) => return findings.push(Finding::new(at, sentence)),
    };
    for name in names {
        let known = match name.strip_prefix("parameters.") {
            Some(parameter) => {
                let first = parameter.split('.').next().unwrap_or_default();
                blueprint.parameters.parameter(first).is_some()
            }
            None => render::NAMES.contains(&name.as_str()),
        };
        if !known {
            let sentence = if name == "parameters" {
                "Name one parameter: parameters.<name>.".to_owned()
            } else {
                format!("`{name}` is not known. Known: parameters.<name>, {}.", render::NAMES.join(", "))
            };
            findings.push(Finding::new(at, sentence));
        }
    }
}

fn texts(value: &Value, at: &str, found: &mut impl FnMut(&str, &str)) {
    match value {
        Value::String(text) => found(text, at),
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(i, item)| texts(item, &format!("{at}/{i}"), found))
        }
        Value::Object(map) => map.iter().for_each(|(key, item)| texts(item, &child(at, key), found)),
        _ => {}
    }
}

fn sample(parameter: &Parameter) -> Value {
    if let Some(default) = &parameter.default {
        return default.clone();
    }
    match &parameter.kind {
        Kind::Text(rules) => Value::from(sample_text(rules)),
        Kind::Integer(rules) => {
            let first = rules.options.first().copied();
            Value::from(first.or(rules.min).or(rules.max).unwrap_or(rules.multiple_of.unwrap_or(1)))
        }
        Kind::Number(rules) => json!(rules.min.or(rules.max).or(rules.above.map(|n| n + 1.0)).unwrap_or(1.0)),
        Kind::YesNo => Value::Bool(true),
        Kind::List(rules) => json!([sample_text(&rules.items)]),
        Kind::Map(rules) => json!({"SAMPLE": sample_text(&rules.values)}),
    }
}

fn sample_text(rules: &TextRules) -> String {
    let text = match rules.format {
        Some(Format::Email) => "sample@example.com",
        Some(Format::Uri) => "https://sample.example.com",
        Some(Format::Hostname) => "sample.example.com",
        Some(Format::Date) => "2026-01-01",
        Some(Format::Ipv4) => "192.0.2.1",
        Some(Format::HttpPath) => "/sample",
        Some(Format::Image | Format::DnsLabel) | None => "sample",
    };
    rules.options.first().cloned().unwrap_or_else(|| text.to_owned())
}
