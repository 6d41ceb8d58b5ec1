//! Small things that several parts ask of the browser.

use wasm_bindgen::JsCast;

/// Whether an event happened within an element that matches.
pub fn is_within(event: &web_sys::Event, selector: &str) -> bool {
    event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
        .is_some_and(|element| element.closest(selector).is_ok_and(|found| found.is_some()))
}

/// Whether the page answers already.
pub fn is_awake() -> bool {
    leptos::prelude::document().document_element().is_some_and(|root| root.has_attribute("data-awake"))
}

/// Until the page has woken up, a link leads to a new document: what is half awake cannot be exchanged for another page.
#[cfg(feature = "hydrate")]
pub fn leave_links_to_the_browser() {
    use wasm_bindgen::closure::Closure;
    let early = Closure::<dyn Fn(web_sys::Event)>::new(|event: web_sys::Event| {
        if !is_awake() && is_within(&event, "a[href]") {
            event.stop_propagation();
        }
    });
    let listen = early.as_ref().unchecked_ref();
    if leptos::prelude::window().add_event_listener_with_callback_and_bool("click", listen, true).is_err() {
        leptos::logging::warn!("links are not watched until the page has woken up");
    }
    early.forget();
}

/// Goes to a path as a new document.
pub fn leave(to: &str) {
    let location = leptos::prelude::window().location();
    let here = location.pathname().unwrap_or_default() + &location.search().unwrap_or_default();
    let left = if here == to { location.reload() } else { location.assign(to) };
    if left.is_err() {
        leptos::logging::error!("{to} cannot be opened");
    }
}

/// Writes on the document that the page answers to scripts from now on (`data-awake`): whoever drives a browser waits for it.
pub fn say_awake() {
    if let Some(root) = leptos::prelude::document().document_element()
        && root.set_attribute("data-awake", "").is_err()
    {
        leptos::logging::warn!("the document cannot be marked");
    }
}

/// Whether somebody types: then letters are letters, not keys.
pub fn is_typing() -> bool {
    let active = leptos::prelude::document().active_element();
    active.is_some_and(|element| {
        element
            .matches("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]")
            .unwrap_or(false)
    })
}
