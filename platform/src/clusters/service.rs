//! The use cases of clusters: connecting, changing, testing and removing them.

use domain::ids::ClusterId;
use domain::people::{Action, Caller, authorize};
use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::json;

use super::client::{Access, Clients};
use super::connection::{Connection, Settings, Standing};
use super::contact::{keep_identity_in_tx, lock_revision_in_tx, open};
use super::draft::{Checked, Draft};
use super::keep::{self, Tried};
use super::registry::Registry;
use super::store::{self, Twin};
use super::trial::Trial;
use super::{kubeconfig, manifest, record};
use crate::audit::{self, Entry};
use crate::db::{Db, Session};
use crate::environments::resume::resume_all_in_tx;
use crate::ids::mint;
use crate::secrets::Keys;
use crate::{Error, Result};

/// A cluster as everybody who is signed in sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct ClusterSummary {
    /// Which.
    pub id: ClusterId,
    /// Its name.
    pub name: String,
    /// Whether environments there can have addresses.
    pub has_addresses: bool,
    /// How it stands.
    pub standing: Standing,
    /// When it last answered as it should; none where it did not since Slipway was last told how to sign in.
    pub last_contact_at: Option<Timestamp>,
}

/// A context of a kubeconfig, to choose from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContextView {
    /// Its name.
    pub name: String,
    /// The address of the cluster's API.
    pub server: Option<String>,
    /// Why it cannot be used.
    pub refused: Option<String>,
    /// The one that the kubeconfig says to use.
    pub current: bool,
}

/// Why a cluster cannot be removed, and what to do first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obstacle {
    /// The reason.
    pub why: String,
    /// What to do.
    pub then: String,
}

/// The clusters by name. Everybody who is signed in may see that they exist.
pub async fn list_clusters(
    db: &Db,
    caller: &Caller,
    wanted: impl Fn(&Settings) -> bool,
) -> Result<Vec<ClusterSummary>> {
    authorize(caller, Action::See)?;
    let mut reader = db.read().await?;
    let clusters = store::cluster_list(&mut reader).await?;
    Ok(clusters.into_iter().filter(|cluster| wanted(&cluster.settings)).map(summary).collect())
}

/// The name of a cluster, also of one that was removed: environments that were there still say where.
pub async fn cluster_name(db: &Db, caller: &Caller, id: ClusterId) -> Result<String> {
    authorize(caller, Action::See)?;
    store::cluster_name(&mut db.read().await?, id).await?.ok_or_else(|| no_such(id))
}

/// The clusters with everything but their credentials. Administrators only.
pub async fn list_connections(db: &Db, caller: &Caller) -> Result<Vec<Connection>> {
    authorize(caller, Action::ManageConnections)?;
    Ok(store::cluster_list(&mut db.read().await?).await?)
}

/// One cluster with everything but its credentials. Administrators only.
pub async fn find_connection(db: &Db, caller: &Caller, id: ClusterId) -> Result<Connection> {
    authorize(caller, Action::ManageConnections)?;
    found(store::cluster_find(&mut db.read().await?, id).await?, id)
}

/// The other connections that lead to the same cluster: none are made any more, some were before Slipway looked at that. Administrators
/// only.
pub async fn list_twins(db: &Db, caller: &Caller, connection: &Connection) -> Result<Vec<Twin>> {
    authorize(caller, Action::ManageConnections)?;
    let Some(identity) = &connection.identity else { return Ok(Vec::new()) };
    Ok(store::cluster_twin_list(&mut db.read().await?, identity, connection.id).await?)
}

/// What stands in the way of removing a cluster, if anything does. Administrators only.
pub async fn find_obstacle(db: &Db, caller: &Caller, id: ClusterId) -> Result<Option<Obstacle>> {
    authorize(caller, Action::ManageConnections)?;
    Ok(obstacle(store::cluster_living(&mut db.read().await?, id).await?))
}

/// The contexts of a pasted kubeconfig, to choose from. Administrators only; nothing is kept.
pub fn read_contexts(caller: &Caller, text: &[u8]) -> Result<Vec<ContextView>> {
    authorize(caller, Action::ManageConnections)?;
    let read = kubeconfig::read(text).map_err(|refused| Error::field("kubeconfig", refused.to_string()))?;
    let current = read.current;
    let contexts = read.contexts.into_iter();
    Ok(contexts
        .map(|context| ContextView {
            current: current.as_deref() == Some(context.name.as_str()),
            refused: context.credentials.err().map(|refused| refused.to_string()),
            name: context.name,
            server: context.server,
        })
        .collect())
}

/// The text of `slipway cluster manifest`, for a page. Administrators only.
pub fn print_manifest(caller: &Caller, options: &manifest::Options) -> Result<String> {
    authorize(caller, Action::ManageConnections)?;
    Ok(manifest::text(options))
}

/// Connects a cluster, once it was called. Administrators only. Where something is wrong with it nothing is kept, unless the draft says
/// that this was told.
pub async fn connect_cluster(
    db: &Db,
    keys: &Keys,
    clients: &Clients,
    caller: &Caller,
    draft: &Draft,
    now: Timestamp,
) -> Result<(ClusterId, Trial)> {
    authorize(caller, Action::ManageConnections)?;
    let Checked { name, access, settings, registry } = draft.check().map_err(Error::Invalid)?;
    let Some(access) = access else {
        return Err(Error::field("kubeconfig", "Choose how Slipway signs in to the cluster"));
    };
    let id: ClusterId = mint(now);
    // Looked at before the call, which takes its time; decided after it.
    look_for_name(&mut db.read().await?, id, &name).await?;
    let tried = Tried::call(keys, clients, id, access).await?;
    let mut tx = db.begin().await?;
    match store::cluster_create_in_tx(&mut tx, id, &name, &tried.access(), &settings, now).await {
        Err(error) if error.is_unique() => return Err(name_taken(&name)),
        other => other?,
    }
    let anyway = tried.decide_in_tx(&mut tx, id, None, 0, &draft.anyway).await?;
    tried.keep_in_tx(&mut tx, id, now).await?;
    save_registry_in_tx(&mut tx, keys, id, registry).await?;
    let mut detail = record::whole(tried.how(), &settings);
    record::tell_anyway(&mut detail, anyway);
    let entry = Entry::new("cluster.connect", "cluster", id, &name).detail(detail);
    audit::record_in_tx(&mut tx, caller, entry, now).await?;
    tx.commit().await?;
    Ok((id, tried.trial))
}

/// Changes a cluster. Administrators only. [`AccessDraft::Keep`](super::draft::AccessDraft::Keep) leaves the credentials as they are, and
/// calls nothing; others are tried as those of a new cluster are, and what that found is given. What somebody else saved after the form
/// was filled is not overwritten unseen.
pub async fn change_cluster(
    db: &Db,
    keys: &Keys,
    clients: &Clients,
    caller: &Caller,
    id: ClusterId,
    draft: &Draft,
    now: Timestamp,
) -> Result<Option<Trial>> {
    authorize(caller, Action::ManageConnections)?;
    let Checked { name, access, settings, registry } = draft.check().map_err(Error::Invalid)?;
    let tried = match access {
        None => None,
        Some(access) => {
            // Looked at before the call, which takes its time; decided after it.
            let mut reader = db.read().await?;
            let before = find_as_seen(&mut reader, id, draft.seen, now).await?;
            look_for_new_name(&mut reader, &before, &name).await?;
            drop(reader);
            Some(Tried::call(keys, clients, id, access).await?)
        }
    };
    let mut tx = db.begin().await?;
    store::cluster_lock_in_tx(&mut tx, id).await?;
    let before = find_as_seen(&mut tx, id, draft.seen, now).await?;
    look_for_new_name(&mut tx, &before, &name).await?;
    let access = tried.as_ref().map(Tried::access);
    match store::cluster_save_in_tx(&mut tx, id, &name, access.as_ref(), &settings, now).await {
        Err(error) if error.is_unique() => return Err(name_taken(&name)),
        other => other?,
    }
    let mut anyway = None;
    if let Some(tried) = &tried {
        let living = store::cluster_living(&mut tx, id).await?;
        anyway = tried.decide_in_tx(&mut tx, id, Some(&before), living, &draft.anyway).await?;
        // Where environments live, it must stay the same cluster: "gone" would be said of what another has.
        if living == 0 {
            store::cluster_forget_identity_in_tx(&mut tx, id).await?;
        }
        tried.keep_in_tx(&mut tx, id, now).await?;
        // What waits there goes on at once.
        resume_all_in_tx(&mut tx, id, now).await?;
    }
    let how = tried.as_ref().map_or(&before.how, Tried::how);
    let mut detail = record::changes(&before, &name, how, &settings);
    detail["credentials_replaced"] = json!(tried.is_some());
    detail["registries_replaced"] = json!(registry.is_some());
    record::tell_anyway(&mut detail, anyway);
    save_registry_in_tx(&mut tx, keys, id, registry).await?;
    let entry = Entry::new("cluster.change", "cluster", id, &name).detail(detail);
    audit::record_in_tx(&mut tx, caller, entry, now).await?;
    tx.commit().await?;
    Ok(tried.map(|tried| tried.trial))
}

/// The cluster as it stands, which must be as whoever filled the form saw it.
async fn find_as_seen(
    s: &mut dyn Session,
    id: ClusterId,
    seen: Option<i64>,
    now: Timestamp,
) -> Result<Connection> {
    let cluster = found(store::cluster_find(s, id).await?, id)?;
    if seen.is_some_and(|seen| seen != cluster.revision) {
        let (object, revision) = (id.to_string(), cluster.revision);
        let object = ("cluster", object.as_str());
        return Err(audit::changed_meanwhile(s, object, "cluster.change", revision, now).await?);
    }
    Ok(cluster)
}

/// The same, where the name changes: what bears one of two alike can still be given new credentials.
async fn look_for_new_name(s: &mut dyn Session, before: &Connection, name: &str) -> Result<()> {
    if before.name.to_lowercase() == name.to_lowercase() {
        return Ok(());
    }
    look_for_name(s, before.id, name).await
}

/// Refuses a name that another cluster has, or one that differs from it by case alone.
async fn look_for_name(s: &mut dyn Session, id: ClusterId, name: &str) -> Result<()> {
    let all = store::cluster_list(s).await?;
    let same = |other: &&Connection| other.id != id && other.name.to_lowercase() == name.to_lowercase();
    all.iter().find(same).map_or(Ok(()), |other| Err(name_taken(&other.name)))
}

async fn save_registry_in_tx(
    tx: &mut crate::db::Tx,
    keys: &Keys,
    id: ClusterId,
    registry: Option<Option<Registry>>,
) -> Result<()> {
    let Some(registry) = registry else { return Ok(()) };
    let (hosts, sealed) = match registry {
        None => (Vec::new(), None),
        Some(Registry { hosts, config }) => (hosts, Some(keys.seal(&config, &registry_of(id))?)),
    };
    Ok(store::cluster_save_registry_in_tx(tx, id, &hosts, sealed.as_deref()).await?)
}

/// Removes a cluster and its credentials. Administrators only, and only when no environment lives there: Slipway could
/// not take it away any more.
pub async fn remove_cluster(
    db: &Db,
    clients: &Clients,
    caller: &Caller,
    id: ClusterId,
    now: Timestamp,
) -> Result<()> {
    authorize(caller, Action::ManageConnections)?;
    let mut tx = db.begin().await?;
    // No request may come between the count and the removal.
    store::cluster_lock_in_tx(&mut tx, id).await?;
    remove_in_tx(&mut tx, caller, id, now).await?;
    tx.commit().await?;
    clients.forget(id);
    Ok(())
}

/// The same in a transaction that has locked the cluster. Whoever calls it has authorized, and forgets its clients after the commit.
pub(crate) async fn remove_in_tx(
    tx: &mut crate::db::Tx,
    caller: &Caller,
    id: ClusterId,
    now: Timestamp,
) -> Result<()> {
    let cluster = found(store::cluster_find(tx, id).await?, id)?;
    if let Some(Obstacle { why, then }) = obstacle(store::cluster_living(tx, id).await?) {
        return Err(Error::Conflict(format!("{why}. {then}")));
    }
    store::cluster_delete_in_tx(tx, id, now).await?;
    let entry = Entry::new("cluster.remove", "cluster", id, &cluster.name);
    audit::record_in_tx(tx, caller, entry, now).await?;
    Ok(())
}

/// Tests a cluster and keeps what was found. Administrators only. What is wrong is the answer, not an error.
pub async fn test_cluster(
    db: &Db,
    keys: &Keys,
    clients: &Clients,
    caller: &Caller,
    id: ClusterId,
    now: Timestamp,
) -> Result<Trial> {
    authorize(caller, Action::ManageConnections)?;
    let connection = found(store::cluster_find(&mut db.read().await?, id).await?, id)?;
    let mut trial = keep::call(open(db, keys, clients, &connection).await?).await;
    let mut tx = db.begin().await?;
    if let Some(identity) = &trial.identity
        && let Some(Err(fault)) = keep_identity_in_tx(&mut tx, &connection, identity).await?
    {
        trial.fault = Some(fault);
    }
    // What was changed meanwhile is another connection: this test says nothing of it.
    if let Some(fresh) = lock_revision_in_tx(&mut tx, &connection).await? {
        keep::keep_trial_in_tx(&mut tx, &fresh, &trial, now).await?;
        if trial.is_good() {
            resume_all_in_tx(&mut tx, id, now).await?;
        }
    }
    let entry = Entry::new("cluster.test", "cluster", id, &connection.name)
        .detail(json!({ "good": trial.is_good() }));
    audit::record_in_tx(&mut tx, caller, entry, now).await?;
    tx.commit().await?;
    Ok(trial)
}

pub(crate) fn sealed(keys: &Keys, id: ClusterId, access: &Access) -> Result<Option<String>> {
    let Access::Given(credentials) = access else { return Ok(None) };
    let clear = serde_json::to_string(credentials)
        .map_err(|error| Error::internal("writing the credentials of a cluster", error))?;
    keys.seal(&SecretString::from(clear), &credentials_of(id)).map(Some)
}

pub(super) fn registry_of(id: ClusterId) -> String {
    format!("cluster:{id}:registry")
}

pub(super) fn credentials_of(id: ClusterId) -> String {
    format!("cluster:{id}")
}

pub(super) fn found(cluster: Option<Connection>, id: ClusterId) -> Result<Connection> {
    cluster.ok_or_else(|| no_such(id))
}

pub(super) fn no_such(id: ClusterId) -> Error {
    Error::no_such("cluster", id)
}

/// As long as an environment lives there, of any team, a cluster stays.
fn obstacle(living: i64) -> Option<Obstacle> {
    let (why, them) = match living {
        0 => return None,
        1 => ("One environment still lives there".to_owned(), "it"),
        many => (format!("{many} environments still live there"), "them"),
    };
    Some(Obstacle { why, then: format!("Destroy {them} before you remove the cluster") })
}

fn name_taken(name: &str) -> Error {
    Error::field("name", format!("A cluster named “{name}” already exists"))
}

fn summary(connection: Connection) -> ClusterSummary {
    ClusterSummary {
        id: connection.id,
        name: connection.name,
        has_addresses: connection.settings.base_domain.is_some(),
        standing: connection.contact.standing(),
        last_contact_at: connection.contact.last_contact_at,
    }
}

#[cfg(test)]
#[path = "service_tests.rs"]
pub(super) mod tests;
