//! Facets: what a list can be narrowed to, with counts. A form that asks, so it works without JavaScript.

use leptos::prelude::*;

use super::form::AskForm;
use super::icon::{Glyph, Icon};

/// One value of a facet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FacetValue {
    /// What stands in the address.
    pub value: String,
    /// What is shown.
    pub label: String,
    /// How many there are.
    pub count: usize,
    /// Chosen.
    pub on: bool,
}

/// All facets of a list. On a narrow screen they fold away.
#[component]
pub fn Facets(
    /// The page of the list.
    #[prop(into)]
    action: String,
    /// What else stands in the address and stays: names and values.
    #[prop(optional)]
    keep: Vec<(String, String)>,
    /// The [`Facet`]s, and perhaps a [`SearchField`](super::search_field::SearchField).
    children: Children,
) -> impl IntoView {
    let kept: Vec<_> = keep
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
        .collect();
    view! {
        <details class="facets-fold">
            <summary class="button small">
                <Icon of=Glyph::Filter />
                "Filter"
            </summary>
            <div class="facets">
                <AskForm action=action at_once=true label="Filter">
                    {kept}
                    {children()}
                    <button type="submit" class="button small without-script">
                        "Apply"
                    </button>
                </AskForm>
            </div>
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
    /// Its name in the address.
    #[prop(into)]
    name: String,
    /// Its values, the most frequent first.
    values: Vec<FacetValue>,
    /// One value at most.
    #[prop(optional)]
    single: bool,
    /// Says how many values are not shown.
    #[prop(optional)]
    more: usize,
) -> impl IntoView {
    let kind = if single { "radio" } else { "checkbox" };
    let values: Vec<_> = values
        .into_iter()
        .map(|value| {
            view! {
                <label>
                    <input type=kind name=name.clone() value=value.value checked=value.on />
                    <span class="name">{value.label}</span>
                    <span class="n">{value.count}</span>
                </label>
            }
        })
        .collect();
    view! {
        <fieldset class="facet">
            <legend>{title}</legend>
            {values}
            {(more > 0).then(|| view! { <p class="more">{format!("{more} more: narrow the list to see them")}</p> })}
        </fieldset>
    }
    .into_any()
}
