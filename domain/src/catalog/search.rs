//! Search as you type: folding, terms and scores. The index that narrows the candidates is elsewhere.
//!
//! - A term matches in the middle of a word too: `pay` finds `prepayments`.
//! - Every term must match somewhere; a name or title that matches goes before a description.
//! - Scores compare within one search alone: higher is better.

use super::entity::Entity;

/// How a term matches a text, best last so that it compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Match {
    /// Inside a word.
    Substring,
    /// At the start of a word.
    WordPrefix,
    /// At the start of the text.
    Prefix,
    /// The whole text.
    Exact,
}

/// The words of a search, folded. No term means that everything matches.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Terms {
    terms: Vec<String>,
    /// All of what was typed, folded: two words that are a whole title are an exact match.
    whole: String,
}

/// The texts of an entity that are searched, folded once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Searchable {
    pub name: String,
    pub title: String,
    pub description: String,
    pub tags: Vec<String>,
    /// The name of its owner.
    pub owner: String,
    pub titles: Titles,
}

/// The titles of what an entity refers to, folded; empty where it refers to nothing, or to something that has none. Only the catalog around
/// it knows them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Titles {
    pub owner: String,
    pub system: String,
}

/// A text in the form in which it is searched: lower case.
pub fn fold(text: &str) -> String {
    if text.is_ascii() { text.to_ascii_lowercase() } else { text.to_lowercase() }
}

/// How a folded term matches a folded text.
pub fn find(term: &str, text: &str) -> Option<Match> {
    let mut at = text.find(term)?;
    if at == 0 {
        return Some(if term.len() == text.len() { Match::Exact } else { Match::Prefix });
    }
    loop {
        if text[..at].chars().next_back().is_some_and(|before| !before.is_alphanumeric()) {
            return Some(Match::WordPrefix);
        }
        // The next place, which starts at least one character on.
        let step = text[at..].chars().next().map_or(1, char::len_utf8);
        match text[at + step..].find(term) {
            Some(next) => at += step + next,
            None => return Some(Match::Substring),
        }
    }
}

impl Searchable {
    /// Without [`Titles`].
    pub fn of(entity: &Entity) -> Searchable {
        Searchable {
            name: entity.reference().name().to_owned(),
            title: fold(entity.title().unwrap_or_default()),
            description: fold(entity.description().unwrap_or_default()),
            tags: entity.tags().iter().map(|tag| fold(tag)).collect(),
            owner: entity.owner().map_or_else(String::new, |owner| owner.name().to_owned()),
            titles: Titles::default(),
        }
    }

    /// Every text that a term may match in.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        [&self.name, &self.title, &self.description, &self.owner, &self.titles.owner]
            .into_iter()
            .chain(&self.tags)
            .map(String::as_str)
    }
}

impl Terms {
    pub fn new(text: &str) -> Terms {
        let whole = fold(text.trim());
        Terms { terms: whole.split_whitespace().map(str::to_owned).collect(), whole }
    }

    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.terms.iter().map(String::as_str)
    }

    /// How well texts match; `None` when a term is found nowhere.
    pub fn score(&self, texts: &Searchable) -> Option<u32> {
        if self.is_empty() {
            return Some(0);
        }
        let mut sum = 0;
        for term in &self.terms {
            sum += score_term(term, texts)?;
        }
        let mean = sum / u32::try_from(self.terms.len()).unwrap_or(u32::MAX);
        let whole = [&texts.name, &texts.title].into_iter().filter_map(|text| find(&self.whole, text)).max();
        // Of two that match alike, the shorter name has less in it that was not asked for.
        let length = u32::try_from(texts.name.len()).unwrap_or(u32::MAX).min(99);
        Some(mean.max(whole.map_or(0, name_score)) * 100 + (99 - length))
    }
}

fn score_term(term: &str, texts: &Searchable) -> Option<u32> {
    let in_name = [&texts.name, &texts.title].into_iter().filter_map(|text| find(term, text)).max();
    if let Some(found) = in_name {
        return Some(name_score(found));
    }
    let in_tags = texts.tags.iter().filter_map(|tag| find(term, tag)).max();
    let in_owner = find(term, &texts.owner).max(find(term, &texts.titles.owner));
    let in_others = find(term, &texts.description).max(in_owner);
    in_tags.max(in_others).map(|found| match found {
        Match::Exact => 4,
        Match::Prefix => 3,
        Match::WordPrefix => 2,
        Match::Substring => 1,
    })
}

fn name_score(found: Match) -> u32 {
    match found {
        Match::Exact => 80,
        Match::Prefix => 40,
        Match::WordPrefix => 20,
        Match::Substring => 10,
    }
}

#[cfg(test)]
#[path = "search_tests.rs"]
mod tests;
