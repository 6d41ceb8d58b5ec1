//! Who may change where the catalog is read from, and how replicas follow.

use std::time::Duration;

use domain::catalog::claims::{Allowance, AllowedKinds};
use serde_json::json;

use super::*;
use crate::audit::service::{Filter, Whose, list_audit};
use crate::on_both_databases;

on_both_databases!(administrators_alone_change_sources, |db| async move {
    let world = World::new(db).await;
    std::fs::create_dir_all(world.path("s")).expect("a folder");
    let settings = settings("s", &world.path("s"));
    let (catalog, now) = (&world.catalog, world.now());
    for caller in [Caller::Stranger, viewer(), person(false, &[("group:team-a", true)])] {
        assert!(service::add_source(catalog, &caller, settings.clone(), now).await.is_err());
    }
    let id = service::add_source(catalog, &administrator(), settings.clone(), now).await.expect("a source");
    let source = service::find_source(catalog, &viewer(), id).await.expect("the source");
    assert_eq!((&source.settings, source.last_run), (&settings, None));
    for caller in [Caller::Stranger, viewer(), person(false, &[("group:team-a", true)])] {
        assert!(service::change_source(catalog, &caller, id, settings.clone(), None, now).await.is_err());
        assert!(service::remove_source(catalog, &caller, id, now).await.is_err());
    }
    let twice = service::add_source(catalog, &administrator(), settings.clone(), now).await;
    assert!(matches!(twice, Err(crate::Error::Invalid(problems)) if problems[0].field == "name"));
    let outside =
        Settings { place: Place::Folder { path: "/etc".into() }, name: "etc".to_owned(), ..settings.clone() };
    let refused = service::add_source(catalog, &administrator(), outside, now).await;
    assert!(matches!(refused, Err(crate::Error::Invalid(problems)) if problems[0].field == "location"));
    assert!(service::list_sources(catalog, &Caller::Stranger).await.is_err());
    // A removed source's name is free again.
    service::remove_source(catalog, &administrator(), id, now).await.expect("a removal");
    assert!(matches!(service::find_source(catalog, &viewer(), id).await, Err(crate::Error::NotFound(_))));
    service::add_source(catalog, &administrator(), settings, now).await.expect("a source");
});

on_both_databases!(what_another_administrator_saved_meanwhile_is_not_overwritten_unseen, |db| async move {
    let world = World::new(db).await;
    let catalog = &world.catalog;
    let id = world.source("s", |_| {}).await;
    let source = async || service::find_source(catalog, &viewer(), id).await.expect("the source");
    let seen = source().await.changed_at.as_microsecond();
    let later = world.now().checked_add(SignedDuration::from_secs(1)).expect("a time");
    let first = Settings { every_minutes: 20, ..settings("s", &world.path("s")) };
    service::change_source(catalog, &administrator(), id, first, Some(seen), later).await.expect("a change");
    // A run changes nothing that the form shows.
    world.refresh(id).await;
    let second = Settings { every_minutes: 30, ..settings("s", &world.path("s")) };
    let at = later.checked_add(SignedDuration::from_mins(2)).expect("a time");
    let change =
        async |seen| service::change_source(catalog, &administrator(), id, second.clone(), seen, at).await;
    let refused = change(Some(seen)).await;
    let Err(crate::Error::ChangedMeanwhile { sentence, version }) = refused else { panic!("{refused:?}") };
    assert!(sentence.contains("changed it 2 min ago while you had this page open"), "{sentence}");
    assert_eq!(source().await.settings.every_minutes, 20);
    change(Some(version)).await.expect("knowingly");
    assert_eq!(source().await.settings.every_minutes, 30);
});

on_both_databases!(the_audit_tells_how_a_source_was_and_how_it_is, |db| async move {
    let world = World::new(db).await;
    let (catalog, ada) = (&world.catalog, administrator());
    let next_moment = || {
        world.time.advance(SignedDuration::from_secs(1));
        world.now()
    };
    std::fs::create_dir_all(world.path("s")).expect("a folder");
    let before = settings("s", &world.path("s"));
    let id = service::add_source(catalog, &ada, before.clone(), world.now()).await.expect("a source");
    let kinds = AllowedKinds::Only(["api", "component"].map(str::to_owned).into());
    let allowance = Some(Allowance { kinds, namespaces: Some(["shop".to_owned()].into()) });
    let glob = Some("**/catalog-info.yaml".to_owned());
    let after = Settings { glob, allowance, every_minutes: 30, ..before };
    let trusted = Settings { trusted: true, name: "t".to_owned(), ..after.clone() };
    for settings in [after, trusted] {
        service::change_source(catalog, &ada, id, settings, None, next_moment()).await.expect("a change");
    }
    service::remove_source(catalog, &ada, id, next_moment()).await.expect("a removal");
    let page = list_audit(&world.db, &ada, Whose::Everybody, &Filter::default(), None).await.expect("rows");
    let mut told: Vec<_> = page.rows.into_iter().map(|row| (row.action, row.detail.0)).collect();
    told.reverse();
    let place = json!({ "kind": "folder", "path": world.path("s") });
    let any = json!({ "rule": "default", "kinds": null, "namespaces": [] });
    let some = json!({ "rule": "only", "kinds": ["api", "component"], "namespaces": ["shop"] });
    let expected = [
        (
            "catalog.source.add",
            json!({ "place": place, "glob": null, "every_minutes": 10, "trusted": false, "allowance": any }),
        ),
        (
            "catalog.source.change",
            json!({
                "glob": { "was": null, "is": "**/catalog-info.yaml" },
                "every_minutes": { "was": 10, "is": 30 },
                "allowance": { "was": any, "is": some },
            }),
        ),
        (
            "catalog.source.change",
            json!({ "name": { "was": "s", "is": "t" }, "trusted": { "was": false, "is": true } }),
        ),
        (
            "catalog.source.remove",
            json!({
                "place": place, "glob": "**/catalog-info.yaml", "every_minutes": 30, "trusted": true, "allowance": some,
            }),
        ),
    ];
    assert_eq!(told, expected.map(|(action, detail)| (action.to_owned(), detail)));
});

on_both_databases!(another_process_follows, |db| async move {
    let world = World::new(db).await;
    let other = opened(
        &world.db,
        Config { mirrors: world.path("m"), roots: Vec::new(), outgoing: Default::default() },
    )
    .await
    .expect("a catalog");
    let follower = other.clone();
    let following = tokio::spawn(async move { follower.follow().await });
    world.write("s", "catalog-info.yaml", &component("a", "x"));
    let id = world.source("s", |_| {}).await;
    let came = async {
        while other.snapshot().is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), came).await.expect("it comes by itself");
    following.abort();
    // Whoever looks at the source need not wait: what its run brought is there with it.
    world.write("s", "catalog-info.yaml", &documents(&[&component("a", "x"), &component("b", "x")]));
    world.refresh(id).await;
    service::find_source(&other, &viewer(), id).await.expect("the source");
    assert_eq!(other.snapshot().len(), 2);
});

on_both_databases!(findings_come_in_pages, |db| async move {
    let world = World::new(db).await;
    let wrong: Vec<String> =
        (0..25).map(|n| format!("kind: Component\nmetadata:\n  name: x{n:02}\n")).collect();
    let wrong: Vec<&str> = wrong.iter().map(String::as_str).collect();
    world.write("s", "catalog-info.yaml", &documents(&wrong));
    world.source("s", |_| {}).await;
    let mut seen = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let page = service::find_problems(&world.catalog, &viewer(), None, "", cursor.as_deref(), 10)
            .await
            .expect("a page");
        let document = |finding: &Finding| {
            finding.document.as_ref().and_then(|d| d.reference.clone()).expect("a reference")
        };
        seen.extend(page.findings.iter().map(|finding| document(finding).name().to_owned()));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(seen, (0..25).map(|n| format!("x{n:02}")).collect::<Vec<_>>());
    let one = service::find_problems(&world.catalog, &viewer(), None, "X07", None, 10).await.expect("a page");
    assert_eq!(one.findings.len(), 1);
    let none =
        service::find_problems(&world.catalog, &viewer(), None, "100%", None, 10).await.expect("a page");
    assert!(none.findings.is_empty());
    let nul = r#"{"source":"\u0000","path":"","ordinal":0,"document":""}"#;
    for cursor in ["nonsense", nul] {
        let refused = service::find_problems(&world.catalog, &viewer(), None, "", Some(cursor), 10).await;
        assert!(matches!(refused, Err(crate::Error::Invalid(_))), "{cursor}: {refused:?}");
    }
    assert!(service::find_problems(&world.catalog, &Caller::Stranger, None, "", None, 10).await.is_err());
});
