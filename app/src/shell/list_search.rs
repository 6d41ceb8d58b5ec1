//! The search within a list: as somebody types, and as a form without JavaScript.

use std::time::Duration;

use leptos::html;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use crate::ui::prelude::*;

/// Waiting this long after a key spares the server the words that are typed past.
const PAUSE: Duration = Duration::from_millis(180);

/// Where a list with other words is, and what its address says besides the words.
#[derive(Clone, Copy)]
pub struct Searched {
    /// The words in the address.
    pub text: Signal<String>,
    /// The address with other words, its first page.
    pub with_text: Callback<String, String>,
    /// What else the address says, for the form.
    pub besides: Signal<Vec<(&'static str, String)>>,
}

/// The search within the list. What is typed goes into the address as `q`; the entry of the history stays one.
#[component]
pub fn ListSearch(
    /// The list's address.
    of: Searched,
    /// The page of the list.
    action: &'static str,
    /// Read by screen readers: "Search the catalog".
    label: &'static str,
    /// What can be typed: "Search by name".
    hint: &'static str,
    /// The class of the form.
    class: &'static str,
    /// Fields beside the search, of the same form.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let Searched { text, with_text, besides } = of;
    let node = NodeRef::<html::Input>::new();
    // How often something was typed, and which of it the address says.
    let (asked, answered) = (StoredValue::new(0_u64), StoredValue::new(0_u64));
    let navigate = use_navigate();
    let typed = move |text: String| {
        let (number, navigate) = (asked.get_value() + 1, navigate.clone());
        asked.set_value(number);
        let ask = move || {
            if asked.try_get_value() == Some(number) {
                answered.set_value(number);
                let href = with_text.run(text.clone());
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
        if input.value() != text.get_untracked() {
            early(input.value());
        }
        true
    });
    // The address may change by more than typing: by Back, or a filter that is taken away. The words follow it; what somebody is typing
    // is left alone, and so are blanks that mean nothing.
    Effect::new(move |_| {
        let text = text.get();
        if let Some(input) = node.get()
            && asked.get_value() == answered.get_value()
            && with_text.run(input.value()) != with_text.run(text.clone())
        {
            input.set_value(&text);
        }
    });
    let kept = move || {
        let kept = besides.get();
        kept.into_iter()
            .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
            .collect_view()
    };
    view! {
        <AskForm action=action search=true label=label class=class>
            {kept}
            <div class="searchbox whole">
                <div class="field-line">
                    <Icon of=Glyph::Search />
                    <input
                        node_ref=node
                        class="input"
                        type="search"
                        name="q"
                        value=text.get_untracked()
                        placeholder=hint
                        aria-label=label
                        autocomplete="off"
                        spellcheck="false"
                        on:input=move |event| typed(event_target_value(&event))
                    />
                </div>
            </div>
            {children.map(|children| children())}
            <button type="submit" class="button without-script">
                "Search"
            </button>
        </AskForm>
    }
    .into_any()
}
