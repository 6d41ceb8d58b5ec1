//! What administrators do with accounts: inviting, teams, ending sessions, keeping out, making others administrators.

use domain::catalog::reference::{DEFAULT_NAMESPACE, EntityRef, RefContext};
use domain::ids::{AccountId, InvitationId};
use domain::people::{Action, Caller, Membership, authorize};
use jiff::Timestamp;
use serde_json::json;

use super::{LINK_LIFETIME, after};
use crate::audit::{self, Entry};
use crate::db::{Db, Tx};
use crate::ids::mint;
use crate::people::store::{self, Account, AccountTeam, OpenInvitation};
use crate::people::{Callers, Secret, callers, sessions};
use crate::{Error, Result};

/// The longest note on whom a link is for, in characters: as long as a name.
const NOTE: usize = 80;

/// An account as administrators see it.
#[derive(Clone, Debug)]
pub struct AccountView {
    /// The account.
    pub id: AccountId,
    /// The name that it signs in with.
    pub username: String,
    /// How pages name the person.
    pub name: String,
    /// May do everything.
    pub administrator: bool,
    /// Since when it may not sign in.
    pub disabled_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Its teams.
    pub teams: Vec<Membership>,
}

/// What putting an account into a team came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attached {
    /// How pages name the person.
    pub name: String,
    /// The team.
    pub team: EntityRef,
    /// What is different now.
    pub change: TeamChange,
}

/// What became of somebody's place in a team.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TeamChange {
    /// They were not in it.
    Added {
        /// They lead it.
        leader: bool,
    },
    /// They were in it, and lead it now.
    MadeLeader,
    /// They led it, and are only in it now.
    NoLongerLeader,
    /// Nothing: they were in it already, in this place.
    Nothing {
        /// They lead it.
        leader: bool,
    },
}

impl TeamChange {
    /// From whether they led it before, where they were in it, to whether they lead it now.
    fn of(before: Option<bool>, leader: bool) -> Self {
        match before {
            None => TeamChange::Added { leader },
            Some(led) if led == leader => TeamChange::Nothing { leader },
            Some(_) if leader => TeamChange::MadeLeader,
            Some(_) => TeamChange::NoLongerLeader,
        }
    }
}

/// A one-time link for somebody new. `for_whom` is a note for the list of open links, and may be empty. The secret is shown once.
pub async fn invite(
    db: &Db,
    caller: &Caller,
    administrator: bool,
    for_whom: &str,
    now: Timestamp,
) -> Result<Secret> {
    authorize(caller, Action::ManageAccounts)?;
    let for_whom = for_whom.trim();
    if for_whom.chars().count() > NOTE || for_whom.chars().any(char::is_control) {
        return Err(Error::field("for_whom", format!("At most {NOTE} characters")));
    }
    let for_whom = Some(for_whom).filter(|note| !note.is_empty());
    let mut tx = db.begin().await?;
    let secret = invite_in_tx(&mut tx, caller, administrator, for_whom, now).await?;
    tx.commit().await?;
    Ok(secret)
}

pub(super) async fn invite_in_tx(
    tx: &mut Tx,
    caller: &Caller,
    administrator: bool,
    for_whom: Option<&str>,
    now: Timestamp,
) -> Result<Secret> {
    let secret = Secret::random();
    let id: InvitationId = mint(now);
    let expires = after(now, LINK_LIFETIME);
    let (digest, by) = (secret.digest(), caller.account());
    store::invitation_create(tx, id, &digest, administrator, for_whom, by, now, expires).await?;
    let mut detail = json!({ "administrator": administrator });
    if let Some(for_whom) = for_whom {
        detail["for"] = json!(for_whom);
    }
    let entry = Entry::new("account.invite", "invitation", id, "invitation").detail(detail);
    audit::record_in_tx(tx, caller, entry, now).await?;
    Ok(secret)
}

/// The links that can still be used, the newest first.
pub async fn list_invitations(db: &Db, caller: &Caller, now: Timestamp) -> Result<Vec<OpenInvitation>> {
    authorize(caller, Action::ManageAccounts)?;
    Ok(store::invitation_list(&mut db.read().await?, now).await?)
}

/// Takes a link back that was not used: it is worthless from now on.
pub async fn withdraw_invitation(db: &Db, caller: &Caller, id: InvitationId, now: Timestamp) -> Result<()> {
    authorize(caller, Action::ManageAccounts)?;
    let mut tx = db.begin().await?;
    if !store::invitation_delete(&mut tx, id).await? {
        return Err(Error::NotFound("That link has already been used or revoked".to_owned()));
    }
    audit::record_in_tx(&mut tx, caller, Entry::new("account.withdraw", "invitation", id, "invitation"), now)
        .await?;
    tx.commit().await?;
    Ok(())
}

/// Everybody who can sign in.
pub async fn list_accounts(db: &Db, caller: &Caller) -> Result<Vec<AccountView>> {
    authorize(caller, Action::ManageAccounts)?;
    let mut reader = db.read().await?;
    let accounts = store::account_list(&mut reader).await?;
    let teams = store::team_list_all(&mut reader).await?;
    Ok(accounts.into_iter().map(|account| seen(account, &teams)).collect())
}

/// One account.
pub async fn find_account(db: &Db, caller: &Caller, account: AccountId) -> Result<AccountView> {
    authorize(caller, Action::ManageAccounts)?;
    let mut reader = db.read().await?;
    let row = store::account_find(&mut reader, account).await?;
    let row = row.ok_or_else(|| Error::no_such("account", account))?;
    let teams = store::team_list(&mut reader, account).await?;
    Ok(seen(row, &teams))
}

/// An account as administrators see it; `teams` may hold those of others.
fn seen(account: Account, teams: &[AccountTeam]) -> AccountView {
    AccountView {
        teams: teams
            .iter()
            .filter(|row| row.account_id == account.id)
            .filter_map(callers::membership)
            .collect(),
        id: account.id,
        username: account.subject,
        name: account.name,
        administrator: account.administrator,
        disabled_at: account.disabled_at.map(Timestamp::from),
        created_at: account.created_at.into(),
    }
}

/// Puts an account into a team, or changes whether it leads it. `exists` says whether the catalog has that Group, and a file describes it.
pub async fn attach_team(
    db: &Db,
    callers: &Callers,
    caller: &Caller,
    account: AccountId,
    team: &str,
    leader: bool,
    exists: impl Fn(&EntityRef) -> bool,
    now: Timestamp,
) -> Result<Attached> {
    authorize(caller, Action::ManageAccounts)?;
    let context = RefContext { kind: Some("group"), namespace: DEFAULT_NAMESPACE };
    if team.trim().is_empty() {
        return Err(Error::field("team", "Choose a team"));
    }
    let team =
        EntityRef::parse(team.trim(), context).map_err(|error| Error::field("team", error.to_string()))?;
    if team.kind() != "group" || !exists(&team) {
        return Err(Error::field(
            "team",
            format!(
                "The catalog has no group {} that a file defines",
                team.short("group", DEFAULT_NAMESPACE)
            ),
        ));
    }
    let mut tx = db.begin().await?;
    // So that what is said to be different is so, whoever else changes it at the same time.
    store::account_lock_in_tx(&mut tx, account).await?;
    let row = found(&mut tx, account).await?;
    let teams = store::team_list(&mut tx, account).await?;
    let before = teams.iter().find(|of| of.team == team.as_str()).map(|of| of.leader);
    let change = TeamChange::of(before, leader);
    if matches!(change, TeamChange::Nothing { .. }) {
        return Ok(Attached { name: row.name, team, change });
    }
    store::team_save(&mut tx, account, team.as_str(), leader, now).await?;
    let entry = Entry::new("account.team_add", "account", account, &row.name)
        .team(&team)
        .detail(json!({ "team": team.as_str(), "leader": leader }));
    audit::record_in_tx(&mut tx, caller, entry, now).await?;
    tx.commit().await?;
    callers.forget();
    Ok(Attached { name: row.name, team, change })
}

/// Takes an account out of a team.
pub async fn detach_team(
    db: &Db,
    callers: &Callers,
    caller: &Caller,
    account: AccountId,
    team: &EntityRef,
    now: Timestamp,
) -> Result<()> {
    authorize(caller, Action::ManageAccounts)?;
    let mut tx = db.begin().await?;
    let row = found(&mut tx, account).await?;
    if !store::team_delete(&mut tx, account, team.as_str()).await? {
        return Err(Error::NotFound(format!("{} is not in {}", row.name, team.name())));
    }
    let entry = Entry::new("account.team_remove", "account", account, &row.name)
        .team(team)
        .detail(json!({ "team": team.as_str() }));
    audit::record_in_tx(&mut tx, caller, entry, now).await?;
    tx.commit().await?;
    callers.forget();
    Ok(())
}

/// Keeps an account out (and ends its sessions), or lets it in again. Nobody keeps themselves out: they could not come back.
/// Gives how pages name the person.
pub async fn set_disabled(
    db: &Db,
    callers: &Callers,
    caller: &Caller,
    account: AccountId,
    disabled: bool,
    now: Timestamp,
) -> Result<String> {
    authorize(caller, Action::ManageAccounts)?;
    if disabled && caller.account() == Some(account) {
        let sentence = "You cannot disable your own account. Another administrator can";
        return Err(Error::Conflict(sentence.to_owned()));
    }
    let mut tx = db.begin().await?;
    // So that two who keep each other out at once do not leave nobody.
    store::administrators_lock_in_tx(&mut tx).await?;
    let row = found(&mut tx, account).await?;
    if disabled && row.administrator && store::administrator_count(&mut tx).await? <= 1 {
        return Err(only_administrator(&row));
    }
    store::account_set_disabled(&mut tx, account, disabled.then_some(now), now).await?;
    if disabled {
        sessions::end_of_account_in_tx(&mut tx, account).await?;
        take_links_in_tx(&mut tx, account).await?;
        store::resets::reset_delete_of(&mut tx, account).await?;
    }
    let action = if disabled { "account.disable" } else { "account.enable" };
    audit::record_in_tx(&mut tx, caller, Entry::new(action, "account", account, &row.name), now).await?;
    tx.commit().await?;
    callers.forget();
    Ok(row.name)
}

/// Lets an account do everything, or no longer. One who can sign in always stays.
pub async fn set_administrator(
    db: &Db,
    callers: &Callers,
    caller: &Caller,
    account: AccountId,
    administrator: bool,
    now: Timestamp,
) -> Result<()> {
    authorize(caller, Action::ManageAccounts)?;
    let mut tx = db.begin().await?;
    // So that two who take it from each other at once do not leave nobody.
    store::administrators_lock_in_tx(&mut tx).await?;
    let row = found(&mut tx, account).await?;
    if row.administrator == administrator {
        return Ok(());
    }
    if !administrator && row.disabled_at.is_none() && store::administrator_count(&mut tx).await? <= 1 {
        return Err(only_administrator(&row));
    }
    store::account_set_administrator(&mut tx, account, administrator, now).await?;
    if !administrator {
        take_links_in_tx(&mut tx, account).await?;
    }
    let action = if administrator { "account.make_administrator" } else { "account.take_administrator" };
    audit::record_in_tx(&mut tx, caller, Entry::new(action, "account", account, &row.name), now).await?;
    tx.commit().await?;
    callers.forget();
    Ok(())
}

/// Takes back every unused link that an account made: else its holder could come back by one of their own.
async fn take_links_in_tx(tx: &mut Tx, account: AccountId) -> Result<()> {
    store::invitation_delete_by(tx, account).await?;
    Ok(store::resets::reset_delete_by(tx, account).await?)
}

fn only_administrator(row: &Account) -> Error {
    Error::Conflict(format!("{} is the only administrator who can sign in", row.name))
}

/// Ends every session of an account, on every device; its password lets in again.
pub async fn end_sessions(db: &Db, caller: &Caller, account: AccountId, now: Timestamp) -> Result<()> {
    authorize(caller, Action::ManageAccounts)?;
    let mut tx = db.begin().await?;
    let row = found(&mut tx, account).await?;
    let (_, ended) = sessions::end_of_account_in_tx(&mut tx, account).await?;
    let entry =
        Entry::new("session.end_all", "account", account, &row.name).detail(json!({ "ended": ended }));
    audit::record_in_tx(&mut tx, caller, entry, now).await?;
    tx.commit().await?;
    Ok(())
}

pub(super) async fn found(tx: &mut Tx, account: AccountId) -> Result<Account> {
    store::account_find(tx, account).await?.ok_or_else(|| Error::no_such("account", account))
}
