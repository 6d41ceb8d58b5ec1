//! A value that is not known.

use leptos::prelude::*;

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
