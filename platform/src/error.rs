//! What a use case can answer besides success. It knows no transport: the doors choose the status.

use domain::environments::lifetime::print;
use domain::form::Problem;
use jiff::SignedDuration;

/// The result of a use case.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a use case did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody is signed in.
    #[error("You are not signed in")]
    SignInFirst,
    /// The caller may know of the object but not do this to it. The sentence says who can.
    #[error("{0}")]
    Forbidden(String),
    /// There is no such object, or the caller may not know of it.
    #[error("{0}")]
    NotFound(String),
    /// What was typed breaks a rule; each problem names its field.
    #[error("{}", summary(.0))]
    Invalid(Vec<Problem>),
    /// The request is well formed but does not fit the state of things now.
    #[error("{0}")]
    Conflict(String),
    /// Somebody changed what the form was filled from, after it was filled. `version` is what the form carries from then on, so that
    /// it is sent again knowingly.
    #[error("{sentence}")]
    ChangedMeanwhile {
        /// For the person: who, and when.
        sentence: String,
        /// As it stands now.
        version: i64,
    },
    /// Too many tries; the whole seconds to wait.
    #[error("Too many tries. Wait {} and try again", wait(*.0))]
    TooMany(u64),
    /// Something that Slipway depends on did not answer. The sentence says what; the source is for the log.
    #[error("{sentence}")]
    Unavailable {
        /// For the person.
        sentence: String,
        /// For the log.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A fault of ours. The person sees a fixed sentence and an id; the source is for the log.
    #[error("{step}")]
    Internal {
        /// Which step failed, for the log.
        step: String,
        /// The cause, for the log.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl Error {
    /// "There is no environment *payments-pr-311*".
    pub fn no_such(what: &str, name: impl std::fmt::Display) -> Self {
        Error::NotFound(format!("There is no {what} “{name}”"))
    }

    /// One problem at one field.
    pub fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        Error::Invalid(vec![Problem::at(field, message)])
    }

    /// A fault of ours, with the step that failed.
    pub fn internal(
        step: impl Into<String>,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Error::Internal { step: step.into(), source: source.into() }
    }
}

/// Whole minutes above one: nobody counts 899 s.
fn wait(seconds: u64) -> String {
    let whole = if seconds > 60 { seconds.div_ceil(60) * 60 } else { seconds };
    print(SignedDuration::from_secs(i64::try_from(whole).unwrap_or(i64::MAX)))
}

fn summary(problems: &[Problem]) -> String {
    match problems {
        [] => "Something you entered is not valid".to_owned(),
        [one] => one.message.clone(),
        many => format!("{} fields need attention", many.len()),
    }
}

impl From<crate::db::Error> for Error {
    fn from(error: crate::db::Error) -> Self {
        if error.is_unavailable() {
            let sentence = match &error {
                crate::db::Error::Full(_) => {
                    "The disk of the database is full. Nothing was changed; free some space, then try again"
                }
                crate::db::Error::Unknown(_) => {
                    "The connection to the database broke. It is not known whether this was saved. \
                     Reload before you try again"
                }
                _ => "The database did not answer. Nothing was changed; try again in a moment",
            };
            return Error::Unavailable { sentence: sentence.to_owned(), source: Box::new(error) };
        }
        Error::Internal { step: "reading or writing the database".to_owned(), source: Box::new(error) }
    }
}

impl From<domain::people::Denied> for Error {
    fn from(denied: domain::people::Denied) -> Self {
        match denied {
            domain::people::Denied::SignInFirst => Error::SignInFirst,
            domain::people::Denied::NotYou(sentence) => Error::Forbidden(sentence),
        }
    }
}
