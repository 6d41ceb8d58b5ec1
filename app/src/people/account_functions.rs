//! Server functions of accounts: for administrators.

use domain::form::FormOutcome;
use domain::ids::{AccountId, InvitationId};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A row of the list of accounts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountRow {
    /// The account.
    pub id: AccountId,
    /// The name that it signs in with.
    pub username: String,
    /// How pages name the person.
    pub name: String,
    /// May do everything.
    pub administrator: bool,
    /// May not sign in.
    pub disabled: bool,
    /// The account of whoever looks.
    pub own: bool,
    /// Short names of its teams, and whether it leads them.
    pub teams: Vec<TeamOfAccount>,
}

/// A team of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamOfAccount {
    /// The Group's reference.
    pub reference: String,
    /// How pages name it.
    pub name: String,
    /// Leads it.
    pub leader: bool,
    /// The catalog has it, and a file defines it.
    pub in_catalog: bool,
}

/// An account with what only its own page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountDetails {
    /// The account.
    pub account: AccountRow,
    /// The link to set a new password that can still be used.
    pub reset_link: Option<ResetLink>,
}

/// A link to set a new password that can still be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResetLink {
    /// Who made it; none for one of the command line.
    pub made_by: Option<String>,
    /// When it ends, in microseconds.
    pub expires_at: i64,
}

/// Everything of the page of people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct People {
    /// Everybody who can sign in.
    pub accounts: Vec<AccountRow>,
    /// The links that can still be used.
    pub invitations: Vec<InvitationRow>,
    /// The Groups of the catalog: reference and short name.
    pub teams: Vec<(String, String)>,
}

/// A link that can still be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationRow {
    /// The link, not its secret.
    pub id: InvitationId,
    /// Makes an administrator.
    pub administrator: bool,
    /// Whom it is for, as whoever made it noted.
    pub for_whom: Option<String>,
    /// Who made it; none for the one that Slipway printed at its start.
    pub made_by: Option<String>,
    /// When it was made, in microseconds.
    pub created_at: i64,
    /// When it ends, in microseconds.
    pub expires_at: i64,
}

/// Everybody who can sign in, and who may still come. Administrators only.
#[server(prefix = "/do", endpoint = "accounts")]
pub async fn accounts() -> Result<People, ServerFnError> {
    use crate::request::{caller, now, platform, read_error};
    use platform::people::service;
    let (platform, caller) = (platform(), caller());
    let accounts = service::list_accounts(&platform.db, &caller).await.map_err(read_error)?;
    let invitations = service::list_invitations(&platform.db, &caller, now()).await.map_err(read_error)?;
    let teams =
        platform::environments::service::teams_of(&platform.environments, &caller).map_err(read_error)?;
    let snapshot = platform.catalog.snapshot();
    let named =
        |team: domain::catalog::EntityRef| (team.as_str().to_owned(), snapshot.name_of(&team, "group"));
    let open = |link: service::OpenInvitation| InvitationRow {
        id: link.id,
        administrator: link.administrator,
        for_whom: link.for_whom,
        made_by: link.made_by,
        created_at: link.created_at.0.as_microsecond(),
        expires_at: link.expires_at.0.as_microsecond(),
    };
    Ok(People {
        accounts: accounts.into_iter().map(|account| row(&platform, account, &caller)).collect(),
        invitations: invitations.into_iter().map(open).collect(),
        teams: teams.into_iter().map(named).collect(),
    })
}

/// An account as pages show it.
#[cfg(feature = "ssr")]
fn row(
    platform: &platform::Platform,
    account: platform::people::service::AccountView,
    caller: &domain::people::Caller,
) -> AccountRow {
    let snapshot = platform.catalog.snapshot();
    let team = |membership: &domain::people::Membership| TeamOfAccount {
        reference: membership.team.as_str().to_owned(),
        name: snapshot.name_of(&membership.team, "group"),
        leader: membership.leader,
        in_catalog: snapshot.has_team(&membership.team),
    };
    AccountRow {
        teams: account.teams.iter().map(team).collect(),
        id: account.id,
        username: account.username,
        name: account.name,
        administrator: account.administrator,
        disabled: account.disabled_at.is_some(),
        own: caller.account() == Some(account.id),
    }
}

/// One account; none where there is no such account. Administrators only.
#[server(prefix = "/do", endpoint = "account")]
pub async fn account(id: String) -> Result<Option<AccountDetails>, ServerFnError> {
    use crate::request::{caller, found, now, parsed, platform, read_error};
    use platform::people::service;
    let (platform, caller) = (platform(), caller());
    let account = match parsed(&id, "account") {
        Ok(id) => service::find_account(&platform.db, &caller, id).await,
        Err(error) => Err(error),
    };
    let Some(account) = found(account)? else { return Ok(None) };
    let link =
        service::find_reset_link(&platform.db, &caller, account.id, now()).await.map_err(read_error)?;
    let reset_link =
        link.map(|link| ResetLink { made_by: link.made_by, expires_at: link.expires_at.0.as_microsecond() });
    Ok(Some(AccountDetails { account: row(&platform, account, &caller), reset_link }))
}

/// A one-time link for somebody new. Administrators only; the link is shown once.
#[server(prefix = "/do", endpoint = "invite")]
pub async fn invite(
    for_whom: Option<String>,
    administrator: Option<String>,
) -> Result<FormOutcome, ServerFnError> {
    use crate::request::{Done, caller, now, outcome, platform, public_url};
    let (platform, for_whom) = (platform(), for_whom.unwrap_or_default());
    let administrator = administrator.is_some();
    let secret =
        platform::people::service::invite(&platform.db, &caller(), administrator, &for_whom, now()).await;
    outcome(secret.map(|secret| {
        let link = format!("{}/welcome/{}", public_url(), secret.reveal());
        Done::to("/settings/people").saying(format!(
            "Send this link to one person. It works once, for 24 hours, and is not shown again: {link}"
        ))
    }))
}

/// Takes a link back that was not used. Administrators only.
#[server(prefix = "/do", endpoint = "withdraw-invitation")]
pub async fn withdraw_invitation(id: String) -> Result<FormOutcome, ServerFnError> {
    use crate::request::{Done, caller, now, outcome, parsed, platform};
    let withdrawn = match parsed(&id, "invitation") {
        Ok(id) => platform::people::service::withdraw_invitation(&platform().db, &caller(), id, now()).await,
        Err(error) => Err(error),
    };
    outcome(withdrawn.map(|()| Done::to("/settings/people").saying("The invitation is revoked")))
}

/// Puts an account into a team. Administrators only.
#[server(prefix = "/do", endpoint = "attach-team")]
pub async fn attach_team(
    account: String,
    team: String,
    leader: Option<String>,
) -> Result<FormOutcome, ServerFnError> {
    use crate::request::{Done, caller, now, outcome, platform};
    let platform = platform();
    let attached = match chosen(&account, &team) {
        Ok(account) => {
            let exists = |team: &domain::catalog::reference::EntityRef| platform.has_group(team);
            let (db, callers) = (&platform.db, &platform.callers);
            platform::people::service::attach_team(
                db,
                callers,
                &caller(),
                account,
                &team,
                leader.is_some(),
                exists,
                now(),
            )
            .await
        }
        Err(error) => Err(error),
    };
    outcome(attached.map(|attached| {
        let said = changed(&attached, &platform.catalog.snapshot());
        Done::to("/settings/people").saying(said)
    }))
}

/// What is different now, for whoever put somebody into a team.
#[cfg(feature = "ssr")]
fn changed(attached: &platform::people::service::Attached, catalog: &platform::catalog::Snapshot) -> String {
    use platform::people::service::TeamChange;
    let (name, team) = (&attached.name, catalog.name_of(&attached.team, "group"));
    match attached.change {
        TeamChange::Added { leader: false } => format!("{name} was added to {team}"),
        TeamChange::Added { leader: true } => format!("{name} was added to {team}, and leads it"),
        TeamChange::MadeLeader => format!("{name} now leads {team}"),
        TeamChange::NoLongerLeader => format!("{name} is in {team}, and no longer leads it"),
        TeamChange::Nothing { leader: false } => format!("{name} is already in {team}. Nothing was changed"),
        TeamChange::Nothing { leader: true } => format!("{name} already leads {team}. Nothing was changed"),
    }
}

/// Whom a form puts into a team. What is left open in it is said at once, at each field.
#[cfg(feature = "ssr")]
fn chosen(account: &str, team: &str) -> platform::Result<AccountId> {
    use domain::form::Problem;
    if !account.is_empty() {
        return crate::request::parsed(account, "account");
    }
    let mut problems = vec![Problem::at("account", "Choose a person")];
    if team.trim().is_empty() {
        problems.push(Problem::at("team", "Choose a team"));
    }
    Err(platform::Error::Invalid(problems))
}

/// Takes an account out of a team. Administrators only.
#[server(prefix = "/do", endpoint = "detach-team")]
pub async fn detach_team(account: String, team: String) -> Result<FormOutcome, ServerFnError> {
    use crate::request::{Done, caller, now, outcome, parsed, platform};
    let platform = platform();
    let detached = match (parsed(&account, "account"), crate::request::reference(&team)) {
        (Ok(account), Ok(team)) => {
            let (db, callers) = (&platform.db, &platform.callers);
            platform::people::service::detach_team(db, callers, &caller(), account, &team, now()).await
        }
        (Err(error), _) | (_, Err(error)) => Err(error),
    };
    outcome(detached.map(|()| Done::to("/settings/people")))
}

/// Keeps an account out, or lets it in again. Administrators only. Leads to the list, or back to the account's own page where `back` says
/// so.
#[server(prefix = "/do", endpoint = "disable-account")]
pub async fn disable_account(
    account: String,
    disabled: bool,
    #[server(default)] back: bool,
) -> Result<FormOutcome, ServerFnError> {
    use crate::request::{Done, caller, now, outcome, parsed, platform};
    let platform = platform();
    let changed = match parsed(&account, "account") {
        Ok(account) => {
            let (db, callers) = (&platform.db, &platform.callers);
            platform::people::service::set_disabled(db, callers, &caller(), account, disabled, now()).await
        }
        Err(error) => Err(error),
    };
    let next = if back { page_of(&account) } else { "/settings/people".to_owned() };
    outcome(changed.map(|name| {
        let said = match disabled {
            true => format!("{name} is disabled and signed out everywhere. Enable undoes it."),
            false => format!("{name} is enabled and can sign in again"),
        };
        Done::to(next).saying(said)
    }))
}

/// Ends every session of an account. Administrators only.
#[server(prefix = "/do", endpoint = "end-sessions")]
pub async fn end_sessions(account: String) -> Result<FormOutcome, ServerFnError> {
    use crate::request::{Done, caller, now, outcome, parsed, platform};
    let ended = match parsed(&account, "account") {
        Ok(account) => {
            platform::people::service::end_sessions(&platform().db, &caller(), account, now()).await
        }
        Err(error) => Err(error),
    };
    outcome(ended.map(|()| Done::to(page_of(&account)).saying("Signed out everywhere")))
}

/// Makes an account an administrator's, or takes that away. Administrators only; `confirmed` is a box that they tick.
#[server(prefix = "/do", endpoint = "set-administrator")]
pub async fn set_administrator(
    account: String,
    administrator: bool,
    confirmed: Option<String>,
) -> Result<FormOutcome, ServerFnError> {
    use crate::request::{Done, caller, now, outcome, parsed, platform};
    use platform::people::service;
    let (platform, caller) = (platform(), caller());
    let changed = match parsed(&account, "account") {
        Ok(_) if confirmed.is_none() => {
            Err(platform::Error::field("confirmed", "Tick this box if you mean it"))
        }
        Ok(id) => {
            let (db, callers) = (&platform.db, &platform.callers);
            match service::find_account(db, &caller, id).await {
                Ok(whose) => service::set_administrator(db, callers, &caller, id, administrator, now())
                    .await
                    .map(|()| whose),
                Err(error) => Err(error),
            }
        }
        Err(error) => Err(error),
    };
    outcome(changed.map(|whose| {
        // Whoever took it from themselves may not see the page any more.
        let own = !administrator && caller.account() == Some(whose.id);
        let to = if own { "/".to_owned() } else { page_of(&account) };
        Done::to(to).saying(match (administrator, own) {
            (true, _) => format!("{} is now an administrator", whose.name),
            (false, true) => "You are no longer an administrator".to_owned(),
            (false, false) => format!("{} is no longer an administrator", whose.name),
        })
    }))
}

/// A one-time link to set a new password for an account. Administrators only; the link is shown once.
#[server(prefix = "/do", endpoint = "create-reset-link")]
pub async fn create_reset_link(account: String) -> Result<FormOutcome, ServerFnError> {
    use crate::request::{Done, caller, now, outcome, parsed, platform, public_url};
    let secret = match parsed(&account, "account") {
        Ok(id) => platform::people::service::make_reset_link(&platform().db, &caller(), id, now()).await,
        Err(error) => Err(error),
    };
    outcome(secret.map(|secret| {
        let link = format!("{}/reset/{}", public_url(), secret.reveal());
        Done::to(page_of(&account)).saying(format!(
            "Send this link to the person whose account it is, and to nobody else. It works once, for 24 hours, and is \
             not shown again: {link}"
        ))
    }))
}

/// Takes the link to set a new password for an account back. Administrators only.
#[server(prefix = "/do", endpoint = "revoke-reset-link")]
pub async fn revoke_reset_link(account: String) -> Result<FormOutcome, ServerFnError> {
    use crate::request::{Done, caller, now, outcome, parsed, platform};
    let revoked = match parsed(&account, "account") {
        Ok(id) => platform::people::service::revoke_reset_link(&platform().db, &caller(), id, now()).await,
        Err(error) => Err(error),
    };
    outcome(revoked.map(|()| Done::to(page_of(&account)).saying("The reset link is revoked")))
}

/// Where an administrator sees an account.
#[cfg(feature = "ssr")]
fn page_of(account: &str) -> String {
    format!("/settings/people/{account}")
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use platform::catalog::Snapshot;
    use platform::people::service::{Attached, TeamChange};

    use super::*;

    #[test]
    fn who_puts_somebody_into_a_team_hears_what_is_different() {
        let said = |change: TeamChange| {
            let team = "group:default/payments".parse().expect("a reference");
            changed(&Attached { name: "Bob Dev".to_owned(), team, change }, &Snapshot::default())
        };
        assert_eq!(said(TeamChange::Added { leader: false }), "Bob Dev was added to payments");
        assert_eq!(said(TeamChange::NoLongerLeader), "Bob Dev is in payments, and no longer leads it");
        let nothing = said(TeamChange::Nothing { leader: true });
        assert_eq!(nothing, "Bob Dev already leads payments. Nothing was changed");
    }
}
