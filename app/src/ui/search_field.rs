//! A search within a list: part of a form that asks.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// A search within what the page shows. Stands in an [`AskForm`](super::ask_form::AskForm).
#[component]
pub fn SearchField(
    /// The name in the address.
    #[prop(default = "q".to_owned(), into)]
    name: String,
    /// What is searched, read by screen readers and shown while it is empty: "Search services".
    #[prop(into)]
    label: String,
    /// What is searched for.
    #[prop(optional, into)]
    value: String,
) -> impl IntoView {
    view! {
        <div class="searchbox whole">
            <div class="field-line">
                <Icon of=Glyph::Search />
                <input
                    class="input"
                    type="search"
                    name=name
                    value=value
                    placeholder=label.clone()
                    aria-label=label
                    autocomplete="off"
                    spellcheck="false"
                />
            </div>
        </div>
    }
    .into_any()
}
