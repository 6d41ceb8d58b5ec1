//! What no file describes any more: who removes it all at once, what is left of its teams, and how it counts.

use domain::catalog::query::Query;

use super::*;
use crate::audit::service::{Filter, Whose, list_audit};
use crate::catalog::service::{Orphans, WhichOrphans};
use crate::on_both_databases;

/// Two teams with components of their own, and one of nobody; of the second source only orphans are left.
async fn world(db: Db) -> (World, SourceId) {
    let world = World::new(db).await;
    let teams = documents(&[&group("root", None), &group("team-a", Some("root")), &group("team-b", None)]);
    world.write("teams", "catalog-info.yaml", &teams);
    world.source("teams", |settings| settings.trusted = true).await;
    let user = component("user", "x") + "  dependsOn: ['component:a1']\n";
    world.write("stays", "catalog-info.yaml", &user);
    world.source("stays", |_| {}).await;
    let all = [
        component("a1", "x"),
        component("a2", "x") + "  dependsOn: ['component:a1']\n",
        component_of("b1", "x", "team-b"),
        component_of("nobody", "x", "team-gone"),
    ];
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    world.write("goes", "catalog-info.yaml", &documents(&all));
    let id = world.source("goes", |_| {}).await;
    service::remove_source(&world.catalog, &administrator(), id, world.now()).await.expect("a removal");
    (world, id)
}

fn seen(world: &World, caller: &Caller, which: &WhichOrphans) -> Orphans {
    service::list_orphans(&world.catalog, caller, which).expect("the orphans")
}

fn names(orphans: &Orphans) -> Vec<&str> {
    orphans.removable.iter().map(|entry| entry.entity.name()).collect()
}

async fn remove(world: &World, caller: &Caller, which: &WhichOrphans, seen: &str) -> crate::Result<u64> {
    service::remove_orphans(&world.catalog, caller, which, seen, world.now()).await
}

on_both_databases!(all_orphans_are_removed_at_once_and_each_has_its_row, |db| async move {
    let (world, id) = world(db).await;
    let all = WhichOrphans::default();
    let before = seen(&world, &administrator(), &all);
    assert_eq!(names(&before), ["a1", "a2", "b1", "nobody"]);
    // Of those that refer to them one is an orphan itself.
    assert_eq!((before.others, before.referring), (0, 1));
    let of_source = WhichOrphans { source: Some(id), ..WhichOrphans::default() };
    let of_removed = seen(&world, &administrator(), &of_source);
    assert!(of_removed.source.as_ref().is_some_and(|source| source.removed && source.name == "goes"));
    assert_eq!(of_removed.seen, before.seen);

    assert_eq!(remove(&world, &administrator(), &of_source, &before.seen).await.expect("removed"), 4);
    assert!(world.find("component:a1").is_none() && world.find("component:user").is_some());
    assert_eq!(world.catalog.snapshot().count_of(id).orphans, 0);
    assert!(names(&seen(&world, &administrator(), &all)).is_empty());
    let filter = Filter { action: Some("catalog.orphan.remove".to_owned()), object: None };
    let page = list_audit(&world.db, &administrator(), Whose::Everybody, &filter, None).await.expect("rows");
    let mut rows: Vec<_> =
        page.rows.iter().map(|row| (row.object_id.as_str(), row.team.as_deref())).collect();
    rows.sort_unstable();
    assert_eq!(
        rows,
        [
            ("component:default/a1", Some("group:default/team-a")),
            ("component:default/a2", Some("group:default/team-a")),
            ("component:default/b1", Some("group:default/team-b")),
            ("component:default/nobody", None),
        ]
    );
    // Nothing is left of the source, and nothing to remove.
    assert!(world.catalog.snapshot().sources().iter().all(|source| !source.removed));
    let again = remove(&world, &administrator(), &all, &before.seen).await;
    assert!(matches!(again, Err(crate::Error::Conflict(_))), "{again:?}");
});

on_both_databases!(a_leader_removes_all_orphans_of_the_teams_below_and_no_others, |db| async move {
    let (world, _) = world(db).await;
    let all = WhichOrphans::default();
    let leader = person(false, &[("group:root", true)]);
    let theirs = seen(&world, &leader, &all);
    assert_eq!((names(&theirs), theirs.others), (vec!["a1", "a2"], 2));
    for nobody in [viewer(), person(false, &[("group:team-a", false)])] {
        assert_eq!(names(&seen(&world, &nobody, &all)), Vec::<&str>::new());
        let refused = remove(&world, &nobody, &all, &theirs.seen).await;
        assert!(matches!(refused, Err(crate::Error::Forbidden(_))), "{refused:?}");
    }
    let stranger = remove(&world, &Caller::Stranger, &all, &theirs.seen).await;
    assert!(matches!(stranger, Err(crate::Error::SignInFirst)), "{stranger:?}");
    assert_eq!(remove(&world, &leader, &all, &theirs.seen).await.expect("removed"), 2);
    assert!(world.find("component:a1").is_none() && world.find("component:b1").is_some());
});

on_both_databases!(nothing_is_removed_that_nobody_has_seen, |db| async move {
    let (world, _) = world(db).await;
    let all = WhichOrphans::default();
    let before = seen(&world, &administrator(), &all);
    // One of them is described again; another one comes to them.
    world.write("stays", "catalog-info.yaml", &component("a1", "back"));
    let sources = service::list_sources(&world.catalog, &viewer()).await.expect("sources");
    let stays = sources.iter().find(|source| source.settings.name == "stays").expect("the source").id;
    world.refresh(stays).await;
    let refused = remove(&world, &administrator(), &all, &before.seen).await;
    assert!(matches!(refused, Err(crate::Error::Conflict(_))), "{refused:?}");
    let now = seen(&world, &administrator(), &all);
    assert_eq!(names(&now), ["a2", "b1", "nobody", "user"]);
    // A list that is narrowed means those alone.
    let of_b = WhichOrphans { query: Query::from_pairs([("owner", "team-b")]), source: None };
    let narrowed = seen(&world, &administrator(), &of_b);
    assert_eq!(names(&narrowed), ["b1"]);
    assert!(remove(&world, &administrator(), &of_b, &now.seen).await.is_err());
    assert_eq!(remove(&world, &administrator(), &of_b, &narrowed.seen).await.expect("removed"), 1);
    assert!(world.find("component:a2").is_some());
});

on_both_databases!(nothing_new_begins_with_a_team_that_no_file_describes, |db| async move {
    let world = World::new(db).await;
    world.write("s", "catalog-info.yaml", &documents(&[&group("stays", None), &group("goes", None)]));
    let id = world.source("s", |settings| settings.trusted = true).await;
    world.write("s", "catalog-info.yaml", &group("stays", None));
    world.refresh(id).await;
    let snapshot = world.catalog.snapshot();
    let teams: Vec<_> = snapshot.teams().iter().map(|team| team.entity.name().to_owned()).collect();
    assert_eq!(teams, ["stays"]);
    assert_eq!(snapshot.all_teams().count(), 2);
    let has = |team: &str| snapshot.has_team(&team.parse().expect("a reference"));
    assert!(has("group:stays") && !has("group:goes") && !has("group:never") && !has("component:stays"));
});

on_both_databases!(each_place_counts_the_same_findings, |db| async move {
    let world = World::new(db).await;
    let broken = "kind: Component\nmetadata:\n  name: broken\nspec: [\n";
    let all = documents(&[
        &location("all", &["./none.yaml", "./torn.yaml", "./left.yaml"]),
        &component("a", "x"),
        &component("goes", "x"),
        broken,
    ]);
    world.write("s", "all.yaml", &all);
    world.write("s", "torn.yaml", &component("torn", "x"));
    world.write("s", "left.yaml", &component("left", "x"));
    world.write("second", "catalog-info.yaml", &component("a", "x"));
    let id = world.source("s", |_| {}).await;
    let second = world.source("second", |_| {}).await;
    // An orphan of a file that is read, one of a file that nothing names any more, a document that is wrong, a file that cannot be
    // read, one that nothing names though its name says what it is for, and one that is of no interest.
    let all = documents(&[&location("all", &["./none.yaml", "./torn.yaml"]), &component("a", "x"), broken]);
    world.write("s", "all.yaml", &all);
    world.write("s", "torn.yaml", &"x".repeat(6_000_000));
    world.write("s", "deep/catalog-info.yaml", &component("deep", "x"));
    world.write("s", "other.yaml", "x: 1\n");
    world.refresh(id).await;
    let counts = service::count_findings(&world.catalog, &viewer(), None).await.expect("counts");
    let why = world.why("").await;
    for source in [id, second] {
        let page = service::find_problems(&world.catalog, &viewer(), Some(source), "", None, 500).await;
        let listed = page.expect("findings").findings.len() as u64;
        let files = service::list_source_files(&world.catalog, &viewer(), source, "", 100).await;
        let of_files: u64 = files.expect("files").iter().map(|file| file.findings).sum();
        let counted = counts.get(&source).copied().unwrap_or_default();
        assert_eq!((counted, of_files), (listed, listed), "{why:#?}");
    }
    assert_eq!(counts.get(&second), Some(&1), "it is shadowed: {why:#?}");
    for orphan in ["component:goes", "component:left"] {
        assert!(world.get(orphan).orphaned_at.is_some());
        assert_eq!(world.why(orphan.trim_start_matches("component:")).await.len(), 1, "{why:#?}");
    }
    let before = counts.get(&id).copied().expect("findings");
    let orphans = seen(&world, &administrator(), &WhichOrphans::default());
    assert_eq!(
        remove(&world, &administrator(), &WhichOrphans::default(), &orphans.seen).await.expect("removed"),
        2
    );
    let after = service::count_findings(&world.catalog, &viewer(), Some(id)).await.expect("counts");
    assert_eq!(after.get(&id).copied(), Some(before - 2), "an orphan is a finding as long as it is there");
});

on_both_databases!(the_entities_of_a_source_are_counted_as_they_stand, |db| async move {
    let world = World::new(db).await;
    world.write("s", "catalog-info.yaml", &documents(&[&component("a", "x"), &component("b", "x")]));
    world.write("second", "catalog-info.yaml", "");
    let id = world.source("s", |_| {}).await;
    let second = world.source("second", |_| {}).await;
    let counts = |id| {
        let count = world.catalog.snapshot().count_of(id);
        (count.described, count.orphans)
    };
    assert_eq!((counts(id), counts(second)), ((2, 0), (0, 0)));
    // One moves to another source, one goes.
    world.write("second", "catalog-info.yaml", &component("a", "x"));
    world.refresh(second).await;
    world.write("s", "catalog-info.yaml", "");
    world.refresh(id).await;
    assert_eq!((counts(id), counts(second)), ((0, 1), (1, 0)));
    let b: EntityRef = "component:b".parse().expect("a reference");
    service::remove_orphan(&world.catalog, &administrator(), &b, world.now()).await.expect("a removal");
    assert_eq!((counts(id), counts(second)), ((0, 0), (1, 0)));
});
