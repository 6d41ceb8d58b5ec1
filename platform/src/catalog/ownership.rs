//! Ownership moves only to somebody who is in the catalog: a document that says otherwise is set aside.
//!
//! - It is decided once everything of a run is known, so an owner that comes in the same run counts.
//! - A claim that would go first, because the one before it went, is held to the same.
//! - Who belongs to nobody in the catalog yet may name anybody: the name stays dangling.
//! - A document that waits for its owner is looked at again in every run, although its file did not change.

use std::collections::{BTreeSet, HashMap};

use domain::catalog::reference::DEFAULT_NAMESPACE;
use domain::catalog::{Entity, EntityRef, Problem, Relation};
use jiff::Timestamp;

use super::difference::Difference;
use super::document::{Held, Owner};
use super::note::Note;
use super::store::content::DocumentSave;
use super::store::entity::{ClaimRow, WithheldSave};
use super::store::{Key, entity, interval, keys};
use crate::db::{Error, Result, Tx};

/// A document that says whose its entity is.
pub(super) struct Owned {
    /// Its place among the documents that the run writes.
    pub document: usize,
    pub owner: Owner,
    /// Whether a good state of it is stored.
    pub has_good: bool,
}

/// A document that waited for its owner, as it is written once that is there.
pub(super) struct Waiting {
    pub save: DocumentSave,
    pub held: Vec<Held>,
    pub owner: Owner,
    pub has_good: bool,
}

/// Takes in the documents whose owners have come, or whose entities no owner keeps any more; the others stay as they are stored.
pub(super) async fn admit_in_tx(tx: &mut Tx, difference: &mut Difference) -> Result<()> {
    let waiting = std::mem::take(&mut difference.waiting);
    if waiting.is_empty() {
        return Ok(());
    }
    let owners: BTreeSet<&EntityRef> = waiting.iter().map(|one| &one.owner.reference).collect();
    let present = present_in_tx(tx, &owners, difference).await?;
    let before = Before::read_in_tx(tx, waiting.iter().map(|one| &one.save)).await?;
    for Waiting { save, held, owner, has_good } in waiting {
        // Nobody is left whom it would be taken from: as one that is new, it may name anybody.
        let stays = save
            .reference
            .as_ref()
            .and_then(|reference| before.owner_that_stays(reference, &owner.reference));
        if stays.is_none() || present.contains(owner.reference.as_str()) {
            difference.touched.extend(save.reference.clone());
            difference.fresh.insert(save.id.clone(), held);
            difference.owned.push(Owned { document: difference.documents.len(), owner, has_good });
            difference.documents.push(save);
        }
    }
    Ok(())
}

/// Sets the documents aside that would take an entity from an owner in the catalog to one that is not there.
/// `trusted` is whether their source is.
pub(super) async fn hold_back_in_tx(tx: &mut Tx, difference: &mut Difference, trusted: bool) -> Result<()> {
    let owners: BTreeSet<&EntityRef> = difference.owned.iter().map(|one| &one.owner.reference).collect();
    let present = present_in_tx(tx, &owners, difference).await?;
    let mut absent = std::mem::take(&mut difference.owned);
    absent.retain(|one| !present.contains(one.owner.reference.as_str()));
    if absent.is_empty() {
        return Ok(());
    }
    let before = Before::read_in_tx(tx, absent.iter().map(|one| &difference.documents[one.document])).await?;
    let gone: BTreeSet<String> = difference.gone.iter().map(ToString::to_string).collect();
    let mut kept = BTreeSet::new();
    for Owned { document, owner, has_good } in absent {
        let save = &mut difference.documents[document];
        let Some(reference) = save.reference.clone() else { continue };
        let Some(owned_by) = before.owner_that_stays(&reference, &owner.reference) else { continue };
        if before.goes_before(&reference, &save.id, trusted, &gone) {
            continue;
        }
        set_aside(save, owner, &reference, owned_by)?;
        difference.fresh.remove(&save.id);
        if has_good {
            kept.insert(document);
        }
    }
    // What has a good state is written so that this stays.
    let (aside, whole): (Vec<_>, Vec<_>) = std::mem::take(&mut difference.documents)
        .into_iter()
        .enumerate()
        .partition(|(document, _)| kept.contains(document));
    difference.documents = whole.into_iter().map(|(_, save)| save).collect();
    difference.set_aside.extend(aside.into_iter().map(|(_, save)| save));
    Ok(())
}

fn set_aside(
    save: &mut DocumentSave,
    owner: Owner,
    reference: &EntityRef,
    owned_by: &EntityRef,
) -> Result<()> {
    let mut notes: Vec<Note> = serde_json::from_str(&save.notes).map_err(unreadable)?;
    let (line, column) = owner.at;
    let message = sentence(reference, &owner.reference, owned_by);
    notes.push(Note::error(Problem { line, column, path: "spec.owner".to_owned(), message }));
    save.notes = serde_json::to_string(&notes).map_err(unreadable)?;
    save.noteworthy = true;
    save.state = "set_aside";
    save.waits_for = Some(owner.reference);
    save.body = None;
    save.definition = None;
    save.body_hash = None;
    save.good_at = None;
    Ok(())
}

fn sentence(reference: &EntityRef, next: &EntityRef, owned_by: &EntityRef) -> String {
    format!(
        "The {} does not exist; {reference} stays with the {} until it does. Write the owner as it is called in the catalog, or add it there.",
        words(next),
        words(owned_by)
    )
}

/// Sets the claims of `rising` documents aside that would take an entity from an owner in the catalog to one that is not
/// there; whether there were any. `coming` are the references that documents of the catalog claim now.
pub(super) async fn withhold_in_tx(
    tx: &mut Tx,
    rising: &[&ClaimRow],
    coming: &BTreeSet<&str>,
    now: Timestamp,
) -> Result<bool> {
    if rising.is_empty() {
        return Ok(false);
    }
    let mut next: HashMap<String, EntityRef> = HashMap::new();
    for (reference, body) in entity::body_list(tx, &keys(rising.iter().map(|claim| claim.id))).await? {
        let entity: Entity = serde_json::from_str(&body).map_err(unreadable)?;
        next.extend(entity.owner().map(|owner| (reference, owner)));
    }
    let named: BTreeSet<&EntityRef> = next.values().collect();
    let rows = entity::standing_list(tx, &keys(named)).await?;
    let present: BTreeSet<String> =
        rows.into_iter().filter(|row| row.removed_at.is_none()).map(|row| row.reference).collect();
    let before = owners_in_tx(tx, &keys(rising.iter().map(|claim| &claim.reference))).await?;
    let mut withheld = Vec::new();
    for claim in rising {
        let (Some(next), Some(owned_by)) = (next.get(&claim.reference), before.get(&claim.reference)) else {
            continue;
        };
        if next == owned_by || present.contains(next.as_str()) || coming.contains(next.as_str()) {
            continue;
        }
        let reference = claim.reference.parse().map_err(|_| Error::Unreadable(claim.reference.clone()))?;
        let line = u32::try_from(claim.line).unwrap_or(1);
        let message = sentence(&reference, next, owned_by);
        let note = Note::error(Problem { line, column: 1, path: "spec.owner".to_owned(), message });
        withheld.push(WithheldSave {
            id: claim.id.to_string(),
            notes: serde_json::to_string(&[note]).map_err(unreadable)?,
            waits_for: next.clone(),
            now: now.as_microsecond(),
        });
    }
    entity::document_withhold_all(tx, &withheld).await?;
    Ok(!withheld.is_empty())
}

fn unreadable(error: serde_json::Error) -> Error {
    Error::Unreadable(error.to_string())
}

/// `group payments`, `user ada`.
fn words(reference: &EntityRef) -> String {
    format!("{} {}", reference.kind(), reference.short(reference.kind(), DEFAULT_NAMESPACE))
}

/// Those of `owners` that are in the catalog, or come in with this run.
async fn present_in_tx(
    tx: &mut Tx,
    owners: &BTreeSet<&EntityRef>,
    difference: &Difference,
) -> Result<BTreeSet<String>> {
    let coming = difference.documents.iter().filter(|save| save.state == "live");
    let coming =
        coming.filter_map(|save| save.reference.as_ref()).filter(|reference| owners.contains(reference));
    let mut present: BTreeSet<String> = coming.map(ToString::to_string).collect();
    let rows = entity::standing_list(tx, &keys(owners)).await?;
    present.extend(rows.into_iter().filter(|row| row.removed_at.is_none()).map(|row| row.reference));
    Ok(present)
}

/// The owners of some entities that are in the catalog, by reference.
async fn owners_in_tx(tx: &mut Tx, references: &[Key]) -> Result<HashMap<String, EntityRef>> {
    let mut owners: HashMap<String, EntityRef> = HashMap::new();
    for edge in interval::open_list(tx, references).await? {
        if edge.relation == Relation::OwnedBy.as_str() && edge.stated_by.is_empty() {
            // An earlier version kept what is no reference: nobody in the catalog is called so.
            let Ok(owner) = edge.target.parse() else { continue };
            owners.insert(edge.source, owner);
        }
    }
    let named: BTreeSet<&EntityRef> = owners.values().collect();
    let rows = entity::standing_list(tx, &keys(named)).await?;
    let present: BTreeSet<String> =
        rows.into_iter().filter(|row| row.removed_at.is_none()).map(|row| row.reference).collect();
    owners.retain(|_, owner| present.contains(owner.as_str()));
    Ok(owners)
}

/// How some entities stood before the run.
struct Before {
    /// Their owners that are in the catalog, by reference.
    owners: HashMap<String, EntityRef>,
    /// The documents that describe them, and whether the sources of these are trusted.
    described_by: HashMap<String, (String, bool)>,
}

impl Before {
    async fn read_in_tx<'a>(tx: &mut Tx, saves: impl Iterator<Item = &'a DocumentSave>) -> Result<Self> {
        let references = keys(saves.filter_map(|save| save.reference.as_ref()));
        let owners = owners_in_tx(tx, &references).await?;
        let describing: BTreeSet<String> = entity::standing_list(tx, &references)
            .await?
            .into_iter()
            .filter(|row| row.orphaned_at.is_none())
            .filter_map(|row| row.document_id)
            .collect();
        let claims = entity::claim_list(tx, &references).await?;
        let described_by = claims
            .into_iter()
            .map(|claim| (claim.reference, (claim.id.to_string(), claim.trusted)))
            .filter(|(_, (document, _))| describing.contains(document))
            .collect();
        Ok(Before { owners, described_by })
    }

    /// The owner in the catalog that another one would take an entity from.
    fn owner_that_stays(&self, reference: &EntityRef, next: &EntityRef) -> Option<&EntityRef> {
        self.owners.get(reference.as_str()).filter(|owner| *owner != next)
    }

    /// Whether another document goes before this one, which then moves nothing.
    fn goes_before(
        &self,
        reference: &EntityRef,
        document: &str,
        trusted: bool,
        gone: &BTreeSet<String>,
    ) -> bool {
        self.described_by.get(reference.as_str()).is_some_and(|(other, other_trusted)| {
            other != document && !gone.contains(other) && (*other_trusted || !trusted)
        })
    }
}
