//! The log of an environment as a file: of everything that was done, or of one step. Text without colours, times in UTC. And the
//! manifest of Slipway's account in a cluster.
//!
//! A log is read while it is sent, so that a long one takes no memory. Where it cannot be read to its end, the download fails: half a
//! log is not to be taken for a whole one.

use std::io;

use app::ui::ansi::{Pen, pieces};
use axum::body::Body;
use axum::extract::{Extension, Path, Query, State};
use axum::response::{IntoResponse, Response};
use domain::ids::{EnvironmentId, StepId};
use domain::people::Caller;
use http::{StatusCode, header};
use platform::environments::rows::OperationKind;
use platform::environments::service::{self, OperationView};
use platform::logs::Line;
use platform::{Platform, clusters};
use serde::Deserialize;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use crate::state::AppState;

/// How many lines are read at once.
const LINES: usize = 2_000;

/// A part of the file.
#[derive(Debug, PartialEq, Eq)]
enum Part {
    /// What was done, and which step of it.
    Head(String),
    /// The lines of a step.
    Log(StepId),
}

#[derive(Debug, Deserialize)]
pub struct Wanted {
    /// One step; without it, all of them.
    step: Option<String>,
}

/// `GET /environments/{id}/log?step=…`. Whoever may see the environment's page.
pub async fn log(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    Query(Wanted { step }): Query<Wanted>,
) -> Response {
    let nothing = |sentence: &str| (StatusCode::NOT_FOUND, sentence.to_owned()).into_response();
    let Ok(id) = id.parse::<EnvironmentId>() else { return nothing("There is no such environment") };
    let (name, operations) = match operations(&state.platform, &caller, id).await {
        Ok(found) => found,
        Err(platform::Error::NotFound(sentence)) => return nothing(&sentence),
        Err(error) => {
            tracing::warn!(%error, "a log could not be read");
            let sentence = "This log cannot be read now. Try again in a moment";
            return (StatusCode::SERVICE_UNAVAILABLE, sentence).into_response();
        }
    };
    let parts = parts(&operations, step.as_deref());
    if step.is_some() && parts.is_empty() {
        return nothing("This environment has no such step");
    }
    let (sender, receiver) = mpsc::channel(4);
    let platform = state.platform.clone();
    tokio::spawn(async move {
        tokio::select! {
            () = send(&platform, &caller, parts, &sender) => {}
            () = platform.stopping().cancelled_owned() => {
                // Without this the part that was sent would look like the whole. Whoever left hears it no more.
                let _left = sender.send(Err(io::Error::other("Slipway is stopping"))).await;
            }
        }
    });
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.log\"")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, Body::from_stream(ReceiverStream::new(receiver))).into_response()
}

/// `GET /settings/clusters/manifest`. Administrators.
pub async fn manifest(Extension(caller): Extension<Caller>) -> Response {
    match clusters::service::print_manifest(&caller, &clusters::manifest::Options::default()) {
        Ok(text) => {
            let headers = [
                // RFC 9512.
                (header::CONTENT_TYPE, "application/yaml"),
                (header::CONTENT_DISPOSITION, "attachment; filename=\"slipway-manifest.yaml\""),
                (header::CACHE_CONTROL, "no-store"),
            ];
            (headers, text).into_response()
        }
        Err(refused) => (StatusCode::FORBIDDEN, refused.to_string()).into_response(),
    }
}

/// The environment's name, and what was done, the first first.
async fn operations(
    platform: &Platform,
    caller: &Caller,
    id: EnvironmentId,
) -> platform::Result<(String, Vec<OperationView>)> {
    let environments = &platform.environments;
    let page = service::find_environment(environments, caller, id, platform.clock.now()).await?;
    let mut operations = service::list_earlier_operations(environments, caller, id).await?;
    operations.reverse();
    operations.extend(page.operation);
    Ok((page.summary.name, operations))
}

fn parts(operations: &[OperationView], wanted: Option<&str>) -> Vec<Part> {
    let mut parts = Vec::new();
    for operation in operations {
        let steps: Vec<_> = operation
            .steps
            .iter()
            .filter(|step| wanted.is_none_or(|wanted| step.id.to_string() == wanted))
            .collect();
        if steps.is_empty() {
            continue;
        }
        let title = match operation.kind {
            OperationKind::Create => "Create",
            OperationKind::Destroy => "Destroy",
        };
        let (by, at) = (&operation.requested_by_name, time(operation.created_at));
        parts.push(Part::Head(format!("# {title}, requested by {by} at {at}\n")));
        for step in steps {
            parts.push(Part::Head(format!("## {}\n", step.title)));
            parts.push(Part::Log(step.id));
        }
    }
    parts
}

async fn send(
    platform: &Platform,
    caller: &Caller,
    parts: Vec<Part>,
    sender: &mpsc::Sender<io::Result<String>>,
) {
    for part in parts {
        let step = match part {
            Part::Head(text) => {
                if sender.send(Ok(text)).await.is_err() {
                    return;
                }
                continue;
            }
            Part::Log(step) => step,
        };
        let (mut from, mut pen) = (0, Pen::default());
        loop {
            let read = service::read_step_log(&platform.environments, caller, step, from, LINES).await;
            let lines = match read {
                Ok(lines) => lines,
                Err(error) => {
                    tracing::warn!(%error, %step, "a log could not be read to its end");
                    let broken = io::Error::other("the log could not be read to its end");
                    // Whoever went away needs no word about it.
                    if sender.send(Err(broken)).await.is_err() {
                        tracing::debug!(%step, "nobody waits for the log any more");
                    }
                    return;
                }
            };
            let Some((last, _)) = lines.last() else { break };
            from = last + 1;
            let text: String = lines.iter().map(|(_, line)| written(line, &mut pen)).collect();
            if sender.send(Ok(text)).await.is_err() {
                return;
            }
        }
    }
}

/// A line of the file. Its colours are left out: an editor would show them as signs.
fn written(line: &Line, pen: &mut Pen) -> String {
    let text: String = pieces(&line.text, pen).into_iter().map(|piece| piece.text).collect();
    format!("{} {text}\n", time(line.at))
}

/// To the millisecond, in UTC.
fn time(at: jiff::Timestamp) -> String {
    format!("{at:.3}")
}

#[cfg(test)]
mod tests {
    use platform::logs::Level;

    use super::*;

    #[test]
    fn a_line_has_its_time_in_utc_and_no_colours() {
        let line = Line {
            at: jiff::Timestamp::UNIX_EPOCH,
            level: Level::Good,
            text: "pod \u{1b}[32mready\u{1b}[0m in 6.1 s".to_owned(),
        };
        assert_eq!(written(&line, &mut Pen::default()), "1970-01-01T00:00:00.000Z pod ready in 6.1 s\n");
    }
}
