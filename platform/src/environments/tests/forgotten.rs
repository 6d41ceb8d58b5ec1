//! What is forgotten of an environment that ended long ago, and what stays.

use jiff::SignedDuration;

use super::*;
use crate::logs::{Level, Line};
use crate::on_both_databases;
use crate::testing::execute;
use crate::testing::world::{nowhere, start_platform};

on_both_databases!(logs_go_ninety_days_after_their_environment_and_its_history_stays, |db| async move {
    let folder = tempfile::tempdir().expect("a folder").keep();
    let world = World::set_up(db, &folder, &nowhere()).await;
    let days_ago = |days: i64| (now() - SignedDuration::from_hours(days * 24)).as_microsecond();
    let mut ended = Vec::new();
    for (name, days) in [("old", 91), ("recent", 89)] {
        let page = world.page(world.ask(name, GOOD).await).await;
        let (id, at) = (page.summary.id, days_ago(days));
        let step = page.operation.as_ref().expect("an operation").steps[0].id.to_string();
        let said = vec![Line { at: now(), level: Level::Plain, text: "said".to_owned() }];
        let logs = world.environments.logs();
        let mut tx = world.db.begin().await.expect("a transaction");
        logs.append_in_tx(&mut tx, &step, said.clone(), now()).await.expect("written");
        tx.commit().await.expect("kept");
        // As a process leaves it that is killed before it notes what it put.
        logs.put(&world.db, &step, said, now()).await.expect("put").expect("a part");
        let environment =
            format!("update environments set state = 'destroyed', wanted = 'gone', ended_at = {at}");
        execute(&world.db, &format!("{environment} where id = '{id}'")).await;
        let operation = format!("update operations set state = 'done', finished_at = {at}");
        execute(&world.db, &format!("{operation} where environment_id = '{id}'")).await;
        ended.push((page, folder.join("logs").join(step)));
    }
    execute(&world.db, &format!("update log_chunks set at = {}", days_ago(92))).await;
    // Nothing is left to be done for them but what the sweep asks for.
    execute(&world.db, "delete from jobs").await;
    let _platform = start_platform(world.db.clone(), &folder, SignedDuration::from_secs(30), false).await;

    let [(old, its_objects), (recent, other_objects)] = &ended[..] else { panic!("two") };
    until("its objects are gone, those that no row names as well", async || !its_objects.exists()).await;
    assert_eq!(world.log(old, 0).await, Vec::<String>::new());
    assert!(!history(&world.page(old.summary.id).await).is_empty(), "what happened stays");
    assert_eq!(world.log(recent, 0).await, ["said"]);
    assert!(other_objects.exists());
    let asked = "select count(*) from jobs where kind = 'environment.work'";
    assert_eq!(crate::testing::count(&world.db, asked).await, 1);
});
