//! The jobs of the campaign: one that walks through steps, and one that serves wishes under a single key.

use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::super::{Failure, Handler, NewJob, Outcome, Run, enqueue_in_tx};
use super::far_side::FarSide;
use super::record;

pub(super) const STEPS: &str = "kill.steps";
pub(super) const WISHES: &str = "kill.wishes";

/// What a job is to do.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Steps {
    pub steps: i64,
    pub manner: Manner,
    /// Whether its last transaction asks for another job.
    pub then: bool,
    /// The longest wait on either side of a call.
    pub pause: Duration,
}

/// How a job comes to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Manner {
    /// With a run more, asked for in the transaction of the last effect.
    Waits,
    /// By returning, so that the worker writes the end.
    Returns,
    /// Letting go of the job after every step.
    Pauses,
    /// Failing once after the first step.
    Stumbles,
}

pub(super) fn steps_job(steps: &Steps, now: Timestamp) -> NewJob {
    NewJob { kind: STEPS, payload: json!(steps), unique_key: None, due_at: now, on_behalf_of: None }
}

pub(super) fn wishes_job(now: Timestamp) -> NewJob {
    let unique_key = Some("wishes".to_owned());
    NewJob { kind: WISHES, payload: json!({}), unique_key, due_at: now, on_behalf_of: None }
}

/// Each step: its intent, a call to the far side, its outcome. An intent without an outcome is probed, never repeated blindly.
pub(super) struct Walk {
    pub far_side: FarSide,
    /// Repeats blindly, to show that the campaign finds it out.
    pub blind: bool,
}

impl Handler for Walk {
    fn kind(&self) -> &'static str {
        STEPS
    }

    fn run<'a>(&'a self, run: &'a Run) -> BoxFuture<'a, Result<Outcome, Failure>> {
        self.walk(run).boxed()
    }
}

impl Walk {
    async fn walk(&self, run: &Run) -> Result<Outcome, Failure> {
        let plan: Steps = run.payload()?;
        let (job, fence) = (run.job.id, run.job.fence);
        loop {
            let mut tx = run.begin().await?;
            let step = record::count(&mut tx, job, "outcome").await?;
            if step == plan.steps {
                return Ok(Outcome::Done);
            }
            let begun = record::count(&mut tx, job, "intent").await? > step;
            let phase = if begun { "probe" } else { "intent" };
            record::effect(&mut tx, job, step, phase, fence).await?;
            tx.commit().await?;

            let token = record::token(job, step);
            pause(plan.pause).await;
            if self.blind || !begun || !self.far_side.knows(&token) {
                self.far_side.call(&token);
            }
            pause(plan.pause).await;

            let mut tx = run.begin().await?;
            record::effect(&mut tx, job, step, "outcome", fence).await?;
            let last = step + 1 == plan.steps;
            if last && plan.then {
                let next = Steps { steps: 1, then: false, ..plan };
                enqueue_in_tx(&mut tx, steps_job(&next, run.now()), run.now()).await?;
            }
            if last && plan.manner == Manner::Waits {
                run.wait_in_tx(&mut tx, run.now(), run.now()).await?;
                tx.commit().await?;
                return Ok(Outcome::Finished);
            }
            tx.commit().await?;
            match plan.manner {
                _ if last => return Ok(Outcome::Done),
                Manner::Pauses => return Ok(Outcome::Again(run.now())),
                Manner::Stumbles if step == 0 => return Err(Failure::Retry("it stumbled".to_owned())),
                _ => {}
            }
        }
    }
}

async fn pause(longest: Duration) {
    tokio::time::sleep(longest.mul_f64(rand::random())).await;
}

/// Serves the wishes that it finds, then takes its time to end: a wish that comes meanwhile must have it run once more.
pub(super) struct Wishes;

impl Handler for Wishes {
    fn kind(&self) -> &'static str {
        WISHES
    }

    fn run<'a>(&'a self, run: &'a Run) -> BoxFuture<'a, Result<Outcome, Failure>> {
        async {
            let mut tx = run.begin().await?;
            record::serve_wishes(&mut tx).await?;
            tx.commit().await?;
            pause(Duration::from_millis(30)).await;
            Ok(Outcome::Done)
        }
        .boxed()
    }
}
