//! The way back for whoever forgot their password: a link that an administrator, or the command line, makes for one account. Who has it
//! sets a new password, once and within a day.
//!
//! Locks are taken in the order of all use cases of an account: its failures, its row, its link.

use domain::ids::AccountId;
use domain::people::{Action, Caller, authorize};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::accounts::found;
use super::own::tries_of;
use super::{LINK_LIFETIME, after, person};
use crate::audit::{self, Entry};
use crate::db::{Db, Session, Tx};
use crate::people::store::resets::{self, OpenReset, Reset};
use crate::people::store::{self, Account, LOCAL};
use crate::people::token::digest;
use crate::people::{Password, Secret, SignedIn, sessions};
use crate::{Error, Result};

/// Whose password a link sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResetOf {
    /// How pages name the person.
    pub name: String,
    /// The name that they sign in with.
    pub username: String,
}

/// A one-time link to set a new password for an account. The one that was made before is void. The secret is shown once.
pub async fn make_reset_link(db: &Db, caller: &Caller, account: AccountId, now: Timestamp) -> Result<Secret> {
    authorize(caller, Action::ManageAccounts)?;
    let mut tx = db.begin().await?;
    let row = locked(&mut tx, account).await?;
    let secret = link_in_tx(&mut tx, caller, &row, json!({ "username": row.subject }), now).await?;
    tx.commit().await?;
    Ok(secret)
}

/// The same for whoever signs in as `username`: what the command line makes where no administrator can sign in.
pub async fn make_reset_link_by_name(
    db: &Db,
    caller: &Caller,
    username: &str,
    now: Timestamp,
) -> Result<Secret> {
    authorize(caller, Action::ManageAccounts)?;
    let username = username.trim().to_lowercase();
    let mut tx = db.begin().await?;
    let row = store::account_find_by_subject(&mut tx, LOCAL, &username).await?;
    let row = row.ok_or_else(|| Error::NotFound(format!("Nobody signs in as “{username}”")))?;
    let row = locked(&mut tx, row.id).await?;
    let detail = json!({ "username": row.subject, "made_on": "the command line" });
    let secret = link_in_tx(&mut tx, caller, &row, detail, now).await?;
    tx.commit().await?;
    Ok(secret)
}

/// The link for an account, where it can still be used.
pub async fn find_reset_link(
    db: &Db,
    caller: &Caller,
    account: AccountId,
    now: Timestamp,
) -> Result<Option<OpenReset>> {
    authorize(caller, Action::ManageAccounts)?;
    Ok(resets::reset_find_open(&mut db.read().await?, account, now).await?)
}

/// Takes the link for an account back: it is worthless from now on.
pub async fn revoke_reset_link(db: &Db, caller: &Caller, account: AccountId, now: Timestamp) -> Result<()> {
    authorize(caller, Action::ManageAccounts)?;
    let mut tx = db.begin().await?;
    let row = locked(&mut tx, account).await?;
    if resets::reset_find_open(&mut tx, account, now).await?.is_none() {
        return Err(Error::NotFound("That link has already been used, revoked, or has expired".to_owned()));
    }
    resets::reset_delete_of(&mut tx, account).await?;
    let entry = Entry::new("account.reset_link_revoked", "account", account, &row.name);
    audit::record_in_tx(&mut tx, caller, entry, now).await?;
    tx.commit().await?;
    Ok(())
}

/// The account as it stays until the commit: whoever disables it at the same time takes back the link that is made here.
async fn locked(tx: &mut Tx, account: AccountId) -> Result<Account> {
    store::account_lock_in_tx(tx, account).await?;
    found(tx, account).await
}

async fn link_in_tx(
    tx: &mut Tx,
    caller: &Caller,
    row: &Account,
    detail: Value,
    now: Timestamp,
) -> Result<Secret> {
    if row.disabled_at.is_some() {
        return Err(Error::Conflict(format!("{} is disabled. Enable the account first", row.name)));
    }
    if row.issuer != LOCAL {
        let sentence = format!("{} signs in elsewhere, so Slipway keeps no password to set", row.name);
        return Err(Error::Conflict(sentence));
    }
    let secret = Secret::random();
    let expires = after(now, LINK_LIFETIME);
    resets::reset_save(tx, row.id, &secret.digest(), caller.account(), now, expires).await?;
    let entry = Entry::new("account.reset_link", "account", row.id, &row.name).detail(detail);
    audit::record_in_tx(tx, caller, entry, now).await?;
    Ok(secret)
}

/// Whose password a link's secret sets. Strangers may ask, with the secret.
pub async fn find_reset(db: &Db, secret: &str, now: Timestamp) -> Result<ResetOf> {
    let reset = usable(&mut db.read().await?, secret, now).await?;
    Ok(ResetOf { name: reset.name, username: reset.subject })
}

/// Uses a link: sets the password, ends all sessions of the account and forgets failed tries, so that its holder gets in at once. They are
/// signed in with what this gives.
pub async fn reset_password(
    db: &Db,
    secret: &str,
    new: &Password,
    address: &str,
    now: Timestamp,
) -> Result<SignedIn> {
    // Before anything is made of a password, which is dear.
    let reset = usable(&mut db.read().await?, secret, now).await?;
    if let Some(why) = new.refused(&[&reset.subject, &reset.name]).await? {
        return Err(Error::field("secret_new", why));
    }
    let hash = new.hash().await?;
    let mut tx = db.begin().await?;
    // As it stands now: while the password was hashed the link may have been used, or the account kept out.
    let Reset { account_id: account, subject, name, .. } = usable(&mut tx, secret, now).await?;
    store::failure_delete(&mut tx, &subject).await?;
    store::failure_delete(&mut tx, &tries_of(account)).await?;
    let allowed = resets::account_reset_password(&mut tx, account, &hash, now).await?;
    if !allowed || !resets::reset_use(&mut tx, account, &digest(secret)).await? {
        return Err(void());
    }
    let (generation, ended) = sessions::end_of_account_in_tx(&mut tx, account).await?;
    let caller = person(&mut tx, account).await?;
    let entry = Entry::new("account.password_reset", "account", account, &name)
        .detail(json!({ "ended": ended }))
        .address(address);
    audit::record_in_tx(&mut tx, &caller, entry, now).await?;
    tx.commit().await?;
    Ok(SignedIn { account, generation })
}

async fn usable(s: &mut dyn Session, secret: &str, now: Timestamp) -> Result<Reset> {
    let reset = resets::reset_find(s, &digest(secret)).await?;
    reset.filter(|reset| reset.expires_at.0 > now).ok_or_else(void)
}

fn void() -> Error {
    Error::NotFound(
        "This link was used, has expired, or is not valid. Ask an administrator for a new one".to_owned(),
    )
}
