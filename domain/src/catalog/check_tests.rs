use crate::catalog::{
    entity::{Entity, stated_reference},
    yaml::{self, Limits, Node, Piece},
};

use super::*;

fn node(text: &str) -> Node {
    match yaml::read(text.as_bytes(), &Limits::default()).unwrap().remove(0) {
        Piece::Document(document) => document.root,
        Piece::Broken(broken) => panic!("{text}: {broken:?}"),
    }
}

/// `line:column path: sentence` of each problem.
fn problems(text: &str) -> Vec<String> {
    check(&node(text)).iter().map(|p| format!("{}:{} {}: {}", p.line, p.column, p.path, p.message)).collect()
}

/// A right entity of each kind.
const COMPONENT: &str = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: a}\nspec: {type: service, lifecycle: production, owner: team}\n";
const API: &str = "apiVersion: backstage.io/v1beta1\nkind: API\nmetadata: {name: a}\nspec: {type: openapi, lifecycle: production, owner: team, definition: x}\n";
const RESOURCE: &str = "apiVersion: backstage.io/v1alpha1\nkind: Resource\nmetadata: {name: a}\nspec: {type: database, owner: team}\n";
const SYSTEM: &str =
    "apiVersion: backstage.io/v1alpha1\nkind: System\nmetadata: {name: a}\nspec: {owner: team}\n";
const DOMAIN: &str =
    "apiVersion: backstage.io/v1alpha1\nkind: Domain\nmetadata: {name: a}\nspec: {owner: team}\n";
const GROUP: &str =
    "apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: a}\nspec: {type: team, children: []}\n";
const USER: &str =
    "apiVersion: backstage.io/v1alpha1\nkind: User\nmetadata: {name: a}\nspec: {memberOf: []}\n";
const LOCATION: &str = "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: a}\nspec: {}\n";
const TEMPLATE: &str = "apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata: {name: a}\nspec: {type: service, steps: [{action: x}]}\n";
const OTHER: &str = "apiVersion: example.com/v1\nkind: Robot\nmetadata: {name: a}\n";

const KINDS: [&str; 9] = [COMPONENT, API, RESOURCE, SYSTEM, DOMAIN, GROUP, USER, LOCATION, TEMPLATE];

#[test]
fn the_least_that_each_kind_needs_is_enough() {
    for text in KINDS.into_iter().chain([OTHER]) {
        assert_eq!(problems(text), [""; 0], "{text}");
        Entity::from_node(node(text)).unwrap();
    }
}

#[test]
fn each_required_field_is_missed() {
    let table = [
        (COMPONENT, vec!["type", "lifecycle", "owner"]),
        (API, vec!["type", "lifecycle", "owner", "definition"]),
        (RESOURCE, vec!["type", "owner"]),
        (SYSTEM, vec!["owner"]),
        (DOMAIN, vec!["owner"]),
        (GROUP, vec!["type", "children"]),
        (USER, vec!["memberOf"]),
        (LOCATION, vec![]),
        (TEMPLATE, vec!["type", "steps"]),
    ];
    for (text, required) in table {
        let head = text.split_once("\nspec: ").unwrap().0;
        let empty = format!("{head}\nspec: {{x: 1}}\n");
        let missing: Vec<_> = check(&node(&empty)).into_iter().map(|problem| problem.path).collect();
        let wanted: Vec<_> = required.iter().map(|name| format!("spec.{name}")).collect();
        assert_eq!(missing, wanted, "{text}");
        // Without any spec there is one problem, which names what it needs.
        let none = check(&node(head));
        assert_eq!(none.len(), 1, "{text}");
        assert_eq!(none[0].path, "spec");
        for name in required {
            assert!(none[0].message.contains(name), "{}", none[0].message);
        }
    }
}

/// The entity with a line of `spec` more, or another value for one that it has.
fn with_spec(text: &str, key: &str, value: &str) -> String {
    let (head, spec) = text.split_once("\nspec: {").unwrap();
    let fields = spec.trim_end().trim_end_matches('}');
    let depth_zero =
        |at: usize| fields[..at].matches(['[', '{']).count() == fields[..at].matches([']', '}']).count();
    let mut lines = vec![format!("  {key}: {value}")];
    let mut start = 0;
    let ends =
        fields.match_indices(", ").map(|(at, _)| at).filter(|at| depth_zero(*at)).chain([fields.len()]);
    for end in ends {
        let field = fields[start..end].trim_start_matches(", ");
        if !field.is_empty() && !field.starts_with(&format!("{key}:")) {
            lines.push(format!("  {field}"));
        }
        start = end;
    }
    format!("{head}\nspec:\n{}\n", lines.join("\n"))
}

#[test]
fn fields_of_spec_have_their_shape() {
    let text = ["''", "1", "true", "[a]", "{a: b}", "", "{$file: x}"];
    let texts = ["a", "1", "{a: b}", "", "[1]", "['']", "[[a]]", "[null]"];
    let map = ["a", "1", "[]", ""];
    let table: [(&str, &str, &[&str], &[&str]); 40] = [
        (COMPONENT, "type", &["a", "'1'"], &text),
        (COMPONENT, "lifecycle", &["a"], &text),
        (COMPONENT, "owner", &["a", "user:a", "group:b/a", "b/a", "{$text: x}"], &text),
        (COMPONENT, "owner", &[], &["':a'", "'a:'", "a/", "/a", "group:/a"]),
        (COMPONENT, "system", &["a", "system:b/a"], &text),
        (COMPONENT, "subcomponentOf", &["a"], &text),
        (COMPONENT, "providesApis", &["[]", "[a, api:b/a]"], &texts),
        (COMPONENT, "consumesApis", &["[]", "[a, api:b/a]"], &texts),
        (COMPONENT, "dependsOn", &["[]", "['resource:a', 'component:b/a']"], &texts),
        (COMPONENT, "dependsOn", &[], &["[a]", "[b/a]", "['resource:a', b]"]),
        (COMPONENT, "dependencyOf", &["['resource:a']"], &["[a]", "a"]),
        (COMPONENT, "anything", &["1", "[]", "{a: b}", ""], &[]),
        (API, "type", &["a"], &text),
        (API, "lifecycle", &["a"], &text),
        (API, "owner", &["a"], &text),
        (API, "definition", &["a", "{$text: ./x}", "{$json: ./x}", "{$yaml: ./x}"], &text),
        (API, "system", &["a"], &text),
        (RESOURCE, "type", &["a"], &text),
        (RESOURCE, "owner", &["a"], &text),
        (RESOURCE, "system", &["a"], &text),
        (RESOURCE, "dependsOn", &["['resource:a']"], &["[a]"]),
        (RESOURCE, "dependencyOf", &["['component:a']"], &["[a]"]),
        (SYSTEM, "owner", &["a"], &text),
        (SYSTEM, "domain", &["a", "uxe/a"], &text),
        (SYSTEM, "type", &["a"], &text),
        (DOMAIN, "subdomainOf", &["a"], &text),
        (DOMAIN, "type", &["a"], &text),
        (GROUP, "type", &["a"], &text),
        (GROUP, "children", &["[]", "[a]"], &texts),
        (GROUP, "parent", &["a"], &text),
        (GROUP, "members", &["[a, user:b]"], &texts),
        (GROUP, "profile", &["{}", "{displayName: a, email: b, picture: c, x: 1}"], &map),
        (USER, "memberOf", &["[a]"], &texts),
        (USER, "profile", &["{email: a}"], &["{email: 1}", "{displayName: ''}", "{picture: [a]}"]),
        (LOCATION, "target", &["a"], &text),
        (LOCATION, "targets", &["[a]", "[]"], &texts),
        (LOCATION, "presence", &["required", "optional"], &["maybe", "true", "''"]),
        (TEMPLATE, "parameters", &["{}", "[]", "[{a: b}]"], &["a", "1", "", "[a]", "[{}, 1]"]),
        (TEMPLATE, "output", &["{}"], &map),
        (
            TEMPLATE,
            "steps",
            &["[]", "[{action: a, id: b}]"],
            &["a", "{}", "[a]", "[{id: b}]", "[{action: 1}]", "[{action: }]"],
        ),
    ];
    for (text, key, good, bad) in table {
        for value in good {
            let text = with_spec(text, key, value);
            assert_eq!(problems(&text), [""; 0], "{text}");
        }
        for value in bad {
            let text = with_spec(text, key, value);
            let problems = check(&node(&text));
            assert_eq!(problems.len(), 1, "{text}: {problems:?}");
            assert!(problems[0].path.starts_with(&format!("spec.{key}")), "{text}: {problems:?}");
            assert_eq!(problems[0].line, 5, "{text}: {problems:?}");
        }
    }
}

#[test]
fn fields_of_metadata_have_their_format() {
    let long = "a".repeat(64);
    let table: [(&str, &[&str], &[&str]); 11] = [
        ("name", &["a", "A.b_c-9"], &["''", "-a", "a b", "1", "true", "", "[a]", &long]),
        ("namespace", &["default", "a--b"], &["''", "A", "a_b", "1", "", &long]),
        ("uid", &["a"], &["''", "1"]),
        ("title", &["' '", "Ä b"], &["''", "1", "", "[a]"]),
        ("description", &["''", "a", "{$text: ./README.md}"], &["1", "", "[a]", "{$file: x}"]),
        (
            "labels",
            &["{}", "{a: ''}", "{a.b/c: d}"],
            &["", "a", "[a]", "{a: 1}", "{a: '-'}", "{'a b': c}", "{A.b/c: d}"],
        ),
        (
            "annotations",
            &["{}", "{a.b/c: any thing at all}", "{a: ''}"],
            &["", "[a]", "{a: 1}", "{a: true}", "{a: }", "{a: {b: c}}", "{a/b/c: d}"],
        ),
        (
            "tags",
            &["[]", "[a, b-c, 'c++', 'x:y', 'c#']"],
            &["", "a", "[A]", "[a_b]", "[1]", "['']", "[a--b]"],
        ),
        (
            "links",
            &["[]", "[{url: 'https://a'}]", "[{url: 'mailto:a@b', title: a, icon: b, type: c, x: 1}]"],
            &[
                "",
                "a",
                "{}",
                "[a]",
                "[{}]",
                "[{url: a}]",
                "[{url: /a}]",
                "[{url: 'https://'}]",
                "[{url: 'https://a', title: ''}]",
                "[{url: 'https://a', icon: ' '}]",
                "[{url: 'https://a', type: 1}]",
            ],
        ),
        ("anything", &["1", "[]", ""], &[]),
        ("etag", &["x"], &["''"]),
    ];
    for (key, good, bad) in table {
        let entity = |value: &str| {
            let name = if key == "name" { "" } else { "  name: a\n" };
            format!("apiVersion: example.com/v1\nkind: Robot\nmetadata:\n  {key}: {value}\n{name}")
        };
        for value in good {
            assert_eq!(problems(&entity(value)), [""; 0], "{key}: {value}");
        }
        for value in bad {
            let problems = check(&node(&entity(value)));
            assert_eq!(problems.len(), 1, "{key}: {value}: {problems:?}");
            assert_eq!(problems[0].line, 4, "{key}: {value}: {problems:?}");
            assert!(problems[0].path.starts_with(&format!("metadata.{key}")), "{problems:?}");
        }
    }
}

#[test]
fn the_envelope_has_its_keys() {
    let table: [(&str, &[&str]); 16] = [
        ("a", &[":"]),
        ("[a]", &[":"]),
        ("{}", &["kind:", "apiVersion:", "metadata:"]),
        ("apiVersion: v1\nkind: Robot\nmetadata: {}", &["metadata.name:"]),
        ("apiVersion: v1\nkind: Robot\nmetadata: a", &["metadata:"]),
        ("apiVersion: v1\nkind: Robot\nmetadata:", &["metadata:"]),
        ("apiVersion: v1\nkind: Robot\nmetadata: {name: a}\nspec: a", &["spec:"]),
        ("apiVersion: v1\nkind: Robot\nmetadata: {name: a}\nspec:", &["spec:"]),
        (
            "apiVersion: v1\nkind: Robot\nmetadata: {name: a}\nspec: {owner: [1]}\nstatus: 1\nrelations: x",
            &[],
        ),
        ("apiVersion: v1\nkind: Robot\nmetadata: {name: a}\nowner: me\nSpec: {}", &["owner:", "Spec:"]),
        ("apiVersion: v.1\nkind: Robot\nmetadata: {name: a}", &["apiVersion:"]),
        ("apiVersion: 1\nkind: Robot\nmetadata: {name: a}", &["apiVersion:"]),
        ("apiVersion: v1\nkind: my-robot\nmetadata: {name: a}", &["kind:"]),
        (
            "apiVersion: v1\nkind: {$text: x}\nmetadata: {name: {$text: x}, namespace: {$text: x}}",
            &["kind:", "metadata.name:", "metadata.namespace:"],
        ),
        ("apiVersion: v1\nkind: component\nmetadata: {name: a}", &["kind:"]),
        ("apiVersion: v1\nkind: System\nmetadata: {name: a}\nspec: {owner: a}", &["apiVersion:"]),
    ];
    for (text, wanted) in table {
        let found = problems(text);
        assert_eq!(found.len(), wanted.len(), "{text}: {found:?}");
        for (found, wanted) in found.iter().zip(wanted) {
            assert!(found.split_once(' ').unwrap().1.starts_with(wanted), "{text}: {found}");
        }
    }
    for text in KINDS {
        let other = text.replace("backstage.io/v1", "backstage.io/v2");
        assert_eq!(check(&node(&other)).len(), 1, "{other}");
    }
}

#[test]
fn all_problems_are_told_at_once_with_their_places() {
    let text = "\
# a comment
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: My Service
  annotations:
    backstage.io/orphan: true
  tags: [ok, Not OK]
spec:
  type: service
  owner:
  dependsOn:
    - resource:db
    - orders
  providesApis: orders
owner: me
";
    insta::assert_snapshot!(problems(text).join("\n"), @r#"
    5:3 metadata.name: `metadata.name` is `My Service`; it must be 1 to 63 letters, digits, `-`, `_` and `.`, and start and end with a letter or digit.
    7:5 metadata.annotations["backstage.io/orphan"]: `metadata.annotations["backstage.io/orphan"]` is true or false; it must be a text. Put it in quotes.
    8:14 metadata.tags[1]: The tag `Not OK` is not allowed; a tag is 1 to 63 lower-case letters, digits, `:`, `+` and `#`, with single `-` between them.
    9:1 spec.lifecycle: `spec.lifecycle` is missing. The kind Component needs a lifecycle, for example production.
    11:3 spec.owner: `spec.owner` is empty; it must be a text. Give a value or remove the line.
    14:7 spec.dependsOn[1]: `spec.dependsOn[1]` cannot be read: `orders` does not say its kind: write it as kind:orders, for example component:orders or resource:orders.
    15:3 spec.providesApis: `spec.providesApis` is a text; it must be a list of texts.
    16:1 owner: `owner` is not a field of an entity. Only apiVersion, kind, metadata and spec stand here; did you mean it to be inside metadata or spec?
    "#);
    let refused = Entity::from_node(node(text)).unwrap_err();
    assert_eq!(refused.problems.len(), 8);
    assert_eq!(refused.reference.unwrap().as_str(), "component:default/my service");
}

#[test]
fn every_problem_stands_where_its_path_leads() {
    for text in KINDS {
        for (key, value) in [
            ("owner", "[x]"),
            ("type", "1"),
            ("dependsOn", "[a]"),
            ("children", "[1]"),
            ("steps", "[{a: b}]"),
        ] {
            let root = node(&with_spec(text, key, value));
            for problem in check(&root) {
                assert_eq!(root.position(&problem.path), (problem.line, problem.column), "{problem:?}");
            }
        }
    }
}

#[test]
fn what_a_broken_document_means_to_be_is_told_when_it_can_be() {
    let table = [
        ("kind: API\nmetadata: {name: A}", Some("api:default/a")),
        ("kind: API\nmetadata: {name: A, namespace: x}", Some("api:x/a")),
        ("kind: API\nmetadata: {name: 1}", None),
        ("metadata: {name: a}", None),
        ("[a]", None),
    ];
    for (text, wanted) in table {
        assert_eq!(stated_reference(&node(text)).map(|r| r.to_string()).as_deref(), wanted, "{text}");
    }
}
