use std::collections::BTreeMap;

use super::*;

/// Walks files that name files, and gives the order, with who named each, and the notes.
fn walk(roots: &[&str], names: &[(&str, &[&str])], limits: WalkLimits) -> (Vec<String>, Vec<WalkNote>) {
    let names: BTreeMap<_, _> = names.iter().copied().collect();
    let mut walk = Walk::new(roots.iter().map(|root| (*root).to_owned()).collect(), limits);
    let mut order = Vec::new();
    while let Some(visit) = walk.next_file() {
        let by = visit.named_by.as_ref().map_or("-", |by| by.file.as_str());
        order.push(format!("{} {} {by}", visit.depth, visit.file));
        for name in names.get(visit.file.as_str()).copied().unwrap_or_default() {
            let location = format!("location:default/{}", visit.file).parse().unwrap();
            let by = NamedBy { file: visit.file.clone(), location, line: 7, column: 3 };
            let files: Vec<_> = name.split(' ').map(str::to_owned).collect();
            walk.named(&visit, &by, "spec.targets[0]", &files);
        }
    }
    assert_eq!(walk.met_limit(), walk.notes().iter().any(|note| note.problem.message.contains("at most")));
    (order, walk.notes().to_vec())
}

#[test]
fn each_file_is_read_once_and_knows_who_named_it_first() {
    let names: [(&str, &[&str]); 3] = [("r", &["a", "b"]), ("a", &["c"]), ("b", &["c", "d", "a"])];
    let (order, notes) = walk(&["r", "r"], &names, WalkLimits::default());
    assert_eq!(order, ["0 r -", "1 a r", "1 b r", "2 c a", "2 d b"]);
    // Two ways to one file are no cycle.
    assert_eq!(notes, []);
}

#[test]
fn a_cycle_ends_and_is_noted_where_it_closes() {
    let (order, notes) = walk(&["r"], &[("r", &["a"]), ("a", &["b"]), ("b", &["r"])], WalkLimits::default());
    assert_eq!(order, ["0 r -", "1 a r", "2 b a"]);
    assert_eq!(notes.len(), 1);
    assert_eq!((notes[0].file.as_str(), notes[0].is_error), ("b", false));
    assert_eq!(
        notes[0].problem.to_string(),
        "7:3: This Location names `r`, which leads back here. The file is read once."
    );
    let (order, notes) = walk(&["r"], &[("r", &["r"])], WalkLimits::default());
    assert_eq!(order, ["0 r -"]);
    assert!(notes[0].problem.message.contains("names itself"));
    // A pattern that matches its own file is meant so.
    let (order, notes) = walk(&["r"], &[("r", &["a r"])], WalkLimits::default());
    assert_eq!(order, ["0 r -", "1 a r"]);
    assert_eq!(notes, []);
}

#[test]
fn depth_and_number_are_bounded() {
    let limits = WalkLimits { depth: 2, files: 100 };
    let chain: [(&str, &[&str]); 4] = [("r", &["a"]), ("a", &["b"]), ("b", &["c"]), ("c", &["d"])];
    let (order, notes) = walk(&["r"], &chain, limits);
    assert_eq!(order, ["0 r -", "1 a r", "2 b a"]);
    assert!(notes.len() == 1 && notes[0].is_error && notes[0].file == "b", "{notes:?}");

    let limits = WalkLimits { depth: 9, files: 3 };
    let (order, notes) = walk(&["r"], &[("r", &["a b c d"])], limits.clone());
    assert_eq!(order.len(), 3);
    assert!(notes.len() == 1 && notes[0].is_error, "{notes:?}");
    let (order, notes) = walk(&["a", "b", "c", "d", "e"], &[], limits);
    assert_eq!((order.len(), notes.len()), (3, 1));
}
