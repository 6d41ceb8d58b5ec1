//! Sessions as the database keeps them: the digest of the id, the account, the data, two expiries.
//!
//! Invariants (why the published store was not taken):
//! - creating never overwrites, and saving only updates, so that a late request cannot bring a signed-out session back;
//! - a session of an account begins only while nothing has ended that account's sessions since its password was looked at.

use domain::ids::AccountId;
use jiff::Timestamp;
use sqlx::FromRow;

use super::token::digest;
use crate::db::{At, Db, Result, Session, Tx};
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
    /// How the browser names itself; empty until it is known.
    pub user_agent: String,
}

/// Whose password was right, and how often the account's sessions had been ended by then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// The account.
    pub account: AccountId,
    /// See [`end_of_account_in_tx`].
    pub generation: i64,
}

/// What became of a new session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begun {
    /// It is kept.
    Yes,
    /// There is one with this id.
    IdTaken,
    /// The account's sessions were ended since its password was looked at, or it is kept out.
    Ended,
}

/// A session as the list of an account's sessions shows it.
#[derive(Clone, Debug, FromRow)]
pub(crate) struct Listed {
    pub id_hash: String,
    pub created_at: At,
    pub seen_at: At,
    pub user_agent: String,
}

statements! {
    ACCOUNT_HOLD = "update accounts set updated_at = updated_at
        where id = $1 and session_generation = $2 and disabled_at is null";
    ACCOUNT_NEXT_GENERATION = "update accounts set session_generation = session_generation + 1 where id = $1
        returning session_generation";
    SESSION_CREATE = "insert into sessions (id_hash, account_id, data, created_at, seen_at, expires_at, absolute_expires_at)
        values ($1, $2, $3, $4, $4, $5, $6) on conflict do nothing";
    SESSION_SAVE = "update sessions set account_id = $2, data = $3 where id_hash = $1";
    SESSION_FIND = "select data, expires_at, seen_at, user_agent from sessions where id_hash = $1 and expires_at > $2";
    SESSION_TOUCH = "update sessions set seen_at = $2, user_agent = $4,
        expires_at = case when $3 < absolute_expires_at then $3 else absolute_expires_at end
        where id_hash = $1";
    SESSION_DELETE = "delete from sessions where id_hash = $1";
    SESSION_LIST = "select id_hash, created_at, seen_at, user_agent from sessions where account_id = $1 and expires_at > $2
        order by seen_at desc, created_at desc, id_hash limit 100";
    SESSION_DELETE_OWN = "delete from sessions where id_hash = $1 and account_id = $2 returning user_agent";
    SESSION_DELETE_OF_ACCOUNT = "delete from sessions where account_id = $1";
    SESSION_DELETE_EXPIRED = "delete from sessions where expires_at <= $1";
}

/// Keeps a new session, of nobody or of who signed in.
pub async fn create(
    db: &Db,
    id: &str,
    who: Option<SignedIn>,
    data: &str,
    lifetimes: Lifetimes,
    now: Timestamp,
) -> Result<Begun> {
    let mut tx = db.begin().await?;
    // It holds the account's row until the commit: what ends sessions comes before, and is seen here, or after, and finds this one.
    if let Some(who) = who
        && sql!(&mut tx, run, ACCOUNT_HOLD, who.account.to_string(), who.generation)? == 0
    {
        return Ok(Begun::Ended);
    }
    let (idle, absolute) = (after(now, lifetimes.idle), after(now, lifetimes.absolute));
    let account = who.map(|who| who.account.to_string());
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
    Ok(if made == 1 { Begun::Yes } else { Begun::IdTaken })
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

/// What the session with this id is called where its id must not be shown.
pub fn name_of(id: &str) -> String {
    digest(id)
}

/// The sessions of an account that are not over, those that were used last first.
pub(crate) async fn list(s: &mut dyn Session, account: AccountId, now: Timestamp) -> Result<Vec<Listed>> {
    sql!(s, all Listed, SESSION_LIST, account.to_string(), At(now))
}

/// Ends the session of this name if it is the account's. Gives how its browser names itself; none when there is no such session.
pub(crate) async fn delete_own_in_tx(tx: &mut Tx, name: &str, account: AccountId) -> Result<Option<String>> {
    let gone = sql!(tx, optional(String,), SESSION_DELETE_OWN, name, account.to_string())?;
    Ok(gone.map(|(user_agent,)| user_agent))
}

/// Ends every session of an account, those too that are about to begin, in the transaction of the reason. Gives the generation
/// that sessions begin with from now on, and how many ended.
pub(crate) async fn end_of_account_in_tx(tx: &mut Tx, account: AccountId) -> Result<(i64, u64)> {
    // First, since it waits for a session that is being made at this moment, which the second then finds.
    let (generation,) = sql!(tx, one(i64,), ACCOUNT_NEXT_GENERATION, account.to_string())?;
    Ok((generation, sql!(tx, run, SESSION_DELETE_OF_ACCOUNT, account.to_string())?))
}

/// Clears those that are over.
pub(super) async fn delete_expired_in_tx(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    sql!(tx, run, SESSION_DELETE_EXPIRED, At(now))
}

fn after(now: Timestamp, length: jiff::SignedDuration) -> Timestamp {
    now.checked_add(length).unwrap_or(Timestamp::MAX)
}
