//! "Why is it not here": every file that was ever seen, what became of it, and what is wrong in it.

use std::collections::BTreeMap;

use domain::catalog::EntityRef;
use domain::catalog::walk::NamedBy;
use domain::ids::{FileId, SourceId};
use domain::people::{Action, Caller, authorize};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::catalog::Catalog;
use crate::catalog::note::Note;
use crate::catalog::read::MAX_NOT_NAMED;
use crate::catalog::store::{
    self,
    view::{self, FilePageRow, FindingKey, FindingRow, UnreferencedRow},
};
use crate::db;
use crate::{Error, Result};

/// The most rows of a page.
const MAX_ROWS: u32 = 500;
const MAX_TEXT: usize = 200;

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileState {
    /// It was read.
    Read,
    /// It could not be read, for this reason. What is known of it stays.
    NotRead(String),
    /// No Location and no pattern names it.
    NotNamed,
    /// It is no longer there, since this moment.
    Gone(Timestamp),
}

/// A file of a source.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceFile {
    /// Its id.
    pub id: FileId,
    /// From the source's root.
    pub path: String,
    /// In bytes.
    pub size: u64,
    /// What became of it.
    pub state: FileState,
    /// The Location that named it first; `None` for a file that reading starts with.
    pub named_by: Option<NamedBy>,
    /// When it was first seen.
    pub first_seen_at: Timestamp,
    /// When it was last read because it was new or had changed.
    pub read_at: Timestamp,
    /// Its documents.
    pub documents: u64,
    /// Those in the catalog as they stand.
    pub live: u64,
    /// Those of them that somebody should look at all the same.
    pub noteworthy: u64,
    /// Its findings, as [`count_findings`] counts them.
    pub findings: u64,
}

/// The files of a source by path, after a path. Everyone signed in may.
pub async fn list_source_files(
    catalog: &Catalog,
    caller: &Caller,
    source: SourceId,
    after: &str,
    limit: u32,
) -> Result<Vec<SourceFile>> {
    authorize(caller, Action::See)?;
    let mut reader = catalog.db.read().await?;
    let rows = view::file_page(&mut reader, source, after, i64::from(limit.min(MAX_ROWS))).await?;
    rows.into_iter().map(source_file).collect()
}

fn source_file(row: FilePageRow) -> Result<SourceFile> {
    let count = |number: i64| u64::try_from(number).unwrap_or_default();
    Ok(SourceFile {
        id: row.id,
        path: row.path,
        size: count(row.size),
        state: state(&row.state, row.problem, row.gone_at)?,
        named_by: row.named_by.as_deref().map(serde_json::from_str).transpose().map_err(unreadable)?,
        first_seen_at: row.first_seen_at.0,
        read_at: row.read_at.0,
        documents: count(row.documents),
        live: count(row.live),
        noteworthy: count(row.noteworthy),
        findings: count(row.findings),
    })
}

/// A document as its row has it; `good_at` is the moment of the last good state that is kept.
pub(super) fn document(
    line: i64,
    reference: Option<String>,
    state: &str,
    shadow: Option<String>,
    notes: &str,
    good_at: Option<db::At>,
) -> Result<FindingDocument> {
    Ok(FindingDocument {
        line: u32::try_from(line).unwrap_or_default(),
        reference: reference.and_then(|text| text.parse().ok()),
        state: match state {
            "live" => DocumentState::Live,
            "set_aside" => DocumentState::SetAside(good_at.map(|at| at.0)),
            "shadowed" => DocumentState::Shadowed(shadow.unwrap_or_default()),
            "gone" => DocumentState::Gone,
            other => return Err(unreadable(format!("a document in the state {other}"))),
        },
        notes: serde_json::from_str(notes).map_err(unreadable)?,
    })
}

pub(super) fn state(state: &str, problem: Option<String>, gone_at: Option<db::At>) -> Result<FileState> {
    Ok(match (state, gone_at) {
        ("read", _) => FileState::Read,
        ("not_read", _) => FileState::NotRead(problem.unwrap_or_default()),
        ("not_named", _) => FileState::NotNamed,
        ("gone", Some(at)) => FileState::Gone(at.0),
        (other, _) => return Err(unreadable(format!("a file in the state {other}"))),
    })
}

/// Something that is not in the catalog as it stands in its file, or that somebody should look at.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The source's id.
    pub source: SourceId,
    /// The source's name.
    pub source_name: String,
    /// The source is removed: it is read no longer, and has no page.
    pub source_removed: bool,
    /// The file's id.
    pub file: FileId,
    /// The file, from the source's root.
    pub path: String,
    /// What became of the file.
    pub file_state: FileState,
    /// The document, where it is about one.
    pub document: Option<FindingDocument>,
}

/// The document of a finding.
#[derive(Clone, Debug, PartialEq)]
pub struct FindingDocument {
    /// The line it starts at.
    pub line: u32,
    /// What it describes, as far as that can be told.
    pub reference: Option<EntityRef>,
    /// What became of it.
    pub state: DocumentState,
    /// What is wrong with it, or what it names that is not read.
    pub notes: Vec<Note>,
}

/// What became of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DocumentState {
    /// It is in the catalog; its notes say what to look at.
    Live,
    /// Its text is wrong. The catalog shows its last good state, of this moment, if there is one.
    SetAside(Option<Timestamp>),
    /// Another document describes the same entity; the sentence says which.
    Shadowed(String),
    /// It is no longer in its file; its entity is an orphan.
    Gone,
}

/// A page of findings.
#[derive(Clone, Debug, PartialEq)]
pub struct FindingPage {
    /// The findings, by source, file and place in the file.
    pub findings: Vec<Finding>,
    /// What the next page is asked with; `None` on the last one.
    pub next: Option<String>,
    /// What is not among the findings of any page; nothing where a text was asked for, which finds these files too.
    pub unreferenced: Vec<Unreferenced>,
}

/// YAML files of a source that nothing names and whose names do not say that they are for the catalog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreferenced {
    /// The source's id.
    pub source: SourceId,
    /// The source's name.
    pub source_name: String,
    /// How many are known.
    pub files: u64,
    /// There may be more: of a source with very many, some are known.
    pub or_more: bool,
}

/// How many findings there are of each source, or of one: as many as [`find_problems`] has where no text is asked for. A source without
/// any is left out. Everyone signed in may.
pub async fn count_findings(
    catalog: &Catalog,
    caller: &Caller,
    source: Option<SourceId>,
) -> Result<BTreeMap<SourceId, u64>> {
    authorize(caller, Action::See)?;
    let mut reader = catalog.db.read().await?;
    let counts = view::finding_counts(&mut reader, source).await?;
    let counted = |(id, findings): (String, i64)| {
        Ok((store::entity::source_id(&id)?, u64::try_from(findings).unwrap_or_default()))
    };
    counts.into_iter().map(counted).collect()
}

/// Why something is not in the catalog: all findings that mention a text (a name, a path, an address), of one source or
/// of all. Everyone signed in may.
pub async fn find_problems(
    catalog: &Catalog,
    caller: &Caller,
    source: Option<SourceId>,
    text: &str,
    cursor: Option<&str>,
    limit: u32,
) -> Result<FindingPage> {
    authorize(caller, Action::See)?;
    let text: String = text.trim().chars().filter(|c| *c != '\0').take(MAX_TEXT).collect();
    let after: FindingKey = match cursor {
        None => FindingKey { ordinal: i64::MIN, ..FindingKey::default() },
        // JSON can spell the character NUL, which no column has and PostgreSQL refuses.
        Some(cursor) => serde_json::from_str(cursor)
            .ok()
            .filter(|key: &FindingKey| {
                ![&key.source, &key.path, &key.document].iter().any(|text| text.contains('\0'))
            })
            .ok_or_else(|| Error::field("cursor", "This page does not exist. Start from the first one"))?,
    };
    let limit = limit.clamp(1, MAX_ROWS);
    let mut reader = catalog.db.read().await?;
    let mut rows = view::finding_page(&mut reader, source, &text, &after, i64::from(limit) + 1).await?;
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let next = (rows.len() > wanted).then(|| rows.truncate(wanted)).and_then(|()| rows.last()).map(|row| {
        FindingKey {
            source: row.source_name.clone(),
            path: row.path.clone(),
            ordinal: row.ordinal,
            document: row.document_id.clone(),
        }
    });
    let unreferenced = match text.is_empty() {
        true => view::unreferenced_list(&mut reader, source).await?,
        false => Vec::new(),
    };
    Ok(FindingPage {
        unreferenced: unreferenced.into_iter().filter(|row| row.unlisted > 0).map(counted).collect(),
        next: next.as_ref().map(serde_json::to_string).transpose().map_err(unreadable)?,
        findings: rows.into_iter().map(finding).collect::<Result<_>>()?,
    })
}

fn counted(row: UnreferencedRow) -> Unreferenced {
    Unreferenced {
        source: row.source_id,
        source_name: row.source_name,
        files: u64::try_from(row.unlisted).unwrap_or_default(),
        or_more: usize::try_from(row.bounded).is_ok_and(|files| files >= MAX_NOT_NAMED),
    }
}

fn finding(row: FindingRow) -> Result<Finding> {
    let document = match (row.state.as_deref(), &row.notes) {
        (Some(state), Some(notes)) => {
            let good_at = row.good_at.filter(|_| row.kept);
            Some(document(row.line.unwrap_or_default(), row.reference, state, row.shadow, notes, good_at)?)
        }
        _ => None,
    };
    Ok(Finding {
        source: row.source_id,
        source_name: row.source_name,
        source_removed: row.source_removed,
        file: row.file_id,
        path: row.path,
        file_state: state(&row.file_state, row.file_problem, row.gone_at)?,
        document,
    })
}

fn unreadable(error: impl std::fmt::Display) -> Error {
    db::Error::Unreadable(error.to_string()).into()
}
