use super::read;

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
fn exactly_one_document_is_read() {
    let said = |text: &str| read(text).unwrap_err()[0].to_string();
    assert_eq!(said(""), "1:1: The file is empty.");
    assert_eq!(said("a: 1\n---\nb: 2\n"), "3:1: The file holds more than one document. Keep one.");
    assert!(said("a: 1\na: 2\n").starts_with("2:1: "), "a key that stands twice");
    assert!(read("a: [1, 2\n").is_err());
}

#[test]
fn a_document_that_would_exhaust_the_reader_is_refused() {
    let deep = "[".repeat(200) + &"]".repeat(200);
    assert!(read(&deep).is_err());
    let wide = format!("[{}]", vec!["1"; 30_000].join(","));
    assert!(read(&wide).is_err());
    let long = format!("a: {}", "x".repeat(600 * 1024));
    assert!(read(&long).is_err());
    let bomb = "a: &a [x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b]\n\
                d: &d [*c, *c, *c, *c, *c, *c, *c, *c]\ne: [*d, *d, *d, *d, *d, *d, *d, *d, *d]\n";
    assert!(read(bomb).is_err());
}
