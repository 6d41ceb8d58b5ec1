//! Decides which document describes each entity, over all sources, and writes the entities and their history.
//!
//! - It runs inside the transaction that wrote the documents, after the generation was taken, so that two runs never
//!   decide beside each other.
//! - An entity that no document describes any more stays as an orphan, as it last was.
//! - Only what was touched is looked at: a claim concerns one reference.

use std::collections::{BTreeSet, HashMap};

use domain::catalog::claims::{Claim, Verdict, decide};
use domain::catalog::{Entity, EntityRef, Relation};
use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::document::{Held, held};
use super::ownership;
use super::store::entity::{self, ClaimRow, EntitySave, StandingRow, StateSave};
use super::store::interval::{self, EdgeRow, EdgeSave};
use super::store::{Key, keys};
use crate::audit::Entry;
use crate::db::{Error, Result, Tx};

/// An entity whose file names another owner than before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Moved {
    pub entity: String,
    pub from: String,
    pub to: String,
}

impl Moved {
    /// What the audit says of it: whose files brought it about, and at which commit. It is the record of those it was taken from.
    pub(crate) fn entry(&self, source: &str, commit: Option<&str>) -> Entry {
        let detail = json!({ "from": self.from, "to": self.to, "source": source, "commit": commit });
        let entry = Entry::new("catalog.owner.change", "entity", &self.entity, &self.entity).detail(detail);
        match self.from.parse::<EntityRef>() {
            Ok(before) => entry.team(&before),
            Err(_) => entry,
        }
    }
}

/// An entity that says something else than before.
struct Described<'a> {
    reference: &'a EntityRef,
    /// The id of the document that describes it.
    document: String,
    /// It never stated anything.
    is_new: bool,
}

/// Decides the claims of `touched` references. `fresh` holds the relations of documents that were written just now, by
/// the document's id, so that they need not be read back. Gives the entities that changed hands.
pub(crate) async fn settle_in_tx(
    tx: &mut Tx,
    generation: i64,
    touched: &BTreeSet<EntityRef>,
    fresh: &HashMap<String, Vec<Held>>,
    now: Timestamp,
) -> Result<Vec<Moved>> {
    if touched.is_empty() {
        return Ok(Vec::new());
    }
    let references = keys(touched);
    let standing = entity::standing_list(tx, &references).await?;
    let standing: HashMap<&str, &StandingRow> =
        standing.iter().map(|row| (row.reference.as_str(), row)).collect();
    let mut claims = entity::claim_list(tx, &references).await?;
    loop {
        let coming: BTreeSet<&str> = claims.iter().map(|claim| claim.reference.as_str()).collect();
        let rising = rising(&claims, &standing, fresh);
        if !ownership::withhold_in_tx(tx, &rising, &coming, now).await? {
            break;
        }
        // It is the turn of the next claim.
        claims = entity::claim_list(tx, &references).await?;
    }
    let winners = decided_in_tx(tx, &claims).await?;

    let mut saves = Vec::with_capacity(touched.len());
    let mut described = Vec::new();
    for reference in touched {
        let before = standing.get(reference.as_str()).copied();
        let save = match (winners.get(reference.as_str()), before) {
            (Some(winner), before) => {
                // The edges of an orphan stayed open, so the same text has nothing to say to the history.
                let as_before = before.is_some_and(|before| {
                    before.removed_at.is_none() && before.body_hash == winner.body_hash
                });
                if !as_before {
                    let document = winner.id.to_string();
                    described.push(Described { reference, document, is_new: before.is_none() });
                }
                EntitySave {
                    uid: before.map_or_else(
                        || crate::ids::mint::<Uuid>(now).to_string(),
                        |before| before.uid.clone(),
                    ),
                    reference: reference.clone(),
                    document_id: winner.id.to_string(),
                    body_hash: winner.body_hash.clone(),
                    generation,
                    orphaned_at: None,
                    now: now.as_microsecond(),
                }
            }
            // Nothing describes it now: an entity becomes an orphan, or stays one.
            (None, Some(before)) if before.removed_at.is_none() => {
                let Some(document_id) = before.document_id.clone() else { continue };
                EntitySave {
                    uid: before.uid.clone(),
                    reference: reference.clone(),
                    document_id,
                    body_hash: before.body_hash.clone(),
                    generation,
                    orphaned_at: Some(before.orphaned_at.map_or(now, |at| at.0).as_microsecond()),
                    now: now.as_microsecond(),
                }
            }
            (None, _) => continue,
        };
        saves.push(save);
    }
    entity::entity_save_all(tx, &saves).await?;
    history_in_tx(tx, &described, fresh, now).await
}

/// The claims that go first now and did not before, without those that a run wrote just now: it looked at them itself.
fn rising<'c>(
    claims: &'c [ClaimRow],
    standing: &HashMap<&str, &StandingRow>,
    fresh: &HashMap<String, Vec<Held>>,
) -> Vec<&'c ClaimRow> {
    let mut first: HashMap<&str, &ClaimRow> = HashMap::new();
    // The rule of [`decide`], which also words why the others lose.
    for claim in claims.iter().filter(|claim| standing.contains_key(claim.reference.as_str())) {
        let winner = first.entry(claim.reference.as_str()).or_insert(claim);
        if claim.trusted && !winner.trusted {
            *winner = claim;
        }
    }
    let rises = |claim: &&ClaimRow| {
        let before = standing.get(claim.reference.as_str());
        let id = claim.id.to_string();
        before.is_some_and(|before| before.removed_at.is_none() && before.document_id.as_ref() != Some(&id))
            && !fresh.contains_key(&id)
    };
    first.into_values().filter(rises).collect()
}

/// Decides all claims and writes the states of the documents that they change. Gives the winners by reference.
async fn decided_in_tx<'c>(tx: &mut Tx, rows: &'c [ClaimRow]) -> Result<HashMap<&'c str, &'c ClaimRow>> {
    let mut references: Vec<EntityRef> = Vec::with_capacity(rows.len());
    let mut places: Vec<String> = Vec::with_capacity(rows.len());
    for row in rows {
        // Documents of one entity stand together.
        references.push(match references.last() {
            Some(last) if last.as_str() == row.reference => last.clone(),
            _ => row
                .reference
                .parse()
                .map_err(|_| Error::Unreadable(format!("{} as a reference", row.reference)))?,
        });
        places.push(format!("{} of {}", row.path, row.source));
    }
    let claims: Vec<Claim<'_>> = rows
        .iter()
        .zip(references.iter().zip(&places))
        .map(|(row, (reference, place))| Claim {
            reference,
            trusted: row.trusted,
            place,
            run: (row.source.as_str(), row.first_seen_at),
        })
        .collect();
    let mut winners = HashMap::with_capacity(rows.len());
    let mut states = Vec::new();
    for (row, verdict) in rows.iter().zip(decide(&claims)) {
        let shadow = match verdict {
            Verdict::Wins => {
                winners.insert(row.reference.as_str(), row);
                None
            }
            Verdict::Loses { message, .. } => Some(message),
        };
        // A document that is wrong stays set aside, whether or not its last good state is served.
        let state = match (row.state.as_str(), &shadow) {
            ("set_aside", _) => "set_aside",
            (_, None) => "live",
            (_, Some(_)) => "shadowed",
        };
        if state != row.state || shadow != row.shadow {
            states.push(StateSave { id: row.id.to_string(), state, shadow });
        }
    }
    entity::document_state_save_all(tx, &states).await?;
    Ok(winners)
}

/// Opens and closes intervals so that they say what the entities now say.
async fn history_in_tx(
    tx: &mut Tx,
    described: &[Described<'_>],
    fresh: &HashMap<String, Vec<Held>>,
    now: Timestamp,
) -> Result<Vec<Moved>> {
    let not_fresh =
        described.iter().map(|one| &one.document).filter(|document| !fresh.contains_key(*document));
    let mut stated: HashMap<String, Vec<Held>> = HashMap::new();
    for (reference, body) in entity::body_list(tx, &keys(not_fresh)).await? {
        let entity: Entity =
            serde_json::from_str(&body).map_err(|error| Error::Unreadable(error.to_string()))?;
        stated.insert(reference, held(&entity));
    }
    // In order, so that the rows are written in the order of their key.
    let mut wanted: BTreeSet<EdgeRow> = BTreeSet::new();
    for Described { reference, document, .. } in described {
        for edge in fresh.get(document).or_else(|| stated.get(reference.as_str())).into_iter().flatten() {
            wanted.insert(EdgeRow {
                source: edge.source.to_string(),
                relation: edge.relation.as_str().to_owned(),
                target: edge.target.to_string(),
                stated_by: if edge.source == **reference { String::new() } else { reference.to_string() },
            });
        }
    }
    let before = keys(described.iter().filter(|one| !one.is_new).map(|one| one.reference));
    let open: BTreeSet<EdgeRow> = interval::open_list(tx, &before).await?.into_iter().collect();
    let save = |edge: &EdgeRow| EdgeSave { edge: edge.clone(), now: now.as_microsecond() };
    let closed: Vec<EdgeSave> = open.difference(&wanted).map(save).collect();
    let opened: Vec<EdgeSave> = wanted.difference(&open).map(save).collect();
    interval::close_all(tx, &closed).await?;
    interval::open_all(tx, &opened).await?;
    Ok(moved(&closed, &opened))
}

/// Pairs the owners that ended with those that began.
fn moved(closed: &[EdgeSave], opened: &[EdgeSave]) -> Vec<Moved> {
    let is_owner = |save: &&EdgeSave| save.edge.relation == Relation::OwnedBy.as_str();
    let before: HashMap<&str, &str> = closed
        .iter()
        .filter(is_owner)
        .map(|save| (save.edge.source.as_str(), save.edge.target.as_str()))
        .collect();
    let mut moved: Vec<Moved> = opened
        .iter()
        .filter(is_owner)
        .filter_map(|save| {
            let from = (*before.get(save.edge.source.as_str())?).to_owned();
            Some(Moved { entity: save.edge.source.clone(), from, to: save.edge.target.clone() })
        })
        .collect();
    moved.sort_by(|a, b| a.entity.cmp(&b.entity));
    moved
}

/// Closes everything that entities state, as they are removed.
pub(crate) async fn forget_in_tx(tx: &mut Tx, references: &[Key], now: Timestamp) -> Result<()> {
    let open = interval::open_list(tx, references).await?;
    let closed: Vec<EdgeSave> =
        open.into_iter().map(|edge| EdgeSave { edge, now: now.as_microsecond() }).collect();
    interval::close_all(tx, &closed).await
}
