//! All SQL of accounts, their teams, invitations and failed sign-ins; reset links have theirs in [`resets`].

pub mod resets;

use domain::ids::{AccountId, FailureId, InvitationId};
use jiff::Timestamp;
use sqlx::FromRow;

use crate::db::{At, Result, Session, Tx};
use crate::{sql, statements};

/// An account.
#[derive(Clone, Debug, FromRow)]
pub struct Account {
    /// Its id.
    #[sqlx(try_from = "String")]
    pub id: AccountId,
    /// `local`, or the issuer of a provider.
    pub issuer: String,
    /// The name that it signs in with.
    pub subject: String,
    /// How pages name the person.
    pub name: String,
    /// argon2id; none for an account of a provider.
    pub password_hash: Option<String>,
    /// May do everything.
    pub administrator: bool,
    /// Since when it may not sign in.
    pub disabled_at: Option<At>,
    /// How often all of its sessions were ended.
    pub session_generation: i64,
    /// When it was made.
    pub created_at: At,
}

/// A team of an account.
#[derive(Clone, Debug, FromRow)]
pub struct AccountTeam {
    /// The account.
    #[sqlx(try_from = "String")]
    pub account_id: AccountId,
    /// The Group's reference.
    pub team: String,
    /// Leads it.
    pub leader: bool,
}

/// A one-time link.
#[derive(Clone, Debug, FromRow)]
pub struct Invitation {
    /// Its id.
    #[sqlx(try_from = "String")]
    pub id: InvitationId,
    /// Makes an administrator.
    pub administrator: bool,
    /// After that it is worthless.
    pub expires_at: At,
    /// When it was used.
    pub used_at: Option<At>,
}

/// A one-time link that can still be used.
#[derive(Clone, Debug, FromRow)]
pub struct OpenInvitation {
    /// Its id.
    #[sqlx(try_from = "String")]
    pub id: InvitationId,
    /// Makes an administrator.
    pub administrator: bool,
    /// Whom it is for, as whoever made it noted; none where they noted nothing.
    pub for_whom: Option<String>,
    /// When it was made.
    pub created_at: At,
    /// After that it is worthless.
    pub expires_at: At,
    /// Who made it; none for the link that Slipway prints at its start.
    pub made_by: Option<String>,
}

statements! {
    ACCOUNT_CREATE = "insert into accounts (id, issuer, subject, name, password_hash, administrator, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $7)";
    ACCOUNT_FIND = "select id, issuer, subject, name, password_hash, administrator, disabled_at, session_generation, created_at
        from accounts where id = $1";
    ACCOUNT_FIND_BY_SUBJECT = "select id, issuer, subject, name, password_hash, administrator, disabled_at, session_generation, created_at
        from accounts where issuer = $1 and subject = $2";
    ACCOUNT_LIST = "select id, issuer, subject, name, password_hash, administrator, disabled_at, session_generation, created_at
        from accounts order by lower(name), id";
    ACCOUNT_SET_PASSWORD = "update accounts set password_hash = $3, updated_at = $4
        where id = $1 and password_hash = $2 and disabled_at is null";
    ACCOUNT_LOCK = "update accounts set updated_at = updated_at where id = $1";
    ACCOUNT_SET_DISABLED = "update accounts set disabled_at = $2, updated_at = $3 where id = $1";
    ACCOUNT_SET_ADMINISTRATOR = "update accounts set administrator = $2, updated_at = $3 where id = $1";
    ADMINISTRATORS_LOCK = "update accounts set updated_at = updated_at where administrator";
    ADMINISTRATOR_COUNT = "select count(*) from accounts where administrator and disabled_at is null";

    TEAM_LIST = "select account_id, team, leader from account_teams where account_id = $1 order by team";
    TEAM_LIST_ALL = "select account_id, team, leader from account_teams order by account_id, team";
    TEAM_SAVE = "insert into account_teams (account_id, team, leader, source, created_at) values ($1, $2, $3, 'hand', $4)
        on conflict (account_id, team, source) do update set leader = excluded.leader";
    TEAM_DELETE = "delete from account_teams where account_id = $1 and team = $2 and source = 'hand'";

    INVITATION_CREATE = "insert into invitations (id, secret_hash, administrator, created_by, created_at, expires_at, for_whom)
        values ($1, $2, $3, $4, $5, $6, $7)";
    INVITATION_FIND = "select i.id, i.administrator, i.expires_at, i.used_at
        from invitations i left join accounts a on a.id = i.created_by
        where i.secret_hash = $1 and (i.created_by is null or (a.administrator and a.disabled_at is null))";
    INVITATION_USE = "update invitations set used_at = $2, used_by = $3 where id = $1 and used_at is null";
    INVITATION_LIST = "select i.id, i.administrator, i.for_whom, i.created_at, i.expires_at, a.name as made_by
        from invitations i left join accounts a on a.id = i.created_by
        where i.used_at is null and i.expires_at > $1
          and (i.created_by is null or (a.administrator and a.disabled_at is null)) order by i.created_at desc, i.id desc";
    INVITATION_DELETE = "delete from invitations where id = $1 and used_at is null";
    INVITATION_DELETE_BY = "delete from invitations where created_by = $1 and used_at is null";
    INVITATION_DELETE_FIRST = "delete from invitations where created_by is null and used_at is null";

    FAILURE_CREATE = "insert into sign_in_failures (id, subject, address, at) values ($1, $2, $3, $4)";
    FAILURE_TIMES = "select at from sign_in_failures
        where at > $3 and (cast($1 as text) is null or subject = $1) and (cast($2 as text) is null or address = $2)
        order by at desc limit 200";
    FAILURE_TAKE_BACK = "delete from sign_in_failures where id = $1";
    FAILURE_DELETE = "delete from sign_in_failures where subject = $1";
    FAILURE_DELETE_OLD = "delete from sign_in_failures where at <= $1";
}

/// The issuer of accounts that are kept here.
pub const LOCAL: &str = "local";

/// Makes an account.
pub async fn account_create(s: &mut dyn Session, account: &Account, now: Timestamp) -> Result<()> {
    let id = account.id.to_string();
    sql!(
        s,
        run,
        ACCOUNT_CREATE,
        id,
        &account.issuer,
        &account.subject,
        &account.name,
        account.password_hash.as_deref(),
        account.administrator,
        At(now)
    )?;
    Ok(())
}

/// The account with this id.
pub async fn account_find(s: &mut dyn Session, id: AccountId) -> Result<Option<Account>> {
    sql!(s, optional Account, ACCOUNT_FIND, id.to_string())
}

/// The account that signs in as `subject` at `issuer`.
pub async fn account_find_by_subject(
    s: &mut dyn Session,
    issuer: &str,
    subject: &str,
) -> Result<Option<Account>> {
    sql!(s, optional Account, ACCOUNT_FIND_BY_SUBJECT, issuer, subject)
}

/// All accounts, by name.
pub async fn account_list(s: &mut dyn Session) -> Result<Vec<Account>> {
    sql!(s, all Account, ACCOUNT_LIST)
}

/// Gives an account a new password in place of the one with the hash `old`; `false` when it has another by now, or is kept out.
pub async fn account_set_password(
    s: &mut dyn Session,
    id: AccountId,
    old: &str,
    new: &str,
    now: Timestamp,
) -> Result<bool> {
    Ok(sql!(s, run, ACCOUNT_SET_PASSWORD, id.to_string(), old, new, At(now))? == 1)
}

/// Locks an account's row until the transaction ends: what is read of it then stays true until the commit.
pub async fn account_lock_in_tx(tx: &mut Tx, id: AccountId) -> Result<()> {
    sql!(tx, run, ACCOUNT_LOCK, id.to_string())?;
    Ok(())
}

/// Lets an account in again (`None`) or keeps it out since a time.
pub async fn account_set_disabled(
    s: &mut dyn Session,
    id: AccountId,
    since: Option<Timestamp>,
    now: Timestamp,
) -> Result<bool> {
    Ok(sql!(s, run, ACCOUNT_SET_DISABLED, id.to_string(), since.map(At), At(now))? == 1)
}

/// Lets an account do everything, or no longer.
pub async fn account_set_administrator(
    s: &mut dyn Session,
    id: AccountId,
    administrator: bool,
    now: Timestamp,
) -> Result<bool> {
    Ok(sql!(s, run, ACCOUNT_SET_ADMINISTRATOR, id.to_string(), administrator, At(now))? == 1)
}

/// Locks the administrators' rows until the transaction ends.
pub async fn administrators_lock_in_tx(tx: &mut Tx) -> Result<()> {
    sql!(tx, run, ADMINISTRATORS_LOCK)?;
    Ok(())
}

/// How many administrators can sign in.
pub async fn administrator_count(s: &mut dyn Session) -> Result<i64> {
    let (count,) = sql!(s, one(i64,), ADMINISTRATOR_COUNT)?;
    Ok(count)
}

/// The teams of an account.
pub async fn team_list(s: &mut dyn Session, id: AccountId) -> Result<Vec<AccountTeam>> {
    sql!(s, all AccountTeam, TEAM_LIST, id.to_string())
}

/// The teams of all accounts.
pub async fn team_list_all(s: &mut dyn Session) -> Result<Vec<AccountTeam>> {
    sql!(s, all AccountTeam, TEAM_LIST_ALL)
}

/// Puts an account into a team, or changes whether it leads it.
pub async fn team_save(
    s: &mut dyn Session,
    id: AccountId,
    team: &str,
    leader: bool,
    now: Timestamp,
) -> Result<()> {
    sql!(s, run, TEAM_SAVE, id.to_string(), team, leader, At(now))?;
    Ok(())
}

/// Takes an account out of a team.
pub async fn team_delete(s: &mut dyn Session, id: AccountId, team: &str) -> Result<bool> {
    Ok(sql!(s, run, TEAM_DELETE, id.to_string(), team)? > 0)
}

/// Keeps the digest of a one-time link.
pub async fn invitation_create(
    s: &mut dyn Session,
    id: InvitationId,
    digest: &str,
    administrator: bool,
    for_whom: Option<&str>,
    by: Option<AccountId>,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<()> {
    let (id, by) = (id.to_string(), by.map(|by| by.to_string()));
    sql!(s, run, INVITATION_CREATE, id, digest, administrator, by, At(now), At(expires_at), for_whom)?;
    Ok(())
}

/// The invitation with this digest, unless whoever made it may not invite any more.
pub async fn invitation_find(s: &mut dyn Session, digest: &str) -> Result<Option<Invitation>> {
    sql!(s, optional Invitation, INVITATION_FIND, digest)
}

/// Uses an invitation up; `false` when somebody was quicker.
pub async fn invitation_use(
    s: &mut dyn Session,
    id: InvitationId,
    by: AccountId,
    now: Timestamp,
) -> Result<bool> {
    Ok(sql!(s, run, INVITATION_USE, id.to_string(), At(now), by.to_string())? == 1)
}

/// The links that can still be used, the newest first.
pub async fn invitation_list(s: &mut dyn Session, now: Timestamp) -> Result<Vec<OpenInvitation>> {
    sql!(s, all OpenInvitation, INVITATION_LIST, At(now))
}

/// Takes back a link that was not used; false when there is none.
pub async fn invitation_delete(s: &mut dyn Session, id: InvitationId) -> Result<bool> {
    Ok(sql!(s, run, INVITATION_DELETE, id.to_string())? == 1)
}

/// Takes back the unused links that an account made.
pub async fn invitation_delete_by(s: &mut dyn Session, by: AccountId) -> Result<u64> {
    sql!(s, run, INVITATION_DELETE_BY, by.to_string())
}

/// Forgets unused links for a first administrator.
pub async fn invitation_delete_first(s: &mut dyn Session) -> Result<()> {
    sql!(s, run, INVITATION_DELETE_FIRST)?;
    Ok(())
}

/// Notes a failed sign-in.
pub async fn failure_create(
    s: &mut dyn Session,
    id: FailureId,
    subject: &str,
    address: &str,
    now: Timestamp,
) -> Result<()> {
    sql!(s, run, FAILURE_CREATE, id.to_string(), subject, address, At(now))?;
    Ok(())
}

/// When sign-ins of `subject` from `address` failed after `since`, where either may be any; the newest first, 200 at most.
pub async fn failure_times(
    s: &mut dyn Session,
    subject: Option<&str>,
    address: Option<&str>,
    since: Timestamp,
) -> Result<Vec<Timestamp>> {
    let times = sql!(s, all(At,), FAILURE_TIMES, subject, address, At(since))?;
    Ok(times.into_iter().map(|(at,)| at.0).collect())
}

/// Forgets one failure, which was none.
pub async fn failure_take_back(s: &mut dyn Session, id: FailureId) -> Result<()> {
    sql!(s, run, FAILURE_TAKE_BACK, id.to_string())?;
    Ok(())
}

/// Forgets the failures of `subject`.
pub async fn failure_delete(s: &mut dyn Session, subject: &str) -> Result<()> {
    sql!(s, run, FAILURE_DELETE, subject)?;
    Ok(())
}

/// Forgets all failures that are as old as `before`.
pub async fn failure_delete_old(s: &mut dyn Session, before: Timestamp) -> Result<u64> {
    sql!(s, run, FAILURE_DELETE_OLD, At(before))
}
