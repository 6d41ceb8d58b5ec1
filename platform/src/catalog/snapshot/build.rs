//! Makes a snapshot, whole or from the one before it and what changed since.

use std::sync::Arc;

use domain::catalog::query::Facet;
use domain::catalog::search::Searchable;
use domain::catalog::{Entity, EntityRef, relations};
use roaring::RoaringBitmap;

use super::entry::{Entry, Provenance};
use super::{Snapshot, SourceName, Visibility, called, facet_index};
use crate::catalog::cores::on_all_cores;
use crate::catalog::store::entity::source_id;
use crate::catalog::store::view::EntityRow;
use crate::db::{Error, Result};

/// What happened to one entity since the snapshot before.
#[derive(Debug)]
pub(crate) enum Change {
    /// It came or changed.
    Present(Box<Entry>),
    /// It was removed.
    Removed(EntityRef),
}

impl Change {
    /// Reads a row. The standing is decided once all changes are in.
    pub(crate) fn from_row(row: EntityRow) -> Result<Change> {
        let unreadable = |what: &str| Error::Unreadable(format!("{what} of {}", row.reference));
        if row.removed_at.is_some() {
            return Ok(Change::Removed(row.reference.parse().map_err(|_| unreadable("the reference"))?));
        }
        let (Some(body), Some(path), Some(line), Some(source)) =
            (&row.body, &row.path, row.line, &row.source_id)
        else {
            return Err(unreadable("the document"));
        };
        let entity: Entity = serde_json::from_str(body)
            .map_err(|error| Error::Unreadable(format!("{}: {error}", row.reference)))?;
        let stated = relations::stated(&entity);
        let searchable = Searchable::of(&entity);
        Ok(Change::Present(Box::new(Entry {
            uid: row.uid,
            provenance: Provenance {
                source: source_id(source)?,
                path: path.clone(),
                line: u32::try_from(line).unwrap_or_default(),
            },
            standing: domain::catalog::query::Standing::default(),
            orphaned_at: row.orphaned_at.map(|at| at.0),
            stale_since: row.good_at.map(|at| at.0).filter(|_| row.state.as_deref() == Some("set_aside")),
            noteworthy: row.noteworthy.unwrap_or_default(),
            large_definition: row.large_definition,
            first_seen_at: row.first_seen_at.0,
            changed_at: row.changed_at.0,
            stated,
            searchable,
            entity,
        })))
    }
}

impl Snapshot {
    /// The snapshot after the changes that rows of the database tell of.
    pub(crate) fn with_rows(
        &self,
        generation: i64,
        rows: Vec<EntityRow>,
        sources: Vec<SourceName>,
    ) -> Result<Snapshot> {
        let changes = on_all_cores(rows, Change::from_row).into_iter().collect::<Result<_>>()?;
        Ok(self.changed(generation, changes, sources))
    }

    /// The snapshot after some changes. Everything else is shared with this one.
    pub(crate) fn changed(
        &self,
        generation: i64,
        changes: Vec<Change>,
        sources: Vec<SourceName>,
    ) -> Snapshot {
        let mut next = Snapshot { generation, sources: Arc::new(sources), ..self.clone() };
        let mut changed = RoaringBitmap::new();
        // Whoever refers to something that came, went or is called otherwise stands differently.
        let mut look_again = RoaringBitmap::new();
        for change in changes {
            let (reference, entry) = match change {
                Change::Present(entry) => (entry.reference().clone(), Some(entry)),
                Change::Removed(reference) => (reference, None),
            };
            let before = next.numbers.get(&reference).copied();
            let told = |entry: Option<&Entry>| entry.map(|entry| entry.entity.title().map(str::to_owned));
            let was = told(before.and_then(|number| next.entry(number)).map(Arc::as_ref));
            if was != told(entry.as_deref())
                && let Some(referrers) = next.referrers.get(&reference)
            {
                look_again |= &**referrers;
            }
            if let Some(number) = before {
                changed.insert(number);
                next.take_out(number);
            }
            if let Some(entry) = entry {
                let number = before.unwrap_or_else(|| u32::try_from(next.entries.len()).unwrap_or(u32::MAX));
                changed.insert(number);
                next.put_in(number, Arc::new(*entry));
            } else {
                next.numbers.remove(&reference);
            }
        }
        for number in &changed {
            next.stand(number, true);
        }
        for number in look_again - &changed {
            if next.stand(number, false) {
                changed.insert(number);
            }
        }
        next.haystack = self.haystack.carried(&changed, &next.entries);
        next.orders = self.orders.carried(&changed, &next.entries);
        next.changed_at = next.entries.iter().flatten().map(|entry| entry.changed_at).max();
        next
    }

    /// Takes an entity out of everything but its number.
    fn take_out(&mut self, number: u32) {
        let Some(entry) = self.entry(number).cloned() else { return };
        self.post(number, &entry, false);
        self.call(&entry.entity, false);
        for (_, target) in &entry.stated {
            if let Some(referrers) = self.referrers.get_mut(target) {
                Arc::make_mut(referrers).remove(number);
                if referrers.is_empty() {
                    self.referrers.remove(target);
                }
            }
        }
        let source = entry.provenance.source;
        if let Some(numbers) = self.by_source.get_mut(&source) {
            Arc::make_mut(numbers).remove(number);
            if numbers.is_empty() {
                self.by_source.remove(&source);
            }
        }
        Arc::make_mut(&mut self.all).remove(number);
        self.set(number, None);
    }

    /// Puts an entity in under its number. Its standing and facets follow in [`Snapshot::stand`], once all are in.
    fn put_in(&mut self, number: u32, entry: Arc<Entry>) {
        self.numbers.insert(entry.reference().clone(), number);
        self.call(&entry.entity, true);
        for (_, target) in &entry.stated {
            Arc::make_mut(self.referrers.entry(target.clone()).or_default()).insert(number);
        }
        Arc::make_mut(self.by_source.entry(entry.provenance.source).or_default()).insert(number);
        Arc::make_mut(&mut self.all).insert(number);
        self.set(number, Some(entry));
    }

    /// Counts what an entity is called, or no longer does.
    fn call(&mut self, entity: &Entity, insert: bool) {
        let called = called(entity);
        match self.called.get_mut(&called) {
            Some(count) if insert => *count += 1,
            Some(count) if *count > 1 => *count -= 1,
            Some(_) => {
                self.called.remove(&called);
            }
            None if insert => {
                self.called.insert(called, 1);
            }
            None => {}
        }
    }

    /// Decides how an entity stands now, with the titles of what it refers to, and files it under its facets; whether that changed something.
    fn stand(&mut self, number: u32, is_new: bool) -> bool {
        let Some(mut entry) = self.entry(number).cloned() else { return false };
        let standing = entry.standing(|target| self.numbers.contains_key(target));
        let titles = entry.titles(|target| self.get(target, &Visibility::All)?.entity.title());
        let stays = standing == entry.standing && titles == entry.searchable.titles;
        if !is_new {
            if stays {
                return false;
            }
            self.post(number, &entry, false);
        }
        if !stays {
            // The list lets go of it first, so that an entity which nobody else holds is not copied.
            self.set(number, None);
            let stands = Arc::make_mut(&mut entry);
            stands.standing = standing;
            stands.searchable.titles = titles;
            self.post(number, &entry, true);
            self.set(number, Some(entry));
        } else {
            self.post(number, &entry, true);
        }
        true
    }

    /// Files an entity under the values of all facets, or takes it out of them.
    fn post(&mut self, number: u32, entry: &Entry, insert: bool) {
        for facet in Facet::ALL {
            for value in facet.values(&entry.entity, entry.standing) {
                let postings = &mut self.postings[facet_index(facet)];
                match postings.get_mut(value.as_str()) {
                    Some(posting) if insert => {
                        Arc::make_mut(posting).insert(number);
                    }
                    Some(posting) => {
                        Arc::make_mut(posting).remove(number);
                        if posting.is_empty() {
                            postings.remove(value.as_str());
                        }
                    }
                    None if insert => {
                        postings.insert(value.into(), Arc::new(RoaringBitmap::from_iter([number])));
                    }
                    None => {}
                }
            }
        }
    }

    fn set(&mut self, number: u32, entry: Option<Arc<Entry>>) {
        let Ok(at) = usize::try_from(number) else { return };
        while self.entries.len() <= at {
            self.entries.push_back(None);
        }
        self.entries.set(at, entry);
    }
}
