//! The caller: who asks for something. Every use case takes one.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::catalog::reference::EntityRef;
use crate::ids::{AccountId, JobId};

/// Who asks.
#[derive(Clone, Debug, PartialEq)]
pub enum Caller {
    /// Nobody is signed in.
    Stranger,
    /// Somebody with a session.
    Person(Person),
    /// A background job.
    System(System),
}

/// Somebody with a session, as they stood when the request came in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Person {
    /// The account that signed in.
    pub account: AccountId,
    /// How pages name them.
    pub name: String,
    /// Whether the account may do everything.
    pub administrator: bool,
    /// The teams (Group entities) that the account belongs to.
    pub teams: Vec<Membership>,
    /// The address that the request came from, as far as it is known; `None` where a job acts for them.
    pub address: Option<IpAddr>,
}

/// Belonging to a team.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Membership {
    /// The Group.
    pub team: EntityRef,
    /// Leads it: holds for its sub-teams too.
    pub leader: bool,
}

/// A background job. It acts for the one who asked, and may do no more than they may at that moment;
/// one that nobody asked for (reading a source on its schedule) acts for Slipway itself.
#[derive(Clone, Debug, PartialEq)]
pub struct System {
    /// The job; none at the start of the program.
    pub job: Option<JobId>,
    /// For whom.
    pub on_behalf_of: Option<Person>,
}

impl Caller {
    /// Slipway itself while it starts, for the audit.
    pub const START: Caller = Caller::System(System { job: None, on_behalf_of: None });

    /// The person who asks, themselves or through a job.
    pub fn person(&self) -> Option<&Person> {
        match self {
            Caller::Stranger => None,
            Caller::Person(person) => Some(person),
            Caller::System(system) => system.on_behalf_of.as_ref(),
        }
    }

    /// The account for "requested by".
    pub fn account(&self) -> Option<AccountId> {
        self.person().map(|person| person.account)
    }

    /// The address that the request came from, for the audit.
    pub fn address(&self) -> Option<IpAddr> {
        match self {
            Caller::Person(person) => person.address,
            Caller::Stranger | Caller::System(_) => None,
        }
    }

    /// Who this is, for the audit: `account:<id>`, `system:<job>`, `stranger`.
    pub fn actor(&self) -> String {
        match self {
            Caller::Stranger => "stranger".to_owned(),
            Caller::Person(person) => format!("account:{}", person.account),
            Caller::System(System { job: Some(job), .. }) => format!("system:{job}"),
            Caller::System(System { job: None, .. }) => "system:start".to_owned(),
        }
    }

    /// The name for the audit.
    pub fn actor_name(&self) -> &str {
        match self {
            Caller::Stranger => "nobody",
            Caller::Person(person) => &person.name,
            Caller::System(_) => "Slipway",
        }
    }
}

impl Person {
    /// Whether the person is in `team` itself.
    pub fn is_member_of(&self, team: &EntityRef) -> bool {
        self.teams.iter().any(|membership| membership.team == *team)
    }

    /// Whether the person leads any team.
    pub fn leads_a_team(&self) -> bool {
        self.teams.iter().any(|membership| membership.leader)
    }

    /// Whether the person leads `team` or a team above it. `above` holds its parents up to the root.
    pub fn leads(&self, team: &EntityRef, above: &[EntityRef]) -> bool {
        self.teams.iter().any(|membership| {
            membership.leader && (membership.team == *team || above.contains(&membership.team))
        })
    }
}
