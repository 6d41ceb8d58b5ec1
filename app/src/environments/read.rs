//! From the use cases to what the pages show. On the server only; the live stream uses it too.

use domain::catalog::reference::{DEFAULT_NAMESPACE, EntityRef};
use domain::environments::inspect::{self, Command};
use domain::environments::life::{State, StepState, Wanted};
use domain::environments::receipt::{Answer, Receipt};
use domain::environments::standing::{Cure, cure};
use domain::environments::status::{Hue, step_words};
use domain::ids::{EnvironmentId, StepId};
use domain::people::Caller;
use jiff::Timestamp;
use platform::catalog::Snapshot;
use platform::environments::rows::OperationKind;
use platform::environments::service::{self, EnvironmentPage, EnvironmentSummary};
use platform::logs::{Level, Line};
use platform::{Error, Platform, Result};

use super::view::*;
use crate::request::parsed;

/// How many lines of a step's log come with its page, the last ones, and how many the live stream reads at once.
const LINES: usize = 2_000;
/// Names that are offered where there is no environment.
const NEAR: usize = 6;

/// The environment at an address. People also write its name there: where there is none, what is called so is near.
pub async fn answer(
    platform: &Platform,
    caller: &Caller,
    asked: &str,
    now: Timestamp,
) -> Result<EnvironmentAnswer> {
    let found = match parsed(asked, "environment") {
        Ok(id) => page(platform, caller, id, now).await,
        Err(error) => Err(error),
    };
    match found {
        Ok(view) => Ok(EnvironmentAnswer::Found(Box::new(view))),
        Err(Error::NotFound(_)) => {
            let near =
                service::search_environments(&platform.environments, caller, asked, false, NEAR).await?;
            let near =
                near.into_iter().map(|one| Named { value: one.id.to_string(), label: one.name }).collect();
            Ok(EnvironmentAnswer::Missing { asked: asked.to_owned(), near })
        }
        Err(error) => Err(error),
    }
}

/// Everything of an environment's page, with the logs of its steps.
async fn page(
    platform: &Platform,
    caller: &Caller,
    id: EnvironmentId,
    now: Timestamp,
) -> Result<EnvironmentView> {
    let page = service::find_environment(&platform.environments, caller, id, now).await?;
    let mut view = view(page, &platform.catalog.snapshot(), now);
    if let Some(operation) = &mut view.operation {
        add_logs(platform, caller, operation, now).await;
    }
    Ok(view)
}

/// What was done before the newest operation, with its logs.
pub async fn earlier(
    platform: &Platform,
    caller: &Caller,
    id: EnvironmentId,
    now: Timestamp,
) -> Result<Vec<OperationView>> {
    let earlier = service::list_earlier_operations(&platform.environments, caller, id).await?;
    let mut views: Vec<OperationView> = earlier.into_iter().map(operation).collect();
    for view in &mut views {
        add_logs(platform, caller, view, now).await;
    }
    Ok(views)
}

/// A log that cannot be read says so in its place: what else the page shows, and what can be done there, does not depend on it.
async fn add_logs(platform: &Platform, caller: &Caller, operation: &mut OperationView, now: Timestamp) {
    for step in &mut operation.steps {
        step.lines = last_lines(platform, caller, step.id).await.unwrap_or_else(|error| {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                step = %step.id,
                "the log of a step cannot be read"
            );
            let text = "This log cannot be read".to_owned();
            vec![LogLine { number: BEFORE_THE_FIRST, at: now, level: LogLevel::Warning, text }]
        });
    }
}

/// The same without logs.
pub async fn page_without_logs(
    platform: &Platform,
    caller: &Caller,
    id: EnvironmentId,
    now: Timestamp,
) -> Result<EnvironmentView> {
    let page = service::find_environment(&platform.environments, caller, id, now).await?;
    Ok(view(page, &platform.catalog.snapshot(), now))
}

/// Lines of a step's log from number `from` on.
pub async fn lines(platform: &Platform, caller: &Caller, step: StepId, from: i64) -> Result<Vec<LogLine>> {
    let lines = service::read_step_log(&platform.environments, caller, step, from, LINES).await?;
    Ok(lines.into_iter().map(log_line).collect())
}

/// The last lines of a step's log.
async fn last_lines(platform: &Platform, caller: &Caller, step: StepId) -> Result<Vec<LogLine>> {
    let lines = service::read_step_log_end(&platform.environments, caller, step, LINES).await?;
    Ok(lines.into_iter().map(log_line).collect())
}

/// A row of the list.
pub fn row(summary: EnvironmentSummary, catalog: &Snapshot) -> EnvironmentRow {
    EnvironmentRow {
        team: catalog.team_name(&summary.team),
        team_reference: summary.team,
        id: summary.id,
        name: summary.name,
        entity: summary.entity,
        blueprint: summary.blueprint_title,
        version: summary.blueprint_version,
        cluster: summary.cluster,
        state: summary.state,
        deleted_there: summary.trouble.as_deref().is_some_and(|trouble| cure(trouble) == Cure::AllGone),
        trouble: summary.trouble.is_some(),
        status: summary.status,
        requested_by: summary.requested_by_name,
        requested_at: summary.requested_at,
        expires_at: summary.expires_at,
        still_expires: summary.still_expires,
        warning: summary.warning,
    }
}

/// The short form of a reference where `kind` is understood.
pub fn short(reference: &str, kind: &str) -> String {
    match reference.parse::<EntityRef>() {
        Ok(parsed) => parsed.short(kind, DEFAULT_NAMESPACE).to_owned(),
        Err(_) => reference.to_owned(),
    }
}

fn view(page: EnvironmentPage, catalog: &Snapshot, now: Timestamp) -> EnvironmentView {
    let look = look(&page);
    let ended = ended(&page);
    let cluster_down = page
        .summary
        .cluster_down
        .then(|| does_not_work(&page.summary.cluster, page.summary.cluster_answered_at));
    EnvironmentView {
        is_wanted_gone: page.wanted == Wanted::Gone,
        row: row(page.summary, catalog),
        cluster: page.cluster_id,
        namespace: page.namespace,
        reason: page.reason,
        actions: page.actions,
        can_be_given_up: page.can_be_given_up,
        room: page.room,
        warnings_to_come: page.warnings_to_come,
        blueprint: page.blueprint_id,
        parameters: page.parameters,
        look,
        outputs: page.outputs,
        operation: page.operation.map(operation),
        objects: page
            .objects
            .into_iter()
            .map(|object| ObjectView {
                hue: hue_of(&object.hue),
                kind: object.kind,
                name: object.name,
                words: object.words,
                changed_at: object.changed_at.0,
            })
            .collect(),
        objects_seen_at: page.objects_seen_at,
        nothing_there: page.nothing_there,
        cluster_down,
        events: page
            .events
            .into_iter()
            .map(|event| EventView { at: event.at.0, actor: event.actor_name, sentence: event.sentence })
            .collect(),
        receipt: page.receipt.as_ref().map(receipt),
        ended,
        now,
    }
}

/// When it ended, and who asked for that.
fn ended(page: &EnvironmentPage) -> Option<EndedView> {
    let at = page.ended_at.filter(|_| page.summary.state.is_end())?;
    let given_up = page.receipt.as_ref().and_then(|receipt| receipt.given_up.as_ref());
    let asked = page.operation.as_ref().filter(|operation| operation.kind == OperationKind::Destroy);
    let by = match (given_up, asked) {
        (Some(given_up), _) => Some(given_up.by.clone()),
        (None, Some(asked)) => Some(asked_by(asked)),
        (None, None) => None,
    };
    Some(EndedView { at, by })
}

/// Who had it destroyed. Where nobody asked, Slipway itself did at its expiry; somebody may still have asked after that.
fn asked_by(destroy: &service::OperationView) -> String {
    let by = destroy.requested_by_name.clone();
    if destroy.requested_by.is_some() { by } else { format!("{by}, since it had expired") }
}

/// That a cluster does not work now, and since when, for everybody: why, its page tells administrators.
pub fn does_not_work(cluster: &str, answered_at: Option<Timestamp>) -> String {
    let answered = match answered_at {
        Some(at) => format!(" It last answered {}.", domain::time::in_words(at)),
        None => String::new(),
    };
    format!("{cluster} does not work now.{answered}")
}

/// As it is kept.
fn hue_of(text: &str) -> Hue {
    serde_json::from_value(text.into()).unwrap_or(Hue::Off)
}

/// Where to look, where something does not work and something of it may stand in the cluster. For whoever may see its outputs: the
/// commands work with the same permissions as those.
fn look(page: &EnvironmentPage) -> Vec<Command> {
    let state = page.summary.state;
    if page.outputs.is_none() || state.is_end() || state.is_leaving() {
        return Vec::new();
    }
    // What a step met before it was done is over.
    let steps = page.operation.iter().flat_map(|operation| &operation.steps);
    let mut open = steps.filter(|step| !matches!(step.state, StepState::Done | StepState::Skipped));
    let problem = page.reason.as_deref().or_else(|| open.find_map(|step| step.problem.as_deref()));
    let objects = page.objects.iter();
    let is_bad = objects.clone().any(|object| hue_of(&object.hue) == Hue::Bad);
    if page.objects.is_empty() || !(is_bad || problem.is_some() || state == State::Failed) {
        return Vec::new();
    }
    inspect::commands(
        &page.namespace,
        objects.map(|object| (object.kind.as_str(), object.name.as_str())),
        problem,
    )
}

fn operation(operation: service::OperationView) -> OperationView {
    let cancelled = operation.state == "cancelled";
    OperationView {
        title: match operation.kind {
            OperationKind::Create => "Create".to_owned(),
            OperationKind::Destroy => "Destroy".to_owned(),
        },
        requested_by: operation.requested_by_name,
        created_at: operation.created_at,
        started_at: operation.started_at,
        finished_at: operation.finished_at,
        cancel_requested: operation.cancel_requested,
        steps: operation.steps.into_iter().map(|one| step(one, cancelled)).collect(),
    }
}

/// `cancelled` is its operation.
fn step(step: service::StepView, cancelled: bool) -> StepView {
    let (word, hue) = step_words(step.state, cancelled && step.started_at.is_some());
    StepView {
        id: step.id,
        title: step.title,
        detail: step.detail,
        state: step.state,
        word: word.to_owned(),
        hue,
        started_at: step.started_at,
        finished_at: step.finished_at,
        next_attempt_at: step.next_attempt_at,
        attempt: step.attempt,
        problem: step.problem,
        problem_detail: step.problem_detail,
        usual: step.usual.map(|usual| (micros(usual.from), micros(usual.to))),
        lines: Vec::new(),
    }
}

fn micros(span: jiff::SignedDuration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}

fn log_line((number, line): (i64, Line)) -> LogLine {
    let level = match line.level {
        Level::Plain => LogLevel::Plain,
        Level::Good => LogLevel::Good,
        Level::Warning => LogLevel::Warning,
        Level::Bad => LogLevel::Bad,
    };
    LogLine { number, at: line.at, level, text: line.text }
}

fn receipt(receipt: &Receipt) -> ReceiptView {
    let answer = |answer: &Answer| match answer {
        Answer::Found(found) if found.is_empty() => NOTHING.to_owned(),
        Answer::Found(found) => found
            .iter()
            .map(|object| format!("{} {}", object.kind, object.name))
            .collect::<Vec<_>>()
            .join(", "),
        Answer::NoAnswer(why) => format!("No answer: {why}"),
    };
    ReceiptView {
        sentence: receipt.sentence(),
        given_up: receipt.given_up.is_some(),
        by_hand: receipt.by_hand(),
        deleted: receipt.deleted.iter().map(|object| (object.kind.clone(), object.name.clone())).collect(),
        questions: receipt
            .questions
            .iter()
            .map(|question| (question.asked.clone(), answer(&question.answer)))
            .collect(),
        checked_at: receipt.checked_at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_was_destroyed_since_it_had_expired_where_nobody_asked_for_that() {
        let asked = |by: &str, account: Option<&str>| service::OperationView {
            id: "01930d9c-7e2a-7c11-9d55-2f6f1f3c9a10".parse().expect("an id"),
            kind: OperationKind::Destroy,
            state: "done".to_owned(),
            requested_by: account.map(|account| account.parse().expect("an account")),
            requested_by_name: by.to_owned(),
            created_at: "2026-11-26T09:00:01Z".parse().expect("a time"),
            started_at: None,
            finished_at: None,
            cancel_requested: false,
            steps: Vec::new(),
        };
        let by = |by, account| asked_by(&asked(by, account));
        // Also after the expiry, before its timer came to it.
        assert_eq!(by("Mina Okafor", Some("01930d9c-7e2a-7c11-9d55-2f6f1f3c9a11")), "Mina Okafor");
        assert_eq!(by("Slipway", None), "Slipway, since it had expired");
    }

    #[test]
    fn only_what_had_begun_is_cancelled_with_its_operation() {
        let began: Timestamp = "2026-11-26T09:00:01Z".parse().expect("a time");
        let passed_over = |started_at, cancelled| {
            let one = service::StepView {
                id: "01930d9c-7e2a-7c11-9d55-2f6f1f3c9a10".parse().expect("an id"),
                title: "Wait until ready".to_owned(),
                detail: String::new(),
                state: StepState::Skipped,
                attempt: 1,
                started_at,
                finished_at: Some(began),
                next_attempt_at: None,
                problem: None,
                problem_detail: None,
                usual: None,
            };
            step(one, cancelled).word
        };
        assert_eq!(passed_over(Some(began), true), "Cancelled");
        assert_eq!(passed_over(None, true), "Skipped");
        // A destroying that found nothing to destroy was not cancelled.
        assert_eq!(passed_over(Some(began), false), "Skipped");
    }
}
