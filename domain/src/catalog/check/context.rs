//! Collects problems, and words the ones that recur.

use crate::catalog::{
    placeholder,
    problem::Problem,
    yaml::{self, Entry, Node, Value},
};

/// The problems of one document so far.
#[derive(Debug, Default)]
pub struct Checker {
    problems: Vec<Problem>,
}

/// A value with its path and the place to point at: its key in a map, itself in a list.
#[derive(Debug, Clone)]
pub struct At<'a> {
    pub node: &'a Node,
    pub path: Path<'a>,
    line: u32,
    column: u32,
}

/// A path whose text is only made when a problem needs it.
#[derive(Debug, Clone, Copy)]
pub enum Path<'a> {
    Root,
    Key(&'a Path<'a>, &'a str),
    Item(&'a Path<'a>, usize),
}

impl std::fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text())
    }
}

impl Path<'_> {
    pub fn text(&self) -> String {
        match self {
            Path::Root => String::new(),
            Path::Key(parent, key) => yaml::child(&parent.text(), key),
            Path::Item(parent, index) => yaml::item(&parent.text(), *index),
        }
    }
}

impl<'a> At<'a> {
    pub fn root(node: &'a Node) -> At<'a> {
        At { node, path: Path::Root, line: node.line, column: node.column }
    }

    /// The value of an entry of this map.
    pub fn entry<'b>(&'b self, entry: &'b Entry) -> At<'b> {
        At {
            node: &entry.node,
            path: Path::Key(&self.path, &entry.key),
            line: entry.line,
            column: entry.column,
        }
    }

    /// The value under a key of this map, when it is there.
    pub fn get<'b>(&'b self, key: &str) -> Option<At<'b>> {
        self.node.entry(key).map(|entry| self.entry(entry))
    }

    /// An item of this list.
    pub fn item<'b>(&'b self, index: usize, node: &'b Node) -> At<'b> {
        At { node, path: Path::Item(&self.path, index), line: node.line, column: node.column }
    }

    /// Whether this stands for a text that is still to be read from elsewhere.
    pub fn is_placeholder(&self) -> bool {
        placeholder::is_known(self.node)
    }
}

impl Checker {
    /// The problems in the order of the file.
    pub fn into_problems(mut self) -> Vec<Problem> {
        self.problems.sort_by_key(|problem| (problem.line, problem.column));
        self.problems
    }

    /// Notes a problem with a value.
    pub fn wrong(&mut self, at: &At<'_>, message: String) {
        let problem = Problem { line: at.line, column: at.column, path: at.path.text(), message };
        self.problems.push(problem);
    }

    /// Notes that a map lacks a key. It points at the map.
    pub fn missing(&mut self, map: &At<'_>, key: &str, what: &str) {
        let path = yaml::child(&map.path.text(), key);
        let message = format!("`{path}` is missing. {what}");
        self.problems.push(Problem { line: map.line, column: map.column, path, message });
    }

    /// Notes that a value has the wrong type. `must` completes "it must be …".
    pub fn wrong_type(&mut self, at: &At<'_>, must: &str) {
        let hint = match at.node.value {
            Value::Null => " Give a value or remove the line.",
            Value::Number(_) | Value::Bool(_) if must.contains("text") => " Put it in quotes.",
            _ => "",
        };
        let message = format!("`{}` is {}; it must be {must}.{hint}", at.path, at.node.describe());
        self.wrong(at, message);
    }

    /// The text at a place, which must hold one; `None` also for a placeholder that is still to be read.
    pub fn text<'a>(&mut self, at: &At<'a>) -> Option<&'a str> {
        match &at.node.value {
            Value::Text(text) => Some(text),
            _ if at.is_placeholder() => None,
            _ => {
                self.wrong_type(at, "a text");
                None
            }
        }
    }

    /// A text of at least one character that stands in the document itself: what an entity is
    /// called is needed before any other file is read.
    pub fn own_text<'a>(&mut self, at: &At<'a>) -> Option<&'a str> {
        if at.is_placeholder() {
            self.wrong(at, format!("`{}` cannot be read from another file. Write it out.", at.path));
            return None;
        }
        self.full_text(at)
    }

    /// A text of at least one character.
    pub fn full_text<'a>(&mut self, at: &At<'a>) -> Option<&'a str> {
        match self.text(at) {
            Some("") => {
                self.wrong(at, format!("`{}` is an empty text. Give a value or remove the line.", at.path));
                None
            }
            text => text,
        }
    }

    /// The items of a list; none and a problem for anything else.
    pub fn list<'a>(&mut self, at: &At<'a>, of: &str) -> &'a [Node] {
        match &at.node.value {
            Value::List(items) => items,
            _ if at.is_placeholder() => &[],
            _ => {
                self.wrong_type(at, of);
                &[]
            }
        }
    }

    /// Whether a value is a map whose entries can be looked at; a problem when it is something else.
    pub fn map(&mut self, at: &At<'_>) -> bool {
        if at.is_placeholder() {
            return false;
        }
        let is_map = matches!(at.node.value, Value::Map(_));
        if !is_map {
            self.wrong_type(at, "a map");
        }
        is_map
    }
}
