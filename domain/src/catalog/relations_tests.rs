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
