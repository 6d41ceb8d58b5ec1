//! Tabs: parts of a page, each with an address of its own.

use std::cell::Cell;

use leptos::ev::resize;
use leptos::html;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use wasm_bindgen::JsCast;

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

/// The tabs of a page. The one whose address is open is marked: its path, and its `?tab=` where tabs differ after the `?` alone.
#[component]
pub fn Tabs(
    /// What they divide, read by screen readers.
    #[prop(into)]
    label: String,
    /// The tabs.
    tabs: Vec<Tab>,
) -> impl IntoView {
    let location = use_location();
    let open = Memo::new(move |_| {
        let path = location.pathname.get().trim_end_matches('/').to_owned();
        (path, location.query.with(|query| query.get("tab")))
    });
    let tabs: Vec<_> = tabs
        .into_iter()
        .map(|tab| {
            let own = parts(&tab.href);
            let current = move || open.with(|open| *open == own).then_some("page");
            view! {
                <a href=tab.href aria-current=current>
                    {tab.label}
                    {tab.count.map(|count| view! { <span class="n">{format!(" {count}")}</span> })}
                </a>
            }
        })
        .collect();
    let node = NodeRef::<html::Nav>::new();
    Effect::new(move |_| {
        open.track();
        if let Some(nav) = node.get() {
            // The mark of the chosen one is there by then.
            request_animation_frame(move || show_current(&nav));
        }
    });
    Effect::new(move |_| {
        let before = Cell::new(node.get_untracked().map_or(0, |nav| nav.client_width()));
        let resized = window_event_listener(resize, move |_| {
            // A telephone changes its height alone while one scrolls: the tabs stay where they were moved to.
            if let Some(nav) = node.try_get_untracked().flatten()
                && before.replace(nav.client_width()) != nav.client_width()
            {
                show_current(&nav);
            }
        });
        on_cleanup(move || resized.remove());
    });
    view! { <nav class="tabs" aria-label=label node_ref=node>{tabs}</nav> }.into_any()
}

/// Where the tabs do not fit beside one another, they are moved so that the chosen one is in sight, with some of the one before it.
fn show_current(nav: &web_sys::HtmlElement) {
    const BEFORE: i32 = 48;
    let current = nav.query_selector("[aria-current]").ok().flatten();
    if let Some(current) = current.and_then(|one| one.dyn_into::<web_sys::HtmlElement>().ok()) {
        nav.set_scroll_left(current.offset_left() - nav.offset_left() - BEFORE);
    }
}

/// The path and the tab of an address.
fn parts(href: &str) -> (String, Option<String>) {
    let (path, query) = href.split_once('?').unwrap_or((href, ""));
    let tab = query.split('&').find_map(|pair| pair.strip_prefix("tab="));
    (path.to_owned(), tab.map(str::to_owned))
}
