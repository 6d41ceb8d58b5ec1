//! How Slipway signs in to a cluster is tried before it is kept, and kept together with what the trial found.
//!
//! - The cluster is called outside of any transaction, with what was typed.
//! - What the trial finds wrong is told first. It is kept all the same by whoever was told exactly that ([`super::draft::Draft::anyway`]).
//! - One cluster is connected once, and another than the one in which a connection's environments live is never used. There is no "all the
//!   same"; credentials that do not tell which cluster they lead to are found out with its first answer.
//!
//! Locks are taken in one order everywhere: the row of the cluster, then which cluster it leads to ([`store::identity_lock_in_tx`]), then
//! jobs.

use domain::clusters::CONNECTED_ALREADY;
use domain::form::{ANYWAY, Problem, TWIN};
use domain::ids::ClusterId;
use jiff::Timestamp;

use super::api::ClusterApi;
use super::client::{Access, Clients};
use super::connection::{Connection, How};
use super::contact::keep_contact_in_tx;
use super::fault::Fault;
use super::service::{found, sealed};
use super::store::{self, SealedAccess};
use super::token;
use super::trial::{self, Trial};
use crate::catalog::hash;
use crate::db::Tx;
use crate::secrets::Keys;
use crate::{Error, Result};

/// How Slipway is to sign in, and what came of trying it.
pub(super) struct Tried {
    how: How,
    sealed: Option<String>,
    token_ends: Option<Timestamp>,
    pub(super) trial: Trial,
}

impl Tried {
    /// Calls the cluster. Every call has its time limit, so this ends.
    pub(super) async fn call(
        keys: &Keys,
        clients: &Clients,
        id: ClusterId,
        (how, access): (How, Access),
    ) -> Result<Self> {
        let trial = call(clients.connect(&access)).await;
        // Only now: the key may have been replaced meanwhile.
        Ok(Self { how, sealed: sealed(keys, id, &access)?, token_ends: token::ends(&access), trial })
    }

    /// As the store wants it.
    pub(super) fn access(&self) -> SealedAccess<'_> {
        SealedAccess { how: &self.how, sealed: self.sealed.clone(), token_ends: self.token_ends }
    }

    /// How Slipway is to sign in.
    pub(super) fn how(&self) -> &How {
        &self.how
    }

    /// Whether it may be kept, in a transaction that has written the cluster's row; gives what speaks against it where it is kept in
    /// spite of that. `before` is the connection that it changes, `living` how many environments live there, `told` stands for what
    /// whoever wants it was told.
    pub(super) async fn decide_in_tx(
        &self,
        tx: &mut Tx,
        id: ClusterId,
        before: Option<&Connection>,
        living: i64,
        told: &str,
    ) -> Result<Option<String>> {
        let known = before.and_then(|before| before.identity.as_deref());
        let mut same_address = None;
        match self.trial.identity.as_deref() {
            // What was connected twice before Slipway looked at that can still be given new credentials.
            Some(identity) if known == Some(identity) => {}
            Some(_) if living > 0 && known.is_some() => {
                return Err(Error::field(self.field(), Fault::AnotherCluster.to_string()));
            }
            Some(identity) => {
                store::identity_lock_in_tx(tx, identity).await?;
                if let Some(twin) = store::cluster_twin_list(tx, identity, id).await?.first() {
                    let said = format!("{CONNECTED_ALREADY}, as “{}”", twin.name);
                    return Err(Error::Invalid(vec![
                        Problem::at(self.field(), said),
                        Problem::at(TWIN, twin.id.to_string()),
                    ]));
                }
            }
            None => {
                let all = store::cluster_list(tx).await?;
                let other = all.into_iter().find(|one| one.id != id && one.how.is_same_address(&self.how));
                same_address = other.map(|other| other.name);
            }
        }
        let same = same_address.as_deref();
        let Some(objection) = self.trial.objection(self.how.address(), same, living) else { return Ok(None) };
        // What was told of one connection says nothing of another, nor of another context of the same kubeconfig.
        let changed = before.map(|before| before.id.to_string()).unwrap_or_default();
        let context = match &self.how {
            How::OwnAccount => "",
            How::Kubeconfig { context, .. } => context,
        };
        // The sentence names only the first of what is missing.
        let missing = self.trial.missing.join("\n");
        let parts = [objection.as_str(), changed.as_str(), context, missing.as_str()];
        let carried = hash::hex(&parts.map(str::as_bytes));
        if carried == told {
            return Ok(self.trial.wrong(same, living));
        }
        let said = format!("{objection}. Set it right, or tick “Keep it anyway” at the end of the form");
        Err(Error::Invalid(vec![Problem::at("", said), Problem::at(ANYWAY, carried)]))
    }

    /// Keeps what the trial found, once the connection itself is kept.
    pub(super) async fn keep_in_tx(&self, tx: &mut Tx, id: ClusterId, now: Timestamp) -> Result<()> {
        let connection = found(store::cluster_find(tx, id).await?, id)?;
        if let Some(identity) = &self.trial.identity {
            store::cluster_save_identity(tx, id, connection.revision, identity).await?;
        }
        keep_trial_in_tx(tx, &connection, &self.trial, now).await
    }

    /// The field in which the way to sign in was chosen.
    fn field(&self) -> &'static str {
        match self.how {
            How::OwnAccount => "access",
            How::Kubeconfig { .. } => "kubeconfig",
        }
    }
}

/// Tries a cluster that can be called, or says why it cannot.
pub(super) async fn call(client: Result<ClusterApi, Fault>) -> Trial {
    match client {
        Ok(client) => trial::run(&client).await,
        Err(fault) => Trial::stopped_by(fault),
    }
}

/// Keeps in a transaction that has locked the cluster's row what a trial of it found, but for which cluster it is.
pub(super) async fn keep_trial_in_tx(
    tx: &mut Tx,
    connection: &Connection,
    trial: &Trial,
    now: Timestamp,
) -> Result<()> {
    keep_contact_in_tx(tx, connection, trial.outcome(), now).await?;
    // One that was broken off tells nothing of what is missing.
    let missing = trial.fault.is_none().then_some(trial.missing.as_slice());
    let version = trial.server_version.as_deref();
    Ok(store::cluster_save_trial(tx, connection.id, connection.revision, version, missing).await?)
}

#[cfg(test)]
#[path = "keep_tests.rs"]
mod tests;
