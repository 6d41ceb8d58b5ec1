//! Live pages: server-sent events of one environment (WHATWG HTML, "Server-sent events"), and of all of them ([`list`]).
//!
//! A stream ends when the server stops, and when the one who looks may not any more: the browser asks again, and is refused at the door
//! where it may not. One account has at most [`streams::MOST`] of both kinds at once.
//!
//! Of one environment every event carries as its id how far the logs were sent, so that a browser that reconnects (`Last-Event-ID`)
//! misses no line and gets none twice. When all was told of what is over, the last event is `end`, so that no browser asks again.

pub mod list;

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::time::Duration;

use app::environments::read;
use app::environments::view::{EnvironmentView, LogLine};
use axum::extract::{Extension, Path, Query, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use domain::ids::{EnvironmentId, StepId};
use domain::people::Caller;
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tower_sessions::session::Id;
use tower_sessions::{Session, SessionStore};

use crate::state::AppState;
use crate::streams;

/// Changes that come within this time are told together.
const GATHER: Duration = Duration::from_millis(100);
/// How often it looks without having heard of a change: for what another replica did.
const LOOK: Duration = Duration::from_secs(2);

/// How many lines of each step were sent: `step:number,…`.
type Position = BTreeMap<StepId, i64>;

#[derive(Debug, Deserialize)]
pub struct From {
    /// Where the page's own lines end.
    #[serde(default)]
    from: String,
}

#[derive(Serialize)]
struct Lines<'a> {
    step: StepId,
    lines: &'a [LogLine],
}

/// `GET /live/environments/{id}`: events `page` (the page without logs), `lines` (new ones of a step), `end`.
pub async fn environment(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    session: Session,
    Path(id): Path<String>,
    Query(From { from }): Query<From>,
    headers: HeaderMap,
) -> Response {
    let Ok(id) = id.parse::<EnvironmentId>() else {
        return (StatusCode::NOT_FOUND, "There is no such environment").into_response();
    };
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok()).map(str::to_owned);
    let position = parse(last.as_deref().unwrap_or(&from));
    // What is not there, or not for them, is said at once instead of by an empty stream.
    let now = state.platform.clock.now();
    match read::page_without_logs(&state.platform, &caller, id, now).await {
        Ok(_) => {}
        Err(platform::Error::NotFound(sentence)) => return (StatusCode::NOT_FOUND, sentence).into_response(),
        Err(error) => {
            tracing::warn!(%error, "a live page could not be read");
            let sentence = "This environment cannot be read now. Try again in a moment";
            return (StatusCode::SERVICE_UNAVAILABLE, sentence).into_response();
        }
    }
    let Some(stream) = caller.account().and_then(|account| state.streams.open(account)) else {
        return too_many();
    };
    let (sender, receiver) = mpsc::channel(16);
    let stopping = state.platform.stopping();
    let watcher = Watcher { caller, session: session.id() };
    tokio::spawn(async move {
        tokio::select! {
            () = follow(&state, watcher, id, position, &sender) => {}
            () = stopping.cancelled() => {}
            () = sender.closed() => {}
        }
        drop(stream);
    });
    Sse::new(events(receiver)).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))).into_response()
}

/// Somebody has as many live pages open as one account may.
fn too_many() -> Response {
    let sentence = format!(
        "You have {} live pages open, the most that one account can have. Close one of them and this page resumes automatically",
        streams::MOST
    );
    (StatusCode::TOO_MANY_REQUESTS, sentence).into_response()
}

fn events(receiver: mpsc::Receiver<Event>) -> impl futures::Stream<Item = Result<Event, Infallible>> {
    use futures::StreamExt;
    ReceiverStream::new(receiver).map(Ok)
}

/// Who looks, and the session by which they may.
struct Watcher {
    caller: Caller,
    session: Option<Id>,
}

async fn follow(
    state: &AppState,
    watcher: Watcher,
    id: EnvironmentId,
    mut position: Position,
    sender: &mpsc::Sender<Event>,
) {
    let mut changes = state.platform.environments.changes().listen();
    let mut told: Option<EnvironmentView> = None;
    let mut unread = BTreeSet::new();
    loop {
        let now = state.platform.clock.now();
        // What the one who looks may see is asked each time anew: they may have left the team, or signed out.
        let Some(caller) = still(state, &watcher, now).await else { return };
        let page = match read::page_without_logs(&state.platform, &caller, id, now).await {
            Ok(page) => page,
            Err(error) => {
                tracing::debug!(%error, "a live page ends");
                return;
            }
        };
        // The page first: lines of a step that it does not show yet would be lost.
        let mut news =
            told.as_ref().is_none_or(|told| EnvironmentView { now: told.now, ..page.clone() } != *told);
        if news {
            if !send(sender, "page", &position, &page).await {
                return;
            }
            told = Some(page.clone());
        }
        for step in page.operation.iter().flat_map(|operation| &operation.steps) {
            let from = position.get(&step.id).copied().unwrap_or(0);
            let lines = match read::lines(&state.platform, &caller, step.id, from).await {
                Ok(lines) => lines,
                Err(error) => {
                    // The page says so; here it is tried again with each look, and logged once.
                    if unread.insert(step.id) {
                        tracing::warn!(
                            error = &error as &dyn std::error::Error,
                            step = %step.id,
                            "lines of a step could not be read"
                        );
                    }
                    continue;
                }
            };
            let Some(last) = lines.last() else { continue };
            news = true;
            position.insert(step.id, last.number + 1);
            if !send(sender, "lines", &position, &Lines { step: step.id, lines: &lines }).await {
                return;
            }
        }
        if page.row.state.is_end() && !news {
            // With the browser gone there is nobody to tell.
            send(sender, "end", &position, &()).await;
            return;
        }
        tokio::select! {
            () = changes.changed(id) => tokio::time::sleep(GATHER).await,
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

async fn still(state: &AppState, watcher: &Watcher, now: jiff::Timestamp) -> Option<Caller> {
    let account = watcher.caller.account()?;
    let found = async {
        let session = state.sessions.load(watcher.session.as_ref()?).await;
        session
            .inspect_err(|error| tracing::warn!(%error, "a live page's session could not be read"))
            .ok()??;
        let person = state.platform.callers.find(account, now).await;
        person
            .inspect_err(|error| tracing::warn!(%error, "the caller of a live page could not be found"))
            .ok()?
    };
    found.await.map(Caller::Person)
}

/// Whether somebody still listens.
async fn send(sender: &mpsc::Sender<Event>, name: &str, position: &Position, data: &impl Serialize) -> bool {
    match Event::default().event(name).id(print(position)).json_data(data) {
        Ok(event) => sender.send(event).await.is_ok(),
        Err(error) => {
            tracing::error!(%error, "an event could not be written");
            false
        }
    }
}

fn print(position: &Position) -> String {
    position.iter().map(|(step, number)| format!("{step}:{number}")).collect::<Vec<_>>().join(",")
}

fn parse(text: &str) -> Position {
    let entry = |entry: &str| {
        let (step, number) = entry.split_once(':')?;
        Some((step.parse().ok()?, number.parse().ok().filter(|number| *number >= 0)?))
    };
    text.split(',').take(100).filter_map(entry).collect()
}

#[cfg(test)]
mod tests {
    use app::environments::view::{EnvironmentAnswer, LogLevel};
    use platform::logs::{Level, Line};
    use platform::testing::sqlite;
    use platform::testing::world::{GOOD, World, now, nowhere};

    use super::*;

    #[tokio::test]
    async fn a_log_that_is_lost_takes_no_page_with_it() {
        let world = World::start(sqlite().await, &nowhere()).await;
        let platform = world.platform.as_ref().expect("a platform");
        let id = world.ask("lost-log", GOOD).await;
        let step = world.page(id).await.operation.expect("an operation").steps[0].id;
        let line = Line { at: now(), level: Level::Plain, text: "said before".to_owned() };
        let mut tx = platform.db.begin().await.expect("a transaction");
        let logs = platform.environments.logs();
        logs.append_in_tx(&mut tx, &step.to_string(), vec![line], now()).await.expect("written");
        tx.commit().await.expect("kept");
        let shown = async || match read::answer(platform, &world.member, &id.to_string(), now()).await {
            Ok(EnvironmentAnswer::Found(view)) => view,
            other => panic!("its page is there: {other:?}"),
        };
        let lines = |view: &EnvironmentView| {
            let step = &view.operation.as_ref().expect("an operation").steps[0];
            step.lines.iter().map(|line| (line.level, line.text.clone())).collect::<Vec<_>>()
        };
        assert_eq!(lines(&*shown().await), [(LogLevel::Plain, "said before".to_owned())]);

        std::fs::remove_dir_all(world.folder.join("logs").join(step.to_string())).expect("lost");
        let view = shown().await;
        assert_eq!(lines(&view), [(LogLevel::Warning, "This log cannot be read".to_owned())]);
        assert!(!view.actions.is_empty(), "what can be done with it can still be done");
        let earlier = read::earlier(platform, &world.member, id, now()).await;
        assert!(earlier.is_ok(), "{earlier:?}");
    }

    #[tokio::test]
    async fn of_a_long_log_the_end_comes_with_the_page_and_the_rest_follows_it() {
        let world = World::start(sqlite().await, &nowhere()).await;
        let platform = world.platform.as_ref().expect("a platform");
        let id = world.ask("long-log", GOOD).await;
        // The last has not begun: nothing else writes there.
        let steps = world.page(id).await.operation.expect("an operation").steps;
        let step = steps.last().expect("steps").id;
        let said = async |numbers: std::ops::Range<i64>| {
            let line = |number: i64| Line { at: now(), level: Level::Plain, text: format!("line {number}") };
            let mut tx = platform.db.begin().await.expect("a transaction");
            let (logs, lines) = (platform.environments.logs(), numbers.map(line).collect());
            logs.append_in_tx(&mut tx, &step.to_string(), lines, now()).await.expect("written");
            tx.commit().await.expect("kept");
        };
        said(0..5_000).await;
        let view = match read::answer(platform, &world.member, &id.to_string(), now()).await {
            Ok(EnvironmentAnswer::Found(view)) => view,
            other => panic!("its page is there: {other:?}"),
        };
        let shown = &view.operation.as_ref().and_then(|one| one.steps.last()).expect("steps").lines;
        let (first, last) = (shown.first().expect("lines"), shown.last().expect("lines"));
        assert_eq!((last.number, last.text.as_str()), (4_999, "line 4999"));
        assert!(first.number > 0, "it is cut");
        assert_eq!(first.text, format!("line {}", first.number));
        assert_eq!(shown.len() as i64, last.number - first.number + 1, "without gaps");

        said(5_000..5_001).await;
        let next = read::lines(platform, &world.member, step, last.number + 1).await.expect("lines");
        let next: Vec<_> = next.iter().map(|line| (line.number, line.text.as_str())).collect();
        assert_eq!(next, [(5_000, "line 5000")]);
    }

    #[test]
    fn a_position_reads_back() {
        let text = "01930d9c-7e2a-7c11-9d55-2f6f1f3c9a10:12,01930d9c-7e2a-7c11-9d55-2f6f1f3c9a11:0";
        assert_eq!(print(&parse(text)), text);
        assert!(parse("nonsense,1:2,01930d9c-7e2a-7c11-9d55-2f6f1f3c9a10:-1").is_empty());
    }
}
