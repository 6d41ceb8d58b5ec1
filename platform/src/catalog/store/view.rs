//! What pages and the snapshot read from the database.

use domain::catalog::EntityRef;
use domain::ids::{FileId, SourceId};

use crate::db::{At, Result, Session};
use crate::sql;

crate::statements! {
    ENTITY_ALL = "select e.uid, e.reference, e.orphaned_at, e.removed_at, e.first_seen_at, e.changed_at, d.line, d.state, d.noteworthy,
                         d.good_at, d.definition is not null as large_definition, f.path, f.source_id, d.body
                  from catalog_entities e
                  join catalog_documents d on d.id = e.document_id
                  join catalog_files f on f.id = d.file_id";
    ENTITY_SINCE = "select e.uid, e.reference, e.orphaned_at, e.removed_at, e.first_seen_at, e.changed_at, d.line, d.state, d.noteworthy,
                           d.good_at, d.definition is not null as large_definition, f.path, f.source_id, d.body
                    from catalog_entities e
                    left join catalog_documents d on d.id = e.document_id
                    left join catalog_files f on f.id = d.file_id
                    where e.generation > $1";
    DOCUMENT_TEXT = "select d.text, d.line, d.state, d.notes, d.good_at, d.definition, d.body, f.path, f.id as file_id, f.state as file_state,
                            f.problem as file_problem, s.id as source_id, s.name as source_name, s.removed_at is not null as source_removed,
                            s.run_commit
                     from catalog_entities e
                     join catalog_documents d on d.id = e.document_id
                     join catalog_files f on f.id = d.file_id
                     join catalog_sources s on s.id = f.source_id
                     where e.reference = $1 and e.removed_at is null";
    RIVAL_LIST = "select f.path, s.name as source_name, d.line, coalesce(d.shadow, '') as shadow
                  from catalog_documents d
                  join catalog_files f on f.id = d.file_id
                  join catalog_sources s on s.id = f.source_id
                  where d.reference = $1 and d.state = 'shadowed'
                  order by s.name, f.path, d.line";
    FILE_PAGE = "select f.id, f.path, f.size, f.state, f.problem, f.named_by, f.first_seen_at, f.read_at, f.gone_at,
                        count(case when d.state <> 'gone' then 1 end) as documents,
                        count(case when d.state = 'live' then 1 end) as live,
                        count(case when d.state = 'live' and d.noteworthy then 1 end) as noteworthy,
                        case when count(case when d.noteworthy or d.state <> 'live' then 1 end) = 0
                                  and (f.state = 'not_read' or (f.state = 'not_named' and lower(f.path) like '%catalog-info%'))
                             then 1
                             else count(case when d.noteworthy or d.state <> 'live' then 1 end) end as findings
                 from catalog_files f left join catalog_documents d on d.file_id = f.id
                 where f.source_id = $1 and f.path > $2
                 group by f.id
                 order by f.path limit $3";
    FILE_FIND = "select f.path, f.state, f.problem, f.gone_at, s.id as source_id, s.name as source_name,
                        s.removed_at is not null as source_removed, s.run_commit
                 from catalog_files f join catalog_sources s on s.id = f.source_id
                 where f.id = $1";
    FILE_DOCUMENTS = "select line, reference, state, shadow, notes, case when body_hash is not null then good_at end as good_at, text
                      from catalog_documents where file_id = $1 order by ordinal, id";
    // What a finding is stands here and in the two statements around it alike; a test holds them to one number, and two
    // indexes have the same conditions. It is a document that is not in the catalog as it stands in its file, an orphan's included, or that
    // there is something to say about; or a file of which there is none and that is not read: one that cannot be, or one that nothing
    // names though its name says that it is for the catalog.
    // Most files that nothing names are of another kind, and of one that is gone nothing is left to do: they are told to whoever asks.
    FINDING_PAGE = "select s.id as source_id, s.name as source_name, s.removed_at is not null as source_removed, f.id as file_id, f.path, f.state as file_state, f.problem as file_problem,
                           f.gone_at, coalesce(d.id, '') as document_id, coalesce(d.ordinal, -1) as ordinal, d.line, d.reference, d.state,
                           d.shadow, d.notes, d.good_at, d.body_hash is not null as kept
                    from catalog_files f
                    join catalog_sources s on s.id = f.source_id
                    left join catalog_documents d on d.file_id = f.id and (d.noteworthy or d.state <> 'live')
                    where ($1 = '' or s.id = $1)
                      and (d.id is not null or f.state = 'not_read' or (f.state = 'not_named' and lower(f.path) like '%catalog-info%')
                           or ($2 <> '' and f.state <> 'read'))
                      and ($2 = '' or lower(f.path) like $2 escape '!' or lower(coalesce(d.reference, '')) like $2 escape '!'
                           or lower(coalesce(d.notes, '')) like $2 escape '!' or lower(coalesce(d.shadow, '')) like $2 escape '!'
                           or lower(coalesce(f.problem, '')) like $2 escape '!')
                      and (s.name, f.path, coalesce(d.ordinal, -1), coalesce(d.id, '')) > ($3, $4, $5, $6)
                    order by s.name, f.path, coalesce(d.ordinal, -1), coalesce(d.id, '')
                    limit $7";
    // Documents and files apart, so that each part is read from its index, which holds nothing else.
    FINDING_COUNTS = "select source_id, count(*) as findings
                      from (select f.source_id
                            from catalog_documents d join catalog_files f on f.id = d.file_id
                            where (d.noteworthy or d.state <> 'live') and ($1 = '' or f.source_id = $1)
                            union all
                            select f.source_id
                            from catalog_files f
                            where (f.state = 'not_read' or (f.state = 'not_named' and lower(f.path) like '%catalog-info%'))
                              and ($1 = '' or f.source_id = $1)
                              and not exists (select 1 from catalog_documents d
                                              where d.file_id = f.id and (d.noteworthy or d.state <> 'live'))) found
                      group by source_id";
    UNREFERENCED = "select s.id as source_id, s.name as source_name,
                           count(case when lower(f.path) not like '%catalog-info%' then 1 end) as unlisted,
                           count(case when not exists (select 1 from catalog_documents d where d.file_id = f.id) then 1 end) as bounded
                    from catalog_files f join catalog_sources s on s.id = f.source_id
                    where f.state = 'not_named' and ($1 = '' or s.id = $1)
                    group by s.id, s.name
                    order by s.name";
}

/// An entity as the snapshot loads it. The parts of its document are null once it is removed.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct EntityRow {
    pub uid: String,
    pub reference: String,
    pub orphaned_at: Option<At>,
    pub removed_at: Option<At>,
    pub first_seen_at: At,
    pub changed_at: At,
    pub line: Option<i64>,
    pub state: Option<String>,
    pub noteworthy: Option<bool>,
    pub good_at: Option<At>,
    pub large_definition: bool,
    pub path: Option<String>,
    pub source_id: Option<String>,
    pub body: Option<String>,
}

/// Where a file is: its path, and the source that it is of.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct OriginRow {
    pub path: String,
    #[sqlx(try_from = "String")]
    pub source_id: SourceId,
    pub source_name: String,
    pub source_removed: bool,
    pub run_commit: Option<String>,
}

/// The document behind an entity.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct TextRow {
    #[sqlx(flatten)]
    pub origin: OriginRow,
    pub text: String,
    pub line: i64,
    pub state: String,
    pub notes: String,
    pub good_at: Option<At>,
    pub definition: Option<String>,
    pub body: Option<String>,
    #[sqlx(try_from = "String")]
    pub file_id: FileId,
    pub file_state: String,
    pub file_problem: Option<String>,
}

/// A document that describes an entity which another one goes before.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct RivalRow {
    pub path: String,
    pub source_name: String,
    pub line: i64,
    pub shadow: String,
}

/// A file with the counts of its documents.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct FilePageRow {
    #[sqlx(try_from = "String")]
    pub id: FileId,
    pub path: String,
    pub size: i64,
    pub state: String,
    pub problem: Option<String>,
    pub named_by: Option<String>,
    pub first_seen_at: At,
    pub read_at: At,
    pub gone_at: Option<At>,
    pub documents: i64,
    pub live: i64,
    pub noteworthy: i64,
    pub findings: i64,
}

/// A file as its own page shows it.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct FileFoundRow {
    #[sqlx(flatten)]
    pub origin: OriginRow,
    pub state: String,
    pub problem: Option<String>,
    pub gone_at: Option<At>,
}

/// A document of a file.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct FileDocumentRow {
    pub line: i64,
    pub reference: Option<String>,
    pub state: String,
    pub shadow: Option<String>,
    pub notes: String,
    /// Of the last good state, where there is one.
    pub good_at: Option<At>,
    pub text: String,
}

/// Something that is not in the catalog as it stands in its file, or that somebody should look at.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct FindingRow {
    #[sqlx(try_from = "String")]
    pub source_id: SourceId,
    pub source_name: String,
    pub source_removed: bool,
    #[sqlx(try_from = "String")]
    pub file_id: FileId,
    pub path: String,
    pub file_state: String,
    pub file_problem: Option<String>,
    pub gone_at: Option<At>,
    pub document_id: String,
    pub ordinal: i64,
    pub line: Option<i64>,
    pub reference: Option<String>,
    pub state: Option<String>,
    pub shadow: Option<String>,
    pub notes: Option<String>,
    pub good_at: Option<At>,
    pub kept: bool,
}

/// How many files of a source nothing names.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct UnreferencedRow {
    #[sqlx(try_from = "String")]
    pub source_id: SourceId,
    pub source_name: String,
    /// Those that a page of findings does not list unless they are asked for.
    pub unlisted: i64,
    /// Those without documents: of them a run keeps so many and no more.
    pub bounded: i64,
}

pub(crate) async fn entity_list_all(session: &mut dyn Session) -> Result<Vec<EntityRow>> {
    sql!(session, all EntityRow, ENTITY_ALL)
}

pub(crate) async fn entity_list_since(session: &mut dyn Session, generation: i64) -> Result<Vec<EntityRow>> {
    sql!(session, all EntityRow, ENTITY_SINCE, generation)
}

pub(crate) async fn document_text(
    session: &mut dyn Session,
    reference: &EntityRef,
) -> Result<Option<TextRow>> {
    sql!(session, optional TextRow, DOCUMENT_TEXT, reference.as_str())
}

pub(crate) async fn rival_list(session: &mut dyn Session, reference: &EntityRef) -> Result<Vec<RivalRow>> {
    sql!(session, all RivalRow, RIVAL_LIST, reference.as_str())
}

pub(crate) async fn file_page(
    session: &mut dyn Session,
    source: SourceId,
    after: &str,
    limit: i64,
) -> Result<Vec<FilePageRow>> {
    sql!(session, all FilePageRow, FILE_PAGE, source.to_string(), after, limit)
}

pub(crate) async fn file_find(session: &mut dyn Session, id: FileId) -> Result<Option<FileFoundRow>> {
    sql!(session, optional FileFoundRow, FILE_FIND, id.to_string())
}

pub(crate) async fn file_documents(session: &mut dyn Session, id: FileId) -> Result<Vec<FileDocumentRow>> {
    sql!(session, all FileDocumentRow, FILE_DOCUMENTS, id.to_string())
}

/// What a page of findings starts after.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub(crate) struct FindingKey {
    pub source: String,
    pub path: String,
    pub ordinal: i64,
    pub document: String,
}

pub(crate) async fn finding_page(
    session: &mut dyn Session,
    source: Option<SourceId>,
    text: &str,
    after: &FindingKey,
    limit: i64,
) -> Result<Vec<FindingRow>> {
    let source = source.map(|source| source.to_string()).unwrap_or_default();
    let pattern = if text.is_empty() { String::new() } else { contains(text) };
    let FindingKey { source: name, path, ordinal, document } = after.clone();
    sql!(session, all FindingRow, FINDING_PAGE, source, pattern, name, path, ordinal, document, limit)
}

/// How many findings each source has, or one; those without any are left out.
pub(crate) async fn finding_counts(
    session: &mut dyn Session,
    source: Option<SourceId>,
) -> Result<Vec<(String, i64)>> {
    let source = source.map(|source| source.to_string()).unwrap_or_default();
    sql!(session, all(String, i64), FINDING_COUNTS, source)
}

/// The sources with files that nothing names, by name.
pub(crate) async fn unreferenced_list(
    session: &mut dyn Session,
    source: Option<SourceId>,
) -> Result<Vec<UnreferencedRow>> {
    let source = source.map(|source| source.to_string()).unwrap_or_default();
    sql!(session, all UnreferencedRow, UNREFERENCED, source)
}

/// A pattern for `like … escape '!'` that matches what contains a text, without regard to the case of ASCII letters: `lower` knows no
/// others in SQLite, nor in PostgreSQL in columns with the collation "C".
fn contains(text: &str) -> String {
    let mut pattern = String::from("%");
    for character in text.to_ascii_lowercase().chars() {
        if matches!(character, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}
