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

/// A value that is meant to be copied: an address, a command, a token. Its lines end between words, so that no option of a command
/// is cut in two; only a word that is longer than a line breaks within.
#[component]
pub fn CopyField(
    /// The value.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    // What is empty is left out: the server would write a blank for it.
    let shown: Vec<_> = words(&text)
        .map(|(word, blank)| {
            let word = (!word.is_empty()).then(|| view! { <span class="word">{word.to_owned()}</span> });
            (word, (!blank.is_empty()).then(|| blank.to_owned()))
        })
        .collect();
    view! { <div class="copy"><code tabindex="0">{shown}</code> <CopyButton text=text /></div> }.into_any()
}

/// The words of a text, each with the blank after it. Joined they are the text.
fn words(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.split_inclusive(char::is_whitespace).map(|piece| piece.split_at(piece.trim_end().len()))
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn words_stay_whole_and_nothing_is_lost() {
        let command = "kubectl  get pods --namespace env-a\n\t-o wide ";
        let pieces: Vec<_> = words(command).collect();
        assert_eq!(pieces[..3], [("kubectl", " "), ("", " "), ("get", " ")]);
        assert!(pieces.contains(&("--namespace", " ")));
        let joined: String = pieces.into_iter().flat_map(|(word, blank)| [word, blank]).collect();
        assert_eq!(joined, command);
        assert_eq!(words("https://a-b.example.com").collect::<Vec<_>>(), [("https://a-b.example.com", "")]);
        assert_eq!(words("").count(), 0);
    }
}
