//! `/settings/sources/:id/remove`: says what removing a source does, and asks once.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::source_functions::{RemoveSource, source};
use super::source_view::SourcePageView;
use super::{address, words};
use crate::settings::crumbs_to;
use crate::shell::lazy::lazy_page;
use crate::shell::not_found::{ErrorPage, NotFound};
use crate::shell::page::Page;
use crate::ui::prelude::*;

lazy_page!(RemoveSourcePage in settings, view);

fn view() -> AnyView {
    let params = use_params_map();
    let id = move || params.with(|params| params.get("id").unwrap_or_default());
    let page = Resource::new(id, |id| source(id, String::new()));
    view! {
        <Transition fallback=|| view! { <Skeleton lines=6 /> }>
            {move || Suspend::new(async move {
                match page.await {
                    Ok(Some(page)) => confirm(page),
                    Ok(None) => view! { <NotFound what="this source" section=super::sources_section() /> }.into_any(),
                    Err(error) => {
                        view! { <ErrorPage what="The source could not be read" text=sentence(&error) /> }.into_any()
                    }
                }
            })}
        </Transition>
    }
    .into_any()
}

fn confirm(page: SourcePageView) -> AnyView {
    let SourcePageView { source, may_manage, describes, orphans, .. } = page;
    let path = address::source(source.id);
    let mut crumbs = crumbs_to("Catalog sources", "/settings/sources");
    crumbs.push(Crumb::to(source.name.clone(), path.clone()));
    let title = format!("Remove {}", source.name);
    let button = title.clone();
    let content = if may_manage {
        let files = match describes + orphans {
            0 => "Its list of files is deleted.",
            _ => "Its list of files is deleted, except the files that orphaned entities came from.",
        };
        let described = match describes {
            0 => "It defines nothing in the catalog.".to_owned(),
            many => format!(
                "{} it defines will be marked as orphaned, unless another source defines them. You can then remove them all at once.",
                words::count(many, "entity that", "entities that")
            ),
        };
        view! {
            <Form action=RemoveSource::PATH of=("id", source.id.to_string())>
                <div class="stack">
                    <ul class="checks">
                        <li>
                            <Icon of=Glyph::Catalog class="ink-warn" />
                            <span>{described}</span>
                        </li>
                        <li>
                            <Icon of=Glyph::FileText class="ink-warn" />
                            <span>{files}</span>
                        </li>
                        <li>
                            <Icon of=Glyph::Ok class="ink-ok" />
                            <span>
                                "The folder or repository itself is not touched. You can add it again later."
                            </span>
                        </li>
                    </ul>
                    <div class="row">
                        <SubmitButton kind=ButtonKind::FilledDanger icon=Glyph::Trash>
                            {button}
                        </SubmitButton>
                        <LinkButton href=path kind=ButtonKind::Quiet>
                            "Cancel"
                        </LinkButton>
                    </div>
                </div>
            </Form>
        }
        .into_any()
    } else {
        view! {
            <EmptyState
                why="Only administrators can change where the catalog is read from"
                icon=Glyph::Lock
                action=|| view! { <LinkButton href="/settings/sources">"See the sources"</LinkButton> }
            />
        }
        .into_any()
    };
    view! {
        <Page title=title icon=Glyph::Trash crumbs=crumbs>
            <div class="narrow">
                <Card>{content}</Card>
            </div>
        </Page>
    }
    .into_any()
}
