//! Which stored document a document of a changed file continues, so that its last good state can be kept.
//!
//! - By what it describes, where that can be told.
//! - A document so broken that it does not say what it is takes the place of one that is missed: the one at the same
//!   place of the file, else the next in order.

use std::collections::{HashMap, HashSet, VecDeque};

use domain::catalog::EntityRef;

use super::document::Document;
use super::read::EarlierDocument;

/// For each document, the stored one that it continues. None is continued twice.
pub(crate) fn pair<'e>(
    earlier: &'e [EarlierDocument],
    documents: &[Document],
) -> Vec<Option<&'e EarlierDocument>> {
    let mut by_reference: HashMap<&EntityRef, VecDeque<usize>> = HashMap::new();
    for (at, document) in earlier.iter().enumerate() {
        if let Some(reference) = &document.reference {
            by_reference.entry(reference).or_default().push_back(at);
        }
    }
    let mut pairs: Vec<Option<usize>> = documents
        .iter()
        .map(|document| by_reference.get_mut(document.reference.as_ref()?)?.pop_front())
        .collect();

    let taken: HashSet<usize> = pairs.iter().flatten().copied().collect();
    let mut missed: Vec<usize> =
        (0..earlier.len()).filter(|at| !earlier[*at].gone && !taken.contains(at)).collect();
    let nameless: Vec<usize> = (0..documents.len()).filter(|at| documents[*at].reference.is_none()).collect();
    for at in &nameless {
        if let Some(found) =
            missed.iter().position(|missed| earlier[*missed].ordinal == documents[*at].ordinal)
        {
            pairs[*at] = Some(missed.remove(found));
        }
    }
    let mut missed = missed.into_iter();
    for at in nameless {
        if pairs[at].is_none() {
            pairs[at] = missed.next();
        }
    }
    pairs.into_iter().map(|found| found.map(|at| &earlier[at])).collect()
}

#[cfg(test)]
#[path = "pair_tests.rs"]
mod tests;
