//! Facts: a list of names and values.

use leptos::prelude::*;

/// A list of facts. Its children are [`Fact`]s.
#[component]
pub fn KeyValues(
    /// A wider column of names.
    #[prop(optional)]
    wide: bool,
    /// The facts.
    children: Children,
) -> impl IntoView {
    view! { <dl class=if wide { "kv wide" } else { "kv" }>{children()}</dl> }.into_any()
}

/// A name and its value.
#[component]
pub fn Fact(
    /// The name.
    #[prop(into)]
    name: String,
    /// The value.
    children: Children,
) -> impl IntoView {
    view! {
        <dt>{name}</dt>
        <dd>{children()}</dd>
    }
    .into_any()
}
