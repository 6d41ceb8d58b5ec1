//! What a page tells about a document besides its entity.

use domain::catalog::Problem;
use serde::{Deserialize, Serialize};

/// How much a note matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The document is set aside for this, or what it names is not in the catalog.
    Error,
    /// Nothing is missing, but somebody should look.
    Warning,
    /// An address that Slipway does not read yet.
    NotRead,
}

/// A note at a place of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// How much it matters.
    pub severity: Severity,
    /// Where, and the sentence.
    #[serde(flatten)]
    pub problem: Problem,
}

impl Note {
    /// An error.
    pub fn error(problem: Problem) -> Self {
        Note { severity: Severity::Error, problem }
    }

    /// Something to look at.
    pub fn warning(problem: Problem) -> Self {
        Note { severity: Severity::Warning, problem }
    }

    /// An address that is not read yet.
    pub fn not_read(line: u32, column: u32, path: &str, address: &str) -> Self {
        let message = format!("{address} is not read yet: only files of the same source are.");
        Note {
            severity: Severity::NotRead,
            problem: Problem { line, column, path: path.to_owned(), message },
        }
    }
}
