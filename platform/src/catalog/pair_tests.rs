use domain::ids::DocumentId;

use super::*;
use crate::catalog::document::Outcome;

fn earlier(list: &[(&str, bool)]) -> Vec<EarlierDocument> {
    let one = |(ordinal, (name, gone)): (usize, &(&str, bool))| EarlierDocument {
        id: crate::ids::mint::<DocumentId>(jiff::Timestamp::UNIX_EPOCH),
        ordinal,
        reference: format!("component:{name}").parse().ok(),
        gone: *gone,
        location: None,
    };
    list.iter().enumerate().map(one).collect()
}

/// `?` is a document that does not say what it is, `?a` one that seems to mean a.
fn pairs(before: &[(&str, bool)], after: &str) -> String {
    let earlier = earlier(before);
    let document = |(ordinal, name): (usize, &str)| Document {
        ordinal,
        line: 1,
        reference: format!("component:{name}").parse().ok().filter(|_| !name.starts_with('?')),
        guess: name.strip_prefix('?').and_then(|guess| format!("component:{guess}").parse().ok()),
        text: String::new(),
        notes: Vec::new(),
        outcome: Outcome::SetAside,
    };
    let documents: Vec<Document> = after.split_whitespace().enumerate().map(document).collect();
    let name = |found: Option<&EarlierDocument>| match found.and_then(|found| found.reference.as_ref()) {
        Some(reference) => reference.name().to_owned(),
        None => "-".to_owned(),
    };
    pair(&earlier, &documents).into_iter().map(name).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_document_continues_the_one_that_it_describes_or_replaces() {
    let abc = [("a", false), ("b", false), ("c", false)];
    let table = [
        ("a b c", "a b c"),
        ("c a", "c a"),
        ("x a b c", "- a b c"),
        ("a ? c", "a b c"),
        ("x a ? c", "- a b c"),
        ("? ?", "a b"),
        ("a b c ?", "a b c -"),
        ("a a b", "a - b"),
        ("a ?c ?b", "a c b"),
        ("?b b", "a b"),
        ("?x b c", "a b c"),
    ];
    for (after, expected) in table {
        assert_eq!(pairs(&abc, after), expected, "{after}");
    }
    // One that is gone comes back only by its name.
    assert_eq!(pairs(&[("a", false), ("b", true)], "a ?"), "a -");
    assert_eq!(pairs(&[("a", false), ("b", true)], "a b"), "a b");
    assert_eq!(pairs(&[("a", false), ("b", true)], "a ?b"), "a b");
}

#[test]
fn what_is_still_in_the_file_goes_before_what_is_gone() {
    let earlier = earlier(&[("a", true), ("a", false)]);
    let document = Document {
        ordinal: 0,
        line: 1,
        reference: earlier[0].reference.clone(),
        guess: None,
        text: String::new(),
        notes: Vec::new(),
        outcome: Outcome::SetAside,
    };
    assert_eq!(pair(&earlier, &[document])[0].map(|found| found.id), Some(earlier[1].id));
}
