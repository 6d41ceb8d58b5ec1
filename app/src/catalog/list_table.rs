//! The table of the list: only columns that have something to say.

use domain::catalog::query::{Facet, SortKey};
use leptos::prelude::*;

use super::address::{self, ListAddress};
use super::list_view::{CatalogList, EntityRow, Named, OrphansNote, PAGE_ROWS};
use super::words;
use crate::ui::prelude::*;

/// Which columns are shown besides the name.
#[derive(Clone, Copy)]
struct Columns {
    owner: bool,
    system: bool,
    lifecycle: bool,
}

/// The table and the way through its pages.
pub fn table(address: &ListAddress, list: CatalogList) -> AnyView {
    if list.rows.is_empty() {
        return none(address, &list);
    }
    let shown = Columns {
        owner: list.has(Facet::Owner),
        system: list.has(Facet::System),
        lifecycle: list.has(Facet::Lifecycle),
    };
    let column = |key: SortKey, label: &str| {
        let sorted = address.sort().filter(|sort| sort.key == key);
        let order = sorted.map(|sort| if sort.descending { Order::Descending } else { Order::Ascending });
        let href = address.sorted(key);
        Column::new(label).sorted_by(href, order)
    };
    let mut columns = vec![column(SortKey::Name, "Name"), column(SortKey::Kind, "Kind")];
    if shown.owner {
        columns.push(column(SortKey::Owner, "Owner"));
    }
    if shown.system {
        columns.push(column(SortKey::System, "System").minor());
    }
    if shown.lifecycle {
        columns.push(column(SortKey::Lifecycle, "Lifecycle"));
    }
    let pager = pager(address, &list);
    let orphans = list.orphans.map(|note| orphans(address, note));
    let rows: Vec<_> = list.rows.into_iter().map(|one| row(one, shown)).collect();
    view! {
        {orphans}
        <Card flush=true>
            <Table label="Entities" columns=columns stacks=true>
                {rows}
            </Table>
        </Card>
        {pager}
    }
    .into_any()
}

/// What the orphans of the list are, and the way to remove all of them.
fn orphans(address: &ListAddress, note: OrphansNote) -> AnyView {
    let OrphansNote { removable, others } = note;
    let all = removable + others;
    let title = format!("No file defines {} any more.", words::count(all, "entity", "entities"));
    let words = match (removable, others) {
        (1, 0) => "Remove it".to_owned(),
        (_, 0) => format!("Remove all {}", words::grouped(removable)),
        _ => format!("Remove {} of them", words::grouped(removable)),
    };
    let action = (removable > 0).then(|| (address::remove_orphans(&address.query), words));
    let text = match all {
        1 => "It stays in the catalog until someone removes it or a file defines it again.",
        _ => "They stay in the catalog until someone removes them or a file defines them again.",
    };
    view! { <Banner title=title text=text action=action /> }.into_any()
}

/// What an entity is called that no file describes as it stands.
pub fn mark(orphan: bool, stale: bool) -> Option<AnyView> {
    let text = match (orphan, stale) {
        (true, _) => "Orphaned",
        (_, true) => "Last valid version",
        _ => return None,
    };
    Some(view! { <Status state=State::Warn text=text /> }.into_any())
}

fn row(row: EntityRow, shown: Columns) -> AnyView {
    let icon = words::icon(&row.kind, row.of_type.as_deref());
    let mark = mark(row.orphan, row.stale);
    let hint = row.description.clone();
    let title = row.of_type.clone();
    view! {
        <tr>
            <td class="main giving">
<div class="named">
                <span class="who">
                    <Icon of=icon class="faint" />
                    <a href=address::entity(&row.reference) data-row="">
                        {row.name}
                    </a>
                    {mark}
                </span>
                <span class="under" title=hint>
                    {row.description}
                </span>
            </div>
</td>
            <td data-label="kind"><span class="clip" title=title>{row.kind} <span class="under">{row.of_type}</span></span></td>
            {shown.owner.then(|| view! { <td data-label="owner">{row.owner.map(|owner| clipped(owner, true))}</td> })}
            {shown.system.then(|| view! { <td class="minor" data-label="system">{row.system.map(|system| clipped(system, false))}</td> })}
            {shown.lifecycle.then(|| view! { <td data-label="lifecycle">{row.lifecycle.map(|text| view! { <Badge text=text /> })}</td> })}
        </tr>
    }
    .into_any()
}

/// Another entity in a column that gives way.
fn clipped(named: Named, avatar: bool) -> AnyView {
    let title = named.name.clone();
    view! { <span class="clip" title=title>{related(named, avatar)}</span> }.into_any()
}

/// Another entity: a link where it is in the catalog, else its name and a word about that.
pub fn related(named: Named, avatar: bool) -> AnyView {
    let Named { reference, name, exists } = named;
    if !exists {
        return view! {
            <span class="who dim" title=format!("{reference} is not in the catalog")>
                <Icon of=Glyph::Off class="ink-warn" />
                <span>{name}</span>
                <span class="sr-only">"(not in the catalog)"</span>
            </span>
        }
        .into_any();
    }
    let href = address::entity(&reference);
    if avatar {
        view! { <Who name=name href=href /> }.into_any()
    } else {
        view! { <a href=href>{name}</a> }.into_any()
    }
}

fn pager(address: &ListAddress, list: &CatalogList) -> AnyView {
    let from = (list.page - 1) * PAGE_ROWS + 1;
    let to = from + list.rows.len() - 1;
    let number = |number: usize| words::grouped(u64::try_from(number).unwrap_or(u64::MAX));
    let summary = format!("{}–{} of {}", number(from), number(to), words::grouped(list.total));
    let is_last = u64::try_from(to).is_ok_and(|to| to >= list.total);
    let previous = (list.page > 1).then(|| address.at_page(list.page - 1));
    let next = (!is_last).then(|| address.at_page(list.page + 1));
    view! { <Pager summary=summary previous=previous next=next keys=true /> }.into_any()
}

/// Why there are no rows, and what to do about it.
fn none(address: &ListAddress, list: &CatalogList) -> AnyView {
    let reading = &list.reading;
    if list.whole > 0 {
        let text = address.query.text().to_owned();
        let why = if text.is_empty() {
            "Nothing matches these filters".to_owned()
        } else {
            format!("Nothing matches “{text}”")
        };
        let problems = (!text.is_empty()).then(|| address::problems_about(&text));
        return view! {
            <Card>
                <EmptyState
                    why=why
                    icon=Glyph::Search
                    text="It may be in a file that could not be read, or have another name."
                    action=move || {
                        view! {
                            <LinkButton href=address::LIST>"Clear the filters"</LinkButton>
                            {problems
                                .map(|href| view! { <LinkButton href=href kind=ButtonKind::Quiet>"Why is it not here?"</LinkButton> })}
                        }
                    }
                />
            </Card>
        }
        .into_any();
    }
    let may_add = reading.may_add;
    let (why, text, action) = match (reading.sources, reading.waits) {
        (0, _) if may_add => (
            "The catalog is empty",
            "Add the folder or the repository where your teams keep their catalog-info.yaml files.",
            Some(("/settings/sources/new", "Add a source")),
        ),
        (0, _) => (
            "The catalog is empty",
            "An administrator chooses which folders and repositories it is read from.",
            None,
        ),
        (_, true) => (
            "The catalog is being read for the first time",
            "Entities appear here when it is done. Reload the page in a moment.",
            Some(("/settings/sources", "See progress")),
        ),
        (_, false) => (
            "The sources are empty",
            "The sources were read, and no entity was found in their files.",
            Some(("/settings/sources", "See the sources")),
        ),
    };
    view! {
        <Card>
            <EmptyState
                why=why
                icon=Glyph::Catalog
                text=text
                action=move || {
                    action
                        .map(|(href, words)| view! { <LinkButton href=href kind=ButtonKind::Primary>{words}</LinkButton> })
                }
            />
        </Card>
    }
    .into_any()
}
