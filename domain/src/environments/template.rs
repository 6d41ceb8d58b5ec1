//! Expressions in a blueprint's texts: `{{ … }}`, and nothing else of a template language.
//!
//! - A text is cut into literal parts and expressions; each expression is worked out by itself (minijinja,
//!   limited in steps, no files, no includes, no statements).
//! - A text that is exactly one expression becomes the value itself, number, list or map. In any other text
//!   only a scalar can stand, and the result is text: a value can never become structure.
//! - A value is never read again as a template or as YAML.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior};
use serde_json::{Value, json};

use super::size::Size;

/// Steps that one expression may take.
const FUEL: u64 = 20_000;
/// Longest text that may come out, in bytes; an object in a cluster is at most 1 MiB or so (etcd).
const MAX_TEXT: usize = 64 * 1024;

/// Works out expressions with one set of values.
pub struct Engine {
    environment: Environment<'static>,
    values: minijinja::Value,
}

#[derive(Debug, PartialEq, Eq)]
enum Part<'a> {
    Literal(&'a str),
    Expression(&'a str),
}

/// Whether a text holds an expression at all.
pub fn has_expression(text: &str) -> bool {
    text.contains("{{")
}

impl Engine {
    /// `values` are the names that an expression may use, such as `parameters`.
    pub fn new(values: &BTreeMap<String, Value>) -> Self {
        // `empty` knows no filter, test or function: the closed list below is all there is.
        let mut environment = Environment::empty();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_fuel(Some(FUEL));
        environment.add_filter("env_list", env_list);
        environment.add_filter("cpu", |size: &str| size_named(size).map(Size::cpu));
        environment.add_filter("memory", |size: &str| size_named(size).map(Size::memory));
        environment.add_filter(
            "default",
            |value: minijinja::Value, other: minijinja::Value| {
                if value.is_none() { other } else { value }
            },
        );
        environment.add_filter("lower", |text: &str| text.to_lowercase());
        environment.add_filter("join", |list: Vec<String>, between: &str| list.join(between));
        Engine { environment, values: minijinja::Value::from(minijinja::value::Serde(values)) }
    }

    /// The value of a text: itself if it holds no expression. The error is a sentence for the blueprint's author.
    pub fn text(&self, text: &str) -> Result<Value, String> {
        let parts = cut(text)?;
        match parts.as_slice() {
            [Part::Expression(expression)] => self.expression(expression),
            [] => Ok(Value::from(text)),
            parts => {
                let mut out = String::new();
                for part in parts {
                    match part {
                        Part::Literal(literal) => out.push_str(literal),
                        Part::Expression(expression) => match self.expression(expression)? {
                            Value::String(text) => out.push_str(&text),
                            value @ (Value::Number(_) | Value::Bool(_)) => out.push_str(&value.to_string()),
                            Value::Null => return Err(format!("`{}` has no value.", expression.trim())),
                            _ => return Err(whole_only(expression)),
                        },
                    }
                    if out.len() > MAX_TEXT {
                        return Err(format!("The text grows beyond {} KiB.", MAX_TEXT / 1024));
                    }
                }
                Ok(Value::String(out))
            }
        }
    }

    /// Whether a condition holds: empty text, 0, an empty list or map, nothing and false do not.
    pub fn condition(&self, condition: &Value) -> Result<bool, String> {
        let value = match condition {
            Value::String(text) => self.text(text)?,
            other => other.clone(),
        };
        Ok(match value {
            Value::Null => false,
            Value::Bool(value) => value,
            Value::Number(number) => number.as_f64() != Some(0.0),
            Value::String(text) => !text.is_empty(),
            Value::Array(list) => !list.is_empty(),
            Value::Object(map) => !map.is_empty(),
        })
    }

    fn expression(&self, expression: &str) -> Result<Value, String> {
        let refused = |error: Error| explain(expression, &error);
        let compiled = self.environment.compile_expression(expression).map_err(refused)?;
        let value = compiled.eval(self.values.clone()).map_err(refused)?;
        if value.is_undefined() {
            return Err(format!("`{}` is not known here.", expression.trim()));
        }
        serde_json::to_value(&value).map_err(|_| whole_only(expression))
    }
}

/// The names that a text's expressions use, with their first attribute: `parameters.image`.
pub fn names(text: &str) -> Result<BTreeSet<String>, String> {
    let environment = Environment::empty();
    let mut names = BTreeSet::new();
    for part in cut(text)? {
        if let Part::Expression(expression) = part {
            let compiled =
                environment.compile_expression(expression).map_err(|error| explain(expression, &error))?;
            names.extend(compiled.undeclared_variables(true));
        }
    }
    Ok(names)
}

/// Cuts a text; empty when it holds no expression. Quotes and braces inside an expression are its own.
fn cut(text: &str) -> Result<Vec<Part<'_>>, String> {
    let mut parts = Vec::new();
    let mut rest = text;
    if !has_expression(text) {
        return Ok(parts);
    }
    while let Some(start) = rest.find("{{") {
        if start > 0 {
            parts.push(Part::Literal(&rest[..start]));
        }
        let inner = &rest[start + 2..];
        let end = expression_end(inner)
            .ok_or("An expression begins with {{ and does not end. Close it with }}.")?;
        if inner[..end].trim().is_empty() {
            return Err("An expression is empty: {{ }}.".to_owned());
        }
        parts.push(Part::Expression(&inner[..end]));
        rest = &inner[end + 2..];
    }
    if !rest.is_empty() {
        parts.push(Part::Literal(rest));
    }
    Ok(parts)
}

fn expression_end(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut quote = None;
    let mut braces = 0usize;
    let mut i = 0;
    while i < bytes.len() {
        match (quote, bytes[i]) {
            (Some(_), b'\\') => i += 1,
            (Some(open), byte) if open == byte => quote = None,
            (Some(_), _) => {}
            (None, byte @ (b'"' | b'\'')) => quote = Some(byte),
            (None, b'{') => braces += 1,
            (None, b'}') if braces > 0 => braces -= 1,
            (None, b'}') if bytes.get(i + 1) == Some(&b'}') => return Some(i),
            _ => {}
        }
        i += 1;
    }
    None
}

fn explain(expression: &str, error: &Error) -> String {
    let expression = expression.trim();
    match error.kind() {
        ErrorKind::OutOfFuel => format!("`{expression}` takes too many steps."),
        ErrorKind::UndefinedError => format!("`{expression}` uses a name that is not known here."),
        _ => {
            let detail = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
            format!("`{expression}` cannot be worked out: {detail}.")
        }
    }
}

fn whole_only(expression: &str) -> String {
    format!("`{}` is a list or a map: it must stand alone, with no other text around it.", expression.trim())
}

fn size_named(name: &str) -> Result<Size, Error> {
    Size::named(name).ok_or_else(|| {
        Error::new(
            ErrorKind::InvalidOperation,
            format!("there is no size `{name}`, only small, medium and large"),
        )
    })
}

/// A map of text as the `env` of a container: a list of `{name, value}`, ordered by name; nothing gives none.
fn env_list(map: minijinja::Value) -> Result<minijinja::Value, Error> {
    let wrong = || Error::new(ErrorKind::InvalidOperation, "env_list takes a map of texts");
    let list = match serde_json::to_value(&map).map_err(|_| wrong())? {
        Value::Null => Vec::new(),
        Value::Object(map) => {
            let sorted: BTreeMap<String, Value> = map.into_iter().collect();
            sorted
                .into_iter()
                .map(|(name, value)| match value {
                    Value::String(text) => Ok(json!({"name": name, "value": as_typed(&text)})),
                    _ => Err(wrong()),
                })
                .collect::<Result<_, Error>>()?
        }
        _ => return Err(wrong()),
    };
    Ok(minijinja::Value::from(minijinja::value::Serde(list)))
}

/// The kubelet replaces `$(NAME)` in a variable and reads `$$` as one `$` (Kubernetes, EnvVar.value): both are
/// doubled, so that the program sees what was typed. A lone `$` stays as it is.
fn as_typed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    let mut before = None;
    while let Some(letter) = letters.next() {
        out.push(letter);
        let special = matches!(letters.peek(), Some('$' | '(')) || before == Some('$');
        if letter == '$' && special {
            out.push('$');
        }
        before = Some(letter);
    }
    out
}

#[cfg(test)]
mod tests;
