//! What is Slipway's own is in no source, whatever the operator allows and however it is called.

use std::os::unix::fs::symlink;

use super::*;
use crate::catalog::Own;
use crate::on_both_databases;
use crate::testing::world::start_platform;

const SECRET: &str = "c2VjcmV0LXNlY3JldC1zZWNyZXQ=";

/// A checkout as a developer has it: the data folder lies beside the catalog's files.
async fn world(db: Db) -> World {
    let mut world = World::new(db).await;
    let (data, key_file) = (world.path("checkout/data"), world.path("keys/key"));
    write(&key_file, SECRET.as_bytes());
    write(&data.join("catalog-info.yaml"), component("data", "x").as_bytes());
    write(&data.join("repositories/x/HEAD"), b"ref: refs/heads/main\n");
    world.catalog = world.catalog.keeping_back(Own { data, key_file });
    world
}

on_both_databases!(a_folder_of_our_own_is_refused_where_it_is_typed_and_when_it_is_read, |db| async move {
    let world = world(db).await;
    symlink(world.path("checkout/data"), world.path("innocent")).expect("a link");
    let add = async |path: &str| {
        let settings = settings(path, &world.path(path));
        service::add_source(&world.catalog, &administrator(), settings, world.now()).await
    };
    for path in ["checkout/data", "checkout/data/repositories", "innocent", "keys"] {
        let Err(crate::Error::Invalid(problems)) = add(path).await else { panic!("{path} is refused") };
        assert_eq!(problems[0].field, "location");
        assert!(problems[0].message.contains("which no source reads"), "{path}: {}", problems[0].message);
    }
    // One that became such a folder after it was added.
    world.write("later", "catalog-info.yaml", &component("later", "x"));
    let id = world.source("later", |_| {}).await;
    std::fs::rename(world.path("later"), world.path("away")).expect("a move");
    symlink(world.path("keys"), world.path("later")).expect("a link");
    let clock = Clock::Manual(world.time.clone());
    let failed = service::run_refresh(&world.catalog, &job(), id, &clock).await.expect_err("it is closed");
    assert!(failed.to_string().contains("the folder of Slipway's key file"), "{failed}");
    assert_eq!(world.get("component:later").orphaned_at, None);
});

on_both_databases!(a_source_that_holds_the_data_folder_is_read_without_it, |db| async move {
    let world = world(db).await;
    let steals = "apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {name: steals}\nspec: {type: text, lifecycle: production, owner: a, definition: {$text: ./key.yaml}}\n";
    world.write("checkout", "catalog-info.yaml", &documents(&[&component("mine", "x"), steals]));
    std::fs::hard_link(world.path("keys/key"), world.path("checkout/key.yaml")).expect("a second name");
    symlink("data/catalog-info.yaml", world.path("checkout/linked.yaml")).expect("a link");
    let id = world.source("checkout", |settings| settings.glob = Some("**/*.yaml".to_owned())).await;
    assert_eq!(world.description("component:mine"), "x");
    assert!(world.find("component:data").is_none() && world.find("api:steals").is_none());
    let source = service::find_source(&world.catalog, &viewer(), id).await.expect("the source");
    let notes = source.last_run.expect("a run").notes;
    assert_eq!(notes, ["The folder data is not read: it is Slipway's own data folder"]);
    let refused = [("key.yaml", "is Slipway's own"), ("linked.yaml", "leads into Slipway's own data folder")];
    for (path, words) in refused {
        let why = world.why(path).await;
        assert!(why.iter().any(|line| line.contains("NotRead") && line.contains(words)), "{path}: {why:?}");
    }
    // Nobody finds the key in what is kept of its files.
    let files = service::list_source_files(&world.catalog, &viewer(), id, "", 100).await.expect("files");
    for file in files {
        let page = service::find_file(&world.catalog, &viewer(), file.id).await.expect("a page");
        assert!(page.documents.iter().all(|(_, text)| !text.contains(SECRET)), "{}", page.path);
    }
});

on_both_databases!(a_platform_keeps_its_own_folder_back, |db| async move {
    let folder = tempfile::tempdir().expect("a folder").keep();
    let platform = start_platform(db, &folder, SignedDuration::from_secs(30), false).await;
    let now = Clock::System.now();
    for path in [folder.clone(), folder.join("logs")] {
        let refused =
            service::add_source(&platform.catalog, &administrator(), settings("own", &path), now).await;
        assert!(matches!(refused, Err(crate::Error::Invalid(problems)) if problems[0].field == "location"));
    }
    platform.stop().await;
});
