//! Who looks at the page.

use serde::{Deserialize, Serialize};

/// Who looks at the page, as far as the frame around it needs to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    /// How pages name them.
    pub name: String,
    /// May do everything: sees Settings.
    pub administrator: bool,
    /// Is in a team.
    pub in_team: bool,
    /// Leads a team.
    pub leads: bool,
    /// Their teams, where no file defines any of them any more, nor one below that they lead: nothing can be requested for those.
    pub lost_teams: Vec<String>,
}

impl Viewer {
    /// Whether there is a team that they may ask for an environment for: their own, any for an administrator.
    pub fn may_request(&self) -> bool {
        self.administrator || (self.in_team && self.lost_teams.is_empty())
    }

    /// Who asked for the page; nobody where nobody is signed in.
    #[cfg(feature = "ssr")]
    pub fn of_request() -> Option<Self> {
        let caller = crate::request::caller();
        let person = caller.person()?;
        Some(Self {
            name: person.name.clone(),
            administrator: person.administrator,
            in_team: !person.teams.is_empty(),
            leads: person.leads_a_team(),
            lost_teams: lost_teams(person),
        })
    }
}

#[cfg(feature = "ssr")]
fn lost_teams(person: &domain::people::Person) -> Vec<String> {
    use leptos::prelude::use_context;
    let Some(platform) = use_context::<std::sync::Arc<platform::Platform>>() else { return Vec::new() };
    let snapshot = platform.catalog.snapshot();
    // Teams below are looked through for those alone whose own are all gone.
    if person.teams.iter().any(|membership| snapshot.has_team(&membership.team))
        || snapshot.teams_led_by(person).iter().any(|team| snapshot.has_team(team))
    {
        return Vec::new();
    }
    let name = |membership: &domain::people::Membership| snapshot.name_of(&membership.team, "group");
    person.teams.iter().map(name).collect()
}
