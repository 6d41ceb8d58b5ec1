//! Orphans, and how many entities each source describes.

use std::sync::Arc;

use domain::catalog::query::{Attention, Facet};
use domain::catalog::reference::EntityRef;
use domain::ids::SourceId;
use roaring::RoaringBitmap;

use super::{Entry, Snapshot, Visibility};

/// How many entities have their document in a source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SourceCount {
    /// Those that it describes, those included whose text is wrong by now.
    pub described: u64,
    /// Those that it described last, and that no file describes any more.
    pub orphans: u64,
}

impl Snapshot {
    /// Every orphan that the caller sees, of all sources or of one.
    pub fn orphans<'s>(
        &'s self,
        source: Option<SourceId>,
        visibility: &Visibility,
    ) -> impl Iterator<Item = &'s Arc<Entry>> {
        let mut numbers = self.orphan_numbers().cloned().unwrap_or_default();
        if let Visibility::Only(visible) = visibility {
            numbers &= &**visible;
        }
        if let Some(source) = source {
            match self.by_source.get(&source) {
                Some(of_source) => numbers &= &**of_source,
                None => numbers.clear(),
            }
        }
        numbers.into_iter().filter_map(|number| self.entry(number))
    }

    /// How many entities have their document in a source.
    pub fn count_of(&self, source: SourceId) -> SourceCount {
        let Some(of_source) = self.by_source.get(&source) else { return SourceCount::default() };
        let orphans = self.orphan_numbers().map_or(0, |orphans| orphans.intersection_len(of_source));
        SourceCount { described: of_source.len() - orphans, orphans }
    }

    /// The teams that the documents of a source describe: those that become orphans with it.
    pub fn teams_of_source(&self, source: SourceId) -> Vec<EntityRef> {
        let Some(of_source) = self.by_source.get(&source) else { return Vec::new() };
        let entries = of_source.iter().filter_map(|number| self.entry(number));
        let teams =
            entries.filter(|entry| entry.reference().kind() == "group" && entry.orphaned_at.is_none());
        teams.map(|team| team.reference().clone()).collect()
    }

    /// How many other entities refer to some of these.
    pub fn referring_to<'e>(&self, entries: impl Iterator<Item = &'e Arc<Entry>> + Clone) -> u64 {
        let mut referring = RoaringBitmap::new();
        for entry in entries.clone() {
            if let Some(referrers) = self.referrers.get(entry.reference()) {
                referring |= &**referrers;
            }
        }
        for number in entries.filter_map(|entry| self.numbers.get(entry.reference())) {
            referring.remove(*number);
        }
        referring.len()
    }

    fn orphan_numbers(&self) -> Option<&RoaringBitmap> {
        self.postings(Facet::Attention).get(Attention::Orphan.name()).map(|numbers| &**numbers)
    }
}
