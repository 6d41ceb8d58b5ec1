//! A part of a page in a frame.

use super::maybe::Maybe;
use leptos::children::ViewFnOnce;
use leptos::prelude::*;

/// A card: a title with facts at its right, what it shows, and a line of buttons. What fills it to its edge (a table, a list of steps) is `flush`.
#[component]
pub fn Card(
    /// Its title.
    #[prop(optional, into)]
    title: Maybe<String>,
    /// At the right of the title.
    #[prop(optional, into)]
    aside: Option<ViewFnOnce>,
    /// Below: the foot of a form, or buttons, then a remark in `<span class="aside">`.
    #[prop(optional, into)]
    footer: Option<ViewFnOnce>,
    /// What it shows goes to its edge.
    #[prop(optional)]
    flush: bool,
    /// What it shows.
    children: Children,
) -> impl IntoView {
    let title = title.0;
    let head = title.map(|title| {
        view! {
            <header>
                <h2>{title}</h2>
                {aside.map(|aside| view! { <div class="aside">{aside.run()}</div> })}
            </header>
        }
    });
    let body = if flush { children() } else { view! { <div class="body">{children()}</div> }.into_any() };
    view! {
        <section class="card">
            {head} {body} {footer.map(|footer| view! { <footer>{footer.run()}</footer> })}
        </section>
    }
    .into_any()
}
