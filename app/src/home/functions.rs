//! The server function of Home: for everyone signed in, each gets what is theirs.

use jiff::Timestamp;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::environments::view::EnvironmentRow;

/// What stands above one's environments.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HomeView {
    /// None for whoever cannot set Slipway up, and once everything is.
    pub first_steps: Option<FirstSteps>,
    /// The names of the clusters that do not work; none for whoever cannot set Slipway up.
    pub clusters_down: Vec<String>,
    /// Those that need a new token, and when theirs ends; none for whoever cannot set Slipway up. What ends first comes first.
    pub tokens_ending: Vec<(String, Timestamp)>,
    /// What ends first comes first.
    pub attention: Vec<AttentionRow>,
    /// Of the teams that whoever looks leads, asked for by others; none for whoever leads no team.
    pub of_teams: Option<Vec<AttentionRow>>,
}

/// What an administrator sets up before anybody can use Slipway, and which of it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstSteps {
    /// There is a source of the catalog.
    pub source: bool,
    /// There is a cluster.
    pub cluster: bool,
    /// Whoever looks is in a team.
    pub team: bool,
}

impl FirstSteps {
    /// Nothing is left to do.
    pub fn is_done(self) -> bool {
        self.source && self.cluster && self.team
    }
}

/// An environment that needs somebody: it needs attention, or expires soon.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AttentionRow {
    pub row: EnvironmentRow,
    /// Whoever looks may give it more time.
    pub may_extend: bool,
}

/// What needs whoever asks, and what they set up first.
#[server(prefix = "/do", endpoint = "home")]
pub async fn home() -> Result<HomeView, ServerFnError> {
    use crate::request::{caller, now, platform, read_error};
    super::read::home(&platform(), &caller(), now()).await.map_err(read_error)
}
