//! A disk that is full while Slipway is at work: what stands is true, and what was asked for is done once there is room.

use super::*;
use crate::on_both_databases;
use crate::testing::world::nowhere;
use crate::testing::{execute, fill_disk, free_disk};

/// How many files of logs there are.
fn files(world: &World) -> usize {
    let logs = std::fs::read_dir(world.folder.join("logs")).expect("a folder").flatten();
    logs.map(|log| std::fs::read_dir(log.path()).map_or(0, Iterator::count)).sum()
}

on_both_databases!(logs_that_cannot_be_kept_stop_nobody, |db| async move {
    let Some((world, cluster)) = world(db).await else { return };
    // A file stands where the folder was: nothing can be written there.
    let (logs, aside) = (world.folder.join("logs"), world.folder.join("logs-aside"));
    std::fs::rename(&logs, &aside).expect("moved");
    std::fs::write(&logs, "").expect("a file");
    let id = world.ask("unlogged", GOOD).await;
    let page = world.wait_for(id, State::Ready).await;
    assert!(is_there(cluster, &page).await && !page.objects.is_empty(), "{page:#?}");
    assert_eq!(world.log(&page, 0).await, Vec::<String>::new());
    std::fs::remove_file(&logs).expect("removed");
    std::fs::rename(&aside, &logs).expect("moved back");
    world.destroy(id).await;
    let page = world.wait_for(id, State::Destroyed).await;
    assert!(gone(&page) && !world.log(&page, 0).await.is_empty(), "{page:#?}");
});

#[tokio::test]
async fn a_disk_of_the_server_that_fills_up_delays_what_is_made() {
    let Some(db) = crate::testing::postgres().await else { return };
    let Some((world, cluster)) = world(db).await else { return };
    for (name, table) in [("steps", "steps"), ("states", "environments"), ("outcomes", "audit")] {
        let id = world.ask(name, GOOD).await;
        fill_disk(&world.db, table).await;
        let failed = "select count(*) from jobs where kind = 'environment.work' and failures > 0";
        until("a write was refused", async || crate::testing::count(&world.db, failed).await > 0).await;
        let state = world.page(id).await.summary.state;
        assert!(state != State::Ready, "what could not be written is not said");
        free_disk(&world.db, table).await;
        let page = world.wait_for(id, State::Ready).await;
        assert!(is_there(cluster, &page).await);
        let audit = world.audited(id).await;
        assert_eq!(audit, ["environment.request", "environment.ready"], "each is recorded once");
    }
}

#[tokio::test]
async fn what_no_row_can_name_leaves_no_file() {
    let Some(db) = crate::testing::postgres().await else { return };
    let world = World::start(db, &nowhere()).await;
    fill_disk(&world.db, "log_chunks").await;
    let unlisted = world.ask("unlisted", GOOD).await;
    world.wait_until(unlisted, |page| steps(page)[0] == StepState::RetryWait).await;
    assert_eq!(files(&world), 0);
    free_disk(&world.db, "log_chunks").await;
    let listed = world.ask("listed", GOOD).await;
    world.wait_until(listed, |page| steps(page)[0] == StepState::RetryWait).await;
    assert!(files(&world) > 0);
    let rows = crate::testing::count(&world.db, "select count(*) from log_chunks").await;
    assert_eq!(i64::try_from(files(&world)), Ok(rows));
}

#[tokio::test]
async fn a_disk_that_fills_up_delays_what_is_made() {
    let Some((world, cluster)) = world(crate::testing::sqlite().await).await else { return };
    let mut asked = Vec::new();
    execute(&world.db, "pragma max_page_count = 1").await;
    // The pages that are there have some room left; who asks beyond it is refused.
    while asked.len() < 100 {
        match world.try_to_ask(&world.request(&format!("full-{}", asked.len()), GOOD)).await {
            Ok(id) => asked.push(id),
            Err(_) => break,
        }
    }
    assert!(asked.len() < 100, "it is full at some time");
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    execute(&world.db, "pragma max_page_count = 1073741823").await;
    asked.push(world.ask("after", GOOD).await);
    for id in asked {
        let page = world.wait_for(id, State::Ready).await;
        assert!(is_there(cluster, &page).await);
        assert_eq!(world.audited(id).await, ["environment.request", "environment.ready"]);
    }
}
