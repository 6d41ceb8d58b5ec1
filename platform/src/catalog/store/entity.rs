//! Entities in the database, and the claims that decide which document describes each.

use domain::catalog::EntityRef;
use domain::ids::{DocumentId, SourceId};
use jiff::Timestamp;
use serde::Serialize;

use super::{Bulk, Key, all_by_keys, bulk};
use crate::db::{At, Error, Result, Session, Tx};
use crate::sql;

crate::statements! {
    GENERATION = "select cast(value as bigint) from settings where key = 'catalog.generation'";
    GENERATION_NEXT = "update settings set value = cast(cast(value as bigint) + 1 as text), updated_at = $1
                       where key = 'catalog.generation' returning cast(value as bigint)";
    CLAIM_LIST = "select d.id, d.reference, d.state, d.shadow, d.body_hash, d.line, s.trusted, s.name as source, f.path,
                         d.first_seen_at
                  from json_each($1) j
                  join catalog_documents d on d.reference = j.value ->> 'key'
                  join catalog_files f on f.id = d.file_id
                  join catalog_sources s on s.id = f.source_id
                  where d.body_hash is not null and d.state <> 'gone'
                  order by d.reference, d.first_seen_at, s.created_at, s.id, f.path, d.ordinal";
    STANDING_LIST = "select e.uid, e.reference, e.document_id, e.body_hash, e.orphaned_at, e.removed_at
                     from json_each($1) j join catalog_entities e on e.reference = j.value ->> 'key'";
    SAVE = "insert into catalog_entities
                (uid, reference, document_id, body_hash, generation, orphaned_at, removed_at, first_seen_at, changed_at)
            select value ->> 'uid', value ->> 'reference', value ->> 'document_id', value ->> 'body_hash',
                   cast(value ->> 'generation' as bigint), cast(value ->> 'orphaned_at' as bigint), null,
                   cast(value ->> 'now' as bigint), cast(value ->> 'now' as bigint)
            from json_each($1) where true
            on conflict (uid) do update set
                document_id = excluded.document_id,
                changed_at = case when catalog_entities.body_hash is distinct from excluded.body_hash
                                  then excluded.changed_at else catalog_entities.changed_at end,
                body_hash = excluded.body_hash, generation = excluded.generation,
                orphaned_at = excluded.orphaned_at, removed_at = null";
    REMOVE = "update catalog_entities
              set document_id = null, body_hash = null, generation = $2, orphaned_at = null, removed_at = $3
              where reference in (select value ->> 'key' from json_each($1))
                and orphaned_at is not null and removed_at is null";
    DOCUMENT_STATE = "update catalog_documents set state = j.value ->> 'state', shadow = j.value ->> 'shadow'
                      from json_each($1) j where catalog_documents.id = j.value ->> 'id'";
    // It has no claim any more; its text stays.
    DOCUMENT_WITHHOLD = "update catalog_documents
                         set state = 'set_aside', shadow = null, notes = j.value ->> 'notes', noteworthy = true,
                             waits_for = j.value ->> 'waits_for', changed_at = cast(j.value ->> 'now' as bigint),
                             body_hash = null, good_at = null, body = null, definition = null
                         from json_each($1) j where catalog_documents.id = j.value ->> 'id'";
    BODY_LIST = "select d.reference, d.body from json_each($1) j join catalog_documents d on d.id = j.value ->> 'key'
                 where d.body is not null";
}

/// A document's claim, in the order in which claims count.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct ClaimRow {
    #[sqlx(try_from = "String")]
    pub id: DocumentId,
    pub reference: String,
    pub state: String,
    pub shadow: Option<String>,
    pub body_hash: Option<String>,
    pub line: i64,
    pub trusted: bool,
    pub source: String,
    pub path: String,
    /// In microseconds.
    pub first_seen_at: i64,
}

/// An entity as it is stored.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct StandingRow {
    pub uid: String,
    pub reference: String,
    pub document_id: Option<String>,
    pub body_hash: Option<String>,
    pub orphaned_at: Option<At>,
    pub removed_at: Option<At>,
}

/// An entity to write.
#[derive(Debug, Serialize)]
pub(crate) struct EntitySave {
    pub uid: String,
    pub reference: EntityRef,
    pub document_id: String,
    pub body_hash: Option<String>,
    pub generation: i64,
    pub orphaned_at: Option<i64>,
    pub now: i64,
}

/// A document's place among the claims, to write.
#[derive(Debug, Serialize)]
pub(crate) struct StateSave {
    pub id: String,
    pub state: &'static str,
    pub shadow: Option<String>,
}

/// A document whose claim waits for an owner, to write.
#[derive(Debug, Serialize)]
pub(crate) struct WithheldSave {
    pub id: String,
    pub notes: String,
    pub waits_for: EntityRef,
    pub now: i64,
}

impl Bulk for WithheldSave {
    fn bytes(&self) -> usize {
        200 + self.notes.len()
    }
}

impl Bulk for EntitySave {
    fn bytes(&self) -> usize {
        300 + self.reference.as_str().len()
    }
}

impl Bulk for StateSave {
    fn bytes(&self) -> usize {
        100 + self.shadow.as_ref().map_or(0, String::len)
    }
}

pub(crate) async fn generation(session: &mut dyn Session) -> Result<i64> {
    Ok(sql!(session, one(i64,), GENERATION)?.0)
}

pub(super) async fn generation_next(tx: &mut Tx, now: Timestamp) -> Result<i64> {
    Ok(sql!(tx, one(i64,), GENERATION_NEXT, At(now))?.0)
}

pub(crate) async fn claim_list(session: &mut dyn Session, references: &[Key]) -> Result<Vec<ClaimRow>> {
    Ok(all_by_keys!(session, ClaimRow, CLAIM_LIST, references))
}

pub(crate) async fn standing_list(session: &mut dyn Session, references: &[Key]) -> Result<Vec<StandingRow>> {
    Ok(all_by_keys!(session, StandingRow, STANDING_LIST, references))
}

pub(crate) async fn entity_save_all(tx: &mut Tx, entities: &[EntitySave]) -> Result<()> {
    for list in bulk(entities) {
        sql!(tx, run, SAVE, list)?;
    }
    Ok(())
}

pub(crate) async fn document_state_save_all(tx: &mut Tx, states: &[StateSave]) -> Result<()> {
    for list in bulk(states) {
        sql!(tx, run, DOCUMENT_STATE, list)?;
    }
    Ok(())
}

pub(crate) async fn document_withhold_all(tx: &mut Tx, documents: &[WithheldSave]) -> Result<()> {
    for list in bulk(documents) {
        sql!(tx, run, DOCUMENT_WITHHOLD, list)?;
    }
    Ok(())
}

/// The last good states of documents, with what they describe.
pub(crate) async fn body_list(session: &mut dyn Session, documents: &[Key]) -> Result<Vec<(String, String)>> {
    Ok(all_by_keys!(session, (String, String), BODY_LIST, documents))
}

/// Removes orphans; how many of these there were. Their rows stay, so that replicas learn of it.
pub(crate) async fn entity_delete_all(
    tx: &mut Tx,
    references: &[Key],
    generation: i64,
    now: Timestamp,
) -> Result<u64> {
    let mut removed = 0;
    for list in bulk(references) {
        removed += sql!(tx, run, REMOVE, list, generation, At(now))?;
    }
    Ok(removed)
}

/// The id of a source as a column holds it.
pub(crate) fn source_id(text: &str) -> Result<SourceId> {
    text.parse().map_err(|_| Error::Unreadable(format!("{text} as the id of a source")))
}
