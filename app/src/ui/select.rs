//! One of many.

use leptos::prelude::*;

use super::field::Wiring;
use super::icon::{Glyph, Icon};
use super::maybe::Maybe;

/// One of the values of a [`Select`], a [`Segmented`](super::segmented::Segmented) or a list of boxes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What the form posts.
    pub value: String,
    /// What is shown.
    pub label: String,
    /// Cannot be chosen now.
    pub disabled: bool,
}

impl Choice {
    /// A value and the words for it.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), disabled: false }
    }

    /// The same, which cannot be chosen now.
    pub fn refused(self) -> Self {
        Self { disabled: true, ..self }
    }
}

/// One of many values, as the browser's own list.
#[component]
pub fn Select(
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
    /// May be left open.
    #[prop(optional)]
    optional: bool,
    /// Cannot be changed now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// Over the whole width of a form in two columns.
    #[prop(optional)]
    wide: bool,
) -> impl IntoView {
    let help = help.0;
    let wiring = Wiring::new(&name, value, problem, help.is_some());
    let chosen = wiring.value.clone();
    let options: Vec<_> = choices
        .into_iter()
        .map(|choice| {
            let selected = choice.value == chosen;
            view! {
                <option value=choice.value selected=selected disabled=choice.disabled>
                    {choice.label}
                </option>
            }
        })
        .collect();
    let control = view! {
        <div class="select">
            <select
                class="input"
                id=wiring.id.clone()
                name=name
                on:change=move |event| {
                    if let Some(tell) = on_change {
                        tell.run(event_target_value(&event));
                    }
                }
                required=!optional
                disabled=move || disabled.get()
                autofocus=wiring.autofocus
                aria-invalid=wiring.invalid()
                aria-describedby=wiring.described_by()
            >
                {optional.then(|| view! { <option value="">"—"</option> })}
                {options}
            </select>
            <Icon of=Glyph::ChevronDown />
        </div>
    };
    wiring.around(label, optional, help, wide, control.into_any())
}
