//! The list of keys.

use leptos::prelude::*;

use super::facts::preferences;
use super::rooms::Room;
use crate::ui::dialog::Dialog;

/// Lists the keys.
#[component]
pub fn KeysHelp(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// Those that a letter leads to.
    rooms: Vec<&'static Room>,
) -> impl IntoView {
    let line = |keys: Vec<String>, what: String| {
        view! {
            <dt>{what}</dt>
            <dd>{keys.into_iter().map(|key| view! { <kbd>{key}</kbd> }).collect_view()}</dd>
        }
    };
    let own = move |keys: &[&str], what: &str| {
        line(keys.iter().map(|key| (*key).to_owned()).collect(), what.to_owned())
    };
    let rooms: Vec<_> = rooms
        .into_iter()
        .map(|room| line(vec!["g".to_owned(), room.key.to_string()], format!("Go to {}", room.label)))
        .collect();
    let looks = preferences();
    let letters = move || {
        if looks.with(|looks| looks.no_letter_keys) {
            "Letter keys are off. Switch them on in the menu under your name."
        } else {
            "Letter keys can be switched off in the menu under your name."
        }
    };
    view! {
        <Dialog id="keys" title="Keys" open=open>
            <dl class="keys">
                {own(&["/"], "Search")} {own(&["Ctrl", "K"], "Jump to anything or run a command")} {rooms}
                {own(&["j"], "Next row of a list")} {own(&["k"], "Previous row of a list")}
                {own(&["Enter"], "Open the row")} {own(&["Esc"], "Close")} {own(&["?"], "This list")}
            </dl>
            <p class="help">{letters}</p>
        </Dialog>
    }
    .into_any()
}
