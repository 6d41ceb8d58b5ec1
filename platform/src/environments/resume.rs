//! Has what waits for a cluster go on, once that answers again.

use domain::ids::ClusterId;
use jiff::Timestamp;

use super::{engine, store};
use crate::Result;
use crate::db::Tx;
use crate::jobs::enqueue_in_tx;

/// Makes the jobs due now that wait because a cluster was away, in the transaction that notes that it answers and has locked the row of the
/// cluster: jobs are locked after clusters.
pub(crate) async fn resume_in_tx(tx: &mut Tx, cluster: ClusterId, now: Timestamp) -> Result<()> {
    resume(tx, cluster, false, now).await
}

/// The same of whatever waits there, for any reason: somebody has just put the connection right, and looks at what comes of it.
pub(crate) async fn resume_all_in_tx(tx: &mut Tx, cluster: ClusterId, now: Timestamp) -> Result<()> {
    resume(tx, cluster, true, now).await
}

async fn resume(tx: &mut Tx, cluster: ClusterId, all: bool, now: Timestamp) -> Result<()> {
    for environment in store::environment_list_waiting(tx, cluster, all).await? {
        // One that is being tried at this moment may have met the cluster as it was: it is tried once more.
        enqueue_in_tx(tx, engine::job(environment, None, now), now).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use domain::ids::EnvironmentId;
    use jiff::{SignedDuration, Timestamp};
    use serde_json::json;

    use super::{resume_all_in_tx, resume_in_tx};
    use crate::clusters::contact::{find_cluster, record_contact};
    use crate::clusters::service::test_cluster;
    use crate::clusters::{Clients, Credentials, Fault};
    use crate::on_both_databases;
    use crate::testing::fake_api::{FakeApi, Reply};
    use crate::testing::world::{GOOD, World, now, nowhere};
    use crate::testing::{count, execute};

    /// As an environment stands whose first step is in a state; its cluster may be away. Its job waits until `due`.
    async fn stands(world: &World, id: EnvironmentId, state: &str, away: bool, due: Timestamp) {
        let operations = format!("select id from operations where environment_id = '{id}'");
        let of_it = format!("where environment_id = '{id}'");
        execute(&world.db, &format!("update operations set state = 'running' {of_it}")).await;
        let first = format!("ordinal = 0 and operation_id in ({operations})");
        let set = format!("state = '{state}', unreachable = {away} where {first}");
        execute(&world.db, &format!("update steps set {set}")).await;
        let due = due.as_microsecond();
        let job = format!("set due_at = {due} where unique_key = 'environment/{id}'");
        execute(&world.db, &format!("update jobs {job}")).await;
    }

    /// Whether it goes on before that.
    async fn goes_on(world: &World, id: EnvironmentId, due: Timestamp) -> bool {
        let due = due.as_microsecond();
        let job = format!("unique_key = 'environment/{id}' and (due_at < {due} or again_at < {due})");
        count(&world.db, &format!("select count(*) from jobs where {job}")).await == 1
    }

    on_both_databases!(only_what_waits_for_that_cluster_goes_on, |db| async move {
        let folder = tempfile::tempdir().expect("a folder");
        // Nothing works on it.
        let mut world = World::set_up(db, folder.path(), &nowhere()).await;
        let (waits, tried) = (world.ask("waits", GOOD).await, world.ask("tried", GOOD).await);
        let (busy, works) = (world.ask("busy", GOOD).await, world.ask("works", GOOD).await);
        let (over, staging) = (world.ask("over", GOOD).await, world.cluster);
        world.cluster = world.connect("other", &nowhere(), "").await;
        let elsewhere = world.ask("elsewhere", GOOD).await;
        let later = now() + SignedDuration::from_hours(1);
        for (id, state, away) in [
            (waits, "retry_wait", true),
            (tried, "running", true),
            (busy, "retry_wait", false),
            (works, "running", false),
            (over, "retry_wait", true),
            (elsewhere, "retry_wait", true),
        ] {
            stands(&world, id, state, away, later).await;
        }
        for id in [tried, works] {
            let job = format!("unique_key = 'environment/{id}'");
            execute(&world.db, &format!("update jobs set state = 'running' where {job}")).await;
        }
        for (table, key) in [("environments", "id"), ("operations", "environment_id")] {
            let failed = format!("update {table} set state = 'failed' where {key} = '{over}'");
            execute(&world.db, &failed).await;
        }

        let mut tx = world.db.begin().await.expect("a transaction");
        resume_in_tx(&mut tx, staging, now()).await.expect("resumed");
        tx.commit().await.expect("kept");
        assert!(goes_on(&world, waits, later).await);
        assert!(goes_on(&world, tried, later).await, "it may have met the cluster as it was");
        for (id, why) in [
            (busy, "it answers"),
            (works, "it answers"),
            (over, "it failed"),
            (elsewhere, "that is another one"),
        ] {
            assert!(!goes_on(&world, id, later).await, "{why}");
        }

        // Where somebody put the connection right, whatever waits there goes on.
        let mut tx = world.db.begin().await.expect("a transaction");
        resume_all_in_tx(&mut tx, staging, now()).await.expect("resumed");
        tx.commit().await.expect("kept");
        assert!(goes_on(&world, busy, later).await, "it may have waited because it was refused");
        for (id, why) in
            [(works, "it waits for nothing"), (over, "it failed"), (elsewhere, "that is another one")]
        {
            assert!(!goes_on(&world, id, later).await, "{why}");
        }
    });

    on_both_databases!(what_was_refused_goes_on_where_somebody_tests_a_cluster_that_works, |db| async move {
        let folder = tempfile::tempdir().expect("a folder");
        let fake = FakeApi::start(|request| {
            let answer = match request {
                "GET /version" => json!({"gitVersion": "v1.34.4"}),
                "GET /api/v1/namespaces/kube-system" => {
                    json!({"kind": "Namespace", "metadata": {"name": "kube-system", "uid": "one"}})
                }
                _ => json!({"kind": "Any", "status": {"allowed": true}}),
            };
            Reply::Body(200, answer.to_string())
        })
        .await;
        let credentials = Credentials { server: fake.url.clone(), ..nowhere() };
        let world = World::set_up(db, folder.path(), &credentials).await;
        let (id, later) = (world.ask("refused", GOOD).await, now() + SignedDuration::from_hours(1));
        stands(&world, id, "retry_wait", false, later).await;
        let (clients, by) = (Clients::default(), &world.administrator);
        let tested = test_cluster(&world.db, &world.keys, &clients, by, world.cluster, now()).await;
        assert!(tested.expect("tested").is_good());
        assert!(goes_on(&world, id, later).await);
    });

    on_both_databases!(what_waits_for_a_cluster_that_comes_and_goes_keeps_its_pauses, |db| async move {
        let folder = tempfile::tempdir().expect("a folder");
        let world = World::set_up(db, folder.path(), &nowhere()).await;
        let (id, began) = (world.ask("waits", GOOD).await, now());
        let later = began + SignedDuration::from_hours(1);
        stands(&world, id, "retry_wait", true, later).await;
        let cluster = find_cluster(&world.db, world.cluster).await.expect("read").expect("a cluster");
        let away = Fault::TimedOut { seconds: 20 };
        for (failed, answered, resumes) in [(0, 29, false), (40, 50, false), (60, 90, true)] {
            let after = |seconds| began + SignedDuration::from_secs(seconds);
            record_contact(&world.db, &cluster, Err(&away), after(failed)).await.expect("noted");
            record_contact(&world.db, &cluster, Ok(()), after(answered)).await.expect("noted");
            assert_eq!(goes_on(&world, id, later).await, resumes, "{failed} {answered}");
        }
    });
}
