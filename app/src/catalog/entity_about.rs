//! The head of an entity's page, what must be known first, and the overview.

use domain::catalog::query::Facet;
use domain::catalog::reference::DEFAULT_NAMESPACE;
use domain::ids::SourceId;
use leptos::prelude::*;

use super::entity_view::{EntityView, LinkView};
use super::list_table::related;
use super::{address, notes, relations};
use crate::ui::prelude::*;

/// The line below the name: owner, system, when it changed.
pub fn facts(entity: &EntityView) -> AnyView {
    let owner = entity.owner.clone().map(|owner| view! { <span>{related(owner, true)}</span> });
    let system = entity.system.clone().map(|system| {
        view! {
            <span>
                <Icon of=Glyph::Component class="faint" />
                {related(system, false)}
            </span>
        }
    });
    let reference = entity.reference.to_string();
    view! {
        {owner}
        {system}
        <span>
            <code>{reference}</code>
        </span>
        <span>"changed " <Time micros=entity.changed_at /></span>
    }
    .into_any()
}

/// What must be known before anything else: it is in no file any more, or its text is wrong now.
pub fn banners(entity: &EntityView) -> AnyView {
    let orphan = entity.orphaned_at.map(|at| {
        let remove = format!("{}/remove", address::entity(&entity.reference));
        let action = entity.may_remove.then(|| view! { <a href=remove>"Remove it"</a> });
        view! {
            <div class="banner warn" role="note">
                <Icon of=Glyph::Warning />
                <p class="text">
                    <b>"No file defines it any more"</b>
                    ". It was orphaned "
                    <Time micros=at />
                    ". It stays in the catalog until someone removes it or a file defines it again."
                </p>
                {action}
            </div>
        }
    });
    let stale = entity.stale_since.map(|at| {
        let yaml = format!("{}?tab=yaml", address::entity(&entity.reference));
        view! {
            <div class="banner warn catalog-stale" role="note">
                <Icon of=Glyph::FileWarning />
                <div class="text">
                    <p>
                        <b>"You are looking at the last valid version"</b>
                        ", from "
                        <Time micros=at />
                        ". The text in "
                        <code>{entity.source.path.clone()}</code>
                        " now has errors:"
                    </p>
                    {notes::list(&entity.notes, &yaml)}
                </div>
                <a href=yaml>"Show the file"</a>
            </div>
        }
    });
    view! {
        {orphan}
        {stale}
    }
    .into_any()
}

/// What it is, in one look.
pub fn overview(entity: &EntityView) -> AnyView {
    let (about, around) = (about(entity), relations::nearest(entity));
    let description = match &entity.description {
        Some(text) => view! { <p class="catalog-description">{text.clone()}</p> }.into_any(),
        None => view! { <p class="dim">"Its file has no description."</p> }.into_any(),
    };
    let to_look_at = (entity.stale_since.is_none() && !entity.notes.is_empty()).then(|| {
        let yaml = format!("{}?tab=yaml", address::entity(&entity.reference));
        let list = notes::list(&entity.notes, &yaml);
        view! { <Card title="Findings">{list}</Card> }
    });
    view! {
        <div class="columns">
            <div class="stack">
                <Card title="About">
                    <div class="stack">{description} {about}</div>
                </Card>
                {to_look_at}
                {around}
            </div>
            <aside class="stack">{links(&entity.links)} {source(entity)}</aside>
        </div>
    }
    .into_any()
}

fn about(entity: &EntityView) -> AnyView {
    let owner = match entity.owner.clone() {
        Some(owner) if owner.exists => related(owner, true),
        Some(owner) => view! { <span class="row">{related(owner, false)} <Status state=State::Warn text="Not in the catalog" /></span> }
            .into_any(),
        None if ["Group", "User", "Location"].contains(&entity.kind.as_str()) => ().into_any(),
        None => view! { <Status state=State::Warn text="No owner" /> }.into_any(),
    };
    let has_owner = !["Group", "User", "Location"].contains(&entity.kind.as_str());
    let fact = |name: &'static str, value: Option<String>| {
        value.map(|value| view! { <Fact name=name>{value}</Fact> })
    };
    let namespace =
        (entity.reference.namespace() != DEFAULT_NAMESPACE).then(|| entity.reference.namespace().to_owned());
    let own_name = (entity.own_name != entity.name).then(|| entity.own_name.clone());
    let lifecycle = fact("Lifecycle", entity.lifecycle.clone());
    let of_type = fact("Type", entity.of_type.clone());
    let (own_name, namespace) = (fact("Name", own_name), fact("Namespace", namespace));
    let system = entity.system.clone().map(|system| {
        let missing =
            (!system.exists).then(|| view! { <Status state=State::Warn text="Not in the catalog" /> });
        view! {
            <Fact name="System">
                <span class="row">{related(system, false)} {missing}</span>
            </Fact>
        }
    });
    let tags: Vec<_> = entity
        .tags
        .iter()
        .map(|tag| {
            let href = address::narrowed(Facet::Tag, tag);
            view! {
                <a class="catalog-tag" href=href>
                    <Badge text=tag.clone() />
                </a>
            }
        })
        .collect();
    let tags = (!tags.is_empty()).then(|| view! { <Fact name="Tags"><span class="row">{tags}</span></Fact> });
    let email = entity.email.clone().map(|email| {
        let href = format!("mailto:{email}");
        view! { <Fact name="Mail"><a href=href rel="external">{email}</a></Fact> }
    });
    view! {
        <KeyValues>
            {has_owner.then(|| view! { <Fact name="Owner">{owner}</Fact> })} {system} {lifecycle} {of_type} {own_name}
            {namespace} {email} {tags}
        </KeyValues>
    }
    .into_any()
}

fn links(links: &[LinkView]) -> AnyView {
    if links.is_empty() {
        return ().into_any();
    }
    let links: Vec<_> = links
        .iter()
        .cloned()
        .map(|link| match link.href {
            Some(href) => view! {
                <li>
                    <Icon of=Glyph::ExternalLink class="faint" />
                    <a class="link" href=href rel="external noopener noreferrer" target="_blank">
                        {link.label}
                    </a>
                </li>
            }
            .into_any(),
            None => view! {
                <li>
                    <Icon of=Glyph::Ban class="faint" />
                    <span class="dim" title="Its address is of a kind that a page must not open">
                        {link.label}
                        " (not opened: its address could run something)"
                    </span>
                </li>
            }
            .into_any(),
        })
        .collect();
    view! {
        <Card title="Links">
            <ul class="checks">{links}</ul>
        </Card>
    }
    .into_any()
}

/// The name of a source, as a link to its page where it has one.
pub fn source_name(id: SourceId, name: String, removed: bool) -> AnyView {
    match removed {
        true => view! { <span>{name} ", removed"</span> }.into_any(),
        false => view! { <a href=address::source(id)>{name}</a> }.into_any(),
    }
}

fn source(entity: &EntityView) -> AnyView {
    let of = &entity.source;
    let place = format!("{}:{}", of.path, of.line);
    let yaml = format!("{}?tab=yaml", address::entity(&entity.reference));
    let trusted = of.trusted.then(|| view! { <Badge text="Trusted" icon=Glyph::ShieldCheck /> });
    let name = source_name(of.id, of.name.clone(), of.removed);
    let (first_seen_at, changed_at) = (entity.first_seen_at, entity.changed_at);
    view! {
        <Card title="Source">
            <KeyValues>
                <Fact name="Read from">
                    <span class="row">
                        {name}
                        {trusted}
                    </span>
                </Fact>
                <Fact name="File">
                    <a href=yaml>
                        <code>{place}</code>
                    </a>
                </Fact>
                <Fact name="First seen">
                    <Time micros=first_seen_at />
                </Fact>
                <Fact name="Changed">
                    <Time micros=changed_at />
                </Fact>
            </KeyValues>
        </Card>
    }
    .into_any()
}
