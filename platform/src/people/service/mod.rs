//! The use cases of people: the first administrator, signing in, the own account; what administrators do is in [`accounts`].

mod accounts;

use domain::form::Problem;
use domain::ids::AccountId;
use domain::people::{Action, Caller, authorize};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::audit::{self, Entry};
use crate::db::{Db, Session, Tx};
use crate::ids::mint;
use crate::people::store::{self, Account, LOCAL};
use crate::people::{Callers, Password, Secret, callers, sessions};
use crate::{Error, Result};

pub use crate::people::store::OpenInvitation;
pub use accounts::{
    AccountView, attach_team, detach_team, invite, list_accounts, list_invitations, set_disabled,
    withdraw_invitation,
};

/// How long a one-time link can be used.
pub const LINK_LIFETIME: SignedDuration = SignedDuration::from_hours(24);
/// Failed sign-ins are counted over this time.
const WINDOW: SignedDuration = SignedDuration::from_mins(15);
/// So many tries within the window: for one name from one address, from one address, for one name from anywhere. The last is
/// far off, so that nobody keeps another out from a machine or two.
const TRIES_BY_NAME_AND_ADDRESS: usize = 10;
const TRIES_BY_ADDRESS: usize = 50;
const TRIES_BY_NAME: usize = 100;

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
    let secret = accounts::invite_in_tx(&mut tx, &Caller::START, true, now).await?;
    tx.commit().await?;
    Ok(Some(secret))
}

/// Whether a link's secret can still be used, and whether it makes an administrator.
pub async fn find_invitation(db: &Db, secret: &str, now: Timestamp) -> Result<bool> {
    let mut reader = db.read().await?;
    Ok(usable(&mut reader, secret, now).await?.administrator)
}

/// Uses a one-time link: makes the account and gives its id to sign in with.
pub async fn accept_invitation(
    db: &Db,
    callers: &Callers,
    secret: &str,
    new: NewAccount,
    address: &str,
    now: Timestamp,
) -> Result<AccountId> {
    check_new(&new)?;
    // Before a password is hashed, which is made to be dear.
    usable(&mut db.read().await?, secret, now).await?;
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
        created_at: now.into(),
    };
    match store::account_create(&mut tx, &account, now).await {
        Err(error) if error.is_unique() => {
            return Err(Error::field("username", "Somebody here signs in with this name already"));
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
    Ok(account.id)
}

/// Checks a name and a password, and says whose they are. Nothing tells a wrong name from a wrong password.
pub async fn sign_in(
    db: &Db,
    username: &str,
    password: &Password,
    address: &str,
    now: Timestamp,
) -> Result<AccountId> {
    let username = username.trim().to_lowercase();
    note_try(db, &username, address, now).await?;
    let account = store::account_find_by_subject(&mut db.read().await?, LOCAL, &username).await?;
    let account = account.filter(|account| account.disabled_at.is_none());
    let right = password.verify(account.as_ref().and_then(|account| account.password_hash.clone())).await?;
    let wrong = || Error::field("secret_password", "The name or the password is wrong");
    let account = account.filter(|_| right).ok_or_else(wrong)?;
    let mut tx = db.begin().await?;
    // As it stands now: while the password was checked it may have been changed, or the account kept out.
    let fresh = store::account_find(&mut tx, account.id).await?;
    let same = |fresh: &Account| fresh.disabled_at.is_none() && fresh.password_hash == account.password_hash;
    if !fresh.is_some_and(|fresh| same(&fresh)) {
        return Err(wrong());
    }
    store::failure_delete(&mut tx, &username).await?;
    let caller = person(&mut tx, account.id).await?;
    let entry = Entry::new("session.start", "account", account.id, &account.name).address(address);
    audit::record_in_tx(&mut tx, &caller, entry, now).await?;
    tx.commit().await?;
    Ok(account.id)
}

/// Ends every session of the caller, on every device.
pub async fn sign_out_everywhere(db: &Db, caller: &Caller, now: Timestamp) -> Result<()> {
    authorize(caller, Action::OwnAccount)?;
    let Some(person) = caller.person() else { return Err(Error::SignInFirst) };
    let mut tx = db.begin().await?;
    let ended = sessions::delete_of_account_in_tx(&mut tx, person.account).await?;
    let entry = Entry::new("session.end_all", "account", person.account, &person.name)
        .detail(json!({ "ended": ended }));
    audit::record_in_tx(&mut tx, caller, entry, now).await?;
    tx.commit().await?;
    Ok(())
}

/// Records that the caller signs out. The session itself is the door's to end.
pub async fn sign_out(db: &Db, caller: &Caller, now: Timestamp) -> Result<()> {
    authorize(caller, Action::OwnAccount)?;
    let Some(person) = caller.person() else { return Err(Error::SignInFirst) };
    let mut tx = db.begin().await?;
    let entry = Entry::new("session.end", "account", person.account, &person.name);
    audit::record_in_tx(&mut tx, caller, entry, now).await?;
    tx.commit().await?;
    Ok(())
}

/// Gives the caller a new password and ends all their sessions.
pub async fn change_password(
    db: &Db,
    caller: &Caller,
    old: &Password,
    new: &Password,
    now: Timestamp,
) -> Result<()> {
    authorize(caller, Action::OwnAccount)?;
    let Some(person) = caller.person() else { return Err(Error::SignInFirst) };
    let account = {
        let mut reader = db.read().await?;
        store::account_find(&mut reader, person.account).await?.ok_or(Error::SignInFirst)?
    };
    if let Err(message) = new.acceptable(&account.subject) {
        return Err(Error::field("secret_new", message));
    }
    let tries = person.account.to_string();
    note_try(db, &tries, "", now).await?;
    if !old.verify(account.password_hash).await? {
        return Err(Error::field("secret_old", "This is not your password"));
    }
    let hash = new.hash().await?;
    let mut tx = db.begin().await?;
    store::failure_delete(&mut tx, &tries).await?;
    store::account_set_password(&mut tx, person.account, &hash, now).await?;
    sessions::delete_of_account_in_tx(&mut tx, person.account).await?;
    audit::record_in_tx(
        &mut tx,
        caller,
        Entry::new("account.password", "account", person.account, &person.name),
        now,
    )
    .await?;
    tx.commit().await?;
    Ok(())
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
        "This link was used, has expired, or was never given out. Ask an administrator for a new one; \
         before there is one, start Slipway again and it prints a new link"
            .to_owned(),
    )
}

/// Refuses one try too many, and counts this one as failed until it went well: many at once cannot all be looked at first.
async fn note_try(db: &Db, name: &str, address: &str, now: Timestamp) -> Result<()> {
    // A reader suffices to refuse, so that refusing costs little.
    throttle(&mut db.read().await?, name, address, now).await?;
    let mut tx = db.begin().await?;
    throttle(&mut tx, name, address, now).await?;
    store::failure_create(&mut tx, mint(now), name, address, now).await?;
    tx.commit().await?;
    Ok(())
}

async fn throttle(s: &mut dyn Session, name: &str, address: &str, now: Timestamp) -> Result<()> {
    // Without an address it is somebody who is signed in: their name alone counts.
    let from = Some(address).filter(|address| !address.is_empty());
    let limits = [
        (Some(name), from, TRIES_BY_NAME_AND_ADDRESS),
        (None, from, TRIES_BY_ADDRESS),
        (Some(name), None, TRIES_BY_NAME),
    ];
    for (name, address, tries) in
        limits.into_iter().filter(|(name, address, _)| (*name, *address) != (None, None))
    {
        let failures = store::failure_times(s, name, address, before(now, WINDOW)).await?;
        let Some(oldest) = failures.get(tries - 1) else { continue };
        let free_at = after(*oldest, WINDOW);
        return Err(Error::TooMany(u64::try_from(free_at.duration_since(now).as_secs()).unwrap_or(0) + 1));
    }
    Ok(())
}

/// Forgets what is over: sessions, and tries that count no more. Gives how many rows went.
pub(crate) async fn sweep_in_tx(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    let sessions = sessions::delete_expired_in_tx(tx, now).await?;
    Ok(sessions + store::failure_delete_old(tx, before(now, WINDOW)).await?)
}

fn check_new(new: &NewAccount) -> Result<()> {
    let mut problems = Vec::new();
    let username = new.username.as_str();
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '@' | '+');
    if username.is_empty() || username.len() > 64 || !username.chars().all(allowed) {
        problems.push(Problem::at("username", "1 to 64 letters, digits or . - _ @ +, without spaces"));
    }
    let name = new.name.trim();
    if name.is_empty() || name.chars().count() > 80 || name.chars().any(char::is_control) {
        problems.push(Problem::at("name", "1 to 80 characters"));
    }
    if let Err(message) = new.password.acceptable(username) {
        problems.push(Problem::at("secret_password", message));
    }
    if problems.is_empty() { Ok(()) } else { Err(Error::Invalid(problems)) }
}

fn after(now: Timestamp, length: SignedDuration) -> Timestamp {
    now.checked_add(length).unwrap_or(Timestamp::MAX)
}

fn before(now: Timestamp, length: SignedDuration) -> Timestamp {
    now.checked_sub(length).unwrap_or(Timestamp::MIN)
}
