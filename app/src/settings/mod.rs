//! Settings: what administrators set up, and the queue that works for everybody.

pub mod audit_page;
#[cfg(feature = "ssr")]
mod audit_read;
mod audit_rows;
pub mod blueprint_page;
pub mod blueprints_page;
mod field_rows;
pub mod functions;
pub mod index_page;
mod live;
pub mod own_audit;
pub mod publish_page;
pub mod queue_page;
mod queue_rows;
#[cfg(feature = "ssr")]
mod read;
pub mod view;
pub mod withdraw_page;

use jiff::Timestamp;
use leptos::prelude::*;

use crate::shell::facts::is_administrator;
use crate::shell::not_found::Section;
use crate::ui::prelude::*;

/// As the parts count time: microseconds since 1970 in UTC.
pub(crate) fn micros(time: Timestamp) -> i64 {
    time.as_microsecond()
}

/// The way to a page of Settings. Whoever may open the page alone is not led to Settings itself, which is for administrators.
pub(crate) fn crumbs() -> Vec<Crumb> {
    let may = is_administrator();
    may.then(|| Crumb::to("Settings", "/settings")).into_iter().collect()
}

/// The way to a page below one of Settings.
pub(crate) fn crumbs_to(name: &str, href: &str) -> Vec<Crumb> {
    let mut crumbs = crumbs();
    crumbs.push(Crumb::to(name, href));
    crumbs
}

/// Where a blueprint would be.
pub(crate) fn blueprints_section() -> Section {
    Section::new(crumbs(), "Blueprints", "/settings/blueprints", "All blueprints", Glyph::FileCode)
}

/// What stands instead of a form that somebody may not use, and the way to all blueprints.
pub(crate) fn not_you(what: &'static str, text: &'static str) -> AnyView {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(http::StatusCode::FORBIDDEN);
    }
    let action = || view! { <LinkButton href="/settings/blueprints">"All blueprints"</LinkButton> };
    view! { <ErrorState what=what text=text action=action /> }.into_any()
}

/// What stands instead of what could not be read: the use case's own sentence, which says who can where somebody may not, and a way on.
pub(crate) fn failed(what: &str, error: &ServerFnError, to: &str, words: &str) -> AnyView {
    let (to, words) = (to.to_owned(), words.to_owned());
    let way = view! { <LinkButton href=to>{words}</LinkButton> };
    page_failed(what, error, Some(way.into_any()))
}
