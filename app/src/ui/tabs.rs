//! Tabs: parts of a page, each with an address of its own.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// One tab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tab {
    /// Its name.
    pub label: String,
    /// Its address.
    pub href: String,
    /// How many things it holds.
    pub count: Option<usize>,
}

impl Tab {
    /// A tab at an address.
    pub fn new(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: href.into(), count: None }
    }

    /// With the number of things in it.
    pub fn counting(self, count: usize) -> Self {
        Self { count: Some(count), ..self }
    }
}

/// The tabs of a page. The one whose path is open is marked.
#[component]
pub fn Tabs(
    /// What they divide, read by screen readers.
    #[prop(into)]
    label: String,
    /// The tabs.
    tabs: Vec<Tab>,
) -> impl IntoView {
    let path = use_location().pathname;
    let tabs: Vec<_> = tabs
        .into_iter()
        .map(|tab| {
            let own = tab.href.split('?').next().unwrap_or_default().to_owned();
            let current = move || (path.get().trim_end_matches('/') == own).then_some("page");
            view! {
                <a href=tab.href aria-current=current>
                    {tab.label}
                    {tab.count.map(|count| view! { <span class="n">{format!(" {count}")}</span> })}
                </a>
            }
        })
        .collect();
    view! { <nav class="tabs" aria-label=label>{tabs}</nav> }.into_any()
}
