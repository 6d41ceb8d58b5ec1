//! Tells which entity a text means to describe when it is not valid YAML.
//!
//! By the answer people find the document that is broken, and its last good state is kept beside the problem. It never
//! makes an entity: a wrong guess costs no more than that the document stands under another name until it is mended.

use super::reference::{DEFAULT_NAMESPACE, EntityRef};

/// Reads `kind` at the start of a line, and `name` and `namespace` below `metadata`.
pub fn reference(text: &str) -> Option<EntityRef> {
    let (mut kind, mut name, mut namespace) = (None, None, None);
    // The indentation of the fields of `metadata`, once inside it.
    let mut metadata: Option<Option<usize>> = None;
    for line in text.lines() {
        let trimmed = line.trim_start();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        let indent = line.len() - trimmed.len();
        let Some((key, value)) = trimmed.split_once(':') else { continue };
        if indent == 0 {
            metadata = (key == "metadata").then_some(None);
            if key == "kind" {
                kind = kind.or(plain(value));
            }
        } else if let Some(fields) = &mut metadata
            && *fields.get_or_insert(indent) == indent
        {
            match key {
                "name" => name = name.or(plain(value)),
                "namespace" => namespace = namespace.or(plain(value)),
                _ => {}
            }
        }
    }
    EntityRef::new(kind?, namespace.unwrap_or(DEFAULT_NAMESPACE), name?).ok()
}

/// The value of a line without comment and quotes, when it can be a name.
fn plain(value: &str) -> Option<&str> {
    let value = value.split(" #").next().unwrap_or(value).trim().trim_matches(['"', '\'']);
    super::pattern::is_name(value).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_text_still_says_what_it_is() {
        let table = [
            ("kind: API\nmetadata:\n  name: Orders\nspec: [", Some("api:default/orders")),
            (
                "--- # x\nmetadata:\n    # c\n    namespace: \"shop\" # n\n    name: 'a'\n    labels:\n      name: b\nkind:  System\n\tx",
                Some("system:shop/a"),
            ),
            ("kind: API\nspec:\n  name: no\n", None),
            ("metadata:\n  name: a\n", None),
            ("kind: API\nmetadata:\n  name: two words\n", None),
            ("kind: API\nmetadata:\n  labels:\n    name: no\n", None),
            ("kind: API\nmetadata: {name: a}\n", None),
            ("", None),
        ];
        for (text, wanted) in table {
            assert_eq!(reference(text).map(|r| r.to_string()).as_deref(), wanted, "{text}");
        }
    }
}
