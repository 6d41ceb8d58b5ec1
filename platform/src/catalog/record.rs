//! What the audit tells of a source: everything that its form asks for. Addresses hold no passwords: the check of settings refuses them.

use domain::catalog::claims::kinds_rule;
use serde_json::{Map, Value, json};

use super::source::Settings;
use crate::audit;

/// Of one that comes or goes.
pub(super) fn whole(settings: &Settings) -> Value {
    Value::Object(facts(settings))
}

/// Of a changed one.
pub(super) fn changes(before: &Settings, settings: &Settings) -> Value {
    let named = |settings: &Settings| {
        let mut named = Map::from_iter([("name".to_owned(), json!(settings.name))]);
        named.extend(facts(settings));
        named
    };
    audit::changes(&named(before), &named(settings))
}

fn facts(settings: &Settings) -> Map<String, Value> {
    let (rule, kinds) = kinds_rule(settings.allowance.as_ref(), settings.trusted);
    let namespaces = settings.allowance.as_ref().and_then(|allowance| allowance.namespaces.as_ref());
    // None are named where all are allowed.
    let namespaces: Vec<&String> = namespaces.into_iter().flatten().collect();
    Map::from_iter([
        ("place".to_owned(), json!(settings.place)),
        ("glob".to_owned(), json!(settings.glob)),
        ("every_minutes".to_owned(), json!(settings.every_minutes)),
        ("trusted".to_owned(), json!(settings.trusted)),
        ("allowance".to_owned(), json!({ "rule": rule, "kinds": kinds, "namespaces": namespaces })),
    ])
}
