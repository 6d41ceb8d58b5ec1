use proptest::prelude::*;

use super::*;

fn group(text: &str) -> Result<EntityRef, RefError> {
    EntityRef::parse(text, RefContext { kind: Some("Group"), namespace: "Payments" })
}

#[test]
fn leaves_out_what_the_context_says() {
    let table = [
        ("team-a", "group:payments/team-a"),
        ("Team-A", "group:payments/team-a"),
        ("user:jane", "user:payments/jane"),
        ("User:default/Jane", "user:default/jane"),
        ("default/team-a", "group:default/team-a"),
        // The colon counts only before the first slash.
        ("default/a:b", "group:default/a:b"),
        ("api:default/a:b", "api:default/a:b"),
        ("api:a:b", "api:payments/a:b"),
        ("default/a/b", "group:default/a/b"),
    ];
    for (text, canonical) in table {
        assert_eq!(group(text).map(|r| r.to_string()).as_deref(), Ok(canonical), "{text}");
    }
}

#[test]
fn refuses_what_is_no_reference() {
    for text in ["", ":a", "a:", "/a", "a/", "a:/b", "a:b/", ":", "/", ":/"] {
        assert!(group(text).is_err(), "{text}");
    }
    assert!(matches!(group(&"a".repeat(513)), Err(RefError::TooLong(513))));
    assert!(EntityRef::new("a/b", "c", "d").is_err());
    assert!(EntityRef::new("a", "b/c", "d").is_err());
    assert!(EntityRef::new("a", "", "d").is_err());
}

#[test]
fn a_control_character_is_no_part_of_a_reference_and_is_shown() {
    for text in ["team\0a", "a\nb", "us\ter:jane", "def\u{7f}ault/a", "group:default/a\u{85}"] {
        assert!(matches!(group(text), Err(RefError::BadPart(_))), "{text:?}");
    }
    assert!(matches!(EntityRef::new("group", "default", "a\0"), Err(RefError::BadPart(_))));
    let error = group("team\0a").expect_err("it holds NUL");
    assert_eq!(error.to_string(), "`team\\0a` cannot be part of a reference");
    // Blanks and letters of any script are not for this to judge.
    assert_eq!(group("b\u{e4}r a").map(|r| r.to_string()).as_deref(), Ok("group:payments/b\u{e4}r a"));
}

#[test]
fn a_bare_name_without_a_default_kind_says_how_to_mend_it() {
    let error = "orders-db".parse::<EntityRef>().unwrap_err();
    assert_eq!(
        error.to_string(),
        "`orders-db` does not say its kind: write it as kind:orders-db, for example \
         component:orders-db or resource:orders-db"
    );
}

#[test]
fn parts_are_lower_case_and_shorten_in_their_context() {
    let reference = EntityRef::new("API", "Default", "Orders.V1").unwrap();
    assert_eq!((reference.kind(), reference.namespace(), reference.name()), ("api", "default", "orders.v1"));
    assert_eq!(reference.short("api", "default"), "orders.v1");
    assert_eq!(reference.short("API", "other"), "default/orders.v1");
    assert_eq!(reference.short("group", "default"), "api:default/orders.v1");
}

#[test]
fn is_a_string_in_json() {
    let reference: EntityRef = serde_json::from_str("\"Component:Orders\"").unwrap();
    assert_eq!(serde_json::to_string(&reference).unwrap(), "\"component:default/orders\"");
    assert!(serde_json::from_str::<EntityRef>("\"orders\"").is_err());
}

#[test]
fn stays_small() {
    assert!(size_of::<EntityRef>() <= 24);
}

proptest! {
    #[test]
    fn every_reference_reads_back_as_itself(text in "\\PC{1,40}") {
        if let Ok(reference) = group(&text) {
            prop_assert_eq!(reference.as_str().parse::<EntityRef>(), Ok(reference.clone()));
            // The short form too, in the context that it was shortened for.
            let short = reference.short("group", "payments");
            prop_assert_eq!(group(short), Ok(reference.clone()));
        }
    }

    #[test]
    fn case_never_matters(kind in "[a-zA-Z]{1,8}", namespace in "[a-z0-9]{1,8}", name in "[A-Za-z0-9._-]{1,12}") {
        let mixed = EntityRef::new(&kind, &namespace, &name).unwrap();
        let upper = EntityRef::new(&kind.to_uppercase(), &namespace.to_uppercase(), &name.to_uppercase()).unwrap();
        prop_assert_eq!(mixed, upper);
    }
}
