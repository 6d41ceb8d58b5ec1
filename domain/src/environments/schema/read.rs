//! From JSON to [`Schema`]; every key that is not understood is a finding.

use serde_json::{Map, Value};

use super::*;
use crate::environments::check::check_value;
use crate::environments::problem::Finding;
use crate::environments::yaml::child;
use crate::form::SECRET_PREFIX;

/// More parameters than this do not make a form that a person fills in.
const MAX_PARAMETERS: usize = 60;
const SUPPORTED: &str = "string, integer, number, boolean, an array of strings or an object of strings";

/// Reads the `parameters` of a blueprint; `base` is their JSON pointer in the file.
pub fn read(value: &Value, base: &str) -> Result<Schema, Vec<Finding>> {
    let mut reader = Reader { findings: Vec::new() };
    let parameters = reader.root(value, base);
    if reader.findings.is_empty() { Ok(Schema { parameters }) } else { Err(reader.findings) }
}

pub(super) struct Reader {
    findings: Vec<Finding>,
}

impl Reader {
    pub(super) fn find(&mut self, pointer: impl Into<String>, sentence: impl Into<String>) {
        self.findings.push(Finding::new(pointer, sentence));
    }

    fn root(&mut self, value: &Value, base: &str) -> Vec<Parameter> {
        let Value::Object(root) = value else {
            self.find(base, "`parameters` must be a JSON Schema of type object.");
            return Vec::new();
        };
        let known =
            ["$schema", "type", "title", "description", "properties", "required", "additionalProperties"];
        self.only(root, base, &known, "the parameters");
        if root.get("type").and_then(Value::as_str) != Some("object") {
            self.find(child(base, "type"), "`type` must be `object`.");
        }
        if root.get("additionalProperties").is_some_and(|value| value != &Value::Bool(false)) {
            self.find(
                child(base, "additionalProperties"),
                "Only `false` is possible: a form shows all there is.",
            );
        }
        let empty = Map::new();
        let properties = match root.get("properties") {
            Some(Value::Object(properties)) => properties,
            None => &empty,
            Some(_) => {
                self.find(child(base, "properties"), "`properties` must be a map of parameters.");
                &empty
            }
        };
        if properties.len() > MAX_PARAMETERS {
            self.find(child(base, "properties"), format!("Keep to {MAX_PARAMETERS} parameters."));
        }
        let required = self.required(root, base, properties);
        let properties_at = child(base, "properties");
        properties
            .iter()
            .filter_map(|(name, value)| {
                self.parameter(name, value, &child(&properties_at, name), required.contains(name))
            })
            .collect()
    }

    fn required(
        &mut self,
        root: &Map<String, Value>,
        base: &str,
        properties: &Map<String, Value>,
    ) -> Vec<String> {
        let at = child(base, "required");
        let Some(value) = root.get("required") else { return Vec::new() };
        let Some(list) = texts(value) else {
            self.find(at, "`required` must be a list of parameter names.");
            return Vec::new();
        };
        for name in list.iter().filter(|name| !properties.contains_key(*name)) {
            self.find(&at, format!("`required` names `{name}`, which is not among the properties."));
        }
        list
    }

    fn parameter(&mut self, name: &str, value: &Value, at: &str, required: bool) -> Option<Parameter> {
        let Value::Object(map) = value else {
            self.find(at, format!("`{name}` must be a map with a `type`."));
            return None;
        };
        let named = !name.is_empty()
            && name.len() <= 40
            && name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if !named {
            let rule = "Name a parameter with lower-case letters, digits and underscores, a letter first.";
            self.find(at, rule);
        }
        let before = self.findings.len();
        let kind = self.kind(map, at)?;
        let hints = self.hints(map, at, &kind);
        if hints.secret != name.starts_with(SECRET_PREFIX) {
            let rule = format!(
                "The name of a parameter with `x-secret: true`, and of no other, begins with {SECRET_PREFIX}."
            );
            self.find(at, rule);
        }
        if self.findings.len() > before {
            return None;
        }
        let title = self.text(map, at, "title").unwrap_or_else(|| title_of(name));
        let description = self.text(map, at, "description");
        let help = self.text(map, at, "x-help").or(description);
        let default = map.get("default").cloned();
        let parameter = Parameter { name: name.to_owned(), title, help, required, default, kind, hints };
        if let Some(default) = &parameter.default {
            if parameter.hints.secret {
                self.find(child(at, "default"), "A secret has no default: it would stand in the blueprint.");
            }
            for sentence in check_value(&parameter, default) {
                self.find(
                    child(at, "default"),
                    format!("The default does not fit its own rules: {sentence}"),
                );
            }
        }
        Some(parameter)
    }

    fn kind(&mut self, map: &Map<String, Value>, at: &str) -> Option<Kind> {
        let common = ["type", "title", "description", "default"];
        let text = ["minLength", "maxLength", "pattern", "x-allowed", "format", "enum"];
        let hints = [
            "x-widget",
            "x-unit",
            "x-placeholder",
            "x-help",
            "x-noun",
            "x-catalog-kind",
            "x-secret",
            "x-options",
        ];
        let mut keys: Vec<&str> = common.iter().chain(&hints).copied().collect();
        let Some(of_type) = map.get("type").and_then(Value::as_str) else {
            self.find(child(at, "type"), format!("Say the `type`, one of: {SUPPORTED}."));
            return None;
        };
        let kind = match of_type {
            "string" => {
                keys.extend(text);
                Kind::Text(self.text_rules(map, at))
            }
            "integer" => {
                keys.extend([
                    "minimum",
                    "maximum",
                    "exclusiveMinimum",
                    "exclusiveMaximum",
                    "multipleOf",
                    "enum",
                ]);
                Kind::Integer(self.integer_rules(map, at))
            }
            "number" => {
                keys.extend(["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"]);
                Kind::Number(NumberRules {
                    min: self.real(map, at, "minimum"),
                    max: self.real(map, at, "maximum"),
                    above: self.real(map, at, "exclusiveMinimum"),
                    below: self.real(map, at, "exclusiveMaximum"),
                })
            }
            "boolean" => Kind::YesNo,
            "array" => {
                keys.extend(["items", "minItems", "maxItems", "uniqueItems"]);
                Kind::List(ListRules {
                    items: self.part(map, at, "items", true),
                    min: self.count(map, at, "minItems"),
                    max: self.count(map, at, "maxItems"),
                    unique: self.flag(map, at, "uniqueItems"),
                })
            }
            "object" => {
                keys.extend(["additionalProperties", "propertyNames", "minProperties", "maxProperties"]);
                Kind::Map(MapRules {
                    keys: self.part(map, at, "propertyNames", false),
                    values: self.part(map, at, "additionalProperties", true),
                    min: self.count(map, at, "minProperties"),
                    max: self.count(map, at, "maxProperties"),
                })
            }
            other => {
                let sentence = format!("The type `{other}` cannot be shown in a form. Use {SUPPORTED}.");
                self.find(child(at, "type"), sentence);
                return None;
            }
        };
        self.only(map, at, &keys, &format!("a parameter of type `{of_type}`"));
        Some(kind)
    }

    /// The schema of a list's items or of a map's keys or values.
    fn part(&mut self, map: &Map<String, Value>, at: &str, key: &str, needed: bool) -> TextRules {
        let at = child(at, key);
        match map.get(key) {
            Some(Value::Object(part)) => {
                let typed = part.get("type").map(|value| value.as_str() == Some("string"));
                if typed == Some(false) || (needed && typed.is_none()) {
                    self.find(child(&at, "type"), format!("`{key}` must be of type `string`."));
                }
                let keys = [
                    "type",
                    "description",
                    "minLength",
                    "maxLength",
                    "pattern",
                    "x-allowed",
                    "format",
                    "enum",
                ];
                self.only(part, &at, &keys, &format!("`{key}`"));
                self.text_rules(part, &at)
            }
            None if !needed => TextRules::default(),
            _ => {
                self.find(at, format!("`{key}` must be a schema of type `string`."));
                TextRules::default()
            }
        }
    }

    fn text_rules(&mut self, map: &Map<String, Value>, at: &str) -> TextRules {
        let format = self.text(map, at, "format").and_then(|name| {
            let format = Format::named(&name);
            if format.is_none() {
                let known: Vec<&str> = Format::ALL.iter().map(|(name, _)| *name).collect();
                let sentence =
                    format!("The format `{name}` is not checked here. Known: {}.", known.join(", "));
                self.find(child(at, "format"), sentence);
            }
            format
        });
        let options = match map.get("enum").map(texts) {
            None => Vec::new(),
            Some(Some(list)) if !list.is_empty() && distinct(&list) => list,
            Some(_) => {
                self.find(
                    child(at, "enum"),
                    "`enum` must list different texts, at least one. Quote numbers.",
                );
                Vec::new()
            }
        };
        let rules = TextRules {
            min: self.count(map, at, "minLength"),
            max: self.count(map, at, "maxLength"),
            pattern: self.pattern(map, at),
            format,
            options,
        };
        self.ordered(rules.min, rules.max, at, "maxLength");
        rules
    }

    fn pattern(&mut self, map: &Map<String, Value>, at: &str) -> Option<Pattern> {
        let expression = self.text(map, at, "pattern");
        let allowed = self.text(map, at, "x-allowed");
        let Some(expression) = expression else {
            if allowed.is_some() {
                self.find(child(at, "x-allowed"), "`x-allowed` explains a `pattern`, and there is none.");
            }
            return None;
        };
        let here = child(at, "pattern");
        if let Err(error) = regex_lite::Regex::new(&expression) {
            self.find(&here, format!("This regular expression cannot be used: {error}."));
        }
        let Some(allowed) = allowed else {
            let example = "`x-allowed: lower-case letters and digits`";
            self.find(here, format!("Say in words what the pattern allows, for people: {example}."));
            return None;
        };
        Some(Pattern { expression, allowed })
    }

    fn integer_rules(&mut self, map: &Map<String, Value>, at: &str) -> IntegerRules {
        let above = self.whole(map, at, "exclusiveMinimum").map(|value| value.saturating_add(1));
        let below = self.whole(map, at, "exclusiveMaximum").map(|value| value.saturating_sub(1));
        let options = match map.get("enum") {
            None => Vec::new(),
            Some(Value::Array(list)) if !list.is_empty() && list.iter().all(Value::is_i64) => {
                list.iter().filter_map(Value::as_i64).collect()
            }
            Some(_) => {
                self.find(child(at, "enum"), "`enum` must list whole numbers, at least one.");
                Vec::new()
            }
        };
        if !distinct(&options) {
            self.find(child(at, "enum"), "`enum` lists a number twice.");
        }
        let multiple_of = self.whole(map, at, "multipleOf");
        if multiple_of.is_some_and(|step| step < 1) {
            self.find(child(at, "multipleOf"), "`multipleOf` must be 1 or more.");
        }
        let min = self.whole(map, at, "minimum").into_iter().chain(above).max();
        let max = self.whole(map, at, "maximum").into_iter().chain(below).min();
        self.ordered(min, max, at, "maximum");
        IntegerRules { min, max, multiple_of, options }
    }

    pub(super) fn only(&mut self, map: &Map<String, Value>, at: &str, known: &[&str], what: &str) {
        for key in map.keys().filter(|key| !known.contains(&key.as_str())) {
            let sentence = format!("`{key}` is not supported for {what}. Remove it.");
            self.find(child(at, key), sentence);
        }
    }

    pub(super) fn text(&mut self, map: &Map<String, Value>, at: &str, key: &str) -> Option<String> {
        match map.get(key)? {
            Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
            _ => {
                self.find(child(at, key), format!("`{key}` must be text."));
                None
            }
        }
    }

    pub(super) fn flag(&mut self, map: &Map<String, Value>, at: &str, key: &str) -> bool {
        match map.get(key) {
            None => false,
            Some(Value::Bool(value)) => *value,
            Some(_) => {
                self.find(child(at, key), format!("`{key}` must be true or false."));
                false
            }
        }
    }

    fn count(&mut self, map: &Map<String, Value>, at: &str, key: &str) -> Option<u64> {
        let value = map.get(key)?;
        if value.as_u64().is_none() {
            self.find(child(at, key), format!("`{key}` must be a whole number, 0 or more."));
        }
        value.as_u64()
    }

    fn whole(&mut self, map: &Map<String, Value>, at: &str, key: &str) -> Option<i64> {
        let value = map.get(key)?;
        if value.as_i64().is_none() {
            self.find(child(at, key), format!("`{key}` must be a whole number."));
        }
        value.as_i64()
    }

    fn real(&mut self, map: &Map<String, Value>, at: &str, key: &str) -> Option<f64> {
        let value = map.get(key)?;
        if value.as_f64().is_none() {
            self.find(child(at, key), format!("`{key}` must be a number."));
        }
        value.as_f64()
    }

    fn ordered<T: PartialOrd>(&mut self, min: Option<T>, max: Option<T>, at: &str, key: &str) {
        if let (Some(min), Some(max)) = (min, max)
            && min > max
        {
            self.find(child(at, key), "The largest allowed is smaller than the smallest allowed.");
        }
    }
}

/// The options of an `enum` as the text that a form posts.
pub(in crate::environments) fn options_of(kind: &Kind) -> Vec<String> {
    match kind {
        Kind::Text(rules) => rules.options.clone(),
        Kind::Integer(rules) => rules.options.iter().map(i64::to_string).collect(),
        _ => Vec::new(),
    }
}

/// `health_path` becomes "Health path".
pub(in crate::environments) fn title_of(name: &str) -> String {
    let words = name.replace(['_', '-'], " ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn texts(value: &Value) -> Option<Vec<String>> {
    value.as_array()?.iter().map(|item| item.as_str().map(str::to_owned)).collect()
}

fn distinct<T: PartialEq>(list: &[T]) -> bool {
    list.iter().enumerate().all(|(i, item)| !list[..i].contains(item))
}
