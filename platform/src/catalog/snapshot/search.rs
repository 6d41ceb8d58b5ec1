//! Finding entities by text, also in the middle of a word.
//!
//! The folded texts of entities lie packed in blocks, and a term is looked for by running over them: two megabytes for
//! ten thousand entities. A change packs only the blocks anew in which something changed.

use std::sync::Arc;

use domain::catalog::search::Terms;
use imbl::Vector;
use memchr::memmem::Finder;
use roaring::RoaringBitmap;

use super::{Entry, Snapshot, Visibility};

/// How many entities lie in one block.
const BLOCK: usize = 128;
/// Stands between two texts; no term holds it, since terms are cut at white space.
const BETWEEN: char = '\n';

/// The packed texts of all entities.
#[derive(Clone, Debug, Default)]
pub(super) struct Haystack {
    blocks: Vector<Arc<Block>>,
}

#[derive(Debug, Default)]
struct Block {
    text: String,
    /// Where the text of each entity ends.
    ends: Vec<usize>,
}

impl Haystack {
    /// The texts after a change of the entities in `changed`.
    pub fn carried(&self, changed: &RoaringBitmap, entries: &Vector<Option<Arc<Entry>>>) -> Haystack {
        let mut blocks = self.blocks.clone();
        let count = entries.len().div_ceil(BLOCK);
        let mut due: Vec<usize> =
            changed.iter().filter_map(|number| Some(usize::try_from(number).ok()? / BLOCK)).collect();
        due.dedup();
        while blocks.len() < count {
            blocks.push_back(Arc::default());
        }
        for at in due {
            let end = entries.len().min((at + 1) * BLOCK);
            let block = Block::pack(entries.focus().narrow(at * BLOCK..end).into_iter().map(Option::as_ref));
            blocks.set(at, Arc::new(block));
        }
        Haystack { blocks }
    }

    /// The entities whose texts hold every term somewhere, and may hold one across two fields.
    fn candidates(&self, terms: &Terms) -> RoaringBitmap {
        let mut found: Option<RoaringBitmap> = None;
        for term in terms.iter() {
            let finder = Finder::new(term);
            let mut with_term = RoaringBitmap::new();
            for (at, block) in self.blocks.iter().enumerate() {
                block.find(&finder, |within| {
                    if let Ok(number) = u32::try_from(at * BLOCK + within) {
                        with_term.insert(number);
                    }
                });
            }
            found = Some(match found {
                None => with_term,
                Some(found) => found & with_term,
            });
        }
        found.unwrap_or_default()
    }
}

impl Block {
    fn pack<'e>(entries: impl Iterator<Item = Option<&'e Arc<Entry>>>) -> Block {
        let mut block = Block::default();
        for entry in entries {
            if let Some(entry) = entry {
                for text in entry.searchable.texts() {
                    block.text.push_str(text);
                    block.text.push(BETWEEN);
                }
            }
            block.ends.push(block.text.len());
        }
        block
    }

    /// Calls `found` with the place of each entity whose text holds the term, once each.
    fn find(&self, finder: &Finder<'_>, mut found: impl FnMut(usize)) {
        let bytes = self.text.as_bytes();
        let mut at = 0;
        while let Some(hit) = finder.find(&bytes[at..]) {
            let within = self.ends.partition_point(|end| *end <= at + hit);
            found(within);
            // On with the next entity.
            match self.ends.get(within) {
                Some(end) => at = *end,
                None => return,
            }
        }
    }
}

/// An entity that a search found.
#[derive(Clone, Debug)]
pub struct Hit {
    /// The entity.
    pub entry: Arc<Entry>,
    /// How well it matches; compares within one search alone.
    pub score: u32,
}

impl Snapshot {
    /// The entities that match a text best, best first.
    pub fn search(&self, text: &str, limit: usize, visibility: &Visibility) -> Vec<Hit> {
        let terms = Terms::new(text);
        if terms.is_empty() {
            return Vec::new();
        }
        let mut scored = self.scored(&terms, &self.visible(visibility));
        sort_best_first(&mut scored, limit, self);
        scored
            .into_iter()
            .filter_map(|(score, number)| Some(Hit { entry: self.entry(number)?.clone(), score }))
            .collect()
    }

    /// The entities among `within` that match, with their scores, in the order of their numbers.
    pub(super) fn scored(&self, terms: &Terms, within: &RoaringBitmap) -> Vec<(u32, u32)> {
        let candidates = self.haystack.candidates(terms) & within;
        candidates
            .iter()
            .filter_map(|number| {
                let score = terms.score(&self.entry(number)?.searchable)?;
                Some((score, number))
            })
            .collect()
    }
}

/// Sorts by score, then by reference, and keeps the first `limit`.
pub(super) fn sort_best_first(scored: &mut Vec<(u32, u32)>, limit: usize, snapshot: &Snapshot) {
    let reference = |number: u32| snapshot.entry(number).map(|entry| entry.reference().as_str());
    let best_first =
        |a: &(u32, u32), b: &(u32, u32)| b.0.cmp(&a.0).then_with(|| reference(a.1).cmp(&reference(b.1)));
    if limit < scored.len() && limit > 0 {
        scored.select_nth_unstable_by(limit - 1, best_first);
    }
    scored.truncate(limit);
    scored.sort_unstable_by(best_first);
}
