//! The step that waits until everything is ready: what it says meanwhile, and why it ends.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use domain::environments::lifetime::print;
use domain::environments::readiness::{Assessment, Blocked, assess};
use jiff::SignedDuration;
use serde_json::{Value, json};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::super::Environments;
use super::super::kubernetes::{Ended, Kubernetes, Notice, Patience, Target, Verdict, row};
use super::super::rows::{Operation, Step};
use super::step::{self, Did, Problem};
use super::stop_signal;
use super::voice::Voice;
use crate::clusters::Fault;
use crate::jobs::{Failure, Run};
use crate::logs::Level;

/// A cluster that cannot be followed for so long is left alone for a while, so that it keeps no worker from other environments.
const TROUBLE_LIMIT: Duration = Duration::from_secs(10);

/// Since when the cluster cannot be followed, and why.
#[derive(Default)]
struct Trouble(Mutex<Option<(Instant, Fault)>>);

impl Trouble {
    fn set(&self, trouble: Option<Fault>) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now = trouble.map(|fault| (Instant::now(), fault));
    }

    fn get(&self) -> Option<(Instant, Fault)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Ends when it has lasted too long.
    async fn lasted(&self) {
        loop {
            tokio::time::sleep(Duration::from_millis(500)).await;
            if self.get().is_some_and(|(since, _)| since.elapsed() >= TROUBLE_LIMIT) {
                return;
            }
        }
    }
}

/// Waits until `objects` are ready, the operation is to stop, or the step's time is over.
pub async fn wait(
    environments: &Environments,
    run: &Run,
    operation: &Operation,
    step: &Step,
    driver: &Kubernetes,
    objects: &[Value],
    target: &Target,
    voice: &Voice,
) -> Result<Did, Failure> {
    let stop = CancellationToken::new();
    let trouble = Trouble::default();
    let mut judge = |seen: &[Value]| {
        voice.objects(seen.iter().filter_map(row).collect());
        let assessment = assess(objects, seen);
        let verdict = match &assessment {
            Assessment::Ready => Verdict::Ready,
            Assessment::Blocked(blocked) if !blocked.cause.can_heal() => Verdict::Failed,
            _ => Verdict::Waiting,
        };
        (assessment, verdict)
    };
    let mut notice = |notice: Notice<'_, Assessment>| match notice {
        Notice::Assessed(Assessment::Ready) => voice.line(run.now(), Level::Good, "Everything is ready"),
        Notice::Assessed(Assessment::Progressing { sentence }) => {
            voice.line(run.now(), Level::Plain, sentence.clone())
        }
        Notice::Assessed(Assessment::Blocked(blocked)) => {
            voice.line(run.now(), Level::Warning, blocked.sentence.clone());
            if !blocked.detail.is_empty() && blocked.detail != blocked.sentence {
                voice.line(run.now(), Level::Plain, blocked.detail.clone());
            }
        }
        Notice::Trouble(fault) => {
            trouble.set(Some(fault.clone()));
            voice.line(run.now(), Level::Warning, fault.to_string());
        }
        Notice::Recovered => {
            trouble.set(None);
            voice.line(run.now(), Level::Plain, "The cluster answers again");
        }
    };
    let patience = Patience::of(step::try_limit(step, run.now()));
    let waiting = driver.wait_ready(target, objects, patience, &stop, &mut judge, &mut notice);
    tokio::pin!(waiting);
    let ended = tokio::select! {
        ended = &mut waiting => ended,
        () = stop_signal(environments, operation) => {
            stop.cancel();
            waiting.await
        }
        () = trouble.lasted() => {
            stop.cancel();
            match waiting.await {
                Ok(Ended::Cancelled(last)) => Ok(Ended::TimedOut(last)),
                ended => ended,
            }
        }
    };
    let limit = SignedDuration::from_secs(step.time_limit_seconds);
    Ok(match ended {
        Ok(Ended::Ready(_)) => {
            // What was waited for is a part of what is there. A look that fails is made up for by the next one.
            if let Ok(seen) = driver.observe(target).await {
                voice.objects(seen.iter().filter_map(row).collect());
            }
            Did::Done(json!({}))
        }
        Ok(Ended::Cancelled(_)) => Did::Stopped,
        Ok(Ended::Failed(assessment)) => Did::Failed(blocked(assessment)),
        // What was seen last says nothing of a cluster that does not answer now.
        Ok(Ended::TimedOut(last)) => match (trouble.get(), last) {
            (Some((_, fault)), _) => Did::NotYet(Problem::of(fault)),
            (None, Some(assessment)) => Did::Failed(blocked(assessment.after(limit))),
            (None, None) => Did::Failed(over_time(step)),
        },
        Err(error) => step::failed(&error),
    })
}

fn blocked(assessment: Assessment) -> Problem {
    match assessment {
        Assessment::Blocked(Blocked { sentence, detail, .. }) => {
            Problem { sentence, detail: Some(detail).filter(|detail| !detail.is_empty()), fault: None }
        }
        Assessment::Progressing { sentence } => Problem::new(sentence),
        Assessment::Ready => Problem::new("It was ready when its time was over"),
    }
}

/// The step's time is over, and nothing better is known.
pub fn over_time(step: &Step) -> Problem {
    let limit = print(SignedDuration::from_secs(step.time_limit_seconds));
    Problem::new(format!("The cluster did not do this within {limit}"))
}
