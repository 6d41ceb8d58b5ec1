//! What a form keeps of what came back, and what its fields are called.

use super::*;

fn flash() -> Flash {
    Flash {
        form: "/do/x".to_owned(),
        values: BTreeMap::from([
            ("name".to_owned(), "mina".to_owned()),
            ("team".to_owned(), "a\nb".to_owned()),
        ]),
        lost: vec!["secret_token".to_owned()],
        problems: vec![Problem::at("name", "Taken")],
        summary: None,
        message: None,
    }
}

#[test]
fn what_was_typed_comes_back_and_secrets_do_not() {
    let owner = Owner::new();
    owner.set();
    let mut flash = flash();
    flash.values.insert("secret_password".to_owned(), "hunter2".to_owned());
    let state = FormState::new("x".to_owned(), Some(flash));
    assert_eq!(state.value("name", "default".to_owned()), "mina");
    assert_eq!(state.value("other", "default".to_owned()), "default");
    assert_eq!(state.value("secret_password", String::new()), "");
    assert_eq!(state.problem("name").get_untracked().as_deref(), Some("Taken"));
    assert_eq!(state.problem("other").get_untracked(), None);
    assert!(state.came_back_wrong("name"));
}

#[test]
fn a_box_that_was_not_posted_was_not_ticked() {
    let owner = Owner::new();
    owner.set();
    let fresh = FormState::new("x".to_owned(), None);
    assert!(fresh.ticked("leader", "on", true));
    let back = FormState::new("x".to_owned(), Some(flash()));
    assert!(!back.ticked("leader", "on", true));
    assert!(back.ticked("team", "b", false));
    assert!(!back.ticked("team", "c", false));
}

#[test]
fn a_flash_belongs_to_one_form() {
    let owner = Owner::new();
    owner.set();
    provide_context(FlashSlot(RwSignal::new(Some(flash()))));
    assert!(flash_of("/do/x", None).is_some());
    assert!(flash_of("/do/y", None).is_none());
    assert!(flash_of("/do/x", Some(&("name", "mina".to_owned()))).is_some());
    assert!(flash_of("/do/x", Some(&("name", "sam".to_owned()))).is_none());
}

#[test]
fn only_fields_that_came_back_wrong_ask_for_the_focus() {
    let owner = Owner::new();
    owner.set();
    let back = FormState::new("x".to_owned(), Some(flash()));
    assert!(back.came_back_wrong("name") && !back.came_back_wrong("team"));
    assert!(
        !FormState::showing("x", flash().problems, None).came_back_wrong("name"),
        "that page moves nobody"
    );
}

#[test]
fn what_the_form_carries_is_neither_shown_nor_focused() {
    let owner = Owner::new();
    owner.set();
    let problems = vec![Problem::at("", "It does not answer"), Problem::at("anyway", "0123abcd")];
    let back = FormState::new("x".to_owned(), Some(Flash { problems, ..flash() }));
    provide_context(back);
    let box_of = super::super::field::Wiring::new("anyway", String::new(), Signal::default(), false);
    assert_eq!(box_of.problem.get_untracked(), None);
    assert!(!box_of.autofocus && back.came_back_wrong(""));
}

#[test]
fn what_is_secret_is_asked_for_again_where_it_was_typed() {
    let owner = Owner::new();
    owner.set();
    let back = FormState::new("x".to_owned(), Some(flash()));
    assert!(back.lost("secret_token", "the token") && !back.lost("secret_key", "the key"));
    assert_eq!(back.again().get_untracked(), ["the token"]);
    assert!(!FormState::new("x".to_owned(), None).lost("secret_token", "the token"));
}

#[test]
fn ids_are_plain() {
    assert_eq!(slug("/do/sign-in"), "do-sign-in");
    assert_eq!(slug("0190-ab"), "f-0190-ab");
    assert_eq!(slug("parameters[size]"), "parameters-size-");
}

#[test]
fn problems_stand_in_the_order_of_the_fields_with_their_labels() {
    let owner = Owner::new();
    owner.set();
    let problems = vec![Problem::at("b", "Two"), Problem::at("gone", "Three"), Problem::at("a", "One")];
    let state = FormState::showing("x", problems, None);
    state.call("a", "First");
    state.call("b", "Second");
    let told: Vec<(String, Option<String>)> =
        state.problems().get_untracked().into_iter().map(|(one, label)| (one.message, label)).collect();
    let label = |text: &str| Some(text.to_owned());
    let expected =
        [("One".to_owned(), label("First")), ("Two".to_owned(), label("Second")), ("Three".to_owned(), None)];
    assert_eq!(told, expected);
}

#[test]
fn the_rarer_kind_of_field_is_marked() {
    let owner = Owner::new();
    owner.set();
    let marks = |fields: &[(&str, bool)]| {
        let state = FormState::new("x".to_owned(), None);
        fields.iter().for_each(|(name, optional)| state.note(name, *optional));
        state.marks().get_untracked()
    };
    assert_eq!(marks(&[("name", false), ("lifetime", true)]), None);
    assert_eq!(marks(&[("name", false), ("team", false), ("lifetime", true)]), None);
    assert_eq!(marks(&[("name", false), ("lifetime", true), ("port", true)]), Some("required"));
    // Where none must be filled in, that has to be seen.
    assert_eq!(marks(&[("lifetime", true), ("port", true)]), None);
    assert_eq!(marks(&[("name", false), ("port", true), ("name", false), ("port", true)]), None);
}
