//! One of a few things that need a sentence each.

use leptos::prelude::*;

use super::field::Wiring;
use super::icon::{Glyph, Icon};
use super::maybe::Maybe;

/// One card. Its text is a plain one, or anything else that can be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RadioCard<T = String> {
    /// What the form posts.
    pub value: String,
    /// Its name.
    pub name: String,
    /// What it is, in a sentence.
    pub text: T,
    /// Its icon.
    pub icon: Glyph,
    /// Cannot be chosen now.
    pub disabled: bool,
}

/// One of a few things, each a card: radio buttons.
#[component]
pub fn RadioCards<T>(
    /// The name that the form posts.
    #[prop(into)]
    name: String,
    /// Above them.
    #[prop(into)]
    label: String,
    /// The cards.
    cards: Vec<RadioCard<T>>,
    /// Below them, short.
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
) -> impl IntoView
where
    T: IntoView + 'static,
{
    let help = help.0;
    let wiring = Wiring::new(&name, value.clone(), problem, help.is_some());
    // What came back may be offered no more.
    let is_offered = cards.iter().any(|card| card.value == wiring.value);
    let chosen = if is_offered { wiring.value.clone() } else { value };
    let asks_for_focus = wiring.autofocus;
    let cards: Vec<_> = cards
        .into_iter()
        .map(|card| {
            let (checked, value) = (card.value == chosen, card.value.clone());
            view! {
                <label>
                    <input
                        type="radio"
                        name=name.clone()
                        value=card.value
                        checked=checked
                        autofocus=checked && asks_for_focus
                        disabled=card.disabled
                        on:change=move |_| {
                            if let Some(tell) = on_change {
                                tell.run(value.clone());
                            }
                        }
                    />
                    <Icon of=card.icon />
                    <span class="name">{card.name}</span>
                    <span class="text">{card.text}</span>
                </label>
            }
        })
        .collect();
    let control = view! { <div class="radio-cards" aria-invalid=wiring.invalid()>{cards}</div> };
    wiring.around_group(label, help, true, control.into_any())
}
