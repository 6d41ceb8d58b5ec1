//! `/settings/sources`: where the catalog is read from, and how that goes.

use leptos::prelude::*;

use super::source_functions::{RefreshSource, sources};
use super::source_view::{RemovedView, SourceList, SourceView};
use super::{address, source_fields, words};
use crate::settings::crumbs;
use crate::shell::lazy::lazy_page;
use crate::shell::page::Page;
use crate::ui::prelude::*;

lazy_page!(SourcesPage in settings, view);

fn view() -> AnyView {
    let looks = RwSignal::new(0);
    let list = Resource::new(move || (changes().get(), looks.get()), |_| sources());
    source_fields::look_again(looks, move || {
        let reading = |list: &SourceList| list.rows.iter().any(source_fields::at_hand);
        list.with(|list| matches!(list, Some(Ok(list)) if reading(list)))
    });
    let may_add = move || async move { list.await.is_ok_and(|list| list.may_manage) };
    let facts = || view! { <span>"The folders and repositories whose files make the catalog."</span> };
    view! {
        <Page title="Catalog sources" icon=Glyph::Catalog crumbs=crumbs() actions=move || source_fields::add_button(may_add) facts=facts>
            <Transition fallback=|| view! { <Skeleton rows=true lines=4 /> }>
                {move || Suspend::new(async move {
                    match list.await {
                        Ok(list) => shown(list),
                        Err(error) => failed("The sources could not be listed", &error),
                    }
                })}
            </Transition>
        </Page>
    }
    .into_any()
}

fn shown(list: SourceList) -> AnyView {
    let removed = removed(list.removed);
    if list.rows.is_empty() {
        let may = list.may_manage;
        let text = match may {
            true => "Add the folder or the repository where your teams keep their catalog-info.yaml files.",
            false => "An administrator adds the folders and repositories that the catalog is read from.",
        };
        let action = move || {
            may.then(|| {
                view! {
                    <LinkButton href="/settings/sources/new" kind=ButtonKind::Primary>
                        "Add a source"
                    </LinkButton>
                }
            })
        };
        return view! {
            <div class="stack">
                <Card>
                    <EmptyState why="No sources yet" icon=Glyph::Folder text=text action=action />
                </Card>
                {removed}
            </div>
        }
        .into_any();
    }
    let mut columns = vec![
        Column::new("Name"),
        Column::new("State"),
        Column::number("Last read").minor(),
        Column::number("Took").minor(),
        Column::number("Entities"),
        Column::number("Findings"),
        Column::number("Next").minor(),
    ];
    if list.may_read {
        columns.push(Column::actions("Read now"));
    }
    let width = columns.len();
    let may_read = list.may_read;
    let rows: Vec<_> = list.rows.into_iter().map(|source| row(source, may_read, width)).collect();
    view! {
        <div class="stack">
            <Card flush=true>
                <Table label="Catalog sources" columns=columns stacks=true>
                    {rows}
                </Table>
            </Card>
            {removed}
        </div>
    }
    .into_any()
}

/// What removed sources left behind.
fn removed(sources: Vec<RemovedView>) -> Option<AnyView> {
    let rows: Vec<_> = sources
        .into_iter()
        .map(|source| {
            let RemovedView { id, name, orphans, removable, findings } = source;
            let left = words::count(orphans, "orphaned entity is left.", "orphaned entities are left.");
            let href = address::remove_orphans_of(id);
            let label = if orphans == 1 { "Remove it" } else { "Remove them" };
            let spoken = format!(" of {name}");
            let remove = (removable > 0).then(|| {
                view! {
                    <a class="link" href=href>
                        {label}
                        <span class="sr-only">{spoken}</span>
                    </a>
                }
            });
            let problems = address::problems_of_source(&id.to_string());
            let findings = (findings > 0).then(|| {
                view! { <a class="link ink-warn" href=problems>{words::findings(findings)}</a> }
            });
            view! {
                <li>
                    <Icon of=Glyph::Trash class="faint" />
                    <span class="row"><b>{name}</b> {left} {findings} {remove}</span>
                </li>
            }
        })
        .collect();
    (!rows.is_empty()).then(|| {
        view! {
            <Card title="Removed sources">
                <ul class="checks">{rows}</ul>
            </Card>
        }
        .into_any()
    })
}

fn row(source: SourceView, may_read: bool, width: usize) -> AnyView {
    let href = address::source(source.id);
    let run = source.last_run.clone();
    let unread = source_fields::unread(&source);
    let never = || view! { <Unknown reason=unread /> }.into_any();
    let (read, took) = match &run {
        Some(run) => (
            view! { <Time micros=run.finished_at /> }.into_any(),
            duration(run.finished_at - run.started_at).into_any(),
        ),
        None => (never(), never()),
    };
    let live = match run.as_ref().and_then(|run| run.counts) {
        Some(counts) => words::grouped(counts.live).into_any(),
        None => never(),
    };
    let findings = match (source.findings, &run) {
        (0, None) => never(),
        (0, Some(_)) => view! { <span class="faint zero">"0"</span> }.into_any(),
        (findings, _) => {
            let href = address::problems_of_source(&source.id.to_string());
            view! { <a class="link ink-warn" href=href>{words::grouped(findings)}</a> }.into_any()
        }
    };
    let trusted = source.trusted.then(|| view! { <Badge text="Trusted" icon=Glyph::ShieldCheck /> });
    let spoken = format!(": {}", source.name);
    let read_now = may_read.then(|| {
        view! {
            <td class="num actions">
                <div class="row">
                    <Form action=RefreshSource::PATH of=("id", source.id.to_string())>
                        <SubmitButton kind=ButtonKind::Plain icon=Glyph::Refresh small=true>
                            "Read now"
                            <span class="sr-only">{spoken}</span>
                        </SubmitButton>
                    </Form>
                </div>
            </td>
        }
    });
    let error = run.and_then(|run| run.error).map(|error| {
        view! {
            <tr class="catalog-error">
                <td class="wrap ink-bad" colspan=width.to_string()>
                    {error}
                </td>
            </tr>
        }
    });
    view! {
        <tr>
            <td class="main giving">
                <div class="named">
                    <span class="who">
                        <Icon of=source_fields::icon(&source.place) class="faint" />
                        <a href=href data-row="">
                            {source.name.clone()}
                        </a>
                        {trusted}
                    </span>
                </div>
                <div class="why" title=source.place.location().to_owned()>
                    {breakable(source.place.location())}
                </div>
            </td>
            <td>{source_fields::status(&source)}</td>
            <td class="num dim minor" data-label="read">{read}</td>
            <td class="num dim minor" data-label="took">{took}</td>
            <td class="num" data-label="entities">{live}</td>
            <td class="num" data-label="findings">{findings}</td>
            <td class="num dim minor" data-label="next">{source_fields::next(source.next)}</td>
            {read_now}
        </tr>
        {error}
    }
    .into_any()
}
