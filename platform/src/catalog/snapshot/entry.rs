//! One entity of the snapshot, with where it comes from and how it stands.

use domain::catalog::query::Standing;
use domain::catalog::search::{Searchable, Titles, fold};
use domain::catalog::{Entity, EntityRef, Relation};
use domain::ids::SourceId;
use jiff::Timestamp;

/// An entity and what the catalog knows of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The entity; a large definition is left out of it.
    pub entity: Entity,
    /// Its id, which stays while it is moved from file to file.
    pub uid: String,
    /// Where it comes from.
    pub provenance: Provenance,
    /// What only the catalog around it knows.
    pub standing: Standing,
    /// Since when no file describes it.
    pub orphaned_at: Option<Timestamp>,
    /// Its text is wrong now: what is shown is the last good state, of this moment.
    pub stale_since: Option<Timestamp>,
    /// There is something to say about its document.
    pub noteworthy: bool,
    /// Its definition is large and not in `entity`.
    pub large_definition: bool,
    /// When it came.
    pub first_seen_at: Timestamp,
    /// When what it says last changed.
    pub changed_at: Timestamp,
    /// What it states, in the order of its fields.
    pub stated: Vec<(Relation, EntityRef)>,
    /// Its texts as they are searched.
    pub searchable: Searchable,
}

/// Where an entity is described.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provenance {
    /// Its source.
    pub source: SourceId,
    /// Its file, from the source's root.
    pub path: String,
    /// The line that its document starts at.
    pub line: u32,
}

impl Entry {
    /// Its reference.
    pub fn reference(&self) -> &EntityRef {
        self.entity.reference()
    }

    /// How it stands, given what is in the catalog.
    pub(super) fn standing(&self, exists: impl Fn(&EntityRef) -> bool) -> Standing {
        Standing {
            owner_exists: self.entity.owner().is_some_and(|owner| exists(&owner)),
            dangling: self.stated.iter().any(|(_, target)| !exists(target)),
            orphan: self.orphaned_at.is_some(),
        }
    }

    /// The titles of what it refers to, given those in the catalog.
    pub(super) fn titles<'c>(&self, title: impl Fn(&EntityRef) -> Option<&'c str>) -> Titles {
        let of = |to: Option<EntityRef>| to.and_then(|to| title(&to)).map(fold).unwrap_or_default();
        Titles { owner: of(self.entity.owner()), system: of(self.entity.system()) }
    }
}
