//! What a step at work says: lines of its log, and what stands in the cluster. Written beside the work.

use std::time::Duration;

use futures::future::BoxFuture;
use jiff::Timestamp;
use tokio::sync::mpsc;

use super::super::kubernetes::ObjectRow;
use super::super::rows::{Environment, Step};
use super::super::{Environments, store};
use super::step::Did;
use crate::db::Tx;
use crate::jobs::{Failure, Run};
use crate::logs::{Level, Line, Part};

/// How long what is said is gathered before it is written.
const GATHER: Duration = Duration::from_millis(250);
/// How often what was said last is tried to be written.
const LAST_TRIES: u32 = 4;
/// The most lines that are kept in memory while they cannot be written.
const KEPT: usize = 2_000;

/// Where a step says what it does.
#[derive(Clone)]
pub struct Voice(mpsc::UnboundedSender<Said>);

enum Said {
    Line(Line),
    Objects(Vec<ObjectRow>),
    Namespace(String),
    Trouble(Option<Words>),
}

/// What stands in the way now: ours, and the cluster's own words.
pub type Words = (String, String);

/// What a voice said.
struct Heard(mpsc::UnboundedReceiver<Said>);

/// A voice, and what it says.
fn voice() -> (Voice, Heard) {
    let (sender, receiver) = mpsc::unbounded_channel();
    (Voice(sender), Heard(receiver))
}

/// Has what a step says written while it is at work. Why it did not get done is its last word.
pub async fn spoken<'a>(
    environments: &Environments,
    run: &Run,
    environment: &Environment,
    step: &Step,
    work: impl FnOnce(Voice) -> BoxFuture<'a, Result<Did, Failure>>,
) -> Result<Did, Failure> {
    let (voice, heard) = voice();
    let work = work(voice.clone());
    let work = async {
        let did = work.await;
        if let Ok(did) = &did {
            voice.did(run.now(), did, step.problem.as_deref());
        }
        drop(voice);
        did
    };
    let (did, written) = tokio::join!(work, write_all(environments, run, environment, step, heard));
    written?;
    did
}

impl Voice {
    /// Says a line.
    pub fn line(&self, at: Timestamp, level: Level, text: impl Into<String>) {
        // Whoever listens ends only with the step itself.
        let _unheard = self.0.send(Said::Line(Line { at, level, text: text.into() }));
    }

    /// Says why it did not get done, but not at every try.
    fn did(&self, at: Timestamp, did: &Did, before: Option<&str>) {
        match did {
            Did::NotYet(problem) | Did::Failed(problem) if before == Some(problem.sentence.as_str()) => {}
            Did::NotYet(problem) => {
                self.line(at, Level::Warning, format!("Not done yet: {}", problem.sentence))
            }
            Did::Failed(problem) => {
                self.line(at, Level::Bad, problem.sentence.clone());
                let detail = problem.detail.as_ref();
                if let Some(detail) = detail.filter(|detail| !problem.sentence.contains(detail.as_str())) {
                    self.line(at, Level::Plain, detail.clone());
                }
            }
            Did::Done(_) | Did::Waiting(_) | Did::Stopped => {}
        }
    }

    /// Says which namespace is the environment's own.
    pub fn namespace(&self, uid: &str) {
        let _unheard = self.0.send(Said::Namespace(uid.to_owned()));
    }

    /// Says what keeps the step from getting done while it goes on; none when nothing does.
    pub fn trouble(&self, words: Option<Words>) {
        let _unheard = self.0.send(Said::Trouble(words));
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
    /// What the last line said, also where that is written: nothing is said twice in a row.
    last: String,
    objects: Option<Vec<ObjectRow>>,
    namespace: Option<String>,
    trouble: Option<Option<Words>>,
    /// Lines that were given up, because too many could not be written.
    lost: usize,
}

impl Kept {
    fn take(&mut self, said: Said) {
        match said {
            Said::Line(line) if line.text == self.last => {}
            Said::Line(line) => {
                self.last.clone_from(&line.text);
                self.lines.push(line);
            }
            Said::Objects(rows) => self.objects = Some(rows),
            Said::Namespace(uid) => self.namespace = Some(uid),
            Said::Trouble(words) => self.trouble = Some(words),
        }
    }

    /// Gives up what is too much to keep in memory.
    fn give_up(&mut self) {
        let much = self.lines.len().saturating_sub(KEPT);
        self.lines.drain(..much);
        self.lost += much;
    }

    /// What is to be written: the gap in it is told.
    fn to_write(&self, now: Timestamp) -> Vec<Line> {
        let gap = (self.lost > 0).then(|| {
            let text = format!("{} lines before this one could not be kept", self.lost);
            Line { at: now, level: Level::Warning, text }
        });
        gap.into_iter().chain(self.lines.iter().cloned()).collect()
    }

    fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.objects.is_none() && self.namespace.is_none() && self.trouble.is_none()
    }
}

/// Writes what a step says until it says no more. What cannot be written (a full disk, a locked database) is no reason to stop
/// making the environment: it is warned of, and tried again with what is said next, or what was said last a few times more. Only a
/// lost lease ends it early.
async fn write_all(
    environments: &Environments,
    run: &Run,
    environment: &Environment,
    step: &Step,
    mut heard: Heard,
) -> Result<(), Failure> {
    let mut kept = Kept::default();
    let mut over = false;
    let mut tries_left = LAST_TRIES;
    while !over || (!kept.is_empty() && tries_left > 0) {
        match heard.0.recv().await {
            Some(said) => kept.take(said),
            None if kept.is_empty() => return Ok(()),
            None if over => tokio::time::sleep(GATHER).await,
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
        tries_left -= u32::from(over);
        match write(environments, run, environment, step, &kept).await {
            Ok(()) => kept = Kept { last: kept.last, ..Kept::default() },
            Err(Failure::LeaseLost) => return Err(Failure::LeaseLost),
            Err(error) => {
                let lines = kept.lines.len();
                tracing::warn!(%error, step = %step.id, lines, over, "what a step says could not be written");
                kept.give_up();
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
    let (logs, owner, now) = (&environments.logs, step.id.to_string(), run.now());
    // Lines that cannot be kept do not take along what stands in the cluster.
    let put = logs.put(run.db(), &owner, kept.to_write(now), now).await;
    let part = put.as_ref().ok().and_then(Option::as_ref);
    match written_in_tx(run, environment, step, kept, part).await {
        Ok(tx) => tx.commit().await?,
        Err(failure) => {
            // Before a commit it is certain that no row names it.
            if let Some(part) = part {
                logs.take_back(part).await;
            }
            return Err(failure);
        }
    }
    environments.changes.tell_detail(environment.id);
    put?;
    Ok(())
}

/// A transaction in which everything is written that is kept, and the part of the log that was put.
async fn written_in_tx(
    run: &Run,
    environment: &Environment,
    step: &Step,
    kept: &Kept,
    part: Option<&Part>,
) -> Result<Tx, Failure> {
    let mut tx = run.begin().await?;
    let now = run.now();
    if let Some(rows) = &kept.objects {
        store::object_save_all(&mut tx, environment.id, rows, now).await?;
    }
    if let Some(uid) = &kept.namespace {
        store::environment_set_namespace_uid(&mut tx, environment.id, uid).await?;
    }
    if let Some(trouble) = &kept.trouble {
        let (sentence, detail) =
            trouble.as_ref().map(|(sentence, detail)| (sentence.as_str(), detail.as_str())).unzip();
        store::step_say(&mut tx, step.id, sentence, detail.filter(|detail| !detail.is_empty())).await?;
    }
    if let Some(part) = part {
        part.note_in_tx(&mut tx, now).await?;
    }
    Ok(tx)
}

#[cfg(test)]
mod tests {
    use super::super::step::Problem;
    use super::*;

    #[test]
    fn what_was_given_up_is_told_where_it_is_missing() {
        let now = Timestamp::UNIX_EPOCH;
        let line = |number: usize| Line { at: now, level: Level::Plain, text: number.to_string() };
        let mut kept = Kept::default();
        (0..KEPT + 3).for_each(|number| kept.take(Said::Line(line(number))));
        kept.give_up();
        let written = kept.to_write(now);
        assert_eq!(written.len(), KEPT + 1);
        assert_eq!(written[0].text, "3 lines before this one could not be kept");
        assert_eq!(written[1], line(3));
        assert_eq!(Kept { lines: vec![line(0)], ..Kept::default() }.to_write(now), [line(0)]);
    }

    #[test]
    fn nothing_is_said_twice_in_a_row() {
        let line =
            |text: &str| Line { at: Timestamp::UNIX_EPOCH, level: Level::Plain, text: text.to_owned() };
        let mut kept = Kept::default();
        ["a", "a", "b", "a"].into_iter().for_each(|text| kept.take(Said::Line(line(text))));
        assert_eq!(kept.lines, [line("a"), line("b"), line("a")]);
        // Also where the first of them was written meanwhile.
        let mut later = Kept { last: kept.last, ..Kept::default() };
        later.take(Said::Line(line("a")));
        assert!(later.is_empty());
    }

    #[test]
    fn what_the_reason_says_itself_is_not_said_again_below_it() {
        let (voice, mut heard) = voice();
        let not_ready = Problem {
            detail: Some("0 of 1 replicas are ready.".to_owned()),
            ..Problem::new("Not ready after 5 min. 0 of 1 replicas are ready.")
        };
        voice.did(Timestamp::UNIX_EPOCH, &Did::Failed(not_ready), None);
        drop(voice);
        let mut kept = Kept::default();
        while let Ok(said) = heard.0.try_recv() {
            kept.take(said);
        }
        assert_eq!(kept.lines.len(), 1, "{:?}", kept.lines);
    }
}
