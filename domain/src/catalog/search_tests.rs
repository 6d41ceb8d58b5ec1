use super::*;

fn texts(name: &str, title: &str, description: &str, tags: &[&str]) -> Searchable {
    let tags = tags.iter().map(|tag| fold(tag)).collect();
    Searchable {
        name: fold(name),
        title: fold(title),
        description: fold(description),
        tags,
        owner: "team-a".to_owned(),
        titles: Titles { owner: fold("The A Team"), system: fold("Shop") },
    }
}

#[test]
fn a_term_is_found_anywhere_and_the_best_place_counts() {
    let table = [
        ("pay", "pay", Some(Match::Exact)),
        ("pay", "payments", Some(Match::Prefix)),
        ("pay", "api-payments", Some(Match::WordPrefix)),
        ("pay", "prepay pay", Some(Match::WordPrefix)),
        ("pay", "prepayments", Some(Match::Substring)),
        ("pay", "orders", None),
        ("ä", "xä-ä", Some(Match::WordPrefix)),
        ("aa", "baaa", Some(Match::Substring)),
        ("a-b", "x-a-b", Some(Match::WordPrefix)),
        ("longer", "long", None),
    ];
    for (term, text, wanted) in table {
        assert_eq!(find(term, text), wanted, "{term} in {text}");
    }
}

#[test]
fn better_matches_come_first() {
    let ranked = [
        texts("pay", "", "", &[]),
        texts("x", "Pay", "", &[]),
        texts("pay-api", "", "", &[]),
        texts("payments", "", "", &[]),
        texts("orders", "The pay desk", "", &[]),
        texts("api-pay", "", "", &[]),
        texts("prepay", "", "", &[]),
        texts("a", "", "", &["pay"]),
        texts("a", "", "pay here", &[]),
        texts("a", "", "here we pay", &[]),
        texts("a", "", "prepayments", &[]),
    ];
    let terms = Terms::new(" PAY ");
    let scores: Vec<_> = ranked.iter().map(|texts| terms.score(texts).unwrap()).collect();
    // The first two match alike but for the length of the name.
    assert!(scores[0].abs_diff(scores[1]) < 100);
    for pair in scores[1..].windows(2) {
        assert!(pair[0] > pair[1], "{scores:?}");
    }
}

#[test]
fn every_term_must_be_found() {
    let orders = texts("orders-db", "Orders database", "Keeps orders", &["postgres"]);
    for (text, found) in [
        ("", true),
        ("  ", true),
        ("orders", true),
        ("ord base", true),
        ("keeps post", true),
        ("orders team-a", true),
        ("orders The a", true),
        ("orders shop", false),
        ("orders mysql", false),
    ] {
        assert_eq!(Terms::new(text).score(&orders).is_some(), found, "{text}");
    }
    // Words that are the whole title go before the same words apart.
    let whole = Terms::new("orders database");
    let apart = texts("orders-db", "Database of orders", "", &[]);
    assert!(whole.score(&orders) > whole.score(&apart));
}
