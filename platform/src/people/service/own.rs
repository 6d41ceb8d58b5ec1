//! What everybody does with their own account: signing in and out, the password, the sessions.

use domain::ids::AccountId;
use domain::people::{Action, Caller, Person, authorize};
use jiff::Timestamp;
use serde_json::json;

use super::throttle::{looked_at, note_try};
use crate::audit::{self, Entry};
use crate::db::{Db, Tx};
use crate::people::{Password, SignedIn, sessions, store};
use crate::{Error, Result};

/// One of the caller's sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnSession {
    /// What it is called; not its id, which lets in whoever has it.
    pub name: String,
    /// How the browser names itself; empty where it was not used long enough to know.
    pub user_agent: String,
    /// When it began.
    pub began_at: Timestamp,
    /// When it was last used, to the minute.
    pub seen_at: Timestamp,
    /// The one that asks.
    pub is_this: bool,
}

/// The caller's sessions, those that were used last first. `this` is the id of the one that asks.
pub async fn list_sessions(
    db: &Db,
    caller: &Caller,
    this: Option<&str>,
    now: Timestamp,
) -> Result<Vec<OwnSession>> {
    authorize(caller, Action::OwnAccount)?;
    let this = this.map(sessions::name_of);
    let rows = sessions::list(&mut db.read().await?, person(caller)?.account, now).await?;
    let shown = |row: sessions::Listed| OwnSession {
        is_this: Some(&row.id_hash) == this.as_ref(),
        name: row.id_hash,
        user_agent: row.user_agent,
        began_at: row.created_at.0,
        seen_at: row.seen_at.0,
    };
    Ok(rows.into_iter().map(shown).collect())
}

/// Records that the caller signed in from `address`. The door says so once their session is kept, so that the record says what is true.
pub async fn record_sign_in(db: &Db, caller: &Caller, address: &str, now: Timestamp) -> Result<()> {
    authorize(caller, Action::OwnAccount)?;
    let entry = entry("session.start", person(caller)?).address(address);
    record_and_commit(db.begin().await?, caller, entry, now).await
}

/// Ends one of the caller's sessions, by its name.
pub async fn end_session(db: &Db, caller: &Caller, name: &str, now: Timestamp) -> Result<()> {
    authorize(caller, Action::OwnAccount)?;
    let person = person(caller)?;
    let mut tx = db.begin().await?;
    let Some(user_agent) = sessions::delete_own_in_tx(&mut tx, name, person.account).await? else {
        return Err(Error::NotFound("That session has ended already".to_owned()));
    };
    let entry = entry("session.end", person).detail(json!({ "user_agent": user_agent }));
    record_and_commit(tx, caller, entry, now).await
}

/// Ends every session of the caller, on every device.
pub async fn sign_out_everywhere(db: &Db, caller: &Caller, now: Timestamp) -> Result<()> {
    authorize(caller, Action::OwnAccount)?;
    let person = person(caller)?;
    let mut tx = db.begin().await?;
    let (_, ended) = sessions::end_of_account_in_tx(&mut tx, person.account).await?;
    let entry = entry("session.end_all", person).detail(json!({ "ended": ended }));
    record_and_commit(tx, caller, entry, now).await
}

/// Records that the caller signs out. The session itself is the door's to end.
pub async fn sign_out(db: &Db, caller: &Caller, now: Timestamp) -> Result<()> {
    authorize(caller, Action::OwnAccount)?;
    let entry = entry("session.end", person(caller)?);
    record_and_commit(db.begin().await?, caller, entry, now).await
}

/// Gives the caller a new password and ends all their sessions; a new one begins with what this gives.
pub async fn change_password(
    db: &Db,
    caller: &Caller,
    old: &Password,
    new: &Password,
    now: Timestamp,
) -> Result<SignedIn> {
    authorize(caller, Action::OwnAccount)?;
    let person = person(caller)?;
    let account = {
        let mut reader = db.read().await?;
        store::account_find(&mut reader, person.account).await?.ok_or(Error::SignInFirst)?
    };
    if let Some(why) = new.refused(&[&account.subject, &account.name]).await? {
        return Err(Error::field("secret_new", why));
    }
    let tries = tries_of(person.account);
    let noted = note_try(db, &tries, "", now).await?;
    if !looked_at(db, noted, old.verify(account.password_hash.clone()).await).await? {
        return Err(Error::field("secret_old", "This is not your password"));
    }
    let hash = new.hash().await?;
    let mut tx = db.begin().await?;
    store::failure_delete(&mut tx, &tries).await?;
    // In place of the very one that was looked at: meanwhile another may have been set, or the account kept out.
    let before = account.password_hash.as_deref().unwrap_or_default();
    if !store::account_set_password(&mut tx, person.account, before, &hash, now).await? {
        return Err(Error::Conflict(
            "Your account was changed in the meantime, so the password was not changed. Reload the page"
                .to_owned(),
        ));
    }
    // Who knows their password needs no link, and whoever else has one shall not use it.
    store::resets::reset_delete_of(&mut tx, person.account).await?;
    let (generation, _) = sessions::end_of_account_in_tx(&mut tx, person.account).await?;
    record_and_commit(tx, caller, entry("account.password", person), now).await?;
    Ok(SignedIn { account: person.account, generation })
}

fn person(caller: &Caller) -> Result<&Person> {
    caller.person().ok_or(Error::SignInFirst)
}

/// What somebody did with their own account.
fn entry(action: &'static str, person: &Person) -> Entry {
    Entry::new(action, "account", person.account, &person.name)
}

/// Commits what the caller did, with its row in the record.
async fn record_and_commit(mut tx: Tx, caller: &Caller, entry: Entry, now: Timestamp) -> Result<()> {
    audit::record_in_tx(&mut tx, caller, entry, now).await?;
    tx.commit().await?;
    Ok(())
}

/// Under what tries of the old password are counted: no name to sign in with has a colon.
pub(super) fn tries_of(account: AccountId) -> String {
    format!("account:{account}")
}
