//! The keys: `/` searches, Control-K opens the palette, `?` lists the keys, `g` and a letter leads to a room, `j` and `k` go through a list.
//! All but Control-K are letters on their own, which can be switched off in the menu of the profile.
//!
//! A list is whatever carries `data-row` on its links. Enter is the browser's own: it opens the link that has the focus.

use leptos::ev::{KeyboardEvent, keydown};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::facts::preferences;
use super::rooms::Room;
use super::search_box::SEARCH_FIELD;
use crate::ui::dom::is_typing;

/// How long `g` waits for its letter, in milliseconds.
const PATIENCE: f64 = 1_500.0;

/// Listens while the frame is there.
pub fn listen(palette: RwSignal<bool>, help: RwSignal<bool>, rooms: Vec<&'static Room>) {
    let (navigate, looks) = (use_navigate(), preferences());
    let rooms = StoredValue::new(rooms);
    let go_pressed = StoredValue::new(None::<f64>);
    Effect::new(move |_| {
        let navigate = navigate.clone();
        let handle = window_event_listener(keydown, move |event| {
            let key = event.key();
            if (event.ctrl_key() || event.meta_key()) && key.eq_ignore_ascii_case("k") {
                event.prevent_default();
                palette.update(|open| *open = !*open);
                return;
            }
            if event.ctrl_key() || event.meta_key() || event.alt_key() || is_typing() || a_dialog_is_open() {
                return;
            }
            if looks.with_untracked(|looks| looks.no_letter_keys) {
                return;
            }
            let went = go_pressed.get_value().is_some_and(|at| event.time_stamp() - at < PATIENCE);
            go_pressed.set_value(None);
            if went {
                let room =
                    rooms.with_value(|rooms| rooms.iter().find(|room| key.chars().eq([room.key])).copied());
                if let Some(room) = room {
                    event.prevent_default();
                    navigate(room.href, NavigateOptions::default());
                    return;
                }
            }
            match key.as_str() {
                "/" => search(&event, palette),
                "?" => help.set(true),
                "g" => go_pressed.set_value(Some(event.time_stamp())),
                "j" => move_row(&event, 1),
                "k" => move_row(&event, -1),
                _ => {}
            }
        });
        on_cleanup(move || handle.remove());
    });
}

fn a_dialog_is_open() -> bool {
    document().query_selector("dialog[open]").is_ok_and(|found| found.is_some())
}

/// In the top bar, or in the palette where the bar has no place for the field.
fn search(event: &KeyboardEvent, palette: RwSignal<bool>) {
    let field =
        document().get_element_by_id(SEARCH_FIELD).and_then(|field| field.dyn_into::<HtmlElement>().ok());
    if let Some(field) = field {
        event.prevent_default();
        match field.offset_width() {
            0 => palette.set(true),
            _ => focus(&field),
        }
    }
}

/// Moves the focus to the next or the previous row.
fn move_row(event: &KeyboardEvent, step: i32) {
    let Ok(rows) = document().query_selector_all("[data-row]") else { return };
    let rows: Vec<HtmlElement> =
        (0..rows.length()).filter_map(|at| rows.item(at)?.dyn_into::<HtmlElement>().ok()).collect();
    let active = document().active_element();
    let here =
        rows.iter().position(|row| active.as_ref().is_some_and(|active| active.is_same_node(Some(row))));
    if let Some(row) = next_row(rows.len(), here, step).and_then(|at| rows.get(at)) {
        event.prevent_default();
        focus(row);
    }
}

/// The row a step further: the first, or the last, where none has the focus; never past the ends.
fn next_row(rows: usize, here: Option<usize>, step: i32) -> Option<usize> {
    let last = rows.checked_sub(1)?;
    Some(match (here, step > 0) {
        (None, true) => 0,
        (None, false) => last,
        (Some(at), true) => (at + 1).min(last),
        (Some(at), false) => at.saturating_sub(1),
    })
}

fn focus(element: &HtmlElement) {
    if element.focus().is_err() {
        leptos::logging::warn!("an element cannot be focused");
    }
}

#[cfg(test)]
mod tests {
    use super::next_row;

    #[test]
    fn rows_are_walked_within_their_list() {
        for (rows, here, step, expected) in [
            (0, None, 1, None),
            (3, None, 1, Some(0)),
            (3, None, -1, Some(2)),
            (3, Some(0), 1, Some(1)),
            (3, Some(2), 1, Some(2)),
            (3, Some(0), -1, Some(0)),
        ] {
            assert_eq!(next_row(rows, here, step), expected);
        }
    }
}
