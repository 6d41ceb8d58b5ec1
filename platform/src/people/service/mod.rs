//! The use cases of people: the first administrator, links and signing in, which strangers do. What everybody does with their own
//! account is in [`own`], what administrators do in [`accounts`], and links that lead back to an account in [`resets`].

mod accounts;
mod own;
mod resets;
mod throttle;

use domain::form::Problem;
use domain::ids::AccountId;
use domain::people::Caller;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::audit::{self, Entry};
use crate::db::{Db, Session, Tx};
use crate::ids::mint;
use crate::people::store::{self, Account, LOCAL};
use crate::people::{Callers, Password, Secret, SignedIn, callers, sessions};
use crate::{Error, Result};

pub use crate::people::store::OpenInvitation;
pub use crate::people::store::resets::OpenReset;
pub use accounts::{
    AccountView, Attached, TeamChange, attach_team, detach_team, end_sessions, find_account, invite,
    list_accounts, list_invitations, set_administrator, set_disabled, withdraw_invitation,
};
pub use own::{
    OwnSession, change_password, end_session, list_sessions, record_sign_in, sign_out, sign_out_everywhere,
};
pub use resets::{
    ResetOf, find_reset, find_reset_link, make_reset_link, make_reset_link_by_name, reset_password,
    revoke_reset_link,
};

use throttle::{WINDOW, looked_at, note_try};

/// How long a one-time link can be used.
pub const LINK_LIFETIME: SignedDuration = SignedDuration::from_hours(24);
/// The longest name to sign in with, in bytes.
const USERNAME: usize = 64;

/// What the form of a one-time link asks for.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// The name to sign in with.
    pub username: String,
    /// How pages name the person.
    pub name: String,
    /// The password.
    pub password: Password,
}

/// Whether nobody can administer yet: who comes then is told of the link that the start prints. Strangers may ask.
pub async fn is_first_start(db: &Db) -> Result<bool> {
    Ok(store::administrator_count(&mut db.read().await?).await? == 0)
}

/// The secret of a link that makes the first administrator; none when there is one. A link that was made before and not used
/// is worthless from now on.
pub async fn first_link(db: &Db, now: Timestamp) -> Result<Option<Secret>> {
    let mut tx = db.begin().await?;
    if store::administrator_count(&mut tx).await? > 0 {
        return Ok(None);
    }
    store::invitation_delete_first(&mut tx).await?;
    let secret = accounts::invite_in_tx(&mut tx, &Caller::START, true, None, now).await?;
    tx.commit().await?;
    Ok(Some(secret))
}

/// Whether a link's secret can still be used, and whether it makes an administrator.
pub async fn find_invitation(db: &Db, secret: &str, now: Timestamp) -> Result<bool> {
    let mut reader = db.read().await?;
    Ok(usable(&mut reader, secret, now).await?.administrator)
}

/// Uses a one-time link: makes the account, which is signed in with what this gives.
pub async fn accept_invitation(
    db: &Db,
    callers: &Callers,
    secret: &str,
    new: NewAccount,
    address: &str,
    now: Timestamp,
) -> Result<SignedIn> {
    // Before anything is made of a password, which is dear.
    usable(&mut db.read().await?, secret, now).await?;
    check_new(&new).await?;
    let hash = new.password.hash().await?;
    let mut tx = db.begin().await?;
    let invitation = usable(&mut tx, secret, now).await?;
    let account = Account {
        id: mint(now),
        issuer: LOCAL.to_owned(),
        subject: new.username.to_lowercase(),
        name: new.name.trim().to_owned(),
        password_hash: Some(hash),
        administrator: invitation.administrator,
        disabled_at: None,
        session_generation: 0,
        created_at: now.into(),
    };
    match store::account_create(&mut tx, &account, now).await {
        Err(error) if error.is_unique() => {
            return Err(Error::field("username", "This username is already taken"));
        }
        other => other?,
    }
    if !store::invitation_use(&mut tx, invitation.id, account.id, now).await? {
        return Err(used_up());
    }
    let caller = person(&mut tx, account.id).await?;
    let entry = Entry::new("account.create", "account", account.id, &account.name)
        .detail(json!({ "username": account.subject, "administrator": account.administrator }))
        .address(address);
    audit::record_in_tx(&mut tx, &caller, entry, now).await?;
    tx.commit().await?;
    callers.forget();
    Ok(SignedIn { account: account.id, generation: account.session_generation })
}

/// Checks a name and a password, and says whose they are. Nothing tells a wrong name from a wrong password. They are signed in, and it is
/// recorded ([`record_sign_in`]), once the door has kept a session of theirs.
pub async fn sign_in(
    db: &Db,
    username: &str,
    password: &Password,
    address: &str,
    now: Timestamp,
) -> Result<SignedIn> {
    let username = username.trim().to_lowercase();
    let wrong = || Error::field("secret_password", "The username or password is wrong");
    // No account has such a name: nothing of it is kept.
    if !is_username(&username) {
        return Err(wrong());
    }
    let noted = note_try(db, &username, address, now).await.inspect_err(|error| {
        if matches!(error, Error::TooMany(_)) {
            tracing::warn!(address, "sign-ins are refused after too many tries");
        }
    })?;
    let account = store::account_find_by_subject(&mut db.read().await?, LOCAL, &username).await?;
    let account = account.filter(|account| account.disabled_at.is_none());
    let answer = password.verify(account.as_ref().and_then(|account| account.password_hash.clone())).await;
    let right = looked_at(db, noted, answer).await?;
    if !right {
        // Never what was typed as a name: people type their password there.
        let account = account.as_ref().map(|account| account.id.to_string());
        tracing::warn!(address, account, "somebody could not sign in: a wrong name or password");
    }
    let account = account.filter(|_| right).ok_or_else(wrong)?;
    let mut tx = db.begin().await?;
    // As it stands now: while the password was checked it may have been changed, or the account kept out.
    let fresh = store::account_find(&mut tx, account.id).await?;
    let same = |fresh: &Account| fresh.disabled_at.is_none() && fresh.password_hash == account.password_hash;
    let fresh = fresh.filter(same).ok_or_else(wrong)?;
    store::failure_delete(&mut tx, &username).await?;
    tx.commit().await?;
    Ok(SignedIn { account: account.id, generation: fresh.session_generation })
}

async fn person(tx: &mut Tx, account: AccountId) -> Result<Caller> {
    Ok(callers::person(tx, account).await?.map_or(Caller::Stranger, Caller::Person))
}

async fn usable(s: &mut dyn Session, secret: &str, now: Timestamp) -> Result<store::Invitation> {
    let invitation = store::invitation_find(s, &crate::people::token::digest(secret)).await?;
    let invitation = invitation.ok_or_else(used_up)?;
    if invitation.used_at.is_some() || invitation.expires_at.0 <= now {
        return Err(used_up());
    }
    Ok(invitation)
}

fn used_up() -> Error {
    Error::NotFound(
        "This link was used, has expired, or is not valid. Ask an administrator for a new one. If there is no \
         administrator yet, restart Slipway to get a new link"
            .to_owned(),
    )
}

/// Forgets what is over: sessions, and tries that count no more. Gives how many rows went.
pub(crate) async fn sweep_in_tx(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    let sessions = sessions::delete_expired_in_tx(tx, now).await?;
    Ok(sessions + store::failure_delete_old(tx, before(now, WINDOW)).await?)
}

async fn check_new(new: &NewAccount) -> Result<()> {
    let mut problems = Vec::new();
    let username = new.username.as_str();
    if !is_username(username) {
        problems.push(Problem::at("username", "1 to 64 letters, digits or . - _ @ +, without spaces"));
    }
    let name = new.name.trim();
    if name.is_empty() || name.chars().count() > 80 || name.chars().any(char::is_control) {
        problems.push(Problem::at("name", "1 to 80 characters"));
    }
    if let Some(why) = new.password.refused(&[username, name]).await? {
        problems.push(Problem::at("secret_password", why));
    }
    if problems.is_empty() { Ok(()) } else { Err(Error::Invalid(problems)) }
}

/// Whether it has the form of a name to sign in with.
fn is_username(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '@' | '+');
    !text.is_empty() && text.len() <= USERNAME && text.chars().all(allowed)
}

fn after(now: Timestamp, length: SignedDuration) -> Timestamp {
    now.checked_add(length).unwrap_or(Timestamp::MAX)
}

fn before(now: Timestamp, length: SignedDuration) -> Timestamp {
    now.checked_sub(length).unwrap_or(Timestamp::MIN)
}
