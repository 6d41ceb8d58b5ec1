//! Server functions of one's own sessions.

use domain::form::FormOutcome;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// One of the sessions of whoever looks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRow {
    /// What it is called, to end it by.
    pub name: String,
    /// In which browser, in words.
    pub browser: String,
    /// When it began, in microseconds.
    pub began_at: i64,
    /// When it was last used, in microseconds.
    pub seen_at: i64,
    /// The one that asks.
    pub is_this: bool,
}

/// The sessions of whoever asks, those that were used last first.
#[server(prefix = "/do", endpoint = "own-sessions")]
pub async fn own_sessions() -> Result<Vec<SessionRow>, ServerFnError> {
    use crate::request::{caller, now, platform, read_error, session_id};
    use platform::people::service;
    let (platform, this) = (platform(), session_id());
    let list = service::list_sessions(&platform.db, &caller(), this.as_deref(), now()).await;
    let row = |session: service::OwnSession| SessionRow {
        browser: super::browser_words::browser_words(&session.user_agent),
        name: session.name,
        began_at: session.began_at.as_microsecond(),
        seen_at: session.seen_at.as_microsecond(),
        is_this: session.is_this,
    };
    Ok(list.map_err(read_error)?.into_iter().map(row).collect())
}

/// Ends one of the sessions of whoever asks.
#[server(prefix = "/do", endpoint = "end-session")]
pub async fn end_session(session: String) -> Result<FormOutcome, ServerFnError> {
    use crate::request::{Done, caller, now, outcome, platform};
    let ended = platform::people::service::end_session(&platform().db, &caller(), &session, now()).await;
    outcome(ended.map(|()| Done::to("/account").saying("That session has ended")))
}
