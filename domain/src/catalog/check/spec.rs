//! The fields of `spec`, by the table of [`crate::catalog::spec`].

use super::context::{At, Checker};
use crate::catalog::{
    kind::Kind,
    reference::{DEFAULT_NAMESPACE, EntityRef},
    relations,
    spec::{self, Field, Link, Shape},
    yaml::{Node, Value},
};

/// Checks the `spec` of a document of a kind that is known to be written right.
pub fn check(root: &At<'_>, kind: &Kind, checker: &mut Checker) {
    let Some(fields) = spec::fields(kind) else { return check_is_map(root, checker) };
    let Some(at) = root.get("spec") else {
        let names: Vec<_> = fields.iter().filter(|field| field.required).map(|field| field.name).collect();
        let what = match names.as_slice() {
            [] => format!("A {kind} needs one."),
            names => format!("For the kind {kind} it holds at least {}.", names.join(", ")),
        };
        return checker.missing(root, "spec", &what);
    };
    if !checker.map(&at) {
        return;
    }
    let namespace = namespace(root.node);
    for field in fields {
        match at.get(field.name) {
            Some(value) => check_field(&value, field, namespace, checker),
            None if field.required => {
                checker.missing(&at, field.name, &format!("The kind {kind} needs {}.", wanted(field)));
            }
            None => {}
        }
    }
}

/// For a kind without rules: `spec` may be left out.
pub fn check_is_map(root: &At<'_>, checker: &mut Checker) {
    if let Some(at) = root.get("spec") {
        checker.map(&at);
    }
}

/// The namespace that bare names in this document belong to.
fn namespace(root: &Node) -> &str {
    let stated = root.get("metadata").and_then(|metadata| metadata.get("namespace")).and_then(Node::as_text);
    stated.filter(|text| !text.is_empty()).unwrap_or(DEFAULT_NAMESPACE)
}

fn wanted(field: &Field) -> String {
    match (field.name, field.shape) {
        ("owner", _) => "an owner: the name of a group, or user:name".to_owned(),
        ("lifecycle", _) => "a lifecycle, for example production".to_owned(),
        ("type", _) => "a type, for example service".to_owned(),
        ("definition", _) => "a definition: a text, or $text with the name of a file".to_owned(),
        ("steps", _) => "a list of steps".to_owned(),
        (name, Shape::References(_)) => format!("{name}: a list of names, [] for none"),
        (name, _) => name.to_owned(),
    }
}

fn check_field(at: &At<'_>, field: &Field, namespace: &str, checker: &mut Checker) {
    match field.shape {
        Shape::Text => {
            checker.full_text(at);
        }
        Shape::Texts => {
            for (index, node) in checker.list(at, "a list of texts").iter().enumerate() {
                checker.full_text(&at.item(index, node));
            }
        }
        Shape::Map => {
            checker.map(at);
        }
        Shape::Reference(link) => reference(at, link, namespace, checker),
        Shape::References(link) => {
            for (index, node) in checker.list(at, "a list of texts").iter().enumerate() {
                reference(&at.item(index, node), link, namespace, checker);
            }
        }
        Shape::Profile => profile(at, checker),
        Shape::Presence => presence(at, checker),
        Shape::Parameters => parameters(at, checker),
        Shape::Steps => steps(at, checker),
    }
}

fn reference(at: &At<'_>, link: Link, namespace: &str, checker: &mut Checker) {
    if let Some(text) = checker.full_text(at)
        && let Err(error) = EntityRef::parse(text, relations::context(link, namespace))
    {
        checker.wrong(at, format!("`{}` cannot be read: {error}.", at.path));
    }
}

fn profile(at: &At<'_>, checker: &mut Checker) {
    if !checker.map(at) {
        return;
    }
    for key in ["displayName", "email", "picture"] {
        if let Some(value) = at.get(key) {
            checker.full_text(&value);
        }
    }
}

fn presence(at: &At<'_>, checker: &mut Checker) {
    if let Some(text) = checker.full_text(at)
        && !matches!(text, "required" | "optional")
    {
        checker.wrong(at, format!("`{}` is `{text}`; it must be required or optional.", at.path));
    }
}

fn parameters(at: &At<'_>, checker: &mut Checker) {
    match &at.node.value {
        Value::Map(_) => {}
        Value::List(items) => {
            for (index, node) in items.iter().enumerate() {
                checker.map(&at.item(index, node));
            }
        }
        _ => checker.wrong_type(at, "a map or a list of maps"),
    }
}

fn steps(at: &At<'_>, checker: &mut Checker) {
    for (index, node) in checker.list(at, "a list of steps").iter().enumerate() {
        let step = at.item(index, node);
        if !checker.map(&step) {
            continue;
        }
        match step.get("action") {
            None => checker.missing(&step, "action", "Each step names the action that it runs."),
            Some(action) => {
                checker.text(&action);
            }
        }
    }
}
