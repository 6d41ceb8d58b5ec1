//! One of a few, all in sight.

use leptos::prelude::*;

use super::field::Wiring;
use super::maybe::Maybe;
use super::select::Choice;

/// One of a few values side by side: radio buttons.
#[component]
pub fn Segmented(
    /// The name that the form posts.
    #[prop(into)]
    name: String,
    /// Above it.
    #[prop(into)]
    label: String,
    /// The values.
    choices: Vec<Choice>,
    /// Below it, short.
    #[prop(optional, into)]
    help: Maybe<String>,
    /// The value that is chosen at first.
    #[prop(optional, into)]
    value: String,
    /// Told what is chosen.
    #[prop(optional, into)]
    on_change: Option<Callback<String>>,
    /// What the page itself finds wrong.
    #[prop(optional, into)]
    problem: Signal<Option<String>>,
    /// Over the whole width of a form in two columns.
    #[prop(optional)]
    wide: bool,
) -> impl IntoView {
    let help = help.0;
    let wiring = Wiring::new(&name, value, problem, help.is_some());
    let chosen = wiring.value.clone();
    let segments: Vec<_> = choices
        .into_iter()
        .map(|choice| {
            let (checked, value) = (choice.value == chosen, choice.value.clone());
            view! {
                <label>
                    <input
                        type="radio"
                        name=name.clone()
                        value=choice.value
                        checked=checked
                        disabled=choice.disabled
                        on:change=move |_| {
                            if let Some(tell) = on_change {
                                tell.run(value.clone());
                            }
                        }
                    />
                    {choice.label}
                </label>
            }
        })
        .collect();
    let control = view! { <div class="segmented" aria-invalid=wiring.invalid()>{segments}</div> };
    wiring.around_group(label, help, wide, control.into_any())
}
