//! Who owned what, and when.

use domain::catalog::Relation;

use super::*;
use crate::on_both_databases;

/// What the history says of one relation at a moment.
async fn targets(world: &World, reference: &str, relation: Relation, at: Timestamp) -> Vec<String> {
    let reference = reference.parse().expect("a reference");
    let rows = service::entity_history(&world.catalog, &viewer(), &reference).await.expect("rows");
    let holds = rows.iter().filter(|row| {
        row.relation == relation && row.valid_from <= at && row.valid_until.is_none_or(|until| until > at)
    });
    let names: std::collections::BTreeSet<String> = holds.map(|row| row.target.name().to_owned()).collect();
    names.into_iter().collect()
}

on_both_databases!(ownership_is_known_at_any_time, |db| async move {
    let world = World::new(db).await;
    world.write("s", "catalog-info.yaml", &component_of("a", "x", "team-a"));
    let id = world.source("s", |_| {}).await;
    let first = world.now();
    world.write("s", "catalog-info.yaml", &component_of("a", "changed", "team-a"));
    world.refresh(id).await;
    world.write("s", "catalog-info.yaml", &component_of("a", "changed", "team-b"));
    world.refresh(id).await;
    let second = world.now();
    // An orphan still belongs to whom it belonged.
    world.write("s", "catalog-info.yaml", &component("other", "x"));
    world.refresh(id).await;
    let reference: EntityRef = "component:a".parse().expect("a reference");
    let rows = service::entity_history(&world.catalog, &viewer(), &reference).await.expect("rows");
    let rows: Vec<_> = rows.iter().map(|row| (row.target.name(), row.valid_from, row.valid_until)).collect();
    assert_eq!(rows, [("team-a", first, Some(second)), ("team-b", second, None)]);
    let before = first.checked_sub(SignedDuration::from_secs(1)).expect("a time");
    for (at, owners) in [(before, vec![]), (first, vec!["team-a"]), (second, vec!["team-b"])] {
        assert_eq!(targets(&world, "component:a", Relation::OwnedBy, at).await, owners, "{at}");
    }
    world.time.advance(SignedDuration::from_secs(1));
    service::remove_orphan(&world.catalog, &administrator(), &reference, world.now())
        .await
        .expect("a removal");
    assert_eq!(targets(&world, "component:a", Relation::OwnedBy, world.now()).await, Vec::<String>::new());
    assert_eq!(targets(&world, "component:a", Relation::OwnedBy, second).await, ["team-b"]);
});

on_both_databases!(a_membership_lasts_while_either_end_states_it, |db| async move {
    let world = World::new(db).await;
    let user = "apiVersion: backstage.io/v1alpha1\nkind: User\nmetadata:\n  name: ada\nspec:\n  memberOf: [team-a]\n";
    let team = "apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata:\n  name: team-a\nspec:\n  type: team\n  children: []\n  members: [ada]\n";
    world.write("s", "catalog-info.yaml", &documents(&[user, team]));
    let id = world.source("s", |settings| settings.trusted = true).await;
    assert_eq!(targets(&world, "user:ada", Relation::MemberOf, world.now()).await.len(), 1);
    world.write("s", "catalog-info.yaml", &documents(&[&user.replace("[team-a]", "[]"), team]));
    world.refresh(id).await;
    assert_eq!(targets(&world, "user:ada", Relation::MemberOf, world.now()).await.len(), 1);
    world.write(
        "s",
        "catalog-info.yaml",
        &documents(&[&user.replace("[team-a]", "[]"), &team.replace("[ada]", "[]")]),
    );
    world.refresh(id).await;
    assert_eq!(targets(&world, "user:ada", Relation::MemberOf, world.now()).await.len(), 0);
});
