use serde_json::json;

use super::*;

fn refusals(value: Value) -> Vec<String> {
    let findings = read(&value, "/parameters").unwrap_err();
    findings.into_iter().map(|f| format!("{}: {}", f.pointer, f.sentence)).collect()
}

#[test]
fn parameters_keep_the_order_of_the_file_and_their_words() {
    let schema = read(
        &json!({"type": "object", "required": ["port"], "properties": {
            "port": {"type": "integer", "minimum": 1, "maximum": 65535, "x-noun": "port number"},
            "health_path": {"type": "string", "format": "http-path", "description": "Asked every second."},
            "image": {"type": "string", "title": "Container image"},
        }}),
        "",
    )
    .unwrap();
    let titles: Vec<_> = schema.parameters.iter().map(|p| p.title.as_str()).collect();
    assert_eq!(titles, ["Port", "Health path", "Container image"]);
    assert!(schema.parameters[0].required && !schema.parameters[1].required);
    assert_eq!(schema.parameters[1].help.as_deref(), Some("Asked every second."));
}

#[test]
fn what_a_form_cannot_show_is_refused_with_its_path() {
    for (property, expected) in [
        (
            json!({"type": "null"}),
            "/parameters/properties/x/type: The type `null` cannot be shown in a form.",
        ),
        (json!({}), "/parameters/properties/x/type: Say the `type`"),
        (json!({"type": ["string", "null"]}), "/parameters/properties/x/type: Say the `type`"),
        (
            json!({"type": "string", "oneOf": []}),
            "/parameters/properties/x/oneOf: `oneOf` is not supported for a parameter of type `string`. Remove it.",
        ),
        (json!({"type": "string", "$ref": "#/a"}), "/parameters/properties/x/$ref: `$ref` is not supported"),
        (
            json!({"type": "object", "properties": {"a": {"type": "string"}}}),
            "/parameters/properties/x/additionalProperties: `additionalProperties` must be a schema of type `string`.",
        ),
        (
            json!({"type": "array", "items": {"type": "object"}}),
            "/parameters/properties/x/items/type: `items` must be of type `string`.",
        ),
        (json!({"type": "string", "format": "regex"}), "/parameters/properties/x/format: The format `regex`"),
        (
            json!({"type": "string", "pattern": "("}),
            "/parameters/properties/x/pattern: This regular expression",
        ),
        (json!({"type": "string", "pattern": "a"}), "/parameters/properties/x/pattern: Say in words"),
        (
            json!({"type": "integer", "minimum": 5, "maximum": 1}),
            "/parameters/properties/x/maximum: The largest",
        ),
        (
            json!({"type": "integer", "maximum": 4, "default": 5}),
            "/parameters/properties/x/default: The default does not fit its own rules: At most 4.",
        ),
        (json!({"type": "string", "enum": []}), "/parameters/properties/x/enum: `enum` must list"),
        (
            json!({"type": "string", "x-colour": "red"}),
            "/parameters/properties/x/x-colour: `x-colour` is not",
        ),
        (
            json!({"type": "boolean", "x-unit": "s"}),
            "/parameters/properties/x/x-unit: `x-unit` belongs to a number.",
        ),
        (
            json!({"type": "string", "enum": ["a"], "x-options": {"b": "B"}}),
            "/parameters/properties/x/x-options/b: `b` is not an option of the `enum`.",
        ),
        (
            json!({"type": "string", "x-secret": true}),
            "/parameters/properties/x: The name of a parameter with `x-secret: true`, and of no other, begins with secret_",
        ),
    ] {
        let found = refusals(json!({"type": "object", "properties": {"x": property}}));
        assert!(found.iter().any(|line| line.starts_with(expected)), "{expected}\nin {found:#?}");
    }
}

#[test]
fn a_secret_has_no_default() {
    let property = json!({"type": "string", "x-secret": true, "default": "s3cret"});
    let found = refusals(json!({"type": "object", "properties": {"secret_x": property}}));
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("/parameters/properties/secret_x/default: A secret has no default"));
}

#[test]
fn the_root_must_be_a_flat_closed_object() {
    assert!(refusals(json!([]))[0].contains("must be a JSON Schema of type object"));
    assert!(refusals(json!({"type": "object", "additionalProperties": true}))[0].contains("Only `false`"));
    assert!(refusals(json!({"type": "object", "allOf": []}))[0].contains("`allOf` is not supported"));
    assert!(refusals(json!({"type": "object", "required": ["a"]}))[0].contains("names `a`"));
    assert!(
        refusals(json!({"type": "object", "properties": {"A-b": {"type": "boolean"}}}))[0].contains("Name a")
    );
}
