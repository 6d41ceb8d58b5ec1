//! `/settings/sources/new`: adding a source.

use leptos::prelude::*;

use super::source_form::SourceFieldsForm;
use super::source_functions::AddSource;
use crate::settings::crumbs_to;
use crate::shell::facts::is_administrator;
use crate::shell::lazy::lazy_page;
use crate::shell::page::Page;
use crate::ui::prelude::*;

lazy_page!(NewSourcePage in settings, view);

fn view() -> AnyView {
    let may = is_administrator();
    #[cfg(feature = "ssr")]
    if !may && let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(http::StatusCode::FORBIDDEN);
    }
    let crumbs = crumbs_to("Catalog sources", "/settings/sources");
    let content = match may {
        true => view! {
            <SourceFieldsForm
                action=AddSource::PATH
                source=None
                submit="Add and read it"
                back="/settings/sources".to_owned()
            />
        }
        .into_any(),
        false => only_administrators(),
    };
    view! {
        <Page title="Add source" icon=Glyph::Catalog crumbs=crumbs>
            <div class="narrow">{content}</div>
        </Page>
    }
    .into_any()
}

/// What stands in place of a form that only administrators may send.
pub(super) fn only_administrators() -> AnyView {
    view! {
        <Card>
            <EmptyState
                why="Only administrators can change where the catalog is read from"
                icon=Glyph::Lock
                action=|| view! { <LinkButton href="/settings/sources">"See the sources"</LinkButton> }
            />
        </Card>
    }
    .into_any()
}
