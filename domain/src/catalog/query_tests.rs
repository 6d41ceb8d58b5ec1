use proptest::prelude::*;
use serde_json::json;

use super::*;

fn entity(kind: &str, name: &str, spec: serde_json::Value) -> Entity {
    serde_json::from_value(json!({
        "apiVersion": "backstage.io/v1alpha1", "kind": kind,
        "metadata": {"name": name, "namespace": "shop", "tags": ["java", "rest"], "description": "Takes orders"},
        "spec": spec,
    }))
    .unwrap()
}

fn query(address: &str) -> Query {
    Query::from_pairs(address.split('&').filter_map(|pair| pair.split_once('=')))
}

fn print(query: &Query) -> String {
    query.to_pairs().into_iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join("&")
}

#[test]
fn an_address_is_read_and_printed_in_one_form() {
    let table = [
        ("", ""),
        ("kind=API&kind=component&kind=API", "kind=api&kind=component"),
        ("owner=Payments", "owner=group:default/payments"),
        ("owner=user:jane&owner=shop/a", "owner=group:shop/a&owner=user:default/jane"),
        ("system=checkout", "system=system:default/checkout"),
        ("tag=Java&q=  orders db ", "q=orders db&tag=java"),
        (
            "type=OpenAPI&lifecycle=production&namespace=Shop",
            "type=openapi&lifecycle=production&namespace=shop",
        ),
        ("attention=orphan&attention=No-Owner&attention=what", "attention=no-owner&attention=orphan"),
        ("sort=-owner", "sort=-owner"),
        // What is not known or cannot be read is left out.
        ("sort=size&page=2&cursor=x&kind=&owner=:a&colour=red", ""),
    ];
    for (address, printed) in table {
        assert_eq!(print(&query(address)), printed, "{address}");
    }
    assert_eq!(
        query(&(0..200).map(|i| format!("tag=t{i}")).collect::<Vec<_>>().join("&"))
            .values(Facet::Tag)
            .count(),
        50
    );
    assert_eq!(query(&format!("q={}&tag={}", "ä".repeat(300), "b".repeat(300))).text().chars().count(), 200);
}

#[test]
fn facets_narrow_and_values_are_alternatives() {
    let spec = json!({"type": "Service", "lifecycle": "production", "owner": "payments", "system": "default/checkout"});
    let component = entity("Component", "orders", spec);
    let standing = Standing { owner_exists: true, ..Standing::default() };
    let titles = Titles { owner: "the money team".to_owned(), ..Titles::default() };
    let texts = Searchable { titles, ..Searchable::of(&component) };
    let table = [
        ("", true),
        ("kind=component", true),
        ("kind=api", false),
        ("kind=api&kind=component", true),
        ("type=service", true),
        ("lifecycle=production&tag=java", true),
        ("lifecycle=production&tag=go", false),
        ("tag=go&tag=rest", true),
        ("owner=shop/payments", true),
        ("owner=payments", false),
        ("system=checkout", true),
        ("namespace=shop", true),
        ("namespace=default", false),
        ("attention=orphan", false),
        ("attention=no-owner", false),
        ("attention=unknown-owner", false),
        ("q=ord", true),
        ("q=rder", true),
        ("q=takes java", true),
        ("q=money", true),
        ("q=takes+go", false),
        ("kind=component&q=nothing", false),
    ];
    for (address, wanted) in table {
        assert_eq!(query(address).matches(&component, standing, &texts), wanted, "{address}");
    }
}

#[test]
fn attention_is_due_to_what_the_catalog_knows() {
    let due =
        |kind: &str, standing: Standing| Facet::Attention.values(&entity(kind, "a", json!({})), standing);
    let owned = |kind: &str, standing: Standing| {
        Facet::Attention.values(&entity(kind, "a", json!({"owner": "x"})), standing)
    };
    let fine = Standing { owner_exists: true, dangling: false, orphan: false };
    assert_eq!(owned("Component", fine), [""; 0]);
    assert_eq!(
        due("Component", Standing { owner_exists: false, dangling: true, orphan: true }),
        ["no-owner", "dangling", "orphan"]
    );
    for kind in ["Group", "User", "Location", "Robot"] {
        assert_eq!(due(kind, Standing { owner_exists: false, ..fine }), [""; 0], "{kind}");
    }
    for kind in ["API", "Resource", "System", "Domain", "Template"] {
        let none = Standing { owner_exists: false, ..fine };
        assert_eq!(due(kind, none), ["no-owner"], "{kind}");
        // Whose file names an owner is not said to have none.
        assert_eq!(owned(kind, none), ["unknown-owner"], "{kind}");
    }
}

#[test]
fn a_facets_link_adds_or_takes_away() {
    let start = query("kind=api&q=x");
    let more = start.toggled(Facet::Kind, "Component");
    assert_eq!(print(&more), "q=x&kind=api&kind=component");
    assert_eq!(more.toggled(Facet::Kind, "COMPONENT"), start);
    assert_eq!(print(&start.toggled(Facet::Kind, "api")), "q=x");
    assert_eq!(start.toggled(Facet::Attention, "what"), start);
    assert_eq!(print(&start.without(Facet::Kind)), "q=x");
    assert!(!start.is_unfiltered() && query("sort=name").is_unfiltered());
}

#[test]
fn the_order_is_total_and_lacking_comes_last() {
    let entities = [
        entity("Component", "b", json!({"owner": "x"})),
        entity("Component", "A", json!({"owner": "z"})),
        entity("API", "a", json!({"owner": "y"})),
        entity("Template", "c", json!({})),
    ];
    let sorted = |sort: &str| {
        let mut list: Vec<_> = entities.iter().collect();
        let sort = Sort::parse(sort).unwrap();
        list.sort_by(|a, b| sort.compare((a, &Titles::default()), (b, &Titles::default())));
        list.iter()
            .map(|e| format!("{}:{}", e.reference().kind(), e.reference().name()))
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(sorted("name"), "api:a component:a component:b template:c");
    assert_eq!(sorted("-name"), "template:c component:b api:a component:a");
    assert_eq!(sorted("owner"), "component:b api:a component:a template:c");
    assert_eq!(sorted("-owner"), "component:a api:a component:b template:c");
    assert_eq!(sorted("kind"), "api:a component:a component:b template:c");
}

#[test]
fn owners_are_ordered_by_the_titles_that_a_list_shows() {
    let of = |owner: &str, title: &str| {
        let titles = Titles { owner: title.to_owned(), ..Titles::default() };
        SortKey::Owner.of(&entity("Component", "a", json!({"owner": owner})), &titles)
    };
    let in_order = [
        of("default/z", "alpha"),
        of("default/beta", ""),
        of("default/a", "money"),
        of("default/b", "money"),
        of("default/a", "money too"),
        of("shop/a", ""),
    ];
    assert!(in_order.is_sorted(), "{in_order:?}");
}

#[test]
fn names_are_one_closed_list() {
    for facet in Facet::ALL {
        assert_eq!(Facet::from_name(facet.name()), Some(facet));
        assert_eq!(serde_json::to_value(facet).unwrap(), json!(facet.name()));
        assert!(!matches!(facet.name(), "q" | "sort"));
    }
    for key in SortKey::ALL {
        assert_eq!(Sort::parse(key.name()).map(|sort| sort.key), Some(key));
        assert_eq!(serde_json::to_value(key).unwrap(), json!(key.name()));
    }
    for attention in Attention::ALL {
        assert_eq!(Attention::from_name(attention.name()), Some(attention));
        assert_eq!(serde_json::to_value(attention).unwrap(), json!(attention.name()));
    }
}

proptest! {
    #[test]
    fn what_is_printed_reads_back(pairs in proptest::collection::vec((
        proptest::sample::select(vec!["q", "sort", "kind", "type", "owner", "lifecycle", "tag", "system", "namespace", "attention", "x"]),
        prop_oneof!["[a-zA-Z:/. -]{0,12}", "\\PC{0,12}", Just("-name".to_owned()), Just("orphan".to_owned())],
    ), 0..12)) {
        let query = Query::from_pairs(pairs.iter().map(|(key, value)| (*key, value.as_str())));
        let printed = query.to_pairs();
        let again = Query::from_pairs(printed.iter().map(|(key, value)| (*key, value.as_str())));
        prop_assert_eq!(&again, &query);
        prop_assert_eq!(again.to_pairs(), printed);
        let json = serde_json::to_string(&query).unwrap();
        prop_assert_eq!(serde_json::from_str::<Query>(&json).unwrap(), query);
    }
}
