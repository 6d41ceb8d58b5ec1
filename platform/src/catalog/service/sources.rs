//! Where the catalog is read from: administrators add, change and remove sources; members of a team may have one read now.

use std::collections::BTreeSet;

use domain::catalog::EntityRef;
use domain::form::Problem;
use domain::ids::SourceId;
use domain::people::{Action, Caller, authorize};
use jiff::Timestamp;

use crate::audit::{Entry, changed_meanwhile, record_in_tx};
use crate::catalog::job::{lock_in_tx, refresh_soon_in_tx, stop_in_tx};
use crate::catalog::settle::settle_in_tx;
use crate::catalog::source::{Settings, Source};
use crate::catalog::{Catalog, git, record, store};
use crate::db;
use crate::{Error, Result, ids};

/// Every source with its last run, by name. Everyone signed in may: it says why something is not in the catalog.
pub async fn list_sources(catalog: &Catalog, caller: &Caller) -> Result<Vec<Source>> {
    authorize(caller, Action::See)?;
    let mut reader = catalog.db.read().await?;
    let sources = store::source::source_list(&mut reader).await?;
    drop(reader);
    // A run may have ended a moment ago: "nothing was found" must not be said of what is on its way into this process.
    if catalog.snapshot().is_empty() {
        catalog.reload().await?;
    }
    Ok(sources)
}

/// One source with its last run; what that run brought is in the catalog of this process by then, so that who follows a
/// run and opens the catalog at its end finds it there. Everyone signed in may.
pub async fn find_source(catalog: &Catalog, caller: &Caller, id: SourceId) -> Result<Source> {
    authorize(caller, Action::See)?;
    let mut reader = catalog.db.read().await?;
    let stored = store::source::source_find(&mut reader, id).await?;
    drop(reader);
    catalog.reload().await?;
    Ok(stored.ok_or_else(|| no_source(id))?.source)
}

/// Adds a source and has it read. Administrators may.
pub async fn add_source(
    catalog: &Catalog,
    caller: &Caller,
    settings: Settings,
    now: Timestamp,
) -> Result<SourceId> {
    authorize(caller, Action::ManageSources)?;
    let settings = checked(catalog, settings)?;
    let id: SourceId = ids::mint(now);
    let mut tx = catalog.db.begin().await?;
    store::source::source_create(&mut tx, id, &settings, now)
        .await
        .map_err(|error| name_taken(error, &settings))?;
    let added = entry("catalog.source.add", id, &settings, record::whole(&settings));
    record_in_tx(&mut tx, caller, added, now).await?;
    refresh_soon_in_tx(&mut tx, id, now).await?;
    tx.commit().await?;
    catalog.waker.wake();
    Ok(id)
}

/// Changes a source and has it read: what it may bring and whether it is trusted count from that run. Administrators may. What somebody
/// else saved after the form was filled is not overwritten unseen: `seen` is the [`Source::changed_at`] that it was filled from, in
/// microseconds; none where it was filled from none.
pub async fn change_source(
    catalog: &Catalog,
    caller: &Caller,
    id: SourceId,
    settings: Settings,
    seen: Option<i64>,
    now: Timestamp,
) -> Result<()> {
    authorize(caller, Action::ManageSources)?;
    let settings = checked(catalog, settings)?;
    let mut tx = catalog.db.begin().await?;
    lock_in_tx(&mut tx, id).await?;
    let before = store::source::source_find(&mut tx, id).await?.ok_or_else(|| no_source(id))?.source;
    let version = before.changed_at.as_microsecond();
    if seen.is_some_and(|seen| seen != version) {
        let id = id.to_string();
        let changed =
            changed_meanwhile(&mut tx, ("source", id.as_str()), "catalog.source.change", version, now);
        return Err(changed.await?);
    }
    // Its name and trust stand beside its entities, so every process has to hear of it.
    store::generation_next_in_tx(&mut tx, now).await?;
    let saved = store::source::source_save(&mut tx, id, &settings, now).await;
    if !saved.map_err(|error| name_taken(error, &settings))? {
        return Err(no_source(id));
    }
    let changes = record::changes(&before.settings, &settings);
    record_in_tx(&mut tx, caller, entry("catalog.source.change", id, &settings, changes), now).await?;
    refresh_soon_in_tx(&mut tx, id, now).await?;
    tx.commit().await?;
    catalog.waker.wake();
    catalog.reload_stored().await;
    Ok(())
}

/// Has a source read now; returns at once, and its run tells how it ended. Members of a team may.
pub async fn refresh_source(catalog: &Catalog, caller: &Caller, id: SourceId, now: Timestamp) -> Result<()> {
    authorize(caller, Action::RefreshSources)?;
    let mut tx = catalog.db.begin().await?;
    let source = store::source::source_find(&mut tx, id).await?.ok_or_else(|| no_source(id))?.source;
    record_in_tx(&mut tx, caller, run_entry("catalog.source.refresh", id, &source.settings), now).await?;
    refresh_soon_in_tx(&mut tx, id, now).await?;
    tx.commit().await?;
    catalog.waker.wake();
    Ok(())
}

/// Stops the reading of a source at its next safe point: nothing of that run is stored, and the source is read again on its
/// schedule. Members of a team may.
pub async fn stop_source(catalog: &Catalog, caller: &Caller, id: SourceId, now: Timestamp) -> Result<()> {
    authorize(caller, Action::RefreshSources)?;
    let mut tx = catalog.db.begin().await?;
    let open = lock_in_tx(&mut tx, id).await?;
    let source = store::source::source_find(&mut tx, id).await?.ok_or_else(|| no_source(id))?.source;
    record_in_tx(&mut tx, caller, run_entry("catalog.source.stop", id, &source.settings), now).await?;
    if !stop_in_tx(&mut tx, open, &source, now).await? {
        return Err(Error::Conflict(format!("“{}” is not being read", source.settings.name)));
    }
    tx.commit().await?;
    Ok(())
}

/// Removes a source. What it described is described by the next source that claims it, or stays as an orphan.
/// Administrators may.
pub async fn remove_source(catalog: &Catalog, caller: &Caller, id: SourceId, now: Timestamp) -> Result<()> {
    authorize(caller, Action::ManageSources)?;
    let mut tx = catalog.db.begin().await?;
    lock_in_tx(&mut tx, id).await?;
    let source = store::source::source_find(&mut tx, id).await?.ok_or_else(|| no_source(id))?.source;
    let generation = store::generation_next_in_tx(&mut tx, now).await?;
    let removed = entry("catalog.source.remove", id, &source.settings, record::whole(&source.settings));
    record_in_tx(&mut tx, caller, removed, now).await?;
    if !store::source::source_delete(&mut tx, id, now).await? {
        return Err(no_source(id));
    }
    let references = store::content::source_gone(&mut tx, id, now).await?;
    let touched: BTreeSet<EntityRef> = references.iter().filter_map(|text| text.parse().ok()).collect();
    for moved in settle_in_tx(&mut tx, generation, &touched, &Default::default(), now).await? {
        record_in_tx(&mut tx, caller, moved.entry(&source.settings.name, None), now).await?;
    }
    store::content::purge(&mut tx, Timestamp::UNIX_EPOCH).await?;
    // Its job is due at once, and its last run: that deletes the mirror again, which a fetch may be writing just now.
    refresh_soon_in_tx(&mut tx, id, now).await?;
    tx.commit().await?;
    catalog.waker.wake();
    git::forget(&catalog.from.mirror(id)).await;
    catalog.reload_stored().await;
    Ok(())
}

fn entry(action: &'static str, id: SourceId, settings: &Settings, detail: serde_json::Value) -> Entry {
    Entry::new(action, "source", id, &settings.name).detail(detail)
}

/// Of a run, which changes no setting.
fn run_entry(action: &'static str, id: SourceId, settings: &Settings) -> Entry {
    let detail = serde_json::json!({ "place": settings.place, "trusted": settings.trusted });
    entry(action, id, settings, detail)
}

fn checked(catalog: &Catalog, mut settings: Settings) -> Result<Settings> {
    settings.name = settings.name.trim().to_owned();
    let problems = settings.problems(&catalog.from.bounds);
    if problems.is_empty() { Ok(settings) } else { Err(Error::Invalid(problems)) }
}

fn name_taken(error: db::Error, settings: &Settings) -> Error {
    if error.is_unique() {
        return Error::Invalid(vec![Problem::at(
            "name",
            format!("A source named “{}” already exists", settings.name),
        )]);
    }
    error.into()
}

fn no_source(id: SourceId) -> Error {
    Error::no_such("source", id)
}
