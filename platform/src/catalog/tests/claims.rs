//! Who describes an entity when several sources want to, and what a source may bring.

use super::*;
use crate::on_both_databases;
use domain::catalog::claims::{Allowance, AllowedKinds};

on_both_databases!(the_first_claim_wins_and_trust_displaces_it, |db| async move {
    let world = World::new(db).await;
    world.write(
        "first",
        "catalog-info.yaml",
        &documents(&[&component("a", "first"), &component("a", "second in the file")]),
    );
    world.write("second", "catalog-info.yaml", &component("a", "second"));
    world.write("trusted", "catalog-info.yaml", &component("a", "trusted"));
    let first = world.source("first", |_| {}).await;
    let second = world.source("second", |_| {}).await;
    assert_eq!(world.description("component:a"), "first");
    let why = world.why("").await;
    assert_eq!(
        why,
        [
            "catalog-info.yaml:11 shadowed: component:default/a is defined a second time in this file. Keep one.",
            "catalog-info.yaml:1 shadowed: component:default/a is defined in catalog-info.yaml of first, which claimed it first. Remove one of the two, or give this one another name.",
        ]
    );
    // The order in which sources are read later changes nothing.
    world.write("first", "catalog-info.yaml", &component("a", "first, changed"));
    world.refresh(second).await;
    world.refresh(first).await;
    assert_eq!(world.description("component:a"), "first, changed");

    let trusted = world.source("trusted", |settings| settings.trusted = true).await;
    assert_eq!(world.description("component:a"), "trusted");
    let text = service::entity_text(&world.catalog, &viewer(), &"component:a".parse().expect("a reference"))
        .await
        .expect("text");
    let rivals: Vec<&str> = text.rivals.iter().map(|rival| rival.source.as_str()).collect();
    assert_eq!(rivals, ["first", "second"]);
    assert!(text.rivals[0].why.contains("which is trusted and goes before this source"));
    let uid = world.get("component:a").uid.clone();

    // Without trust it is the last to have claimed.
    let mut settings =
        service::find_source(&world.catalog, &viewer(), trusted).await.expect("the source").settings;
    settings.trusted = false;
    service::change_source(&world.catalog, &administrator(), trusted, settings, None, world.now())
        .await
        .expect("a change");
    world.refresh(trusted).await;
    assert_eq!(world.description("component:a"), "first, changed");
    // The next claim takes the place of a removed source.
    service::remove_source(&world.catalog, &administrator(), first, world.now()).await.expect("a removal");
    assert_eq!(world.description("component:a"), "second");
    service::remove_source(&world.catalog, &administrator(), second, world.now()).await.expect("a removal");
    assert_eq!(world.description("component:a"), "trusted");
    service::remove_source(&world.catalog, &administrator(), trusted, world.now()).await.expect("a removal");
    let orphan = world.get("component:a");
    assert!(orphan.orphaned_at.is_some());
    assert_eq!(orphan.uid, uid);
    assert!(service::list_sources(&world.catalog, &viewer()).await.expect("sources").is_empty());
    // The name of the source is known as long as the orphan is.
    assert_eq!(
        world.catalog.snapshot().source(orphan.provenance.source).map(|s| s.name.as_str()),
        Some("trusted")
    );
    service::remove_orphan(&world.catalog, &administrator(), orphan.reference(), world.now())
        .await
        .expect("a removal");
    assert!(world.catalog.snapshot().is_empty());
    let mut reader = world.db.read().await.expect("a reader");
    assert!(
        store::source::source_list_all(&mut reader).await.expect("sources").is_empty(),
        "nothing stays behind"
    );
});

on_both_databases!(of_two_files_of_one_run_the_path_decides_and_is_said_to, |db| async move {
    let world = World::new(db).await;
    world.write("s", "catalog-info.yaml", &location("root", &["./mixed.yaml", "./dup.yaml"]));
    world.write("s", "mixed.yaml", &component("good", "mixed"));
    world.write("s", "dup.yaml", &component("good", "dup"));
    world.source("s", |_| {}).await;
    assert_eq!(world.description("component:good"), "dup");
    assert_eq!(
        world.why("").await,
        [
            "mixed.yaml:1 shadowed: component:default/good is defined in dup.yaml of s, which was found in the same run and comes first by its path. Remove one of the two, or give this one another name."
        ]
    );
});

on_both_databases!(a_wrong_document_keeps_its_claim, |db| async move {
    let world = World::new(db).await;
    world.write("first", "catalog-info.yaml", &component("a", "first"));
    world.write("second", "catalog-info.yaml", &component("a", "second"));
    let first = world.source("first", |_| {}).await;
    world.source("second", |_| {}).await;
    world.write("first", "catalog-info.yaml", &component("a", "first").replace("service", "[]"));
    world.refresh(first).await;
    assert_eq!(world.description("component:a"), "first");
    assert!(world.get("component:a").stale_since.is_some());
    world.remove("first", "catalog-info.yaml");
    world.refresh(first).await;
    assert_eq!(world.description("component:a"), "second");
});

on_both_databases!(groups_come_from_trusted_sources_alone, |db| async move {
    let world = World::new(db).await;
    world.write("s", "catalog-info.yaml", &documents(&[&group("team-a", None), &component("a", "x")]));
    let id = world.source("s", |_| {}).await;
    assert!(world.find("group:team-a").is_none());
    assert_eq!(
        world.why("").await,
        [
            "catalog-info.yaml:1 set aside | Error 2:1: This source may not define entities of the kind Group. An administrator can allow it, or trust the source."
        ]
    );
    let change = |change: fn(&mut Settings)| {
        let (catalog, now) = (world.catalog.clone(), world.now());
        async move {
            let mut settings =
                service::find_source(&catalog, &viewer(), id).await.expect("the source").settings;
            change(&mut settings);
            service::change_source(&catalog, &administrator(), id, settings, None, now)
                .await
                .expect("a change");
        }
    };
    // The files did not change; what they may say did.
    change(|settings| settings.trusted = true).await;
    world.refresh(id).await;
    assert!(world.find("group:team-a").is_some());
    assert_eq!(world.why("").await, Vec::<String>::new());
    // Taken back, nothing of it stays but an orphan.
    change(|settings| settings.trusted = false).await;
    world.refresh(id).await;
    assert!(world.get("group:team-a").orphaned_at.is_some());

    change(|settings| {
        let namespaces = Some(["payments".to_owned()].into());
        settings.allowance =
            Some(Allowance { kinds: AllowedKinds::Only(["component".to_owned()].into()), namespaces });
    })
    .await;
    world.refresh(id).await;
    assert!(world.get("component:a").orphaned_at.is_some());
    let why = world.why("component:default/a").await;
    assert!(why.iter().any(|line| line.contains("namespaces payments, not in default")), "{why:?}");
    world.write(
        "s",
        "catalog-info.yaml",
        &component("a", "x").replace("  name: a", "  name: a\n  namespace: payments"),
    );
    world.refresh(id).await;
    assert!(world.find("component:payments/a").is_some());
});
