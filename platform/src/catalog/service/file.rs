//! One file: what became of it, and what stands in it, also where none of that is in the catalog.

use domain::ids::{FileId, SourceId};
use domain::people::{Action, Caller, authorize};

use super::files::{FileState, FindingDocument, document, state};
use crate::catalog::Catalog;
use crate::catalog::store::view;
use crate::{Error, Result};

/// A file with its documents.
#[derive(Clone, Debug, PartialEq)]
pub struct FilePage {
    /// From the source's root.
    pub path: String,
    /// What became of it.
    pub state: FileState,
    /// The source's id.
    pub source: SourceId,
    /// The source's name.
    pub source_name: String,
    /// The source is removed: it is read no longer, and has no page.
    pub source_removed: bool,
    /// The commit that was read last, of a repository.
    pub commit: Option<String>,
    /// Its documents in their order, each with its text as it was last read.
    pub documents: Vec<(FindingDocument, String)>,
}

/// One file that was ever seen. Everyone signed in may.
pub async fn find_file(catalog: &Catalog, caller: &Caller, id: FileId) -> Result<FilePage> {
    authorize(caller, Action::See)?;
    let mut reader = catalog.db.read().await?;
    let row = view::file_find(&mut reader, id).await?.ok_or_else(|| Error::no_such("file", id))?;
    let documents = view::file_documents(&mut reader, id).await?;
    Ok(FilePage {
        path: row.origin.path,
        state: state(&row.state, row.problem, row.gone_at)?,
        source: row.origin.source_id,
        source_name: row.origin.source_name,
        source_removed: row.origin.source_removed,
        commit: row.origin.run_commit,
        documents: documents
            .into_iter()
            .map(|row| {
                let text = row.text;
                let stood =
                    document(row.line, row.reference, &row.state, row.shadow, &row.notes, row.good_at)?;
                Ok((stood, text))
            })
            .collect::<Result<_>>()?,
    })
}
