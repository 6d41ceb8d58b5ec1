//! The kinds of entity that the catalog knows, and those that it only keeps.
//!
//! A kind is written case-sensitively in a file and compared without regard to case in a reference
//! (Backstage, "Descriptor format of catalog entities").

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The kind of an entity. A kind that Backstage does not define is kept under its own name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    Component,
    Api,
    Resource,
    System,
    Domain,
    Group,
    User,
    Location,
    Template,
    /// Written as in the file. It gets the check of the envelope alone.
    Other(Box<str>),
}

impl Kind {
    /// Every kind with rules of its own, in the order in which people look for them.
    pub const KNOWN: [Kind; 9] = [
        Kind::Component,
        Kind::Api,
        Kind::Resource,
        Kind::System,
        Kind::Domain,
        Kind::Group,
        Kind::User,
        Kind::Location,
        Kind::Template,
    ];

    /// Reads a kind as a file writes it: `API` is known, `api` is another kind.
    pub fn from_file(text: &str) -> Kind {
        match Self::KNOWN.iter().find(|kind| kind.as_str() == text) {
            Some(kind) => kind.clone(),
            None => Kind::Other(text.into()),
        }
    }

    /// Reads a kind as a reference or an address writes it, without regard to case.
    pub fn from_reference(text: &str) -> Kind {
        match Self::KNOWN.iter().find(|kind| kind.as_str().eq_ignore_ascii_case(text)) {
            Some(kind) => kind.clone(),
            None => Kind::Other(text.into()),
        }
    }

    /// The kind as files write it.
    pub fn as_str(&self) -> &str {
        match self {
            Kind::Component => "Component",
            Kind::Api => "API",
            Kind::Resource => "Resource",
            Kind::System => "System",
            Kind::Domain => "Domain",
            Kind::Group => "Group",
            Kind::User => "User",
            Kind::Location => "Location",
            Kind::Template => "Template",
            Kind::Other(text) => text,
        }
    }

    /// Whether entities of this kind belong to someone, so that one without an owner needs attention.
    /// Groups and users own, and a Location only points.
    pub fn has_owner(&self) -> bool {
        matches!(
            self,
            Kind::Component | Kind::Api | Kind::Resource | Kind::System | Kind::Domain | Kind::Template
        )
    }

    /// The values of `apiVersion` that the kind may have; empty when any is right.
    pub fn api_versions(&self) -> &'static [&'static str] {
        match self {
            Kind::Template => &["scaffolder.backstage.io/v1beta3"],
            Kind::Other(_) => &[],
            _ => &["backstage.io/v1alpha1", "backstage.io/v1beta1"],
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Kind::from_file(&String::deserialize(deserializer)?))
    }
}
