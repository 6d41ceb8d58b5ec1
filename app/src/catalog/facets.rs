//! The facets beside the list, and the filters in force above it. All are links, so they work without JavaScript.

use domain::catalog::query::Facet;
use leptos::prelude::*;

use super::address::ListAddress;
use super::list_view::{FacetView, ValueView};
use super::words;
use crate::ui::prelude::*;

/// All facets of a list of so many entities. On a narrow screen they fold away.
pub fn column(address: &ListAddress, facets: Vec<FacetView>, total: u64) -> AnyView {
    // What is chosen can be taken back above the list.
    let idle = facets.iter().all(|view| leads_nowhere(view, total));
    let facets: Vec<_> = facets.into_iter().map(|view| facet(address, view, total)).collect();
    view! { <Facets idle=idle>{facets}</Facets> }.into_any()
}

/// Whether there is nothing in a facet that would give the list another entity.
fn leads_nowhere(view: &FacetView, total: u64) -> bool {
    is_idle(view, total) || view.values.iter().all(|value| value.count == 0)
}

fn facet(address: &ListAddress, view: FacetView, total: u64) -> AnyView {
    let idle = is_idle(&view, total);
    let FacetView { facet, values, more } = view;
    let is_open = address.more == Some(facet);
    let values: Vec<_> = values
        .into_iter()
        .map(|value| FacetValue {
            label: label(facet, &value),
            count: words::grouped(value.count),
            href: address.toggled(facet, &value.value),
            on: value.on,
        })
        .collect();
    let rest = match (more, is_open) {
        (0, false) => None,
        (0, true) => Some((address.showing_more(None), "Show fewer".to_owned())),
        (more, true) => Some((address.showing_more(None), format!("{more} more are not shown. Show fewer"))),
        (more, false) => Some((address.showing_more(Some(facet)), format!("{more} more"))),
    };
    view! { <Facet title=words::facet(facet) values=values idle=idle more=rest /> }.into_any()
}

/// An entity by its title, as everywhere.
fn label(facet: Facet, value: &ValueView) -> String {
    value.title.clone().unwrap_or_else(|| words::facet_value(facet, &value.value))
}

/// Whether nothing can be chosen: there is no value, or one alone that everything in the list has, as with one namespace.
fn is_idle(view: &FacetView, total: u64) -> bool {
    match view.values.as_slice() {
        [] => true,
        [one] => view.more == 0 && !one.on && one.count == total,
        _ => false,
    }
}

/// The filters in force, each a link that takes it away; `facets` are those of the list, which know the titles of their values.
pub fn in_force(address: &ListAddress, facets: &[FacetView]) -> AnyView {
    let query = &address.query;
    let named = |facet: Facet, value: &str| {
        let view = facets.iter().find(|view| view.facet == facet);
        let known = view.and_then(|view| view.values.iter().find(|known| known.value == value));
        known.map_or_else(|| words::facet_value(facet, value), |known| label(facet, known))
    };
    let text = (!query.text().is_empty()).then(|| {
        view! { <FilterChip text=format!("“{}”", query.text()) without=address.with_text("") /> }
    });
    let facets: Vec<_> = query
        .facets()
        .map(|facet| {
            let values: Vec<String> = query.values(facet).map(|value| named(facet, value)).collect();
            let text = format!("{}: {}", words::facet(facet), values.join(", "));
            view! { <FilterChip text=text without=address.without(facet) /> }
        })
        .collect();
    let all = (query.facets().count() + usize::from(text.is_some()) > 1)
        .then(|| view! { <a class="link small" href=super::address::LIST>"Clear all"</a> });
    view! { <div class="chips" hidden=query.is_unfiltered()>{text} {facets} {all}</div> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(counts: &[u64], on: bool) -> FacetView {
        let value = |count: &u64| ValueView { value: "x".to_owned(), title: None, count: *count, on };
        FacetView { facet: Facet::Owner, values: counts.iter().map(value).collect(), more: 0 }
    }

    #[test]
    fn a_facet_is_shown_as_long_as_it_can_narrow_the_list() {
        assert!(is_idle(&view(&[], false), 9));
        // Every entity of the list has it: choosing it changes nothing.
        assert!(is_idle(&view(&[9], false), 9));
        // Few have it, as with what needs attention.
        assert!(!is_idle(&view(&[2], false), 9));
        assert!(!is_idle(&view(&[5, 4], false), 9));
        // What is chosen can be taken back.
        assert!(!is_idle(&view(&[9], true), 9));
    }

    #[test]
    fn where_nothing_is_found_there_is_nothing_to_choose_from() {
        assert!(leads_nowhere(&view(&[], false), 0));
        assert!(leads_nowhere(&view(&[0], true), 0));
        // Without what is chosen of it there are some.
        assert!(!leads_nowhere(&view(&[0, 3], true), 0));
    }
}
