//! Who owns a reference when several documents claim it, and what a source may claim at all.
//!
//! - A trusted source displaces an untrusted one; otherwise the first claim wins, in the order in
//!   which claims are handed in. So the outcome is the same at each refresh.
//! - A document that loses is told which file won.

use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use super::{entity::Entity, kind::Kind, reference::EntityRef};

/// A document's claim of a reference.
#[derive(Debug, Clone, Copy)]
pub struct Claim<'a> {
    pub reference: &'a EntityRef,
    /// Whether an administrator trusts the document's source.
    pub trusted: bool,
    /// The document's source and file, as a person knows them.
    pub place: &'a str,
    /// The run that found the document first: its source, and when it was, in microseconds.
    pub run: (&'a str, i64),
}

/// What becomes of a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Wins,
    Loses {
        /// The winner's place in the list of claims.
        to: usize,
        /// A sentence for the page of the file that lost.
        message: String,
    },
}

/// Decides all claims. The verdicts stand in the order of the claims.
pub fn decide(claims: &[Claim<'_>]) -> Vec<Verdict> {
    let mut winners: HashMap<&EntityRef, usize> = HashMap::with_capacity(claims.len());
    for (index, claim) in claims.iter().enumerate() {
        let winner = winners.entry(claim.reference).or_insert(index);
        if claim.trusted && !claims[*winner].trusted {
            *winner = index;
        }
    }
    claims
        .iter()
        .enumerate()
        .map(|(index, claim)| match winners.get(claim.reference) {
            Some(&to) if to != index => Verdict::Loses { to, message: lost(claim, &claims[to]) },
            _ => Verdict::Wins,
        })
        .collect()
}

fn lost(loser: &Claim<'_>, winner: &Claim<'_>) -> String {
    let Claim { reference, place, .. } = winner;
    if winner.place == loser.place {
        return format!("{reference} is defined a second time in this file. Keep one.");
    }
    let why = if winner.trusted && !loser.trusted {
        "which is trusted and goes before this source"
    } else if winner.run == loser.run {
        "which was found in the same run and comes first by its path"
    } else {
        "which claimed it first"
    };
    format!("{reference} is defined in {place}, {why}. Remove one of the two, or give this one another name.")
}

/// What a source may bring into the catalog (reference on people: "what files may not do").
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allowance {
    pub kinds: AllowedKinds,
    /// Namespaces in lower case; `None` for all.
    pub namespaces: Option<BTreeSet<String>>,
}

/// The kinds that a source may bring.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AllowedKinds {
    All,
    /// All but these, in lower case.
    AllBut(BTreeSet<String>),
    /// These alone, in lower case.
    Only(BTreeSet<String>),
}

impl Allowance {
    /// What a source may bring when nothing else is set. Groups, users and domains say who someone is
    /// and what they own, so they come only from sources that an administrator trusts.
    pub fn default_for(trusted: bool) -> Allowance {
        let kinds = if trusted {
            AllowedKinds::All
        } else {
            let people = [Kind::User, Kind::Group, Kind::Domain];
            AllowedKinds::AllBut(people.iter().map(|kind| kind.as_str().to_lowercase()).collect())
        };
        Allowance { kinds, namespaces: None }
    }

    /// Why the source may not bring this entity, as a sentence with the path that it is about.
    pub fn refuse(&self, entity: &Entity) -> Option<(&'static str, String)> {
        let reference = entity.reference();
        let kind_is_allowed = match &self.kinds {
            AllowedKinds::All => true,
            AllowedKinds::AllBut(kinds) => !kinds.contains(reference.kind()),
            AllowedKinds::Only(kinds) => kinds.contains(reference.kind()),
        };
        if !kind_is_allowed {
            let message = format!(
                "This source may not define entities of the kind {}. An administrator can allow it, or trust the source.",
                entity.kind
            );
            return Some(("kind", message));
        }
        let namespaces = self.namespaces.as_ref()?;
        if namespaces.contains(reference.namespace()) {
            return None;
        }
        let list: Vec<&str> = namespaces.iter().map(String::as_str).collect();
        let message = format!(
            "This source may define entities only in the namespaces {}, not in {}. An administrator can allow it.",
            list.join(", "),
            reference.namespace()
        );
        Some(("metadata.namespace", message))
    }
}

/// The rule by which the form of a source allows kinds (`default`, `all`, `all_but` or `only`), and the kinds that it names. What the trust
/// allows anyway is the default, so that it follows when that is changed.
pub fn kinds_rule(allowance: Option<&Allowance>, trusted: bool) -> (&'static str, Option<&BTreeSet<String>>) {
    match allowance.map(|allowance| &allowance.kinds) {
        None => ("default", None),
        Some(kinds) if *kinds == Allowance::default_for(trusted).kinds => ("default", None),
        Some(AllowedKinds::All) => ("all", None),
        Some(AllowedKinds::AllBut(kinds)) => ("all_but", Some(kinds)),
        Some(AllowedKinds::Only(kinds)) => ("only", Some(kinds)),
    }
}

#[cfg(test)]
#[path = "claims_tests.rs"]
mod tests;
