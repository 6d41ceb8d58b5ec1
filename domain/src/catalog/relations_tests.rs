use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn entity(kind: &str, namespace: &str, name: &str, spec: Json) -> Entity {
    serde_json::from_value(json!({
        "apiVersion": "backstage.io/v1alpha1", "kind": kind, "metadata": {"name": name, "namespace": namespace}, "spec": spec,
    }))
    .unwrap()
}

fn stated_by(kind: &str, spec: Json) -> Vec<String> {
    stated(&entity(kind, "ns", "a", spec))
        .into_iter()
        .map(|(relation, target)| format!("{} {target}", relation.as_str()))
        .collect()
}

#[test]
fn every_field_states_its_relation_with_its_default_kind() {
    let table = [
        (
            "Component",
            json!({
                "owner": "t", "system": "s", "subcomponentOf": "c", "providesApis": ["p"], "consumesApis": ["q", "default/r"],
                "dependsOn": ["resource:d", "Component:x/Y"], "dependencyOf": ["component:e"], "domain": "no", "parent": "no",
            }),
            vec![
                "ownedBy group:ns/t",
                "partOf system:ns/s",
                "partOf component:ns/c",
                "providesApi api:ns/p",
                "consumesApi api:ns/q",
                "consumesApi api:default/r",
                "dependsOn resource:ns/d",
                "dependsOn component:x/y",
                "dependencyOf component:ns/e",
            ],
        ),
        (
            "API",
            json!({"owner": "user:u", "system": "s", "dependsOn": ["resource:no"]}),
            vec!["ownedBy user:ns/u", "partOf system:ns/s"],
        ),
        (
            "Resource",
            json!({"owner": "t", "system": "s", "dependsOn": ["resource:d"], "dependencyOf": ["component:e"]}),
            vec![
                "ownedBy group:ns/t",
                "partOf system:ns/s",
                "dependsOn resource:ns/d",
                "dependencyOf component:ns/e",
            ],
        ),
        (
            "System",
            json!({"owner": "t", "domain": "d", "system": "no"}),
            vec!["ownedBy group:ns/t", "partOf domain:ns/d"],
        ),
        (
            "Domain",
            json!({"owner": "t", "subdomainOf": "d"}),
            vec!["ownedBy group:ns/t", "partOf domain:ns/d"],
        ),
        (
            "Group",
            json!({"parent": "p", "children": ["c"], "members": ["u", "group:g"], "owner": "no"}),
            vec!["parentOf group:ns/c", "childOf group:ns/p", "hasMember user:ns/u", "hasMember group:ns/g"],
        ),
        ("User", json!({"memberOf": ["t", "t"]}), vec!["memberOf group:ns/t"]),
        ("Location", json!({"owner": "no", "targets": ["./x"]}), vec![]),
        ("Template", json!({"owner": "t", "system": "no"}), vec!["ownedBy group:ns/t"]),
        ("Robot", json!({"owner": "no"}), vec![]),
        // Placeholders that were not read, and what a check would have refused, state nothing.
        (
            "Component",
            json!({"owner": {"$text": "x"}, "dependsOn": ["bare", 1], "providesApis": "p"}),
            vec![],
        ),
    ];
    for (kind, spec, wanted) in table {
        assert_eq!(stated_by(kind, spec.clone()), wanted, "{kind} {spec}");
    }
}

#[test]
fn the_field_table_and_the_relations_cover_each_other() {
    for relation in Relation::ALL {
        assert_eq!(relation.inverse().inverse(), relation);
        assert_ne!(relation.inverse(), relation);
        assert_eq!(Relation::from_name(relation.as_str()), Some(relation));
        assert_eq!(serde_json::to_value(relation).unwrap(), json!(relation.as_str()));
        let is_stated = crate::catalog::kind::Kind::KNOWN
            .iter()
            .flat_map(|kind| spec::fields(kind).unwrap())
            .any(|field| {
                matches!(field.shape, Shape::Reference(link) | Shape::References(link)
                if link.relation == relation || link.relation.inverse() == relation)
            });
        assert!(is_stated, "{relation:?}");
    }
}

#[test]
fn both_sides_may_state_it_and_dangling_ends_are_kept() {
    let parent = entity("Group", "default", "parent", json!({"children": ["child"]}));
    let child = entity("Group", "default", "child", json!({"parent": "parent", "members": ["ghost"]}));
    let graph = Graph::of([&parent, &child]);
    let of = |text: &str| -> Vec<String> {
        graph.relations(&text.parse().unwrap()).iter().map(|(r, t)| format!("{} {t}", r.as_str())).collect()
    };
    assert_eq!(of("group:parent"), ["parentOf group:default/child"]);
    assert_eq!(of("group:child"), ["hasMember user:default/ghost", "childOf group:default/parent"]);
    assert_eq!(of("user:ghost"), ["memberOf group:default/child"]);
    assert_eq!(of("user:nobody"), [""; 0]);
}

proptest! {
    #[test]
    fn every_relation_stands_at_both_ends(
        specs in proptest::collection::vec((0..9_usize, 0..5_u8, proptest::collection::vec(0..6_u8, 6)), 1..12),
    ) {
        let entities: Vec<_> = specs
            .into_iter()
            .map(|(kind, name, targets)| {
                let kind = &crate::catalog::kind::Kind::KNOWN[kind];
                let mut spec = serde_json::Map::new();
                for (field, target) in spec::fields(kind).unwrap().iter().zip(targets.iter().cycle()) {
                    let reference = format!("{}:e{target}", ["component", "group", "api"][usize::from(*target) % 3]);
                    match field.shape {
                        Shape::Reference(_) => spec.insert(field.name.to_owned(), json!(reference)),
                        Shape::References(_) => spec.insert(field.name.to_owned(), json!([reference])),
                        _ => None,
                    };
                }
                entity(kind.as_str(), "default", &format!("e{name}"), Json::Object(spec))
            })
            .collect();
        let edges: BTreeSet<Edge> = Graph::of(&entities).edges().collect();
        for edge in &edges {
            prop_assert!(edges.contains(&edge.inverse()), "{:?}", edge);
        }
        // Nothing is lost: what each states is there.
        for entity in &entities {
            for (relation, target) in stated(entity) {
                let edge = Edge { source: entity.reference().clone(), relation, target };
                prop_assert!(edges.contains(&edge));
            }
        }
    }
}
