//! From the use case to what the page of a file shows. On the server only.

use domain::people::Caller;
use jiff::Timestamp;
use platform::catalog::service::{self, DocumentState, FileState, FindingDocument};
use platform::{Platform, Result};

use super::entity_read::note;
use super::file_view::{FileDocumentView, FilePageView};
use super::problem_view::ProblemState;
use crate::request::parsed;

/// How many lines are shown: no browser is quick with more.
const MAX_LINES: usize = 5_000;

/// One file with its documents.
pub async fn file(platform: &Platform, caller: &Caller, id: &str) -> Result<FilePageView> {
    let file = service::find_file(&platform.catalog, caller, parsed(id, "file")?).await?;
    let all = file.documents.len();
    let mut lines = 0;
    let shown = file.documents.into_iter().enumerate().take_while(|(at, (_, text))| {
        lines += text.lines().count();
        *at == 0 || lines <= MAX_LINES
    });
    let documents: Vec<_> = shown.map(|(_, (stood, text))| document(stood, text)).collect();
    Ok(FilePageView {
        path: file.path,
        state: file_state(file.state),
        source: file.source,
        source_name: file.source_name,
        source_removed: file.source_removed,
        commit: file.commit,
        left_out: all - documents.len(),
        documents,
    })
}

fn document(stood: FindingDocument, text: String) -> FileDocumentView {
    FileDocumentView {
        line: stood.line,
        reference: stood.reference,
        state: document_state(stood.state),
        notes: stood.notes.into_iter().map(note).collect(),
        text,
    }
}

/// What became of a file; none where it was read.
pub fn file_state(state: FileState) -> Option<ProblemState> {
    match state {
        FileState::Read => None,
        FileState::NotRead(why) => Some(ProblemState::NotRead(why)),
        FileState::NotNamed => Some(ProblemState::NotNamed),
        FileState::Gone(at) => Some(ProblemState::FileGone(at.as_microsecond())),
    }
}

/// What became of a document.
pub fn document_state(state: DocumentState) -> ProblemState {
    match state {
        DocumentState::Live => ProblemState::Live,
        DocumentState::SetAside(good) => ProblemState::SetAside(good.map(Timestamp::as_microsecond)),
        DocumentState::Shadowed(why) => ProblemState::Shadowed(why),
        DocumentState::Gone => ProblemState::Gone,
    }
}
