//! Server functions of signing in and out.

use domain::form::FormOutcome;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Signs in with a local account. Anybody may try; tries are throttled.
#[server(prefix = "/do", endpoint = "sign-in")]
pub async fn sign_in(
    username: String,
    secret_password: String,
    next: String,
) -> Result<FormOutcome, ServerFnError> {
    use crate::request::{Done, address, now, outcome, own_path, platform};
    use platform::people::{Password, service};
    let platform = platform();
    let password = Password::new(secret_password);
    match service::sign_in(&platform.db, &username, &password, &address(), now()).await {
        Ok(who) => {
            start_session(who).await?;
            let recorded = record_sign_in(who).await;
            if recorded.is_err() {
                // Nobody is signed in without a row that says so.
                forget_session().await?;
            }
            outcome(recorded.map(|()| Done::to(own_path(next))))
        }
        Err(error) => outcome(Err(error)),
    }
}

/// Uses a one-time link: makes an account and signs in with it.
#[server(prefix = "/do", endpoint = "accept-invitation")]
pub async fn accept_invitation(
    secret_link: String,
    username: String,
    name: String,
    secret_password: String,
) -> Result<FormOutcome, ServerFnError> {
    use crate::request::{Done, address, now, outcome, platform};
    use platform::people::Password;
    use platform::people::service::{self, NewAccount};
    let platform = platform();
    let new = NewAccount { username, name, password: Password::new(secret_password) };
    let made =
        service::accept_invitation(&platform.db, &platform.callers, &secret_link, new, &address(), now())
            .await;
    match made {
        // The link is used up by now: where the session cannot begin, they sign in with what they made.
        Ok(who) => outcome(Ok(match start_session(who).await {
            Ok(()) => Done::to("/"),
            Err(_) => Done::to("/sign-in?after=account"),
        })),
        Err(error) => outcome(Err(error)),
    }
}

/// What a one-time link is good for; an error says why it is good for nothing.
#[server(prefix = "/do", endpoint = "invitation")]
pub async fn invitation(link: String) -> Result<bool, ServerFnError> {
    use crate::request::{now, platform, read_error};
    platform::people::service::find_invitation(&platform().db, &link, now()).await.map_err(read_error)
}

/// Whose password a link sets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResetView {
    /// How pages name the person.
    pub name: String,
    /// The name that they sign in with.
    pub username: String,
}

/// Whose password a link sets; an error says why it is good for nothing.
#[server(prefix = "/do", endpoint = "reset")]
pub async fn reset(link: String) -> Result<ResetView, ServerFnError> {
    use crate::request::{now, platform, read_error};
    let of = platform::people::service::find_reset(&platform().db, &link, now()).await;
    of.map(|of| ResetView { name: of.name, username: of.username }).map_err(read_error)
}

/// Uses a link: sets a new password, ends every session of the account and signs in.
#[server(prefix = "/do", endpoint = "reset-password")]
pub async fn reset_password(secret_link: String, secret_new: String) -> Result<FormOutcome, ServerFnError> {
    use crate::request::{Done, address, now, outcome, platform};
    use platform::people::{Password, service};
    let new = Password::new(secret_new);
    let set = service::reset_password(&platform().db, &secret_link, &new, &address(), now()).await;
    match set {
        // The link is used up by now: where the session cannot begin, they sign in with the new password.
        Ok(who) => outcome(Ok(match start_session(who).await {
            Ok(()) => Done::to("/"),
            Err(_) => Done::to("/sign-in?after=password"),
        })),
        Err(error) => outcome(Err(error)),
    }
}

/// Whether nobody can administer yet. Strangers may ask.
#[server(prefix = "/do", endpoint = "first-start")]
pub async fn first_start() -> Result<bool, ServerFnError> {
    use crate::request::{platform, read_error};
    platform::people::service::is_first_start(&platform().db).await.map_err(read_error)
}

/// Ends this session.
#[server(prefix = "/do", endpoint = "sign-out")]
pub async fn sign_out() -> Result<FormOutcome, ServerFnError> {
    use crate::request::{Done, caller, now, outcome, platform, session};
    let done = platform::people::service::sign_out(&platform().db, &caller(), now()).await;
    if done.is_ok() {
        session()?.flush().await.map_err(session_error)?;
    }
    outcome(done.map(|()| Done::to("/sign-in")))
}

/// Ends every session of whoever asks.
#[server(prefix = "/do", endpoint = "sign-out-everywhere")]
pub async fn sign_out_everywhere() -> Result<FormOutcome, ServerFnError> {
    use crate::request::{Done, caller, now, outcome, platform};
    let done = platform::people::service::sign_out_everywhere(&platform().db, &caller(), now()).await;
    if done.is_ok() {
        // The use case has ended it with the others.
        forget_session().await?;
    }
    outcome(done.map(|()| Done::to("/sign-in")))
}

/// Gives whoever asks a new password, ends their other sessions and renews this one.
#[server(prefix = "/do", endpoint = "change-password")]
pub async fn change_password(secret_old: String, secret_new: String) -> Result<FormOutcome, ServerFnError> {
    use crate::request::{Done, caller, now, outcome, platform};
    use platform::people::{Password, service};
    let caller = caller();
    let (old, new) = (Password::new(secret_old), Password::new(secret_new));
    let changed = service::change_password(&platform().db, &caller, &old, &new, now()).await;
    match changed {
        // Changed it is: where the session cannot begin, they sign in with the new one.
        Ok(who) => outcome(Ok(match start_session(who).await {
            Ok(()) => Done::to("/account").saying("Your password is changed. Your other sessions have ended"),
            Err(_) => Done::to("/sign-in?after=password"),
        })),
        Err(error) => outcome(Err(error)),
    }
}

/// Begins a session for an account under a new id, so that an id known from before sign-in is worthless (OWASP ASVS 5, 7.2.4),
/// and with nothing of what was kept for whoever used this browser before. It is kept at once, so that a failure is this form's.
#[cfg(feature = "ssr")]
async fn start_session(who: platform::people::SignedIn) -> Result<(), ServerFnError> {
    use crate::request::{SESSION_ACCOUNT, SESSION_GENERATION};
    let session = crate::request::session()?;
    session.clear().await;
    let begun = async {
        session.cycle_id().await?;
        session.insert(SESSION_ACCOUNT, who.account).await?;
        session.insert(SESSION_GENERATION, who.generation).await?;
        session.save().await
    };
    let begun = begun.await;
    if begun.is_err() {
        // Else it would be tried once more after the answer.
        session.clear().await;
    }
    begun.map_err(session_error)
}

/// Records that somebody signed in, after their session is kept.
#[cfg(feature = "ssr")]
async fn record_sign_in(who: platform::people::SignedIn) -> platform::Result<()> {
    use crate::request::{address, now, platform};
    use domain::people::Caller;
    let platform = platform();
    let person = platform.callers.find(who.account, now()).await?;
    let caller = person.map_or(Caller::Stranger, Caller::Person);
    platform::people::service::record_sign_in(&platform.db, &caller, &address(), now()).await
}

/// Takes the session from the browser, whether or not it can be deleted.
#[cfg(feature = "ssr")]
async fn forget_session() -> Result<(), ServerFnError> {
    if let Err(error) = crate::request::session()?.flush().await {
        tracing::warn!(%error, "a session could not be deleted");
    }
    Ok(())
}

#[cfg(feature = "ssr")]
fn session_error(error: tower_sessions::session::Error) -> ServerFnError {
    tracing::error!(%error, "the session could not be written");
    ServerFnError::new("The session could not be written. Try again in a moment")
}
