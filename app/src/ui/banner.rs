//! What one must know before anything else on the page.

use leptos::prelude::*;

use super::icon::Icon;
use super::maybe::Maybe;
use super::status::State;

/// A line over the width of the page.
#[component]
pub fn Banner(
    /// How grave it is.
    #[prop(default = State::Warn)]
    state: State,
    /// The point of it, in bold; it may count on.
    #[prop(into)]
    title: Signal<String>,
    /// More about it.
    #[prop(optional, into)]
    text: Maybe<String>,
    /// Where to do something about it, and the words for it.
    #[prop(optional, into)]
    action: Maybe<(String, String)>,
) -> impl IntoView {
    let (text, action) = (text.0, action.0);
    let class = format!("banner {}", state.class());
    view! {
        <div class=class role="note">
            <Icon of=state.glyph() />
            <p class="text">
                <b>{move || title.get()}</b>
                {text.map(|text| format!(" {text}"))}
            </p>
            {action.map(|(href, words)| view! { <a href=href>{words}</a> })}
        </div>
    }
    .into_any()
}
