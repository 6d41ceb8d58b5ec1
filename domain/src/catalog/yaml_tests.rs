use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::*;

fn pieces(text: &str) -> Vec<Piece> {
    read(text.as_bytes(), &Limits::default()).unwrap()
}

fn one(text: &str) -> Node {
    match pieces(text).remove(0) {
        Piece::Document(document) => document.root,
        Piece::Broken(broken) => panic!("{text:?} is broken: {broken:?}"),
    }
}

/// The JSON of each document, or the line, column and sentence of what broke it.
fn outcome(text: &str) -> Vec<Result<Json, String>> {
    pieces(text)
        .into_iter()
        .map(|piece| match piece {
            Piece::Document(document) => Ok(document.root.into_json()),
            Piece::Broken(broken) => Err(broken.problems[0].to_string()),
        })
        .collect()
}

fn broken(text: &str, limits: &Limits) -> Problem {
    match read(text.as_bytes(), limits).unwrap().remove(0) {
        Piece::Broken(broken) => broken.problems[0].clone(),
        Piece::Document(document) => panic!("read: {:?}", document.root),
    }
}

#[test]
fn scalars_follow_the_core_schema() {
    let table = [
        ("", json!(null)),
        ("~", json!(null)),
        ("null", json!(null)),
        ("NULL", json!(null)),
        ("nULL", json!("nULL")),
        ("true", json!(true)),
        ("False", json!(false)),
        ("yes", json!("yes")),
        ("on", json!("on")),
        ("0", json!(0)),
        ("-17", json!(-17)),
        ("+17", json!(17)),
        ("007", json!(7)),
        ("0x1F", json!(31)),
        ("0o17", json!(15)),
        ("0x", json!("0x")),
        ("0x+1", json!("0x+1")),
        ("18446744073709551615", json!(18_446_744_073_709_551_615_u64)),
        ("99999999999999999999", json!(1e20)),
        ("1.5", json!(1.5)),
        (".5", json!(0.5)),
        ("1.", json!(1.0)),
        ("-1.5e3", json!(-1500.0)),
        ("1e3", json!(1000.0)),
        ("1e", json!("1e")),
        ("1e999", json!("1e999")),
        (".", json!(".")),
        ("+", json!("+")),
        (".inf", json!(".inf")),
        (".nan", json!(".nan")),
        ("1.2.3", json!("1.2.3")),
        ("2026-11-23", json!("2026-11-23")),
        ("1_000", json!("1_000")),
        ("'1'", json!("1")),
        ("\"true\"", json!("true")),
        ("!!str 1", json!("1")),
        ("!!int '1'", json!(1)),
        ("!!float 1", json!(1.0)),
        ("!!null ''", json!(null)),
        ("!!bool 'true'", json!(true)),
        ("!mine 1", json!("1")),
        ("|\n    a\n    b", json!("a\nb\n")),
        (">-\n    a\n    b", json!("a b")),
    ];
    for (text, value) in table {
        assert_eq!(one(&format!("k: {text}\n")).into_json(), json!({"k": value}), "{text}");
    }
    assert_eq!(broken("k: !!int x", &Limits::default()).to_string(), "1:4: `x` does not fit its tag !!int.");
}

#[test]
fn merge_keys_are_plain_and_order_is_kept() {
    let root = one("b: &x {z: 1}\na:\n  <<: *x\n1: n\ntrue: t\n");
    assert_eq!(root.to_json(), json!({"b": {"z": 1}, "a": {"<<": {"z": 1}}, "1": "n", "true": "t"}));
    let keys: Vec<_> = root.entries().iter().map(|entry| entry.key.as_str()).collect();
    assert_eq!(keys, ["b", "a", "1", "true"]);
}

#[test]
fn null_documents_are_skipped_and_counted() {
    let table = [
        ("", vec![]),
        ("# nothing\n", vec![]),
        ("---\n", vec![]),
        ("---\n---\nnull\n---\n# x\n", vec![]),
        ("a: 1", vec![0]),
        ("---\na: 1\n---\n", vec![0]),
        ("---\n---\na: 1\n...\n---\nb: 2", vec![1, 2]),
        ("\u{feff}a: 1\r\n---\r\nb: 2\r\n", vec![0, 1]),
        ("%YAML 1.2\n---\na: 1\n...\n# x\n%YAML 1.2\n---\nb: 2\n", vec![0, 1]),
        ("a: 1\n--- b\n", vec![0, 1]),
        ("a: 1\n...\nb: 2\n", vec![0, 1]),
    ];
    for (text, indices) in table {
        let read: Vec<_> = pieces(text)
            .iter()
            .map(|piece| match piece {
                Piece::Document(document) => document.index,
                Piece::Broken(broken) => panic!("{text:?}: {broken:?}"),
            })
            .collect();
        assert_eq!(read, indices, "{text:?}");
    }
}

#[test]
fn a_broken_document_is_alone() {
    let table = [
        ("a: 1\n---\nb: [1\n---\nc: 3\n", 2, 3),
        ("a: 1\n---\nb: \"1\n---\nc: 3\n", 2, 3),
        ("a: 1\n---\nb: {1\n---\nc: 3\n", 2, 3),
        ("a: 1\n---\nb: 1\n  c: 2\n---\nc: 3\n", 2, 4),
        ("a: 1\n---\nb: *x\n---\nc: 3\n", 2, 3),
        ("a: 1\n---\nb:\n\t- x\n---\nc: 3\n", 2, 4),
        ("a: 1\n---\nb: @x\n---\nc: 3\n", 2, 3),
        ("a: 1\n---\nb: 1\nb: 2\n---\nc: 3\n", 2, 4),
        ("a: 1\n---\n? [x]\n: y\n---\nc: 3\n", 2, 3),
    ];
    for (text, index, line) in table {
        let pieces = pieces(text);
        assert_eq!(pieces.len(), 3, "{text:?}");
        assert!(matches!(&pieces[0], Piece::Document(d) if d.root.position("a") == (1, 1)), "{text:?}");
        let Piece::Broken(broken) = &pieces[1] else { panic!("{text:?} reads") };
        assert_eq!(broken.index + 1, index, "{text:?}");
        assert!((line..=line + 1).contains(&broken.problems[0].line), "{text:?}: {:?}", broken.problems);
        let last = u32::try_from(text.lines().count()).unwrap();
        assert!(matches!(&pieces[2], Piece::Document(d) if d.root.position("c") == (last, 1)), "{text:?}");
        assert!(text[broken.bytes.clone()].starts_with("---\n"), "{text:?}");
    }
}

#[test]
fn a_tab_that_indents_is_told_at_its_own_place() {
    for (text, place) in [
        ("a: 1\n---\nb:\n  c: some words\n\td: x\n", (5, 1)),
        ("a: 1\n---\nb:\n  c: some words\n \td: x\n", (5, 2)),
        ("a: 1\r\n---\r\nb: some words\r\n\r\n\tc: x\r\n", (5, 1)),
    ] {
        let Piece::Broken(broken) = &pieces(text)[1] else { panic!("{text:?} reads") };
        let problem = &broken.problems[0];
        assert_eq!((problem.line, problem.column), place, "{problem}");
        assert!(problem.message.ends_with("found a tab."), "{problem}");
    }
}

#[test]
fn a_marker_inside_a_text_is_none() {
    assert_eq!(outcome("a: |\n  ---\n  b\nc: 1"), [Ok(json!({"a": "---\nb\n", "c": 1}))]);
    assert_eq!(outcome("a: ---b"), [Ok(json!({"a": "---b"}))]);
}

#[test]
fn bytes_that_are_not_utf8_break_their_document_alone() {
    let pieces = read(b"a: 1\n---\nb: \xC3\xA4\xFF\n---\nc: 3\n", &Limits::default()).unwrap();
    assert_eq!(pieces.len(), 3);
    let Piece::Broken(broken) = &pieces[1] else { panic!() };
    assert_eq!(
        broken.problems[0].to_string(),
        "3:5: Byte 14 of the file (0xFF) is not UTF-8. Save the file as UTF-8."
    );
}

#[test]
fn keys_that_stand_twice_are_all_named() {
    let pieces = pieces("a: 1\nb:\n  c: 1\n  c: 2\n  c: 3\na: 2\n");
    let Piece::Broken(broken) = &pieces[0] else { panic!() };
    let lines: Vec<_> = broken.problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            "4:3: `b.c` stands here a second time; the first is on line 3. Keep one.",
            "5:3: `b.c` stands here a second time; the first is on line 3. Keep one.",
            "6:1: `a` stands here a second time; the first is on line 1. Keep one.",
        ]
    );
    // Also beyond the size where the search changes.
    let many: String = (0..40).map(|i| format!("k{i}: 1\n")).chain(["k20: 2\n".to_owned()]).collect();
    assert_eq!(broken_line(&many), 41);
    let flood: String = (0..500).map(|_| "a: 1\n").collect();
    let Piece::Broken(flood) = &self::pieces(&flood)[0] else { panic!() };
    assert_eq!(flood.problems.len(), 101);
}

fn broken_line(text: &str) -> u32 {
    broken(text, &Limits::default()).line
}

#[test]
fn a_file_that_is_too_large_is_not_read() {
    let limits = Limits { bytes: 10, ..Limits::default() };
    assert!(read(b"a: 1234567", &limits).is_ok());
    assert!(read(b"a: 12345678", &limits).unwrap_err().message.contains("11 bytes"));
}

#[test]
fn depth_is_bounded() {
    let flow = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let block = |depth: usize| (0..depth).map(|i| format!("{}k:\n", " ".repeat(i))).collect::<String>();
    for text in [flow(100), block(100)] {
        one(&text);
    }
    for text in [flow(101), block(101), flow(200), flow(100_000), block(1000), "- ".repeat(500_000)] {
        let problem = broken(&text, &Limits::default());
        assert!(
            problem.message.contains("100 levels") || problem.message.contains("recursion limit"),
            "{problem}"
        );
    }
}

#[test]
fn values_are_bounded() {
    let list = |values: usize| "- a\n".repeat(values);
    let limits = Limits { nodes: 50, ..Limits::default() };
    assert!(matches!(read(list(49).as_bytes(), &limits).unwrap()[0], Piece::Document(_)));
    assert_eq!(broken(&list(50), &limits).to_string(), "50:3: This document has more than 50 values.");
}

#[test]
fn bombs_are_refused_at_their_line() {
    let mut laughs = String::from("a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
    for level in 1..10 {
        let inner = vec![format!("*a{}", level - 1); 9].join(", ");
        laughs.push_str(&format!("a{level}: &a{level} [{inner}]\n"));
    }
    let problem = broken(&laughs, &Limits::default());
    assert!(problem.message.starts_with("Anchors and aliases up to this line"), "{problem}");
    assert!((4..=7).contains(&problem.line), "{problem}");

    let long = format!("a: &a {}\nb:\n{}", "x".repeat(100_000), "- *a\n".repeat(1000));
    let problem = broken(&long, &Limits::default());
    assert!(problem.message.starts_with("Anchors and aliases"), "{problem}");

    // The budget is the file's, so that many documents are no way round it.
    let document = format!("---\na: &a [{}]\nb: [{}]\n", "1,".repeat(100), "*a,".repeat(100));
    let pieces = pieces(&document.repeat(100));
    let read = pieces.iter().filter(|piece| matches!(piece, Piece::Document(_))).count();
    assert!((5..50).contains(&read), "{read}");

    let itself = broken("a: &a [*a]", &Limits::default());
    assert_eq!((itself.line, itself.column), (1, 8));
}

#[test]
fn a_flow_collection_that_never_ends_does_not_fill_memory() {
    // It could be a key until it closes, so the parser would hold all of it.
    let problem = broken(&format!("# x\n- [{}", "a,".repeat(1_000_000)), &Limits::default());
    assert!(problem.message.contains("too large to be read"), "{problem}");
    assert_eq!((problem.line, problem.path.as_str()), (2, "[0]"));
    // A long text in a block is no collection.
    let text = format!("k: |\n{}", "  a, b, {c: [d]}\n".repeat(150_000));
    assert!(matches!(one(&text).value, Value::Map(_)));
}

#[test]
fn aliases_stand_where_they_are_used() {
    let root = one("a: &x {k: v}\nb: *x\n*x : 1\n".split("*x :").next().unwrap());
    assert_eq!(root.get("b").map(|node| (node.line, node.column)), Some((2, 4)));
    assert_eq!(one("&k a: &v b\nc: *k\n*v : d\n").into_json(), json!({"a": "b", "c": "a", "b": "d"}));
    assert!(broken("a: &x {k: v}\n*x : 1\n", &Limits::default()).message.contains("as a key"));
}

#[test]
fn every_place_can_be_found_by_its_path() {
    let root = one(
        "\n# c\nmetadata:\n  name: x\n  annotations:\n    a.b/c: 'ä'\n    \"we \\\"ird]\": y\n  tags: [é, b]\nspec:\n  owner:\n  list:\n    - k: 1\n    -\n      - 2\n",
    );
    let table = [
        ("", (3, 1)),
        ("metadata", (3, 1)),
        ("metadata.name", (4, 3)),
        ("metadata.annotations[\"a.b/c\"]", (6, 5)),
        ("metadata.annotations[\"we \\\"ird]\"]", (7, 5)),
        ("metadata.tags[0]", (8, 10)),
        ("metadata.tags[1]", (8, 13)),
        ("spec.owner", (10, 3)),
        ("spec.list[0].k", (12, 7)),
        ("spec.list[1][0]", (14, 9)),
        // Not there: the nearest part that is.
        ("spec.lifecycle", (9, 1)),
        ("metadata.tags[7]", (8, 3)),
        ("metadata.name.x", (4, 3)),
        ("[", (3, 1)),
        ("..", (3, 1)),
    ];
    for (path, place) in table {
        assert_eq!(root.position(path), place, "{path}");
    }
    assert_eq!(
        root.get("spec").and_then(|spec| spec.get("owner")).map(|node| (node.line, node.column)),
        Some((10, 3))
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&bytes, &Limits::default());
    }

    #[test]
    fn anything_like_yaml_is_read_without_panic(
        parts in proptest::collection::vec(prop_oneof![
            Just("---\n"), Just("...\n"), Just("- "), Just("? "), Just(": "), Just(":"), Just("[ "), Just("]"),
            Just("{"), Just("}"), Just(", "), Just("&a "), Just("*a "), Just("!!str "), Just("!x "), Just("| \n"),
            Just(">-\n"), Just("'"), Just("\""), Just("#"), Just(" #"), Just("\n"), Just("\r"), Just("\r\n"),
            Just("  "), Just("\t"), Just("%YAML 1.2\n"), Just("%TAG ! a\n"), Just("a"), Just("b: c\n"),
            Just("\u{feff}"), Just("\0"), Just("\\x"), Just("ä"), Just("\u{85}"), Just("\u{2028}"), Just("<<"),
            Just("|2\n"), Just("-"), Just("~"), Just("0x1"),
        ], 0..40),
    ) {
        let text: String = parts.concat();
        for piece in read(text.as_bytes(), &Limits::default()).unwrap() {
            let bytes = match &piece {
                Piece::Document(document) => &document.bytes,
                Piece::Broken(broken) => {
                    prop_assert!(!broken.problems.is_empty());
                    &broken.bytes
                }
            };
            prop_assert!(bytes.end <= text.len() && bytes.start < bytes.end);
        }
    }

    #[test]
    fn segments_cover_the_file(lines in proptest::collection::vec(prop_oneof![
        Just("---"), Just("..."), Just("%YAML 1.2"), Just("# c"), Just("a: b"), Just(""), Just("--- x"),
    ], 0..12)) {
        let text = lines.join("\n");
        let segments = split::segments(text.as_bytes());
        let mut at = 0;
        for segment in &segments {
            prop_assert_eq!(segment.bytes.start, at);
            let line = text[..at].matches('\n').count() + 1;
            prop_assert_eq!(usize::try_from(segment.line).unwrap(), line);
            at = segment.bytes.end;
        }
        prop_assert_eq!(at, text.len());
    }

    #[test]
    fn json_reads_as_itself(value in json_value()) {
        let text = serde_json::to_string_pretty(&value).unwrap();
        if value.is_null() { return Ok(()); }
        prop_assert_eq!(outcome(&text), [Ok(value)]);
    }
}

fn json_value() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        // YAML's own line breaks inside quotes are folded, and some characters are not printable.
        "[ -~äé→]{0,20}".prop_map(Json::from),
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Json::from),
            proptest::collection::btree_map("[a-z]{1,6}", inner, 0..5)
                .prop_map(|map| Json::Object(map.into_iter().collect())),
        ]
    })
}
