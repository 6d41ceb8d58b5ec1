//! What other use cases and jobs need of a cluster: which one it is, a client, and what a call told.
//!
//! Invariant: nothing here has a caller. Whoever asks has authorized already, or is a job, which asks again at each step.

use std::collections::HashMap;

use domain::ids::ClusterId;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};

use super::api::ClusterApi;
use super::client::{Access, Clients};
use super::connection::{Connection, Credentials, How};
use super::fault::Fault;
use super::service::{credentials_of, found, no_such, registry_of};
use super::store::{self, Named};
use crate::db::{Db, Session, Tx};
use crate::secrets::Keys;
use crate::{Error, Result};

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

/// Whether a connection leads to the cluster that its environments live on. The first answer tells which one that is. Where the
/// connection was changed since it was read, nothing is known: to be asked again with what it is now.
pub async fn is_same_cluster(db: &Db, connection: &Connection, identity: &str) -> Result<bool> {
    if let Some(known) = &connection.identity {
        return Ok(known == identity);
    }
    let mut tx = db.begin().await?;
    let same = keep_identity_in_tx(&mut tx, connection, identity).await?;
    tx.commit().await?;
    same.ok_or_else(|| {
        Error::Conflict("The connection of the cluster was changed meanwhile. Try again".to_owned())
    })
}

/// Keeps which cluster answered first, and tells whether it is this one; none where the connection was changed meanwhile.
pub(super) async fn keep_identity_in_tx(
    tx: &mut Tx,
    connection: &Connection,
    identity: &str,
) -> Result<Option<bool>> {
    let kept = store::cluster_save_identity(tx, connection.id, connection.revision, identity).await?;
    Ok(kept.map(|kept| kept == identity))
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

/// Keeps what a call to a cluster told: that it answers, or why not. Written only when that is news, or a minute old.
pub async fn record_contact(
    db: &Db,
    connection: &Connection,
    outcome: Result<(), &Fault>,
    now: Timestamp,
) -> Result<()> {
    let contact = &connection.contact;
    let (id, revision) = (connection.id, connection.revision);
    match outcome {
        Ok(()) => {
            let recent = contact.last_contact_at.is_some_and(|at| now.duration_since(at).as_secs() < 60);
            if recent && contact.last_error.is_none() {
                return Ok(());
            }
            let mut tx = db.begin().await?;
            store::cluster_save_answer(&mut tx, id, revision, now).await?;
            tx.commit().await?;
        }
        Err(fault) => {
            let sentence = fault.to_string();
            let recent = contact.last_error_at.is_some_and(|at| now.duration_since(at).as_secs() < 60);
            if recent && contact.last_error.as_deref() == Some(sentence.as_str()) {
                return Ok(());
            }
            let mut tx = db.begin().await?;
            store::cluster_save_error(&mut tx, id, revision, &sentence, now).await?;
            tx.commit().await?;
        }
    }
    Ok(())
}

/// The client of a connection: kept from before, or made now.
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
        How::Kubeconfig { .. } => {
            let sealed = store::cluster_credentials(&mut db.read().await?, id).await?;
            let sealed = sealed.ok_or_else(|| no_such(id))?;
            let clear = keys.unseal(&sealed, &credentials_of(id))?;
            let credentials: Credentials = serde_json::from_str(clear.expose_secret())
                .map_err(|error| Error::internal("reading the credentials of a cluster", error))?;
            Access::Given(credentials)
        }
    };
    Ok(clients.connect(&access).inspect(|client| clients.keep(id, revision, client.clone())))
}
