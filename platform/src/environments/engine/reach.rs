//! The cluster that a step calls: opened, asked whether it answers once a call failed, and what that told, noted.

use domain::ids::ClusterId;
use jiff::Timestamp;

use super::super::Environments;
use super::super::kubernetes::Kubernetes;
use super::super::rows::Environment;
use super::step::{Did, Problem, opening_words, without_pointer};
use crate::clusters::{self, Connection, Fault};
use crate::jobs::Failure;

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
        opened => Ok(opened?.map_err(|fault| {
            let (words, is_away) = (opening_words(&fault), fault.is_away());
            Problem { away_since: is_away.then_some(now), fault: Some(fault), ..Problem::new(words) }
        })),
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
        Ok(identity) => clusters::contact::check_identity(db, &connection, &identity).await?.and(api),
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

/// What became of a step whose time is over `now`, unless its cluster does not answer: then nobody knows how the step stands.
pub async fn over(driver: &Kubernetes, problem: Problem, now: Timestamp) -> Did {
    match driver.answers().await {
        Err(fault) if fault.is_away() => {
            let asked = Some(Err(fault.clone()));
            Did::NotYet(Problem { asked, away_since: Some(now), ..Problem::of(fault) })
        }
        answer => Did::Failed(Problem { asked: Some(answer), ..problem }),
    }
}

/// What became of a step whose call got no proper answer until `failed_at`, once it is known whether its cluster is away: a call also
/// fails of one that answers everything else, and that is a problem of the step.
pub async fn whose_problem(did: Did, failed_at: Timestamp, driver: &Kubernetes) -> Did {
    match did {
        Did::NotYet(problem) if problem.is_cut_off() && problem.asked.is_none() => {
            Did::NotYet(judged(problem, driver.answers().await, failed_at))
        }
        other => other,
    }
}

/// The problem of such a call, by what the cluster said when it was asked. Where that speaks for the connection, no page of the cluster
/// tells more, and what the cluster said to the call itself is for whoever mends the step.
fn judged(problem: Problem, answer: Result<(), Fault>, failed_at: Timestamp) -> Problem {
    let is_away = answer.as_ref().is_err_and(|fault| fault.is_away());
    let since = problem.away_since.unwrap_or(failed_at);
    let problem = Problem { asked: Some(answer), away_since: is_away.then_some(since), ..problem };
    if problem.of_connection().is_some() {
        return problem;
    }
    let said = problem.fault.as_ref().and_then(Fault::own_words);
    Problem {
        sentence: without_pointer(&problem.sentence),
        detail: problem.detail.clone().or(said),
        ..problem
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_that_failed_is_judged_by_what_the_cluster_says_then() {
        let at = |second| Timestamp::from_second(second).expect("a time");
        let broken = || {
            let said = "failed calling webhook".to_owned();
            Problem::of(Fault::Broken { code: 500, said, by_kubernetes: true })
        };
        let own = judged(broken(), Ok(()), at(10));
        assert_eq!(own.sentence, "The cluster reported an internal error (500)");
        assert_eq!((own.detail.as_deref(), own.away_since), (Some("failed calling webhook"), None));
        assert_eq!(own.of_connection(), None, "the cluster works");

        let away = Fault::TimedOut { seconds: 20 };
        let problem = judged(broken(), Err(away.clone()), at(10));
        assert_eq!((problem.away_since, problem.of_connection()), (Some(at(10)), Some(&away)));
        assert_eq!(problem.detail, None);
        let earlier = Problem { away_since: Some(at(4)), ..broken() };
        assert_eq!(judged(earlier, Err(away), at(10)).away_since, Some(at(4)));

        let refused = judged(broken(), Err(Fault::Unauthorized), at(10));
        assert_eq!((refused.away_since, refused.of_connection()), (None, Some(&Fault::Unauthorized)));
    }
}
