//! What became of a form, in words that every door can show at the right place, with and without JavaScript.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Fields whose names begin so hold secrets: they are never given back, kept in a session or logged.
pub const SECRET_PREFIX: &str = "secret_";

/// The field that says which state of the thing the form was filled from. Its problem is no sentence, but the state that the form
/// carries from then on: the sentence is that of the whole form.
pub const VERSION: &str = "version";

/// The field of the box that is ticked to have something kept in spite of what was told. Its problem stands for what was told: what the box
/// carries.
pub const ANYWAY: &str = "anyway";

/// The field that no form posts: its problem is the id of the other thing that stands in the way, for a link to it.
pub const TWIN: &str = "twin";

/// Whether the problem of a field is not a sentence to show, but something that the form makes use of.
pub fn is_carried(field: &str) -> bool {
    [VERSION, ANYWAY, TWIN].contains(&field)
}

/// The largest form, in bytes: a pasted kubeconfig or blueprint fits many times.
pub const LARGEST: usize = 1024 * 1024;

/// What is said of a larger one.
pub const TOO_LARGE: &str = "What you sent is too large: at most 1 MiB can be sent at once";

/// What is said of one whose fields are not those that are asked for: a page of another version posted it, or no page at all. The same
/// sent again would be refused again.
pub const UNREADABLE: &str = "What was sent could not be read. Nothing was changed. Open the form again";

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

/// What the server made of a posted form. What somebody typed wrong is an answer, not an error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FormOutcome {
    /// It was done.
    Done {
        /// The page to go to: a path of Slipway.
        to: String,
        /// What to say there in passing.
        message: Option<String>,
    },
    /// Nothing was changed.
    Invalid {
        /// What is wrong, field by field.
        problems: Vec<Problem>,
        /// What is wrong with the whole.
        summary: Option<String>,
    },
}

/// What a form left for the page that comes after it, where the browser posts it without JavaScript. Shown once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    /// The form: the path that it is posted to.
    pub form: String,
    /// What was typed, without secrets.
    pub values: BTreeMap<String, String>,
    /// The names of the secret fields in which something was typed, which does not come back.
    #[serde(default)]
    pub lost: Vec<String>,
    /// What is wrong, field by field.
    pub problems: Vec<Problem>,
    /// What is wrong with the whole.
    pub summary: Option<String>,
    /// What to say in passing.
    pub message: Option<String>,
}

/// A sentence as it is shown on its own, or before others: with its full stop. Those who write them leave it out, since they do not know
/// what follows, or put it in, since another one stands before it.
pub fn full_stop(mut text: String) -> String {
    text.truncate(text.trim_end().len());
    let last = text.trim_end_matches(['"', '”', '’', '\'', ')']).chars().next_back();
    if last.is_some_and(|last| !['.', '!', '?', '…', ':'].contains(&last)) {
        text.push('.');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_large_is_told_the_limit() {
        assert!(TOO_LARGE.contains(&format!("at most {} MiB", LARGEST >> 20)));
    }

    #[test]
    fn a_sentence_ends_with_one_full_stop() {
        for (text, expected) in [
            ("Choose a team", "Choose a team."),
            ("Choose a team. ", "Choose a team."),
            ("Type “lab” to remove it", "Type “lab” to remove it."),
            ("There is no “lab”", "There is no “lab”."),
            ("Which one?", "Which one?"),
            ("The cluster says “not yet.”", "The cluster says “not yet.”"),
            ("", ""),
        ] {
            assert_eq!(full_stop(text.to_owned()), expected);
        }
    }
}
