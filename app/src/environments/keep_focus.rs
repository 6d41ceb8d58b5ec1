//! A list that is read anew by itself draws its rows by their place: where one comes or goes, the focus stays with the row that has it.

use std::cell::RefCell;
use std::rc::Rc;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// The row that has the focus, and where it leads.
type Held = Option<(Element, String)>;

/// Has the focus stay with its row. `before` changes when the list is about to be read anew, `list` when it was.
pub fn on_its_row(before: RwSignal<u64>, list: impl Track + Copy + 'static) {
    // The effects own it: nothing of the browser's is made on the server.
    let held = Rc::new(RefCell::new(None::<(Element, String)>));
    let taken = held.clone();
    Effect::new(move |_| {
        before.track();
        taken.replace(row_in_focus());
    });
    Effect::new(move |_| {
        list.track();
        // The rows are drawn by then.
        let held = held.clone();
        request_animation_frame(move || {
            if let Some(row) = held.take() {
                give_back(&row);
            }
        });
    });
}

fn row_in_focus() -> Held {
    let active = document().active_element()?;
    active.has_attribute("data-row").then_some(())?;
    let href = active.get_attribute("href")?;
    Some((active, href))
}

/// Where the focus was moved on meanwhile, it is left there.
fn give_back((row, href): &(Element, String)) {
    let active = document().active_element();
    let is_there = active.as_ref().is_some_and(|active| active.is_same_node(Some(row)));
    let is_lost = active.is_none_or(|active| active.tag_name() == "BODY");
    let is_other = is_there && row.get_attribute("href").as_ref() != Some(href);
    if !is_lost && !is_other {
        return;
    }
    let found = document().query_selector(&format!("a[data-row][href=\"{href}\"]")).ok().flatten();
    let Some(found) = found.and_then(|found| found.dyn_into::<HtmlElement>().ok()) else { return };
    let options = web_sys::FocusOptions::new();
    options.set_prevent_scroll(true);
    if found.focus_with_options(&options).is_err() {
        leptos::logging::warn!("the row cannot be focused");
    }
}
