//! What a step at work says: lines of its log, and what stands in the cluster. Written beside the work.

use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;

use super::super::kubernetes::ObjectRow;
use super::super::rows::{Environment, Step};
use super::super::{Environments, store};
use crate::jobs::{Failure, Run};
use crate::logs::{Level, Line};

/// How long what is said is gathered before it is written.
const GATHER: Duration = Duration::from_millis(250);
/// The most lines that are kept in memory while they cannot be written.
const KEPT: usize = 2_000;

/// Where a step says what it does.
#[derive(Clone)]
pub struct Voice(mpsc::UnboundedSender<Said>);

enum Said {
    Line(Line),
    Objects(Vec<ObjectRow>),
}

/// What a voice said.
pub struct Heard(mpsc::UnboundedReceiver<Said>);

/// A voice, and what it says.
pub fn voice() -> (Voice, Heard) {
    let (sender, receiver) = mpsc::unbounded_channel();
    (Voice(sender), Heard(receiver))
}

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

/// What is not written yet.
#[derive(Default)]
struct Kept {
    lines: Vec<Line>,
    objects: Option<Vec<ObjectRow>>,
}

impl Kept {
    fn take(&mut self, said: Said) {
        match said {
            Said::Line(line) => self.lines.push(line),
            Said::Objects(rows) => self.objects = Some(rows),
        }
    }

    fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.objects.is_none()
    }
}

/// Writes what a step says until it says no more. What cannot be written (a full disk, a locked database) is no reason to stop
/// making the environment: it is warned of, and tried again with what is said next. Only a lost lease ends it early.
pub async fn write_all(
    environments: &Environments,
    run: &Run,
    environment: &Environment,
    step: &Step,
    mut heard: Heard,
) -> Result<(), Failure> {
    let mut kept = Kept::default();
    let mut over = false;
    while !over {
        match heard.0.recv().await {
            Some(said) => kept.take(said),
            None if kept.is_empty() => return Ok(()),
            None => over = true,
        }
        let gathered = tokio::time::sleep(GATHER);
        tokio::pin!(gathered);
        while !over {
            tokio::select! {
                () = &mut gathered => break,
                said = heard.0.recv() => match said {
                    Some(said) => kept.take(said),
                    None => over = true,
                },
            }
        }
        match write(environments, run, environment, step, &kept).await {
            Ok(()) => kept = Kept::default(),
            Err(Failure::LeaseLost) => return Err(Failure::LeaseLost),
            Err(error) => {
                let lines = kept.lines.len();
                tracing::warn!(%error, step = %step.id, lines, over, "what a step says could not be written");
                kept.lines.drain(..lines.saturating_sub(KEPT));
            }
        }
    }
    Ok(())
}

async fn write(
    environments: &Environments,
    run: &Run,
    environment: &Environment,
    step: &Step,
    kept: &Kept,
) -> Result<(), Failure> {
    let owner = step.id.to_string();
    let mut tx = run.begin().await?;
    let now = run.now();
    environments.logs.append_in_tx(&mut tx, &owner, kept.lines.clone(), now).await?;
    if let Some(rows) = &kept.objects {
        store::object_save_all(&mut tx, environment.id, rows, now).await?;
    }
    tx.commit().await?;
    environments.logs.announce(&owner);
    environments.changes.tell(environment.id);
    Ok(())
}
