//! The root of a document: which keys it may have, its `apiVersion` and its `kind`.

use super::{
    context::{At, Checker},
    metadata, spec,
};
use crate::catalog::{
    kind::Kind,
    pattern,
    yaml::{Node, Value},
};

/// The keys that a document may have. The last two come from exports and are ignored.
const ROOT_KEYS: [&str; 6] = ["apiVersion", "kind", "metadata", "spec", "relations", "status"];

pub fn check(root: &Node, checker: &mut Checker) {
    let root = At::root(root);
    if !matches!(root.node.value, Value::Map(_)) {
        let message = format!(
            "The document is {}; an entity is a map with apiVersion, kind, metadata and spec.",
            root.node.describe()
        );
        return checker.wrong(&root, message);
    }
    for entry in root.node.entries() {
        if !ROOT_KEYS.contains(&entry.key.as_str()) {
            let message = format!(
                "`{}` is not a field of an entity. Only apiVersion, kind, metadata and spec stand here; did you mean it to be inside metadata or spec?",
                entry.key
            );
            checker.wrong(&root.entry(entry), message);
        }
    }
    let kind = check_kind(&root, checker);
    check_api_version(&root, kind.as_ref(), checker);
    match root.get("metadata") {
        None => checker.missing(&root, "metadata", "It holds at least the entity's name."),
        Some(metadata) => metadata::check(&metadata, checker),
    }
    match kind {
        Some(kind) => spec::check(&root, &kind, checker),
        None => spec::check_is_map(&root, checker),
    }
}

fn check_kind(root: &At<'_>, checker: &mut Checker) -> Option<Kind> {
    let Some(at) = root.get("kind") else {
        checker.missing(root, "kind", "Write what this is, for example Component.");
        return None;
    };
    let text = checker.own_text(&at)?;
    if !pattern::is_kind(text) {
        checker.wrong(
            &at,
            format!("`kind` is `{text}`; it must be 1 to 63 letters and digits and start with a letter."),
        );
        return None;
    }
    let kind = Kind::from_file(text);
    // As another kind it would be checked by no rule, and still claim the same reference.
    if matches!(kind, Kind::Other(_)) {
        let meant = Kind::from_reference(text);
        if !matches!(meant, Kind::Other(_)) {
            checker.wrong(&at, format!("`kind` is `{text}`; write it as `{meant}`."));
            return None;
        }
    }
    Some(kind)
}

fn check_api_version(root: &At<'_>, kind: Option<&Kind>, checker: &mut Checker) {
    let Some(at) = root.get("apiVersion") else {
        let example = kind.and_then(|kind| kind.api_versions().first()).unwrap_or(&"backstage.io/v1alpha1");
        return checker.missing(root, "apiVersion", &format!("Write for example apiVersion: {example}."));
    };
    let Some(text) = checker.own_text(&at) else { return };
    let allowed = kind.map(Kind::api_versions).unwrap_or_default();
    if let (false, Some(kind)) = (allowed.is_empty() || allowed.contains(&text), kind) {
        checker.wrong(
            &at,
            format!("`apiVersion` is `{text}`; for the kind {kind} it must be {}.", allowed.join(" or ")),
        );
    } else if !pattern::is_api_version(text) {
        checker.wrong(
            &at,
            format!(
                "`apiVersion` is `{text}`; it must be letters and digits, with a domain and a slash before them if you like, as in example.com/v1."
            ),
        );
    }
}
