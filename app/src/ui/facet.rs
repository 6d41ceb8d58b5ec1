//! Facets: what a list can be narrowed to, with counts. All are links, so they work without JavaScript.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use super::maybe::Maybe;

/// One value of a facet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FacetValue {
    /// What is shown.
    pub label: String,
    /// How many there are, as it is shown.
    pub count: String,
    /// The list with this value chosen, or without it where it is.
    pub href: String,
    /// Chosen.
    pub on: bool,
}

/// All facets of a list. On a narrow screen they fold away.
#[component]
pub fn Facets(
    /// Read by screen readers.
    #[prop(default = "Filters".to_owned(), into)]
    label: String,
    /// None of them has anything to choose from. They keep their place, as each of them does.
    #[prop(optional)]
    idle: bool,
    /// The [`Facet`]s.
    children: Children,
) -> impl IntoView {
    view! {
        <details class="facets-fold" hidden=idle>
            <summary class="button small">
                <Icon of=Glyph::Filter />
                "Filter"
            </summary>
            <nav class="facets" aria-label=label>
                {children()}
            </nav>
        </details>
    }
    .into_any()
}

/// One facet.
#[component]
pub fn Facet(
    /// Its title.
    #[prop(into)]
    title: String,
    /// Its values, the most frequent first.
    values: Vec<FacetValue>,
    /// It has nothing to choose from. It keeps its place, so that a link that has the focus keeps it when the list changes.
    #[prop(optional)]
    idle: bool,
    /// Where more values are shown, or fewer, and the words for it.
    #[prop(optional, into)]
    more: Maybe<(String, String)>,
) -> impl IntoView {
    let more = more.0.map(|(href, words)| view! { <a class="more" href=href>{words}</a> });
    let values: Vec<_> = values.into_iter().map(choice).collect();
    view! {
        <section class="facet" hidden=idle aria-label=title.clone()>
            <h2>{title.clone()}</h2>
            {values}
            {more}
        </section>
    }
    .into_any()
}

fn choice(value: FacetValue) -> AnyView {
    let FacetValue { label, count, href, on } = value;
    view! {
        <a class="choice" href=href aria-current=on.then_some("true") title=label.clone()>
            <i aria-hidden="true"></i>
            <span class="name">{label.clone()}</span>
            <span class="n">{count}</span>
        </a>
    }
    .into_any()
}
