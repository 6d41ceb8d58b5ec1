use super::*;

/// The whole table, every state against every event; what is not listed is refused.
#[test]
fn the_table() {
    let mut grid = String::new();
    for state in State::ALL {
        grid.push_str(&format!("{}\n", state.as_str()));
        for event in Event::ALL {
            if let Ok(to) = next(state, event) {
                grid.push_str(&format!("    {:<28}{}\n", format!("{event:?}"), to.as_str()));
            }
        }
    }
    insta::assert_snapshot!(grid);
}

#[test]
fn what_a_person_may_ask() {
    let mut grid = String::new();
    for state in State::ALL {
        let words = |wanted, stuck| {
            actions(state, wanted, stuck).iter().map(|a| a.words()).collect::<Vec<_>>().join(", ")
        };
        let (present, gone) = (words(Wanted::Present, false), words(Wanted::Gone, false));
        let line = format!("{:<18}{present:<26}{gone:<10}{}", state.as_str(), words(Wanted::Gone, true));
        grid.push_str(&format!("{}\n", line.trim_end()));
    }
    insta::assert_snapshot!(grid);
}

#[test]
fn gone_can_be_wanted_in_every_state_but_the_ends_and_always_leads_there() {
    for state in State::ALL {
        for wish in [Event::DestroyWanted, Event::Expired] {
            let after = next(state, wish);
            assert_eq!(after.is_err(), state.is_end(), "{state:?}");
            let Ok(mut now) = after else { continue };
            // The way out, with everything going well.
            for _ in 0..5 {
                let step = match now {
                    State::Expiring => Event::DestroyBegins,
                    State::Destroying => Event::AllUndone,
                    State::VerifyingGone => Event::InventoryEmpty,
                    State::DestroyBlocked => Event::DestroyRetried,
                    State::Destroyed => break,
                    _ => Event::SafePointReached,
                };
                now = next(now, step).unwrap();
            }
            assert_eq!(now, State::Destroyed, "from {state:?} by {wish:?}");
        }
    }
}

#[test]
fn destroyed_is_reached_only_by_an_empty_inventory_or_with_nothing_made() {
    for state in State::ALL {
        for event in Event::ALL {
            if next(state, event) == Ok(State::Destroyed) {
                assert!(matches!(
                    event,
                    Event::InventoryEmpty | Event::PlanRefusedWithNothingMade | Event::NothingWasMade
                ));
            }
        }
    }
}

#[test]
fn giving_up_is_possible_until_the_end_and_nothing_follows_it() {
    for state in State::ALL {
        assert_eq!(
            next(state, Event::GivenUp).ok(),
            (!state.is_end()).then_some(State::GivenUp),
            "{state:?}"
        );
        for event in Event::ALL {
            let given_up = next(state, event) == Ok(State::GivenUp);
            assert_eq!(given_up, event == Event::GivenUp && !state.is_end(), "{state:?} by {event:?}");
        }
        // What gets on, and what is not being destroyed, is not given up.
        for wanted in [Wanted::Present, Wanted::Gone] {
            assert!(!actions(state, wanted, false).contains(&Action::GiveUp), "{state:?}");
            assert_eq!(actions(state, wanted, true).contains(&Action::GiveUp), state.is_leaving());
        }
    }
}

#[test]
fn every_state_is_reached_and_none_is_a_trap() {
    for state in State::ALL {
        let reached = State::ALL
            .into_iter()
            .any(|from| from != state && Event::ALL.into_iter().any(|event| next(from, event) == Ok(state)));
        assert!(reached || state == State::Requested, "{state:?} is reached");
        let left = Event::ALL.into_iter().any(|event| next(state, event).is_ok_and(|to| to != state));
        assert_eq!(left, !state.is_end(), "{state:?} is left");
        assert_eq!(State::parse(state.as_str()), Some(state));
    }
    for state in StepState::ALL {
        assert_eq!(StepState::parse(state.as_str()), Some(state));
    }
}

#[test]
fn a_refusal_says_the_state() {
    let refused = next(State::VerifyingGone, Event::Retry).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "This is not possible while the environment is in the state “Checking that it is gone”"
    );
}
