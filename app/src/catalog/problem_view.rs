//! What the page of findings shows, as the server hands it to the browser. Times are microseconds since the epoch, UTC.

use domain::catalog::EntityRef;
use domain::ids::{FileId, SourceId};
use serde::{Deserialize, Serialize};

use super::entity_view::NoteView;

/// A page of findings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProblemList {
    /// The findings, by source, file and place in the file.
    pub rows: Vec<ProblemRow>,
    /// What the next page is asked with.
    pub next: Option<String>,
    /// How many there are on all pages, where no text is asked for.
    pub total: Option<u64>,
    /// Every source by name, then those that are removed and have findings, or are chosen.
    pub sources: Vec<SourceOfFindings>,
    /// Files that are on no page of the findings.
    pub unreferenced: Vec<UnreferencedView>,
}

/// A source, as the findings are narrowed to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceOfFindings {
    /// Its id.
    pub id: SourceId,
    /// Its name.
    pub name: String,
    /// It is removed: orphans of it are left.
    pub removed: bool,
    /// How many findings there are in it; those of all are the total of all.
    pub findings: u64,
}

/// YAML files of a source that nothing references.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnreferencedView {
    /// The source.
    pub source: SourceId,
    /// Its name.
    pub source_name: String,
    /// How many are known.
    pub files: u64,
    /// There may be more.
    pub or_more: bool,
}

/// A file or document that somebody should look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProblemRow {
    /// The source.
    pub source: SourceId,
    /// Its name.
    pub source_name: String,
    /// The source is removed, and has no page.
    pub source_removed: bool,
    /// The file.
    pub file: FileId,
    /// Where it is, from the source's root.
    pub path: String,
    /// The line that the document starts at; none for a file as a whole.
    pub line: Option<u32>,
    /// What it describes, as far as that can be told.
    pub reference: Option<EntityRef>,
    /// What became of it.
    pub state: ProblemState,
    /// What is wrong.
    pub notes: Vec<NoteView>,
}

/// What became of a file or document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ProblemState {
    /// The text is wrong; the catalog shows its last good state, of this moment, if there is one.
    SetAside(Option<i64>),
    /// Another document describes the same entity; the sentence says which.
    Shadowed(String),
    /// The file could not be read, for this reason.
    NotRead(String),
    /// Nothing names the file.
    NotNamed,
    /// The file is gone, since this moment.
    FileGone(i64),
    /// The document is no longer in its file; its entity stays until somebody removes it.
    Gone,
    /// It is in the catalog; somebody should look all the same.
    Live,
}
