//! What the page that removes several orphans shows, as the server hands it to the browser.

use domain::catalog::EntityRef;
use serde::{Deserialize, Serialize};

/// The orphans that are to be removed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrphansView {
    /// Those that whoever looks may remove, by kind.
    pub kinds: Vec<OrphanKind>,
    /// How many those are.
    pub removable: u64,
    /// How many more there are that whoever looks may not remove.
    pub others: u64,
    /// How many other entities refer to those that are removed.
    pub referring: u64,
    /// How many of those that are removed are teams.
    pub teams: u64,
    /// The source that described them last, where one was asked for.
    pub source: Option<String>,
    /// Stands for exactly those that are shown; it goes with the form.
    pub seen: String,
}

/// The orphans of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrphanKind {
    /// The kind, as references write it.
    pub kind: String,
    /// How many there are.
    pub total: u64,
    /// The first of them: reference and name.
    pub first: Vec<(EntityRef, String)>,
}
