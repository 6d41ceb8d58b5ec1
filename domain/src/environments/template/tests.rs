use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn engine(value: Value) -> Engine {
    Engine::new(&[("p".to_owned(), value)].into())
}

#[test]
fn a_text_becomes_its_value() {
    let engine = engine(json!({
        "n": 3, "s": "x", "t": true, "none": null, "list": ["a", "b"], "size": "small",
        "map": {"B": "2", "A": "$(HOME) $x"}, "tricky": "{{ p.n }}",
    }));
    for (text, expected) in [
        ("plain }} text", json!("plain }} text")),
        ("{{ p.n }}", json!(3)),
        ("{{p.n}}", json!(3)),
        ("{{ p.n + 1 }}", json!(4)),
        ("{{ p.s }}", json!("x")),
        ("{{ p.t }}", json!(true)),
        ("{{ p.none }}", Value::Null),
        ("{{ p.list }}", json!(["a", "b"])),
        (
            "{{ p.map | env_list }}",
            json!([{"name": "A", "value": "$$(HOME) $x"}, {"name": "B", "value": "2"}]),
        ),
        ("{{ p.none | env_list }}", json!([])),
        ("{{ p.size | cpu }}", json!("250m")),
        ("{{ p.size | memory }}", json!("512Mi")),
        ("{{ p.none | default('y') }}", json!("y")),
        ("{{ p.list | join('+') }}", json!("a+b")),
        ("a {{ p.n }} b {{ p.s }}", json!("a 3 b x")),
        ("{{ p.n }}{{ p.s }}", json!("3x")),
        (" {{ p.n }}", json!(" 3")),
        ("{{ '}}' }}", json!("}}")),
        ("{{ {'a': {'b': 1}} }}", json!({"a": {"b": 1}})),
        ("{{ [{'h': [p.s]}] if p.t else [] }}", json!([{"h": ["x"]}])),
        ("{{ p.tricky }}", json!("{{ p.n }}")),
        ("{{ '{%' }}: {% if %} {# #}", json!("{%: {% if %} {# #}")),
    ] {
        assert_eq!(engine.text(text), Ok(expected), "{text}");
    }
}

#[test]
fn what_cannot_be_worked_out_says_which_expression() {
    let engine = engine(json!({"n": 3, "none": null, "map": {"a": "b"}, "size": "huge"}));
    for (text, expected) in [
        ("{{ p.typo }}", "`p.typo` is not known here."),
        ("{{ q.a }}", "`q.a` uses a name that is not known here."),
        ("{{ p.n", "An expression begins with {{ and does not end. Close it with }}."),
        ("{{ }}", "An expression is empty: {{ }}."),
        ("x{{ p.none }}", "`p.none` has no value."),
        ("x{{ p.map }}", "`p.map` is a list or a map: it must stand alone, with no other text around it."),
        ("{{ p.n | upper }}", "`p.n | upper` cannot be worked out: filter upper is unknown."),
        ("{{ p.n | env_list }}", "`p.n | env_list` cannot be worked out: env_list takes a map of texts."),
        (
            "{{ p.size | cpu }}",
            "`p.size | cpu` cannot be worked out: there is no size `huge`, only small, medium and large.",
        ),
    ] {
        assert_eq!(engine.text(text), Err(expected.to_owned()), "{text}");
    }
    assert!(engine.text("{{ p.n + }}").is_err());
    assert!(engine.text("{{ range(9) }}").is_err(), "no functions");
    assert!(engine.text("{{ 'a' * 90000000 }}").is_err(), "no blow-up");
    assert!(engine.text(&format!("{{{{ {} }}}}", "[".repeat(5000))).is_err(), "no overflow of the stack");
    assert!(engine.text("x{{ 'a' * 60000 }}{{ 'a' * 60000 }}").is_err(), "a limit on what comes out");
}

#[test]
fn the_names_in_use_are_known_before_anything_is_worked_out() {
    let found = names("{{ parameters.a if environment.https else parameters.b | default('c') }}").unwrap();
    assert_eq!(found.into_iter().collect::<Vec<_>>(), ["environment.https", "parameters.a", "parameters.b"]);
}

#[test]
fn conditions_follow_common_sense() {
    let engine = engine(json!({"no": false, "zero": 0, "empty": "", "text": "a", "none": null}));
    for (condition, expected) in [
        (json!("{{ p.no }}"), false),
        (json!("{{ p.zero }}"), false),
        (json!("{{ p.empty }}"), false),
        (json!("{{ p.none }}"), false),
        (json!("{{ p.text }}"), true),
        (json!("{{ not p.text }}"), false),
        (json!(true), true),
    ] {
        assert_eq!(engine.condition(&condition), Ok(expected), "{condition}");
    }
}

/// What the kubelet makes of a variable's value (k8s.io/kubernetes/third_party/forked/golang/expansion);
/// none when it would put another variable in.
fn kubelet(value: &str) -> Option<String> {
    let letters: Vec<char> = value.chars().collect();
    let (mut out, mut i) = (String::new(), 0);
    while i < letters.len() {
        match (letters[i], letters.get(i + 1)) {
            ('$', Some('$')) => {
                out.push('$');
                i += 1;
            }
            ('$', Some('(')) if letters[i..].contains(&')') => return None,
            (letter, _) => out.push(letter),
        }
        i += 1;
    }
    Some(out)
}

proptest! {
    /// A program sees its variables as they were typed.
    #[test]
    fn a_variable_reaches_the_program_as_typed(value in "[$()a ]{0,12}") {
        prop_assert_eq!(kubelet(&as_typed(&value)), Some(value));
    }

    /// Whatever a value holds, it comes out as the same text, alone or among other text.
    #[test]
    fn a_value_stays_text(value in "(\\PC|[\n\r\t\"':{}\\[\\]%#&*!|>]){0,40}") {
        let engine = engine(json!({"v": value}));
        prop_assert_eq!(engine.text("{{ p.v }}"), Ok(json!(value)));
        prop_assert_eq!(engine.text("<{{ p.v }}>"), Ok(json!(format!("<{value}>"))));
    }

    /// Any text of a blueprint is worked out or refused; nothing else happens.
    #[test]
    fn no_template_text_breaks_the_engine(text in "[{}%'\"a-z .|()\\[\\]+*0-9\\\\]{0,40}") {
        let _outcome = engine(json!({"a": 1})).text(&format!("{{{{{text}}}}}"));
    }
}
