//! Has what waits for a cluster go on, once that answers again.

use domain::ids::ClusterId;
use jiff::Timestamp;

use super::{engine, store};
use crate::Result;
use crate::db::Tx;
use crate::jobs::enqueue_in_tx;

/// Makes the jobs due now that wait because a cluster was away, in the transaction that notes that it answers. After the commit, wake the
/// worker ([`crate::jobs::Waker::wake`]). Whoever holds a lock on the cluster may call it: jobs are locked after clusters.
pub(crate) async fn resume_in_tx(tx: &mut Tx, cluster: ClusterId, now: Timestamp) -> Result<()> {
    for environment in store::environment_list_waiting(tx, cluster).await? {
        // One that is being tried at this moment may have met the cluster as it was: it is tried once more.
        enqueue_in_tx(tx, engine::job(environment, None, now), now).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use domain::ids::EnvironmentId;

    use super::resume_in_tx;
    use crate::on_both_databases;
    use crate::testing::world::{GOOD, World, now, nowhere};
    use crate::testing::{count, execute};

    on_both_databases!(only_what_waits_for_that_cluster_goes_on, |db| async move {
        let folder = tempfile::tempdir().expect("a folder");
        // Nothing works on it.
        let mut world = World::set_up(db, folder.path(), &nowhere()).await;
        let (waits, busy) = (world.ask("waits", GOOD).await, world.ask("busy", GOOD).await);
        let (over, staging) = (world.ask("over", GOOD).await, world.cluster);
        world.cluster = world.connect("other", &nowhere(), "").await;
        let elsewhere = world.ask("elsewhere", GOOD).await;
        execute(&world.db, "update operations set state = 'running'").await;
        for (id, away) in [(waits, true), (busy, false), (over, true), (elsewhere, true)] {
            let operations = format!("select id from operations where environment_id = '{id}'");
            let first = format!("ordinal = 0 and operation_id in ({operations})");
            let set = format!("state = 'retry_wait', unreachable = {away} where {first}");
            execute(&world.db, &format!("update steps set {set}")).await;
        }
        for (table, key) in [("environments", "id"), ("operations", "environment_id")] {
            let failed = format!("update {table} set state = 'failed' where {key} = '{over}'");
            execute(&world.db, &failed).await;
        }
        let later = now().as_microsecond() + 3_600_000_000;
        execute(&world.db, &format!("update jobs set due_at = {later} where unique_key like 'env%'")).await;

        let mut tx = world.db.begin().await.expect("a transaction");
        resume_in_tx(&mut tx, staging, now()).await.expect("resumed");
        tx.commit().await.expect("kept");
        let due = async |id: EnvironmentId| {
            let job = format!("unique_key = 'environment/{id}' and due_at < {later}");
            count(&world.db, &format!("select count(*) from jobs where {job}")).await == 1
        };
        assert!(due(waits).await);
        for (id, why) in [(busy, "it answers"), (over, "it failed"), (elsewhere, "that is another one")] {
            assert!(!due(id).await, "{why}");
        }
    });
}
