//! Files that are too large, too deep, no text, or somewhere else.

use std::sync::Arc;

use domain::catalog::claims::Allowance;
use domain::catalog::walk::WalkLimits;

use super::*;
use crate::catalog::ingest::ReadFrom;
use crate::catalog::read::{self, Earlier, EarlierDocument, EarlierFile, Found, ReadLimits};
use crate::catalog::tree::{Listed, Listing, NotRead, Tree};
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

on_both_databases!(one_character_in_one_document_keeps_nothing_else_from_being_stored, |db| async move {
    let world = World::new(db).await;
    let with = |name: &str, line: &str| format!("{}{line}\n", component(name, "x"));
    let references = [
        ("owner", component_of("owner", "x", "\"team\\0a\"")),
        ("system", with("system", "  system: \"a\\0b\"")),
        ("subcomponentof", with("subcomponentof", "  subcomponentOf: \"a\\0b\"")),
        ("apis", with("apis", "  providesApis: [\"a\\0b\"]")),
        ("depends", with("depends", "  dependsOn: [\"component:a\\0b\"]")),
        ("lines", component_of("lines", "x", "\"team\\na\"")),
    ];
    let metadata = |name: &str, lines: &str| {
        format!("apiVersion: example.com/v1\nkind: Robot\nmetadata:\n  name: {name}\n{lines}")
    };
    let wrong = [
        ("named", metadata("\"named\\0\"", "")),
        ("labelled", metadata("labelled", "  labels: {a: \"b\\0\"}\n")),
        ("keyed", metadata("keyed", "  annotations: {\"b\\0\": c}\n")),
        ("tagged", metadata("tagged", "  tags: [\"b\\0\"]\n")),
        ("located", location("located", &["\"./a\\0.yaml\"", "\"https://a.example/\\0\"", "\"x\\0:a\""])),
    ];
    let texts = "  title: \"a\\0\"\n  description: \"a\\0\"\n  annotations: {a: \"b\\0\"}\n  links: [{url: \"https://a.example/\\0\", title: \"b\\0\"}]\n  \"other\\0\": \"c\\0\"\n";
    let large = format!("{}\\0", "a".repeat(5_000));
    let api = format!(
        "apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata:\n  name: large\nspec:\n  type: openapi\n  lifecycle: production\n  owner: team-a\n  definition: \"{large}\"\n"
    );
    for (name, text) in references.iter().chain(&wrong) {
        world.write("s", &format!("{name}.yaml"), text);
    }
    world.write("s", "texts.yaml", &metadata("texts", texts));
    world.write("s", "large.yaml", &api);
    write(&world.path("s/raw.yaml"), component("raw", "a\0b").as_bytes());
    world.write("s", "zebra.yaml", &component("zebra", "stored"));
    let user = "apiVersion: backstage.io/v1alpha1\nkind: User\nmetadata: {name: ada}\nspec: {memberOf: [\"a\\0b\"]}\n";
    let group = "apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: g}\nspec: {type: team, children: [\"a\\0b\"], members: [\"c\\0\"]}\n";
    world.write("s", "people.yaml", &documents(&[user, group]));
    let id = world
        .source("s", |settings| {
            settings.glob = Some("*.yaml".to_owned());
            settings.trusted = true;
        })
        .await;
    assert_eq!(world.description("component:zebra"), "stored");
    assert_eq!(world.description("robot:texts"), "a\0");
    assert!(world.find("api:large").is_some());
    for (name, _) in &references {
        let why = world.why(&format!("{name}.yaml")).await;
        assert!(why[0].contains(":1 set aside | Error") && why[0].contains("cannot be part of a"), "{why:?}");
    }
    // What is wrong with the last of them is that its targets cannot be followed.
    let set_aside = wrong.iter().map(|(name, _)| *name).filter(|name| *name != "located").chain(["people"]);
    for name in set_aside {
        let why = world.why(&format!("{name}.yaml")).await;
        assert!(!why.is_empty() && why.iter().all(|line| line.contains("set aside")), "{name}: {why:?}");
    }
    assert!(!world.why("located.yaml").await.is_empty());
    let before = world.why("").await;
    world.refresh(id).await;
    assert_eq!(world.why("").await, before);
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

on_both_databases!(what_a_limit_keeps_from_being_met_stays_as_it_was, |db| async move {
    let mut world = World::new(db).await;
    let walk = WalkLimits { files: 3, ..WalkLimits::default() };
    let limits = ReadLimits { walk, ..ReadLimits::default() };
    world.catalog.from = Arc::new(ReadFrom { limits, ..(*world.catalog.from).clone() });
    world.write("s", "all.yaml", &location("all", &["./*/catalog-info.yaml"]));
    world.write("s", "m/catalog-info.yaml", &component("m", "x"));
    world.write("s", "n/catalog-info.yaml", &component("n", "x"));
    let id = world.source("s", |_| {}).await;
    let files = async || {
        let files = service::list_source_files(&world.catalog, &viewer(), id, "", 100).await.expect("files");
        files.into_iter().map(|file| (file.path, file.named_by.is_some())).collect::<Vec<_>>()
    };
    let before = files().await;

    // Two that come before push it beyond the limit. What is not there any more is gone all the same.
    for name in ["a", "b"] {
        world.write("s", &format!("{name}/catalog-info.yaml"), &component(name, "x"));
    }
    world.write("s", "never/read.yaml", &component("never", "x"));
    world.remove("s", "n/catalog-info.yaml");
    for _ in 0..2 {
        world.refresh(id).await;
        let kept = world.get("component:m");
        assert_eq!((kept.orphaned_at, kept.entity.description()), (None, Some("x")));
        assert!(kept.stale_since.is_some());
        let why = world.why("component:default/m").await;
        assert!(
            why.len() == 1
                && why[0].starts_with("m/catalog-info.yaml:1 set aside, last good state kept | Error 1:1: The file is not read: It lies beyond the limit"),
            "{why:?}"
        );
        assert!(world.get("component:n").orphaned_at.is_some());
    }
    // Who named it is still known, and nobody is told that nothing names what was not looked at.
    let files = files().await;
    assert!(files.contains(&("m/catalog-info.yaml".to_owned(), true)), "{files:?} after {before:?}");
    assert!(files.iter().all(|(path, _)| path != "never/read.yaml"), "{files:?}");

    // Within the limit again, it is as before.
    world.remove("s", "a/catalog-info.yaml");
    world.refresh(id).await;
    assert_eq!(world.get("component:m").stale_since, None);
    assert!(world.get("component:a").orphaned_at.is_some());
});

#[test]
fn a_listing_that_was_cut_does_not_say_what_is_gone() {
    struct Files;
    impl Tree for Files {
        fn read(&mut self, _: &str, _: u64) -> Result<Vec<u8>, NotRead> {
            Ok(component("a", "x").into_bytes())
        }
    }
    let document = || EarlierDocument {
        id: crate::ids::mint(Timestamp::UNIX_EPOCH),
        ordinal: 0,
        reference: None,
        gone: false,
        location: None,
    };
    let known = |is_gone: bool| EarlierFile {
        hash: None,
        names_files: false,
        was_read: !is_gone,
        is_gone,
        documents: vec![document()],
    };
    let earlier =
        Earlier::from([("later.yaml".to_owned(), known(false)), ("gone.yaml".to_owned(), known(true))]);
    for is_cut in [true, false] {
        let mut listing = Listing { is_cut, ..Listing::default() };
        listing.files.insert("catalog-info.yaml".to_owned(), Listed::File { size: 0, hash: None });
        let (allowance, limits) = (Allowance::default_for(false), ReadLimits::default());
        let read = read::read(&mut Files, &listing, None, &allowance, &earlier, &limits).expect("it is read");
        let not_met = |path: &str| {
            read.files.iter().any(|file| file.path == path && matches!(file.found, Found::NotMet(_)))
        };
        assert_eq!((not_met("later.yaml"), not_met("gone.yaml")), (is_cut, false));
    }
}

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
