use proptest::prelude::*;
use serde_json::json;

use super::*;

fn files() -> SourceFiles {
    let paths = [
        "all.yaml",
        "catalog-info.yaml",
        "a/x.yaml",
        "a/b/catalog-info.yaml",
        "c/catalog-info.yaml",
        "c/[1].yaml",
        "[id]/x.yaml",
        "[id]/a/y.yaml",
    ];
    SourceFiles::new(paths.map(str::to_owned).to_vec())
}

fn asked(file: &str, spec: Json) -> Vec<Asked> {
    let location = serde_json::from_value(json!({
        "apiVersion": "backstage.io/v1alpha1", "kind": "Location", "metadata": {"name": "a"}, "spec": spec,
    }))
    .unwrap();
    targets(file, &location, &files())
}

fn outcome(file: &str, target: &str) -> Outcome {
    asked(file, json!({"target": target})).remove(0).outcome
}

#[test]
fn paths_are_relative_to_the_file_that_names_them() {
    let table: [(&str, &str, &[&str]); 15] = [
        ("catalog-info.yaml", "./a/x.yaml", &["a/x.yaml"]),
        ("catalog-info.yaml", "a/x.yaml", &["a/x.yaml"]),
        ("catalog-info.yaml", "././a//./x.yaml", &["a/x.yaml"]),
        ("a/b/catalog-info.yaml", "../x.yaml", &["a/x.yaml"]),
        ("a/b/catalog-info.yaml", "../../c/../all.yaml", &["all.yaml"]),
        (
            "catalog-info.yaml",
            "./**/catalog-info.yaml",
            &["a/b/catalog-info.yaml", "c/catalog-info.yaml", "catalog-info.yaml"],
        ),
        ("a/x.yaml", "**/*.yaml", &["a/b/catalog-info.yaml", "a/x.yaml"]),
        ("catalog-info.yaml", "*/catalog-info.yaml", &["c/catalog-info.yaml"]),
        ("catalog-info.yaml", "?/x.yaml", &["a/x.yaml"]),
        ("catalog-info.yaml", "{a,c}/*.yaml", &["a/x.yaml", "c/[1].yaml", "c/catalog-info.yaml"]),
        // Brackets alone make no pattern.
        ("catalog-info.yaml", "c/[1].yaml", &["c/[1].yaml"]),
        ("catalog-info.yaml", "./catalog-info.yaml", &["catalog-info.yaml"]),
        // Nor do those of the folder that the pattern starts in.
        ("[id]/x.yaml", "./*/*.yaml", &["[id]/a/y.yaml"]),
        ("[id]/a/y.yaml", "../*.yaml", &["[id]/x.yaml"]),
        ("[id]/x.yaml", "./a/../a/*.yaml", &["[id]/a/y.yaml"]),
    ];
    for (file, target, wanted) in table {
        let wanted = Outcome::Files(wanted.iter().map(|path| (*path).to_owned()).collect());
        assert_eq!(outcome(file, target), wanted, "{file} names {target}");
    }
}

#[test]
fn nothing_leads_out_of_the_source() {
    for target in [
        "../x.yaml",
        "a/../../x.yaml",
        "/etc/passwd",
        "//host/x",
        "..",
        ".",
        "a/",
        "a/..",
        "..\\x.yaml",
        "a\\x.yaml",
        "a\u{0}.yaml",
        "../**/*.yaml",
        "/**",
        "file:///etc/passwd",
        "C:/x.yaml",
        "javascript:alert(1)",
        " javascript:x",
        "JavaScript:x",
        "data:text/plain,x",
        "ftp://a/b",
        "https://",
        "",
    ] {
        let is_refused = matches!(outcome("catalog-info.yaml", target), Outcome::Problem(message) if !message.starts_with("No file"));
        assert!(is_refused, "{target}");
    }
}

#[test]
fn addresses_are_listed_as_not_read_yet() {
    for target in ["https://example.com/catalog-info.yaml", "http://example.com/x", "HTTPS://example.com/x"] {
        assert_eq!(outcome("catalog-info.yaml", target), Outcome::NotReadYet, "{target}");
    }
}

#[test]
fn a_type_is_inherited_or_one_of_two() {
    let all = Outcome::Files(vec!["all.yaml".to_owned()]);
    for kind in [json!(null), json!("url"), json!("file")] {
        assert_eq!(asked("catalog-info.yaml", json!({"type": kind, "target": "./all.yaml"}))[0].outcome, all);
    }
    for kind in ["http", "https", "github-discovery", "URL"] {
        let outcome =
            asked("catalog-info.yaml", json!({"type": kind, "target": "./all.yaml"})).remove(0).outcome;
        assert!(
            matches!(&outcome, Outcome::Problem(message) if message.contains(&format!("`{kind}`"))),
            "{outcome:?}"
        );
    }
}

#[test]
fn presence_decides_whether_a_missing_file_is_a_problem() {
    for target in ["./no.yaml", "./no/**/x.yaml"] {
        let spec = |presence: &str| json!({"target": target, "presence": presence});
        assert!(matches!(asked("a/x.yaml", spec("required"))[0].outcome, Outcome::Problem(_)));
        assert_eq!(asked("a/x.yaml", spec("optional"))[0].outcome, Outcome::Absent);
        assert!(matches!(outcome("a/x.yaml", target), Outcome::Problem(_)));
    }
    assert!(matches!(outcome("a/x.yaml", "[*"), Outcome::Problem(message) if message.contains("pattern")));
}

#[test]
fn target_and_targets_are_both_followed_in_order() {
    let asked =
        asked("catalog-info.yaml", json!({"target": "./a/x.yaml", "targets": ["./all.yaml", "./no.yaml"]}));
    let paths: Vec<_> = asked.iter().map(|asked| (asked.path.as_str(), asked.target.as_str())).collect();
    assert_eq!(
        paths,
        [("spec.target", "./a/x.yaml"), ("spec.targets[0]", "./all.yaml"), ("spec.targets[1]", "./no.yaml")]
    );
    assert_eq!(targets("x", &asked_location(), &files()), []);
}

fn asked_location() -> Entity {
    serde_json::from_value(json!({"apiVersion": "v1", "kind": "Location", "metadata": {"name": "a"}}))
        .unwrap()
}

#[test]
fn a_source_starts_at_its_root_files_or_its_glob() {
    assert_eq!(files().roots(None).unwrap(), ["catalog-info.yaml", "all.yaml"]);
    assert_eq!(files().roots(Some("./a/**/x.yaml")).unwrap(), ["a/x.yaml"]);
    assert!(files().roots(Some("[")).is_err());
    assert_eq!(SourceFiles::default().roots(None).unwrap(), [""; 0]);
}

proptest! {
    #[test]
    fn what_resolves_stays_inside(file in "([a-z]{1,3}/){0,3}x.yaml", target in "[a-z./*:%~-]{0,24}") {
        if let Ok(path) = resolve(&file, &target) {
            prop_assert!(!path.starts_with('/'), "{}", path);
            prop_assert!(!path.is_empty() && path.split('/').all(|part| !matches!(part, "" | "." | "..")), "{}", path);
        }
    }
}
