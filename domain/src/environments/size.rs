//! The three sizes that a blueprint may offer for a container.

use serde::{Deserialize, Serialize};

/// Requests equal limits, so that what was asked for is what there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Size {
    Small,
    Medium,
    Large,
}

impl Size {
    pub const ALL: [Size; 3] = [Size::Small, Size::Medium, Size::Large];

    pub fn named(name: &str) -> Option<Size> {
        Self::ALL.into_iter().find(|size| size.name() == name)
    }

    pub fn name(self) -> &'static str {
        match self {
            Size::Small => "small",
            Size::Medium => "medium",
            Size::Large => "large",
        }
    }

    /// A Kubernetes quantity of cores.
    pub fn cpu(self) -> &'static str {
        match self {
            Size::Small => "250m",
            Size::Medium => "1",
            Size::Large => "2",
        }
    }

    /// A Kubernetes quantity of bytes.
    pub fn memory(self) -> &'static str {
        match self {
            Size::Small => "512Mi",
            Size::Medium => "2Gi",
            Size::Large => "4Gi",
        }
    }
}
