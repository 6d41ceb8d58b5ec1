use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::environments::schema;

fn example() -> Schema {
    schema::read(
        &json!({"type": "object", "required": ["image", "port"], "properties": {
            "image": {"type": "string", "format": "image", "x-placeholder": "registry.example.com/team/app:1.0"},
            "port": {"type": "integer", "minimum": 1, "maximum": 65535, "default": 8080, "x-noun": "port number"},
            "size": {"type": "string", "enum": ["small", "large"], "default": "small",
                     "x-options": {"large": {"title": "Large", "help": "2 CPU each"}}},
            "ratio": {"type": "number", "minimum": 0, "maximum": 1},
            "public": {"type": "boolean", "default": true},
            "hosts": {"type": "array", "items": {"type": "string"}, "maxItems": 2},
            "variables": {"type": "object", "additionalProperties": {"type": "string"}},
            "secret_token": {"type": "string", "x-secret": true},
            "service": {"type": "string", "x-catalog-kind": "Component"},
        }}),
        "",
    )
    .unwrap()
}

fn typed(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

#[test]
fn what_was_asked_for_is_shown_in_the_order_of_the_form_and_no_secret_is() {
    let values = json!({
        "variables": {"LOG_LEVEL": "debug"}, "secret_token": "v1.sealed", "image": "nginx:1.27", "port": 80, "size": "large",
        "public": false, "hosts": [], "service": null,
    });
    let Value::Object(values) = values else { panic!("a map") };
    let words = |with_values| {
        let shown = given(&example(), &values, with_values).into_iter();
        shown.map(|one| format!("{}: {:?}", one.label, one.value)).collect::<Vec<_>>()
    };
    assert_eq!(
        words(true),
        [
            r#"Image: Text("nginx:1.27")"#,
            r#"Port: Text("80")"#,
            r#"Size: Text("Large")"#,
            r#"Public: Text("No")"#,
            r#"Variables: Map([("LOG_LEVEL", Some("debug"))])"#,
            "Secret token: Secret",
        ]
    );
    // Others see which variables there are.
    assert_eq!(words(false)[4], r#"Variables: Map([("LOG_LEVEL", None)])"#);
    // Once it is gone the rest is still told.
    let mut kept = values.clone();
    kept.remove("secret_token");
    assert_eq!(given(&example(), &kept, true).len(), 5);
}

#[test]
fn each_kind_gets_its_control() {
    let controls: Vec<String> = fields(&example()).into_iter().map(|f| format!("{:?}", f.control)).collect();
    let kinds: Vec<&str> = controls.iter().map(|c| c.split([' ', '{']).next().unwrap_or_default()).collect();
    assert_eq!(kinds, ["Text", "Number", "Choice", "Number", "Toggle", "List", "Map", "Secret", "Entity"]);
    assert!(controls[2].contains("segmented: true"));
    let fields = fields(&example());
    assert_eq!(fields[1].initial, "8080");
    assert!(fields[0].required && !fields[1].required, "a default answers for an empty field");
}

#[test]
fn a_plain_post_becomes_typed_values() {
    let inputs = typed(&[
        ("image", " nginx:1.27 "),
        ("port", "80"),
        ("size", "large"),
        ("ratio", "0.5"),
        ("hosts", "a\r\n\r\nb\r\n"),
        ("variables", "LOG_LEVEL=debug\r\nURL=http://a?b=c\r\nEMPTY=\r\n"),
        ("secret_token", " keep my spaces "),
        ("service", ""),
    ]);
    assert_eq!(
        Value::Object(read(&example(), &inputs).unwrap()),
        json!({"image": "nginx:1.27", "port": 80, "size": "large", "ratio": 0.5, "public": false,
               "hosts": ["a", "b"], "variables": {"LOG_LEVEL": "debug", "URL": "http://a?b=c", "EMPTY": ""},
               "secret_token": " keep my spaces "})
    );
}

#[test]
fn what_the_blueprint_does_not_ask_for_is_refused_by_name() {
    let problems = read(&example(), &typed(&[("image", "a"), ("port", "0"), ("evil", "x")])).unwrap_err();
    let lines: Vec<String> = problems.iter().map(|p| format!("{}: {}", p.field, p.message)).collect();
    assert_eq!(
        lines,
        [": The blueprint has no parameter “evil”.", "port: Must be a port number from 1 to 65535."]
    );
}

#[test]
fn problems_come_in_the_order_of_the_form_and_say_what_is_allowed() {
    let inputs = typed(&[
        ("port", "99999"),
        ("size", "huge"),
        ("ratio", "half"),
        ("public", "perhaps"),
        ("hosts", "a\nb\nc"),
        ("variables", "A=1\nB"),
    ]);
    let lines: Vec<String> = read(&example(), &inputs)
        .unwrap_err()
        .iter()
        .map(|p| format!("{}: {}", p.field, p.message))
        .collect();
    assert_eq!(
        lines,
        [
            "image: Required.",
            "port: Must be a port number from 1 to 65535.",
            "size: Choose one of: Small, Large.",
            "ratio: Must be a number.",
            "public: Must be yes or no.",
            "hosts: At most 2 entries. This has 3.",
            "variables: Line 2 has no =. Write NAME=value.",
        ]
    );
}

#[test]
fn maps_are_read_line_by_line() {
    for (text, expected) in [
        ("A=1\nA=2", Err("Line 2: A stands there twice. Keep one.")),
        ("=1", Err("Line 1 has no name before the =. Write NAME=value.")),
        (" A = 1 ", Ok(json!({"A": "1"}))),
        ("A: [x", Err("Line 1 has no =. Write NAME=value.")),
        ("# c\r\n  # A=2\r\nA=1#2", Ok(json!({"A": "1#2"}))),
        ("# c\nA", Err("Line 2 has no =. Write NAME=value.")),
        ("A={{ b }}", Ok(json!({"A": "{{ b }}"}))),
    ] {
        assert_eq!(map(text), expected.map_err(str::to_owned), "{text}");
    }
}

#[test]
fn a_secret_is_never_sent_back() {
    let values = json!({"secret_token": "s3cret", "image": "a"});
    assert_eq!(inputs(&example(), values.as_object().unwrap()), typed(&[("image", "a")]));
}

proptest! {
    /// What a form shows for typed values reads back as the same values.
    #[test]
    fn values_survive_the_way_through_the_form(
        port in 1i64..65536, public in any::<bool>(),
        hosts in prop::collection::vec("[a-z]{1,8}", 1..3),
        variables in prop::collection::btree_map("[A-Z]{1,6}", "[ -~&&[^ ]]{0,9}", 1..4),
    ) {
        let values = json!({"image": "a", "port": port, "size": "small", "public": public,
                            "hosts": hosts, "variables": variables});
        let shown = inputs(&example(), values.as_object().unwrap());
        let back = Value::Object(read(&example(), &shown).unwrap());
        prop_assert_eq!(back, values);
    }

    /// No input makes the reader fail other than by naming a field.
    #[test]
    fn any_text_is_read_or_refused_at_its_field(text in "\\PC{0,30}", name in 0usize..9) {
        let schema = example();
        let field = schema.parameters[name].name.clone();
        if let Err(problems) = read(&schema, &[(field, text)].into()) {
            prop_assert!(problems.iter().all(|p| schema.parameter(&p.field).is_some()));
        }
    }
}
