//! What people look at: lists, search, one entity, its text.

use std::sync::Arc;

use domain::catalog::{Entity, EntityRef};
use domain::ids::{FileId, SourceId};
use domain::people::{Action, Caller, authorize};
use jiff::Timestamp;

use super::orphans::may_remove;
use crate::catalog::note::Note;
use crate::catalog::snapshot::{Entry, Hit, List, ListRequest, Related, SourceName};
use crate::catalog::{Catalog, Visibility, store};
use crate::{Error, Result, db};

/// The most rows of a page, and of a search.
const MAX_ROWS: usize = 500;
/// The longest text that is searched for, in characters, as in lists.
const MAX_TEXT: usize = 200;
/// The longest name that an entity can have, in characters (Backstage, "Descriptor Format").
const MAX_NAME: usize = 63;

/// What one caller sees of the catalog. Everyone signed in sees all of it, until teams can be restricted.
pub(super) fn visibility(caller: &Caller) -> Result<Visibility> {
    authorize(caller, Action::See)?;
    Ok(Visibility::All)
}

/// A page of a list. Everyone signed in may.
pub fn list_entities(catalog: &Catalog, caller: &Caller, request: &ListRequest<'_>) -> Result<List> {
    let visibility = visibility(caller)?;
    let request = ListRequest { limit: request.limit.min(MAX_ROWS), ..request.clone() };
    Ok(catalog.snapshot().list(&request, &visibility))
}

/// The best matches for what somebody types. Everyone signed in may.
pub fn search_entities(catalog: &Catalog, caller: &Caller, text: &str, limit: usize) -> Result<Vec<Hit>> {
    let visibility = visibility(caller)?;
    let text: String = text.chars().take(MAX_TEXT).collect();
    Ok(catalog.snapshot().search(&text, limit.min(MAX_ROWS), &visibility))
}

/// Entities whose names are close to one that is not there, the nearest first: those that are found by it, else those that a slip of
/// the keyboard separates from it. Everyone signed in may.
pub fn near_entities(
    catalog: &Catalog,
    caller: &Caller,
    name: &str,
    limit: usize,
) -> Result<Vec<Arc<Entry>>> {
    /// Below this two names have too little in common (1 is the same).
    const ALIKE: f64 = 0.75;
    let visibility = visibility(caller)?;
    // Nothing is called so, and looking for slips in it would take as long as it is.
    if name.chars().count() > MAX_NAME {
        return Ok(Vec::new());
    }
    let found = search_entities(catalog, caller, name, limit)?;
    if !found.is_empty() {
        return Ok(found.into_iter().map(|hit| hit.entry).collect());
    }
    let (snapshot, name) = (catalog.snapshot(), name.to_lowercase());
    let mut near: Vec<(f64, &Arc<Entry>)> = snapshot
        .iter(&visibility)
        .map(|entry| (strsim::normalized_damerau_levenshtein(entry.reference().name(), &name), entry))
        .filter(|(alike, _)| *alike >= ALIKE)
        .collect();
    near.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    Ok(near.into_iter().take(limit).map(|(_, entry)| entry.clone()).collect())
}

/// An entity with what is around it.
#[derive(Clone, Debug)]
pub struct EntityPage {
    /// The entity.
    pub entry: Arc<Entry>,
    /// Its relations from both ends.
    pub relations: Vec<Related>,
    /// Its source.
    pub source: Option<SourceName>,
    /// The teams above its owner, nearest first.
    pub above: Vec<EntityRef>,
    /// It is an orphan, and the caller may remove it.
    pub may_remove: bool,
    /// The generation of the catalog that answered.
    pub generation: i64,
}

/// One entity. Everyone signed in may.
pub fn find_entity(catalog: &Catalog, caller: &Caller, reference: &EntityRef) -> Result<EntityPage> {
    let visibility = visibility(caller)?;
    let snapshot = catalog.snapshot();
    let entry =
        snapshot.get(reference, &visibility).cloned().ok_or_else(|| Error::no_such("entity", reference))?;
    let source = snapshot.source(entry.provenance.source).cloned();
    let above = snapshot.owner(reference).map(|owner| snapshot.teams_above(&owner)).unwrap_or_default();
    let relations = snapshot.relations(reference, &visibility);
    let may_remove = entry.orphaned_at.is_some() && may_remove(&snapshot, caller, &entry).is_ok();
    Ok(EntityPage { entry, relations, source, above, may_remove, generation: snapshot.generation() })
}

/// The text of an entity's document, and what there is to say about it.
#[derive(Clone, Debug, PartialEq)]
pub struct EntityText {
    /// The text as it stands in the file now.
    pub text: String,
    /// The line of the file that it starts with.
    pub line: u32,
    /// The file, from the source's root.
    pub path: String,
    /// The file's id.
    pub file: FileId,
    /// The source's id.
    pub source: SourceId,
    /// The source's name.
    pub source_name: String,
    /// The source is removed: it is read no longer, and has no page.
    pub source_removed: bool,
    /// The commit that was read, of a repository.
    pub commit: Option<String>,
    /// The text is wrong; what the catalog shows is the last good state, of this moment.
    pub stale_since: Option<Timestamp>,
    /// The text is no longer in the file: the entity is an orphan.
    pub gone: bool,
    /// Why the file itself cannot be read now.
    pub file_problem: Option<String>,
    /// What there is to say about the document.
    pub notes: Vec<Note>,
    /// Documents that describe the same entity and that this one goes before.
    pub rivals: Vec<Rival>,
}

/// A document that another one goes before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rival {
    /// Its source's name.
    pub source: String,
    /// Its file.
    pub path: String,
    /// The line it starts at.
    pub line: u32,
    /// Why it does not count.
    pub why: String,
}

/// The raw text behind an entity. Everyone signed in may.
pub async fn entity_text(catalog: &Catalog, caller: &Caller, reference: &EntityRef) -> Result<EntityText> {
    let visibility = visibility(caller)?;
    let missing = || Error::no_such("entity", reference);
    catalog.snapshot().get(reference, &visibility).ok_or_else(missing)?;
    let mut reader = catalog.db.read().await?;
    let row = store::view::document_text(&mut reader, reference).await?.ok_or_else(missing)?;
    let rivals = store::view::rival_list(&mut reader, reference).await?;
    let notes = serde_json::from_str(&row.notes).map_err(|error| db::Error::Unreadable(error.to_string()))?;
    Ok(EntityText {
        text: row.text,
        line: u32::try_from(row.line).unwrap_or_default(),
        path: row.origin.path,
        file: row.file_id,
        source: row.origin.source_id,
        source_name: row.origin.source_name,
        source_removed: row.origin.source_removed,
        commit: row.origin.run_commit,
        stale_since: row.good_at.map(|at| at.0).filter(|_| row.state == "set_aside"),
        gone: row.state == "gone",
        file_problem: row.file_problem.filter(|_| row.file_state == "not_read"),
        notes,
        rivals: rivals
            .into_iter()
            .map(|row| Rival {
                source: row.source_name,
                path: row.path,
                line: u32::try_from(row.line).unwrap_or_default(),
                why: row.shadow,
            })
            .collect(),
    })
}

/// The definition of an API, however large; `None` for an entity that has none. Everyone signed in may.
pub async fn entity_definition(
    catalog: &Catalog,
    caller: &Caller,
    reference: &EntityRef,
) -> Result<Option<String>> {
    let visibility = visibility(caller)?;
    let missing = || Error::no_such("entity", reference);
    let snapshot = catalog.snapshot();
    let entry = snapshot.get(reference, &visibility).ok_or_else(missing)?;
    if !entry.large_definition {
        return Ok(entry.entity.spec.get("definition").and_then(|text| text.as_str()).map(str::to_owned));
    }
    let mut reader = catalog.db.read().await?;
    let row = store::view::document_text(&mut reader, reference).await?.ok_or_else(missing)?;
    let small = |body: String| -> Option<String> {
        // It may have become small since the snapshot was made.
        let entity: Entity = serde_json::from_str(&body).ok()?;
        entity.spec.get("definition")?.as_str().map(str::to_owned)
    };
    Ok(row.definition.or_else(|| row.body.and_then(small)))
}
