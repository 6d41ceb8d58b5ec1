//! Files and documents in the database.

use domain::catalog::EntityRef;
use domain::ids::{DocumentId, FileId, SourceId};
use serde::Serialize;

use super::{Bulk, bulk};
use crate::db::{Result, Session, Tx};
use crate::sql;

crate::statements! {
    FILE_LIST = "select id, path, hash, names_files, state, named_by, problem from catalog_files where source_id = $1";
    DOCUMENT_LIST = "select d.id, d.file_id, d.ordinal, d.line, d.reference, d.state, d.body_hash, d.waits_for,
                            case when f.names_files or f.id in (select file_id from catalog_documents where waits_for is not null)
                                 then d.notes end as notes,
                            case when d.reference like 'location:%' and d.state <> 'gone' then d.body end as location
                     from catalog_documents d join catalog_files f on f.id = d.file_id
                     where f.source_id = $1 order by d.file_id, d.ordinal";
    FILE_SAVE = "insert into catalog_files
                    (id, source_id, path, hash, size, state, problem, named_by, names_files, first_seen_at, read_at, gone_at)
                 select value ->> 'id', value ->> 'source_id', value ->> 'path', value ->> 'hash', cast(value ->> 'size' as bigint),
                        value ->> 'state', value ->> 'problem', value ->> 'named_by', cast(value ->> 'names_files' as boolean),
                        cast(value ->> 'now' as bigint), cast(value ->> 'now' as bigint), cast(value ->> 'gone_at' as bigint)
                 from json_each($1) where true
                 on conflict (id) do update set
                    hash = excluded.hash, size = excluded.size, state = excluded.state, problem = excluded.problem,
                    named_by = excluded.named_by, names_files = excluded.names_files, read_at = excluded.read_at,
                    gone_at = excluded.gone_at";
    FILE_NAMED_BY = "update catalog_files set named_by = $2 where id = $1";
    FILES_GONE_WITH_SOURCE = "update catalog_files set state = 'gone', gone_at = $2 where source_id = $1 and state <> 'gone'";
    DOCUMENT_SAVE = "insert into catalog_documents
                        (id, file_id, ordinal, line, reference, state, shadow, notes, noteworthy, body_hash,
                         first_seen_at, changed_at, good_at, body, definition, waits_for, text)
                     select value ->> 'id', value ->> 'file_id', cast(value ->> 'ordinal' as bigint), cast(value ->> 'line' as bigint),
                            value ->> 'reference', value ->> 'state', null, value ->> 'notes', cast(value ->> 'noteworthy' as boolean),
                            value ->> 'body_hash', cast(value ->> 'now' as bigint), cast(value ->> 'now' as bigint),
                            cast(value ->> 'good_at' as bigint), value ->> 'body', value ->> 'definition', value ->> 'waits_for',
                            value ->> 'text'
                     from json_each($1) where true
                     on conflict (id) do update set
                        ordinal = excluded.ordinal, line = excluded.line, reference = excluded.reference, state = excluded.state,
                        shadow = null, notes = excluded.notes, noteworthy = excluded.noteworthy, body_hash = excluded.body_hash,
                        changed_at = excluded.changed_at, good_at = excluded.good_at, body = excluded.body,
                        definition = excluded.definition, waits_for = excluded.waits_for, text = excluded.text";
    DOCUMENT_SET_ASIDE = "update catalog_documents
                          set ordinal = cast(j.value ->> 'ordinal' as bigint), line = cast(j.value ->> 'line' as bigint), state = 'set_aside',
                              notes = j.value ->> 'notes', noteworthy = true, changed_at = cast(j.value ->> 'now' as bigint),
                              waits_for = j.value ->> 'waits_for', text = j.value ->> 'text'
                          from json_each($1) j
                          where catalog_documents.id = j.value ->> 'id'";
    // Its text and place stay: they are those of the last time that the file could be read.
    DOCUMENT_UNREAD = "update catalog_documents
                       set state = 'set_aside', notes = j.value ->> 'notes', noteworthy = true, waits_for = null,
                           changed_at = cast(j.value ->> 'now' as bigint)
                       from json_each($1) j
                       where catalog_documents.id = j.value ->> 'id'";
    DOCUMENT_GONE = "update catalog_documents set state = 'gone', shadow = null
                     where id in (select value ->> 'key' from json_each($1))";
    DOCUMENTS_GONE_WITH_SOURCE = "update catalog_documents set state = 'gone', shadow = null
                                  where state <> 'gone' and file_id in (select id from catalog_files where source_id = $1)";
    DOCUMENT_REFERENCES = "select d.reference from catalog_documents d join catalog_files f on f.id = d.file_id
                           where f.source_id = $1 and d.state <> 'gone' and d.reference is not null";
    DOCUMENTS_PURGE = "delete from catalog_documents
                       where state = 'gone'
                         and not exists (select 1 from catalog_entities e where e.document_id = catalog_documents.id)";
    FILES_PURGE = "delete from catalog_files
                   where (gone_at < $1 or source_id in (select id from catalog_sources where removed_at is not null))
                     and not exists (select 1 from catalog_documents d where d.file_id = catalog_files.id)";
    FILES_FORGET = "delete from catalog_files
                    where id in (select value ->> 'key' from json_each($1))
                      and not exists (select 1 from catalog_documents d where d.file_id = catalog_files.id)";
    SOURCES_PURGE = "delete from catalog_sources
                     where removed_at is not null
                       and not exists (select 1 from catalog_documents d join catalog_files f on f.id = d.file_id
                                       where f.source_id = catalog_sources.id)";
    DOCUMENT_COUNTS = "select d.state, count(*) as documents, count(case when d.noteworthy then 1 end) as noteworthy from catalog_documents d join catalog_files f on f.id = d.file_id
                       where f.source_id = $1 group by d.state";
}

#[derive(sqlx::FromRow)]
pub(crate) struct FileRow {
    #[sqlx(try_from = "String")]
    pub id: FileId,
    pub path: String,
    pub hash: Option<String>,
    pub names_files: bool,
    pub state: String,
    pub named_by: Option<String>,
    pub problem: Option<String>,
}

#[derive(sqlx::FromRow)]
pub(crate) struct DocumentRow {
    #[sqlx(try_from = "String")]
    pub id: DocumentId,
    #[sqlx(try_from = "String")]
    pub file_id: FileId,
    pub ordinal: i64,
    pub line: i64,
    pub reference: Option<String>,
    pub state: String,
    pub body_hash: Option<String>,
    /// The owner that it waits for.
    pub waits_for: Option<String>,
    /// Of files alone that are read again without having changed: they name other files, or a document of theirs waits.
    pub notes: Option<String>,
    pub location: Option<String>,
}

/// A file to write.
#[derive(Debug, Serialize)]
pub(crate) struct FileSave {
    pub id: String,
    pub source_id: String,
    pub path: String,
    pub hash: Option<String>,
    pub size: u64,
    pub state: &'static str,
    pub problem: Option<String>,
    pub named_by: Option<String>,
    pub names_files: bool,
    pub now: i64,
    pub gone_at: Option<i64>,
}

/// A document to write.
#[derive(Debug, Serialize)]
pub(crate) struct DocumentSave {
    pub id: String,
    pub file_id: String,
    pub ordinal: usize,
    pub line: u32,
    pub reference: Option<EntityRef>,
    pub state: &'static str,
    pub notes: String,
    pub noteworthy: bool,
    pub body_hash: Option<String>,
    pub now: i64,
    pub good_at: Option<i64>,
    pub body: Option<String>,
    pub definition: Option<String>,
    /// The owner that is not in the catalog.
    pub waits_for: Option<EntityRef>,
    pub text: String,
}

/// A document of a file that cannot be read now, to write.
#[derive(Debug, Serialize)]
pub(crate) struct UnreadSave {
    pub id: String,
    pub notes: String,
    pub now: i64,
}

impl Bulk for UnreadSave {
    fn bytes(&self) -> usize {
        100 + self.notes.len()
    }
}

impl Bulk for FileSave {
    fn bytes(&self) -> usize {
        400 + self.path.len()
            + self.named_by.as_ref().map_or(0, String::len)
            + self.problem.as_ref().map_or(0, String::len)
    }
}

impl Bulk for DocumentSave {
    fn bytes(&self) -> usize {
        let length = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        400 + length(&self.body) + length(&self.definition) + self.text.len() + self.notes.len()
    }
}

pub(crate) async fn file_list(session: &mut dyn Session, source: SourceId) -> Result<Vec<FileRow>> {
    sql!(session, all FileRow, FILE_LIST, source.to_string())
}

pub(crate) async fn document_list(session: &mut dyn Session, source: SourceId) -> Result<Vec<DocumentRow>> {
    sql!(session, all DocumentRow, DOCUMENT_LIST, source.to_string())
}

pub(crate) async fn file_save_all(tx: &mut Tx, files: &[FileSave]) -> Result<()> {
    for list in bulk(files) {
        sql!(tx, run, FILE_SAVE, list)?;
    }
    Ok(())
}

pub(crate) async fn file_save_named_by(tx: &mut Tx, file: FileId, named_by: Option<&str>) -> Result<()> {
    sql!(tx, run, FILE_NAMED_BY, file.to_string(), named_by)?;
    Ok(())
}

/// Writes documents whole: new ones, and those whose state is replaced.
pub(crate) async fn document_save_all(tx: &mut Tx, documents: &[DocumentSave]) -> Result<()> {
    for list in bulk(documents) {
        sql!(tx, run, DOCUMENT_SAVE, list)?;
    }
    Ok(())
}

/// Writes the new text of documents that are wrong, and leaves their last good state.
pub(crate) async fn document_set_aside_all(tx: &mut Tx, documents: &[DocumentSave]) -> Result<()> {
    for list in bulk(documents) {
        sql!(tx, run, DOCUMENT_SET_ASIDE, list)?;
    }
    Ok(())
}

/// Writes why the files of documents cannot be read, and leaves all else of them.
pub(crate) async fn document_unread_all(tx: &mut Tx, documents: &[UnreadSave]) -> Result<()> {
    for list in bulk(documents) {
        sql!(tx, run, DOCUMENT_UNREAD, list)?;
    }
    Ok(())
}

/// Deletes files that never had a document.
pub(crate) async fn file_forget_all(tx: &mut Tx, files: &[FileId]) -> Result<()> {
    for list in bulk(&super::keys(files)) {
        sql!(tx, run, FILES_FORGET, list)?;
    }
    Ok(())
}

pub(crate) async fn document_gone_all(tx: &mut Tx, documents: &[DocumentId]) -> Result<()> {
    for list in bulk(&super::keys(documents)) {
        sql!(tx, run, DOCUMENT_GONE, list)?;
    }
    Ok(())
}

/// Everything of a source is gone; gives what it described.
pub(crate) async fn source_gone(tx: &mut Tx, source: SourceId, now: jiff::Timestamp) -> Result<Vec<String>> {
    let references = sql!(tx, all(String,), DOCUMENT_REFERENCES, source.to_string())?;
    sql!(tx, run, DOCUMENTS_GONE_WITH_SOURCE, source.to_string())?;
    sql!(tx, run, FILES_GONE_WITH_SOURCE, source.to_string(), crate::db::At(now))?;
    Ok(references.into_iter().map(|(reference,)| reference).collect())
}

/// Deletes documents that are gone and that no orphan needs, files without one that went before `files_before` or whose
/// source is removed, and removed sources of which nothing is left.
pub(crate) async fn purge(tx: &mut Tx, files_before: jiff::Timestamp) -> Result<()> {
    sql!(tx, run, DOCUMENTS_PURGE)?;
    sql!(tx, run, FILES_PURGE, crate::db::At(files_before))?;
    sql!(tx, run, SOURCES_PURGE)?;
    Ok(())
}

/// How many documents of a source are in each state, and about how many of those there is something to say.
pub(crate) async fn document_counts(
    session: &mut dyn Session,
    source: SourceId,
) -> Result<Vec<(String, i64, i64)>> {
    sql!(session, all(String, i64, i64), DOCUMENT_COUNTS, source.to_string())
}
