//! What a look at an environment that stands tells, and what it leaves alone; clusters are played.

use std::sync::{Arc, OnceLock};

use domain::environments::name::ENVIRONMENT_LABEL;
use domain::environments::standing::DELETED_THERE;
use domain::ids::EnvironmentId;
use serde_json::json;

use super::ours::{credentials, status};
use super::*;
use crate::clusters::service::find_connection;
use crate::environments::rows::Environment;
use crate::environments::{sight, store};
use crate::on_both_databases;
use crate::testing::execute;
use crate::testing::fake_api::{FakeApi, Reply};

const TROUBLE: &str = "It stands on its head.";

/// A cluster that has this namespace, once there is one; what it says to lists is the test's.
async fn played(
    namespace: Arc<OnceLock<Value>>,
    listed: impl Fn() -> Reply + Send + Sync + 'static,
) -> FakeApi {
    FakeApi::start(move |request| {
        let path = request.trim_start_matches("GET ").split('?').next().unwrap_or_default();
        let name = path.strip_prefix("/api/v1/namespaces/").filter(|name| !name.contains('/'));
        match (name, namespace.get()) {
            (Some("kube-system"), _) => {
                let system = json!({"kind": "Namespace", "metadata": {"name": "kube-system", "uid": "this"}});
                Reply::Body(200, system.to_string())
            }
            (Some(_), Some(namespace)) => Reply::Body(200, namespace.to_string()),
            (Some(name), None) => status(404, "NotFound", "not found", name),
            (None, _) => listed(),
        }
    })
    .await
}

fn nothing() -> Reply {
    Reply::Body(200, json!({"kind": "List", "metadata": {"resourceVersion": "1"}, "items": []}).to_string())
}

/// An environment that is ready, in trouble or not, and nothing that works on it.
async fn ready(db: Db, fake: &FakeApi, trouble: Option<&str>) -> (World, EnvironmentId) {
    let folder = tempfile::tempdir().expect("a folder").keep();
    let world = World::set_up(db, &folder, &credentials(fake)).await;
    let id = world.ask("stands", GOOD).await;
    let mut tx = world.db.begin().await.expect("a transaction");
    store::environment_set_state(&mut tx, id, State::Ready, None, now()).await.expect("ready");
    store::trouble_save(&mut tx, id, trouble, now()).await.expect("kept");
    tx.commit().await.expect("kept");
    (world, id)
}

async fn row(world: &World, id: EnvironmentId) -> Environment {
    let mut reader = world.db.read().await.expect("a reader");
    store::environment_find(&mut reader, id).await.expect("read").expect("it is there")
}

fn namespace_of(row: &Environment) -> Value {
    let labels = json!({ENVIRONMENT_LABEL: row.id.to_string()});
    json!({"kind": "Namespace", "metadata": {"name": row.namespace, "uid": "u", "labels": labels}})
}

on_both_databases!(a_busy_cluster_is_not_one_that_does_not_work, |db| async move {
    let namespace = Arc::new(OnceLock::new());
    let fake = played(namespace.clone(), || status(429, "TooManyRequests", "later", "x")).await;
    let (world, id) = ready(db, &fake, None).await;
    let environment = row(&world, id).await;
    namespace.set(namespace_of(&environment)).expect("once");
    assert!(!sight::look(&world.environments, &environment, now()).await, "it saw nothing");
    let connection = find_connection(&world.db, &world.administrator, world.cluster).await.expect("found");
    assert_eq!(connection.contact.last_error, None);
    assert!(connection.contact.last_contact_at.is_some(), "it answered");
});

on_both_databases!(that_nothing_is_there_is_known_once_the_cluster_told_so, |db| async move {
    let fake = played(Arc::new(OnceLock::new()), nothing).await;
    let (world, id) = ready(db, &fake, None).await;
    let fresh = world.ask("fresh", GOOD).await;
    assert!(world.page(fresh).await.nothing_there, "nothing was begun");
    execute(&world.db, "update steps set started_at = 1, untouched = false").await;
    assert!(!world.page(fresh).await.nothing_there, "it may have made something");
    execute(&world.db, "update operations set finished_at = 1").await;
    // Its page has it looked at only after it was read.
    assert!(!world.page(id).await.nothing_there, "nobody looked yet");
    let environment = row(&world, id).await;
    assert!(sight::look(&world.environments, &environment, now()).await, "it answered");
    assert!(world.page(id).await.nothing_there);
    execute(&world.db, "update operations set finished_at = null").await;
    assert!(!world.page(id).await.nothing_there, "what goes on may make something");
});

on_both_databases!(trouble_stays_where_nobody_knows_what_should_be_there, |db| async move {
    let namespace = Arc::new(OnceLock::new());
    let fake = played(namespace.clone(), nothing).await;
    let (world, id) = ready(db, &fake, Some(TROUBLE)).await;
    execute(&world.db, "update environments set parameters = '[]'").await;
    let environment = row(&world, id).await;
    namespace.set(namespace_of(&environment)).expect("once");
    assert!(sight::look(&world.environments, &environment, now()).await, "it answered");
    assert_eq!(row(&world, id).await.trouble.as_deref(), Some(TROUBLE));
    let said = "select count(*) from environment_events where sentence = 'Ready again'";
    assert_eq!(crate::testing::count(&world.db, said).await, 0);
});

on_both_databases!(a_look_that_began_before_another_told_something_keeps_nothing, |db| async move {
    let fake = played(Arc::new(OnceLock::new()), nothing).await;
    let (world, id) = ready(db, &fake, None).await;
    let older = row(&world, id).await;
    let mut tx = world.db.begin().await.expect("a transaction");
    store::trouble_save(&mut tx, id, Some(TROUBLE), now()).await.expect("kept");
    tx.commit().await.expect("kept");
    assert!(sight::look(&world.environments, &older, now()).await);
    assert_eq!(row(&world, id).await.trouble.as_deref(), Some(TROUBLE));
    let newer = row(&world, id).await;
    assert!(sight::look(&world.environments, &newer, now()).await);
    let trouble = row(&world, id).await.trouble.expect("it is gone");
    assert!(trouble.ends_with(DELETED_THERE), "{trouble}");
});
