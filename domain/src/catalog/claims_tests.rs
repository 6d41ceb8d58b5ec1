use serde_json::json;

use super::*;

fn verdicts(claims: &[(&str, bool, &str)]) -> Vec<Verdict> {
    let references: Vec<EntityRef> =
        claims.iter().map(|(reference, ..)| reference.parse().unwrap()).collect();
    let claims: Vec<_> = references
        .iter()
        .zip(claims)
        .zip(0..)
        .map(|((reference, (_, trusted, place)), at)| Claim {
            reference,
            trusted: *trusted,
            place,
            run: ("source", at),
        })
        .collect();
    decide(&claims)
}

fn winners(claims: &[(&str, bool, &str)]) -> Vec<usize> {
    let verdicts = verdicts(claims);
    (0..verdicts.len()).filter(|index| verdicts[*index] == Verdict::Wins).collect()
}

#[test]
fn the_first_claim_wins_but_trust_goes_before_it() {
    let table: [(&[(&str, bool, &str)], &[usize]); 6] = [
        (&[("api:a", false, "x"), ("api:b", false, "y"), ("component:a", false, "z")], &[0, 1, 2]),
        (&[("api:a", false, "x"), ("api:a", false, "y")], &[0]),
        (&[("api:a", false, "x"), ("API:Default/A", true, "y")], &[1]),
        (&[("api:a", true, "x"), ("api:a", false, "y")], &[0]),
        (&[("api:a", false, "x"), ("api:a", true, "y"), ("api:a", true, "z")], &[1]),
        (&[], &[]),
    ];
    for (claims, wanted) in table {
        assert_eq!(winners(claims), wanted, "{claims:?}");
    }
}

#[test]
fn who_loses_is_told_to_whom() {
    let table = [
        (
            [("api:a", false, "one/a.yaml"), ("api:a", false, "two/a.yaml")],
            1,
            "api:default/a is defined in one/a.yaml, which claimed it first. Remove one of the two, or give this one another name.",
        ),
        (
            [("api:a", false, "one/a.yaml"), ("api:a", true, "two/a.yaml")],
            0,
            "api:default/a is defined in two/a.yaml, which is trusted and goes before this source. Remove one of the two, or give this one another name.",
        ),
        (
            [("api:a", true, "a.yaml"), ("api:a", true, "a.yaml")],
            1,
            "api:default/a is defined a second time in this file. Keep one.",
        ),
    ];
    for (claims, loser, sentence) in table {
        assert_eq!(
            verdicts(&claims)[loser],
            Verdict::Loses { to: 1 - loser, message: sentence.to_owned() },
            "{claims:?}"
        );
    }
}

#[test]
fn of_what_one_run_found_none_is_said_to_have_come_first() {
    let reference: EntityRef = "api:a".parse().unwrap();
    let claim = |place, run| Claim { reference: &reference, trusted: false, place, run };
    let said = |other| {
        let claims = [claim("dup.yaml of s", ("s", 1)), claim("mixed.yaml of s", other)];
        match &decide(&claims)[1] {
            Verdict::Loses { message, .. } => message.clone(),
            Verdict::Wins => String::new(),
        }
    };
    assert_eq!(
        said(("s", 1)),
        "api:default/a is defined in dup.yaml of s, which was found in the same run and comes first by its path. Remove one of the two, or give this one another name."
    );
    for another in [("s", 2), ("t", 1)] {
        assert!(said(another).contains("which claimed it first"), "{another:?}");
    }
}

fn entity(kind: &str, namespace: &str) -> Entity {
    serde_json::from_value(
        json!({"apiVersion": "v1", "kind": kind, "metadata": {"name": "a", "namespace": namespace}}),
    )
    .unwrap()
}

#[test]
fn only_trusted_sources_say_who_people_are() {
    let (trusted, untrusted) = (Allowance::default_for(true), Allowance::default_for(false));
    for kind in ["Component", "API", "Resource", "System", "Location", "Template", "Robot"] {
        assert_eq!(trusted.refuse(&entity(kind, "x")), None, "{kind}");
        assert_eq!(untrusted.refuse(&entity(kind, "x")), None, "{kind}");
    }
    // Also under a kind that differs in case alone, since it would claim the same reference.
    for kind in ["User", "Group", "Domain", "user", "GROUP"] {
        assert_eq!(trusted.refuse(&entity(kind, "x")), None, "{kind}");
        let (path, message) = untrusted.refuse(&entity(kind, "x")).unwrap();
        assert_eq!(path, "kind");
        assert!(message.contains(kind), "{message}");
    }
}

#[test]
fn what_the_trust_allows_anyway_is_the_default_rule() {
    let of = |kinds: AllowedKinds, trusted: bool| {
        kinds_rule(Some(&Allowance { kinds, namespaces: None }), trusted).0
    };
    assert_eq!(kinds_rule(None, false), ("default", None));
    for trusted in [false, true] {
        assert_eq!(of(Allowance::default_for(trusted).kinds, trusted), "default");
    }
    assert_eq!(of(AllowedKinds::All, false), "all");
    let some = BTreeSet::from(["api".to_owned()]);
    assert_eq!(of(AllowedKinds::AllBut(some.clone()), true), "all_but");
    let only = Allowance { kinds: AllowedKinds::Only(some.clone()), namespaces: None };
    assert_eq!(kinds_rule(Some(&only), true), ("only", Some(&some)));
}

#[test]
fn kinds_and_namespaces_can_be_set() {
    let set = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<BTreeSet<_>>();
    let allowance =
        Allowance { kinds: AllowedKinds::Only(set(&["api"])), namespaces: Some(set(&["a", "b"])) };
    assert_eq!(allowance.refuse(&entity("API", "a")), None);
    assert_eq!(allowance.refuse(&entity("Component", "a")).unwrap().0, "kind");
    let (path, message) = allowance.refuse(&entity("API", "c")).unwrap();
    assert_eq!(path, "metadata.namespace");
    assert_eq!(
        message,
        "This source may define entities only in the namespaces a, b, not in c. An administrator can allow it."
    );
}
