//! Text to take along.

use leptos::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::icon::{Glyph, Icon};

/// Copies a text.
#[component]
pub fn CopyButton(
    /// The text.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    let copied = RwSignal::new(false);
    let label = move || if copied.get() { "Copied" } else { "Copy" };
    let click = move |_| {
        let promise = window().navigator().clipboard().write_text(&text);
        leptos::task::spawn_local(async move {
            let done = JsFuture::from(promise).await.is_ok();
            copied.try_set(done);
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
