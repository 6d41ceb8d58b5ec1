//! `/catalog/problems`: why something is not in the catalog, with the place in the file.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::problem_functions::catalog_problems;
use super::problem_view::{ProblemList, UnreferencedView};
use super::{address, problem_table, words};
use crate::shell::lazy::lazy_page;
use crate::shell::page::Page;
use crate::ui::prelude::*;

/// The page's path.
const PATH: &str = "/catalog/problems";

/// What the address asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Asked {
    source: String,
    text: String,
    after: Option<String>,
}

lazy_page!(ProblemsPage in catalog, view);

fn view() -> AnyView {
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        query.with(|query| Asked {
            source: query.get("source").unwrap_or_default(),
            text: query.get("q").unwrap_or_default(),
            after: query.get("after").filter(|after| !after.is_empty()),
        })
    });
    let list = Resource::new(
        move || (asked.get(), changes().get()),
        |(asked, _)| catalog_problems(asked.source, asked.text, asked.after),
    );
    let facts = || {
        view! {
            <span>
                "A finding is a document that is set aside, shadowed, orphaned or has faults, or a file that is not read. The rest of each file is still read."
            </span>
        }
    };
    view! {
        <Page title="Why is it not here?" icon=Glyph::FileWarning crumbs=vec![Crumb::to("Catalog", address::LIST)] facts=facts>
            <Transition fallback=|| view! { <Skeleton rows=true lines=8 /> }>
                {move || Suspend::new(async move {
                    match list.await {
                        Ok(list) => shown(asked.get_untracked(), list),
                        Err(error) => failed("The files could not be listed", &error),
                    }
                })}
            </Transition>
        </Page>
    }
    .into_any()
}

fn shown(asked: Asked, list: ProblemList) -> AnyView {
    let filtered = !asked.source.is_empty() || !asked.text.is_empty();
    let links: Vec<_> = list
        .sources
        .iter()
        .filter(|_| list.sources.len() > 1)
        .map(|(id, name)| {
            let id = id.to_string();
            let on = asked.source == id;
            let pairs = [("source", if on { String::new() } else { id }), ("q", asked.text.clone())];
            let pairs = pairs.into_iter().filter(|(_, value)| !value.is_empty());
            let href = address::with_search(PATH, &address::search_of(pairs));
            view! { <Chip text=name.clone() href=href on=on icon=Glyph::Folder /> }
        })
        .collect();
    let source = asked.source.clone();
    let source = (!source.is_empty()).then(|| view! { <input type="hidden" name="source" value=source /> });
    let text = asked.text.clone();
    let search = view! {
        <AskForm action=PATH label="Search the findings" class="catalog-search">
            {source}
            <SearchField label="Search by name, file or words" value=text />
            <button type="submit" class="button">
                "Search"
            </button>
        </AskForm>
    };
    let count = list.rows.len();
    let next = list.next.map(|after| {
        let pairs = [("source", asked.source.clone()), ("q", asked.text.clone()), ("after", after)];
        let pairs = pairs.into_iter().filter(|(_, value)| !value.is_empty());
        address::with_search(PATH, &address::search_of(pairs))
    });
    let first = asked.after.is_some().then(|| {
        let pairs = [("source", asked.source.clone()), ("q", asked.text.clone())];
        let pairs = pairs.into_iter().filter(|(_, value)| !value.is_empty());
        address::with_search(PATH, &address::search_of(pairs))
    });
    let unreferenced = unreferenced(list.unreferenced);
    let content = match (list.rows.is_empty(), filtered) {
        (true, false) => view! {
            <Card>
                <EmptyState
                    why="Nothing is wrong"
                    icon=Glyph::Ok
                    text="Every document in the files that are read is in the catalog."
                    action=|| view! { <LinkButton href=address::LIST>"Open the catalog"</LinkButton> }
                />
            </Card>
        }
        .into_any(),
        (true, true) => {
            let why = match asked.text.is_empty() {
                true => "Nothing is wrong in this source".to_owned(),
                false => format!("No finding mentions “{}”", asked.text),
            };
            view! {
                <Card>
                    <EmptyState
                        why=why
                        icon=Glyph::Search
                        text="If it is still missing, no file that Slipway reads defines it. Check what the sources read."
                        action=|| {
                            view! {
                                <LinkButton href=PATH>"All findings"</LinkButton>
                                <LinkButton href="/settings/sources" kind=ButtonKind::Quiet>
                                    "Catalog sources"
                                </LinkButton>
                            }
                        }
                    />
                </Card>
            }
            .into_any()
        }
        (false, _) => {
            let all = |number: u64| words::count(number, "finding", "findings");
            let summary = match (list.total, next.is_some() || first.is_some()) {
                (_, false) => all(u64::try_from(count).unwrap_or(u64::MAX)),
                (Some(total), true) => format!("{count} of {}", all(total)),
                (None, true) => format!("{count} findings on this page"),
            };
            view! {
                {problem_table::table(list.rows)}
                <Pager summary=summary first=first next=next />
            }
            .into_any()
        }
    };
    let none = links.is_empty();
    view! {
        <div class="stack">
            <div class="catalog-bar">{search} <div class="chips" hidden=none>{links}</div></div>
            {content}
            {unreferenced}
        </div>
    }
    .into_any()
}

/// How many files are in no list of findings, and where each source lists its own.
fn unreferenced(sources: Vec<UnreferencedView>) -> Option<AnyView> {
    let links: Vec<_> = sources
        .into_iter()
        .enumerate()
        .map(|(at, of)| {
            let href = format!("{}?tab=files", address::source(of.source));
            let or_more = if of.or_more { " or more" } else { "" };
            let text = format!("{}{or_more} in {}", words::grouped(of.files), of.source_name);
            view! {
                {(at > 0).then_some(", ")}
                <a href=href>{text}</a>
            }
            .into_any()
        })
        .collect();
    (!links.is_empty()).then(|| {
        view! {
            <p class="small dim">
                "More YAML files are not read, because no Location or pattern includes them: " {links} "."
            </p>
        }
        .into_any()
    })
}
