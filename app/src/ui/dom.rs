//! Small things that several parts ask of the browser.

use wasm_bindgen::JsCast;

/// Whether an event happened within an element that matches.
pub fn is_within(event: &web_sys::Event, selector: &str) -> bool {
    event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
        .is_some_and(|element| element.closest(selector).is_ok_and(|found| found.is_some()))
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
