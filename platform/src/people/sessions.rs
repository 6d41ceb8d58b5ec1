//! Sessions as the database keeps them: the digest of the id, the account, the data, two expiries.
//!
//! Invariants (why the published store was not taken): creating never overwrites, and saving only updates, so that a late
//! request cannot bring a signed-out session back.

use domain::ids::AccountId;
use jiff::Timestamp;
use sqlx::FromRow;

use super::token::digest;
use crate::db::{At, Db, Result};
use crate::{sql, statements};

/// How long sessions live.
#[derive(Clone, Copy, Debug)]
pub struct Lifetimes {
    /// Since the last request.
    pub idle: jiff::SignedDuration,
    /// Since sign-in.
    pub absolute: jiff::SignedDuration,
}

/// What is kept of a session.
#[derive(Clone, Debug, FromRow)]
pub struct Kept {
    /// The session's values as JSON.
    pub data: String,
    /// When it ends unless it is used.
    pub expires_at: At,
    /// When it was last used (to the minute).
    pub seen_at: At,
}

statements! {
    SESSION_CREATE = "insert into sessions (id_hash, account_id, data, created_at, seen_at, expires_at, absolute_expires_at)
        values ($1, $2, $3, $4, $4, $5, $6) on conflict do nothing";
    SESSION_SAVE = "update sessions set account_id = $2, data = $3 where id_hash = $1";
    SESSION_FIND = "select data, expires_at, seen_at from sessions where id_hash = $1 and expires_at > $2";
    SESSION_TOUCH = "update sessions set seen_at = $2, user_agent = $4,
        expires_at = case when $3 < absolute_expires_at then $3 else absolute_expires_at end
        where id_hash = $1";
    SESSION_DELETE = "delete from sessions where id_hash = $1";
    SESSION_DELETE_OF_ACCOUNT = "delete from sessions where account_id = $1";
    SESSION_DELETE_EXPIRED = "delete from sessions where expires_at <= $1";
}

/// Keeps a new session; `false` when the id is taken.
pub async fn create(
    db: &Db,
    id: &str,
    account: Option<AccountId>,
    data: &str,
    lifetimes: Lifetimes,
    now: Timestamp,
) -> Result<bool> {
    let mut tx = db.begin().await?;
    let (idle, absolute) = (after(now, lifetimes.idle), after(now, lifetimes.absolute));
    let account = account.map(|account| account.to_string());
    let made = sql!(
        &mut tx,
        run,
        SESSION_CREATE,
        digest(id),
        account,
        data,
        At(now),
        At(idle.min(absolute)),
        At(absolute)
    )?;
    tx.commit().await?;
    Ok(made == 1)
}

/// Saves the data of a session that exists; a deleted one stays deleted.
pub async fn save(db: &Db, id: &str, account: Option<AccountId>, data: &str) -> Result<()> {
    let mut tx = db.begin().await?;
    sql!(&mut tx, run, SESSION_SAVE, digest(id), account.map(|account| account.to_string()), data)?;
    tx.commit().await
}

/// The session, unless it is over.
pub async fn find(db: &Db, id: &str, now: Timestamp) -> Result<Option<Kept>> {
    let mut reader = db.read().await?;
    sql!(&mut reader, optional Kept, SESSION_FIND, digest(id), At(now))
}

/// Notes that it was used, which moves its idle expiry. Called at most once a minute per session.
pub async fn touch(db: &Db, id: &str, lifetimes: Lifetimes, user_agent: &str, now: Timestamp) -> Result<()> {
    let mut tx = db.begin().await?;
    let agent: String = user_agent.chars().filter(|c| !c.is_control()).take(200).collect();
    sql!(&mut tx, run, SESSION_TOUCH, digest(id), At(now), At(after(now, lifetimes.idle)), agent)?;
    tx.commit().await
}

/// Ends it.
pub async fn delete(db: &Db, id: &str) -> Result<()> {
    let mut tx = db.begin().await?;
    sql!(&mut tx, run, SESSION_DELETE, digest(id))?;
    tx.commit().await
}

/// Ends every session of an account, in the transaction of the reason.
pub async fn delete_of_account_in_tx(tx: &mut crate::db::Tx, account: AccountId) -> Result<u64> {
    sql!(tx, run, SESSION_DELETE_OF_ACCOUNT, account.to_string())
}

/// Clears those that are over.
pub(super) async fn delete_expired_in_tx(tx: &mut crate::db::Tx, now: Timestamp) -> Result<u64> {
    sql!(tx, run, SESSION_DELETE_EXPIRED, At(now))
}

fn after(now: Timestamp, length: jiff::SignedDuration) -> Timestamp {
    now.checked_add(length).unwrap_or(Timestamp::MAX)
}
