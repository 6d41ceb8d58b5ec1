//! A list of environments, live: a stream of the bare news that something changed. The page then reads anew what it shows, narrowed as it
//! is, by the same way as before; so the stream itself tells nothing of any environment.
//!
//! - It tells of what a row of the list shows, and of nothing else: for each `changed` a whole page is read.
//! - Where other replicas may work it tells after a silence, too, since it does not hear of what they do.

use std::time::Duration;

use axum::extract::{Extension, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use domain::people::Caller;
use platform::db::Db;
use tokio::sync::mpsc;
use tower_sessions::Session;

use super::{Watcher, events, still, too_many};
use crate::state::AppState;

/// Changes that come within this time are told together: a whole page is read anew for them.
const GATHER: Duration = Duration::from_millis(500);
/// How long it waits at most before it looks whether the one who looks still may, and tells of what another replica may have done.
const SILENCE: Duration = Duration::from_secs(10);

/// `GET /live/environments`: events `changed`, with nothing to read in them.
pub async fn environments(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    session: Session,
) -> Response {
    let Some(stream) = caller.account().and_then(|account| state.streams.open(account)) else {
        return too_many();
    };
    let (sender, receiver) = mpsc::channel(1);
    let stopping = state.platform.stopping();
    let watcher = Watcher { caller, session: session.id() };
    tokio::spawn(async move {
        tokio::select! {
            () = follow(&state, watcher, &sender) => {}
            () = stopping.cancelled() => {}
            () = sender.closed() => {}
        }
        drop(stream);
    });
    Sse::new(events(receiver)).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))).into_response()
}

async fn follow(state: &AppState, watcher: Watcher, sender: &mpsc::Sender<Event>) {
    let mut changes = state.platform.environments.changes().listen();
    // One process at a time uses a file of SQLite: there is no other replica.
    let alone = matches!(state.platform.db, Db::Sqlite { .. });
    loop {
        let heard = tokio::select! {
            () = changes.any_row() => true,
            () = tokio::time::sleep(SILENCE) => false,
        };
        if heard {
            tokio::time::sleep(GATHER).await;
        }
        changes.forget();
        // They may have signed out, or been kept out.
        if still(state, &watcher, state.platform.clock.now()).await.is_none() {
            return;
        }
        if !heard && alone {
            continue;
        }
        // A browser passes over an event without data.
        if sender.send(Event::default().event("changed").data("now")).await.is_err() {
            return;
        }
    }
}
