//! Yes or no.

use leptos::prelude::*;

use super::field::Wiring;
use super::maybe::Maybe;

/// A box to tick. It posts `name=value` when it is ticked, and nothing when not.
#[component]
pub fn Checkbox(
    /// The name that the form posts.
    #[prop(into)]
    name: String,
    /// Beside it.
    #[prop(into)]
    label: String,
    /// What is posted when it is ticked.
    #[prop(default = "on".to_owned(), into)]
    value: String,
    /// Ticked at first.
    #[prop(optional)]
    checked: bool,
    /// Drawn as a switch: for what takes effect by itself.
    #[prop(optional)]
    switch: bool,
    /// Below it, short.
    #[prop(optional, into)]
    help: Maybe<String>,
    /// Told whether it is ticked.
    #[prop(optional, into)]
    on_change: Option<Callback<bool>>,
    /// What the page itself finds wrong.
    #[prop(optional, into)]
    problem: Signal<Option<String>>,
    /// Cannot be changed now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
) -> impl IntoView {
    let help = help.0;
    let wiring = Wiring::new(&name, String::new(), problem, help.is_some());
    let checked = wiring.ticked(&value, checked);
    let id = if value == "on" { wiring.id.clone() } else { format!("{}-{value}", wiring.id) };
    view! {
        <div class=if switch { "check toggle" } else { "check" }>
            <input
                type="checkbox"
                role=switch.then_some("switch")
                id=id.clone()
                name=name
                value=value
                checked=checked
                on:change=move |event| {
                    if let Some(tell) = on_change {
                        tell.run(event_target_checked(&event));
                    }
                }
                disabled=move || disabled.get()
                aria-invalid=wiring.invalid()
                aria-describedby=wiring.described_by()
            />
            <label for=id>{label}</label>
            {wiring.below(help)}
        </div>
    }
    .into_any()
}
