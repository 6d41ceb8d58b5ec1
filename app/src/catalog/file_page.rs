//! `/catalog/files/:id`: a file, what became of it and of each of its documents, and their text.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::entity_about::source_name;
use super::file_view::{FileDocumentView, FilePageView};
use super::problem_functions::catalog_file;
use super::problem_table::state;
use super::problem_view::ProblemState;
use super::{address, notes, problem_table, words};
use crate::shell::lazy::lazy_page;
use crate::shell::not_found::{ErrorPage, NotFound};
use crate::shell::page::Page;
use crate::ui::prelude::*;

lazy_page!(FilePage in catalog, view);

fn view() -> AnyView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id").unwrap_or_default()));
    let page = Resource::new(move || (id.get(), changes().get()), |(id, _)| catalog_file(id));
    view! {
        <Transition fallback=|| view! { <Skeleton lines=8 /> }>
            {move || Suspend::new(async move {
                match page.await {
                    Ok(Some(file)) => shown(file),
                    Ok(None) => view! { <NotFound what="this file" section=super::section() /> }.into_any(),
                    Err(error) => {
                        view! { <ErrorPage what="The file could not be shown" error=error /> }.into_any()
                    }
                }
            })}
        </Transition>
    }
    .into_any()
}

fn shown(file: FilePageView) -> AnyView {
    let crumbs = vec![Crumb::to("Catalog", address::LIST), Crumb::to("Findings", address::PROBLEMS)];
    let facts = {
        let (id, name, removed) = (file.source, file.source_name, file.source_removed);
        let commit = file.commit.map(|commit| {
            let short = commit.chars().take(12).collect::<String>();
            view! {
                <span>
                    <code title="The commit that was read">{short}</code>
                </span>
            }
        });
        move || {
            view! {
                <span>{source_name(id, name, removed)}</span>
                {commit}
            }
        }
    };
    let (status, why) = match file.state {
        Some(of) => state(of, false),
        None if file.documents.iter().any(has_findings) => {
            (view! { <Status state=State::Warn text="Read, with findings" /> }.into_any(), ().into_any())
        }
        None => (view! { <Status state=State::Ok text="Read" /> }.into_any(), ().into_any()),
    };
    let nothing =
        file.documents.is_empty().then(|| view! { <p class="dim">"No document of it is known."</p> });
    let path = file.path.clone();
    let documents: Vec<_> = file.documents.into_iter().map(|one| document(one, &path)).collect();
    let left_out = (file.left_out > 0).then(|| {
        let count = words::count(u64::try_from(file.left_out).unwrap_or(u64::MAX), "document", "documents");
        let title = format!("{count} more are not shown");
        view! { <Banner state=State::Off title=title text="The file is very long; its findings are listed all the same." /> }
    });
    view! {
        <Page title=file.path crumbs=crumbs icon=Glyph::FileText badges=move || status facts=facts>
            <div class="stack catalog-text">
                {why}
                {nothing}
                {documents}
                {left_out}
            </div>
        </Page>
    }
    .into_any()
}

fn has_findings(document: &FileDocumentView) -> bool {
    document.state != ProblemState::Live || !document.notes.is_empty()
}

fn document(document: FileDocumentView, path: &str) -> AnyView {
    let title = match &document.reference {
        Some(reference) => reference.to_string(),
        None => format!("Line {}", document.line),
    };
    let place = format!("{path}:{}", document.line);
    let entity = document.reference.as_ref().filter(|_| problem_table::in_catalog(&document.state));
    let entity = entity.map(|reference| {
        let href = address::entity(reference);
        view! { <a href=href>"Open its page"</a> }
    });
    // What has gone from the file has no line in it any more; its entity's page has the text.
    let is_there = document.state != ProblemState::Gone;
    let (status, why) = state(document.state, !document.notes.is_empty());
    let aside = move || view! { {entity} {status} };
    let mark = document.notes.first().and_then(|note| usize::try_from(note.line).ok());
    let said = (!document.notes.is_empty()).then(|| notes::list(&document.notes, ""));
    let first = usize::try_from(document.line).unwrap_or(1).max(1);
    let text = is_there.then(|| {
        view! { <Code label=place text=document.text language=Language::Yaml first=first mark=mark /> }
    });
    view! {
        <Card title=title aside=aside>
            <div class="stack">{why} {said} {text}</div>
        </Card>
    }
    .into_any()
}
