//! What the pages of clusters show, as it travels from the server to the browser. Nothing here holds a secret.

use domain::clusters::{Standing, TokenEnd};
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
    /// When the token ends that it signs in with, where it says so, and how far off that is.
    pub token_end: Option<(Timestamp, TokenEnd)>,
    /// The address of its API, where it is known.
    pub server: Option<String>,
    pub base_domain: Option<String>,
    /// Titles or short names of the teams that may use it; none for all.
    pub teams: Vec<String>,
    pub environments_per_team: Option<u32>,
    /// As `v1.34.4`; none before the first test.
    pub server_version: Option<String>,
    pub last_contact_at: Option<Timestamp>,
    pub last_error: Option<String>,
    pub last_error_at: Option<Timestamp>,
    /// When the first of the calls failed that have failed since the last answer.
    pub error_since: Option<Timestamp>,
    /// What the cluster itself said last, shortened.
    pub error_said: Option<String>,
    /// The rights that the last test missed, in words.
    pub missing_rights: Vec<String>,
    pub standing: Standing,
}

impl ClusterView {
    /// How it stands, in a word.
    pub fn state(&self) -> (State, &'static str) {
        let state = match self.standing {
            Standing::Works => State::Ok,
            Standing::Untested => State::Off,
            Standing::RightsMissing => State::Warn,
            Standing::DoesNotWork => State::Bad,
        };
        (state, self.standing.word())
    }

    /// Why its version is not known, where it is not.
    pub fn why_no_version(&self) -> &'static str {
        match self.standing {
            Standing::DoesNotWork => "No test has succeeded yet",
            Standing::Works | Standing::RightsMissing => "No test has told it yet",
            Standing::Untested => "It has not been tested yet",
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
    /// Stands for what was told of a trial, where it is to be kept in spite of that.
    pub anyway: String,
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
    /// The ids and names of the other connections to the same cluster, from before one was connected once.
    pub twins: Vec<(ClusterId, String)>,
    pub facts: ConnectView,
}

/// What the end of a cluster would take along.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterEndView {
    /// Whether the last call to it failed: only then giving up is offered.
    pub silent: bool,
    /// Whether some of what lives there waits for it to answer, and then goes on.
    pub awaited: bool,
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
