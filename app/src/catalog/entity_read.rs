//! From the use cases to what the page of an entity shows. On the server only.

use domain::catalog::entity::Link;
use domain::catalog::location::{self, Address};
use domain::catalog::{Entity, EntityRef, Kind, annotations};
use domain::people::Caller;
use jiff::Timestamp;
use platform::catalog::service::{self, EntityPage};
use platform::catalog::snapshot::Related;
use platform::catalog::{Note, Severity, Snapshot};
use platform::{Error, Platform, Result};

use super::entity_view::*;
use super::list_read::named;
use crate::request::reference;

/// Ends of one relation that a page shows; the list has the others.
const MAX_ENDS: usize = 100;
/// Names that are offered for one that is not there.
const NEAR: usize = 6;

/// An entity, or what is called alike.
pub async fn entity(platform: &Platform, caller: &Caller, text: &str) -> Result<EntityAnswer> {
    let found = match reference(text) {
        Ok(reference) => service::find_entity(&platform.catalog, caller, &reference),
        Err(error) => Err(error),
    };
    match found {
        Ok(page) => {
            let notes = match page.entry.noteworthy || page.entry.stale_since.is_some() {
                true => service::entity_text(&platform.catalog, caller, page.entry.reference()).await?.notes,
                false => Vec::new(),
            };
            let snapshot = platform.catalog.snapshot();
            Ok(EntityAnswer::Found(Box::new(view(page, notes, &snapshot))))
        }
        Err(Error::NotFound(_)) => missing(platform, caller, text),
        Err(error) => Err(error),
    }
}

fn missing(platform: &Platform, caller: &Caller, text: &str) -> Result<EntityAnswer> {
    let name = text.rsplit('/').next().unwrap_or_default();
    let near = service::near_entities(&platform.catalog, caller, name, NEAR)?;
    let near = near
        .into_iter()
        .map(|entry| Near {
            reference: entry.reference().clone(),
            name: entry.entity.display_name().to_owned(),
            kind: entry.entity.kind.as_str().to_owned(),
        })
        .collect();
    Ok(EntityAnswer::Missing { name: name.to_owned(), near })
}

fn view(page: EntityPage, notes: Vec<Note>, snapshot: &Snapshot) -> EntityView {
    let may_remove = page.may_remove;
    let entry = page.entry;
    let entity = &entry.entity;
    let (source_name, trusted, removed) =
        page.source.map_or_else(Default::default, |source| (source.name, source.trusted, source.removed));
    let provenance = &entry.provenance;
    EntityView {
        reference: entry.reference().clone(),
        name: entity.display_name().to_owned(),
        own_name: entity.name().to_owned(),
        kind: entity.kind.as_str().to_owned(),
        of_type: entity.spec_type().map(str::to_owned),
        lifecycle: entity.lifecycle().map(str::to_owned),
        description: entity.description().map(str::to_owned),
        owner: entity.owner().map(|owner| named(owner, "group", snapshot)),
        system: entity.system().map(|system| named(system, "system", snapshot)),
        tags: entity.tags().to_vec(),
        links: links(entity),
        email: profile_email(entity),
        source: SourceOfEntity {
            id: provenance.source,
            name: source_name,
            trusted,
            removed,
            path: provenance.path.clone(),
            line: provenance.line,
        },
        first_seen_at: entry.first_seen_at.as_microsecond(),
        changed_at: entry.changed_at.as_microsecond(),
        orphaned_at: entry.orphaned_at.map(Timestamp::as_microsecond),
        stale_since: entry.stale_since.map(Timestamp::as_microsecond),
        notes: notes.into_iter().map(note).collect(),
        relations: grouped(page.relations),
        is_api: entity.kind == Kind::Api,
        may_remove,
    }
}

/// The links that the file states, and those that its annotations give to the file and its code.
fn links(entity: &Entity) -> Vec<LinkView> {
    let stated = entity
        .links()
        .iter()
        .map(|link| LinkView { label: link.label().to_owned(), href: link.href().map(str::to_owned) });
    let annotated = [(annotations::VIEW_URL, "View the file"), (annotations::EDIT_URL, "Edit the file")];
    let annotated = annotated.into_iter().filter_map(|(key, label)| {
        let link = Link { url: entity.annotation(key)?.to_owned(), ..Link::default() };
        Some(LinkView { label: label.to_owned(), href: Some(link.href()?.to_owned()) })
    });
    let code = entity.annotation(annotations::SOURCE_LOCATION).and_then(code_link);
    stated.chain(annotated).chain(code).collect()
}

/// The link to where the code is, when that is an address: it stands there as `type:target`.
fn code_link(location: &str) -> Option<LinkView> {
    let target = location.strip_prefix("url:").unwrap_or(location);
    matches!(location::address(target), Address::Web)
        .then(|| LinkView { label: "Source".to_owned(), href: Some(target.to_owned()) })
}

fn profile_email(entity: &Entity) -> Option<String> {
    let email = entity.spec.get("profile")?.get("email")?.as_str()?;
    email.contains('@').then(|| email.to_owned())
}

/// A note, as pages show it.
pub fn note(note: Note) -> NoteView {
    NoteView {
        gravity: match note.severity {
            Severity::Error => NoteGravity::Error,
            Severity::Warning => NoteGravity::Warning,
            Severity::NotRead => NoteGravity::NotRead,
        },
        line: note.problem.line,
        column: note.problem.column,
        path: note.problem.path,
        message: note.problem.message,
    }
}

/// By relation, in the order in which they come.
fn grouped(relations: Vec<Related>) -> Vec<RelationGroup> {
    let mut groups: Vec<RelationGroup> = Vec::new();
    for related in relations {
        if groups.last().is_none_or(|group| group.relation != related.relation) {
            groups.push(RelationGroup { relation: related.relation, ends: Vec::new(), total: 0 });
        }
        if let Some(group) = groups.last_mut() {
            group.total += 1;
            if group.ends.len() < MAX_ENDS {
                group.ends.push(end(related));
            }
        }
    }
    groups
}

fn end(related: Related) -> RelationEnd {
    let entity = related.entry.as_ref().map(|entry| &entry.entity);
    RelationEnd {
        name: entity
            .map_or_else(|| related.target.name().to_owned(), |entity| entity.display_name().to_owned()),
        kind: super::words::kind(related.target.kind()),
        of_type: entity.and_then(|entity| entity.spec_type()).map(str::to_owned),
        description: entity.and_then(|entity| entity.description()).map(str::to_owned),
        exists: entity.is_some(),
        reference: related.target,
    }
}

/// The text of its document.
pub async fn text(platform: &Platform, caller: &Caller, text: &str) -> Result<TextView> {
    let reference = reference(text)?;
    let text = service::entity_text(&platform.catalog, caller, &reference).await?;
    let rival =
        |rival: service::Rival| (format!("{}: {}:{}", rival.source, rival.path, rival.line), rival.why);
    Ok(TextView {
        text: text.text,
        line: text.line,
        path: text.path,
        source: text.source,
        source_name: text.source_name,
        source_removed: text.source_removed,
        commit: text.commit,
        gone: text.gone,
        file_problem: text.file_problem,
        notes: text.notes.into_iter().map(note).collect(),
        rivals: text.rivals.into_iter().map(rival).collect(),
    })
}

/// Whose it was, what it was part of and who was its member; the newest first.
pub async fn history(platform: &Platform, caller: &Caller, text: &str) -> Result<Vec<IntervalView>> {
    let reference = reference(text)?;
    let snapshot = platform.catalog.snapshot();
    let other = |one: EntityRef| named(one, "group", &snapshot);
    let intervals = service::entity_history(&platform.catalog, caller, &reference).await?;
    let view = |interval: service::Interval| IntervalView {
        relation: interval.relation,
        target: other(interval.target),
        stated_by: (interval.stated_by != reference).then(|| other(interval.stated_by)),
        from: interval.valid_from.as_microsecond(),
        until: interval.valid_until.map(Timestamp::as_microsecond),
    };
    Ok(intervals.into_iter().rev().map(view).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_linked_where_it_has_an_address() {
        let href = |location| code_link(location).and_then(|link| link.href);
        assert_eq!(href("url:https://git.example/x/").as_deref(), Some("https://git.example/x/"));
        assert_eq!(href("https://git.example/x").as_deref(), Some("https://git.example/x"));
        for none in ["dir:.", "url:javascript:alert(1)", "javascript:alert(1)", "url:", ""] {
            assert_eq!(href(none), None, "{none}");
        }
    }
}
