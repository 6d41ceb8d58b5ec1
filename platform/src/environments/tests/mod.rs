//! Environments from the wish to the receipt: a whole platform on the real control plane, on both databases.

mod again;
mod broken;
mod disk;
mod faults;
mod forgotten;
mod given_up;
mod identity;
mod life;
mod limits;
mod looks;
mod ours;
mod quota;
mod refused;
mod secrets;
mod settled;
mod trouble;
mod turns;
mod withdrawn;
mod words;

use domain::environments::life::{State, StepState};
use serde_json::Value;

use super::service::EnvironmentPage;
use crate::db::{Db, Sql};
use crate::testing::cluster::{Cluster, cluster};
use crate::testing::world::{GOOD, World, now};

/// A world on the real control plane, with the rights of the manifest and no more.
async fn world(db: Db) -> Option<(World, &'static Cluster)> {
    let cluster = cluster()?;
    Some((World::start(db, &cluster.slipway().await).await, cluster))
}

/// The states of the steps of the newest operation.
fn steps(page: &EnvironmentPage) -> Vec<StepState> {
    page.operation.iter().flat_map(|operation| &operation.steps).map(|step| step.state).collect()
}

/// How many rows the tables of environments have.
async fn count(db: &Db) -> i64 {
    const TEXT: &str = "select (select count(*) from environments) + (select count(*) from operations)
        + (select count(*) from audit where object_kind = 'environment') + (select count(*) from jobs where kind <> 'catalog.refresh')";
    const COUNT: Sql = Sql::each(TEXT, TEXT);
    let mut reader = db.read().await.expect("a reader");
    let (count,) = crate::sql!(&mut reader, one(i64,), COUNT).expect("a count");
    count
}

/// The sentences of its history, the oldest first.
fn history(page: &EnvironmentPage) -> Vec<&str> {
    page.events.iter().rev().map(|event| event.sentence.as_str()).collect()
}

fn gone(page: &EnvironmentPage) -> bool {
    page.summary.state == State::Destroyed
        && page.receipt.as_ref().is_some_and(|receipt| {
            receipt.verdict() == domain::environments::receipt::Verdict::Gone
                && receipt.namespace == page.namespace
        })
}

/// Whether the cluster has the namespace.
async fn is_there(cluster: &Cluster, page: &EnvironmentPage) -> bool {
    use super::kubernetes::{Kubernetes, NamespaceState, Target};
    let driver = Kubernetes::new(crate::testing::cluster::api(&cluster.admin()));
    let target = Target { environment: page.summary.id, namespace: page.namespace.clone(), uid: None };
    driver.namespace_state(&target).await.expect("a state") != NamespaceState::Absent
}

/// Looks until it holds.
async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    for _ in 0..3_000 {
        if holds().await {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(30)).await;
    }
    panic!("it did not come to: {what}");
}

/// Looks until the namespace is as expected.
async fn wait_for_namespace(cluster: &Cluster, page: &EnvironmentPage, expected: impl Fn(&Value) -> bool) {
    let api = crate::testing::cluster::api(&cluster.admin());
    let path = format!("/api/v1/namespaces/{}", page.namespace);
    for _ in 0..300 {
        let request = http::Request::get(&path).body(Vec::new()).expect("a request");
        if expected(&api.call(request).await.expect("the namespace").body) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the namespace {} did not become as expected", page.namespace);
}
