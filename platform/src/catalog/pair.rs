//! Which stored document a document of a changed file continues, so that its last good state can be kept.
//!
//! - By what it describes, where that can be told, or by what its broken text seems to mean; one that is still in the
//!   file goes before one that is gone.
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
    for gone in [false, true] {
        for (at, document) in earlier.iter().enumerate().filter(|(_, document)| document.gone == gone) {
            if let Some(reference) = &document.reference {
                by_reference.entry(reference).or_default().push_back(at);
            }
        }
    }
    let mut next = |reference: Option<&EntityRef>| by_reference.get_mut(reference?)?.pop_front();
    let mut pairs: Vec<Option<usize>> =
        documents.iter().map(|document| next(document.reference.as_ref())).collect();
    // Only what no document plainly says is left to those that seem to mean it.
    for (pair, document) in pairs.iter_mut().zip(documents) {
        *pair = pair.take().or_else(|| next(document.guess.as_ref()));
    }

    let taken: HashSet<usize> = pairs.iter().flatten().copied().collect();
    let mut missed: Vec<usize> =
        (0..earlier.len()).filter(|at| !earlier[*at].gone && !taken.contains(at)).collect();
    let nameless: Vec<usize> = (0..documents.len())
        .filter(|at| documents[*at].reference.is_none() && pairs[*at].is_none())
        .collect();
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
