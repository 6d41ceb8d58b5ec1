//! Lists: filtered, counted by facet, sorted, cut into pages.

use std::sync::Arc;

use domain::catalog::query::{Facet, Query, Sort, SortKey};
use domain::catalog::search::Terms;
use roaring::RoaringBitmap;

use super::search::sort_best_first;
use super::{Entry, Snapshot, Visibility};

/// What a page of a list asks for.
#[derive(Clone, Debug)]
pub struct ListRequest<'q> {
    /// The filters, text and order.
    pub query: &'q Query,
    /// How many rows to pass over.
    pub offset: usize,
    /// How many rows to give.
    pub limit: usize,
    /// Whether the facets are counted.
    pub with_facets: bool,
}

/// A page of a list.
#[derive(Clone, Debug, Default)]
pub struct List {
    /// The rows of the page.
    pub rows: Vec<Arc<Entry>>,
    /// How many there are on all pages.
    pub total: u64,
    /// The facets in the order in which a page shows them; empty unless they were asked for.
    pub facets: Vec<FacetCounts>,
    /// The generation of the catalog that answered.
    pub generation: i64,
}

/// The values of one facet. They are counted as if nothing of this facet were chosen, so that the counts say what
/// choosing a value more would add.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FacetCounts {
    /// Which.
    pub facet: Facet,
    /// Most frequent first, then by value; a chosen value is there even with a count of 0.
    pub values: Vec<ValueCount>,
}

/// A value of a facet and how many entities have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueCount {
    /// In the form in which it is compared.
    pub value: Arc<str>,
    /// How many.
    pub count: u64,
    /// Whether the query asks for it.
    pub chosen: bool,
}

impl Snapshot {
    /// A page of what a caller sees of a query's answer.
    pub fn list(&self, request: &ListRequest<'_>, visibility: &Visibility) -> List {
        let query = request.query;
        let visible = self.visible(visibility);
        let terms = Terms::new(query.text());
        let scored = (!terms.is_empty()).then(|| self.scored(&terms, &visible));
        let base = match &scored {
            Some(scored) => scored.iter().map(|(_, number)| *number).collect(),
            None => visible,
        };
        // What each filter leaves by itself; facets narrow one another, values of one are alternatives.
        let filters: Vec<(Facet, RoaringBitmap)> =
            query.facets().map(|facet| (facet, self.chosen(query, facet))).collect();
        let matching = narrowed(&base, &filters, None);
        let facets = match request.with_facets {
            true => Facet::ALL
                .into_iter()
                .map(|facet| self.counted(query, facet, &base, &filters, &matching))
                .collect(),
            false => Vec::new(),
        };
        let numbers = match (query.sort, scored) {
            (None, Some(mut scored)) => {
                scored.retain(|(_, number)| matching.contains(*number));
                sort_best_first(&mut scored, request.offset.saturating_add(request.limit), self);
                scored.into_iter().skip(request.offset).map(|(_, number)| number).collect()
            }
            (sort, _) => {
                let Sort { key, descending } = sort.unwrap_or(Sort { key: SortKey::Name, descending: false });
                let order = self.orders.get(key, descending, &self.entries);
                let wanted = request.offset.saturating_add(request.limit);
                let mut numbers = order.page(&matching, wanted);
                numbers.drain(..request.offset.min(numbers.len()));
                numbers
            }
        };
        List {
            rows: numbers.into_iter().filter_map(|number| self.entry(number).cloned()).collect(),
            total: matching.len(),
            facets,
            generation: self.generation,
        }
    }

    fn chosen(&self, query: &Query, facet: Facet) -> RoaringBitmap {
        let postings = self.postings(facet);
        let mut union = RoaringBitmap::new();
        for value in query.values(facet) {
            if let Some(posting) = postings.get(value) {
                union |= &**posting;
            }
        }
        union
    }

    fn counted(
        &self,
        query: &Query,
        facet: Facet,
        base: &RoaringBitmap,
        filters: &[(Facet, RoaringBitmap)],
        matching: &RoaringBitmap,
    ) -> FacetCounts {
        let is_chosen = filters.iter().any(|(one, _)| *one == facet);
        let others = is_chosen.then(|| narrowed(base, filters, Some(facet)));
        let over = others.as_ref().unwrap_or(matching);
        let everything = over.len() == self.all.len();
        let postings = self.postings(facet);
        let mut values: Vec<ValueCount> = postings
            .iter()
            .map(|(value, posting)| ValueCount {
                value: value.clone(),
                count: if everything { posting.len() } else { posting.intersection_len(over) },
                chosen: is_chosen && query.has(facet, value),
            })
            .filter(|value| value.count > 0 || value.chosen)
            .collect();
        // A chosen value that no entity has any more must be there to be taken back.
        for value in query.values(facet).filter(|value| !postings.contains_key(*value)) {
            values.push(ValueCount { value: value.into(), count: 0, chosen: true });
        }
        values.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
        FacetCounts { facet, values }
    }
}

/// What all filters but those of one facet leave.
fn narrowed(
    base: &RoaringBitmap,
    filters: &[(Facet, RoaringBitmap)],
    without: Option<Facet>,
) -> RoaringBitmap {
    let mut left = base.clone();
    for (_, filter) in filters.iter().filter(|(facet, _)| Some(*facet) != without) {
        left &= filter;
    }
    left
}
