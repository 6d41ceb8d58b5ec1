//! What the audit tells of a cluster: everything but its credentials.

use serde_json::{Map, Value, json};

use super::connection::{Connection, How, Settings};
use crate::audit;

/// Of a new one.
pub(super) fn whole(how: &How, settings: &Settings) -> Value {
    let mut detail = access(how);
    detail["settings"] = json!(settings);
    detail
}

/// Of a changed one.
pub(super) fn changes(before: &Connection, name: &str, how: &How, settings: &Settings) -> Value {
    audit::changes(&facts(&before.name, &before.how, &before.settings), &facts(name, how, settings))
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
