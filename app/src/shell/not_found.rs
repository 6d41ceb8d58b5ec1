//! What is not there, and what cannot be shown.

use leptos::children::ViewFnOnce;
use leptos::prelude::*;

use super::page::Page;
use crate::ui::breadcrumb::Crumb;
use crate::ui::button::{ButtonKind, LinkButton};
use crate::ui::card::Card;
use crate::ui::icon::Glyph;
use crate::ui::maybe::Maybe;
use crate::ui::message::{EmptyState, page_failed};

/// The part of Slipway in which something would be: the way there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    crumbs: Vec<Crumb>,
    href: &'static str,
    words: &'static str,
    icon: Glyph,
}

impl Section {
    /// The page of the section, below these: its name in the way there, its address, its words on a button ("All environments"), its icon.
    pub fn new(
        above: Vec<Crumb>,
        name: &'static str,
        href: &'static str,
        words: &'static str,
        icon: Glyph,
    ) -> Self {
        let mut crumbs = above;
        crumbs.push(Crumb::to(name, href));
        Self { crumbs, href, words, icon }
    }
}

/// Something that is not there, or that whoever looks may not know of. Answers 404 and offers what is near.
#[component]
pub fn NotFound(
    /// What was looked for: "a page", "the entity payments-apo".
    #[prop(default = "this page".to_owned(), into)]
    what: String,
    /// What may have become of it.
    #[prop(default = "It may have been renamed or removed, or the address may be mistyped.")]
    text: &'static str,
    /// Where it would be.
    #[prop(optional, into)]
    section: Maybe<Section>,
    /// What is near: a list of links.
    #[prop(optional, into)]
    near: Option<ViewFnOnce>,
) -> impl IntoView {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(http::StatusCode::NOT_FOUND);
    }
    let (crumbs, way) = match section.0 {
        Some(Section { crumbs, href, words, icon }) => (crumbs, Some((href, words, icon))),
        None => (Vec::new(), None),
    };
    let ways = move || match way {
        Some((href, words, icon)) => view! {
            <LinkButton href=href kind=ButtonKind::Primary icon=icon>
                {words}
            </LinkButton>
            <LinkButton href="/" icon=Glyph::Home>
                "Go home"
            </LinkButton>
        }
        .into_any(),
        None => view! {
            <LinkButton href="/" kind=ButtonKind::Primary icon=Glyph::Home>
                "Go home"
            </LinkButton>
            <LinkButton href="/catalog" icon=Glyph::Catalog>
                "Open the catalog"
            </LinkButton>
        }
        .into_any(),
    };
    view! {
        <Page title="Not found" icon=Glyph::MapPin crumbs=crumbs>
            <EmptyState
                why=format!("Could not find {what}")
                text=text
                icon=Glyph::MapPin
                action=ways
            />
            {near.map(|near| near.run())}
        </Page>
    }
    .into_any()
}

/// What is near what was looked for: a card of what is called nearly so, nothing where there is none, and a line on where else to look, if any.
#[component]
pub fn Near(
    /// An `<li>` each.
    links: Vec<AnyView>,
    /// The line.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let similar = (!links.is_empty()).then(|| {
        view! {
            <Card title="Similar names">
                <ul class="checks">{links}</ul>
            </Card>
        }
    });
    let line = children.map(|children| view! { <p>{children()}</p> });
    (similar.is_some() || line.is_some()).then(|| {
        view! {
            <div class="near stack">
                {similar}
                {line}
            </div>
        }
    })
}

/// A page that could not be made. Whoever found the error set the status of the answer.
#[component]
pub fn ErrorPage(
    /// What failed: "The catalog could not be read".
    #[prop(into)]
    what: String,
    /// Why.
    error: ServerFnError,
) -> impl IntoView {
    view! {
        <Page title="Something failed" icon=Glyph::Problem>
            {page_failed(&what, &error, None)}
        </Page>
    }
    .into_any()
}
