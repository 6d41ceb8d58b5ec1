//! What is stored of a source already, and what a run finds in it.

use std::collections::HashMap;

use domain::catalog::walk::NamedBy;
use domain::catalog::{Entity, EntityRef};
use domain::ids::DocumentId;

use super::super::document::Document;

/// What is stored of a source already, by path.
pub(crate) type Earlier = HashMap<String, EarlierFile>;

/// A file as it is stored.
#[derive(Clone, Debug)]
pub(crate) struct EarlierFile {
    pub hash: Option<String>,
    pub names_files: bool,
    /// Whether it was read when it was last looked at.
    pub was_read: bool,
    /// Whether it was no longer there when it was last looked for.
    pub is_gone: bool,
    pub documents: Vec<EarlierDocument>,
}

/// A document as it is stored.
#[derive(Clone, Debug)]
pub(crate) struct EarlierDocument {
    pub id: DocumentId,
    pub ordinal: usize,
    pub reference: Option<EntityRef>,
    /// No longer in the file; kept for an orphan.
    pub gone: bool,
    /// Its last good state, of a Location that is not gone.
    pub location: Option<Entity>,
}

/// What a run found in a source.
#[derive(Debug, Default)]
pub(crate) struct ReadSource {
    pub files: Vec<ReadFile>,
    /// What concerns the source as a whole; sentences.
    pub notes: Vec<String>,
}

/// What a run found at one path.
#[derive(Debug)]
pub(crate) struct ReadFile {
    pub path: String,
    pub hash: Option<String>,
    pub size: u64,
    pub named_by: Option<NamedBy>,
    pub names_files: bool,
    pub found: Found,
}

/// What became of a file.
#[derive(Debug)]
pub(crate) enum Found {
    /// It is as it was.
    Unchanged,
    /// Its documents, with the stored ones that they continue.
    Read(Vec<(Document, Option<DocumentId>)>),
    /// A sentence. What is stored of it stays.
    NotRead(String),
    /// A limit came before it. A sentence. What is stored of it stays, as does who named it.
    NotMet(String),
    /// It is a YAML file, but nothing names it.
    NotNamed,
}
