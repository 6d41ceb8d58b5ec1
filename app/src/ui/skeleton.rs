//! The shape of what will come.

use leptos::prelude::*;

/// Lines of a text that is on its way. Shows after 150 ms.
#[component]
pub fn Skeleton(
    /// How many lines.
    #[prop(default = 4)]
    lines: usize,
    /// Rows of a table instead.
    #[prop(optional)]
    rows: bool,
) -> impl IntoView {
    view! {
        <div class=if rows { "skeleton rows" } else { "skeleton" } role="status">
            <span class="sr-only">"Loading"</span>
            {(0..lines).map(|_| view! { <i></i> }).collect_view()}
        </div>
    }
    .into_any()
}
