//! Small things that several parts ask of the browser.

use wasm_bindgen::JsCast;

/// Whether an event happened within an element that matches.
pub fn is_within(event: &web_sys::Event, selector: &str) -> bool {
    event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
        .is_some_and(|element| element.closest(selector).is_ok_and(|found| found.is_some()))
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
