//! The catalog in memory: what every list, page and search answers from.
//!
//! - A snapshot never changes. A change makes a new one that shares all that stayed the same.
//! - Entities have small numbers, kept from one snapshot to the next, so that sets of them are bitmaps.
//! - What a caller may not see is taken out before anything is counted.
//! - Large definitions are not in it; they are read from their row when somebody opens them.

mod build;
mod entry;
mod graph;
mod list;
mod order;
mod orphans;
mod search;

use std::sync::Arc;

use domain::catalog::query::{Facet, SortKey};
use domain::catalog::reference::DEFAULT_NAMESPACE;
use domain::catalog::search::fold;
use domain::catalog::{Entity, EntityRef};
use domain::ids::SourceId;
use imbl::{HashMap, OrdMap, Vector};
use jiff::Timestamp;
use roaring::RoaringBitmap;

pub use entry::{Entry, Provenance};
pub use graph::Related;
pub use list::{FacetCounts, List, ListRequest, ValueCount};
use order::Orders;
pub use orphans::SourceCount;
use search::Haystack;
pub use search::Hit;

/// Which entities a caller sees.
#[derive(Clone, Debug, Default)]
pub enum Visibility {
    /// All of them.
    #[default]
    All,
    /// These alone, by their numbers.
    Only(Arc<RoaringBitmap>),
}

/// Entities that have a value of a facet, by the value.
type Postings = OrdMap<Arc<str>, Arc<RoaringBitmap>>;

/// The catalog at one generation.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    generation: i64,
    /// By number; a number whose entity was removed stays empty.
    entries: Vector<Option<Arc<Entry>>>,
    numbers: HashMap<EntityRef, u32>,
    /// How many are [`called`] so.
    called: HashMap<String, u32>,
    all: Arc<RoaringBitmap>,
    /// One for each of [`Facet::ALL`].
    postings: [Postings; Facet::ALL.len()],
    /// Who refers to a reference, whether or not it is in the catalog: what must be looked at when it comes or goes.
    referrers: HashMap<EntityRef, Arc<RoaringBitmap>>,
    /// By the source of the document that describes them, or described them last.
    by_source: HashMap<SourceId, Arc<RoaringBitmap>>,
    haystack: Haystack,
    orders: Orders,
    sources: Arc<Vec<SourceName>>,
    changed_at: Option<Timestamp>,
}

/// What pages show of a source beside an entity.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceName {
    /// Its id.
    pub id: SourceId,
    /// Its name.
    pub name: String,
    /// Whether an administrator trusts it.
    pub trusted: bool,
    /// It is read no longer: only orphans of it are left.
    pub removed: bool,
}

impl Snapshot {
    /// The generation of the catalog that this is.
    pub fn generation(&self) -> i64 {
        self.generation
    }

    /// When the entity that changed last did so.
    pub fn changed_at(&self) -> Option<Timestamp> {
        self.changed_at
    }

    /// How many entities there are.
    pub fn len(&self) -> u64 {
        self.all.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// An entity, if it is there and the caller sees it.
    pub fn get(&self, reference: &EntityRef, visibility: &Visibility) -> Option<&Arc<Entry>> {
        let number = *self.numbers.get(reference)?;
        if let Visibility::Only(visible) = visibility
            && !visible.contains(number)
        {
            return None;
        }
        self.entry(number)
    }

    /// The title of an entity that is in the catalog and has one. Where another of its kind is called so too, its short reference follows:
    /// whoever chooses a team grants it something, and must see which one it is.
    pub fn title(&self, reference: &EntityRef, kind: &str) -> Option<String> {
        let entity = &self.get(reference, &Visibility::All)?.entity;
        let title = entity.title()?;
        let is_alone = self.called.get(&called(entity)).is_none_or(|count| *count == 1);
        let short = reference.short(kind, DEFAULT_NAMESPACE);
        Some(if is_alone { title.to_owned() } else { format!("{title} ({short})") })
    }

    /// What pages call an owner, a team or a system: its title, else its name, as short as it is clear where `kind` is understood. References,
    /// YAML, the record and what a cluster is told keep the name, and so do an environment's service and a filter by what is in no list.
    pub fn name_of(&self, reference: &EntityRef, kind: &str) -> String {
        self.title(reference, kind).unwrap_or_else(|| reference.short(kind, DEFAULT_NAMESPACE).to_owned())
    }

    /// What pages call a team, by the text of its reference; a text that is none stays as it is.
    pub fn team_name(&self, reference: &str) -> String {
        match reference.parse::<EntityRef>() {
            Ok(team) => self.name_of(&team, "group"),
            Err(_) => reference.to_owned(),
        }
    }

    /// Every entity that the caller sees, by name.
    pub fn iter<'s>(&'s self, visibility: &'s Visibility) -> impl Iterator<Item = &'s Arc<Entry>> {
        let order = self.orders.get(SortKey::Name, false, &self.entries);
        order.all().filter(move |number| visibility.sees(*number)).filter_map(|number| self.entry(number))
    }

    /// Every source, also those that are removed and of which orphans are left; in no order.
    pub fn sources(&self) -> &[SourceName] {
        &self.sources
    }

    /// The source of an entity.
    pub fn source(&self, id: SourceId) -> Option<&SourceName> {
        self.sources.iter().find(|source| source.id == id)
    }

    fn entry(&self, number: u32) -> Option<&Arc<Entry>> {
        self.entries.get(usize::try_from(number).ok()?)?.as_ref()
    }

    fn postings(&self, facet: Facet) -> &Postings {
        &self.postings[facet_index(facet)]
    }

    /// The entities that refer to a reference.
    fn referrers<'s>(&'s self, reference: &EntityRef) -> impl Iterator<Item = &'s Arc<Entry>> {
        let numbers = self.referrers.get(reference).into_iter().flat_map(|numbers| numbers.iter());
        numbers.filter_map(|number| self.entry(number))
    }

    /// What the caller sees, as a bitmap.
    fn visible(&self, visibility: &Visibility) -> RoaringBitmap {
        match visibility {
            Visibility::All => (*self.all).clone(),
            Visibility::Only(visible) => &*self.all & &**visible,
        }
    }
}

impl Visibility {
    fn sees(&self, number: u32) -> bool {
        match self {
            Visibility::All => true,
            Visibility::Only(visible) => visible.contains(number),
        }
    }
}

/// What an entity is called among those of its kind, however it is written.
fn called(entity: &Entity) -> String {
    let reference = entity.reference();
    let name = entity.title().unwrap_or_else(|| reference.short(reference.kind(), DEFAULT_NAMESPACE));
    format!("{}:{}", reference.kind(), fold(name))
}

fn facet_index(facet: Facet) -> usize {
    Facet::ALL.iter().position(|one| *one == facet).unwrap_or_default()
}
