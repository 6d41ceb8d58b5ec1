//! One step: its intent, its outcome, its failure, and the cluster that it calls.

use std::time::Duration;

use domain::environments::life::StepState;
use domain::environments::readiness;
use domain::ids::{ClusterId, EnvironmentId};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::super::Environments;
use super::super::kubernetes::{self, Kubernetes};
use super::super::rows::{Environment, Step};
use super::super::store::{self, Begin, StepProblem};
use crate::clusters::{self, Connection, Fault};
use crate::jobs::{Failure, Run, back_off};

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
            outcome_unknown: false,
            untouched: false,
        }
    }

    /// The cluster cannot be called.
    pub fn of(fault: Fault) -> Self {
        Self { fault: Some(fault.clone()), ..Self::new(fault_words(&fault)) }
    }

    /// Whether the cluster did not answer, or not as one that works.
    pub fn unreachable(&self) -> bool {
        self.fault.as_ref().is_some_and(Fault::is_no_answer)
    }

    /// What this tells of the connection: nothing good where the call itself was not accepted.
    fn of_connection(&self) -> Option<&Fault> {
        self.fault.as_ref().filter(|fault| fault.is_of_connection())
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

/// A fault as everybody may read it. The details of a connection (an account's name, an address, what answered there) are for
/// administrators: they stand on the cluster's page.
pub fn fault_words(fault: &Fault) -> String {
    let what: &str = match fault {
        // What answered may be a proxy, and not the cluster.
        Fault::Broken { code, .. } => &format!("The cluster reported an internal error ({code})"),
        Fault::Busy { .. } => "The cluster is limiting requests",
        Fault::NotTrusted { .. } => "The cluster's certificate is not trusted",
        Fault::Forbidden { .. } => "Slipway's account in the cluster is not allowed to do this",
        Fault::NotKubernetes { .. } => "What answers in the cluster's place is not a Kubernetes API",
        Fault::Address(_) => "Slipway does not call the cluster's address",
        Fault::NoOwnAccount { .. } => "Slipway has no account of its own in the cluster",
        Fault::BadCredentials { .. } => "The credentials of the cluster's connection cannot be used",
        fault => return fault.to_string(),
    };
    format!("{what}. An administrator sees why on the cluster's page")
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

/// The cluster of an environment, or why it cannot be called. One that is another than it was is none: there, "not found"
/// would be taken for "gone".
pub async fn open(
    environments: &Environments,
    environment: &Environment,
    now: Timestamp,
) -> Result<Result<(Connection, Kubernetes), Problem>, Failure> {
    match open_cluster(environments, environment.cluster_id, now).await {
        Err(crate::Error::NotFound(_)) => {
            let words = "The cluster that it is on is no longer connected. Connect it again";
            Ok(Err(Problem::new(words)))
        }
        opened => Ok(opened?.map_err(Problem::of)),
    }
}

/// Calls a cluster and asks which it is; what that told is noted.
pub async fn open_cluster(
    environments: &Environments,
    id: ClusterId,
    now: Timestamp,
) -> crate::Result<Result<(Connection, Kubernetes), Fault>> {
    let (db, keys, clients) = (&environments.db, &environments.keys, &environments.clients);
    let (connection, api) = clusters::contact::open_cluster(db, keys, clients, id).await?;
    let known = match &api {
        Ok(api) => api.identity().await,
        Err(fault) => Err(fault.clone()),
    };
    let known = match known {
        Ok(identity) if clusters::contact::is_same_cluster(db, &connection, &identity).await? => api,
        Ok(_) => Err(Fault::AnotherCluster),
        Err(fault) => Err(fault),
    };
    match known {
        Ok(api) => Ok(Ok((connection, Kubernetes::new(api)))),
        Err(fault) => {
            note(environments, &connection, Some(&fault).filter(|fault| fault.is_of_connection()), now).await;
            Ok(Err(fault))
        }
    }
}

/// What becomes of a step whose cluster cannot be called.
pub fn unopened(problem: Problem) -> Did {
    let passes = problem.fault.as_ref().is_some_and(Fault::is_retryable);
    if passes { Did::NotYet(problem) } else { Did::Failed(problem) }
}

/// Keeps for the page of clusters what the calls of a step told.
pub async fn note_contact(environments: &Environments, connection: &Connection, did: &Did, now: Timestamp) {
    let fault = match did {
        Did::NotYet(problem) | Did::Failed(problem) => problem.of_connection(),
        Did::Done(_) | Did::Waiting(_) | Did::Stopped => None,
    };
    note(environments, connection, fault, now).await;
}

async fn note(environments: &Environments, connection: &Connection, fault: Option<&Fault>, now: Timestamp) {
    let outcome = fault.map_or(Ok(()), Err);
    if let Err(error) = clusters::contact::record_contact(&environments.db, connection, outcome, now).await {
        tracing::warn!(%error, cluster = connection.name, "the last contact could not be noted");
    }
}

/// Commits that a step is at work, before the cluster is called; tells whether it is to be asked first what took hold there,
/// because the outcome of an earlier try is unknown.
///
/// The step's time began when it first did, whichever process works on it: the page says after what it fails. It begins anew only where a
/// person has the step tried again, and where a blocked destroying begins again from its list.
pub async fn begin(
    environments: &Environments,
    run: &Run,
    environment: EnvironmentId,
    step: &mut Step,
) -> Result<bool, Failure> {
    let was_at_work = matches!(step.state()?, StepState::Running | StepState::Probing);
    let broken_off = was_at_work && run.taken_over();
    let ask = broken_off || step.outcome_unknown;
    let begin = Begin {
        state: if ask { StepState::Probing } else { StepState::Running },
        changes: false,
        attempts: i64::from(!was_at_work),
    };
    let mut tx = run.begin().await?;
    let now = run.now();
    store::step_begin(&mut tx, step.id, begin, now).await?;
    tx.commit().await?;
    if step.started_at.is_none() {
        step.started_at = Some(now.into());
    }
    step.attempt += begin.attempts;
    environments.changes.tell(environment);
    Ok(ask)
}

/// Commits that a step goes on once it was asked about, and whether it is about to change something in the cluster.
pub async fn go_on(
    environments: &Environments,
    run: &Run,
    environment: EnvironmentId,
    step: &Step,
    changes: bool,
) -> Result<(), Failure> {
    let begin = Begin { state: StepState::Running, changes, attempts: 0 };
    let mut tx = run.begin().await?;
    store::step_begin(&mut tx, step.id, begin, run.now()).await?;
    tx.commit().await?;
    environments.changes.tell(environment);
    Ok(())
}

/// When a step that failed for now is tried again; none when its time limit would be over by then. How long a quota that refuses is
/// waited for was decided before.
pub fn again_at(step: &Step, problem: &Problem, now: Timestamp) -> Option<Timestamp> {
    let attempt = u32::try_from(step.attempt).unwrap_or(u32::MAX);
    let at = now.checked_add(back_off(attempt.clamp(1, 6))).ok()?;
    let began = step.started_at.map_or(now, Timestamp::from);
    let end = began.checked_add(SignedDuration::from_secs(step.time_limit_seconds)).ok()?;
    let of_quota = matches!(problem.fault, Some(Fault::QuotaExceeded { .. }));
    (of_quota || at < end).then_some(at)
}

/// What is left of a step's time limit.
pub fn time_left(step: &Step, now: Timestamp) -> Duration {
    let began = step.started_at.map_or(now, Timestamp::from);
    let spent = now.duration_since(began);
    let left = SignedDuration::from_secs(step.time_limit_seconds) - spent;
    if left.is_negative() { Duration::ZERO } else { left.unsigned_abs() }
}

/// How long one try may take: what is left, and never so little that it could not succeed.
pub fn try_limit(step: &Step, now: Timestamp) -> Duration {
    time_left(step, now).max(Duration::from_secs(10))
}

/// As the store wants it.
pub fn problem_row<'a>(problem: &'a Problem, again_at: Option<Timestamp>) -> StepProblem<'a> {
    StepProblem {
        sentence: &problem.sentence,
        detail: problem.detail.as_deref(),
        unreachable: problem.unreachable(),
        outcome_unknown: problem.outcome_unknown,
        untouched: problem.untouched,
        again_at,
    }
}
