//! What becomes of documents and files as people edit them.

use super::*;
use crate::on_both_databases;

const BROKEN: &str = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: b\nspec:\n  type: service\n  lifecycle: production\n  owner: [team-a]\n";

on_both_databases!(one_wrong_document_of_three_leaves_the_others, |db| async move {
    let world = World::new(db).await;
    world.write(
        "s",
        "catalog-info.yaml",
        &documents(&[&component("a", "one"), BROKEN, &component("c", "one")]),
    );
    let id = world.source("s", |_| {}).await;
    assert!(world.find("component:a").is_some() && world.find("component:c").is_some());
    assert!(world.find("component:b").is_none());
    assert_eq!(
        world.why("component:default/b").await,
        ["catalog-info.yaml:11 set aside | Error 18:3: `spec.owner` is a list; it must be a text."]
    );

    // Mended, it comes in.
    world.write(
        "s",
        "catalog-info.yaml",
        &documents(&[&component("a", "one"), &component("b", "one"), &component("c", "one")]),
    );
    let counts = world.refresh(id).await;
    assert_eq!((counts.files, counts.documents, counts.live, counts.set_aside), (1, 3, 3, 0));
    let first = world.get("component:b");
    assert_eq!(first.entity.description(), Some("one"));
    assert_eq!(world.why("").await, Vec::<String>::new());

    // Broken again, also so that its name cannot be read, its last good state stays.
    for broken in [BROKEN, "kind: Component\n  name: [b\n", "- not\n- an entity\n", "\u{0}\n"] {
        let text = documents(&[&component("a", "two"), broken, &component("c", "two")]);
        world.write("s", "catalog-info.yaml", &text);
        world.refresh(id).await;
        assert_eq!(world.description("component:a"), "two", "{broken}");
        let kept = world.get("component:b");
        assert_eq!((kept.entity.description(), &kept.uid), (Some("one"), &first.uid), "{broken}");
        assert!(kept.stale_since.is_some());
        assert!(
            world.why("component:default/b").await[0].contains("set aside, last good state kept"),
            "{broken}"
        );
    }
    let text =
        service::entity_text(&world.catalog, &viewer(), &"component:b".parse().expect("a reference")).await;
    let text = text.expect("its text");
    assert_eq!((text.path.as_str(), text.line, text.text.as_str()), ("catalog-info.yaml", 11, "\u{fffd}\n"));
    assert!(text.stale_since.is_some() && !text.notes.is_empty());

    // Mended, it shows what it says now.
    world.write(
        "s",
        "catalog-info.yaml",
        &documents(&[&component("a", "two"), &component("b", "three"), &component("c", "two")]),
    );
    world.refresh(id).await;
    let mended = world.get("component:b");
    assert_eq!(
        (mended.entity.description(), mended.stale_since, &mended.uid),
        (Some("three"), None, &first.uid)
    );
});

on_both_databases!(an_entity_keeps_its_id_when_it_moves_between_files, |db| async move {
    let world = World::new(db).await;
    world.write("s", "all.yaml", &location("all", &["./*/catalog-info.yaml"]));
    world.write("s", "one/catalog-info.yaml", &documents(&[&component("a", "x"), &component("b", "x")]));
    world.write("s", "two/catalog-info.yaml", &component("c", "x"));
    let id = world.source("s", |_| {}).await;
    let before = world.get("component:b");
    world.write("s", "one/catalog-info.yaml", &component("a", "x"));
    world.write("s", "two/catalog-info.yaml", &documents(&[&component("c", "x"), &component("b", "x")]));
    world.refresh(id).await;
    let after = world.get("component:b");
    assert_eq!(
        (&after.uid, after.first_seen_at, after.changed_at),
        (&before.uid, before.first_seen_at, before.changed_at)
    );
    assert_eq!((after.provenance.path.as_str(), after.provenance.line), ("two/catalog-info.yaml", 11));
    assert_eq!(after.orphaned_at, None);
    assert_eq!(world.why("").await, Vec::<String>::new());
});

on_both_databases!(an_entity_that_no_file_describes_stays_as_an_orphan, |db| async move {
    let world = World::new(db).await;
    world.write("s", "all.yaml", &location("all", &["./*.yml"]));
    world.write("s", "a.yml", &documents(&[&component("a", "x"), &component("b", "x")]));
    let id = world.source("s", |_| {}).await;
    let before = world.get("component:b");
    world.write("s", "a.yml", &component("a", "x"));
    world.refresh(id).await;
    let orphan = world.get("component:b");
    assert_eq!((orphan.orphaned_at, &orphan.entity), (Some(world.now()), &before.entity));
    let since = world.now();
    assert!(
        service::entity_text(&world.catalog, &viewer(), orphan.reference()).await.expect("its text").gone
    );
    assert_eq!(world.why("default/b").await, ["a.yml:11 gone"]);

    // A whole file, too; and the Location says that its target is missing.
    world.remove("s", "a.yml");
    world.refresh(id).await;
    assert!(world.get("component:a").orphaned_at.is_some());
    assert_eq!(world.get("component:b").orphaned_at, Some(since), "an orphan stays one since then");
    let why = world.why("").await;
    assert!(
        why.iter().any(|line| line.starts_with("all.yaml:1 live | Error") && line.contains("`./*.yml`")),
        "{why:?}"
    );

    // It comes back as itself.
    world.write("s", "b.yml", &component("b", "back"));
    world.refresh(id).await;
    let back = world.get("component:b");
    assert_eq!((&back.uid, back.orphaned_at, back.entity.description()), (&before.uid, None, Some("back")));

    // Only an orphan can be removed, and only by a leader of its owner or an administrator.
    let remove = |name: &str, caller: Caller| {
        let (reference, now, catalog) =
            (name.parse::<EntityRef>().expect("a reference"), world.now(), world.catalog.clone());
        async move { service::remove_orphan(&catalog, &caller, &reference, now).await }
    };
    assert!(matches!(remove("component:b", administrator()).await, Err(crate::Error::Conflict(_))));
    assert!(matches!(remove("component:a", viewer()).await, Err(crate::Error::Forbidden(_))));
    assert!(matches!(remove("component:nope", administrator()).await, Err(crate::Error::NotFound(_))));
    remove("component:a", administrator()).await.expect("it is an orphan");
    assert!(world.find("component:a").is_none());
    // Another process learns of it.
    let other = opened(
        &world.db,
        Config { mirrors: world.path("m2"), roots: Vec::new(), outgoing: Default::default() },
    )
    .await
    .expect("a catalog");
    assert_eq!(other.snapshot().len(), world.catalog.snapshot().len());
    // And it may come again.
    world.write("s", "a.yml", &component("a", "again"));
    world.refresh(id).await;
    assert_eq!(world.description("component:a"), "again");
    other.reload().await.expect("a reload");
    assert_eq!(other.snapshot().len(), world.catalog.snapshot().len());
});

on_both_databases!(a_leader_removes_orphans_of_the_teams_below, |db| async move {
    let world = World::new(db).await;
    let groups = documents(&[&group("division", None), &group("team-a", Some("division"))]);
    world.write("s", "catalog-info.yaml", &documents(&[&groups, &component("a", "x")]));
    let id = world.source("s", |settings| settings.trusted = true).await;
    world.write("s", "catalog-info.yaml", &groups);
    world.refresh(id).await;
    let reference: EntityRef = "component:a".parse().expect("a reference");
    let member = person(false, &[("group:team-a", false)]);
    let refused = service::remove_orphan(&world.catalog, &member, &reference, world.now()).await;
    assert!(matches!(refused, Err(crate::Error::Forbidden(_))));
    let leader = person(false, &[("group:division", true)]);
    service::remove_orphan(&world.catalog, &leader, &reference, world.now()).await.expect("a leader may");
    assert!(world.find("component:a").is_none());
});

on_both_databases!(locations_are_followed_inside_the_source, |db| async move {
    let world = World::new(db).await;
    let targets = [
        "./teams/*.yaml",
        "deep/all.yaml",
        "https://git.example/x/catalog-info.yaml",
        "../outside.yaml",
        "javascript:alert(1)",
        "./none.yaml",
    ];
    world.write("s", "catalog-info.yaml", &location("root", &targets));
    world.write("s", "teams/one.yaml", &component("one", "x"));
    world.write("s", "teams/two.yaml", &component("two", "x"));
    // A ring, and a file in between.
    world.write(
        "s",
        "deep/all.yaml",
        &documents(&[&location("deep", &["../catalog-info.yaml", "./further/x.yaml"])]),
    );
    world.write("s", "deep/further/x.yaml", &component("three", "x"));
    world.write("s", "not/named/catalog-info.yaml", &component("four", "x"));
    write(&world.path("outside.yaml"), b"");
    let id = world.source("s", |_| {}).await;
    for name in ["one", "two", "three"] {
        assert!(world.find(&format!("component:{name}")).is_some(), "{name}");
    }
    assert!(world.find("component:four").is_none());
    let why = world.why("").await;
    let expected = [
        "catalog-info.yaml:1 live | NotRead 9:7: https://git.example/x/catalog-info.yaml is not read yet",
        "catalog-info.yaml:1 live | Error 10:7: `../outside.yaml` leads out of the folder",
        "catalog-info.yaml:1 live | Error 11:7: Addresses that start with `javascript:` are not followed",
        "catalog-info.yaml:1 live | Error 12:7: No file of this source matches `./none.yaml`",
        "deep/all.yaml:1 live | Warning 7:7: This Location names `catalog-info.yaml`, which leads back here",
        "not/named/catalog-info.yaml NotNamed",
    ];
    assert_eq!(why.len(), expected.len(), "{why:#?}");
    for (line, start) in why.iter().zip(expected) {
        assert!(line.starts_with(start), "{line} starts with {start}");
    }
    // Whoever looks for the address finds it.
    assert_eq!(
        world.why("git.example/x").await.len(),
        4,
        "the document with the address, with all its notes"
    );
    let files = service::list_source_files(&world.catalog, &viewer(), id, "", 100).await.expect("files");
    let named: Vec<_> = files
        .iter()
        .map(|file| (file.path.as_str(), file.named_by.as_ref().map(|by| by.file.as_str())))
        .collect();
    assert_eq!(
        named,
        [
            ("catalog-info.yaml", None),
            ("deep/all.yaml", Some("catalog-info.yaml")),
            ("deep/further/x.yaml", Some("deep/all.yaml")),
            ("not/named/catalog-info.yaml", None),
            ("teams/one.yaml", Some("catalog-info.yaml")),
            ("teams/two.yaml", Some("catalog-info.yaml")),
        ]
    );
    // A file that a pattern newly matches is found although the Location's file did not change.
    world.write("s", "teams/five.yaml", &component("five", "x"));
    world.refresh(id).await;
    assert!(world.find("component:five").is_some());
});

on_both_databases!(a_broken_location_still_leads_where_it_led, |db| async move {
    let world = World::new(db).await;
    world.write("s", "all.yaml", &location("all", &["./a.yaml"]));
    world.write("s", "a.yaml", &component("a", "x"));
    let id = world.source("s", |_| {}).await;
    for broken in ["kind: [\n".to_owned(), "\u{feff}---\nkind: Location\n".to_owned(), "x".repeat(6_000_000)]
    {
        world.write("s", "all.yaml", &broken);
        world.write("s", "a.yaml", &component("a", &format!("with {} bytes", broken.len())));
        world.refresh(id).await;
        let entry = world.get("component:a");
        assert_eq!(entry.orphaned_at, None);
        assert_eq!(entry.entity.description(), Some(format!("with {} bytes", broken.len()).as_str()));
    }
    assert_eq!(world.get("location:all").orphaned_at, None);
});

on_both_databases!(placeholders_take_in_files_of_the_source, |db| async move {
    let world = World::new(db).await;
    let api = |target: &str| {
        format!(
            "apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata:\n  name: a\nspec:\n  type: openapi\n  lifecycle: production\n  owner: team-a\n  definition:\n    $text: {target}\n"
        )
    };
    let long = format!("openapi: 3.0.0\n{}", "# long\n".repeat(1000));
    world.write("s", "catalog-info.yaml", &api("./openapi.yaml"));
    world.write("s", "openapi.yaml", &long);
    let id = world.source("s", |_| {}).await;
    let reference: EntityRef = "api:a".parse().expect("a reference");
    let caller = viewer();
    let definition = || service::entity_definition(&world.catalog, &caller, &reference);
    assert_eq!(definition().await.expect("it has one"), Some(long));
    assert!(
        world.get("api:a").large_definition && !world.get("api:a").entity.spec.contains_key("definition")
    );
    // The entity changes with the other file.
    world.write("s", "openapi.yaml", "openapi: 3.1.0\n");
    world.refresh(id).await;
    assert_eq!(definition().await.expect("it has one").as_deref(), Some("openapi: 3.1.0\n"));
    assert!(!world.get("api:a").large_definition);
    world.write("s", "catalog-info.yaml", &api("../../etc/passwd"));
    world.refresh(id).await;
    assert!(world.why("").await[0].contains("leads out of the folder"));
    world.write("s", "catalog-info.yaml", &api("./none.yaml"));
    world.refresh(id).await;
    assert!(world.why("").await[0].contains("There is no file `none.yaml` in this source"));
    assert_eq!(definition().await.expect("the last good one").as_deref(), Some("openapi: 3.1.0\n"));
    world.write("s", "catalog-info.yaml", &api("https://x.example/openapi.yaml"));
    world.refresh(id).await;
    let why = world.why("").await;
    assert!(
        why[0].starts_with(
            "catalog-info.yaml:1 live | NotRead 10:5: https://x.example/openapi.yaml is not read yet"
        ),
        "{why:?}"
    );
});

on_both_databases!(a_run_without_news_writes_nothing_but_that_it_ran, |db| async move {
    let world = World::new(db).await;
    world.write("s", "all.yaml", &location("all", &["./a.yaml"]));
    world.write("s", "a.yaml", &documents(&[&component("a", "x"), BROKEN]));
    let id = world.source("s", |_| {}).await;
    let before = (world.catalog.snapshot().generation(), world.why("").await);
    let counts = world.refresh(id).await;
    assert_eq!(
        (counts.files, counts.files_changed, counts.documents, counts.live, counts.set_aside),
        (2, 0, 3, 2, 1)
    );
    assert_eq!((world.catalog.snapshot().generation(), world.why("").await), before);
    let source = service::find_source(&world.catalog, &viewer(), id).await.expect("the source");
    assert_eq!(source.last_run.expect("a run").finished_at, world.now());
});
