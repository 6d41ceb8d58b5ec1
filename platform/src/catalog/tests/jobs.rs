//! The job of a source, and what the audit keeps.

use std::time::Duration;

use super::*;
use crate::catalog::job::lock_in_tx;
use crate::catalog::source::Schedule;
use crate::db::Sql;
use crate::jobs::{Worker, WorkerSettings};
use crate::on_both_databases;

const AUDIT_ACTIONS: Sql = both("select action from audit order by id");
const AUDIT_OWNERS: Sql = both("select detail from audit where action = 'catalog.owner.change' order by id");
const JOBS_FORGET: Sql = both("delete from jobs");

type Detail = (crate::db::Json<serde_json::Value>,);

const fn both(text: &'static str) -> Sql {
    Sql::each(text, text)
}

async fn worker(world: &World) -> Worker {
    let settings = WorkerSettings {
        lease: SignedDuration::from_secs(5),
        slots: 2,
        poll: Duration::from_millis(20),
        one_process: false,
    };
    let handlers = vec![world.catalog.refresh_handler()];
    Worker::start(world.db.clone(), Clock::System, handlers, world.catalog.waker.clone(), settings)
        .await
        .expect("a worker")
}

async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    for _ in 0..500 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{what} did not happen");
}

/// The server's disk fills up while a source is stored: what was last good stays, the source says why, and the next run mends it.
#[tokio::test]
async fn a_full_disk_keeps_the_last_good_state() {
    let Some(db) = crate::testing::postgres().await else { return };
    let world = World::new(db).await;
    world.write("s", "catalog-info.yaml", &component("a", "one"));
    let id = world.source("s", |_| {}).await;
    let worker = worker(&world).await;
    let member = person(false, &[("group:team-a", false)]);
    let read = async || {
        service::refresh_source(&world.catalog, &member, id, Clock::System.now()).await.expect("wanted")
    };
    let source = async || service::find_source(&world.catalog, &viewer(), id).await.expect("the source");
    world.write("s", "catalog-info.yaml", &documents(&[&component("a", "two"), &component("b", "two")]));
    crate::testing::fill_disk(&world.db, "catalog_documents").await;
    read().await;
    until("the run that failed", async || source().await.unstored.is_some()).await;
    assert_eq!(source().await.unstored.as_deref(), Some("The disk of the database is full"));
    // What the database itself said of it is for operators.
    let queue = crate::jobs::service::list_jobs(&world.db, &administrator(), None, None, None).await;
    let queue = queue.expect("the queue").jobs;
    let causes = queue.iter().filter_map(|job| job.last_error.as_deref()).collect::<Vec<_>>().join("");
    assert!(causes.contains("could not extend file"), "{causes}");
    world.catalog.reload().await.expect("the catalog");
    assert_eq!(world.description("component:a"), "one");
    assert!(world.find("component:b").is_none());
    crate::testing::free_disk(&world.db, "catalog_documents").await;
    read().await;
    until("the next run", async || world.find("component:b").is_some()).await;
    assert_eq!(world.description("component:a"), "two");
    until("it is stored", async || source().await.unstored.is_none()).await;
    worker.stop().await;
}

on_both_databases!(a_source_is_read_when_it_is_added_changed_or_asked_for, |db| async move {
    let world = World::new(db).await;
    let worker = worker(&world).await;
    world.write("s", "catalog-info.yaml", &component("a", "one"));
    let (catalog, now) = (&world.catalog, Clock::System.now());
    let id = service::add_source(catalog, &administrator(), settings("s", &world.path("s")), now)
        .await
        .expect("a source");
    until("the first run", async || world.find("component:a").is_some()).await;
    let source = async || service::find_source(catalog, &viewer(), id).await.expect("the source");
    until(
        "the next run is due",
        async || matches!(source().await.schedule, Some(Schedule::Due(due)) if due > now),
    )
    .await;

    world.write("s", "catalog-info.yaml", &component("a", "two"));
    assert!(matches!(
        service::refresh_source(catalog, &viewer(), id, now).await,
        Err(crate::Error::Forbidden(_))
    ));
    let member = person(false, &[("group:team-a", false)]);
    service::refresh_source(catalog, &member, id, Clock::System.now()).await.expect("a member may");
    until("the second run", async || world.description("component:a") == "two").await;

    // What cannot be read says so, and comes again on its schedule.
    std::fs::rename(world.path("s"), world.path("away")).expect("a move");
    until("the job is over", async || source().await.schedule != Some(Schedule::Running)).await;
    service::refresh_source(catalog, &member, id, Clock::System.now()).await.expect("a member may");
    until("the failed run", async || source().await.last_run.is_some_and(|run| run.outcome.is_err())).await;
    until("the next run is due", async || matches!(source().await.schedule, Some(Schedule::Due(_)))).await;

    service::remove_source(catalog, &administrator(), id, Clock::System.now()).await.expect("a removal");
    worker.stop().await;
    let mut reader = world.db.read().await.expect("a reader");
    let actions = crate::sql!(&mut reader, all(String,), AUDIT_ACTIONS).expect("the audit");
    let actions: Vec<&str> = actions.iter().map(|(action,)| action.as_str()).collect();
    assert_eq!(
        actions,
        ["catalog.source.add", "catalog.source.refresh", "catalog.source.refresh", "catalog.source.remove"]
    );
});

on_both_databases!(a_run_is_stopped_and_the_source_stays_as_it_was, |db| async move {
    let world = World::new(db).await;
    let worker = worker(&world).await;
    let (catalog, member) = (&world.catalog, person(false, &[("group:team-a", false)]));
    let now = || Clock::System.now();
    let folder = settings("s", &world.path("s"));
    world.write("s", "catalog-info.yaml", &component("a", "one"));
    let id = service::add_source(catalog, &administrator(), folder.clone(), now()).await.expect("a source");
    let source = async || service::find_source(catalog, &viewer(), id).await.expect("the source");
    let waits = async || matches!(source().await.schedule, Some(Schedule::Due(due)) if due > now());
    until("the first run", async || waits().await && world.find("component:a").is_some()).await;
    let idle = service::stop_source(catalog, &member, id, now()).await;
    assert!(matches!(idle, Err(crate::Error::Conflict(_))), "{idle:?}");

    // A server that takes calls and says nothing.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("https://{}/x.git", silent.local_addr().expect("an address"));
    let repository = Settings { place: Place::Git { url, branch: None }, ..folder.clone() };
    service::change_source(catalog, &administrator(), id, repository, None, now()).await.expect("a change");
    until("it is being read", async || source().await.schedule == Some(Schedule::Running)).await;
    let refused = service::stop_source(catalog, &viewer(), id, now()).await;
    assert!(matches!(refused, Err(crate::Error::Forbidden(_))), "{refused:?}");
    service::stop_source(catalog, &member, id, now()).await.expect("a member may");
    until("it stops", async || waits().await).await;
    let run = source().await.last_run.expect("a run");
    assert_eq!((run.stopped_by.as_deref(), &run.outcome), (Some("Ada"), &Ok(())));
    assert_eq!(run.counts.expect("those of the good run").live, 1);
    assert_eq!(world.get("component:a").orphaned_at, None);

    // That is over with it: who wants it read again is not stopped.
    world.write("s", "catalog-info.yaml", &component("a", "two"));
    service::change_source(catalog, &administrator(), id, folder, None, now()).await.expect("a change");
    until("the next run", async || world.description("component:a") == "two").await;
    until("it is over", async || waits().await).await;
    assert_eq!(source().await.last_run.expect("a run").stopped_by, None);
    worker.stop().await;
    let mut reader = world.db.read().await.expect("a reader");
    let actions = crate::sql!(&mut reader, all(String,), AUDIT_ACTIONS).expect("the audit");
    let stops = actions.iter().filter(|(action,)| action == "catalog.source.stop").count();
    assert_eq!(stops, 1, "{actions:?}");
});

on_both_databases!(what_waits_for_a_worker_is_stopped_as_well, |db| async move {
    let world = World::new(db).await;
    std::fs::create_dir_all(world.path("s")).expect("a folder");
    let now = Clock::System.now();
    let id = service::add_source(&world.catalog, &administrator(), settings("s", &world.path("s")), now)
        .await
        .expect("a source");
    service::stop_source(&world.catalog, &administrator(), id, now).await.expect("it waits");
    let source = service::find_source(&world.catalog, &viewer(), id).await.expect("the source");
    let nearly = now.checked_add(SignedDuration::from_mins(9)).expect("a time");
    assert!(matches!(source.schedule, Some(Schedule::Due(due)) if due > nearly), "it keeps its schedule");
    assert_eq!(source.last_run.expect("a run").stopped_by.as_deref(), Some("Ada"));
});

/// Waits until a source was read, and its next run is due ten minutes after `now`.
async fn until_next_is_due(world: &World, id: SourceId, now: Timestamp) {
    let nearly = now.checked_add(SignedDuration::from_mins(9)).expect("a time");
    let source = async || service::find_source(&world.catalog, &viewer(), id).await.expect("the source");
    until(
        "the next run is due in ten minutes",
        async || matches!(source().await.schedule, Some(Schedule::Due(due)) if due > nearly),
    )
    .await;
}

on_both_databases!(the_next_run_is_due_by_the_clock_of_the_database, |db| async move {
    let mut world = World::new(db).await;
    // This process's own clock is years behind.
    let behind = "2001-01-01T00:00:00Z".parse().expect("a time");
    world.catalog.clock = Clock::Manual(ManualClock::starting_at(behind));
    let worker = worker(&world).await;
    std::fs::create_dir_all(world.path("s")).expect("a folder");
    let now = Clock::System.now();
    let id = service::add_source(&world.catalog, &administrator(), settings("s", &world.path("s")), now)
        .await
        .expect("a source");
    until_next_is_due(&world, id, now).await;
    worker.stop().await;
});

on_both_databases!(the_job_of_a_removed_source_deletes_what_is_left_of_its_mirror, |db| async move {
    let world = World::new(db).await;
    std::fs::create_dir_all(world.path("s")).expect("a folder");
    let now = Clock::System.now();
    let id = service::add_source(&world.catalog, &administrator(), settings("s", &world.path("s")), now)
        .await
        .expect("a source");
    service::remove_source(&world.catalog, &administrator(), id, now).await.expect("a removal");
    // As a fetch leaves it that ran meanwhile, or a process that ended before it came to that.
    let mirror = world.path("mirrors").join(id.to_string());
    write(&mirror.join("HEAD"), b"ref: refs/heads/main\n");
    let worker = worker(&world).await;
    until("the mirror is deleted", async || !mirror.exists()).await;
    worker.stop().await;
});

on_both_databases!(the_job_of_a_removed_source_ends_at_once_and_not_on_its_schedule, |db| async move {
    let world = World::new(db).await;
    let worker = worker(&world).await;
    std::fs::create_dir_all(world.path("s")).expect("a folder");
    let now = Clock::System.now();
    let id = service::add_source(&world.catalog, &administrator(), settings("s", &world.path("s")), now)
        .await
        .expect("a source");
    until_next_is_due(&world, id, now).await;
    let now = Clock::System.now();
    service::remove_source(&world.catalog, &administrator(), id, now).await.expect("a removal");
    until("its job is over", async || {
        let page = crate::jobs::service::list_jobs(&world.db, &administrator(), None, None, None).await;
        page.expect("the queue").jobs.iter().all(|job| job.state == "done")
    })
    .await;
    worker.stop().await;
});

/// Does `change` beside a run that stores: that holds its job, and takes the generation once the change waits.
async fn beside_a_run(world: &World, id: SourceId, change: impl Future<Output = crate::Result<()>>) {
    const WAITING: &str = "select count(*) from pg_stat_activity
                           where datname = current_database() and wait_event_type = 'Lock'";
    let mut tx = world.db.begin().await.expect("a transaction");
    lock_in_tx(&mut tx, id).await.expect("its job");
    let run = async {
        until("the change waits", async || crate::testing::count(&world.db, WAITING).await > 0).await;
        store::generation_next_in_tx(&mut tx, world.now())
            .await
            .expect("nobody who waits for the run holds it");
        tx.commit().await.expect("a commit");
    };
    let ((), changed) = tokio::join!(run, change);
    changed.expect("a change");
}

/// PostgreSQL ends one of two transactions that wait for one another; SQLite has one writer at a time.
#[tokio::test]
async fn a_change_of_a_source_and_its_run_take_their_locks_in_one_order() {
    let Some(db) = crate::testing::postgres().await else { return };
    let world = World::new(db).await;
    let id = world.source("s", |_| {}).await;
    let (catalog, caller, now) = (&world.catalog, administrator(), world.now());
    let renamed = settings("renamed", &world.path("s"));
    beside_a_run(&world, id, Box::pin(service::change_source(catalog, &caller, id, renamed, None, now)))
        .await;
    beside_a_run(&world, id, service::remove_source(catalog, &caller, id, now)).await;
}

on_both_databases!(every_source_has_its_job_after_a_start, |db| async move {
    let world = World::new(db).await;
    world.write("s", "catalog-info.yaml", &component("a", "one"));
    world.source("s", |_| {}).await;
    let mut tx = world.db.begin().await.expect("a transaction");
    crate::sql!(&mut tx, run, JOBS_FORGET).expect("no jobs");
    tx.commit().await.expect("a commit");
    let schedule =
        async || service::list_sources(&world.catalog, &viewer()).await.expect("sources")[0].schedule;
    assert_eq!(schedule().await, None);
    for _ in 0..2 {
        world.catalog.schedule_all(world.now()).await.expect("a schedule");
        let due = world.now().checked_add(SignedDuration::from_mins(10)).expect("a time");
        assert_eq!(schedule().await, Some(Schedule::Due(due)));
    }
});

on_both_databases!(the_audit_names_who_lost_and_who_got_an_entity, |db| async move {
    let world = World::new(db).await;
    world.write("s", "catalog-info.yaml", &component_of("a", "x", "team-a"));
    let id = world.source("s", |_| {}).await;
    world.write("s", "catalog-info.yaml", &component_of("a", "x", "team-b"));
    world.refresh(id).await;
    let mut reader = world.db.read().await.expect("a reader");
    let details = crate::sql!(&mut reader, all Detail, AUDIT_OWNERS).expect("the audit");
    let details: Vec<serde_json::Value> = details.into_iter().map(|(detail,)| detail.0).collect();
    let expected = serde_json::json!({ "from": "group:default/team-a", "to": "group:default/team-b", "source": "s", "commit": null });
    assert_eq!(details, [expected]);
});
