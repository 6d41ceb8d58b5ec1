//! A repository as a source.

use super::*;
use crate::catalog::git::test_repository as run;
use crate::on_both_databases;

pub(super) fn commit(folder: &Path, path: &str, text: &str) {
    write(&folder.join(path), text.as_bytes());
    run(folder, &["add", "--all"]);
    run(folder, &["commit", "--quiet", "-m", "change"]);
}

on_both_databases!(a_repository_is_read_at_its_newest_commit, |db| async move {
    let world = World::new(db).await;
    let folder = world.path("repository");
    std::fs::create_dir_all(&folder).expect("a folder");
    run(&folder, &["init", "--quiet"]);
    commit(&folder, "all.yaml", &location("all", &["./services/*/catalog-info.yaml"]));
    commit(&folder, "services/a/catalog-info.yaml", &component("a", "one"));
    std::os::unix::fs::symlink("/etc/hostname", folder.join("services/catalog-info.yaml")).expect("a link");
    std::fs::create_dir_all(folder.join("services/b")).expect("a folder");
    std::os::unix::fs::symlink("../a/catalog-info.yaml", folder.join("services/b/catalog-info.yaml"))
        .expect("a link");
    commit(&folder, "services/c/catalog-info.yaml", &component("c", "one"));
    let url = folder.display().to_string();
    let id = world.source("git", |settings| settings.place = Place::Git { url, branch: None }).await;
    assert_eq!(world.description("component:a"), "one");
    let why = world.why("").await;
    assert!(
        why.iter()
            .any(|line| line.starts_with("services/b/catalog-info.yaml NotRead")
                && line.contains("symbolic link")),
        "{why:?}"
    );
    let source = service::find_source(&world.catalog, &viewer(), id).await.expect("the source");
    let first = source.last_run.expect("a run").commit.expect("a commit");
    assert_eq!(first.len(), 40);

    // What is not committed does not count; what is, does.
    world.write("repository", "services/a/catalog-info.yaml", &component("a", "two"));
    let counts = world.refresh(id).await;
    assert_eq!((world.description("component:a").as_str(), counts.files_changed), ("one", 0));
    commit(&folder, "other", "");
    let counts = world.refresh(id).await;
    assert_eq!((world.description("component:a").as_str(), counts.files_changed), ("two", 1));
    let text = service::entity_text(&world.catalog, &viewer(), &"component:a".parse().expect("a reference"))
        .await
        .expect("text");
    assert!(text.commit.is_some_and(|commit| commit != first));

    // The mirror is a cache.
    std::fs::remove_dir_all(world.path("mirrors")).expect("a mirror");
    assert_eq!(world.refresh(id).await.files_changed, 0);
});

on_both_databases!(a_repository_that_becomes_a_folder_leaves_no_mirror, |db| async move {
    let world = World::new(db).await;
    let folder = world.path("repository");
    std::fs::create_dir_all(&folder).expect("a folder");
    run(&folder, &["init", "--quiet"]);
    commit(&folder, "catalog-info.yaml", &component("a", "one"));
    let url = folder.display().to_string();
    let id = world.source("s", |settings| settings.place = Place::Git { url, branch: None }).await;
    let mirror = world.path("mirrors").join(id.to_string());
    assert!(mirror.exists());
    let settings = settings("s", &folder);
    service::change_source(&world.catalog, &administrator(), id, settings, None, world.now())
        .await
        .expect("a change");
    world.refresh(id).await;
    assert!(!mirror.exists());
    assert_eq!(world.description("component:a"), "one");
});

on_both_databases!(a_repository_that_cannot_be_read_leaves_everything_as_it_was, |db| async move {
    let world = World::new(db).await;
    let folder = world.path("repository");
    std::fs::create_dir_all(&folder).expect("a folder");
    run(&folder, &["init", "--quiet"]);
    commit(&folder, "catalog-info.yaml", &component("a", "one"));
    let url = folder.display().to_string();
    let id = world
        .source("git", |settings| settings.place = Place::Git { url, branch: Some("main".to_owned()) })
        .await;
    run(&folder, &["branch", "-m", "trunk"]);
    let clock = Clock::Manual(world.time.clone());
    let failed = service::run_refresh(&world.catalog, &job(), id, &clock).await.expect_err("no such branch");
    assert!(failed.to_string().contains("has no branch main"), "{failed}");
    assert_eq!(world.get("component:a").orphaned_at, None);
    let run = service::find_source(&world.catalog, &viewer(), id)
        .await
        .expect("the source")
        .last_run
        .expect("a run");
    assert_eq!(run.outcome, Err(failed.to_string()));
    assert_eq!(run.counts.expect("those of the good run").live, 1);
});
