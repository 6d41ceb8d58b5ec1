use super::read;
use serde_json::json;

#[test]
fn plain_scalars_follow_the_core_schema_and_quotes_make_text() {
    let text =
        "a: 1\nb: '1'\nc: yes\nd: true\ne: ~\nf: 1.5\ng: 1.2.3\nh: -4\ni: 0x1F\nj: 3d\nk: +7\nl: 1e3\n";
    let value = read(text).unwrap().value;
    assert_eq!(
        value,
        json!({"a": 1, "b": "1", "c": "yes", "d": true, "e": null, "f": 1.5, "g": "1.2.3", "h": -4,
               "i": 31, "j": "3d", "k": 7, "l": 1000.0})
    );
}

#[test]
fn every_node_knows_its_place() {
    let document = read("a:\n  - x: 1\n    y/z: 2\nb: 3\n").unwrap();
    let at = |path: &str| {
        let p = document.position(path);
        (p.line, p.column)
    };
    assert_eq!(at("/a"), (1, 1));
    assert_eq!(at("/a/0/x"), (2, 5));
    assert_eq!(at("/a/0/y~1z"), (3, 5));
    assert_eq!(at("/b"), (4, 1));
    assert_eq!(at("/a/0/missing/deeper"), (2, 5), "an absent node answers with its nearest parent");
}

#[test]
fn what_cannot_be_read_says_where_and_why() {
    for (text, expected) in [
        ("", "1:1: The file is empty."),
        ("a: 1\na: 2\n", "2:1: `a` stands here twice. Keep one."),
        ("a: &x 1\nb: *x\n", "1:4: Anchors (&name) and tags (!name) are not read. Remove it."),
        ("a: !!str 1\n", "1:4: Anchors (&name) and tags (!name) are not read. Remove it."),
        ("a: 1\n---\nb: 2\n", "3:1: The file holds more than one document. Keep one."),
        ("? [a]\n: 1\n", "1:3: A key must be plain text."),
    ] {
        let problem = read(text).unwrap_err();
        assert_eq!(problem.to_string(), expected, "for {text:?}");
    }
    assert!(read("a: [1, 2\n").unwrap_err().to_string().contains("This is not YAML"));
}

#[test]
fn a_document_that_would_exhaust_the_reader_is_refused() {
    let deep = "[".repeat(200) + &"]".repeat(200);
    assert!(read(&deep).is_err());
    let wide = format!("[{}]", vec!["1"; 30_000].join(","));
    assert!(read(&wide).is_err());
    let long = format!("a: {}", "x".repeat(600 * 1024));
    assert!(read(&long).is_err());
}
