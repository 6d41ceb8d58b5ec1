//! The question behind a list of entities: filters, text and order, as the address says them.
//!
//! - A query and its address are the same thing: what is printed reads back as the same query.
//! - Values of one facet are alternatives; facets narrow one another.
//! - Values are compared without regard to case, so they are held in lower case.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
};

use serde::{Deserialize, Serialize};

use super::{
    entity::Entity,
    reference::{DEFAULT_NAMESPACE, EntityRef, RefContext},
    search::{self, Searchable, Terms, Titles},
};

/// Values of one facet that are read from an address, and the longest value or text, in characters.
const MAX_VALUES: usize = 50;
const MAX_TEXT: usize = 200;

/// What a list can be narrowed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Facet {
    Kind,
    Type,
    Owner,
    Lifecycle,
    System,
    Tag,
    Namespace,
    Attention,
}

impl Facet {
    /// In the order in which a page shows them.
    pub const ALL: [Facet; 8] = [
        Facet::Kind,
        Facet::Type,
        Facet::Owner,
        Facet::Lifecycle,
        Facet::System,
        Facet::Tag,
        Facet::Namespace,
        Facet::Attention,
    ];

    /// The key in an address.
    pub fn name(self) -> &'static str {
        match self {
            Facet::Kind => "kind",
            Facet::Type => "type",
            Facet::Owner => "owner",
            Facet::Lifecycle => "lifecycle",
            Facet::System => "system",
            Facet::Tag => "tag",
            Facet::Namespace => "namespace",
            Facet::Attention => "attention",
        }
    }

    pub fn from_name(name: &str) -> Option<Facet> {
        Self::ALL.into_iter().find(|facet| facet.name() == name)
    }

    /// The form in which a value is compared; `None` for what cannot be a value of this facet.
    pub fn canonical(self, value: &str) -> Option<String> {
        let value = value.trim();
        if value.is_empty() || value.chars().count() > MAX_TEXT {
            return None;
        }
        match self {
            Facet::Owner => reference(value, "Group"),
            Facet::System => reference(value, "System"),
            Facet::Attention => Attention::from_name(value).map(|attention| attention.name().to_owned()),
            _ => Some(value.to_lowercase()),
        }
    }

    /// The values that an entity has, in the form in which they are compared.
    pub fn values(self, entity: &Entity, standing: Standing) -> Vec<String> {
        let text = |value: Option<&str>| value.and_then(|value| self.canonical(value)).into_iter().collect();
        let reference = |value: Option<EntityRef>| value.map(|value| value.to_string()).into_iter().collect();
        match self {
            Facet::Kind => vec![entity.reference().kind().to_owned()],
            Facet::Namespace => vec![entity.reference().namespace().to_owned()],
            Facet::Type => text(entity.spec_type()),
            Facet::Lifecycle => text(entity.lifecycle()),
            Facet::Owner => reference(entity.owner()),
            Facet::System => reference(entity.system()),
            Facet::Tag => entity.tags().iter().filter_map(|tag| self.canonical(tag)).collect(),
            Facet::Attention => Attention::ALL
                .into_iter()
                .filter(|attention| attention.is_due(entity, standing))
                .map(|attention| attention.name().to_owned())
                .collect(),
        }
    }
}

fn reference(value: &str, kind: &str) -> Option<String> {
    let context = RefContext { kind: Some(kind), namespace: DEFAULT_NAMESPACE };
    EntityRef::parse(value, context).ok().map(|reference| reference.to_string())
}

/// What an entity lacks that somebody should look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Attention {
    /// It belongs to nobody.
    NoOwner,
    /// It belongs to a group or user that is not in the catalog.
    UnknownOwner,
    /// It refers to something that is not in the catalog.
    Dangling,
    /// No location names it any longer.
    Orphan,
}

impl Attention {
    pub const ALL: [Attention; 4] =
        [Attention::NoOwner, Attention::UnknownOwner, Attention::Dangling, Attention::Orphan];

    pub fn name(self) -> &'static str {
        match self {
            Attention::NoOwner => "no-owner",
            Attention::UnknownOwner => "unknown-owner",
            Attention::Dangling => "dangling",
            Attention::Orphan => "orphan",
        }
    }

    pub fn from_name(name: &str) -> Option<Attention> {
        Self::ALL.into_iter().find(|attention| attention.name().eq_ignore_ascii_case(name))
    }

    fn is_due(self, entity: &Entity, standing: Standing) -> bool {
        match self {
            Attention::NoOwner => entity.kind.has_owner() && entity.owner().is_none(),
            Attention::UnknownOwner => {
                entity.kind.has_owner() && entity.owner().is_some() && !standing.owner_exists
            }
            Attention::Dangling => standing.dangling,
            Attention::Orphan => standing.orphan,
        }
    }
}

/// What only the catalog around an entity knows of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Standing {
    /// It names an owner, and that group or user is in the catalog.
    pub owner_exists: bool,
    /// Something that it refers to is not in the catalog.
    pub dangling: bool,
    /// No location names it any longer.
    pub orphan: bool,
}

/// What a list is ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SortKey {
    Name,
    Kind,
    Type,
    Owner,
    Lifecycle,
    System,
    Namespace,
}

impl SortKey {
    pub const ALL: [SortKey; 7] = [
        SortKey::Name,
        SortKey::Kind,
        SortKey::Type,
        SortKey::Owner,
        SortKey::Lifecycle,
        SortKey::System,
        SortKey::Namespace,
    ];

    pub fn name(self) -> &'static str {
        match self {
            SortKey::Name => "name",
            SortKey::Kind => "kind",
            SortKey::Type => "type",
            SortKey::Owner => "owner",
            SortKey::Lifecycle => "lifecycle",
            SortKey::System => "system",
            SortKey::Namespace => "namespace",
        }
    }

    /// What an entity is ordered by under this key. `None` comes last, whatever the direction.
    pub fn of(self, entity: &Entity, titles: &Titles) -> Option<String> {
        match self {
            SortKey::Name => Some(search::fold(entity.display_name())),
            SortKey::Kind => Some(entity.reference().kind().to_owned()),
            SortKey::Namespace => Some(entity.reference().namespace().to_owned()),
            SortKey::Type => entity.spec_type().map(search::fold),
            SortKey::Lifecycle => entity.lifecycle().map(search::fold),
            SortKey::Owner => entity.owner().map(|owner| called(&owner, "group", &titles.owner)),
            SortKey::System => entity.system().map(|system| called(&system, "system", &titles.system)),
        }
    }
}

/// What lists call another entity: its title, after which of several with one title each stays together; else its short reference.
fn called(reference: &EntityRef, kind: &str, title: &str) -> String {
    let short = reference.short(kind, DEFAULT_NAMESPACE);
    if title.is_empty() { short.to_owned() } else { format!("{title}\n{short}") }
}

/// A key and its direction. In an address a descending key has a `-` before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Sort {
    pub key: SortKey,
    pub descending: bool,
}

impl Sort {
    pub fn parse(text: &str) -> Option<Sort> {
        let (name, descending) = match text.strip_prefix('-') {
            Some(name) => (name, true),
            None => (text, false),
        };
        let key = SortKey::ALL.into_iter().find(|key| key.name() == name)?;
        Some(Sort { key, descending })
    }

    pub fn print(self) -> String {
        format!("{}{}", if self.descending { "-" } else { "" }, self.key.name())
    }

    /// Compares two entities; equal keys are ordered by reference, so that the order is total.
    pub fn compare(self, (a, of_a): (&Entity, &Titles), (b, of_b): (&Entity, &Titles)) -> Ordering {
        let by_key = match (self.key.of(a, of_a), self.key.of(b, of_b)) {
            (Some(a), Some(b)) if self.descending => b.cmp(&a),
            (Some(a), Some(b)) => a.cmp(&b),
            (a, b) => a.is_none().cmp(&b.is_none()),
        };
        by_key.then_with(|| a.reference().cmp(b.reference()))
    }
}

/// The question behind a list. The empty query asks for everything, by name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Query {
    filters: BTreeMap<Facet, BTreeSet<String>>,
    text: String,
    /// `None` is by name, or by how well the text matches where there is one.
    pub sort: Option<Sort>,
}

impl Query {
    /// Reads the pairs of an address. What it does not know is for others; what it cannot read is
    /// left out, so that an old or mistyped address still opens a list.
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Query {
        let mut query = Query::default();
        for (key, value) in pairs {
            match key {
                "q" => query.set_text(value),
                "sort" => query.sort = Sort::parse(value),
                _ => {
                    if let Some(facet) = Facet::from_name(key) {
                        query.add(facet, value);
                    }
                }
            }
        }
        query
    }

    /// The pairs of its address, in a fixed order.
    pub fn to_pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs: Vec<(&'static str, String)> = Vec::new();
        if !self.text.is_empty() {
            pairs.push(("q", self.text.clone()));
        }
        for (facet, values) in &self.filters {
            pairs.extend(values.iter().map(|value| (facet.name(), value.clone())));
        }
        if let Some(sort) = self.sort {
            pairs.push(("sort", sort.print()));
        }
        pairs
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn set_text(&mut self, text: &str) {
        self.text = text.trim().chars().take(MAX_TEXT).collect::<String>().trim_end().to_owned();
    }

    /// Adds an alternative to a facet, unless it cannot be one.
    pub fn add(&mut self, facet: Facet, value: &str) {
        if let Some(value) = facet.canonical(value) {
            let values = self.filters.entry(facet).or_default();
            if values.len() < MAX_VALUES {
                values.insert(value);
            }
        }
    }

    /// The same query with one value more, or without it where it is there: the link of a facet.
    pub fn toggled(&self, facet: Facet, value: &str) -> Query {
        let mut query = self.clone();
        let Some(value) = facet.canonical(value) else { return query };
        if self.has(facet, &value) {
            query.filters.entry(facet).and_modify(|values| {
                values.remove(&value);
            });
            query.filters.retain(|_, values| !values.is_empty());
        } else {
            query.add(facet, &value);
        }
        query
    }

    /// The same query without a facet: what the counts of that facet are counted over.
    pub fn without(&self, facet: Facet) -> Query {
        let mut query = self.clone();
        query.filters.remove(&facet);
        query
    }

    /// The chosen alternatives of a facet, in the form in which they are compared.
    pub fn values(&self, facet: Facet) -> impl Iterator<Item = &str> {
        self.filters.get(&facet).into_iter().flatten().map(String::as_str)
    }

    /// Whether a value, in the form in which it is compared, is chosen.
    pub fn has(&self, facet: Facet, value: &str) -> bool {
        self.filters.get(&facet).is_some_and(|values| values.contains(value))
    }

    /// Every facet that narrows the list.
    pub fn facets(&self) -> impl Iterator<Item = Facet> {
        self.filters.keys().copied()
    }

    /// Whether it asks for everything.
    pub fn is_unfiltered(&self) -> bool {
        self.filters.is_empty() && self.text.is_empty()
    }

    /// Whether an entity with these texts belongs to the answer.
    pub fn matches(&self, entity: &Entity, standing: Standing, texts: &Searchable) -> bool {
        let in_facets = self
            .filters
            .iter()
            .all(|(facet, chosen)| facet.values(entity, standing).iter().any(|value| chosen.contains(value)));
        in_facets && Terms::new(&self.text).score(texts).is_some()
    }
}

#[cfg(test)]
#[path = "query_tests.rs"]
mod tests;
