//! From the record to the words in which pages show it. On the server only.
//!
//! Invariant: what the record says never changes, so a team is called by its reference: titles come and go with the files of the catalog.

use domain::catalog::Kind;
use domain::environments::{life, status};
use domain::people::Caller;
use domain::time::in_words;
use jiff::Timestamp;
use platform::audit::service::{Filter, Recorded, Whose, list_audit};
use platform::{Platform, Result};
use serde_json::{Map, Value};

use super::read::filled;
use super::view::*;
use crate::catalog::labels as of_source;
use crate::clusters::labels;
use crate::environments::read::short;

/// What is told only where it is so: else nothing was changed.
const SAID_IF_TRUE: [&str; 3] = ["credentials_replaced", "kept_anyway", "registries_replaced"];

/// The record, the last first, as much of it as the caller may see. A cursor that is none begins at the beginning.
pub async fn audit(
    platform: &Platform,
    caller: &Caller,
    action: Option<String>,
    after: Option<String>,
) -> Result<AuditList> {
    let snapshot = platform.catalog.snapshot();
    let whole = caller.person().is_some_and(|person| person.administrator);
    let whose = if whole { Whose::Everybody } else { Whose::Led(&snapshot) };
    audit_of(platform, caller, whose, filled(action), after).await
}

/// What the caller did themselves, the last first.
pub async fn own_audit(platform: &Platform, caller: &Caller, after: Option<String>) -> Result<AuditList> {
    audit_of(platform, caller, Whose::Own, None, after).await
}

async fn audit_of(
    platform: &Platform,
    caller: &Caller,
    whose: Whose<'_>,
    action: Option<String>,
    after: Option<String>,
) -> Result<AuditList> {
    let filter = Filter { action, object: None };
    let after = after.and_then(|after| after.parse().ok());
    let page = list_audit(&platform.db, caller, whose, &filter, after).await?;
    Ok(AuditList {
        rows: page.rows.into_iter().map(audit_row).collect(),
        next: page.next.map(|id| id.to_string()),
    })
}

fn audit_row(row: Recorded) -> AuditRow {
    let mut details = details("", &row.detail.0);
    // The words of the action name it.
    if row.team.is_some() && team_words(&row.action, None).is_some() {
        details.retain(|(name, _)| *name != label("team"));
    }
    AuditRow {
        at: row.at.0,
        by_slipway: row.actor.starts_with("system:"),
        actor: row.actor_name,
        action: row.action,
        object: match row.object_kind.as_str() {
            "job" => kind_words(&row.object_name).to_owned(),
            _ => row.object_name,
        },
        object_id: row.object_id,
        team: row.team.map(|team| short(&team, "group")),
        address: row.address.filter(|address| !address.is_empty()),
        details,
    }
}

/// What a row tells of a change, in words. `path` leads to the value: the names that it stands under, with dots between them.
fn details(path: &str, value: &Value) -> Vec<(String, DetailValue)> {
    match value {
        Value::Object(parts) if parts.len() == 2 && parts.contains_key("was") && parts.contains_key("is") => {
            changed(path, &parts["was"], &parts["is"])
        }
        Value::Object(parts) if !is_labels(path) => {
            parts.iter().flat_map(|(part, value)| details(&within(path, part), value)).collect()
        }
        _ => said(path, value).map(|value| (label(path), value)).into_iter().collect(),
    }
}

/// What was changed, as it was and as it is: of what has parts, those that changed.
fn changed(path: &str, was: &Value, is: &Value) -> Vec<(String, DetailValue)> {
    if !is_labels(path) && (was.is_object() || is.is_object()) {
        let nothing = Map::new();
        let parts = |value: &Value| value.as_object().unwrap_or(&nothing).keys().cloned().collect::<Vec<_>>();
        let mut names = [parts(was), parts(is)].concat();
        names.sort();
        names.dedup();
        let part = |name: &String| {
            let (was, is) = (was.get(name).unwrap_or(&Value::Null), is.get(name).unwrap_or(&Value::Null));
            if was == is { Vec::new() } else { changed(&within(path, name), was, is) }
        };
        return names.iter().flat_map(part).collect();
    }
    let text = |value: &Value| match said(path, value) {
        Some(DetailValue::Words(text)) => text,
        Some(DetailValue::Time(at)) => in_words(at),
        None => "not set".to_owned(),
    };
    vec![(label(path), DetailValue::Words(format!("{} → {}", text(was), text(is))))]
}

/// A value in words; none for what is not set, and says nothing so.
fn said(path: &str, value: &Value) -> Option<DetailValue> {
    // Nothing stands for everything here.
    let all = match named(path) {
        "teams" => Some("every team"),
        "dns.pods" => Some("every pod"),
        "allowance.namespaces" => Some("every namespace"),
        _ => None,
    };
    let words = match value {
        Value::Bool(false) if SAID_IF_TRUE.contains(&path) => None,
        Value::Null if path == "glob" => Some("catalog-info.yaml or all.yaml at the root".to_owned()),
        Value::Null => None,
        Value::Bool(true) => Some("yes".to_owned()),
        Value::Bool(false) => Some("no".to_owned()),
        Value::Number(number) if path == "every_minutes" => {
            Some(format!("{number} {}", if number.as_u64() == Some(1) { "minute" } else { "minutes" }))
        }
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => match text.parse::<Timestamp>() {
            Ok(at) => return Some(DetailValue::Time(at)),
            Err(_) => Some(word(path, text)).filter(|text| !text.is_empty()),
        },
        Value::Array(values) if values.is_empty() => all.map(str::to_owned),
        Value::Array(values) => {
            let text = |value: &Value| match value.as_str() {
                Some(text) => word(path, text),
                None => value.to_string(),
            };
            Some(values.iter().map(text).collect::<Vec<_>>().join(", "))
        }
        Value::Object(parts) if parts.is_empty() => all.map(str::to_owned),
        Value::Object(parts) => {
            let pair = |(name, value): (&String, &Value)| format!("{name}={}", value.as_str().unwrap_or("…"));
            Some(parts.iter().map(pair).collect::<Vec<_>>().join(", "))
        }
    };
    words.map(DetailValue::Words)
}

/// A text as pages say it: a team by its short reference, and what is chosen among a few as its form says it.
fn word(path: &str, text: &str) -> String {
    match (path, text) {
        (_, team) if team.starts_with("group:") => short(team, "group"),
        ("how", "own_account") => labels::OWN_ACCOUNT.to_owned(),
        ("how", "kubeconfig") => "a kubeconfig".to_owned(),
        ("place.kind", "folder") => of_source::FOLDER.to_owned(),
        ("place.kind", "git") => of_source::GIT.to_owned(),
        ("allowance.rule", "default") => of_source::RULE_DEFAULT.to_owned(),
        ("allowance.rule", "all") => of_source::RULE_ALL.to_owned(),
        ("allowance.rule", "all_but") => of_source::RULE_ALL_BUT.to_owned(),
        ("allowance.rule", "only") => of_source::RULE_ONLY.to_owned(),
        ("allowance.kinds", kind) => Kind::from_reference(kind).as_str().to_owned(),
        ("was", state) => {
            life::State::parse(state).map_or(state, |state| status::state_words(state).0).to_owned()
        }
        _ => text.to_owned(),
    }
}

/// Labels of Kubernetes are one value, written as in the form: `app=coredns`.
fn is_labels(path: &str) -> bool {
    named(path) == "dns.pods"
}

/// The same setting of a cluster stands within its settings where it is new, and by itself where it was changed.
fn named(path: &str) -> &str {
    path.strip_prefix("settings.").unwrap_or(path)
}

fn within(path: &str, part: &str) -> String {
    if path.is_empty() { part.to_owned() } else { format!("{path}.{part}") }
}

/// What the forms call it. What has no form is called by its name.
fn label(path: &str) -> String {
    let known = match named(path) {
        "allowance.kinds" => of_source::KINDS,
        "allowance.namespaces" => of_source::NAMESPACES,
        "allowance.rule" => of_source::RULE,
        "base_domain" => labels::BASE_DOMAIN,
        "credentials_replaced" => "Credentials replaced",
        "dns.namespace" => labels::DNS_NAMESPACE,
        "dns.pods" => "Labels of the DNS server's pods",
        "ended" => "Sessions ended",
        "environments_per_team" => labels::PER_TEAM,
        "every_minutes" => of_source::EVERY,
        "expires_at" => "Expires",
        "for" => "For whom",
        "glob" => of_source::GLOB,
        "good" => "Works, with every permission",
        "how" => labels::ACCESS,
        "https" => labels::HTTPS,
        "ingress_class" => labels::INGRESS_CLASS,
        "ingress_namespace" => labels::INGRESS_NAMESPACE,
        "last_words" => "What blocked it",
        "leader" => "Team leader",
        "place.branch" => of_source::BRANCH,
        "place.kind" => of_source::PLACE,
        "place.path" => "Path",
        "place.url" => "Address",
        "registries_replaced" => "Registry credentials replaced",
        "trusted" => of_source::TRUSTED,
        "was" => "State before",
        other => {
            let words = other.replace(['_', '.'], " ");
            let mut letters = words.chars();
            let first = letters.next().into_iter().flat_map(char::to_uppercase);
            return first.chain(letters.as_str().chars()).collect();
        }
    };
    known.to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn words(name: &str, text: &str) -> (String, DetailValue) {
        (name.to_owned(), DetailValue::Words(text.to_owned()))
    }

    fn told(detail: Value) -> Vec<(String, DetailValue)> {
        details("", &detail)
    }

    #[test]
    fn what_was_done_is_told_in_the_words_of_the_forms() {
        let detail = json!({
            "expires_at": "2026-11-22T10:00:00Z",
            "good": true,
            "administrator": false,
            "kinds": ["api", "group"],
            "team": "group:default/payments",
            "place": { "kind": "git", "url": "https://git.example.com/shop", "branch": null },
            "user_agent": "Firefox",
            "ended": 3,
        });
        let at = DetailValue::Time("2026-11-22T10:00:00Z".parse().expect("a time"));
        let expected = [
            ("Expires".to_owned(), at),
            words("Works, with every permission", "yes"),
            words("Administrator", "no"),
            words("Kinds", "api, group"),
            words("Team", "payments"),
            words("Kind", "Git repository"),
            words("Address", "https://git.example.com/shop"),
            words("User agent", "Firefox"),
            words("Sessions ended", "3"),
        ];
        assert_eq!(told(detail), expected);
        assert!(told(json!({})).is_empty());
        let given_up = json!({ "was": "destroy_blocked", "last_words": "It does not answer" });
        let expected =
            [words("State before", "Destroy blocked"), words("What blocked it", "It does not answer")];
        assert_eq!(told(given_up), expected);
    }

    #[test]
    fn what_is_not_set_is_left_out_unless_it_stands_for_everything() {
        let detail = json!({
            "how": "kubeconfig",
            "settings": {
                "ingress_class": null, "base_domain": "", "https": true, "teams": [],
                "dns": { "namespace": "dns", "pods": { "app": "coredns" } }, "environments_per_team": null,
            },
            "kept_anyway": false,
        });
        let expected = [
            words("How Slipway signs in", "a kubeconfig"),
            words("The ingress controller serves HTTPS for the base domain", "yes"),
            words("Teams", "every team"),
            words("Namespace of the DNS server", "dns"),
            words("Labels of the DNS server's pods", "app=coredns"),
        ];
        assert_eq!(told(detail), expected);
    }

    #[test]
    fn of_a_change_only_what_changed_is_told_as_it_was_and_as_it_is() {
        let detail = json!({
            "base_domain": { "was": null, "is": "envs.example.com" },
            "dns": {
                "was": { "namespace": "kube-system", "pods": { "k8s-app": "kube-dns" } },
                "is": { "namespace": "kube-system", "pods": { "app": "coredns" } },
            },
            "teams": { "was": ["group:default/payments"], "is": [] },
            "credentials_replaced": false,
            "registries_replaced": true,
        });
        let expected = [
            words("Base domain", "not set → envs.example.com"),
            words("Labels of the DNS server's pods", "k8s-app=kube-dns → app=coredns"),
            words("Teams", "payments → every team"),
            words("Registry credentials replaced", "yes"),
        ];
        assert_eq!(told(detail), expected);
    }

    #[test]
    fn of_a_source_everything_is_told_that_its_form_asks_for() {
        let added = json!({
            "place": { "kind": "folder", "path": "/srv/catalog" },
            "glob": null, "every_minutes": 1, "trusted": false,
            "allowance": { "rule": "default", "kinds": null, "namespaces": [] },
        });
        let expected = [
            words("Kind", "Folder"),
            words("Path", "/srv/catalog"),
            words("Files to start from", "catalog-info.yaml or all.yaml at the root"),
            words("Read every", "1 minute"),
            words("Trusted", "no"),
            words("Kinds", "Default for its trust"),
            words("Namespaces", "every namespace"),
        ];
        assert_eq!(told(added), expected);
        let changed = json!({
            "place": {
                "was": { "kind": "folder", "path": "/srv/catalog" },
                "is": { "kind": "git", "url": "https://git.example.com/shop", "branch": null },
            },
            "glob": { "was": null, "is": "**/catalog-info.yaml" },
            "every_minutes": { "was": 1, "is": 10 },
            "trusted": { "was": false, "is": true },
            "allowance": {
                "was": { "rule": "default", "kinds": null, "namespaces": [] },
                "is": { "rule": "only", "kinds": ["api", "component"], "namespaces": ["shop"] },
            },
        });
        let expected = [
            words("Kind", "Folder → Git repository"),
            words("Path", "/srv/catalog → not set"),
            words("Address", "not set → https://git.example.com/shop"),
            words("Files to start from", "catalog-info.yaml or all.yaml at the root → **/catalog-info.yaml"),
            words("Read every", "1 minute → 10 minutes"),
            words("Trusted", "no → yes"),
            words("Which kinds", "not set → API, Component"),
            words("Namespaces", "every namespace → shop"),
            words("Kinds", "Default for its trust → Only some kinds"),
        ];
        assert_eq!(told(changed), expected);
    }
}
