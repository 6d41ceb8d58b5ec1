//! A form that leads to a page, as a link does.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::form_post;
use super::maybe::Maybe;

/// A form that only asks: it leads to `action?fields` and changes nothing, so it works as a plain link does.
#[component]
pub fn AskForm(
    /// The page that answers.
    #[prop(into)]
    action: String,
    /// What it is for, read by screen readers.
    #[prop(optional, into)]
    label: Maybe<String>,
    /// The class of the form.
    #[prop(optional)]
    class: &'static str,
    /// Whether it is the page's search.
    #[prop(optional)]
    search: bool,
    /// The fields.
    children: Children,
) -> impl IntoView {
    let label = label.0;
    let navigate = use_navigate();
    let to = action.clone();
    let submit = move |event: SubmitEvent| {
        if let Some(query) = form_post::query_of(&event) {
            event.prevent_default();
            let to = if query.is_empty() { to.clone() } else { format!("{to}?{query}") };
            navigate(&to, NavigateOptions { resolve: false, ..Default::default() });
        }
    };
    view! {
        <form
            method="get"
            action=action
            class=(!class.is_empty()).then_some(class)
            role=search.then_some("search")
            aria-label=label
            on:submit=submit
        >
            {children()}
        </form>
    }
    .into_any()
}
