//! Blueprints: published and withdrawn by administrators, seen by everybody.
//!
//! A blueprint is withdrawn by its name, all its versions at once, and stays so until it is offered again: a new version, also one that
//! comes with the program, does not bring it back by itself.

use std::sync::Arc;

use domain::environments::blueprint::{Blueprint, WEB_SERVICE};
use domain::form::Problem;
use domain::ids::{AccountId, BlueprintId};
use domain::people::{Action, Caller, authorize};
use jiff::Timestamp;
use serde_json::json;

use super::super::rows::BlueprintRow;
use super::super::{Environments, store};
use crate::audit::{self, Entry};
use crate::db::{Db, Tx};
use crate::ids::mint;
use crate::{Error, Result};

/// A published version.
#[derive(Clone, Debug)]
pub struct BlueprintView {
    pub id: BlueprintId,
    pub blueprint: Arc<Blueprint>,
    /// The text that was published.
    pub source: String,
    pub published_at: Timestamp,
    /// Whether the blueprint, all its versions, is not offered any more.
    pub withdrawn: bool,
}

/// What became of publishing.
#[derive(Clone, Copy, Debug)]
pub struct Published {
    pub id: BlueprintId,
    pub version: u32,
    /// Whether it was published now; not where the same was there already.
    pub is_new: bool,
    /// Whether the blueprint is withdrawn, which publishing does not change.
    pub withdrawn: bool,
}

/// The newest version of each blueprint, withdrawn or not. Everyone signed in may.
pub async fn list_blueprints(environments: &Environments, caller: &Caller) -> Result<Vec<BlueprintView>> {
    authorize(caller, Action::See)?;
    let mut reader = environments.db.read().await?;
    store::blueprint_list(&mut reader).await?.iter().map(|row| view(environments, row)).collect()
}

/// One published version. Everyone signed in may.
pub async fn find_blueprint(
    environments: &Environments,
    caller: &Caller,
    id: BlueprintId,
) -> Result<BlueprintView> {
    authorize(caller, Action::See)?;
    let mut reader = environments.db.read().await?;
    let row = store::blueprint_find(&mut reader, id).await?.ok_or_else(|| Error::no_such("blueprint", id))?;
    view(environments, &row)
}

/// Publishes a version from its file. Administrators may. A version that is published never changes: the same text again is no
/// error, another text under its number is.
pub async fn publish_blueprint(
    environments: &Environments,
    caller: &Caller,
    source: &str,
    now: Timestamp,
) -> Result<Published> {
    authorize(caller, Action::ManageBlueprints)?;
    let blueprint = Blueprint::parse(source).map_err(|problems| {
        let at_field = |problem: &domain::environments::problem::Problem| {
            let position = problem.position;
            Problem::at(
                "source",
                format!("Line {}, column {}: {}", position.line, position.column, problem.sentence),
            )
        };
        Error::Invalid(problems.iter().map(at_field).collect())
    })?;
    let mut tx = environments.db.begin().await?;
    let (id, is_new) = publish_in_tx(&mut tx, &blueprint, source, caller.account(), now).await?;
    if is_new {
        audit::record_in_tx(&mut tx, caller, published(id, &blueprint), now).await?;
    }
    let withdrawn = find_in_tx(&mut tx, id).await?.withdrawn_at.is_some();
    tx.commit().await?;
    Ok(Published { id, version: blueprint.version, is_new, withdrawn })
}

/// Offers the blueprint that this version is of for new requests, or withdraws it: what was made from it lives on. Administrators may;
/// where it is so already, nothing changes.
pub async fn set_blueprint_offered(
    environments: &Environments,
    caller: &Caller,
    id: BlueprintId,
    offered: bool,
    now: Timestamp,
) -> Result<BlueprintId> {
    authorize(caller, Action::ManageBlueprints)?;
    let mut tx = environments.db.begin().await?;
    let name = find_in_tx(&mut tx, id).await?.name;
    let (action, changed) = match offered {
        true => ("blueprint.offer", store::blueprint_offer(&mut tx, &name).await?),
        false => {
            ("blueprint.withdraw", store::blueprint_withdraw(&mut tx, &name, caller.account(), now).await?)
        }
    };
    if changed {
        audit::record_in_tx(&mut tx, caller, Entry::new(action, "blueprint", id, &name), now).await?;
    }
    tx.commit().await?;
    Ok(id)
}

/// Publishes the blueprint that comes with this program, if this version of it is not there yet. Called at start.
pub async fn publish_shipped(db: &Db, now: Timestamp) -> Result<()> {
    let blueprint = Blueprint::parse(WEB_SERVICE)
        .map_err(|problems| Error::internal("reading the shipped blueprint", format!("{problems:?}")))?;
    let mut tx = db.begin().await?;
    let version = i64::from(blueprint.version);
    let published_before = store::blueprint_find_version(&mut tx, &blueprint.name, version).await?;
    if published_before.as_ref().is_some_and(|before| before.digest != blueprint.digest) {
        let (name, version) = (&blueprint.name, blueprint.version);
        tracing::warn!(
            name,
            version,
            "this version of the blueprint was published with another text, which stays"
        );
    }
    if published_before.is_none() {
        let (id, _) = match publish_in_tx(&mut tx, &blueprint, WEB_SERVICE, None, now).await {
            // A process that started at the same time has published it.
            Err(Error::Conflict(_)) => return Ok(()),
            other => other?,
        };
        audit::record_in_tx(&mut tx, &Caller::START, published(id, &blueprint), now).await?;
        tx.commit().await?;
    }
    Ok(())
}

async fn find_in_tx(tx: &mut Tx, id: BlueprintId) -> Result<BlueprintRow> {
    store::blueprint_find(tx, id).await?.ok_or_else(|| Error::no_such("blueprint", id))
}

fn published(id: BlueprintId, blueprint: &Blueprint) -> Entry {
    let detail = json!({ "version": blueprint.version, "digest": blueprint.digest });
    Entry::new("blueprint.publish", "blueprint", id, &blueprint.name).detail(detail)
}

async fn publish_in_tx(
    tx: &mut Tx,
    blueprint: &Blueprint,
    source: &str,
    by: Option<AccountId>,
    now: Timestamp,
) -> Result<(BlueprintId, bool)> {
    let version = i64::from(blueprint.version);
    if let Some(published) = store::blueprint_find_version(tx, &blueprint.name, version).await? {
        if published.digest == blueprint.digest {
            return Ok((published.id, false));
        }
        let next = version + 1;
        let words = format!(
            "Version {version} of {} is published and never changes; make this version {next}",
            blueprint.name
        );
        return Err(Error::field("source", words));
    }
    let row = BlueprintRow {
        id: mint(now),
        name: blueprint.name.clone(),
        version,
        title: blueprint.title.clone(),
        description: blueprint.description.clone(),
        source: source.to_owned(),
        digest: blueprint.digest.clone(),
        published_at: now.into(),
        // Kept beside it, by the blueprint's name: a new version changes nothing of that.
        withdrawn_at: None,
    };
    match store::blueprint_create(tx, &row, by).await {
        Err(error) if error.is_unique() => Err(Error::Conflict(format!(
            "Version {version} of {} has just been published by someone else. Reload the page",
            blueprint.name
        ))),
        other => {
            other?;
            Ok((row.id, true))
        }
    }
}

fn view(environments: &Environments, row: &BlueprintRow) -> Result<BlueprintView> {
    Ok(BlueprintView {
        id: row.id,
        blueprint: environments.blueprints.of(row)?,
        source: row.source.clone(),
        published_at: row.published_at.0,
        withdrawn: row.withdrawn_at.is_some(),
    })
}
