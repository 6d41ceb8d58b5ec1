//! The way through a long list. Most page by cursor, so there is a next page and a first one, and no page 17.

use leptos::prelude::*;

use super::button::LinkButton;
use super::icon::{Glyph, Icon};
use super::maybe::Maybe;

/// Below a list.
#[component]
pub fn Pager(
    /// What is shown: "1–20 of 203".
    #[prop(into)]
    summary: String,
    /// The page before, where the list knows it.
    #[prop(optional, into)]
    previous: Maybe<String>,
    /// The first page, from every other one.
    #[prop(optional, into)]
    first: Maybe<String>,
    /// The next page.
    #[prop(optional, into)]
    next: Maybe<String>,
    /// Whether the rows can be gone through with `j` and `k`, which is said then.
    #[prop(optional)]
    keys: bool,
    /// Read by screen readers.
    #[prop(default = "Pages".to_owned(), into)]
    label: String,
) -> impl IntoView {
    let (previous, first, next) = (previous.0, first.0, next.0);
    let links = (previous.is_some() || first.is_some() || next.is_some()).then(|| {
        view! {
            <div class="links">
                {previous
                    .map(|href| {
                        view! {
                            <LinkButton href=href icon=Glyph::ArrowLeft small=true>
                                "Back"
                            </LinkButton>
                        }
                    })}
                {first
                    .map(|href| {
                        view! {
                            <LinkButton href=href icon=Glyph::ArrowLeft small=true>
                                "First page"
                            </LinkButton>
                        }
                    })}
                {next
                    .map(|href| {
                        view! {
                            <LinkButton href=href small=true>
                                "Next" <Icon of=Glyph::ArrowRight />
                            </LinkButton>
                        }
                    })}
            </div>
        }
    });
    let hint = keys.then(|| {
        view! {
            <span class="keys-hint">
                <kbd>"j"</kbd>
                " "
                <kbd>"k"</kbd>
                " to move, "
                <kbd>"Enter"</kbd>
                " to open"
            </span>
        }
    });
    view! { <nav class="pager" aria-label=label><span>{summary}</span> {hint} {links}</nav> }.into_any()
}
