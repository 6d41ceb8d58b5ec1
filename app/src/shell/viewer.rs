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
}

impl Viewer {
    /// Whether there is a team that they may ask for an environment for: their own, any for an administrator.
    pub fn may_request(&self) -> bool {
        self.administrator || self.in_team
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
        })
    }
}
