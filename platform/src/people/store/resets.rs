//! The SQL of reset links. An account has one at most: a new one takes the place of the older one, and one that was used is gone.

use domain::ids::AccountId;
use jiff::Timestamp;
use sqlx::FromRow;

use crate::db::{At, Result, Session};
use crate::{sql, statements};

/// Whose password a link sets.
#[derive(Clone, Debug, FromRow)]
pub struct Reset {
    /// The account.
    #[sqlx(try_from = "String")]
    pub account_id: AccountId,
    /// The name that it signs in with.
    pub subject: String,
    /// How pages name the person.
    pub name: String,
    /// After that it is worthless.
    pub expires_at: At,
}

/// A link that can still be used.
#[derive(Clone, Debug, FromRow)]
pub struct OpenReset {
    /// After that it is worthless.
    pub expires_at: At,
    /// Who made it; none for a link of the command line.
    pub made_by: Option<String>,
}

statements! {
    RESET_SAVE = "insert into password_resets (account_id, secret_hash, created_by, created_at, expires_at)
        values ($1, $2, $3, $4, $5)
        on conflict (account_id) do update set secret_hash = excluded.secret_hash, created_by = excluded.created_by,
            created_at = excluded.created_at, expires_at = excluded.expires_at";
    RESET_FIND = "select r.account_id, a.subject, a.name, r.expires_at
        from password_resets r join accounts a on a.id = r.account_id left join accounts b on b.id = r.created_by
        where r.secret_hash = $1 and a.disabled_at is null
          and (r.created_by is null or (b.administrator and b.disabled_at is null))";
    RESET_FIND_OPEN = "select r.expires_at, b.name as made_by
        from password_resets r join accounts a on a.id = r.account_id left join accounts b on b.id = r.created_by
        where r.account_id = $1 and r.expires_at > $2 and a.disabled_at is null
          and (r.created_by is null or (b.administrator and b.disabled_at is null))";
    RESET_USE = "delete from password_resets where account_id = $1 and secret_hash = $2";
    RESET_DELETE_OF = "delete from password_resets where account_id = $1";
    RESET_DELETE_BY = "delete from password_resets where created_by = $1";
    ACCOUNT_RESET_PASSWORD = "update accounts set password_hash = $2, updated_at = $3 where id = $1 and disabled_at is null";
}

/// Keeps the digest of a link for an account, in place of the one before.
pub async fn reset_save(
    s: &mut dyn Session,
    account: AccountId,
    digest: &str,
    by: Option<AccountId>,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<()> {
    let by = by.map(|by| by.to_string());
    sql!(s, run, RESET_SAVE, account.to_string(), digest, by, At(now), At(expires_at))?;
    Ok(())
}

/// What the link with this digest is for; none where the account is kept out, or whoever made the link may not make any more.
pub async fn reset_find(s: &mut dyn Session, digest: &str) -> Result<Option<Reset>> {
    sql!(s, optional Reset, RESET_FIND, digest)
}

/// The link for an account, where it can still be used.
pub async fn reset_find_open(
    s: &mut dyn Session,
    account: AccountId,
    now: Timestamp,
) -> Result<Option<OpenReset>> {
    sql!(s, optional OpenReset, RESET_FIND_OPEN, account.to_string(), At(now))
}

/// Uses a link up; `false` when somebody was quicker, or a newer one took its place.
pub async fn reset_use(s: &mut dyn Session, account: AccountId, digest: &str) -> Result<bool> {
    Ok(sql!(s, run, RESET_USE, account.to_string(), digest)? == 1)
}

/// Takes back the link for an account.
pub async fn reset_delete_of(s: &mut dyn Session, account: AccountId) -> Result<()> {
    sql!(s, run, RESET_DELETE_OF, account.to_string())?;
    Ok(())
}

/// Takes back the links that an account made for others.
pub async fn reset_delete_by(s: &mut dyn Session, by: AccountId) -> Result<()> {
    sql!(s, run, RESET_DELETE_BY, by.to_string())?;
    Ok(())
}

/// Gives an account a new password, whatever it had before; `false` when it is kept out.
pub async fn account_reset_password(
    s: &mut dyn Session,
    account: AccountId,
    hash: &str,
    now: Timestamp,
) -> Result<bool> {
    Ok(sql!(s, run, ACCOUNT_RESET_PASSWORD, account.to_string(), hash, At(now))? == 1)
}
