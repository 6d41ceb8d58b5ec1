//! The form of a blueprint: its fields in order, and the way from what a browser posts to typed values.
//!
//! - A plain HTML form posts text: an absent checkbox is "no", a list is one entry a line, a map is `NAME=value` a line,
//!   where lines that begin with `#` are comments.
//! - What a person typed is never lost: problems name the field, and the raw text stays with the caller; the
//!   names of secrets begin with [`crate::form::SECRET_PREFIX`], so that they are never given back.
//! - The typed result is checked by [`super::check`], the same check as for the API.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::check::{self, label};
use super::schema::{IntegerRules, Kind, NumberRules, Parameter, Schema, TextRules, Widget, options_of};
use crate::form::Problem;

/// A choice with up to this many options is shown as a row of buttons.
pub const SEGMENTED_AT_MOST: usize = 4;

/// One field, ready to be shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Field {
    pub name: String,
    pub label: String,
    pub help: Option<String>,
    pub required: bool,
    pub placeholder: Option<String>,
    /// What stands in the field at first, as text; for a toggle `true` or nothing.
    pub initial: String,
    pub control: Control,
}

/// How a field is filled in, with the limits that the browser can hold itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Control {
    Text {
        max: Option<u64>,
        lines: bool,
    },
    /// Never filled with what was typed before.
    Secret {
        max: Option<u64>,
    },
    Number {
        whole: bool,
        min: Option<f64>,
        max: Option<f64>,
        unit: Option<String>,
    },
    Toggle,
    Choice {
        options: Vec<Choice>,
        segmented: bool,
    },
    /// One entry a line.
    List,
    /// `NAME=value`, one a line.
    Map,
    /// A reference to a catalog entity of this kind.
    Entity {
        kind: String,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    pub value: String,
    pub label: String,
    pub help: Option<String>,
}

/// The fields of a schema, in its order.
pub fn fields(schema: &Schema) -> Vec<Field> {
    schema.parameters.iter().map(field).collect()
}

/// Typed values from what a form posted for the parameters. One that the schema does not have is refused, as by the API.
pub fn read(schema: &Schema, inputs: &BTreeMap<String, String>) -> Result<Map<String, Value>, Vec<Problem>> {
    let mut typed = Map::new();
    let mut problems = Vec::new();
    for parameter in &schema.parameters {
        let raw = inputs.get(&parameter.name).map(String::as_str);
        match typed_value(parameter, raw) {
            Ok(Some(value)) => {
                typed.insert(parameter.name.clone(), value);
            }
            Ok(None) => {}
            Err(sentence) => problems.push(Problem::at(parameter.name.clone(), sentence)),
        }
    }
    // The check refuses them by name, whatever they hold.
    for (name, text) in inputs.iter().filter(|(name, _)| schema.parameter(name).is_none()) {
        typed.insert(name.clone(), Value::String(text.clone()));
    }
    let unreadable: Vec<String> = problems.iter().map(|problem| problem.field.clone()).collect();
    match check::check(schema, &typed) {
        Ok(complete) if problems.is_empty() => Ok(complete),
        Ok(_) => Err(problems),
        Err(more) => {
            problems.extend(more.into_iter().filter(|problem| !unreadable.contains(&problem.field)));
            let place = |field: &str| schema.parameters.iter().position(|parameter| parameter.name == field);
            problems.sort_by_key(|problem| place(&problem.field));
            Err(problems)
        }
    }
}

/// The values that fields begin with, as far as their texts can be read.
pub fn initial_values(schema: &Schema, fields: &[Field]) -> Map<String, Value> {
    let value = |field: &Field| {
        let parameter = schema.parameter(&field.name)?;
        Some((field.name.clone(), typed_value(parameter, Some(field.initial.as_str())).ok()??))
    };
    fields.iter().filter_map(value).collect()
}

/// The texts that a form would hold for typed values; secrets are left out.
pub fn inputs(schema: &Schema, values: &Map<String, Value>) -> BTreeMap<String, String> {
    schema
        .parameters
        .iter()
        .filter(|parameter| !parameter.hints.secret)
        .filter_map(|parameter| {
            let value = values.get(&parameter.name)?;
            Some((parameter.name.clone(), text_of(value)))
        })
        .collect()
}

/// A parameter as the page of an environment shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// What the form calls it.
    pub label: String,
    pub value: GivenValue,
}

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum GivenValue {
    Text(String),
    /// The entries of a list.
    List(Vec<String>),
    /// Names, and their values where they may be seen.
    Map(Vec<(String, Option<String>)>),
    /// A secret: that there is one, never which.
    Secret,
}

/// What was asked for, in the order of the form. What was left empty is left out, and so is a secret that is no longer kept. The values
/// of maps are there `with_values` alone.
pub fn given(schema: &Schema, values: &Map<String, Value>, with_values: bool) -> Vec<Given> {
    let shown = |parameter: &Parameter| {
        let value = values.get(&parameter.name).filter(|value| !value.is_null())?;
        Some(Given { label: parameter.title.clone(), value: given_value(parameter, value, with_values)? })
    };
    schema.parameters.iter().filter_map(shown).collect()
}

fn given_value(parameter: &Parameter, value: &Value, with_values: bool) -> Option<GivenValue> {
    let is_option = |text: &str| options_of(&parameter.kind).iter().any(|option| option == text);
    Some(match value {
        _ if parameter.hints.secret => GivenValue::Secret,
        Value::Bool(yes) => GivenValue::Text(if *yes { "Yes" } else { "No" }.to_owned()),
        Value::Array(list) if list.is_empty() => return None,
        Value::Array(list) => GivenValue::List(list.iter().map(text_of).collect()),
        Value::Object(map) if map.is_empty() => return None,
        Value::Object(map) => {
            let pair = |(name, value): (&String, &Value)| (name.clone(), with_values.then(|| text_of(value)));
            GivenValue::Map(map.iter().map(pair).collect())
        }
        other => {
            let text = text_of(other);
            match (&parameter.hints.unit, is_option(&text)) {
                _ if text.is_empty() => return None,
                (_, true) => GivenValue::Text(label(parameter, &text)),
                (Some(unit), false) => GivenValue::Text(format!("{text} {unit}")),
                (None, false) => GivenValue::Text(text),
            }
        }
    })
}

fn field(parameter: &Parameter) -> Field {
    Field {
        name: parameter.name.clone(),
        label: parameter.title.clone(),
        help: parameter.help.clone(),
        // A toggle always has an answer, and a default answers for an empty field.
        required: parameter.required && parameter.default.is_none() && parameter.kind != Kind::YesNo,
        placeholder: parameter.hints.placeholder.clone(),
        initial: parameter.default.as_ref().map(text_of).unwrap_or_default(),
        control: control(parameter),
    }
}

fn control(parameter: &Parameter) -> Control {
    let options = options_of(&parameter.kind);
    if !options.is_empty() {
        let segmented = match parameter.hints.widget {
            Some(Widget::Segmented) => true,
            Some(_) => false,
            None => options.len() <= SEGMENTED_AT_MOST,
        };
        let words = |value: &String| parameter.hints.options.iter().find(|words| &words.value == value);
        let options = options
            .iter()
            .map(|value| Choice {
                value: value.clone(),
                label: label(parameter, value),
                help: words(value).and_then(|words| words.help.clone()),
            })
            .collect();
        return Control::Choice { options, segmented };
    }
    let unit = parameter.hints.unit.clone();
    match &parameter.kind {
        Kind::Text(TextRules { max, .. }) if parameter.hints.secret => Control::Secret { max: *max },
        Kind::Text(TextRules { max, .. }) => match &parameter.hints.catalog_kind {
            Some(kind) => Control::Entity { kind: kind.clone() },
            None => Control::Text { max: *max, lines: parameter.hints.widget == Some(Widget::Textarea) },
        },
        Kind::Integer(IntegerRules { min, max, .. }) => {
            Control::Number { whole: true, min: min.map(|n| n as f64), max: max.map(|n| n as f64), unit }
        }
        Kind::Number(NumberRules { min, max, above, below }) => {
            Control::Number { whole: false, min: min.or(*above), max: max.or(*below), unit }
        }
        Kind::YesNo => Control::Toggle,
        Kind::List(_) => Control::List,
        Kind::Map(_) => Control::Map,
    }
}

fn typed_value(parameter: &Parameter, raw: Option<&str>) -> Result<Option<Value>, String> {
    let trimmed = raw.unwrap_or_default().trim();
    match &parameter.kind {
        Kind::YesNo => match trimmed {
            "" | "false" | "off" => Ok(Some(Value::Bool(false))),
            "true" | "on" => Ok(Some(Value::Bool(true))),
            _ => Err("Must be yes or no.".to_owned()),
        },
        _ if trimmed.is_empty() => Ok(None),
        Kind::Text(_) if parameter.hints.secret => Ok(raw.map(Value::from)),
        // A browser posts line ends as CR LF (HTML standard, form submission).
        Kind::Text(_) => Ok(Some(Value::from(trimmed.replace("\r\n", "\n")))),
        // What is no number goes on as text, so that the check words the refusal with the limits.
        Kind::Integer(_) => {
            Ok(Some(trimmed.parse::<i64>().map_or_else(|_| Value::from(trimmed), Value::from)))
        }
        Kind::Number(_) => Ok(Some(number(trimmed))),
        Kind::List(_) => {
            let lines = trimmed.lines().map(str::trim).filter(|line| !line.is_empty());
            Ok(Some(Value::Array(lines.map(Value::from).collect())))
        }
        Kind::Map(_) => map(trimmed).map(Some),
    }
}

fn number(text: &str) -> Value {
    let real = text.parse::<f64>().ok().and_then(serde_json::Number::from_f64);
    real.map_or_else(|| Value::from(text), Value::Number)
}

fn map(text: &str) -> Result<Value, String> {
    let mut map = Map::new();
    // As in the files that people copy them from, a line may be a comment.
    let says_nothing = |line: &str| line.is_empty() || line.starts_with('#');
    for (i, line) in text.lines().enumerate().filter(|(_, line)| !says_nothing(line.trim())) {
        let Some((name, value)) = line.split_once('=') else {
            return Err(format!("Line {} has no =. Write NAME=value.", i + 1));
        };
        let name = name.trim().to_owned();
        if name.is_empty() {
            return Err(format!("Line {} has no name before the =. Write NAME=value.", i + 1));
        }
        if map.contains_key(&name) {
            return Err(format!("Line {}: {name} stands there twice. Keep one.", i + 1));
        }
        map.insert(name, Value::from(value.trim()));
    }
    Ok(Value::Object(map))
}

fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null | Value::Bool(false) => String::new(),
        Value::Array(list) => list.iter().map(text_of).collect::<Vec<_>>().join("\n"),
        Value::Object(map) => map
            .iter()
            .map(|(name, value)| format!("{name}={}", text_of(value)))
            .collect::<Vec<_>>()
            .join("\n"),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests;
