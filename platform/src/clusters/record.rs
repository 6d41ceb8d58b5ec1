//! What the audit tells of a cluster: everything but its credentials.

use serde_json::{Map, Value, json};

use super::connection::{Connection, How, Settings};

/// Of a new one.
pub(super) fn whole(how: &How, settings: &Settings) -> Value {
    let mut detail = access(how);
    detail["settings"] = json!(settings);
    detail
}

/// Of a changed one: what is another than before, as it was and as it is.
pub(super) fn changes(before: &Connection, name: &str, how: &How, settings: &Settings) -> Value {
    let was = facts(&before.name, &before.how, &before.settings);
    let is = facts(name, how, settings);
    let mut changes = Map::new();
    for key in was.keys().chain(is.keys()) {
        let (was, is) = (was.get(key), is.get(key));
        if was != is {
            changes.insert(key.clone(), json!({ "was": was, "is": is }));
        }
    }
    Value::Object(changes)
}

/// Whether a connection is kept in spite of what speaks against it, and of what.
pub(super) fn tell_anyway(detail: &mut Value, anyway: Option<String>) {
    detail["kept_anyway"] = json!(anyway.is_some());
    if let Some(wrong) = anyway {
        detail["in_spite_of"] = json!(wrong);
    }
}

fn facts(name: &str, how: &How, settings: &Settings) -> Map<String, Value> {
    let mut facts = Map::from_iter([("name".to_owned(), json!(name))]);
    for part in [access(how), json!(settings)] {
        if let Value::Object(part) = part {
            facts.extend(part);
        }
    }
    facts
}

fn access(how: &How) -> Value {
    match how {
        How::OwnAccount => json!({ "how": "own_account" }),
        How::Kubeconfig { context, server } => {
            json!({ "how": "kubeconfig", "context": context, "server": server })
        }
    }
}
