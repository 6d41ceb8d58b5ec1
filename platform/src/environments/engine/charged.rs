//! A quota that refuses after a call that was cut off: what it counts may not be there.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::super::rows::Step;
use super::super::store;
use super::step::{Did, Problem};
use crate::clusters::Fault;
use crate::jobs::{Failure, Run};

/// Within this time a cluster counts its quotas again: each 5 min (`--resource-quota-sync-period` of kube-controller-manager), unless
/// its operators chose otherwise.
const RECOUNTED: SignedDuration = SignedDuration::from_mins(6);

/// A quota is charged before an object is there. Where an earlier call was cut off in between, the place that is missing is the one
/// that it took, and a refusal is no last word until the cluster has counted again what is there.
pub async fn perhaps_charged(run: &Run, step: &Step, problem: Problem) -> Result<Did, Failure> {
    if !matches!(problem.fault, Some(Fault::QuotaExceeded { .. })) {
        return Ok(Did::Failed(problem));
    }
    let now = run.now();
    let kept = step.outcome.as_ref().and_then(|kept| kept.0["refused_since"].as_str());
    match kept.and_then(|since| since.parse::<Timestamp>().ok()) {
        // By now no call of before is on its way any more.
        Some(since) if now.duration_since(since) >= RECOUNTED => {
            return Ok(Did::Failed(problem).with_outcome_unknown(false));
        }
        Some(_) => {}
        None => {
            // That it was done once stays known.
            let mut kept = step.outcome.as_ref().map_or_else(|| json!({}), |kept| kept.0.clone());
            kept["refused_since"] = json!(now.to_string());
            let mut tx = run.begin().await?;
            store::step_keep(&mut tx, step.id, &kept).await?;
            tx.commit().await?;
        }
    }
    let sentence = "The quota may still be charged for a call that was cut off. The cluster counts it again within minutes";
    Ok(Did::NotYet(Problem { sentence: sentence.to_owned(), outcome_unknown: true, ..problem }))
}
