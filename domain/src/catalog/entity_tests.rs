use serde_json::json;

use super::*;
use crate::catalog::yaml::{self, Limits, Piece};

const TEXT: &str = "\
apiVersion: backstage.io/v1alpha1
kind: API
metadata:
  name: Orders
  namespace: shop
  title: Orders API
  description: Takes orders
  labels: {tier: '1'}
  annotations: {github.com/project-slug: acme/orders}
  tags: [java, rest]
  links:
    - url: https://example.com
      title: Docs
    - url: javascript:alert(1)
  team-channel: '#orders'
spec:
  zeta: 1
  type: openapi
  lifecycle: production
  owner: Payments
  system: checkout
  definition: {$text: ./openapi.yaml}
relations: []
";

fn entity(text: &str) -> Entity {
    match yaml::read(text.as_bytes(), &Limits::default()).unwrap().remove(0) {
        Piece::Document(document) => Entity::from_node(document.root).unwrap(),
        Piece::Broken(broken) => panic!("{broken:?}"),
    }
}

#[test]
fn holds_what_lists_and_pages_need() {
    let entity = entity(TEXT);
    assert_eq!(entity.reference().as_str(), "api:shop/orders");
    assert_eq!((entity.name(), entity.namespace(), entity.display_name()), ("Orders", "shop", "Orders API"));
    assert_eq!(entity.description(), Some("Takes orders"));
    assert_eq!((entity.spec_type(), entity.lifecycle()), (Some("openapi"), Some("production")));
    assert_eq!(entity.owner().unwrap().as_str(), "group:shop/payments");
    assert_eq!(entity.system().unwrap().as_str(), "system:shop/checkout");
    assert_eq!(entity.tags(), ["java", "rest"]);
    assert_eq!(entity.annotation("github.com/project-slug"), Some("acme/orders"));
    assert_eq!(entity.links()[0].label(), "Docs");
}

#[test]
fn is_backstages_json_and_reads_back() {
    let entity = entity(TEXT);
    let json = serde_json::to_value(&entity).unwrap();
    assert_eq!(
        json,
        json!({
            "apiVersion": "backstage.io/v1alpha1",
            "kind": "API",
            "metadata": {
                "name": "Orders", "namespace": "shop", "title": "Orders API", "description": "Takes orders",
                "labels": {"tier": "1"}, "annotations": {"github.com/project-slug": "acme/orders"},
                "tags": ["java", "rest"],
                "links": [{"url": "https://example.com", "title": "Docs"}, {"url": "javascript:alert(1)"}],
                "team-channel": "#orders",
            },
            "spec": {
                "zeta": 1, "type": "openapi", "lifecycle": "production", "owner": "Payments", "system": "checkout",
                "definition": {"$text": "./openapi.yaml"},
            },
        })
    );
    let keys: Vec<_> = entity.spec.keys().collect();
    assert_eq!(keys, ["zeta", "type", "lifecycle", "owner", "system", "definition"]);
    assert_eq!(serde_json::from_value::<Entity>(json).unwrap(), entity);
    assert!(
        serde_json::from_value::<Entity>(
            json!({"apiVersion": "v1", "kind": "API", "metadata": {"name": ""}})
        )
        .is_err()
    );
}

#[test]
fn a_page_follows_no_address_that_runs_something() {
    let link = |url: &str| Link { url: url.to_owned(), ..Link::default() };
    for url in ["https://a", "HTTP://a", "mailto:a@b", "slack://channel"] {
        assert_eq!(link(url).href(), Some(url));
    }
    for url in [
        "javascript:alert(1)",
        " JavaScript:alert(1)",
        "\u{1}javascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "/relative",
    ] {
        assert_eq!(link(url).href(), None, "{url}");
    }
}

#[test]
fn people_and_teams_go_by_their_display_name() {
    let user = "apiVersion: backstage.io/v1alpha1\nkind: User\nmetadata: {name: jd}\nspec: {memberOf: [], profile: {displayName: Jane Doe}}\n";
    assert_eq!(entity(user).display_name(), "Jane Doe");
    assert_eq!(entity(&user.replace("{name: jd}", "{name: jd, title: J}")).display_name(), "J");
    assert_eq!(entity(&user.replace("displayName: Jane Doe", "")).display_name(), "jd");
}

#[test]
fn only_kinds_with_an_owner_field_have_an_owner() {
    let location =
        "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: a}\nspec: {owner: b}\n";
    assert_eq!(entity(location).owner(), None);
    assert_eq!(
        entity(&location.replace("Location", "Robot").replace("backstage.io/", "x.io/")).owner(),
        None
    );
}
