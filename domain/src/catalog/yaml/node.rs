//! A value with its place in the file.

use serde_json::{Map, Number, Value as Json};

use super::path;

/// A value and where it starts.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// From 1.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
    pub value: Value,
}

/// A value of YAML's core schema: what JSON can say.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Node>),
    /// In the file's order; no key stands twice.
    Map(Vec<Entry>),
}

/// A key with its place, and its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub key: String,
    pub line: u32,
    pub column: u32,
    pub node: Node,
}

impl Node {
    /// The entry of a map; `None` also when this is no map.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        match &self.value {
            Value::Map(entries) => entries.iter().find(|entry| entry.key == key),
            _ => None,
        }
    }

    /// The value under a key of a map.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.node)
    }

    pub fn as_text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The entries of a map, none for anything else.
    pub fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a list, none for anything else.
    pub fn items(&self) -> &[Node] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// Line and column of a path such as `spec.dependsOn[2]`; of the nearest part that exists
    /// when the whole path does not. A value in a map is found at its key.
    pub fn position(&self, path: &str) -> (u32, u32) {
        let (mut node, mut at) = (self, (self.line, self.column));
        for step in path::steps(path) {
            match step {
                path::Step::Key(key) => match node.entry(&key) {
                    Some(entry) => (node, at) = (&entry.node, (entry.line, entry.column)),
                    None => break,
                },
                path::Step::Item(index) => match node.items().get(index) {
                    Some(item) => (node, at) = (item, (item.line, item.column)),
                    None => break,
                },
            }
        }
        at
    }

    pub fn into_json(self) -> Json {
        match self.value {
            Value::Null => Json::Null,
            Value::Bool(value) => Json::Bool(value),
            Value::Number(number) => Json::Number(number),
            Value::Text(text) => Json::String(text),
            Value::List(items) => Json::Array(items.into_iter().map(Node::into_json).collect()),
            Value::Map(entries) => Json::Object(into_object(entries)),
        }
    }

    pub fn to_json(&self) -> Json {
        self.clone().into_json()
    }

    /// What a person calls this value in a sentence.
    pub fn describe(&self) -> &'static str {
        match self.value {
            Value::Null => "empty",
            Value::Bool(_) => "true or false",
            Value::Number(_) => "a number",
            Value::Text(_) => "a text",
            Value::List(_) => "a list",
            Value::Map(_) => "a map",
        }
    }
}

/// The JSON object of a map's entries.
pub fn into_object(entries: Vec<Entry>) -> Map<String, Json> {
    let mut object = Map::with_capacity(entries.len());
    for entry in entries {
        object.insert(entry.key, entry.node.into_json());
    }
    object
}
