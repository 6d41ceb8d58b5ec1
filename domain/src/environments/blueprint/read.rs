//! From a document to a [`Blueprint`]; every key that is not known is a finding.

use jiff::SignedDuration;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::*;
use crate::dns::is_label;
use crate::environments::lifetime::{self, SHORTEST};
use crate::environments::problem::Finding;
use crate::environments::schema;
use crate::environments::yaml::child;
use crate::form::SECRET_PREFIX;

const MAX_STEPS: usize = 20;
const MAX_MANIFESTS: usize = 40;

pub fn read(value: &Value) -> Result<Blueprint, Vec<Finding>> {
    let mut reader = Reader { findings: Vec::new() };
    let Some(map) = value.as_object() else {
        return Err(vec![Finding::new("", "A blueprint is a map: name, version, title, lifetime, steps.")]);
    };
    let parameters = map.get("parameters").cloned().unwrap_or_else(|| serde_json::json!({"type": "object"}));
    let parameters = schema::read(&parameters, "/parameters").unwrap_or_else(|findings| {
        reader.findings.extend(findings);
        Schema { parameters: Vec::new() }
    });
    let blueprint = Blueprint {
        name: reader.label(map, "", "name"),
        version: reader.version(map),
        title: reader.text(map, "", "title"),
        description: reader.optional_text(map, "", "description").unwrap_or_default(),
        lifetime: reader.lifetime(map),
        parameters,
        allowed_egress: reader.egress(map),
        steps: reader.steps(map),
        outputs: reader.outputs(map),
        digest: Sha256::digest(value.to_string().as_bytes())
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect(),
    };
    let known = [
        "name",
        "version",
        "title",
        "description",
        "lifetime",
        "parameters",
        "allowed_egress",
        "steps",
        "outputs",
    ];
    reader.only(map, "", &known);
    if reader.findings.is_empty() { Ok(blueprint) } else { Err(reader.findings) }
}

struct Reader {
    findings: Vec<Finding>,
}

impl Reader {
    fn find(&mut self, pointer: impl Into<String>, sentence: impl Into<String>) {
        self.findings.push(Finding::new(pointer, sentence));
    }

    fn only(&mut self, map: &Map<String, Value>, at: &str, known: &[&str]) {
        for key in map.keys().filter(|key| !known.contains(&key.as_str())) {
            self.find(child(at, key), format!("`{key}` is not known here. Known: {}.", known.join(", ")));
        }
    }

    fn optional_text(&mut self, map: &Map<String, Value>, at: &str, key: &str) -> Option<String> {
        match map.get(key)? {
            Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
            _ => {
                self.find(child(at, key), format!("`{key}` must be text."));
                None
            }
        }
    }

    fn text(&mut self, map: &Map<String, Value>, at: &str, key: &str) -> String {
        if !map.contains_key(key) {
            self.find(at, format!("`{key}` is missing."));
        }
        self.optional_text(map, at, key).unwrap_or_default()
    }

    fn label(&mut self, map: &Map<String, Value>, at: &str, key: &str) -> String {
        let text = self.text(map, at, key);
        if !text.is_empty() && (!is_label(&text) || text.len() > 40) {
            let rule = "Use lower-case letters, digits and dashes, at most 40 characters.";
            self.find(child(at, key), rule);
        }
        text
    }

    fn version(&mut self, map: &Map<String, Value>) -> u32 {
        let version =
            map.get("version").and_then(Value::as_u64).and_then(|number| u32::try_from(number).ok());
        match version.filter(|version| *version > 0) {
            Some(version) => version,
            None => {
                self.find("/version", "`version` must be a whole number from 1, raised with each change.");
                0
            }
        }
    }

    fn duration(&mut self, map: &Map<String, Value>, at: &str, key: &str) -> SignedDuration {
        let text = self.text(map, at, key);
        lifetime::parse(&text).unwrap_or_else(|refused| {
            if !text.is_empty() {
                self.find(child(at, key), refused.to_string());
            }
            SignedDuration::ZERO
        })
    }

    fn lifetime(&mut self, map: &Map<String, Value>) -> Lifetime {
        let Some(value) = map.get("lifetime").and_then(Value::as_object) else {
            self.find("/lifetime", "`lifetime` must say `default` and `maximum`, such as 3d and 14d.");
            return Lifetime { default: SignedDuration::ZERO, maximum: SignedDuration::ZERO };
        };
        self.only(value, "/lifetime", &["default", "maximum"]);
        let before = self.findings.len();
        let default = self.duration(value, "/lifetime", "default");
        let maximum = self.duration(value, "/lifetime", "maximum");
        if self.findings.len() == before {
            if default < SHORTEST {
                self.find("/lifetime/default", format!("At least {}.", lifetime::print(SHORTEST)));
            }
            if maximum < default {
                self.find("/lifetime/maximum", "The maximum is shorter than the default.");
            }
        }
        Lifetime { default, maximum }
    }

    fn list<'a>(&mut self, map: &'a Map<String, Value>, at: &str, key: &str) -> &'a [Value] {
        match map.get(key) {
            None => &[],
            Some(Value::Array(list)) => list,
            Some(_) => {
                self.find(child(at, key), format!("`{key}` must be a list."));
                &[]
            }
        }
    }

    fn egress(&mut self, map: &Map<String, Value>) -> Vec<Egress> {
        let mut rules = Vec::new();
        for (i, value) in self.list(map, "", "allowed_egress").iter().enumerate() {
            let at = format!("/allowed_egress/{i}");
            match Egress::read(value) {
                Ok(rule) => rules.push(rule),
                Err((key, sentence)) => {
                    self.find(if key.is_empty() { at } else { child(&at, &key) }, sentence)
                }
            }
        }
        rules
    }

    fn steps(&mut self, map: &Map<String, Value>) -> Vec<Step> {
        let list = self.list(map, "", "steps");
        if list.is_empty() || list.len() > MAX_STEPS {
            self.find("/steps", format!("A blueprint has from 1 to {MAX_STEPS} steps."));
        }
        let mut steps: Vec<Step> = Vec::new();
        for (i, value) in list.iter().enumerate() {
            let at = format!("/steps/{i}");
            let Some(map) = value.as_object() else {
                self.find(at, "A step is a map: id, title, driver, action, time_limit.");
                continue;
            };
            let Some(step) = self.step(map, &at) else { continue };
            if steps.iter().any(|earlier| earlier.id == step.id) {
                self.find(child(&at, "id"), format!("Another step is called `{}`.", step.id));
            }
            let applied = steps.iter().any(|earlier| matches!(earlier.action, Action::Apply { .. }));
            match (&step.action, i) {
                (Action::Namespace, 0) => {}
                (Action::Namespace, _) => {
                    self.find(child(&at, "action"), "Only the first step makes the namespace.")
                }
                (_, 0) => self.find(child(&at, "action"), "The first step must have the action `namespace`."),
                (Action::Wait, _) if !applied => {
                    self.find(
                        child(&at, "action"),
                        "Nothing was applied before: there is nothing to wait for.",
                    );
                }
                _ => {}
            }
            steps.push(step);
        }
        steps
    }

    fn step(&mut self, map: &Map<String, Value>, at: &str) -> Option<Step> {
        let id = self.label(map, at, "id");
        let title = self.text(map, at, "title");
        if self.text(map, at, "driver") != "kubernetes" {
            self.find(child(at, "driver"), "The driver must be `kubernetes`.");
        }
        let mut known = vec!["id", "title", "driver", "action", "time_limit"];
        let action = match self.text(map, at, "action").as_str() {
            "namespace" => Action::Namespace,
            "wait" => Action::Wait,
            "apply" => {
                known.push("manifests");
                Action::Apply { manifests: self.manifests(map, at) }
            }
            _ => {
                self.find(child(at, "action"), "The action must be `namespace`, `apply` or `wait`.");
                return None;
            }
        };
        self.only(map, at, &known);
        let time_limit = self.duration(map, at, "time_limit");
        let (shortest, longest) = (SignedDuration::from_secs(5), SignedDuration::from_hours(1));
        if !time_limit.is_zero() && !(shortest..=longest).contains(&time_limit) {
            self.find(child(at, "time_limit"), "A time limit is from 5 s to 1 h.");
        }
        Some(Step { id, title, driver: Driver::Kubernetes, action, time_limit })
    }

    fn manifests(&mut self, map: &Map<String, Value>, at: &str) -> Vec<Manifest> {
        let list = self.list(map, at, "manifests");
        let at = child(at, "manifests");
        if list.is_empty() || list.len() > MAX_MANIFESTS {
            self.find(&at, format!("A step applies from 1 to {MAX_MANIFESTS} manifests."));
        }
        let pointer = |i: usize| format!("{at}/{i}");
        list.iter()
            .enumerate()
            .map(|(i, value)| Manifest { value: value.clone(), pointer: pointer(i) })
            .collect()
    }

    fn outputs(&mut self, map: &Map<String, Value>) -> Vec<Output> {
        let mut outputs = Vec::new();
        for (i, value) in self.list(map, "", "outputs").iter().enumerate() {
            let pointer = format!("/outputs/{i}");
            let Some(map) = value.as_object() else {
                self.find(pointer, "An output is a map: name, title, value.");
                continue;
            };
            self.only(map, &pointer, &["name", "title", "value", "$when"]);
            let value = self.text(map, &pointer, "value");
            if value.contains(SECRET_PREFIX) {
                let sentence =
                    "An output is kept in clear and shown to the whole team: it cannot hold a secret.";
                self.find(child(&pointer, "value"), sentence);
            }
            outputs.push(Output {
                name: self.label(map, &pointer, "name"),
                title: self.text(map, &pointer, "title"),
                value,
                when: map.get("$when").cloned(),
                pointer,
            });
        }
        outputs
    }
}
