//! What other use cases and jobs need of a cluster: which one it is, a client, and what a call told.
//!
//! Invariant: nothing here has a caller. Whoever asks has authorized already, or is a job, which asks again at each step.

use std::collections::HashMap;

use domain::ids::ClusterId;
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};

use super::api::ClusterApi;
use super::client::{Access, Clients};
use super::connection::{Connection, Contact, Credentials, How};
use super::fault::Fault;
use super::service::{credentials_of, found, no_such, registry_of};
use super::store::{self, Named};
use super::token;
use crate::db::{Db, Session, Tx};
use crate::environments::resume::resume_in_tx;
use crate::secrets::Keys;
use crate::{Error, Result};

/// What waits for a cluster is tried at once when that answers after so long.
const OUTAGE: SignedDuration = SignedDuration::from_secs(30);

/// A cluster with everything but its credentials, for other use cases, which authorize.
pub async fn find_cluster(db: &Db, id: ClusterId) -> Result<Option<Connection>> {
    Ok(store::cluster_find(&mut db.read().await?, id).await?)
}

/// The same, in a transaction.
pub async fn find_cluster_in_tx(tx: &mut Tx, id: ClusterId) -> Result<Option<Connection>> {
    Ok(store::cluster_find(tx, id).await?)
}

/// Makes requests for one cluster follow one another, so that a limit that was counted still holds at the commit.
pub async fn lock_cluster_in_tx(tx: &mut Tx, id: ClusterId) -> Result<()> {
    Ok(store::cluster_lock_in_tx(tx, id).await?)
}

/// What a cluster is called, also after it was removed.
pub async fn name_of(s: &mut dyn Session, id: ClusterId) -> Result<Option<String>> {
    Ok(store::cluster_name(s, id).await?)
}

/// What these clusters are called, also those that were removed, and whether what lives there can be seen.
pub async fn names_of(
    s: &mut dyn Session,
    ids: impl IntoIterator<Item = ClusterId>,
) -> Result<HashMap<ClusterId, Named>> {
    let named = store::cluster_name_list(s, ids).await?.into_iter();
    Ok(named.map(|named| (named.id, named)).collect())
}

/// What environments there pull images with, for jobs: a Docker `config.json`. None where there are no credentials.
pub async fn registry_credentials(db: &Db, keys: &Keys, id: ClusterId) -> Result<Option<SecretString>> {
    let sealed = store::cluster_registry(&mut db.read().await?, id).await?;
    sealed.map(|sealed| keys.unseal(&sealed, &registry_of(id))).transpose()
}

/// Whether a connection leads to the cluster that its environments live on. The first answer tells which one that is, unless another
/// connection leads there already. Where the connection was changed since it was read, nothing is known: to be asked again with what it is
/// now.
pub async fn check_identity(db: &Db, connection: &Connection, identity: &str) -> Result<Result<(), Fault>> {
    if let Some(known) = &connection.identity {
        return Ok(as_known(known, identity));
    }
    let mut tx = db.begin().await?;
    let same = keep_identity_in_tx(&mut tx, connection, identity).await?;
    tx.commit().await?;
    same.ok_or_else(|| {
        Error::Conflict("The connection of the cluster was changed meanwhile. Try again".to_owned())
    })
}

/// Keeps which cluster answered first, and tells whether it may be this one; none where the connection was changed meanwhile. It locks the
/// row of the cluster, and then which cluster it is.
pub(super) async fn keep_identity_in_tx(
    tx: &mut Tx,
    connection: &Connection,
    identity: &str,
) -> Result<Option<Result<(), Fault>>> {
    let id = connection.id;
    let Some(fresh) = lock_revision_in_tx(tx, connection).await? else { return Ok(None) };
    if let Some(known) = &fresh.identity {
        return Ok(Some(as_known(known, identity)));
    }
    store::identity_lock_in_tx(tx, identity).await?;
    if let Some(twin) = store::cluster_twin_list(tx, identity, id).await?.into_iter().next() {
        return Ok(Some(Err(Fault::ConnectedTwice { name: twin.name })));
    }
    store::cluster_save_identity(tx, id, fresh.revision, identity).await?;
    Ok(Some(Ok(())))
}

fn as_known(known: &str, identity: &str) -> Result<(), Fault> {
    if known == identity { Ok(()) } else { Err(Fault::AnotherCluster) }
}

/// Locks a cluster's row and reads it anew; none where it was changed since it was read, or removed.
pub(super) async fn lock_revision_in_tx(tx: &mut Tx, connection: &Connection) -> Result<Option<Connection>> {
    store::cluster_lock_in_tx(tx, connection.id).await?;
    let fresh = store::cluster_find(tx, connection.id).await?;
    Ok(fresh.filter(|fresh| fresh.revision == connection.revision))
}

/// A cluster to work with, for jobs. It is authorized by what the job does there.
pub async fn open_cluster(
    db: &Db,
    keys: &Keys,
    clients: &Clients,
    id: ClusterId,
) -> Result<(Connection, Result<ClusterApi, Fault>)> {
    let connection = found(store::cluster_find(&mut db.read().await?, id).await?, id)?;
    let client = open(db, keys, clients, &connection).await?;
    Ok((connection, client))
}

/// Keeps what a call to a cluster told: that it answers, or why not. Written only when that is news, or a minute old: by what is kept now,
/// and not by what was read before the call.
pub async fn record_contact(
    db: &Db,
    connection: &Connection,
    outcome: Result<(), &Fault>,
    now: Timestamp,
) -> Result<()> {
    let kept = store::cluster_find(&mut db.read().await?, connection.id).await?;
    let kept = kept.filter(|kept| kept.revision == connection.revision);
    if !kept.is_some_and(|kept| is_news(&kept.contact, outcome, now)) {
        return Ok(());
    }
    let mut tx = db.begin().await?;
    if let Some(fresh) = lock_revision_in_tx(&mut tx, connection).await?
        && is_news(&fresh.contact, outcome, now)
    {
        keep_contact_in_tx(&mut tx, &fresh, outcome, now).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// What comes late says nothing: neither a failure that is not younger than the last answer, nor an answer that is older than the failure.
fn is_news(kept: &Contact, outcome: Result<(), &Fault>, now: Timestamp) -> bool {
    let is_recent = |at: Option<Timestamp>| at.is_some_and(|at| now.duration_since(at).as_secs() < 60);
    match outcome {
        Ok(()) if kept.last_error_at.is_some_and(|failed| now < failed) => false,
        Ok(()) => kept.last_error.is_some() || !is_recent(kept.last_contact_at),
        Err(_) if kept.last_contact_at.is_some_and(|answered| now <= answered) => false,
        Err(fault) => kept.last_error != Some(fault.to_string()) || !is_recent(kept.last_error_at),
    }
}

/// The same in a transaction that has locked the row of the cluster, which is as read in it. What waits for a cluster that answers again
/// goes on at once, but after a short outage, as the pauses are short then: what tries a cluster that comes and goes backs off.
pub(super) async fn keep_contact_in_tx(
    tx: &mut Tx,
    cluster: &Connection,
    outcome: Result<(), &Fault>,
    now: Timestamp,
) -> Result<()> {
    let (id, revision) = (cluster.id, cluster.revision);
    match outcome {
        Ok(()) => {
            store::cluster_save_answer(tx, id, revision, now).await?;
            let failed = cluster.contact.error_since;
            if failed.is_some_and(|since| now.duration_since(since) >= OUTAGE) {
                resume_in_tx(tx, id, now).await?;
            }
        }
        Err(fault) => {
            let said = fault.said();
            store::cluster_save_error(tx, id, revision, &fault.to_string(), said.as_deref(), now).await?;
        }
    }
    Ok(())
}

/// What a connection signs in with; none for the own account.
pub(super) async fn credentials(db: &Db, keys: &Keys, id: ClusterId) -> Result<Option<Credentials>> {
    let sealed = store::cluster_credentials(&mut db.read().await?, id).await?;
    let Some(sealed) = sealed else { return Ok(None) };
    let clear = keys.unseal(&sealed, &credentials_of(id))?;
    serde_json::from_str(clear.expose_secret())
        .map(Some)
        .map_err(|error| Error::internal("reading the credentials of a cluster", error))
}

/// The client of a connection: kept from before, or made now. Outside of any transaction: what the credentials tell of their end is kept
/// where it is not known yet.
pub(super) async fn open(
    db: &Db,
    keys: &Keys,
    clients: &Clients,
    connection: &Connection,
) -> Result<Result<ClusterApi, Fault>> {
    let (id, revision) = (connection.id, connection.revision);
    if let Some(client) = clients.find(id, revision) {
        return Ok(Ok(client));
    }
    let access = match connection.how {
        How::OwnAccount => Access::OwnAccount,
        How::Kubeconfig { .. } => Access::Given(credentials(db, keys, id).await?.ok_or_else(|| no_such(id))?),
    };
    // Of what was connected before that was kept, or by an earlier version since.
    let ends = token::ends(&access);
    if ends != connection.token_ends {
        let mut tx = db.begin().await?;
        store::cluster_save_token_end(&mut tx, id, revision, ends).await?;
        tx.commit().await?;
    }
    Ok(clients.connect(&access).inspect(|client| clients.keep(id, revision, client.clone())))
}
