//! The facets beside the list, and the filters in force above it. All are links, so they work without JavaScript.
//!
//! Facets that are empty keep their place: so the link that has the focus keeps it when the list changes.

use domain::catalog::query::Facet;
use leptos::prelude::*;

use super::address::ListAddress;
use super::list_view::{FacetView, ValueView};
use super::words;
use crate::ui::prelude::*;

/// All facets. On a narrow screen they fold away.
pub fn column(address: &ListAddress, facets: Vec<FacetView>) -> AnyView {
    let facets: Vec<_> = facets.into_iter().map(|view| facet(address, view)).collect();
    view! {
        <details class="facets-fold">
            <summary class="button small">
                <Icon of=Glyph::Filter />
                "Filter"
            </summary>
            <nav class="facets" aria-label="Filters">
                {facets}
            </nav>
        </details>
    }
    .into_any()
}

fn facet(address: &ListAddress, view: FacetView) -> AnyView {
    let FacetView { facet, values, more } = view;
    // One namespace, or one kind, is nothing to choose from.
    let idle = values.is_empty() || (values.len() == 1 && values.iter().all(|value| !value.on));
    let is_open = address.more == Some(facet);
    let values: Vec<_> = values.into_iter().map(|one| value(address, facet, one)).collect();
    let rest = match (more, is_open) {
        (0, false) => None,
        (0, true) => Some((address.showing_more(None), "Show fewer".to_owned())),
        (more, true) => Some((address.showing_more(None), format!("{more} more are not shown. Show fewer"))),
        (more, false) => Some((address.showing_more(Some(facet)), format!("{more} more"))),
    };
    view! {
        <section class="facet" hidden=idle aria-label=words::facet(facet)>
            <h2>{words::facet(facet)}</h2>
            {values}
            {rest.map(|(href, text)| view! { <a class="more" href=href>{text}</a> })}
        </section>
    }
    .into_any()
}

fn value(address: &ListAddress, facet: Facet, value: ValueView) -> AnyView {
    let label = words::facet_value(facet, &value.value);
    let title = label.clone();
    view! {
        <a
            class="choice"
            href=address.toggled(facet, &value.value)
            aria-current=value.on.then_some("true")
            title=title
        >
            <i aria-hidden="true"></i>
            <span class="name">{label}</span>
            <span class="n">{words::grouped(value.count)}</span>
        </a>
    }
    .into_any()
}

/// The filters in force, each a link that takes it away.
pub fn in_force(address: &ListAddress) -> AnyView {
    let query = &address.query;
    let text = (!query.text().is_empty()).then(|| {
        view! { <FilterChip text=format!("“{}”", query.text()) without=address.with_text("") /> }
    });
    let facets: Vec<_> = query
        .facets()
        .map(|facet| {
            let values: Vec<String> =
                query.values(facet).map(|value| words::facet_value(facet, value)).collect();
            let text = format!("{}: {}", words::facet(facet), values.join(", "));
            view! { <FilterChip text=text without=address.without(facet) /> }
        })
        .collect();
    let all = (query.facets().count() + usize::from(text.is_some()) > 1)
        .then(|| view! { <a class="link small" href=super::address::LIST>"Clear all"</a> });
    view! { <div class="chips" hidden=query.is_unfiltered()>{text} {facets} {all}</div> }.into_any()
}
