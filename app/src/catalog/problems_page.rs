//! `/catalog/problems`: the findings, which say why something is not in the catalog, with the place in the file.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::problem_functions::catalog_problems;
use super::problem_view::{ProblemList, UnreferencedView};
use super::{address, problem_table, words};
use crate::shell::lazy::lazy_page;
use crate::shell::page::Page;
use crate::ui::prelude::*;

/// What the address asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Asked {
    source: String,
    text: String,
    after: Option<String>,
}

impl Asked {
    /// Reads the part of an address after the `?`.
    fn parse(search: &str) -> Self {
        let value = |name: &str| address::value(search, name);
        Self {
            source: value("source").unwrap_or_default(),
            text: value("q").unwrap_or_default(),
            after: value("after"),
        }
    }

    /// The address of a page of the findings, of this source and with these words.
    fn href(&self, source: &str, after: Option<String>) -> String {
        let after = after.unwrap_or_default();
        let pairs = [("source", source.to_owned()), ("q", self.text.clone()), ("after", after)];
        let pairs = pairs.into_iter().filter(|(_, value)| !value.is_empty());
        address::with_search(address::PROBLEMS, &address::search_of(pairs))
    }
}

lazy_page!(ProblemsPage in catalog, view);

fn view() -> AnyView {
    let search = use_location().search;
    let asked = Memo::new(move |_| search.with(|search| Asked::parse(search)));
    let list = Resource::new(
        move || (asked.get(), changes().get()),
        |(asked, _)| catalog_problems(asked.source, asked.text, asked.after),
    );
    let facts = || {
        view! {
            <span>
                "Why something is not in the catalog, or not as its file says. A finding is a document that is set aside, shadowed, orphaned or has faults, or a file that is not read. Everything else in the file is still read."
            </span>
        }
    };
    view! {
        <Page title="Findings" icon=Glyph::FileWarning crumbs=vec![Crumb::to("Catalog", address::LIST)] facts=facts>
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
    let links = links(&asked, &list);
    let source = asked.source.clone();
    let source = (!source.is_empty()).then(|| view! { <input type="hidden" name="source" value=source /> });
    let text = asked.text.clone();
    let search = view! {
        <AskForm action=address::PROBLEMS label="Search the findings" class="catalog-search">
            {source}
            <SearchField label="Search by name, file or words" value=text />
            <button type="submit" class="button">
                "Search"
            </button>
        </AskForm>
    };
    let count = list.rows.len();
    let next = list.next.map(|after| asked.href(&asked.source, Some(after)));
    let first = asked.after.is_some().then(|| asked.href(&asked.source, None));
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
                                <LinkButton href=address::PROBLEMS>"All findings"</LinkButton>
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
            let summary = match (list.total, next.is_some() || first.is_some()) {
                (_, false) => words::findings(u64::try_from(count).unwrap_or(u64::MAX)),
                (Some(total), true) => format!("{count} of {}", words::findings(total)),
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

/// The sources to narrow the findings to, with how many each has: all of them together, where no text is asked for. Words are looked for in
/// all of them, and also in files that are no finding by themselves.
fn links(asked: &Asked, list: &ProblemList) -> Vec<AnyView> {
    let counted = asked.text.trim().is_empty();
    let shown = list
        .sources
        .iter()
        .filter(|source| !counted || source.findings > 0 || asked.source == source.id.to_string());
    let links: Vec<_> = shown
        .map(|source| {
            let id = source.id.to_string();
            let on = asked.source == id;
            let href = asked.href(if on { "" } else { &id }, None);
            let text = if source.removed { format!("{}, removed", source.name) } else { source.name.clone() };
            let count = counted.then(|| words::grouped(source.findings));
            view! { <Chip text=text href=href on=on icon=Glyph::Folder count=count /> }.into_any()
        })
        .collect();
    // One source that has them all is no choice.
    if links.len() > 1 || !asked.source.is_empty() { links } else { Vec::new() }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_read_as_it_was_typed() {
        let asked = Asked { text: "100%41 a+b&c".to_owned(), ..Asked::default() };
        let href = asked.href("", Some("{\"path\":\"a%20b\"}".to_owned()));
        let search = href.strip_prefix("/catalog/problems?").expect("an address");
        assert_eq!(Asked::parse(search), Asked { after: Some("{\"path\":\"a%20b\"}".to_owned()), ..asked });
        assert_eq!(Asked::parse("q=&after="), Asked::default());
    }
}
