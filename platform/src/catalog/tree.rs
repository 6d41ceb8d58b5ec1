//! The files of a source at one moment, whatever holds them: a folder or a commit.

use std::collections::BTreeMap;

/// The files of a source.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    /// By their paths from the source's root.
    pub files: BTreeMap<String, Listed>,
    /// There are more files: one that is not listed may be there all the same.
    pub is_cut: bool,
    /// Something that concerns the listing as a whole, such as that it was cut; sentences.
    pub notes: Vec<String>,
}

/// One file of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Listed {
    /// A file that can be read.
    File {
        /// In bytes.
        size: u64,
        /// A hash of the contents, when the holder knows it without reading.
        hash: Option<String>,
    },
    /// Something that is never read, and a sentence that says why.
    Refused(String),
}

/// Why a file was not read: a sentence for the person.
pub(crate) type NotRead = String;

/// Reads files of a listing. It blocks.
pub(crate) trait Tree: Send {
    /// The contents of a file that stands in the listing, of at most `limit` bytes.
    fn read(&mut self, path: &str, limit: u64) -> Result<Vec<u8>, NotRead>;
}

/// The sentence for a file that is too large.
pub(crate) fn too_large(size: u64, limit: u64) -> NotRead {
    format!(
        "The file has {size} bytes; at most {limit} are read. Split it, or move large texts into files of their own and name them by $text."
    )
}
