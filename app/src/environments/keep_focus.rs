//! A list that is read anew by itself draws its rows by their place: where one comes or goes, the focus stays with the row that has it.
//!
//! Which row that is, is noted when it gets the focus, not when the list is read: until it is drawn anew, the focus may move on.

use std::cell::RefCell;
use std::rc::Rc;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// A link of a row, by what stays the same wherever the row is drawn: the list, where the row leads, where the link itself does.
#[derive(Clone, PartialEq, Eq)]
struct Place {
    list: Option<String>,
    row: String,
    link: String,
}

/// The link that has the focus, and its place when it got it.
#[derive(Clone)]
struct Held {
    link: Element,
    place: Place,
}

/// Has the focus stay with its row. `list` changes when the list was read anew.
pub fn on_its_row(list: impl Track + Copy + 'static) {
    let shown = StoredValue::new(());
    // The effects own it: nothing of the browser's is made on the server.
    let held = Rc::new(RefCell::new(None::<Held>));
    let noted = held.clone();
    Effect::new(move |_| {
        noted.replace(in_focus());
        let (coming, leaving) = (noted.clone(), noted.clone());
        let came = window_event_listener_untyped("focusin", move |_| {
            coming.replace(in_focus());
        });
        let left = window_event_listener_untyped("focusout", move |_| {
            let held = leaving.clone();
            // What was taken out of the page together with its row is gone by then.
            request_animation_frame(move || forget_what_was_left(&held));
        });
        on_cleanup(move || {
            came.remove();
            left.remove();
        });
    });
    Effect::new(move |_| {
        list.track();
        let held = held.clone();
        // The rows are drawn by then; and another page may be there instead.
        request_animation_frame(move || {
            if shown.try_get_value().is_some() {
                give_back(&held);
            }
        });
    });
}

/// The link of a row that has the focus.
fn in_focus() -> Option<Held> {
    let link = document().active_element()?;
    let place = place(&link)?;
    Some(Held { link, place })
}

fn place(link: &Element) -> Option<Place> {
    let row = row_of(link)?.query_selector("a[data-row]").ok()??.get_attribute("href")?;
    Some(Place { list: list_of(link), row, link: link.get_attribute("href")? })
}

fn row_of(link: &Element) -> Option<Element> {
    link.closest("tr, li").ok()?
}

/// A row may stand in two lists of a page.
fn list_of(link: &Element) -> Option<String> {
    link.closest("[aria-label]").ok()??.get_attribute("aria-label")
}

/// A link that is still there and has lost the focus was left by whoever had it there.
fn forget_what_was_left(held: &RefCell<Option<Held>>) {
    held.borrow_mut().take_if(|held| held.link.is_connected() && !has_focus(&held.link));
}

fn has_focus(link: &Element) -> bool {
    document().active_element().is_some_and(|active| active.is_same_node(Some(link)))
}

/// Where the focus was moved on meanwhile, it is left there.
fn give_back(held: &RefCell<Option<Held>>) {
    let Some(Held { link, place: before }) = held.borrow().clone() else { return };
    let is_other = has_focus(&link) && place(&link).as_ref() != Some(&before);
    let nothing_has_it = document().active_element().is_none_or(|active| active.tag_name() == "BODY");
    let is_lost = nothing_has_it && !link.is_connected();
    if !is_lost && !is_other {
        return;
    }
    let Some(found) = find(&before) else {
        // The row is gone. Whatever has the focus in its place is followed from now on.
        held.replace(in_focus());
        return;
    };
    let options = web_sys::FocusOptions::new();
    options.set_prevent_scroll(true);
    if found.focus_with_options(&options).is_err() {
        leptos::logging::warn!("the row cannot be focused");
    }
}

/// Where a place is now: in its own list, or in another one that the row has moved to.
fn find(place: &Place) -> Option<HtmlElement> {
    let rows = document().query_selector_all(&format!("a[data-row][href=\"{}\"]", place.row)).ok()?;
    let found: Vec<Element> =
        (0..rows.length()).filter_map(|at| rows.item(at)?.dyn_into::<Element>().ok()).collect();
    let row = found.iter().find(|row| list_of(row) == place.list).or_else(|| found.first())?;
    let link = row_of(row)?.query_selector(&format!("a[href=\"{}\"]", place.link)).ok()??;
    link.dyn_into::<HtmlElement>().ok()
}
