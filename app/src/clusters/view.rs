//! What the pages of clusters show, as it travels from the server to the browser. Nothing here holds a secret.

use domain::ids::{ClusterId, EnvironmentId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ui::status::State;

/// A connected cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterView {
    pub id: ClusterId,
    pub name: String,
    /// How Slipway signs in: "Slipway's own account", "Kubeconfig, context prod".
    pub how: String,
    /// The address of its API, where it is known.
    pub server: Option<String>,
    pub base_domain: Option<String>,
    /// Short names of the teams that may use it; none for all.
    pub teams: Vec<String>,
    pub environments_per_team: Option<u32>,
    /// As `v1.34.4`; none before the first test.
    pub server_version: Option<String>,
    pub last_contact_at: Option<Timestamp>,
    pub last_error: Option<String>,
    pub last_error_at: Option<Timestamp>,
    /// The rights that the last test missed, in words.
    pub missing_rights: Vec<String>,
}

impl ClusterView {
    /// How it stands, in a word.
    pub fn state(&self) -> (State, &'static str) {
        if self.last_error.is_some() {
            (State::Bad, "Does not work")
        } else if !self.missing_rights.is_empty() {
            (State::Warn, "Missing permissions")
        } else if self.last_contact_at.is_some() {
            (State::Ok, "Works")
        } else {
            (State::Off, "Not tested")
        }
    }

    /// Why its version is not known, where it is not.
    pub fn why_no_version(&self) -> &'static str {
        match (&self.last_error, self.last_contact_at) {
            (Some(_), _) => "No test has succeeded yet",
            (None, Some(_)) => "No test has told it yet",
            (None, None) => "It has not been tested yet",
        }
    }
}

/// What stands in the form of a cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterForm {
    pub name: String,
    pub ingress_class: String,
    pub ingress_namespace: String,
    pub base_domain: String,
    pub https: bool,
    pub dns_namespace: String,
    pub dns_labels: String,
    /// References of Groups.
    pub teams: Vec<String>,
    pub environments_per_team: String,
    /// The image registries whose credentials are kept.
    pub registries: Vec<String>,
    /// The revision of the cluster that it was filled from; 0 for a new one.
    pub version: i64,
}

/// A team to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamChoice {
    /// The Group's reference.
    pub reference: String,
    /// How pages name it.
    pub name: String,
}

/// What the form needs besides what stands in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectView {
    /// What stands in the form at first.
    pub form: ClusterForm,
    /// Whether Slipway runs in a cluster, so that it has an account of its own there.
    pub in_cluster: bool,
    /// The teams of the catalog, and those that were chosen before.
    pub teams: Vec<TeamChoice>,
    /// The text of `slipway cluster manifest`.
    pub manifest: String,
}

/// Everything of a cluster's page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterPageView {
    pub cluster: ClusterView,
    /// Why it cannot be removed and what to do first, a sentence each; none where it can be.
    pub obstacle: Option<(String, String)>,
    /// What its end would take along; none where nothing lives there.
    pub end: Option<ClusterEndView>,
    pub facts: ConnectView,
}

/// What the end of a cluster would take along.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterEndView {
    /// Whether the last call to it failed: only then giving up is offered.
    pub silent: bool,
    /// How many environments live there.
    pub number: usize,
    /// The first of them, their ids and names.
    pub first: Vec<(EnvironmentId, String)>,
    /// Stands for exactly those that live there: the form posts it.
    pub seen: String,
}

/// What a kubeconfig holds, or why it cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Contexts {
    /// To choose from.
    Found(Vec<ContextChoice>),
    /// A sentence, with the line.
    Refused(String),
}

/// A context of a kubeconfig.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContextChoice {
    pub name: String,
    /// The address of the cluster's API.
    pub server: Option<String>,
    /// Why it cannot be used.
    pub refused: Option<String>,
    /// The one that the kubeconfig says to use.
    pub current: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cluster_works_only_when_nothing_speaks_against_it() {
        let untested = ClusterView {
            id: uuid(),
            name: "a".to_owned(),
            how: String::new(),
            server: None,
            base_domain: None,
            teams: Vec::new(),
            environments_per_team: None,
            server_version: None,
            last_contact_at: None,
            last_error: None,
            last_error_at: None,
            missing_rights: Vec::new(),
        };
        let seen = ClusterView { last_contact_at: Some(Timestamp::UNIX_EPOCH), ..untested.clone() };
        let poor = ClusterView { missing_rights: vec!["create pods".to_owned()], ..seen.clone() };
        let gone = ClusterView { last_error: Some("no answer".to_owned()), ..poor.clone() };
        for (cluster, state) in
            [(untested, State::Off), (seen, State::Ok), (poor, State::Warn), (gone, State::Bad)]
        {
            assert_eq!(cluster.state().0, state, "{cluster:?}");
            let is_said_untested = cluster.why_no_version().contains("not been tested");
            assert_eq!(is_said_untested, state == State::Off, "{cluster:?}");
        }
    }

    fn uuid() -> ClusterId {
        "0190a5a0-0000-7000-8000-000000000000".parse().expect("an id")
    }
}
