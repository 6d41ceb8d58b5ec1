//! What lists, counts, search and relations say.

use domain::catalog::Relation;
use domain::catalog::query::{Facet, Query};

use super::*;
use crate::catalog::snapshot::ListRequest;

async fn world() -> World {
    let world = World::new(crate::testing::sqlite().await).await;
    let system =
        "apiVersion: backstage.io/v1alpha1\nkind: System\nmetadata:\n  name: shop\nspec:\n  owner: team-a\n";
    let api = "apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata:\n  name: orders-api\n  tags: [rest]\nspec:\n  type: openapi\n  lifecycle: production\n  owner: team-b\n  definition: x\n";
    let orders = component("orders", "takes prepayments")
        + "  system: shop\n  providesApis: [orders-api]\n  dependsOn: ['resource:orders-db']\n";
    let mail = component_of("mail", "sends mail", "team-gone").replace("service", "library");
    let teams = [group("root", None), group("team-a", Some("root")), group("team-b", Some("team-a"))];
    let text = documents(&[system, api, &orders, &mail, &teams[0], &teams[1], &teams[2]]);
    world.write("s", "catalog-info.yaml", &text);
    world.source("s", |settings| settings.trusted = true).await;
    world
}

fn titled(name: &str, title: &str) -> String {
    let names = format!("  name: {name}\n");
    group(name, None).replace(&names, &format!("{names}  title: {title}\n"))
}

fn query(pairs: &[(&str, &str)]) -> Query {
    Query::from_pairs(pairs.iter().copied())
}

fn names(world: &World, pairs: &[(&str, &str)]) -> Vec<String> {
    let query = query(pairs);
    let request = ListRequest { query: &query, offset: 0, limit: 20, with_facets: true };
    let list = service::list_entities(&world.catalog, &viewer(), &request).expect("a list");
    let by_rule = world
        .catalog
        .snapshot()
        .iter(&Visibility::All)
        .filter(|e| query.matches(&e.entity, e.standing, &e.searchable))
        .count();
    assert_eq!(list.total, by_rule as u64, "{pairs:?}: the list answers as the rule says");
    list.rows.iter().map(|entry| entry.entity.name().to_owned()).collect()
}

#[tokio::test]
async fn filters_narrow_and_alternatives_widen() {
    let world = world().await;
    assert_eq!(names(&world, &[]), ["mail", "orders", "orders-api", "root", "shop", "team-a", "team-b"]);
    assert_eq!(names(&world, &[("kind", "component")]), ["mail", "orders"]);
    assert_eq!(names(&world, &[("kind", "component"), ("kind", "api")]), ["mail", "orders", "orders-api"]);
    assert_eq!(names(&world, &[("kind", "component"), ("owner", "team-a")]), ["orders"]);
    assert_eq!(names(&world, &[("tag", "rest")]), ["orders-api"]);
    assert_eq!(names(&world, &[("attention", "no-owner")]), Vec::<String>::new());
    assert_eq!(names(&world, &[("attention", "unknown-owner")]), ["mail"]);
    assert_eq!(names(&world, &[("attention", "dangling")]), ["mail", "orders"]);
    assert_eq!(names(&world, &[("kind", "nothing")]), Vec::<String>::new());
    assert_eq!(names(&world, &[("q", "payment")]), ["orders"]);
    assert_eq!(names(&world, &[("q", "orders")]), ["orders", "orders-api"]);
    assert_eq!(names(&world, &[("q", "rest orders")]), ["orders-api"]);
    assert_eq!(names(&world, &[("sort", "-name"), ("kind", "group")]), ["team-b", "team-a", "root"]);
    assert_eq!(names(&world, &[("sort", "lifecycle")])[..3], ["orders-api", "mail", "orders"]);
}

#[tokio::test]
async fn an_entity_is_called_by_its_title_and_by_its_name_where_it_has_none() {
    let world = World::new(crate::testing::sqlite().await).await;
    let (titled, plain) = (titled("team-a", "Team A"), group("team-b", None));
    world.write("s", "catalog-info.yaml", &documents(&[titled.as_str(), plain.as_str()]));
    world.source("s", |settings| settings.trusted = true).await;
    let snapshot = world.catalog.snapshot();
    for (reference, name) in [
        ("group:default/team-a", "Team A"),
        ("group:default/team-b", "team-b"),
        ("group:shop/team-gone", "shop/team-gone"),
        ("user:default/team-a", "user:default/team-a"),
    ] {
        assert_eq!(snapshot.team_name(reference), name);
    }
}

#[tokio::test]
async fn teams_that_are_called_alike_are_told_apart_by_their_references() {
    let world = World::new(crate::testing::sqlite().await).await;
    let one = titled("payments", "Payments");
    let of_shop = titled("payments", "PAYMENTS").replace("  title", "  namespace: shop\n  title");
    let named_so = titled("money", "team-b");
    let plain = group("team-b", None);
    // Of another kind.
    let system = "apiVersion: backstage.io/v1alpha1\nkind: System\nmetadata:\n  name: desk\n  title: Payments\nspec:\n  owner: money\n";
    let texts = [one.as_str(), of_shop.as_str(), named_so.as_str(), plain.as_str(), system];
    world.write("s", "catalog-info.yaml", &documents(&texts));
    let id = world.source("s", |settings| settings.trusted = true).await;
    let names = |references: &[&str]| -> Vec<String> {
        let snapshot = world.catalog.snapshot();
        references.iter().map(|reference| snapshot.team_name(reference)).collect()
    };
    let both = ["group:default/payments", "group:shop/payments"];
    assert_eq!(names(&both), ["Payments (payments)", "PAYMENTS (shop/payments)"]);
    assert_eq!(names(&["group:default/money", "group:default/team-b"]), ["team-b (money)", "team-b"]);
    let desk = "system:default/desk".parse().expect("a reference");
    assert_eq!(world.catalog.snapshot().name_of(&desk, "system"), "Payments");
    // Once it is called otherwise, there is nothing to tell apart.
    let of_shop = of_shop.replace("PAYMENTS", "Shop");
    world.write("s", "catalog-info.yaml", &documents(&[one.as_str(), of_shop.as_str()]));
    world.refresh(id).await;
    assert_eq!(names(&both), ["Payments", "Shop"]);
}

#[tokio::test]
async fn lists_are_searched_and_sorted_by_the_title_of_an_owner() {
    let world = World::new(crate::testing::sqlite().await).await;
    let owned = component_of("a", "x", "beta") + "---\n" + &component_of("b", "x", "zeta");
    let write = |title: &str| {
        let teams = [titled("zeta", title), group("beta", None)];
        world.write("s", "catalog-info.yaml", &documents(&[owned.as_str(), &teams[0], &teams[1]]));
    };
    write("Alpha Team");
    let id = world.source("s", |settings| settings.trusted = true).await;
    let by_owner = [("kind", "component"), ("sort", "owner")];
    assert_eq!(names(&world, &by_owner), ["b", "a"]);
    assert_eq!(names(&world, &[("q", "alpha")]), ["zeta", "b"]);
    write("Zulu Team");
    world.refresh(id).await;
    assert_eq!(names(&world, &by_owner), ["a", "b"]);
    assert_eq!(names(&world, &[("q", "alpha")]), Vec::<String>::new());
    assert_eq!(names(&world, &[("q", "zulu")]), ["zeta", "b"]);
}

#[tokio::test]
async fn a_facet_is_counted_as_if_nothing_of_it_were_chosen() {
    let world = world().await;
    let query = query(&[("kind", "component"), ("type", "library"), ("type", "gone")]);
    let request = ListRequest { query: &query, offset: 0, limit: 20, with_facets: true };
    let list = service::list_entities(&world.catalog, &viewer(), &request).expect("a list");
    let counts = |facet: Facet| -> Vec<(String, u64, bool)> {
        let facet = list.facets.iter().find(|counts| counts.facet == facet).expect("the facet");
        facet.values.iter().map(|value| (value.value.to_string(), value.count, value.chosen)).collect()
    };
    assert_eq!(list.facets.iter().map(|counts| counts.facet).collect::<Vec<_>>(), Facet::ALL);
    assert_eq!(
        counts(Facet::Type),
        [("library".into(), 1, true), ("service".into(), 1, false), ("gone".into(), 0, true)]
    );
    assert_eq!(counts(Facet::Kind), [("component".into(), 1, true)]);
    assert_eq!(counts(Facet::Owner), [("group:default/team-gone".into(), 1, false)]);
}

#[tokio::test]
async fn pages_cut_a_list_without_a_gap() {
    let world = world().await;
    let query = query(&[]);
    let mut all = Vec::new();
    for offset in (0..8).step_by(2) {
        let request = ListRequest { query: &query, offset, limit: 2, with_facets: false };
        let list = service::list_entities(&world.catalog, &viewer(), &request).expect("a list");
        assert_eq!((list.total, list.facets.len()), (7, 0));
        all.extend(list.rows.iter().map(|entry| entry.entity.name().to_owned()));
    }
    assert_eq!(all, ["mail", "orders", "orders-api", "root", "shop", "team-a", "team-b"]);
}

#[tokio::test]
async fn relations_go_both_ways_and_show_what_is_missing() {
    let world = world().await;
    let page = |reference: &str| {
        service::find_entity(&world.catalog, &viewer(), &reference.parse().expect("a reference"))
            .expect("an entity")
    };
    let orders = page("component:orders");
    let relations: Vec<_> =
        orders.relations.iter().map(|r| (r.relation, r.target.as_str(), r.entry.is_some())).collect();
    assert_eq!(
        relations,
        [
            (Relation::OwnedBy, "group:default/team-a", true),
            (Relation::PartOf, "system:default/shop", true),
            (Relation::ProvidesApi, "api:default/orders-api", true),
            (Relation::DependsOn, "resource:default/orders-db", false),
        ]
    );
    assert_eq!(orders.above.iter().map(EntityRef::as_str).collect::<Vec<_>>(), ["group:default/root"]);
    assert_eq!(orders.source.map(|source| (source.name, source.trusted)), Some(("s".to_owned(), true)));
    let shop = page("system:shop");
    assert!(shop.relations.iter().any(|r| r.relation == Relation::HasPart && r.target.name() == "orders"));
    let snapshot = world.catalog.snapshot();
    let missing = snapshot.relations(&"resource:orders-db".parse().expect("a reference"), &Visibility::All);
    assert_eq!(
        missing.iter().map(|r| (r.relation, r.target.name())).collect::<Vec<_>>(),
        [(Relation::DependencyOf, "orders")]
    );
    let above = snapshot.teams_above(&"group:team-b".parse().expect("a reference"));
    assert_eq!(above.iter().map(EntityRef::name).collect::<Vec<_>>(), ["team-a", "root"]);
    assert_eq!(snapshot.teams().len(), 3);
}

#[tokio::test]
async fn who_refers_to_something_stands_differently_when_it_comes_or_goes() {
    let world = world().await;
    let id = service::list_sources(&world.catalog, &viewer()).await.expect("sources")[0].id;
    let text = std::fs::read_to_string(world.path("s").join("catalog-info.yaml")).expect("a file");
    world.write("s", "catalog-info.yaml", &documents(&[&text, &group("team-gone", None)]));
    world.refresh(id).await;
    assert_eq!(names(&world, &[("attention", "unknown-owner")]), Vec::<String>::new());
    assert_eq!(names(&world, &[("attention", "dangling")]), ["orders"]);
    assert_eq!(
        world
            .catalog
            .snapshot()
            .owner(&"component:mail".parse().expect("a reference"))
            .expect("an owner")
            .name(),
        "team-gone"
    );
    // As an orphan it still is a group; once removed it is not.
    world.write("s", "catalog-info.yaml", &text);
    world.refresh(id).await;
    assert_eq!(names(&world, &[("attention", "orphan")]), ["team-gone"]);
    let team = "group:team-gone".parse().expect("a reference");
    service::remove_orphan(&world.catalog, &administrator(), &team, world.now()).await.expect("a removal");
    assert_eq!(names(&world, &[("attention", "unknown-owner")]), ["mail"]);
}

#[tokio::test]
async fn a_snapshot_that_was_carried_over_changes_equals_one_made_anew() {
    let world = world().await;
    let id = service::list_sources(&world.catalog, &viewer()).await.expect("sources")[0].id;
    let sorts = ["name", "-name", "owner", "-system", "type"];
    let answers = |catalog: &Catalog| {
        let mut answers = Vec::new();
        for sort in sorts {
            for q in ["", "or", "x", "team", "x1", "title 3"] {
                let query = query(&[("sort", sort), ("q", q)]);
                let request = ListRequest { query: &query, offset: 0, limit: 500, with_facets: true };
                let list = catalog.snapshot().list(&request, &Visibility::All);
                let rows: Vec<String> = list.rows.iter().map(|entry| format!("{:?}", entry)).collect();
                answers.push((sort, q, rows, list.total, list.facets));
            }
        }
        answers
    };
    for round in 0..6u32 {
        // Some come, some go, some change.
        let texts: Vec<String> = (0..300)
            .filter(|n| n % (round + 2) != 0)
            .map(|n| component_of(&format!("x{n}"), &format!("x{}", n * round), &format!("team-{}", n % 7)))
            .collect();
        let title = |n: u32| titled(&format!("team-{n}"), &format!("Title {}", n * round % 5));
        let texts: Vec<String> = texts.into_iter().chain((0..7).map(title)).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        world.write("s", "catalog-info.yaml", &documents(&texts));
        world.refresh(id).await;
        let carried = answers(&world.catalog);
        let anew = opened(
            &world.db,
            Config { mirrors: world.path("m"), roots: Vec::new(), outgoing: Default::default() },
        )
        .await
        .expect("a catalog");
        assert_eq!(carried, answers(&anew), "round {round}");
    }
}

#[tokio::test]
async fn strangers_see_nothing_and_a_bitmap_hides_the_rest() {
    let world = world().await;
    let query = query(&[]);
    let request = ListRequest { query: &query, offset: 0, limit: 20, with_facets: true };
    assert!(matches!(
        service::list_entities(&world.catalog, &Caller::Stranger, &request),
        Err(crate::Error::SignInFirst)
    ));
    assert!(service::search_entities(&world.catalog, &Caller::Stranger, "a", 5).is_err());
    let snapshot = world.catalog.snapshot();
    let none = Visibility::Only(Default::default());
    let list = snapshot.list(&request, &none);
    assert_eq!((list.total, list.rows.len()), (0, 0));
    assert!(list.facets.iter().all(|facet| facet.values.is_empty()));
    assert!(snapshot.search("orders", 5, &none).is_empty());
    let orders: EntityRef = "component:orders".parse().expect("a reference");
    assert!(snapshot.get(&orders, &none).is_none() && snapshot.relations(&orders, &none).is_empty());
}
