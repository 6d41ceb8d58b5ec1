//! Names of an environment and of what is made for it. All of them follow from its name and id alone,
//! so that a repeated step finds what the first one made.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::dns::is_label;
use crate::ids::EnvironmentId;

/// Labels and annotations on everything that is made.
pub const MANAGED_BY_LABEL: &str = "app.kubernetes.io/managed-by";
pub const PART_OF_LABEL: &str = "app.kubernetes.io/part-of";
pub const ENVIRONMENT_LABEL: &str = "slipway.dev/environment";
pub const OWNER_LABEL: &str = "slipway.dev/owner";
pub const EXPIRES_ANNOTATION: &str = "slipway.dev/expires-at";
pub const OWNER_ANNOTATION: &str = "slipway.dev/owner-ref";
pub const BLUEPRINT_ANNOTATION: &str = "slipway.dev/blueprint";
/// The value of [`MANAGED_BY_LABEL`], and the field manager of server-side apply.
pub const MANAGER: &str = "slipway";

/// Longest name of an environment, so that `env-<name>-<short id>` stays a DNS label.
pub const MAX_NAME: usize = 40;

/// Names that would be taken for something else as a host name or in a cluster.
const RESERVED: [&str; 16] = [
    "admin",
    "all",
    "api",
    "auth",
    "default",
    "docs",
    "ingress",
    "localhost",
    "login",
    "mail",
    "new",
    "ns",
    "slipway",
    "status",
    "www",
    "none",
];

/// A name that a person chose: a DNS label (RFC 1123) of at most 40 characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EnvironmentName(String);

/// Why a name cannot be used; the text is for the field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameRefused {
    #[error("Give the environment a name.")]
    Empty,
    #[error("At most {MAX_NAME} characters. This has {0}.")]
    TooLong(usize),
    #[error("Use lower-case letters, digits and dashes, a letter first and a letter or digit last.")]
    Characters,
    #[error("{0} is kept for other uses. Choose another name.")]
    Reserved(String),
}

impl EnvironmentName {
    pub fn new(name: &str) -> Result<Self, NameRefused> {
        let name = name.trim();
        let length = name.chars().count();
        if name.is_empty() {
            return Err(NameRefused::Empty);
        }
        // RFC 1035 wants a letter first, and some tools still hold it: so do we.
        if !dns_label_shape(name) || !name.starts_with(|c: char| c.is_ascii_lowercase()) {
            return Err(NameRefused::Characters);
        }
        if length > MAX_NAME {
            return Err(NameRefused::TooLong(length));
        }
        if RESERVED.contains(&name) || name.starts_with("kube-") || name.starts_with("xn--") {
            return Err(NameRefused::Reserved(name.to_owned()));
        }
        Ok(EnvironmentName(name.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same name with a number behind it, for one more of its kind: `web-2`. It is cut where that would be too long.
    pub fn numbered(&self, number: u32) -> Self {
        let end = format!("-{number}");
        let kept: String = self.0.chars().take(MAX_NAME.saturating_sub(end.len())).collect();
        EnvironmentName(format!("{}{end}", kept.trim_end_matches('-')))
    }

    /// `<name>.<base domain>` of the cluster's connection.
    pub fn host(&self, base_domain: &str) -> String {
        format!("{}.{}", self.0, base_domain.trim_matches('.').to_lowercase())
    }
}

impl fmt::Display for EnvironmentName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl TryFrom<String> for EnvironmentName {
    type Error = NameRefused;
    fn try_from(name: String) -> Result<Self, NameRefused> {
        EnvironmentName::new(&name)
    }
}

impl From<EnvironmentName> for String {
    fn from(name: EnvironmentName) -> String {
        name.0
    }
}

/// Eight hexadecimal digits of an id. A UUIDv7 begins with the time, so neighbours share their beginning: hash it.
pub fn short(id: &EnvironmentId) -> String {
    short_hash(&id.to_string())
}

/// The namespace of an environment: `env-<name>-<short id>`, a DNS label of at most 53 characters.
pub fn namespace(name: &EnvironmentName, id: &EnvironmentId) -> String {
    format!("env-{name}-{}", short(id))
}

/// Any text as a label value (Kubernetes, "Labels and Selectors": 63 characters, `[A-Za-z0-9._-]`, ends plain).
///
/// A text that is one already stays; any other is cleaned and gets a hash, so that two never become one.
pub fn label_value(text: &str) -> String {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let edge = |c: char| c.is_ascii_alphanumeric();
    let valid =
        text.len() <= 63 && text.chars().all(allowed) && text.starts_with(edge) && text.ends_with(edge);
    if valid {
        return text.to_owned();
    }
    let clean: String = text.chars().map(|c| if allowed(c) { c } else { '-' }).take(54).collect();
    let clean = clean.trim_matches(|c| !edge(c));
    if clean.is_empty() { short_hash(text) } else { format!("{clean}-{}", short_hash(text)) }
}

fn dns_label_shape(name: &str) -> bool {
    // The length is judged apart, so that a long name hears about its length.
    let cut: String = name.chars().take(63).collect();
    is_label(cut.trim_end_matches('-'))
        && !name.ends_with('-')
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

fn short_hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
