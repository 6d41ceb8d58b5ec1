//! Blueprints that are withdrawn, offered again, published twice, or published before a rule came.

use domain::environments::blueprint::WEB_SERVICE;
use domain::people::Caller;

use super::*;
use crate::Error;
use crate::db::dialect::both;
use crate::environments::rows::BlueprintRow;
use crate::environments::service::{self, BlueprintView};
use crate::environments::store;
use crate::ids::mint;
use crate::on_both_databases;
use crate::testing::world::nowhere;

/// An installation on a cluster that nobody calls.
async fn quiet(db: Db) -> World {
    let folder = tempfile::tempdir().expect("a folder").keep();
    World::set_up(db, &folder, &nowhere()).await
}

/// How often blueprints were withdrawn and offered again, by the record.
async fn recorded(db: &Db) -> i64 {
    const COUNT: Sql =
        both!("select count(*) from audit where action in ('blueprint.withdraw', 'blueprint.offer')");
    let mut reader = db.read().await.expect("a reader");
    let (count,) = crate::sql!(&mut reader, one(i64,), COUNT).expect("a count");
    count
}

async fn listed(world: &World, name: &str) -> BlueprintView {
    let all = service::list_blueprints(&world.environments, &world.viewer).await.expect("a list");
    all.into_iter().find(|one| one.blueprint.name == name).expect("among them")
}

on_both_databases!(a_withdrawn_blueprint_is_not_asked_for_until_it_is_offered_again, |db| async move {
    let world = quiet(db).await;
    let (environments, administrator) = (&world.environments, &world.administrator);
    let before = world.ask("before", GOOD).await;
    for caller in [&world.leader, &world.viewer, &Caller::Stranger] {
        let withdrawn =
            service::set_blueprint_offered(environments, caller, world.blueprint, false, now()).await;
        assert!(matches!(withdrawn, Err(Error::Forbidden(_) | Error::SignInFirst)), "{withdrawn:?}");
        let offered =
            service::set_blueprint_offered(environments, caller, world.blueprint, true, now()).await;
        assert!(matches!(offered, Err(Error::Forbidden(_) | Error::SignInFirst)), "{offered:?}");
    }
    assert!(!listed(&world, "quick").await.withdrawn);

    for _ in 0..2 {
        let withdrawn =
            service::set_blueprint_offered(environments, administrator, world.blueprint, false, now()).await;
        withdrawn.expect("withdrawn");
    }
    assert_eq!(recorded(&world.db).await, 1, "twice is once");
    assert!(listed(&world, "quick").await.withdrawn);
    let request = world.request("after", GOOD);
    let ask = async |blueprint| {
        service::request_environment(environments, &world.member, blueprint, &request, now()).await
    };
    let refused = ask(world.blueprint).await.expect_err("it is withdrawn");
    assert!(matches!(&refused, Error::Conflict(words) if words.contains("is withdrawn")), "{refused:?}");
    let preview =
        service::preview_request(environments, &world.member, world.blueprint, &request, now()).await;
    assert!(preview.is_err());

    // A new version is withdrawn with it, and no other blueprint is.
    let newer = WEB_SERVICE.replace("name: web-service\nversion: 1\n", "name: quick\nversion: 2\n");
    let newer =
        service::publish_blueprint(environments, administrator, &newer, now()).await.expect("published");
    assert!(newer.is_new && newer.withdrawn, "{newer:?}");
    assert!(ask(newer.id).await.is_err());
    let other = WEB_SERVICE.replace("name: web-service", "name: other");
    let other =
        service::publish_blueprint(environments, administrator, &other, now()).await.expect("published");
    assert!(!other.withdrawn && !listed(&world, "other").await.withdrawn);

    // What was made from it lives on.
    let destroyed = service::destroy_environment(environments, &world.leader, before, "before", now()).await;
    assert!(destroyed.is_ok(), "{destroyed:?}");

    service::set_blueprint_offered(environments, administrator, newer.id, true, now())
        .await
        .expect("offered");
    service::set_blueprint_offered(environments, administrator, newer.id, true, now())
        .await
        .expect("offered");
    assert_eq!(recorded(&world.db).await, 2);
    assert!(!listed(&world, "quick").await.withdrawn);
    ask(newer.id).await.expect("asked for");
});

on_both_databases!(the_shipped_blueprint_stays_withdrawn_at_the_next_start, |db| async move {
    let world = quiet(db).await;
    service::publish_shipped(&world.db, now()).await.expect("published");
    let shipped = listed(&world, "web-service").await.id;
    let withdrawn =
        service::set_blueprint_offered(&world.environments, &world.administrator, shipped, false, now())
            .await;
    withdrawn.expect("withdrawn");
    service::publish_shipped(&world.db, now()).await.expect("published");
    assert!(listed(&world, "web-service").await.withdrawn);
});

on_both_databases!(what_is_published_twice_is_said_to_be_there_already, |db| async move {
    let world = quiet(db).await;
    let mine = WEB_SERVICE.replace("name: web-service", "name: mine");
    let publish = async |text: &str| {
        service::publish_blueprint(&world.environments, &world.administrator, text, now())
            .await
            .expect("published")
    };
    let (first, second) = (publish(&mine).await, publish(&format!("# a comment\n{mine}")).await);
    assert_eq!((first.id, first.version, first.is_new), (second.id, 1, true));
    assert!(!second.is_new);
});

on_both_databases!(what_was_published_before_a_rule_came_is_still_shown, |db| async move {
    let world = quiet(db).await;
    let pod = "              terminationGracePeriodSeconds: 30";
    let source = WEB_SERVICE
        .replace("name: web-service", "name: older")
        .replace(pod, &format!("              hostPID: true\n{pod}"));
    let published =
        service::publish_blueprint(&world.environments, &world.administrator, &source, now()).await;
    let Err(Error::Invalid(problems)) = &published else { panic!("{published:?}") };
    assert!(problems.iter().any(|problem| problem.message.contains("`hostPID: true`")), "{problems:?}");
    let row = BlueprintRow {
        id: mint(now()),
        name: "older".to_owned(),
        version: 1,
        title: "Older".to_owned(),
        description: String::new(),
        source,
        digest: "older".to_owned(),
        published_at: now().into(),
        withdrawn_at: None,
    };
    let mut tx = world.db.begin().await.expect("a transaction");
    store::blueprint_create(&mut tx, &row, None).await.expect("kept");
    tx.commit().await.expect("kept");
    assert_eq!(listed(&world, "older").await.id, row.id);
    let request = world.request("refused", GOOD);
    let asked =
        service::request_environment(&world.environments, &world.member, row.id, &request, now()).await;
    assert!(asked.is_err_and(|error| error.to_string().contains("hostPID")), "nothing is made from it");
});
