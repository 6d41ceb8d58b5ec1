//! Which state of a thing the form was filled from, so that nobody overwrites unseen what somebody else saved meanwhile.
//!
//! It is posted hidden. Where the server refuses the form for it, the form carries the present state from then on: sent again, it is sent
//! knowingly.

use domain::form::VERSION;
use leptos::prelude::*;

use super::form::FormState;

/// The hidden field; stands within the form.
#[component]
pub fn Version(
    /// The state that the fields show.
    of: i64,
) -> impl IntoView {
    let value = carried(expect_context::<FormState>(), of);
    view! { <input type="hidden" name=VERSION value=move || value.get() /> }.into_any()
}

/// The state that was told last; before that the one that was posted, which is what was typed upon; before that the one of the page.
fn carried(form: FormState, of: i64) -> Memo<String> {
    let (first, told) = (form.value(VERSION, of.to_string()), form.problem(VERSION));
    Memo::new(move |before: Option<&String>| {
        told.get().or_else(|| before.cloned()).unwrap_or_else(|| first.clone())
    })
}

#[cfg(test)]
mod tests {
    use domain::form::Problem;

    use super::*;

    #[test]
    fn a_form_carries_the_state_that_it_was_told_last() {
        let owner = Owner::new();
        owner.set();
        let fresh = FormState::showing("x", Vec::new(), None);
        assert_eq!(carried(fresh, 3).get_untracked(), "3");
        let told = FormState::showing("x", vec![Problem::at(VERSION, "7")], None);
        assert_eq!(carried(told, 3).get_untracked(), "7");
    }
}
