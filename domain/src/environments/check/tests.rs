use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::environments::schema::read;

fn sentence(property: Value, value: Value) -> Option<String> {
    let schema = read(&json!({"type": "object", "properties": {"x": property}}), "").unwrap();
    check_value(&schema.parameters[0], &value).into_iter().next()
}

#[test]
fn a_refusal_says_what_is_allowed() {
    let port = json!({"type": "integer", "minimum": 1, "maximum": 65535, "x-noun": "port number"});
    let replicas = json!({"type": "integer", "minimum": 1, "maximum": 5});
    let size = json!({"type": "string", "enum": ["small", "large"], "x-options": {"small": "Small one"}});
    let key = json!({"type": "object", "additionalProperties": {"type": "string", "maxLength": 3},
        "propertyNames": {"pattern": "^[A-Z]+$", "x-allowed": "capital letters"}});
    let list = json!({"type": "array", "maxItems": 1, "uniqueItems": true, "items": {"type": "string", "minLength": 1}});
    for (property, value, expected) in [
        (&port, json!(0), Some("Must be a port number from 1 to 65535.")),
        (&port, json!("http"), Some("Must be a port number from 1 to 65535.")),
        (&port, json!(8080), None),
        (&replicas, json!(12), Some("At most 5.")),
        (&replicas, json!(0), Some("At least 1.")),
        (&replicas, json!(1.5), Some("Must be a whole number from 1 to 5.")),
        (&replicas, json!(3.0), None),
        (&size, json!("huge"), Some("Choose one of: Small one, Large.")),
        (&size, json!(1), Some("Must be text.")),
        (&key, json!({"a": "b"}), Some("Name a: use capital letters.")),
        (&key, json!({"A": "long"}), Some("A: at most 3 characters. This has 4.")),
        (&key, json!({"A": {"b": 1}}), Some("A: must be text.")),
        (&list, json!(["a", "a"]), Some("At most 1 entry. This has 2.")),
        (&list, json!([""]), Some("Entry 1: must not be empty.")),
    ] {
        assert_eq!(sentence(property.clone(), value.clone()).as_deref(), expected, "{property} with {value}");
    }
}

#[test]
fn what_is_too_long_is_not_looked_through_and_what_may_be_long_is_quickly() {
    let names = |number: usize| (0..number).map(|i| format!("name-{i}"));
    let text = json!({"type": "string", "pattern": "^[a-z0-9-]+$", "x-allowed": "small letters"});
    let list = json!({"type": "array", "maxItems": 20_000, "uniqueItems": true, "items": text});
    let map = json!({"type": "object", "maxProperties": 20_000, "propertyNames": text, "additionalProperties": text});
    let schema = read(&json!({"type": "object", "properties": {"list": list, "map": map}}), "").unwrap();
    let [list, map] = &schema.parameters[..] else { panic!("two") };
    let of_list = |number: usize| Value::from(names(number).chain(["name-7".to_owned()]).collect::<Vec<_>>());
    let of_map = |number: usize| Value::Object(names(number).map(|name| (name, json!("A"))).collect());
    assert_eq!(check_value(list, &of_list(20_000)), ["At most 20000 entries. This has 20001."]);
    assert_eq!(check_value(map, &of_map(20_001)), ["At most 20000 entries. This has 20001."]);
    assert_eq!(check_value(list, &of_list(19_999)), ["Entry 20000: stands in the list already."]);
    assert_eq!(check_value(map, &of_map(20_000)).len(), 20_000);
}

#[test]
fn defaults_fill_what_is_absent_and_unknown_names_are_refused() {
    let schema = read(
        &json!({"type": "object", "required": ["image"], "properties": {
            "image": {"type": "string"}, "replicas": {"type": "integer", "default": 2}, "note": {"type": "string"}}}),
        "",
    )
    .unwrap();
    let given = |value: Value| value.as_object().cloned().unwrap();
    let complete = check(&schema, &given(json!({"image": "a"}))).unwrap();
    assert_eq!(Value::Object(complete.clone()), json!({"image": "a", "replicas": 2}));
    assert_eq!(with_absent(&schema, &complete)["note"], Value::Null);
    let problems = check(&schema, &given(json!({"imag": "a"}))).unwrap_err();
    let lines: Vec<String> = problems.iter().map(|p| format!("{}: {}", p.field, p.message)).collect();
    assert_eq!(lines, [": The blueprint has no parameter “imag”.", "image: Required."]);
    // Said once, however many they are.
    let many: Map<String, Value> = (1..=9).map(|number| (format!("x{number}"), json!(1))).collect();
    let two: Map<String, Value> = many.clone().into_iter().take(2).collect();
    assert_eq!(unknown(&schema, &two).unwrap(), "The blueprint has no parameters “x1”, “x2”.");
    let words = "The blueprint has no parameters “x1”, “x2”, “x3” and 6 more.";
    assert_eq!(unknown(&schema, &many).unwrap(), words);
}

fn text_rules() -> impl Strategy<Value = Map<String, Value>> {
    let patterns = prop::sample::select(vec!["^[a-z]+$", "b", "^.{2,3}$", "[0-9]", "^a|c$"]);
    (prop::option::of(0u64..4), prop::option::of(0u64..5), prop::option::of(patterns)).prop_map(
        |(min, extra, pattern)| {
            let mut map = Map::new();
            map.insert("type".into(), json!("string"));
            if let Some(min) = min {
                map.insert("minLength".into(), json!(min));
            }
            if let Some(extra) = extra {
                map.insert("maxLength".into(), json!(min.unwrap_or(0) + extra));
            }
            if let Some(pattern) = pattern {
                map.insert("pattern".into(), json!(pattern));
                map.insert("x-allowed".into(), json!("what fits"));
            }
            map
        },
    )
}

fn property() -> impl Strategy<Value = Value> {
    let texts = || prop::sample::subsequence(vec!["a", "b", "abc", "ü", ""], 1..4);
    prop_oneof![
        text_rules().prop_map(Value::Object),
        texts().prop_map(|options| json!({"type": "string", "enum": options})),
        (-5i64..5, 0i64..8, 1i64..4).prop_map(|(min, extra, step)| {
            json!({"type": "integer", "minimum": min, "maximum": min + extra, "multipleOf": step})
        }),
        (-5i64..5, 2i64..8).prop_map(|(min, extra)| {
            json!({"type": "integer", "exclusiveMinimum": min, "exclusiveMaximum": min + extra})
        }),
        Just(json!({"type": "integer", "enum": [1, 3, 5]})),
        (-4.0f64..4.0, 0.0f64..4.0).prop_map(|(min, extra)| {
            json!({"type": "number", "minimum": min, "maximum": min + extra})
        }),
        (-4i32..4, 1i32..4).prop_map(|(min, extra)| {
            json!({"type": "number", "exclusiveMinimum": min, "exclusiveMaximum": min + extra})
        }),
        Just(json!({"type": "boolean"})),
        (text_rules(), 0u64..3, 0u64..3, any::<bool>()).prop_map(|(items, min, extra, unique)| {
            json!({"type": "array", "items": items, "minItems": min, "maxItems": min + extra, "uniqueItems": unique})
        }),
        (text_rules(), text_rules(), 0u64..3, 0u64..3).prop_map(|(names, values, min, extra)| {
            json!({"type": "object", "propertyNames": names, "additionalProperties": values,
                   "minProperties": min, "maxProperties": min + extra})
        }),
    ]
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => prop::sample::select(vec!["", "a", "b", "abc", "abcd", "ü", "1", "c3", "true"]).prop_map(Value::from),
        3 => (-8i64..12).prop_map(Value::from),
        2 => (-8i32..12).prop_map(|n| json!(f64::from(n) / 2.0)),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        3 => scalar(),
        1 => prop::collection::vec(scalar(), 0..4).prop_map(Value::from),
        1 => prop::collection::vec((prop::sample::select(vec!["a", "b", "abc", "1"]), scalar()), 0..4)
            .prop_map(|pairs| Value::Object(pairs.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    /// The promise of the module: the same answer as a complete JSON Schema validator.
    #[test]
    fn accepts_exactly_what_json_schema_accepts(
        properties in prop::collection::vec(property(), 1..3),
        values in prop::collection::vec(prop::option::of(value()), 3),
        required in any::<bool>(),
    ) {
        let named: Map<String, Value> =
            properties.iter().enumerate().map(|(i, p)| (format!("p{i}"), p.clone())).collect();
        let names: Vec<&String> = if required { named.keys().collect() } else { Vec::new() };
        let text = json!({"type": "object", "properties": named, "required": names, "additionalProperties": false});
        let given: Map<String, Value> = values.into_iter().enumerate()
            .filter_map(|(i, v)| Some((format!("p{i}"), v?))).collect();
        let ours = check(&read(&text, "").unwrap(), &given).is_ok();
        let theirs = jsonschema::validator_for(&text).unwrap().is_valid(&Value::Object(given.clone()));
        prop_assert_eq!(ours, theirs, "{} with {:?}", text, given);
    }
}
