//! What the list of entities shows, as the server hands it to the browser. Times are microseconds since the epoch, UTC.

use domain::catalog::EntityRef;
use domain::catalog::query::Facet;
use serde::{Deserialize, Serialize};

/// A page of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogList {
    /// The rows.
    pub rows: Vec<EntityRow>,
    /// How many entities match on all pages.
    pub total: u64,
    /// How many entities the catalog has.
    pub whole: u64,
    /// The page that is shown, from 1; the last one where a later one was asked for.
    pub page: usize,
    /// The facets, in the order in which they are shown.
    pub facets: Vec<FacetView>,
    /// The orphans of the answer, where it is narrowed to them.
    pub orphans: Option<OrphansNote>,
    /// Where it was read from.
    pub reading: Reading,
}

/// How many orphans a list has, which no file defines any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrphansNote {
    /// Those that whoever looks may remove.
    pub removable: u64,
    /// The others.
    pub others: u64,
}

/// How many rows a page has.
pub const PAGE_ROWS: usize = 50;

/// An entity in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntityRow {
    /// Its reference.
    pub reference: EntityRef,
    /// What a person calls it.
    pub name: String,
    /// What it is, in a sentence.
    pub description: Option<String>,
    /// Its kind as files write it.
    pub kind: String,
    /// `spec.type`.
    pub of_type: Option<String>,
    /// Its owner.
    pub owner: Option<Named>,
    /// Its system.
    pub system: Option<Named>,
    /// `spec.lifecycle`.
    pub lifecycle: Option<String>,
    /// No file describes it any more.
    pub orphan: bool,
    /// Its text is wrong; this is its last good state.
    pub stale: bool,
}

/// Another entity, by the name that a page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// Its reference.
    pub reference: EntityRef,
    /// Its title, or its name as short as it is clear.
    pub name: String,
    /// Whether it is in the catalog.
    pub exists: bool,
}

/// A facet and its counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FacetView {
    /// Which.
    pub facet: Facet,
    /// Its values, the most frequent first.
    pub values: Vec<ValueView>,
    /// How many values are left out.
    pub more: usize,
}

/// A value of a facet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValueView {
    /// In the form in which it is compared.
    pub value: String,
    /// Its title, where it is an entity that has one.
    pub title: Option<String>,
    /// How many entities have it.
    pub count: u64,
    /// Whether it is chosen.
    pub on: bool,
}

/// Where the catalog was read from, and what of it is not in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// How many files.
    pub files: u64,
    /// How many sources.
    pub sources: u64,
    /// When an entity last came or changed.
    pub changed_at: Option<i64>,
    /// How many findings there are in all sources, as many as their page lists.
    pub findings: u64,
    /// Sources whose last run failed, by name.
    pub failing: Vec<String>,
    /// A source is waiting for its first run to end.
    pub waits: bool,
    /// Whoever looks may add sources.
    pub may_add: bool,
}

impl CatalogList {
    /// Whether anything in the answer has a value of a facet, so that its column is worth its place.
    pub fn has(&self, facet: Facet) -> bool {
        self.facets.iter().find(|view| view.facet == facet).is_some_and(|view| {
            let chosen = view.values.iter().any(|value| value.on);
            view.values.iter().any(|value| value.count > 0 && (value.on || !chosen))
        })
    }
}
