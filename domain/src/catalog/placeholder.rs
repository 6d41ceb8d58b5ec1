//! Placeholders: `{$text: ./openapi.yaml}` stands for the contents of another file.
//!
//! - A placeholder is a map of one key, `$text`, `$json` or `$yaml`, and a path or an address. Any
//!   other `$x` stays as it is (Backstage, "Substitutions in the descriptor format").
//! - What was read in is not searched for placeholders again, so none can lead to itself.
//! - A path stays inside its source; an address is listed as not read yet.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{
    location,
    problem::Problem,
    yaml::{self, Entry, Limits, Node, Piece, Value},
};

/// How the contents are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    Text,
    Json,
    Yaml,
}

impl Format {
    fn from_key(key: &str) -> Option<Format> {
        match key {
            "$text" => Some(Format::Text),
            "$json" => Some(Format::Json),
            "$yaml" => Some(Format::Yaml),
            _ => None,
        }
    }

    fn key(self) -> &'static str {
        match self {
            Format::Text => "$text",
            Format::Json => "$json",
            Format::Yaml => "$yaml",
        }
    }
}

/// Where the contents are.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Target {
    /// A file of the same source, by its path from the source's root.
    File(String),
    /// An address elsewhere, which is not read yet.
    NotReadYet(String),
}

/// A placeholder of a document, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placeholder {
    pub line: u32,
    pub column: u32,
    pub path: String,
    pub format: Format,
    pub target: Target,
}

/// Whether a value is a placeholder that is to be replaced.
pub fn is_known(node: &Node) -> bool {
    parts(node).is_some()
}

fn parts(node: &Node) -> Option<(Format, &Entry)> {
    match node.entries() {
        [entry] => Some((Format::from_key(&entry.key)?, entry)),
        _ => None,
    }
}

/// What a document at `file` in its source needs, and the placeholders that cannot be followed.
pub fn find(root: &Node, file: &str) -> (Vec<Placeholder>, Vec<Problem>) {
    let (mut found, mut problems) = (Vec::new(), Vec::new());
    visit(root, String::new(), &mut |node, path| {
        let Some((format, entry)) = parts(node) else { return };
        let target = match entry.node.as_text() {
            None => Err(format!(
                "`{}` is {}; it must be a path or an address.",
                format.key(),
                entry.node.describe()
            )),
            Some(text) => match location::address(text) {
                location::Address::Web => Ok(Target::NotReadYet(text.to_owned())),
                location::Address::Refused(message) => Err(message),
                location::Address::Path => location::resolve(file, text).map(Target::File),
            },
        };
        let (line, column) = (entry.line, entry.column);
        match target {
            Ok(target) => {
                found.push(Placeholder { line, column, path: path.to_owned(), format, target });
            }
            Err(message) => problems.push(Problem { line, column, path: path.to_owned(), message }),
        }
    });
    (found, problems)
}

fn visit(node: &Node, path: String, each: &mut impl FnMut(&Node, &str)) {
    if is_known(node) {
        return each(node, &path);
    }
    for entry in node.entries() {
        if !matches!(entry.node.value, Value::Text(_)) {
            visit(&entry.node, yaml::child(&path, &entry.key), each);
        }
    }
    for (index, item) in node.items().iter().enumerate() {
        if !matches!(item.value, Value::Text(_)) {
            visit(item, yaml::item(&path, index), each);
        }
    }
}

/// Puts contents in the place of their placeholders. `contents` gives the bytes of a file, or a
/// sentence that says why it cannot be read, or `None` to leave a placeholder as it is. All that goes
/// into one document is bounded by `limits.bytes`.
pub fn substitute<'c>(
    root: &mut Node,
    placeholders: &[Placeholder],
    limits: &Limits,
    mut contents: impl FnMut(&Placeholder) -> Option<Result<&'c [u8], String>>,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut left = limits.bytes;
    for placeholder in placeholders {
        let Some(bytes) = contents(placeholder) else { continue };
        let value = bytes.and_then(|bytes| {
            left = left.checked_sub(bytes.len()).ok_or_else(|| {
                format!(
                    "The files that this document reads in have more than {} bytes together.",
                    limits.bytes
                )
            })?;
            read(bytes, placeholder, limits)
        });
        match value {
            Ok(value) => {
                if let Some(node) = at_mut(root, &placeholder.path) {
                    node.value = value;
                }
            }
            Err(message) => problems.push(Problem {
                line: placeholder.line,
                column: placeholder.column,
                path: placeholder.path.clone(),
                message,
            }),
        }
    }
    problems
}

fn read(bytes: &[u8], placeholder: &Placeholder, limits: &Limits) -> Result<Value, String> {
    let name = match &placeholder.target {
        Target::File(name) | Target::NotReadYet(name) => name,
    };
    let text = std::str::from_utf8(bytes)
        .map_err(|error| format!("`{name}` is not UTF-8 at byte {}.", error.valid_up_to()))?;
    // Everything in the new value stands where its placeholder stood.
    let here = (placeholder.line, placeholder.column);
    match placeholder.format {
        Format::Text => Ok(Value::Text(text.to_owned())),
        Format::Json => {
            let json: Json = serde_json::from_str(text)
                .map_err(|error| format!("`{name}` is not valid JSON: {error}."))?;
            let mut left = limits.nodes;
            if !fits(&json, &mut left) {
                return Err(format!("`{name}` has more than {} values.", limits.nodes));
            }
            Ok(from_json(json, here).value)
        }
        Format::Yaml => {
            let pieces =
                yaml::read(bytes, limits).map_err(|problem| format!("`{name}`: {}", problem.message))?;
            match <[Piece; 1]>::try_from(pieces) {
                Ok([Piece::Document(document)]) => Ok(moved(document.root, here).value),
                Ok([Piece::Broken(broken)]) => {
                    let problem = broken.problems.first();
                    Err(format!("`{name}`: {}", problem.map(ToString::to_string).unwrap_or_default()))
                }
                Err(pieces) => Err(format!(
                    "`{name}` has {} documents; $yaml reads a file of exactly one.",
                    pieces.len()
                )),
            }
        }
    }
}

/// Whether no more values are in it than are left.
fn fits(json: &Json, left: &mut usize) -> bool {
    let Some(rest) = left.checked_sub(1) else { return false };
    *left = rest;
    match json {
        Json::Array(items) => items.iter().all(|item| fits(item, left)),
        Json::Object(entries) => entries.values().all(|value| fits(value, left)),
        _ => true,
    }
}

fn from_json(json: Json, (line, column): (u32, u32)) -> Node {
    let value = match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(value),
        Json::Number(number) => Value::Number(number),
        Json::String(text) => Value::Text(text),
        Json::Array(items) => {
            Value::List(items.into_iter().map(|item| from_json(item, (line, column))).collect())
        }
        Json::Object(object) => Value::Map(
            object
                .into_iter()
                .map(|(key, value)| Entry { key, line, column, node: from_json(value, (line, column)) })
                .collect(),
        ),
    };
    Node { line, column, value }
}

fn moved(node: Node, here: (u32, u32)) -> Node {
    let value = match node.value {
        Value::List(items) => Value::List(items.into_iter().map(|item| moved(item, here)).collect()),
        Value::Map(entries) => Value::Map(
            entries
                .into_iter()
                .map(|entry| Entry {
                    key: entry.key,
                    line: here.0,
                    column: here.1,
                    node: moved(entry.node, here),
                })
                .collect(),
        ),
        value => value,
    };
    Node { line: here.0, column: here.1, value }
}

fn at_mut<'a>(root: &'a mut Node, path: &str) -> Option<&'a mut Node> {
    let mut node = root;
    for step in yaml::steps(path) {
        node = match (step, &mut node.value) {
            (yaml::Step::Key(key), Value::Map(entries)) => {
                &mut entries.iter_mut().find(|entry| entry.key == key)?.node
            }
            (yaml::Step::Item(index), Value::List(items)) => items.get_mut(index)?,
            _ => return None,
        };
    }
    Some(node)
}

#[cfg(test)]
#[path = "placeholder_tests.rs"]
mod tests;
