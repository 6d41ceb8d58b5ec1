//! The search of the list: as somebody types, and as a form without JavaScript.

use std::time::Duration;

use leptos::html;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::address::{LIST, ListAddress};
use crate::ui::prelude::*;

/// Waiting this long after a key spares the server the words that are typed past.
const PAUSE: Duration = Duration::from_millis(180);

/// The search within the list. What is typed goes into the address; the entry of the history stays one.
#[component]
pub fn ListSearch(
    /// The address as it stands.
    address: Memo<ListAddress>,
) -> impl IntoView {
    let node = NodeRef::<html::Input>::new();
    let asked = StoredValue::new(0_u64);
    let navigate = use_navigate();
    let typed = move |text: String| {
        let (number, navigate) = (asked.get_value() + 1, navigate.clone());
        asked.set_value(number);
        let ask = move || {
            if asked.try_get_value() == Some(number) {
                let href = address.with_untracked(|address| address.with_text(&text));
                let options =
                    NavigateOptions { resolve: false, replace: true, scroll: false, ..Default::default() };
                navigate(&href, options);
            }
        };
        set_timeout(ask, PAUSE);
    };
    // What was typed before the page woke up is searched as well.
    let early = typed.clone();
    Effect::new(move |done: Option<bool>| {
        let Some(input) = node.get().filter(|_| done != Some(true)) else { return done.unwrap_or(false) };
        if input.value() != address.with_untracked(|address| address.query.text().to_owned()) {
            early(input.value());
        }
        true
    });
    // A filter that is taken away elsewhere is taken away here; what somebody is typing is left alone.
    Effect::new(move |_| {
        let text = address.with(|address| address.query.text().to_owned());
        if let Some(input) = node.get()
            && !document().active_element().is_some_and(|active| active.is_same_node(Some(&input)))
            && input.value() != text
        {
            input.set_value(&text);
        }
    });
    let kept = move || {
        let kept = address.with(ListAddress::besides_text);
        kept.into_iter()
            .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
            .collect_view()
    };
    view! {
        <AskForm action=LIST search=true label="Search the catalog" class="catalog-search">
            {kept}
            <div class="searchbox whole">
                <div class="field-line">
                    <Icon of=Glyph::Search />
                    <input
                        node_ref=node
                        class="input"
                        type="search"
                        name="q"
                        value=address.with_untracked(|address| address.query.text().to_owned())
                        placeholder="Search by name, words, tag, owner"
                        aria-label="Search the catalog"
                        autocomplete="off"
                        spellcheck="false"
                        on:input=move |event| typed(event_target_value(&event))
                    />
                </div>
            </div>
            <button type="submit" class="button without-script">
                "Search"
            </button>
        </AskForm>
    }
    .into_any()
}
