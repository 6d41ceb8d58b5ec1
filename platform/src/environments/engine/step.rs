//! One step: its intent, its outcome, its failure, its log.

use std::time::Duration;

use domain::environments::life::StepState;
use domain::ids::EnvironmentId;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tokio::sync::mpsc;

use super::super::Environments;
use super::super::kubernetes::{self, ObjectRow};
use super::super::rows::{Environment, Step};
use super::super::store::{self, StepProblem};
use crate::jobs::{Failure, Run, back_off, error_chain};
use crate::logs::{Level, Line};

/// What became of a step.
pub enum Did {
    /// It is done, with what later steps or the receipt need to know.
    Done(Value),
    /// It did not work, and may later.
    NotYet(Problem),
    /// It did not work, and will not by itself.
    Failed(Problem),
    /// It stopped because the operation is to stop.
    Stopped,
}

/// Why a step did not work.
#[derive(Clone, Debug)]
pub struct Problem {
    /// For the person.
    pub sentence: String,
    /// The cluster's own words.
    pub detail: Option<String>,
    /// Whether the cluster did not answer.
    pub unreachable: bool,
}

impl Problem {
    /// A problem in our words alone.
    pub fn new(sentence: impl Into<String>) -> Self {
        Self { sentence: sentence.into(), detail: None, unreachable: false }
    }
}

/// A driver's error as what became of the step.
pub fn failed(error: &kubernetes::Error) -> Did {
    let problem = Problem {
        sentence: error.to_string(),
        detail: None,
        unreachable: error.fault().is_some_and(|fault| fault.is_retryable()),
    };
    if error.is_retryable() { Did::NotYet(problem) } else { Did::Failed(problem) }
}

/// Commits that a step is at work, before the cluster is called.
pub async fn begin(
    environments: &Environments,
    run: &Run,
    environment: EnvironmentId,
    step: &mut Step,
    state: StepState,
) -> Result<(), Failure> {
    let mut tx = run.begin().await?;
    let now = run.now();
    store::step_begin(&mut tx, step.id, state, now).await?;
    tx.commit().await?;
    step.started_at.get_or_insert(now.into());
    step.attempt += i64::from(state == StepState::Running);
    environments.changes.tell(environment);
    Ok(())
}

/// When a step that failed for now is tried again; none when its time limit would be over by then.
pub fn again_at(step: &Step, now: Timestamp) -> Option<Timestamp> {
    let attempt = u32::try_from(step.attempt).unwrap_or(u32::MAX);
    let at = now.checked_add(back_off(attempt.min(6))).ok()?;
    let began = step.started_at.map_or(now, Timestamp::from);
    let end = began.checked_add(SignedDuration::from_secs(step.time_limit_seconds)).ok()?;
    (at < end).then_some(at)
}

/// What is left of a step's time limit.
pub fn time_left(step: &Step, now: Timestamp) -> Duration {
    let began = step.started_at.map_or(now, Timestamp::from);
    let spent = now.duration_since(began);
    let left = SignedDuration::from_secs(step.time_limit_seconds) - spent;
    if left.is_negative() { Duration::ZERO } else { left.unsigned_abs() }
}

/// As the store wants it.
pub fn problem_row<'a>(problem: &'a Problem, again_at: Option<Timestamp>) -> StepProblem<'a> {
    StepProblem {
        sentence: &problem.sentence,
        detail: problem.detail.as_deref(),
        unreachable: problem.unreachable,
        again_at,
    }
}

/// Where a step at work says what it does: lines, and what stands in the cluster. Written by [`write_all`] beside the work.
#[derive(Clone)]
pub struct Voice(mpsc::UnboundedSender<Said>);

enum Said {
    Line(Line),
    Objects(Vec<ObjectRow>),
}

/// A voice, and what it says.
pub fn voice() -> (Voice, Heard) {
    let (sender, receiver) = mpsc::unbounded_channel();
    (Voice(sender), Heard(receiver))
}

/// What a voice said.
pub struct Heard(mpsc::UnboundedReceiver<Said>);

impl Voice {
    /// Says a line.
    pub fn line(&self, at: Timestamp, level: Level, text: impl Into<String>) {
        // Whoever listens ends only with the step itself.
        let _unheard = self.0.send(Said::Line(Line { at, level, text: text.into() }));
    }

    /// Says what stands in the cluster.
    pub fn objects(&self, rows: Vec<ObjectRow>) {
        let _unheard = self.0.send(Said::Objects(rows));
    }
}

/// Writes what a step says, gathered for a quarter of a second, until it says no more. A log that cannot be written (a full disk)
/// is no reason to stop making the environment: it is warned of, and tried again with the next lines.
pub async fn write_all(
    environments: &Environments,
    run: &Run,
    environment: &Environment,
    step: &Step,
    mut heard: Heard,
) -> Result<(), Failure> {
    let owner = step.id.to_string();
    let mut over = false;
    while !over {
        let mut lines = Vec::new();
        let mut objects = None;
        let mut take = |said| match said {
            Said::Line(line) => lines.push(line),
            Said::Objects(rows) => objects = Some(rows),
        };
        match heard.0.recv().await {
            None => break,
            Some(said) => take(said),
        }
        let gathered = tokio::time::sleep(Duration::from_millis(250));
        tokio::pin!(gathered);
        loop {
            tokio::select! {
                () = &mut gathered => break,
                said = heard.0.recv() => match said {
                    Some(said) => take(said),
                    None => {
                        over = true;
                        break;
                    }
                },
            }
        }
        let mut tx = run.begin().await?;
        let now = run.now();
        if let Err(error) = environments.logs.append_in_tx(&mut tx, &owner, lines, now).await {
            tracing::warn!(error = error_chain(&error), step = owner, "lines of a log were lost");
            drop(tx);
            continue;
        }
        if let Some(rows) = objects {
            store::object_save_all(&mut tx, environment.id, &rows, now).await?;
        }
        tx.commit().await?;
        environments.logs.announce(&owner);
        environments.changes.tell(environment.id);
    }
    Ok(())
}
