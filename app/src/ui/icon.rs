//! An icon: decoration beside a word, so it is hidden from screen readers.

use leptos::prelude::*;

pub use super::glyph::Glyph;

/// Draws an icon of 16 px in the colour of the text.
#[component]
pub fn Icon(
    /// Which.
    of: Glyph,
    /// More classes: a status ink (`ink-ok`, `ink-busy`, `ink-warn`, `ink-bad`, `ink-off`), `faint`, or `spin`.
    #[prop(optional)]
    class: &'static str,
) -> impl IntoView {
    let class = if class.is_empty() { "icon".to_owned() } else { format!("icon {class}") };
    view! {
        <svg class=class viewBox="0 0 24 24" aria-hidden="true">
            <path d=of.path() />
        </svg>
    }
    .into_any()
}
