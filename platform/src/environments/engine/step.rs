//! One step: its intent, its outcome, its failure, and its time.
//!
//! Of a step's time limit only that time is used up in which somebody worked on it and its cluster answered: a cluster that is away is
//! waited for, however long, and so is Slipway itself.

use std::time::Duration;

use domain::environments::life::StepState;
use domain::environments::readiness;
use domain::environments::status::NOT_ALLOWED;
use domain::ids::EnvironmentId;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::super::Environments;
use super::super::kubernetes;
use super::super::rows::Step;
use super::super::store::{self, Begin, StepProblem};
use crate::clusters::Fault;
use crate::jobs::{Failure, Run, back_off};

/// What is charged to a step whose process ended in the midst of it, in milliseconds. Steps of tests and of campaigns of kills may take
/// seconds alone.
const LOST_MS: i64 = if cfg!(any(test, feature = "testing")) { 3_000 } else { 30_000 };

/// What became of a step.
pub enum Did {
    /// It is done, with what later steps or the receipt need to know.
    Done(Value),
    /// It did not work, and may later.
    NotYet(Problem),
    /// It did not work, and will not by itself.
    Failed(Problem),
    /// It is not done yet and nothing is wrong: it goes on when others had their turn, and knows then what it said last.
    Waiting(Value),
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
    /// What went wrong with a call, if that is the reason.
    pub fault: Option<Fault>,
    /// What the cluster said when it was asked after the call that failed, where it was: whether it answers at all.
    pub asked: Option<Result<(), Fault>>,
    /// Since when the cluster is away, where that is why: from then on the step's time stood still.
    pub away_since: Option<Timestamp>,
    /// Whether something may have taken hold in the cluster that nobody has seen.
    pub outcome_unknown: bool,
    /// Whether it is certain that nothing did, in this try or in any before it.
    pub untouched: bool,
}

impl Problem {
    /// A problem in our words alone.
    pub fn new(sentence: impl Into<String>) -> Self {
        Self {
            sentence: sentence.into(),
            detail: None,
            fault: None,
            asked: None,
            away_since: None,
            outcome_unknown: false,
            untouched: false,
        }
    }

    /// The cluster cannot be called.
    pub fn of(fault: Fault) -> Self {
        Self { fault: Some(fault.clone()), ..Self::new(fault_words(&fault)) }
    }

    /// Whether a call got no answer, or not that of a cluster that works: it may take hold all the same.
    pub fn is_cut_off(&self) -> bool {
        self.fault.as_ref().is_some_and(Fault::is_away)
    }

    /// What speaks against the connection: what the cluster said last. A call also fails of one that answers everything else.
    pub fn of_connection(&self) -> Option<&Fault> {
        let last = match &self.asked {
            Some(asked) => asked.as_ref().err(),
            None => self.fault.as_ref(),
        };
        last.filter(|fault| fault.is_of_connection())
    }
}

impl Did {
    /// The same, of a step of which it may not be known what took hold in the cluster.
    pub fn with_outcome_unknown(self, outcome_unknown: bool) -> Self {
        match self {
            Did::NotYet(problem) => Did::NotYet(Problem { outcome_unknown, ..problem }),
            Did::Failed(problem) => Did::Failed(Problem { outcome_unknown, ..problem }),
            other => other,
        }
    }

    /// The same, of a step of which it may be certain that nothing took hold in the cluster.
    pub fn with_untouched(self, untouched: bool) -> Self {
        match self {
            Did::NotYet(problem) => Did::NotYet(Problem { untouched, ..problem }),
            Did::Failed(problem) => Did::Failed(Problem { untouched, ..problem }),
            other => other,
        }
    }
}

/// Where whoever may see it finds more.
const MORE: &str = ". An administrator sees why on the cluster's page";

/// A sentence without its pointer to the cluster's page: for what is kept longer than that, and where nothing stands there.
pub fn without_pointer(sentence: &str) -> String {
    sentence.replace(MORE, "")
}

/// A fault as everybody may read it. The details of a connection (an account's name, an address, what answered there) are for
/// administrators: they stand on the cluster's page.
pub fn fault_words(fault: &Fault) -> String {
    let what: &str = match fault {
        // What answered may be a proxy, and not the cluster.
        Fault::Broken { code, .. } => &format!("The cluster reported an internal error ({code})"),
        Fault::NotTrusted { .. } => "The cluster's certificate is not trusted",
        Fault::Forbidden { .. } => &format!("{NOT_ALLOWED} do this"),
        Fault::NotKubernetes { .. } => "What answers in the cluster's place is not a Kubernetes API",
        Fault::Address(_) => "Slipway does not call the cluster's address",
        Fault::NoOwnAccount { .. } => "Slipway has no account of its own in the cluster",
        Fault::BadCredentials { .. } => "The credentials of the cluster's connection cannot be used",
        // It answers, so that nothing stands on its page.
        Fault::Busy { .. } => return "The cluster is limiting requests".to_owned(),
        fault => return fault.to_string(),
    };
    format!("{what}{MORE}")
}

/// The same, of a cluster that was asked which it is, which is the first thing that it is asked.
pub fn opening_words(fault: &Fault) -> String {
    match fault {
        Fault::Forbidden { .. } => format!(
            "{NOT_ALLOWED} read the namespace kube-system, by which Slipway knows which cluster it is{MORE}"
        ),
        fault => fault_words(fault),
    }
}

/// A driver's error as everybody may read it.
pub fn error_words(error: &kubernetes::Error) -> String {
    match error {
        kubernetes::Error::Cluster { doing, fault } => format!("{doing}: {}", fault_words(fault)),
        error => error.to_string(),
    }
}

/// A driver's error as what became of the step.
pub fn failed(error: &kubernetes::Error) -> Did {
    let problem = problem(error);
    if error.is_retryable() { Did::NotYet(problem) } else { Did::Failed(problem) }
}

/// Whether an error is the cluster's own "no" to a call: the API server gives it before anything takes hold. What a proxy says in its
/// place, or an answer that is cut off, is none; and since anything may say 401, that never counts.
pub fn is_refused_outright(error: &kubernetes::Error) -> bool {
    matches!(
        error.fault(),
        Some(Fault::Forbidden { .. } | Fault::Admission { .. } | Fault::QuotaExceeded { .. })
    )
}

/// A driver's error for the page. What admission refuses is said as it is when the cluster's controllers are refused.
fn problem(error: &kubernetes::Error) -> Problem {
    let fault = error.fault().cloned();
    if let kubernetes::Error::Cluster { doing, fault: refused } = error
        && let Fault::PodSecurity { said } | Fault::QuotaExceeded { said } | Fault::Admission { said } =
            refused
        && let Some(object) = doing.strip_prefix("Applying ")
    {
        let object = object.trim_start_matches("the ").replace(['“', '”'], "");
        // Of pods the cluster speaks when it looks at the workload that will make them.
        let pods = matches!(refused, Fault::PodSecurity { .. }) && !object.starts_with("pod ");
        let what = if pods { format!("the pods of {object}") } else { object };
        let readiness::Blocked { sentence, detail, .. } = readiness::refused(&what, said);
        return Problem { detail: Some(detail), fault, ..Problem::new(sentence) };
    }
    Problem { fault, ..Problem::new(error_words(error)) }
}

/// Commits that a step is at work, before the cluster is called; tells whether it is to be asked first what took hold there,
/// because the outcome of an earlier try is unknown.
///
/// The step's time goes on from what was used up before, whichever process works on it. It begins anew only where a person has the step
/// tried again, and where a blocked destroying begins again from its list. What a process had used that ended in the midst of it is not
/// known: a fixed slice is charged for it, so that a step that takes its process down comes to its limit as well.
pub async fn begin(
    environments: &Environments,
    run: &Run,
    environment: EnvironmentId,
    step: &mut Step,
) -> Result<bool, Failure> {
    let was_at_work = matches!(step.state()?, StepState::Running | StepState::Probing);
    let broken_off = was_at_work && run.taken_over();
    let ask = broken_off || step.outcome_unknown;
    let now = run.now();
    let begin = Begin {
        state: if ask { StepState::Probing } else { StepState::Running },
        changes: false,
        attempts: i64::from(!was_at_work),
        charged_ms: if was_at_work && run.process_ended() { LOST_MS } else { -not_waited_ms(step, now)? },
    };
    let mut tx = run.begin().await?;
    store::step_begin(&mut tx, step.id, begin, now).await?;
    tx.commit().await?;
    if step.started_at.is_none() {
        step.started_at = Some(now.into());
    }
    step.at_work_since = Some(now);
    step.attempt += begin.attempts;
    step.spent_ms += begin.charged_ms;
    environments.changes.tell(environment);
    Ok(ask)
}

/// Takes back that the cluster does not answer, once it does.
pub async fn answered(
    environments: &Environments,
    run: &Run,
    environment: EnvironmentId,
    step: &Step,
) -> Result<(), Failure> {
    if !step.unreachable {
        return Ok(());
    }
    let mut tx = run.begin().await?;
    store::step_reached(&mut tx, step.id).await?;
    tx.commit().await?;
    environments.changes.tell(environment);
    Ok(())
}

/// Commits that a step goes on once it was asked about, and whether it is about to change something in the cluster.
pub async fn go_on(
    environments: &Environments,
    run: &Run,
    environment: EnvironmentId,
    step: &Step,
    changes: bool,
) -> Result<(), Failure> {
    let begin = Begin { state: StepState::Running, changes, attempts: 0, charged_ms: 0 };
    let mut tx = run.begin().await?;
    store::step_begin(&mut tx, step.id, begin, run.now()).await?;
    tx.commit().await?;
    environments.changes.tell(environment);
    Ok(())
}

/// The pause before a step that failed for now is tried again. While its cluster is away it grows to the longest that there is: when that
/// answers again, what waits for it goes on at once ([`super::super::resume`]).
pub fn pause(step: &Step, problem: &Problem) -> SignedDuration {
    let attempt = u32::try_from(step.attempt).unwrap_or(u32::MAX);
    let most = if problem.away_since.is_some() { 10 } else { 6 };
    back_off(attempt.clamp(1, most))
}

/// When a step that failed for now is tried again; none when its time would be over by then. How long a quota that refuses is
/// waited for was decided before.
pub fn again_at(step: &Step, problem: &Problem, now: Timestamp) -> Option<Timestamp> {
    let at = now.checked_add(pause(step, problem)).ok()?;
    let of_quota = matches!(problem.fault, Some(Fault::QuotaExceeded { .. }));
    (of_quota || problem.away_since.is_some() || !time_left(step, at).is_zero()).then_some(at)
}

/// How much of the pause that was counted as its time a step did not wait, since somebody set its cluster right: no less than 0. While
/// its cluster was away the pause was not counted.
pub fn not_waited_ms(step: &Step, now: Timestamp) -> Result<i64, Failure> {
    if step.state()? != StepState::RetryWait || step.unreachable {
        return Ok(0);
    }
    let left =
        step.next_attempt_at.map_or(SignedDuration::ZERO, |at| Timestamp::from(at).duration_since(now));
    let left = i64::try_from(left.as_millis()).unwrap_or(0);
    Ok(left.clamp(0, step.spent_ms.max(0)))
}

/// What a step has used up of its time by `at`, if it is at work until then.
fn spent(step: &Step, at: Timestamp) -> SignedDuration {
    let now = step.at_work_since.map_or(SignedDuration::ZERO, |since| at.duration_since(since));
    SignedDuration::from_millis(step.spent_ms) + now.max(SignedDuration::ZERO)
}

/// The same in milliseconds, as it is kept.
pub fn spent_ms(step: &Step, at: Timestamp) -> i64 {
    i64::try_from(spent(step, at).as_millis()).unwrap_or(i64::MAX)
}

/// What is left of a step's time limit.
pub fn time_left(step: &Step, now: Timestamp) -> Duration {
    let left = SignedDuration::from_secs(step.time_limit_seconds) - spent(step, now);
    if left.is_negative() { Duration::ZERO } else { left.unsigned_abs() }
}

/// How long one try may take: what is left, and never so little that it could not succeed.
pub fn try_limit(step: &Step, now: Timestamp) -> Duration {
    time_left(step, now).max(Duration::from_secs(10))
}

/// As the store wants it: why a step is not done `now`. The pause before it is tried again is a part of its time, but where its cluster
/// is away.
pub fn problem_row<'a>(
    step: &Step,
    problem: &'a Problem,
    again_at: Option<Timestamp>,
    now: Timestamp,
) -> StepProblem<'a> {
    StepProblem {
        sentence: &problem.sentence,
        detail: problem.detail.as_deref(),
        unreachable: problem.away_since.is_some(),
        outcome_unknown: problem.outcome_unknown,
        untouched: problem.untouched,
        spent_ms: spent_ms(step, problem.away_since.or(again_at).unwrap_or(now)),
        again_at,
    }
}
