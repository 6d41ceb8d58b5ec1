//! Whose an entity is, who may say so, and which rights follow from it.

use super::git::commit;
use super::*;
use crate::audit::service::{Filter, Whose, list_audit};
use crate::catalog::git::test_repository as run;
use crate::on_both_databases;

/// What the audit says of entities that changed hands, the last first.
async fn moves(world: &World) -> Vec<(String, serde_json::Value)> {
    let filter = Filter { action: Some("catalog.owner.change".to_owned()), object: None };
    let page = list_audit(&world.db, &administrator(), Whose::Everybody, &filter, None).await.expect("rows");
    let of_those_before = page.rows.iter().all(|row| row.team.as_deref() == row.detail.0["from"].as_str());
    assert!(
        of_those_before,
        "the leader of the team that an entity was taken from reads it: {:#?}",
        page.rows
    );
    page.rows.into_iter().map(|row| (row.object_id, row.detail.0)).collect()
}

fn owner(world: &World, reference: &str) -> String {
    world.get(reference).entity.owner().expect("an owner").name().to_owned()
}

fn trust(settings: &mut Settings) {
    settings.trusted = true;
}

on_both_databases!(ownership_moves_only_to_a_group_that_exists, |db| async move {
    let world = World::new(db).await;
    world.write("teams", "catalog-info.yaml", &documents(&[&group("team-a", None), &group("team-b", None)]));
    let teams = world.source("teams", trust).await;
    world.write("s", "catalog-info.yaml", &documents(&[&component("a", "one"), &component("b", "one")]));
    let id = world.source("s", |_| {}).await;

    let moved = |to: &str| documents(&[&component_of("a", "two", to), &component_of("b", "two", "team-a")]);
    world.write("s", "catalog-info.yaml", &moved("team-new"));
    let counts = world.refresh(id).await;
    assert_eq!((counts.live, counts.set_aside), (1, 1));
    assert_eq!(
        (owner(&world, "component:a"), world.description("component:a")),
        ("team-a".into(), "one".into())
    );
    assert!(world.get("component:a").stale_since.is_some());
    assert_eq!(world.description("component:b"), "two", "the rest of the file counts");
    assert_eq!(
        world.why("component:default/a").await,
        [
            "catalog-info.yaml:1 set aside, last good state kept | Error 9:3: The group team-new does not exist; component:default/a stays with the group team-a until it does. Write the owner as it is called in the catalog, or add it there."
        ]
    );
    assert_eq!(moves(&world).await, []);
    // Looked at again, it is as it was, and nothing is written.
    let generation = world.catalog.snapshot().generation();
    world.refresh(id).await;
    assert_eq!(world.catalog.snapshot().generation(), generation);

    // The group comes, elsewhere, and the file says what it said.
    let all = documents(&[&group("team-a", None), &group("team-b", None), &group("team-new", None)]);
    world.write("teams", "catalog-info.yaml", &all);
    world.refresh(teams).await;
    world.refresh(id).await;
    assert_eq!(
        (owner(&world, "component:a"), world.description("component:a")),
        ("team-new".into(), "two".into())
    );
    assert_eq!(world.why("").await, Vec::<String>::new());
    let expected = serde_json::json!({ "from": "group:default/team-a", "to": "group:default/team-new", "source": "s", "commit": null });
    assert_eq!(moves(&world).await, [("component:default/a".to_owned(), expected)]);
    // To one that is there it moves at once.
    world.write("s", "catalog-info.yaml", &moved("team-b"));
    world.refresh(id).await;
    assert_eq!(owner(&world, "component:a"), "team-b");
});

on_both_databases!(what_nobody_keeps_any_more_is_taken_in, |db| async move {
    let world = World::new(db).await;
    world.write("teams", "catalog-info.yaml", &group("team-a", None));
    let teams = world.source("teams", trust).await;
    world.write("s", "catalog-info.yaml", &component("a", "one"));
    let id = world.source("s", |_| {}).await;
    world.write("s", "catalog-info.yaml", &component_of("a", "two", "team-new"));
    assert_eq!(world.refresh(id).await.set_aside, 1);
    // The team that kept it goes, and the file says what it said.
    world.write("teams", "catalog-info.yaml", &group("team-b", None));
    world.refresh(teams).await;
    let team = "group:default/team-a".parse().expect("a reference");
    service::remove_orphan(&world.catalog, &administrator(), &team, world.now()).await.expect("removed");
    world.refresh(id).await;
    assert_eq!(owner(&world, "component:a"), "team-new");
    assert_eq!(world.why("").await, Vec::<String>::new());
});

on_both_databases!(who_belongs_to_nobody_may_name_anybody, |db| async move {
    let world = World::new(db).await;
    world.write("s", "catalog-info.yaml", &component_of("a", "x", "nobody"));
    let id = world.source("s", trust).await;
    assert_eq!(owner(&world, "component:a"), "nobody");
    world.write("s", "catalog-info.yaml", &component_of("a", "x", "nobody-else"));
    world.refresh(id).await;
    assert_eq!(owner(&world, "component:a"), "nobody-else");
    assert_eq!(world.why("").await, Vec::<String>::new());
    // The owner comes: what it owns says nothing new, and may say something else than its owner.
    world.write(
        "s",
        "catalog-info.yaml",
        &documents(&[&group("nobody-else", None), &component_of("a", "y", "nobody-else")]),
    );
    world.refresh(id).await;
    assert_eq!(world.description("component:a"), "y");
});

on_both_databases!(a_document_in_another_file_or_source_moves_no_ownership_either, |db| async move {
    let world = World::new(db).await;
    world.write("teams", "catalog-info.yaml", &group("team-a", None));
    let teams = world.source("teams", trust).await;
    world.write("s", "all.yaml", &location("all", &["./*.yml"]));
    world.write("s", "a.yml", &component("a", "one"));
    let id = world.source("s", |_| {}).await;
    // A second claim changes nothing, so it is told as what it is.
    world.write("other", "catalog-info.yaml", &component_of("a", "other", "team-new"));
    let other = world.source("other", |_| {}).await;
    assert!(world.why("team-new").await.is_empty());
    assert!(world.why("component:default/a").await[0].contains("shadowed"));
    // One that would go before it does not.
    world.write("trusted", "catalog-info.yaml", &component_of("a", "trusted", "team-new"));
    world.source("trusted", trust).await;
    assert_eq!(
        (owner(&world, "component:a"), world.description("component:a")),
        ("team-a".into(), "one".into())
    );
    assert!(world.why("team-new does not exist").await[0].contains("set aside | Error 9:3"));
    // Nor does the same document under another file name.
    world.remove("s", "a.yml");
    world.write("s", "b.yml", &component_of("a", "moved", "team-new"));
    world.refresh(id).await;
    let orphan = world.get("component:a");
    assert!(orphan.orphaned_at.is_some() && orphan.entity.description() == Some("one"));
    assert_eq!(owner(&world, "component:a"), "team-a");
    // And the second claim does not either, now that it would go first.
    let why = world.why("team-new does not exist").await;
    assert_eq!(why.iter().filter(|line| line.contains("set aside | Error")).count(), 3, "{why:?}");
    let generation = world.catalog.snapshot().generation();
    world.refresh(other).await;
    assert_eq!(world.catalog.snapshot().generation(), generation);
    // They all claim it once the group is there.
    world.write(
        "teams",
        "catalog-info.yaml",
        &documents(&[&group("team-a", None), &group("team-new", None)]),
    );
    world.refresh(teams).await;
    world.refresh(other).await;
    assert_eq!(
        (owner(&world, "component:a"), world.description("component:a")),
        ("team-new".into(), "other".into())
    );
});

on_both_databases!(a_group_may_get_another_name_in_the_same_commit_and_the_audit_names_it, |db| async move {
    let world = World::new(db).await;
    let folder = world.path("repository");
    std::fs::create_dir_all(&folder).expect("a folder");
    run(&folder, &["init", "--quiet"]);
    let catalog = |team: &str| documents(&[&component_of("a", "x", team), &group(team, None)]);
    commit(&folder, "catalog-info.yaml", &catalog("before"));
    let url = folder.display().to_string();
    let id = world
        .source("git", |settings| {
            settings.place = Place::Git { url, branch: None };
            settings.trusted = true;
        })
        .await;
    commit(&folder, "catalog-info.yaml", &catalog("after"));
    world.refresh(id).await;
    assert_eq!(owner(&world, "component:a"), "after");
    let head = std::process::Command::new("git").args(["rev-parse", "HEAD"]).current_dir(&folder).output();
    let head = String::from_utf8(head.expect("git runs").stdout).expect("a hash").trim().to_owned();
    assert_eq!(head.len(), 40);
    let expected = serde_json::json!({ "from": "group:default/before", "to": "group:default/after", "source": "git", "commit": head });
    assert_eq!(moves(&world).await, [("component:default/a".to_owned(), expected)]);
});

on_both_databases!(a_group_gets_no_rights_by_naming_another_as_its_child, |db| async move {
    let world = World::new(db).await;
    let grabber = group("grabber", None).replace("children: []", "children: [team-a]");
    let groups = documents(&[&group("root", None), &group("team-a", Some("root")), &grabber]);
    world.write("s", "catalog-info.yaml", &documents(&[&groups, &component("a", "x")]));
    let id = world.source("s", trust).await;
    let team: EntityRef = "group:team-a".parse().expect("a reference");
    let snapshot = world.catalog.snapshot();
    let above = snapshot.teams_above(&team);
    assert_eq!(above.iter().map(EntityRef::name).collect::<Vec<_>>(), ["root"]);
    // Its page shows what both ends say.
    let parents = snapshot.relations(&team, &Visibility::All).into_iter();
    let parents = parents.filter(|related| related.relation == domain::catalog::Relation::ChildOf);
    assert_eq!(
        parents.map(|related| related.target.name().to_owned()).collect::<Vec<_>>(),
        ["grabber", "root"]
    );

    world.write("s", "catalog-info.yaml", &groups);
    world.refresh(id).await;
    let orphan: EntityRef = "component:a".parse().expect("a reference");
    let leader = |team: &str| person(false, &[(team, true)]);
    let refused =
        service::remove_orphan(&world.catalog, &leader("group:grabber"), &orphan, world.now()).await;
    assert!(matches!(refused, Err(crate::Error::Forbidden(_))));
    service::remove_orphan(&world.catalog, &leader("group:root"), &orphan, world.now())
        .await
        .expect("it may");
});
