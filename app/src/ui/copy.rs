//! Text to take along.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Clipboard, Element};

use super::icon::{Glyph, Icon};
use super::toast::Toasts;

/// Copies a text that stands beside it in a `<code>`. Where the browser does not let it, it selects the text and says so.
#[component]
pub fn CopyButton(
    /// The text.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    let copied = RwSignal::new(false);
    let toasts = use_context::<Toasts>();
    let label = move || if copied.get() { "Copied" } else { "Copy" };
    let click = move |event: leptos::ev::MouseEvent| {
        let promise = clipboard().map(|clipboard| clipboard.write_text(&text));
        let around = event.current_target().and_then(|button| button.dyn_into::<Element>().ok());
        let around = around.and_then(|button| button.parent_element());
        leptos::task::spawn_local(async move {
            let done = match promise {
                Some(promise) => JsFuture::from(promise).await.is_ok(),
                None => false,
            };
            if !done {
                let words = match around.is_some_and(|around| select_text(&around)) {
                    true => "The text is selected: copy it with Ctrl+C or ⌘C",
                    false => "Select the text to copy it",
                };
                if let Some(toasts) = toasts {
                    toasts.say(words);
                }
                return;
            }
            copied.try_set(true);
            let settle = move || {
                copied.try_set(false);
            };
            set_timeout(settle, std::time::Duration::from_secs(2));
        });
    };
    view! {
        <button
            type="button"
            class="button quiet square small copy-button"
            title=label
            aria-label=label
            on:click=click
        >
            {move || {
                let of = if copied.get() { Glyph::Check } else { Glyph::Copy };
                view! { <Icon of=of /> }
            }}
        </button>
        <span class="sr-only" role="status">
            {move || copied.get().then_some("Copied")}
        </span>
    }
    .into_any()
}

/// The clipboard; over plain HTTP on a network browsers have none.
fn clipboard() -> Option<Clipboard> {
    let found = js_sys::Reflect::get(&window().navigator(), &JsValue::from_str("clipboard")).ok()?;
    found.dyn_into().ok()
}

/// Selects the text of the `<code>` within, as somebody would by hand.
fn select_text(around: &Element) -> bool {
    let code = around.query_selector("code").ok().flatten();
    let selection = window().get_selection().ok().flatten();
    code.zip(selection).is_some_and(|(code, selection)| selection.select_all_children(&code).is_ok())
}

/// A value that is meant to be copied: an address, a command, a token.
#[component]
pub fn CopyField(
    /// The value.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    view! { <div class="copy"><code tabindex="0">{text.clone()}</code> <CopyButton text=text /></div> }
        .into_any()
}
