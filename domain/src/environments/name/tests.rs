use proptest::prelude::*;

use super::*;

fn id() -> EnvironmentId {
    "01930d9c-7e2a-7c11-9d55-2f6f1f3c9a10".parse::<EnvironmentId>().unwrap()
}

#[test]
fn names_are_labels_of_at_most_forty_characters() {
    for good in ["a", "payments-pr-311", "x1", &"a".repeat(40)] {
        assert!(EnvironmentName::new(good).is_ok(), "{good}");
    }
    for (bad, expected) in [
        ("", "Give the environment a name."),
        ("  ", "Give the environment a name."),
        ("Pay", "Use lower-case letters"),
        ("1a", "Use lower-case letters"),
        ("a.b", "Use lower-case letters"),
        ("a_b", "Use lower-case letters"),
        ("-a", "Use lower-case letters"),
        ("a-", "Use lower-case letters"),
        ("a\nb", "Use lower-case letters"),
        ("ä", "Use lower-case letters"),
        ("www", "www is kept for other uses. Choose another name."),
        ("kube-x", "kube-x is kept for other uses."),
        (&"a".repeat(41), "At most 40 characters. This has 41."),
        (&"a".repeat(90), "At most 40 characters. This has 90."),
    ] {
        let said = EnvironmentName::new(bad).unwrap_err().to_string();
        assert!(said.starts_with(expected), "{bad:?}: {said}");
    }
}

#[test]
fn a_number_makes_another_name_that_can_be_used() {
    for (name, expected) in [
        ("web", "web-2".to_owned()),
        ("pr-311", "pr-311-2".to_owned()),
        (&"a".repeat(40), format!("{}-2", "a".repeat(38))),
        (&format!("{}-b", "a".repeat(37)), format!("{}-2", "a".repeat(37))),
    ] {
        let other = EnvironmentName::new(name).unwrap().numbered(2);
        assert_eq!(other.as_str(), expected);
        assert_eq!(EnvironmentName::new(other.as_str()), Ok(other.clone()));
    }
}

#[test]
fn namespace_and_host_follow_from_name_and_id() {
    let name = EnvironmentName::new("payments-pr-311").unwrap();
    assert_eq!(namespace(&name, &id()), namespace(&name, &id()));
    insta::assert_snapshot!(namespace(&name, &id()), @"env-payments-pr-311-eb590480");
    assert_eq!(name.host("preview.example.com"), "payments-pr-311.preview.example.com");
    let longest = EnvironmentName::new(&"a".repeat(40)).unwrap();
    assert!(namespace(&longest, &id()).len() <= 63);
}

#[test]
fn neighbours_in_time_get_different_namespaces() {
    let other = "01930d9c-7e2a-7c11-9d55-2f6f1f3c9a11".parse::<EnvironmentId>().unwrap();
    assert_ne!(short(&id()), short(&other));
}

#[test]
fn an_owner_becomes_a_label_value() {
    assert_eq!(label_value("payments"), "payments");
    assert_ne!(label_value("group:default/a"), label_value("group:default-a"));
    assert!(label_value("group:default/payments").starts_with("group-default-payments-"));
}

proptest! {
    #[test]
    fn every_label_value_is_one_that_kubernetes_takes(text in "\\PC{0,90}") {
        let value = label_value(&text);
        let edge = |c: char| c.is_ascii_alphanumeric();
        prop_assert!((1..=63).contains(&value.len()) && value.starts_with(edge) && value.ends_with(edge));
        prop_assert!(value.chars().all(|c| edge(c) || "._-".contains(c)));
    }

    #[test]
    fn every_name_makes_a_valid_namespace(name in "[a-z]([a-z0-9-]{0,38}[a-z0-9])?") {
        if let Ok(name) = EnvironmentName::new(&name) {
            prop_assert!(is_label(&namespace(&name, &id())));
        }
    }
}
