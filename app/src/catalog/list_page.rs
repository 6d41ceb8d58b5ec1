//! `/catalog`: everything that the teams run, to search, narrow and open.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::address::{self, LIST, ListAddress};
use super::list_functions::list_catalog;
use super::list_view::{CatalogList, Reading};
use super::{facets, list_table, source_fields, words};
use crate::shell::list_search::{ListSearch, Searched};
use crate::shell::page::Page;
use crate::ui::prelude::*;

type Listed = Resource<Result<CatalogList, ServerFnError>>;

/// The page; `also` shows what of another room the words that are searched for mean.
pub fn view(also: fn(Signal<String>) -> AnyView) -> AnyView {
    let search = use_location().search;
    let address = Memo::new(move |_| search.with(|search| ListAddress::parse(search)));
    let searched = searched(address);
    let list = Resource::new(
        move || (address.with(ListAddress::search), changes().get()),
        |(search, _)| list_catalog(search),
    );
    let facts = move || {
        view! {
            <Transition>
                {move || Suspend::new(async move { list.await.ok().map(|list| reading(list.reading)) })}
            </Transition>
        }
    };
    let may_add = move || async move { list.await.is_ok_and(|list| list.reading.may_add) };
    view! {
        <Page title="Catalog" icon=Glyph::Catalog badges=move || count(list) actions=move || source_fields::add_button(may_add) facts=facts>
            <div class="with-facets catalog">
                <aside>
                    <Transition fallback=|| view! { <Skeleton lines=8 /> }>
                        {move || Suspend::new(async move {
                            let list = list.await.ok()?;
                            (list.whole > 0).then(|| address.with_untracked(|address| facets::column(address, list.facets, list.total)))
                        })}
                    </Transition>
                </aside>
                <div class="stack">
                    <div class="catalog-bar">
                        <ListSearch
                            of=searched
                            action=LIST
                            label="Search the catalog"
                            hint="Search by name, words, tag, owner"
                            class="catalog-search"
                        />
                        <Transition>
                            {move || Suspend::new(async move {
                                let facets = list.await.map(|list| list.facets).unwrap_or_default();
                                address.with_untracked(|address| facets::in_force(address, &facets))
                            })}
                        </Transition>
                        {also(searched.text)}
                        // The list changes while somebody types: how many are left is said, not only shown.
                        <p class="sr-only" role="status">{found(list)}</p>
                    </div>
                    <Transition fallback=|| view! { <Skeleton rows=true lines=12 /> }>
                        {move || Suspend::new(async move {
                            match list.await {
                                Ok(list) => address.with_untracked(|address| list_table::table(address, list)),
                                Err(error) => failed("The catalog could not be read", &error),
                            }
                        })}
                    </Transition>
                </div>
            </div>
        </Page>
    }
    .into_any()
}

/// For the search within the list.
fn searched(address: Memo<ListAddress>) -> Searched {
    Searched {
        text: Signal::derive(move || address.with(|address| address.query.text().to_owned())),
        with_text: Callback::new(move |text: String| {
            address.with_untracked(|address| address.with_text(&text))
        }),
        besides: Signal::derive(move || address.with(ListAddress::besides_text)),
    }
}

fn count(list: Listed) -> impl IntoView {
    view! {
        <Transition>
            {move || Suspend::new(async move {
                list.await.ok().map(|list| view! { <Badge text=words::grouped(list.total) /> })
            })}
        </Transition>
    }
}

fn found(list: Listed) -> impl IntoView {
    view! {
        <Transition>
            {move || Suspend::new(async move { list.await.ok().map(|list| words::count(list.total, "entity", "entities")) })}
        </Transition>
    }
}

/// Where it was read from, and what is not in it.
fn reading(reading: Reading) -> impl IntoView {
    let from = format!(
        "Everything your teams run, read from {} in {}",
        words::count(reading.files, "file", "files"),
        words::count(reading.sources, "source", "sources")
    );
    let changed = reading.changed_at.map(|at| view! { <span>"last change " <Time micros=at /></span> });
    let findings = (reading.findings > 0).then(|| {
        view! {
            <a class="ink-warn link" href=address::PROBLEMS>
                <Icon of=Glyph::FileWarning />
                {words::findings(reading.findings)}
            </a>
        }
    });
    let failing = match reading.failing.as_slice() {
        [] => None,
        [one] => Some(format!("{one} could not be read")),
        many => Some(format!("{} sources could not be read", many.len())),
    };
    let failing = failing.map(|text| {
        view! {
            <a class="ink-bad link" href="/settings/sources">
                <Icon of=Glyph::Problem />
                {text}
            </a>
        }
    });
    (reading.sources > 0).then(|| view! { <span>{from}</span> {changed} {findings} {failing} })
}
