//! Filters that are in force, and short choices of view.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use super::maybe::Maybe;

/// A filter in force; its link takes it away.
#[component]
pub fn FilterChip(
    /// The filter: "Kind: Service, Website".
    #[prop(into)]
    text: String,
    /// The page without it.
    #[prop(into)]
    without: String,
) -> impl IntoView {
    view! {
        <a class="chip on" href=without>
            <span class="sr-only">"Remove filter"</span>
            <span>{text}</span>
            <Icon of=Glyph::Close />
        </a>
    }
    .into_any()
}

/// A link to a view of the list.
#[component]
pub fn Chip(
    /// The view.
    #[prop(into)]
    text: String,
    /// Its address.
    #[prop(into)]
    href: String,
    /// It is the one shown.
    #[prop(optional)]
    on: bool,
    /// Before the words.
    #[prop(optional, into)]
    icon: Maybe<Glyph>,
    /// How many there are, as it is shown.
    #[prop(optional, into)]
    count: Maybe<String>,
) -> impl IntoView {
    let icon = icon.0;
    let count = count.0.map(|count| view! { " " <span class="n">{count}</span> });
    view! {
        <a class=if on { "chip on" } else { "chip" } href=href aria-current=on.then_some("true")>
            {icon.map(|of| view! { <Icon of=of /> })}
            <span>{text}</span>
            {count}
        </a>
    }
    .into_any()
}
