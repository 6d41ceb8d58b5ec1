//! What the page of a file shows, as the server hands it to the browser. Times are microseconds since the epoch, UTC.

use domain::catalog::EntityRef;
use domain::ids::SourceId;
use serde::{Deserialize, Serialize};

use super::entity_view::NoteView;
use super::problem_view::ProblemState;

/// A file with its documents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilePageView {
    /// From the source's root.
    pub path: String,
    /// What became of it; none where it was read.
    pub state: Option<ProblemState>,
    /// The source.
    pub source: SourceId,
    /// Its name.
    pub source_name: String,
    /// The source is removed, and has no page.
    pub source_removed: bool,
    /// The commit that was read last.
    pub commit: Option<String>,
    /// Its documents, those of the first lines where it is very long.
    pub documents: Vec<FileDocumentView>,
    /// How many documents are left out.
    pub left_out: usize,
}

/// A document of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileDocumentView {
    /// The line that it starts at.
    pub line: u32,
    /// What it describes, as far as that can be told.
    pub reference: Option<EntityRef>,
    /// What became of it.
    pub state: ProblemState,
    /// What is to be said about it.
    pub notes: Vec<NoteView>,
    /// Its text, as it was last read.
    pub text: String,
}
