//! What is wrong with what somebody typed, in a form that every door can show at the right place.

use serde::{Deserialize, Serialize};

/// One problem at one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The name of the field as the form posts it; empty for the form as a whole.
    pub field: String,
    /// A plain sentence that says what is allowed.
    pub message: String,
}

impl Problem {
    /// A problem at `field`.
    pub fn at(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into() }
    }
}
