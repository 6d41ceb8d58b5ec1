//! What a page or a server function can ask of the request that it answers. On the server only.

use std::sync::Arc;

use domain::catalog::reference::{DEFAULT_NAMESPACE, EntityRef, RefContext};
use domain::form::{FormOutcome, Problem, VERSION};
use domain::people::Caller;
use http::StatusCode;
use http::request::Parts;
use jiff::Timestamp;
use leptos::prelude::{ServerFnError, expect_context, provide_context, use_context};
use leptos_axum::ResponseOptions;
use platform::{Error, Platform};
use tower_sessions::Session;

/// Makes the use cases reachable for what is rendered or called in this request.
pub fn provide_server_context(platform: Arc<Platform>) {
    provide_context(platform);
}

/// The use cases.
pub fn platform() -> Arc<Platform> {
    expect_context::<Arc<Platform>>()
}

/// The session's value that names the account.
pub const SESSION_ACCOUNT: &str = "account";
/// The session's value that says how often the account's sessions had been ended when its password was looked at.
pub const SESSION_GENERATION: &str = "generation";

/// How browsers reach Slipway: scheme, host and port. Put into the request by the server.
#[derive(Clone, Debug)]
pub struct PublicOrigin(pub Arc<str>);

/// How browsers reach Slipway, for links.
pub fn public_url() -> Arc<str> {
    part::<PublicOrigin>().map_or_else(|| Arc::from(""), |origin| origin.0)
}

/// An id that a form posted.
pub fn parsed<T: std::str::FromStr>(text: &str, what: &str) -> platform::Result<T> {
    text.parse().map_err(|_| Error::no_such(what, text))
}

/// A whole reference that a form posted.
pub fn reference(text: &str) -> platform::Result<EntityRef> {
    let context = RefContext { kind: None, namespace: DEFAULT_NAMESPACE };
    EntityRef::parse(text, context).map_err(|error| Error::NotFound(error.to_string()))
}

/// A path of Slipway's own, else Home: `next` comes from an address and could name anything. Browsers take out tabs and line breaks
/// before they read an address (WHATWG URL, "basic URL parser"), and read `\` as `/`.
pub fn own_path(next: String) -> String {
    let own = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains(|c: char| c == '\\' || c.is_control());
    if own { next } else { "/".to_owned() }
}

/// Who asks.
pub fn caller() -> Caller {
    part::<Caller>().unwrap_or(Caller::Stranger)
}

/// The time of the request.
pub fn now() -> Timestamp {
    platform().clock.now()
}

/// The session of the request.
pub fn session() -> Result<Session, ServerFnError> {
    part::<Session>().ok_or_else(|| ServerFnError::new("there is no session"))
}

/// The address that the request comes from, for the audit and for counting tries.
pub fn address() -> String {
    part::<ClientAddress>().map(|address| address.0.to_string()).unwrap_or_default()
}

/// The id of the session that asks.
pub fn session_id() -> Option<String> {
    part::<Session>()?.id().map(|id| id.to_string())
}

/// The address of the person's machine, as far as it can be known. Put into the request by the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress(pub std::net::IpAddr);

/// Something that the server put into the request.
pub fn part<T: Clone + Send + Sync + 'static>() -> Option<T> {
    use_context::<Parts>().and_then(|parts| parts.extensions.get::<T>().cloned())
}

/// What the person sees of a use case that answered with an error on a read: its own sentence, or a fixed one and an id
/// where the fault is ours.
///
/// The answer gets the status that fits, whether it is the server function's own or the page's that is rendered with it: what
/// somebody may not see is 404, 403 stands for what they may know of.
pub fn read_error(error: Error) -> ServerFnError {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(status(&error));
    }
    ServerFnError::new(sentence(&error))
}

/// The answer to a read of one thing: none where it is not there, for the page that says so.
pub fn found<T>(result: platform::Result<T>) -> Result<Option<T>, ServerFnError> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(Error::NotFound(_)) => Ok(None),
        Err(error) => Err(read_error(error)),
    }
}

fn status(error: &Error) -> StatusCode {
    match error {
        Error::SignInFirst => StatusCode::UNAUTHORIZED,
        Error::Forbidden(_) => StatusCode::FORBIDDEN,
        Error::NotFound(_) => StatusCode::NOT_FOUND,
        Error::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Error::Conflict(_) | Error::ChangedMeanwhile { .. } => StatusCode::CONFLICT,
        Error::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
        Error::Unavailable { .. } => StatusCode::SERVICE_UNAVAILABLE,
        Error::Internal { .. } => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// What became of a form: what somebody typed wrong, or may not do, is an answer with their words kept.
pub fn outcome(result: platform::Result<Done>) -> Result<FormOutcome, ServerFnError> {
    match result {
        Ok(Done { to, message }) => Ok(FormOutcome::Done { to, message }),
        Err(Error::Invalid(problems)) => Ok(FormOutcome::Invalid { problems, summary: None }),
        Err(Error::ChangedMeanwhile { sentence, version }) => {
            Ok(refused(vec![Problem::at(VERSION, version.to_string())], sentence))
        }
        Err(error) => Ok(refused(Vec::new(), sentence(&error))),
    }
}

/// Where a form that was done leads.
#[derive(Clone, Debug)]
pub struct Done {
    /// A path of Slipway.
    pub to: String,
    /// What to say there in passing.
    pub message: Option<String>,
}

impl Done {
    /// Leads to `to`.
    pub fn to(to: impl Into<String>) -> Self {
        Self { to: to.into(), message: None }
    }

    /// Says something in passing.
    pub fn saying(self, message: impl Into<String>) -> Self {
        Self { message: Some(message.into()), ..self }
    }
}

fn refused(problems: Vec<Problem>, summary: String) -> FormOutcome {
    FormOutcome::Invalid { problems, summary: Some(summary) }
}

/// The person's sentence. A fault of ours is logged here, once, with the id that the person can quote.
pub fn sentence(error: &Error) -> String {
    match error {
        Error::Internal { .. } => {
            let id = uuid_of_incident();
            tracing::error!(error = error as &dyn std::error::Error, incident = id, "a use case failed");
            format!(
                "Something went wrong on our side, and nothing was changed. Quote {id} when you report it"
            )
        }
        Error::Unavailable { .. } => {
            tracing::warn!(
                error = error as &dyn std::error::Error,
                "a use case could not reach what it needs"
            );
            error.to_string()
        }
        _ => error.to_string(),
    }
}

fn uuid_of_incident() -> String {
    let id: domain::ids::AuditId = platform::ids::mint(now());
    id.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_whose_object_was_changed_meanwhile_hears_the_version_that_it_must_carry() {
        let sentence = "Sam changed it 2 min ago".to_owned();
        let changed = Error::ChangedMeanwhile { sentence: sentence.clone(), version: 7 };
        let expected =
            FormOutcome::Invalid { problems: vec![Problem::at(VERSION, "7")], summary: Some(sentence) };
        assert_eq!(outcome(Err(changed)).ok(), Some(expected));
    }

    #[test]
    fn only_our_own_pages_are_led_to() {
        for (next, expected) in [
            ("/catalog?kind=api", "/catalog?kind=api"),
            ("", "/"),
            ("//evil.example", "/"),
            ("/\\evil.example", "/"),
            ("/\t/evil.example", "/"),
            ("/\n/evil.example", "/"),
            ("https://evil.example", "/"),
            ("javascript:alert(1)", "/"),
        ] {
            assert_eq!(own_path(next.to_owned()), expected, "{next:?}");
        }
    }
}
