//! What is kept of a connected cluster, and what an administrator types to connect one.

use std::fmt;

use domain::catalog::reference::EntityRef;
pub use domain::clusters::Standing;
use domain::clusters::TokenEnd;
use domain::environments::network::DnsSelector;
use domain::ids::ClusterId;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::address;

/// A connected cluster, without its credentials.
#[derive(Clone, Debug, PartialEq)]
pub struct Connection {
    /// Which.
    pub id: ClusterId,
    /// What people call it; unique.
    pub name: String,
    /// How Slipway signs in.
    pub how: How,
    /// What else is set.
    pub settings: Settings,
    /// Grows with every change, so that a client that was made before it is not used after it.
    pub revision: i64,
    /// The image registries that its environments pull from with credentials.
    pub registries: Vec<String>,
    /// Which cluster it is ([`super::api::ClusterApi::identity`]); none before its first good answer.
    pub identity: Option<String>,
    /// When the token ends that Slipway signs in with; none where it does not say, or was not looked at yet.
    pub token_ends: Option<Timestamp>,
    /// What the last call told.
    pub contact: Contact,
    /// When it was connected.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl Connection {
    /// When its token ends, and how far off that is; none where that is not known.
    pub fn token_end(&self, now: Timestamp) -> Option<(Timestamp, TokenEnd)> {
        self.token_ends.map(|ends| (ends, TokenEnd::of(ends, now)))
    }

    /// Whether somebody has to make a new token for it.
    pub fn needs_token(&self, now: Timestamp) -> bool {
        self.token_end(now).is_some_and(|(_, end)| end.needs_token())
    }
}

/// How Slipway signs in to a cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum How {
    /// With the service account of the pod that it runs in.
    OwnAccount,
    /// With what one context of a kubeconfig gives.
    Kubeconfig {
        /// The context's name.
        context: String,
        /// The API's address.
        server: String,
    },
}

impl How {
    /// The API's address, for people.
    pub fn address(&self) -> &str {
        match self {
            How::OwnAccount => "the cluster that it runs in",
            How::Kubeconfig { server, .. } => server,
        }
    }

    /// Whether both lead to one address.
    pub fn is_same_address(&self, other: &How) -> bool {
        match (self, other) {
            (How::OwnAccount, How::OwnAccount) => true,
            (How::Kubeconfig { server: one, .. }, How::Kubeconfig { server: other, .. }) => {
                address::is_same(one, other)
            }
            _ => false,
        }
    }
}

/// How environments live there, and who may have some.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// The IngressClass of environments' addresses; the cluster's default when absent.
    pub ingress_class: Option<String>,
    /// Where the ingress controller runs: traffic from there is let in.
    pub ingress_namespace: Option<String>,
    /// Addresses are `<environment>.<base domain>`; without it environments have none.
    pub base_domain: Option<String>,
    /// Whether the ingress controller serves TLS for the base domain.
    pub https: bool,
    /// Where pods may ask for names.
    pub dns: DnsSelector,
    /// The teams that may have environments here; empty for all.
    pub teams: Vec<EntityRef>,
    /// How many living environments one team may have here; no limit when absent.
    pub environments_per_team: Option<u32>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            ingress_class: None,
            ingress_namespace: None,
            base_domain: None,
            https: true,
            dns: DnsSelector::default(),
            teams: Vec::new(),
            environments_per_team: None,
        }
    }
}

impl Settings {
    /// Whether `team` may have environments here. `above` holds its parents up to the root: a cluster given to a team
    /// is given to its sub-teams.
    pub fn is_open_to(&self, team: &EntityRef, above: &[EntityRef]) -> bool {
        self.teams.is_empty() || self.teams.iter().any(|open| open == team || above.contains(open))
    }
}

/// What the last call to a cluster told.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Contact {
    /// When it last answered.
    pub last_contact_at: Option<Timestamp>,
    /// What went wrong last, in words; gone once it works again.
    pub last_error: Option<String>,
    /// When that was.
    pub last_error_at: Option<Timestamp>,
    /// When the first of the calls failed that have failed since the last answer.
    pub error_since: Option<Timestamp>,
    /// What the cluster itself said last, where it says more than the words above; for administrators.
    pub error_said: Option<String>,
    /// Its version, as `v1.34.4`.
    pub server_version: Option<String>,
    /// The rights that the last test missed, in words.
    pub missing_rights: Vec<String>,
}

impl Contact {
    /// How the cluster stands by it.
    pub fn standing(&self) -> Standing {
        Standing::of(self.last_error.as_deref(), self.last_contact_at.is_some(), &self.missing_rights)
    }
}

/// What one context of a kubeconfig gives: enough to call the cluster, no file, no program.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Credentials {
    /// The API's address, checked by [`super::address::server`].
    pub server: String,
    /// The certificates that the API's own is checked with, as PEM; the system's when absent.
    pub certificate_authority: Option<String>,
    /// The name to expect in the API's certificate, when it differs from the server's.
    pub tls_server_name: Option<String>,
    /// Who Slipway is there.
    pub identity: Identity,
}

/// Who Slipway is in a cluster.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Identity {
    /// A bearer token.
    Token(#[serde(with = "in_clear")] SecretString),
    /// A client certificate, both parts as PEM.
    Certificate {
        /// The certificate and its chain.
        certificate: String,
        /// Its key.
        #[serde(with = "in_clear")]
        key: SecretString,
    },
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Identity::Token(_) => "Token",
            Identity::Certificate { .. } => "Certificate",
        })
    }
}

/// Credentials are written in clear only into the text that is sealed at once.
mod in_clear {
    use super::{Deserialize, ExposeSecret, SecretString};
    use serde::{Deserializer, Serializer};

    pub fn serialize<S: Serializer>(secret: &SecretString, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(secret.expose_secret())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<SecretString, D::Error> {
        Ok(SecretString::from(String::deserialize(from)?))
    }
}
