//! A value that is not known, and one that there is not.

use leptos::prelude::*;

/// A value that is not known: a dash, and why. Never nought.
#[component]
pub fn Unknown(
    /// Why it is not known.
    #[prop(into)]
    reason: String,
) -> impl IntoView {
    let said = format!("unknown: {reason}");
    dash(reason, said)
}

/// A value that there is not: a dash, and why. It is known that there is none.
#[component]
pub fn NoValue(
    /// Why there is none.
    #[prop(into)]
    reason: String,
) -> impl IntoView {
    dash(reason.clone(), reason)
}

fn dash(title: String, said: String) -> AnyView {
    view! {
        <span class="faint unknown" title=title>
            <span aria-hidden="true">"—"</span>
            <span class="sr-only">{said}</span>
        </span>
    }
    .into_any()
}
