//! Files that are too large, too deep, no text, or somewhere else.

use super::*;
use crate::on_both_databases;

on_both_databases!(bad_files_are_told_and_harm_nothing, |db| async move {
    let world = World::new(db).await;
    world.write("s", "all.yaml", &location("all", &["./*/catalog-info.yaml"]));
    world.write("s", "good/catalog-info.yaml", &component("good", "x"));
    world.write("s", "large/catalog-info.yaml", "# x\n");
    // A hole: its size is judged before its content, and a test should not fill a disk.
    std::fs::File::options()
        .write(true)
        .open(world.path("s/large/catalog-info.yaml"))
        .and_then(|file| file.set_len(50 << 20))
        .expect("a large file");
    write(&world.path("s/bytes/catalog-info.yaml"), b"kind: Component\n---\nname: \xff\xfe\n---\n");
    let bomb = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\ng: [*f,*f,*f,*f,*f,*f,*f,*f,*f]\n";
    world.write("s", "bomb/catalog-info.yaml", bomb);
    world.write("s", "deep/catalog-info.yaml", &"[".repeat(100_000));
    world.write("s", "empty/catalog-info.yaml", "");
    world.write("s", "nul/catalog-info.yaml", &component("nul", "\"a\\0b\""));
    write(&world.path("secret.yaml"), component("secret", "x").as_bytes());
    std::fs::create_dir_all(world.path("s/link")).expect("a folder");
    std::fs::create_dir_all(world.path("s/inside")).expect("a folder");
    std::fs::create_dir_all(world.path("s/pipe")).expect("a folder");
    std::os::unix::fs::symlink(world.path("secret.yaml"), world.path("s/link/catalog-info.yaml"))
        .expect("a link");
    std::os::unix::fs::symlink("../good/catalog-info.yaml", world.path("s/inside/catalog-info.yaml"))
        .expect("a link");
    std::os::unix::fs::symlink(world.root.path(), world.path("s/way-out")).expect("a link");
    let made = std::process::Command::new("mkfifo")
        .arg(world.path("s/pipe/catalog-info.yaml"))
        .status()
        .expect("mkfifo runs");
    assert!(made.success());
    let id = world.source("s", |_| {}).await;
    assert_eq!(world.description("component:good"), "x");
    assert_eq!(world.description("component:nul"), "a\0b");
    assert!(world.find("component:secret").is_none());
    let expected = [
        (
            "bomb/catalog-info.yaml:1 set aside",
            "Anchors and aliases up to this line add more than 200000 values",
        ),
        ("bytes/catalog-info.yaml:1 set aside", "`apiVersion` is missing"),
        ("bytes/catalog-info.yaml:3 set aside", "3:7: Byte 26 of the file (0xFF) is not UTF-8"),
        (
            "deep/catalog-info.yaml:1 set aside",
            "1:256: This document is not valid YAML: recursion limit exceeded",
        ),
        ("inside/catalog-info.yaml:1 shadowed", "good/catalog-info.yaml of s"),
        ("large/catalog-info.yaml NotRead", "52428800 bytes"),
        ("link/catalog-info.yaml NotRead", "leads out of the source's folder"),
        ("pipe/catalog-info.yaml NotRead", "not a plain file"),
    ];
    for (start, part) in expected {
        let path = start.split([' ', ':']).next().expect("a path");
        let why = world.why(path).await;
        assert!(why.iter().any(|line| line.starts_with(start) && line.contains(part)), "{start}: {why:#?}");
    }
    // Read again, it is all the same, and nothing is stored twice.
    let before = world.why("").await;
    let counts = world.refresh(id).await;
    assert_eq!((world.why("").await, counts.files_changed, counts.files_not_read), (before, 0, 3));
});

on_both_databases!(a_folder_that_is_not_there_leaves_everything_as_it_was, |db| async move {
    let world = World::new(db).await;
    world.write("s", "catalog-info.yaml", &component("a", "x"));
    let id = world.source("s", |_| {}).await;
    std::fs::rename(world.path("s"), world.path("away")).expect("a move");
    let clock = Clock::Manual(world.time.clone());
    let failed = service::run_refresh(&world.catalog, &job(), id, &clock).await.expect_err("no folder");
    assert!(failed.to_string().starts_with("There is no folder"), "{failed}");
    assert_eq!(world.get("component:a").orphaned_at, None);
    // An empty folder is another matter: its files are gone.
    std::fs::create_dir(world.path("s")).expect("a folder");
    world.refresh(id).await;
    assert!(world.get("component:a").orphaned_at.is_some());
});

on_both_databases!(a_run_that_was_overtaken_stores_nothing, |db| async move {
    let world = World::new(db).await;
    world.write("s", "catalog-info.yaml", &component("a", "x"));
    let id = world.source("s", |_| {}).await;
    let mut reader = world.db.read().await.expect("a reader");
    let revision =
        store::source::source_find(&mut reader, id).await.expect("a row").expect("a source").source.revision;
    drop(reader);
    world.refresh(id).await;
    let mut tx = world.db.begin().await.expect("a transaction");
    let run = store::source::GoodRun {
        read_as: "",
        started_at: world.now(),
        finished_at: world.now(),
        commit: None,
        counts: Counts::default(),
        notes: &[],
    };
    assert!(!store::source::run_save(&mut tx, id, revision, &run).await.expect("a statement"));
});
