//! The relations of an entity, from both ends. What is not in the catalog is shown, and said to be missing.

use domain::catalog::Relation;
use domain::catalog::query::Facet;
use leptos::prelude::*;

use super::entity_view::{EntityView, RelationEnd, RelationGroup};
use super::list_table::related;
use super::list_view::Named;
use super::{address, words};
use crate::ui::prelude::*;

/// The tab: what it refers to, and what refers to it.
pub fn panel(entity: &EntityView) -> AnyView {
    if entity.relations.is_empty() {
        return view! {
            <Card>
                <EmptyState
                    why="Nothing is related to it"
                    icon=Glyph::Link
                    text="Neither its own file nor any other defines a relation."
                />
            </Card>
        }
        .into_any();
    }
    let (out, inward): (Vec<_>, Vec<_>) =
        entity.relations.iter().partition(|group| words::leads_out(group.relation));
    let side = |title: &'static str, empty: &'static str, groups: Vec<&RelationGroup>| {
        let groups: Vec<_> = groups.into_iter().map(|group| card(entity, group)).collect();
        let nothing = groups.is_empty().then(|| view! { <p class="dim small">{empty}</p> });
        view! {
            <section class="stack">
                <h2>{title}</h2>
                {groups}
                {nothing}
            </section>
        }
    };
    view! {
        <div class="catalog-relations">
            {side("It refers to", "It refers to nothing.", out)}
            {side("Refers to it", "Nothing refers to it.", inward)}
        </div>
    }
    .into_any()
}

/// A few words on the overview: how many there are of each relation.
pub fn nearest(entity: &EntityView) -> AnyView {
    let facts: Vec<_> = entity
        .relations
        .iter()
        .filter(|group| !matches!(group.relation, Relation::OwnedBy))
        .map(|group| {
            let few: Vec<_> = group.ends.iter().take(4).cloned().map(marked).collect();
            let rest = group.total.saturating_sub(few.len());
            let rest = (rest > 0).then(|| {
                let href = format!("{}?tab=relations", address::entity(&entity.reference));
                view! { <a href=href>{format!("{rest} more")}</a> }
            });
            view! {
                <Fact name=words::relation(group.relation)>
                    <span class="row catalog-ends">{few} {rest}</span>
                </Fact>
            }
        })
        .collect();
    if facts.is_empty() {
        return ().into_any();
    }
    let aside = {
        let href = format!("{}?tab=relations", address::entity(&entity.reference));
        move || view! { <a href=href>"All relations"</a> }
    };
    view! {
        <Card title="Related" aside=aside>
            <KeyValues wide=true>{facts}</KeyValues>
        </Card>
    }
    .into_any()
}

fn card(entity: &EntityView, group: &RelationGroup) -> AnyView {
    let rows: Vec<_> = group.ends.iter().cloned().map(row).collect();
    let left = group.total - group.ends.len();
    let rest = (left > 0).then(|| {
        // What it owns, and what is part of a system, the list can show whole.
        let reference = entity.reference.as_str();
        let href = match group.relation {
            Relation::OwnerOf => Some(address::narrowed(Facet::Owner, reference)),
            Relation::HasPart if entity.kind == "System" => Some(address::narrowed(Facet::System, reference)),
            _ => None,
        };
        let text = format!("{} more", words::grouped(u64::try_from(left).unwrap_or(u64::MAX)));
        match href {
            Some(href) => view! { <p class="catalog-rest"><a href=href>{text}</a></p> }.into_any(),
            None => view! { <p class="catalog-rest dim">{text}</p> }.into_any(),
        }
    });
    let total = words::grouped(u64::try_from(group.total).unwrap_or(u64::MAX));
    let title = words::relation(group.relation);
    view! {
        <Card title=title aside=move || total flush=true>
            <ul class="catalog-related">{rows}</ul>
            {rest}
        </Card>
    }
    .into_any()
}

fn row(end: RelationEnd) -> AnyView {
    let icon = words::icon(&end.kind, end.of_type.as_deref());
    let missing = (!end.exists).then(|| {
        let why = address::problems_about(end.reference.name());
        view! {
            <Status state=State::Warn text="Not in the catalog" />
            <a class="link small" href=why>
                "Why"
            </a>
        }
    });
    let (kind, of_type, description) = (end.kind.clone(), end.of_type.clone(), end.description.clone());
    let kind = [Some(kind), of_type].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    view! {
        <li>
            <Icon of=icon class="faint" />
            <span class="name">
                {name(end)}
                <span class="under">{description}</span>
            </span>
            {missing}
            <span class="kind faint small">{kind}</span>
        </li>
    }
    .into_any()
}

/// Where no status beside it says that it is missing, the mark that lists have for that does.
fn marked(end: RelationEnd) -> AnyView {
    if end.exists {
        return name(end);
    }
    related(Named { reference: end.reference, name: end.name, exists: false }, false)
}

fn name(end: RelationEnd) -> AnyView {
    if end.exists {
        let href = address::entity(&end.reference);
        view! {
            <a href=href data-row="">
                {end.name}
            </a>
        }
        .into_any()
    } else {
        let title = format!("{} is not in the catalog", end.reference);
        view! {
            <span class="dim" title=title>
                {end.name}
            </span>
        }
        .into_any()
    }
}
