//! The table of roles: who may do what. Every use case asks here before anything else.
//!
//! viewer < member of a team < leader of a team (holds for its sub-teams) < administrator. Everyone who is signed in is
//! a viewer. A file gives nobody a role. A job may do what the person it acts for may do at that moment; a job of
//! Slipway's own (reading a source, expiring an environment) may do what its room needs.

use super::{Caller, Person};
use crate::catalog::reference::EntityRef;
use crate::ids::AccountId;

/// What somebody wants to do, with the object where the answer depends on it.
#[derive(Clone, Copy, Debug)]
pub enum Action<'a> {
    /// See the catalog, blueprints, environments' states, names of connections.
    See,
    /// Change one's own account: password, theme, sessions.
    OwnAccount,
    /// Ask for an environment for a team.
    RequestEnvironment(Owned<'a>),
    /// See an environment's outputs.
    SeeOutputs(Owned<'a>),
    /// Extend, retry or cancel it.
    ChangeEnvironment(Owned<'a>),
    /// Destroy it.
    DestroyEnvironment(Owned<'a>),
    /// Have Slipway stop looking after an environment that it cannot destroy.
    GiveUpEnvironment,
    /// Remove an entity that no file names any more.
    RemoveOrphan(Owned<'a>),
    /// Add, change, remove sources of the catalog.
    ManageSources,
    /// Read a source now.
    RefreshSources,
    /// Add, change, test, remove clusters; see their details.
    ManageConnections,
    /// Publish blueprints, withdraw them, offer them again.
    ManageBlueprints,
    /// Invite people, attach them to teams, make them administrators, disable them, end their sessions, give them a way back.
    ManageAccounts,
    /// See the queue and its failures, and run a failed job again.
    Operate,
    /// See the audit of what the teams that one leads own, and the teams below them.
    SeeTeamAudit,
    /// See the whole audit.
    SeeAudit,
}

/// An object of a team.
#[derive(Clone, Copy, Debug)]
pub struct Owned<'a> {
    /// The team that owns it.
    pub team: &'a EntityRef,
    /// The teams above that team, up to the root.
    pub above: &'a [EntityRef],
    /// Who asked for it, where that matters.
    pub requester: Option<AccountId>,
}

/// The answer "no".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// Nobody is signed in.
    #[error("You are not signed in")]
    SignInFirst,
    /// Not this person. The sentence says who can.
    #[error("{0}")]
    NotYou(String),
}

/// Whether `caller` may do `action`.
pub fn authorize(caller: &Caller, action: Action<'_>) -> Result<(), Denied> {
    let person = match caller {
        Caller::Stranger => return Err(Denied::SignInFirst),
        Caller::System(system) => match &system.on_behalf_of {
            None => return Ok(()),
            Some(person) => person,
        },
        Caller::Person(person) => person,
    };
    if person.administrator || allowed(person, action) {
        return Ok(());
    }
    Err(Denied::NotYou(who_can(action)))
}

fn allowed(person: &Person, action: Action<'_>) -> bool {
    match action {
        Action::See | Action::OwnAccount => true,
        Action::RequestEnvironment(owned) | Action::SeeOutputs(owned) | Action::ChangeEnvironment(owned) => {
            person.is_member_of(owned.team) || person.leads(owned.team, owned.above)
        }
        Action::DestroyEnvironment(owned) => {
            owned.requester == Some(person.account) || person.leads(owned.team, owned.above)
        }
        Action::RemoveOrphan(owned) => person.leads(owned.team, owned.above),
        Action::RefreshSources => !person.teams.is_empty(),
        Action::SeeTeamAudit => person.leads_a_team(),
        Action::GiveUpEnvironment
        | Action::ManageSources
        | Action::ManageConnections
        | Action::ManageBlueprints
        | Action::ManageAccounts
        | Action::Operate
        | Action::SeeAudit => false,
    }
}

fn who_can(action: Action<'_>) -> String {
    match action {
        Action::See | Action::OwnAccount => "Sign in to do this".to_owned(),
        Action::RequestEnvironment(owned) => {
            format!("Only members of {} can request an environment for it", owned.team.name())
        }
        Action::SeeOutputs(owned) => {
            format!("Only members of {} can see its outputs", owned.team.name())
        }
        Action::ChangeEnvironment(owned) => format!("Only members of {} can change it", owned.team.name()),
        Action::DestroyEnvironment(owned) => {
            format!("Only the person who requested it or a leader of {} can destroy it", owned.team.name())
        }
        Action::GiveUpEnvironment => "Only administrators can give up an environment".to_owned(),
        Action::RemoveOrphan(owned) => format!("Only a leader of {} can remove it", owned.team.name()),
        Action::RefreshSources => "Only members of a team can refresh a source".to_owned(),
        Action::ManageSources => "Only administrators can change where the catalog is read from".to_owned(),
        Action::ManageConnections => "Only administrators can see and change connections".to_owned(),
        Action::ManageBlueprints => "Only administrators can publish blueprints".to_owned(),
        Action::ManageAccounts => "Only administrators can see and change accounts".to_owned(),
        Action::Operate => "Only administrators can see the queue".to_owned(),
        Action::SeeTeamAudit => "Only administrators and team leaders can see the audit".to_owned(),
        Action::SeeAudit => "Only administrators can see the whole audit".to_owned(),
    }
}
