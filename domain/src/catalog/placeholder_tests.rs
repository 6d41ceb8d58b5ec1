use serde_json::json;

use super::*;

fn node(text: &str) -> Node {
    match yaml::read(text.as_bytes(), &Limits::default()).unwrap().remove(0) {
        Piece::Document(document) => document.root,
        Piece::Broken(broken) => panic!("{broken:?}"),
    }
}

fn filled(text: &str, contents: &'static [u8], limits: &Limits) -> (Json, Vec<String>) {
    let mut root = node(text);
    let (found, _) = find(&root, "a/catalog-info.yaml");
    let problems = substitute(&mut root, &found, limits, |placeholder| match &placeholder.target {
        Target::File(name) if name.ends_with("gone") => Some(Err("It is gone.".to_owned())),
        Target::File(_) => Some(Ok(contents)),
        Target::NotReadYet(_) => None,
    });
    (root.into_json(), problems.iter().map(ToString::to_string).collect())
}

#[test]
fn finds_each_with_its_place_and_what_it_needs() {
    let text = "spec:\n  definition:\n    $text: ./openapi.yaml\n  list:\n    - {$json: ../b.json}\n    - $yaml: https://example.com/c.yaml\n  unknown: {$file: x}\n  two: {$text: a, $json: b}\n";
    let (found, problems) = find(&node(text), "a/catalog-info.yaml");
    let found: Vec<_> = found.into_iter().map(|p| (p.line, p.column, p.path, p.format, p.target)).collect();
    assert_eq!(
        found,
        [
            (3, 5, "spec.definition".into(), Format::Text, Target::File("a/openapi.yaml".into())),
            (5, 8, "spec.list[0]".into(), Format::Json, Target::File("b.json".into())),
            (
                6,
                7,
                "spec.list[1]".into(),
                Format::Yaml,
                Target::NotReadYet("https://example.com/c.yaml".into())
            ),
        ]
    );
    assert_eq!(problems, []);
}

#[test]
fn refuses_what_cannot_be_followed() {
    for value in ["1", "", "[a]", "../../x", "/etc/passwd", "'javascript:x'", "'file:///x'", "a/"] {
        let (found, problems) = find(&node(&format!("d:\n  $text: {value}\n")), "a/catalog-info.yaml");
        assert_eq!((found.len(), problems.len()), (0, 1), "{value}");
        assert_eq!((problems[0].line, problems[0].path.as_str()), (2, "d"), "{value}");
    }
}

#[test]
fn contents_come_in_as_their_format_says() {
    let table: [(&str, &[u8], Json); 6] = [
        ("$text", b"a: 1\n", json!("a: 1\n")),
        ("$json", b"{\"a\": [1, null]}", json!({"a": [1, null]})),
        ("$yaml", b"# c\n---\na: [1, x]\n", json!({"a": [1, "x"]})),
        ("$yaml", b"just a text", json!("just a text")),
        // What was read in is not searched again.
        ("$json", b"{\"$text\": \"./x\"}", json!({"$text": "./x"})),
        ("$other", b"x", json!({"$other": "./x"})),
    ];
    for (key, contents, wanted) in table {
        let (json, problems) = filled(&format!("d: {{{key}: ./x}}"), contents, &Limits::default());
        assert_eq!((json, problems), (json!({"d": wanted}), vec![]), "{key}");
    }
}

#[test]
fn what_cannot_be_read_is_told_at_the_placeholder_and_left() {
    let table: [(&str, &str, &[u8], &str); 7] = [
        ("$json", "x", b"{", "`a/x` is not valid JSON"),
        ("$yaml", "x", b"a: [", "`a/x`: "),
        ("$yaml", "x", b"a: 1\n---\nb: 1", "`a/x` has 2 documents"),
        ("$yaml", "x", b"", "`a/x` has 0 documents"),
        ("$text", "x", b"\xFF", "`a/x` is not UTF-8 at byte 0"),
        ("$text", "gone", b"", "It is gone."),
        ("$text", "x", b"0123456789012345678901234567890", "The files that this document reads in"),
    ];
    let limits = Limits { bytes: 30, ..Limits::default() };
    for (key, name, contents, wanted) in table {
        let (json, problems) = filled(&format!("# c\nd: {{{key}: ./{name}}}"), contents, &limits);
        assert_eq!(json, json!({"d": {key: format!("./{name}")}}));
        assert!(problems.len() == 1 && problems[0].starts_with(&format!("2:5: {wanted}")), "{problems:?}");
    }
    let few = Limits { nodes: 5, ..Limits::default() };
    let (json, _) = filled("d: {$json: ./x}", b"[1,2,[3]]", &few);
    assert_eq!(json, json!({"d": [1, 2, [3]]}));
    let (_, problems) = filled("d: {$json: ./x}", b"[1,2,[3,4]]", &few);
    assert!(problems.len() == 1 && problems[0].contains("`a/x` has more than 5 values."), "{problems:?}");
    let (_, problems) = filled("[{$text: a}, {$text: b}, {$text: c}]", b"0123456789", &limits);
    assert_eq!(problems.len(), 0);
    let (_, problems) = filled("[{$text: a}, {$text: b}, {$text: c}, {$text: d}]", b"0123456789", &limits);
    assert_eq!(problems.len(), 1);
}

#[test]
fn an_address_is_left_as_it_is() {
    let (json, problems) = filled("d: {$text: 'https://example.com/x'}", b"x", &Limits::default());
    assert_eq!((json, problems), (json!({"d": {"$text": "https://example.com/x"}}), vec![]));
}
