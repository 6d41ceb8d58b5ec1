//! The queue itself: what is over is swept, nothing is stuck, and every kind of job was at work.

use platform::db::Db;
use platform::jobs::service::{Count, count_jobs};
use platform::testing::world::{World, now};
use platform::testing::{count, execute};

/// Kinds that wait for their next time when all is at rest.
const COME_BACK: [&str; 3] = ["catalog.refresh", "environment.timer", "jobs.sweep"];

/// A try to sign in of long ago, and the sweeping that forgets it due now.
pub async fn more_to_sweep(db: &Db, kill: usize) {
    let insert = "insert into sign_in_failures (id, subject, address, at)";
    execute(db, &format!("{insert} values ('kill-{kill}', 'long-ago', '192.0.2.1', 0)")).await;
    sweep_now(db).await;
}

async fn sweep_now(db: &Db) {
    let now = now().as_microsecond();
    let due = format!("update jobs set due_at = {now} where unique_key = 'jobs.sweep' and state = 'waiting'");
    execute(db, &due).await;
}

/// What is not at rest yet.
pub async fn open(world: &World) -> Option<String> {
    let tries = count(&world.db, "select count(*) from sign_in_failures").await;
    if tries > 0 {
        // A sweeping that ran when it was wanted comes again in an hour.
        sweep_now(&world.db).await;
        return Some(format!("{tries} tries of long ago are not forgotten"));
    }
    let jobs = count_jobs(&world.db, &world.administrator).await.expect("the queue");
    // The timer of what is destroyed before its time is taken away.
    let ended = |job: &Count| match job.state.as_str() {
        "done" => true,
        "cancelled" => job.kind == "environment.timer",
        "waiting" => COME_BACK.contains(&job.kind.as_str()),
        _ => false,
    };
    let open = jobs.into_iter().find(|job| !ended(job));
    open.map(|job| format!("{job:?}"))
}

/// One sweeping waits for its hour, and no kind of job was left out of the campaign.
pub async fn check(world: &World) {
    let now = now().as_microsecond();
    let waiting = "select count(*) from jobs where kind = 'jobs.sweep' and state = 'waiting'";
    assert_eq!(count(&world.db, &format!("{waiting} and due_at > {now}")).await, 1);
    for handler in platform::handlers(&world.catalog, &world.environments) {
        let kind = handler.kind();
        let worked = format!("select count(*) from jobs where kind = '{kind}' and attempt > 0");
        assert!(count(&world.db, &worked).await > 0, "{kind} is in no part of the campaign");
    }
}
