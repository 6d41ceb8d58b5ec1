//! Addresses of the catalog's pages, written and read.
//!
//! What is written reads back as the same; what cannot be read is left out, so that an old or mistyped address still opens a page.

use domain::catalog::EntityRef;
use domain::catalog::query::{Facet, Query, Sort, SortKey};

use crate::shell::query::encoded;
pub use crate::shell::query::{pairs, search_of, value, with_search};

/// The page of the list.
pub const LIST: &str = "/catalog";
/// The page of findings.
pub const PROBLEMS: &str = "/catalog/problems";
/// The page that has several orphans removed.
const REMOVE_ORPHANS: &str = "/catalog/orphans/remove";

/// What the address of the list says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListAddress {
    /// The filters, text and order.
    pub query: Query,
    /// The page, from 1.
    pub page: usize,
    /// The facet of which more values are shown.
    pub more: Option<Facet>,
}

impl Default for ListAddress {
    fn default() -> Self {
        Self { query: Query::default(), page: 1, more: None }
    }
}

impl ListAddress {
    /// Reads the part of an address after the `?`.
    pub fn parse(search: &str) -> Self {
        let pairs = pairs(search);
        let value = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        Self {
            query: Query::from_pairs(pairs.iter().map(|(key, value)| (key.as_str(), value.as_str()))),
            page: value("page").and_then(|page| page.parse().ok()).unwrap_or(1).max(1),
            more: value("more").and_then(Facet::from_name),
        }
    }

    /// The part of the address after the `?`.
    pub fn search(&self) -> String {
        let page = (self.page > 1).then(|| ("page", self.page.to_string()));
        let more = self.more.map(|facet| ("more", facet.name().to_owned()));
        search_of(self.query.to_pairs().into_iter().chain(more).chain(page))
    }

    /// The whole address.
    pub fn href(&self) -> String {
        with_search(LIST, &self.search())
    }

    /// The first page of another query.
    pub fn of(&self, query: Query) -> Self {
        Self { query, page: 1, more: self.more }
    }

    /// The list with a value of a facet more, or without it where it is chosen.
    pub fn toggled(&self, facet: Facet, value: &str) -> String {
        self.of(self.query.toggled(facet, value)).href()
    }

    /// The list without a facet.
    pub fn without(&self, facet: Facet) -> String {
        self.of(self.query.without(facet)).href()
    }

    /// The list with other words.
    pub fn with_text(&self, text: &str) -> String {
        let mut query = self.query.clone();
        query.set_text(text);
        self.of(query).href()
    }

    /// How the list is sorted: by name where it says nothing, but by how well it matches where words are asked for.
    pub fn sort(&self) -> Option<Sort> {
        let by_name = Sort { key: SortKey::Name, descending: false };
        self.query.sort.or_else(|| self.query.text().is_empty().then_some(by_name))
    }

    /// The list sorted by a key; the other way where it is sorted by it.
    pub fn sorted(&self, key: SortKey) -> String {
        let descending = self.sort() == Some(Sort { key, descending: false });
        let mut query = self.query.clone();
        query.sort = Some(Sort { key, descending });
        self.of(query).href()
    }

    /// Another page of the list.
    pub fn at_page(&self, page: usize) -> String {
        Self { page, ..self.clone() }.href()
    }

    /// The list with more values of a facet, or of none.
    pub fn showing_more(&self, more: Option<Facet>) -> String {
        Self { more, ..self.clone() }.href()
    }

    /// What stands in the address besides the text: for the form that asks for another text.
    pub fn besides_text(&self) -> Vec<(&'static str, String)> {
        self.query.to_pairs().into_iter().filter(|(name, _)| *name != "q").collect()
    }
}

/// The page of an entity.
pub fn entity(reference: &EntityRef) -> String {
    format!(
        "{LIST}/{}/{}/{}",
        encoded(reference.kind(), ""),
        encoded(reference.namespace(), ""),
        encoded(reference.name(), "")
    )
}

/// The list narrowed to one value.
pub fn narrowed(facet: Facet, value: &str) -> String {
    ListAddress::default().toggled(facet, value)
}

/// The page that says why something that is called so is not in the catalog.
pub fn problems_about(text: &str) -> String {
    with_search(PROBLEMS, &search_of([("q", text.to_owned())]))
}

/// The findings of one source.
pub fn problems_of_source(id: &str) -> String {
    with_search(PROBLEMS, &search_of([("source", id.to_owned())]))
}

/// The page that has the orphans of a list removed.
pub fn remove_orphans(query: &Query) -> String {
    let pairs = query.to_pairs().into_iter().filter(|(name, _)| *name != "sort");
    with_search(REMOVE_ORPHANS, &search_of(pairs))
}

/// The page that has the orphans of a source removed.
pub fn remove_orphans_of(source: impl std::fmt::Display) -> String {
    with_search(REMOVE_ORPHANS, &search_of([("source", source.to_string())]))
}

/// The page of a file.
pub fn file(id: impl std::fmt::Display) -> String {
    format!("{LIST}/files/{id}")
}

/// The page of a source.
pub fn source(id: impl std::fmt::Display) -> String {
    format!("/settings/sources/{id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        for search in [
            "",
            "q=pay%20ment%26co",
            "kind=component&kind=api&owner=group:default/payments&sort=-name",
            "q=%C3%A9t%C3%A9&tag=c%2B%2B&more=tag&page=3",
        ] {
            let address = ListAddress::parse(search);
            let written = address.search();
            assert_eq!(ListAddress::parse(&written), address, "{search}");
        }
    }

    #[test]
    fn a_form_without_javascript_writes_blanks_as_plus() {
        assert_eq!(ListAddress::parse("?q=a+b&kind=").query.text(), "a b");
        assert_eq!(
            pairs("a=%zz&b=%4"),
            [("a".to_owned(), "%zz".to_owned()), ("b".to_owned(), "%4".to_owned())]
        );
    }

    #[test]
    fn a_filter_begins_at_the_first_page_and_a_page_keeps_the_filters() {
        let address = ListAddress::parse("kind=api&page=4");
        assert_eq!(address.toggled(Facet::Kind, "API"), "/catalog");
        assert_eq!(address.toggled(Facet::Tag, "go"), "/catalog?kind=api&tag=go");
        assert_eq!(address.at_page(5), "/catalog?kind=api&page=5");
        assert_eq!(address.with_text(""), "/catalog?kind=api");
    }

    #[test]
    fn a_column_is_sorted_one_way_then_the_other() {
        let once = ListAddress::default().sorted(SortKey::Owner);
        assert_eq!(once, "/catalog?sort=owner");
        assert_eq!(ListAddress::parse("sort=owner").sorted(SortKey::Owner), "/catalog?sort=-owner");
        assert_eq!(ListAddress::parse("sort=-owner").sorted(SortKey::Owner), "/catalog?sort=owner");
        assert_eq!(ListAddress::default().sorted(SortKey::Name), "/catalog?sort=-name");
        assert_eq!(ListAddress::parse("q=x").sorted(SortKey::Name), "/catalog?q=x&sort=name");
    }

    #[test]
    fn the_orphans_of_a_list_are_those_that_its_filters_leave() {
        let address = ListAddress::parse("kind=group&attention=orphan&sort=-name&page=2");
        assert_eq!(remove_orphans(&address.query), "/catalog/orphans/remove?kind=group&attention=orphan");
        assert_eq!(remove_orphans(&Query::default()), "/catalog/orphans/remove");
    }

    #[test]
    fn a_page_that_is_no_number_is_the_first() {
        for search in ["page=0", "page=-1", "page=x", "page="] {
            assert_eq!(ListAddress::parse(search).page, 1, "{search}");
        }
    }
}
