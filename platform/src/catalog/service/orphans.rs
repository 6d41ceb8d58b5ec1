//! Orphans, which no file describes any more: which there are, and their removal, of one or of all that a list shows.

use std::sync::Arc;

use domain::catalog::EntityRef;
use domain::catalog::query::Query;
use domain::ids::SourceId;
use domain::people::{Action, Caller, Denied, Owned, authorize};
use jiff::Timestamp;

use super::entities::visibility;
use crate::catalog::settle::forget_in_tx;
use crate::catalog::snapshot::{Entry, Snapshot, SourceName};
use crate::catalog::{Catalog, Visibility, hash, store};
use crate::{Error, Result, audit};

/// Which orphans are meant. The empty question means all.
#[derive(Clone, Debug, Default)]
pub struct WhichOrphans {
    /// Those of the answer of a list.
    pub query: Query,
    /// Those that this source described last.
    pub source: Option<SourceId>,
}

/// The orphans that are meant, as they are now.
#[derive(Clone, Debug)]
pub struct Orphans {
    /// Those that the caller may remove, by reference.
    pub removable: Vec<Arc<Entry>>,
    /// How many more are meant that the caller may not remove.
    pub others: u64,
    /// How many other entities refer to those that the caller may remove.
    pub referring: u64,
    /// The source, where one was asked for.
    pub source: Option<SourceName>,
    /// Stands for exactly those that the caller may remove: whoever has them removed says by it what they saw.
    pub seen: String,
}

/// The orphans that are meant. Everyone signed in may see them; a leader may remove those of their team and of the teams below, an
/// administrator all.
pub fn list_orphans(catalog: &Catalog, caller: &Caller, which: &WhichOrphans) -> Result<Orphans> {
    let visibility = visibility(caller)?;
    Ok(meant(&catalog.snapshot(), caller, which, &visibility))
}

fn meant(snapshot: &Snapshot, caller: &Caller, which: &WhichOrphans, visibility: &Visibility) -> Orphans {
    let all = snapshot.orphans(which.source, visibility);
    let is_meant =
        |entry: &&Arc<Entry>| which.query.matches(&entry.entity, entry.standing, &entry.searchable);
    let all = all.filter(is_meant).cloned();
    let (mut removable, others): (Vec<_>, Vec<_>) =
        all.partition(|entry| may_remove(snapshot, caller, entry).is_ok());
    removable.sort_by(|a, b| a.reference().cmp(b.reference()));
    let references: Vec<&[u8]> =
        removable.iter().map(|entry| entry.reference().as_str().as_bytes()).collect();
    Orphans {
        seen: hash::hex(&references),
        referring: snapshot.referring_to(removable.iter()),
        source: which.source.and_then(|source| snapshot.source(source)).cloned(),
        others: u64::try_from(others.len()).unwrap_or(u64::MAX),
        removable,
    }
}

/// Whether the caller may remove an entity once it is an orphan: a leader of its owner or of a team above it may; an administrator
/// where it belongs to nobody in the catalog.
pub(super) fn may_remove(snapshot: &Snapshot, caller: &Caller, entry: &Entry) -> Result<(), Denied> {
    match snapshot.owner(entry.reference()) {
        Some(team) => {
            let above = snapshot.teams_above(&team);
            authorize(caller, Action::RemoveOrphan(Owned { team: &team, above: &above, requester: None }))
        }
        None => authorize(caller, Action::ManageSources),
    }
}

/// Removes an entity that no file describes any more. A leader of its owner or of a team above it may; an
/// administrator where it belongs to nobody in the catalog.
pub async fn remove_orphan(
    catalog: &Catalog,
    caller: &Caller,
    reference: &EntityRef,
    now: Timestamp,
) -> Result<()> {
    let visibility = visibility(caller)?;
    let snapshot = catalog.snapshot();
    let entry = snapshot.get(reference, &visibility).cloned();
    let entry = entry.ok_or_else(|| Error::no_such("entity", reference))?;
    may_remove(&snapshot, caller, &entry)?;
    let described = || {
        Error::Conflict(format!(
            "{} is defined in {}. Remove it there",
            entry.entity.display_name(),
            entry.provenance.path
        ))
    };
    if entry.orphaned_at.is_none() || !remove(catalog, caller, std::slice::from_ref(&entry), now).await? {
        return Err(described());
    }
    Ok(())
}

/// Removes the orphans that are meant and that the caller may remove, all or none; how many. `seen` says which they saw: if they
/// are others by now, nothing is removed. Leaders may those of their team and of the teams below, administrators all.
pub async fn remove_orphans(
    catalog: &Catalog,
    caller: &Caller,
    which: &WhichOrphans,
    seen: &str,
    now: Timestamp,
) -> Result<u64> {
    let visibility = visibility(caller)?;
    // Another process may have removed some a moment ago.
    catalog.reload().await?;
    let orphans = meant(&catalog.snapshot(), caller, which, &visibility);
    if orphans.removable.is_empty() {
        return Err(match orphans.others {
            0 => Error::Conflict("There are no orphaned entities to remove".to_owned()),
            _ => Error::Forbidden(
                "Only a leader of the team that owns them can remove them, or an administrator".to_owned(),
            ),
        });
    }
    let changed = || {
        Error::Conflict(
            "Since you opened this page, other entities became orphaned, or some of these are no longer. \
             Nothing was removed. Reload the page to see which they are now"
                .to_owned(),
        )
    };
    if seen != orphans.seen || !remove(catalog, caller, &orphans.removable, now).await? {
        return Err(changed());
    }
    Ok(u64::try_from(orphans.removable.len()).unwrap_or(u64::MAX))
}

/// Removes all of these, each with its row in the record; false, and nothing is removed, where one is no orphan any more.
async fn remove(catalog: &Catalog, caller: &Caller, entries: &[Arc<Entry>], now: Timestamp) -> Result<bool> {
    let snapshot = catalog.snapshot();
    let references = store::keys(entries.iter().map(|entry| entry.reference()));
    let mut tx = catalog.db.begin().await?;
    let generation = store::generation_next_in_tx(&mut tx, now).await?;
    let removed = store::entity::entity_delete_all(&mut tx, &references, generation, now).await?;
    if usize::try_from(removed) != Ok(entries.len()) {
        return Ok(false);
    }
    forget_in_tx(&mut tx, &references, now).await?;
    for entry in entries {
        let row = audit::Entry::new(
            "catalog.orphan.remove",
            "entity",
            entry.reference(),
            entry.entity.display_name(),
        );
        let row = match snapshot.owner(entry.reference()) {
            Some(owner) => row.team(&owner),
            None => row,
        };
        audit::record_in_tx(&mut tx, caller, row, now).await?;
    }
    store::content::purge(&mut tx, Timestamp::UNIX_EPOCH).await?;
    tx.commit().await?;
    catalog.reload_stored().await;
    Ok(true)
}
