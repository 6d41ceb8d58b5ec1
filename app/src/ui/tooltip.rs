//! A few words on hover, which screen readers read too.

use leptos::prelude::*;

/// Explains what it stands around. For what can be done without: a tooltip is not reachable on a touch screen.
#[component]
pub fn Tooltip(
    /// The explanation.
    #[prop(into)]
    text: String,
    /// What is explained.
    children: Children,
) -> impl IntoView {
    view! { <span title=text.clone()>{children()} <span class="sr-only">{format!("({text})")}</span></span> }
        .into_any()
}

/// A value that is not known: a dash, and why. Never nought.
#[component]
pub fn Unknown(
    /// Why it is not known.
    #[prop(into)]
    reason: String,
) -> impl IntoView {
    view! {
        <span class="faint unknown" title=reason.clone()>
            <span aria-hidden="true">"—"</span>
            <span class="sr-only">{format!("unknown: {reason}")}</span>
        </span>
    }
    .into_any()
}
