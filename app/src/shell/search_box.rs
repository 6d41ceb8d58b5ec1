//! The search of the top bar. As a form it leads to the list of the catalog, with and without JavaScript.

use leptos::html;
use leptos::prelude::*;

use super::suggest::{Finder, Suggest, Suggestions};
use crate::ui::ask_form::AskForm;
use crate::ui::icon::{Glyph, Icon};
use crate::ui::maybe::Maybe;

/// The id of its field, for the key `/`.
pub const SEARCH_FIELD: &str = "search";

/// Searches everything.
#[component]
pub fn SearchBox(
    /// What it offers while somebody types.
    #[prop(optional, into)]
    suggest: Maybe<Suggest>,
) -> impl IntoView {
    let suggest = suggest.0;
    let finder = Finder::new("search-option", suggest, false);
    let focused = RwSignal::new(false);
    let node = NodeRef::<html::Input>::new();
    let open = move || focused.get() && finder.found.with(|found| !found.is_empty());
    let instead = move || {
        let nothing = || "Nothing found. Enter searches the catalog.".to_owned();
        focused.get().then(|| finder.instead(nothing)).flatten()
    };
    let leave = move || {
        finder.clear();
        if let Some(field) = node.get_untracked() {
            field.set_value("");
            if field.blur().is_err() {
                leptos::logging::warn!("the search cannot be left");
            }
        }
    };
    let key = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Escape" || finder.key(&event) && event.key() == "Enter" {
            leave();
        }
    };
    view! {
        <div class="searchbox">
            <AskForm action="/catalog" search=true label="Search">
                <div class="field-line">
                    <Icon of=Glyph::Search />
                    <input
                        node_ref=node
                        class="input"
                        type="search"
                        id=SEARCH_FIELD
                        name="q"
                        placeholder="Search or jump to…"
                        aria-label="Search"
                        autocomplete="off"
                        spellcheck="false"
                        role="combobox"
                        aria-autocomplete="list"
                        aria-controls="search-list"
                        aria-expanded=move || open().to_string()
                        aria-activedescendant=finder.active()
                        on:input=move |event| finder.ask(event_target_value(&event), Vec::new())
                        on:keydown=key
                        on:focus=move |_| focused.set(true)
                        on:blur=move |_| focused.set(false)
                    />
                    <kbd class="with-script" aria-hidden="true">"/"</kbd>
                </div>
            </AskForm>
            <div hidden=move || !open()>
                <Suggestions finder=finder id="search-list" on_open=Callback::new(move |()| leave()) />
            </div>
            // Always there, so that what comes into it is announced.
            <div role="status">
                {move || {
                    instead().map(|words| view! { <div class="suggestions"><p class="none">{words}</p></div> })
                }}
            </div>
        </div>
    }
    .into_any()
}
