//! A word about a thing: a kind, a tier, a version.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use super::maybe::Maybe;

/// A word in a frame.
#[component]
pub fn Badge(
    /// Before it.
    #[prop(optional, into)]
    icon: Maybe<Glyph>,
    /// In the accent's colour.
    #[prop(optional)]
    accent: bool,
    /// The word.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    let icon = icon.0;
    view! {
        <span class=if accent { "badge accent" } else { "badge" }>
            {icon.map(|of| view! { <Icon of=of /> })}
            <span class="word">{text}</span>
        </span>
    }
    .into_any()
}
