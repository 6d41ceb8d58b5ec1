//! What Slipway's account must be allowed to do in a cluster: the one list from which the manifest makes the role
//! and the test asks, right by right.
//!
//! The least that the driver needs:
//! - secrets are written, never read: no `get`, `list` or `watch` on them;
//! - of Slipway's own objects nothing is deleted but the namespace, which takes all else along;
//! - Slipway hands out exactly one role, so it has `bind` on that one and no `escalate`
//!   (<https://kubernetes.io/docs/reference/access-authn-authz/rbac/#restrictions-on-role-binding-creation-or-update>).

use domain::environments::kinds::{self, Kind};
use domain::environments::namespace::TEAM_ROLE;

const RBAC: &str = "rbac.authorization.k8s.io";

/// What may be done with one kind of object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Right {
    /// The API group; empty for the core.
    pub group: &'static str,
    /// The resource's plural.
    pub resource: &'static str,
    /// Of one object alone, by name.
    pub only: Option<&'static str>,
    /// The verbs.
    pub verbs: &'static [&'static str],
    /// What for, to follow "needed to".
    pub purpose: &'static str,
}

const APPLY: [&str; 2] = ["create", "patch"];
const FOLLOW: [&str; 5] = ["create", "get", "list", "patch", "watch"];
const KEEP: [&str; 4] = ["create", "get", "list", "patch"];
const READ: [&str; 3] = ["get", "list", "watch"];

/// Every right.
pub fn all() -> Vec<Right> {
    let mut rights = vec![Right {
        verbs: &["create", "delete", "get", "list", "patch"],
        ..of(kinds::OWN[0], &[], "create and delete the namespaces of environments")
    }];
    for kind in kinds::OWN.into_iter().skip(1).filter(|kind| kinds::allowed(kind.kind).is_none()) {
        rights.push(of(kind, &KEEP, "isolate the namespaces of environments"));
    }
    for kind in kinds::ALLOWED {
        rights.push(match is_readable(kind) {
            true => of(kind, &FOLLOW, "create what blueprints define and watch it start"),
            false => of(kind, &APPLY, "give secrets to environments (they are never read)"),
        });
    }
    for kind in kinds::DERIVED {
        rights.push(of(kind, &READ, "see why something does not come up"));
    }
    rights.push(Right {
        group: RBAC,
        resource: "clusterroles",
        only: Some(TEAM_ROLE),
        verbs: &["bind", "get"],
        purpose: "give a team its role in its own environments",
    });
    rights
}

fn of(kind: Kind, verbs: &'static [&'static str], purpose: &'static str) -> Right {
    Right { group: group(kind), resource: kind.plural, only: None, verbs, purpose }
}

/// The API group of a kind; empty for the core.
pub fn group(kind: Kind) -> &'static str {
    kind.api_version.split_once('/').map_or("", |(group, _)| group)
}

/// Whether objects of this kind may be read at all.
pub fn is_readable(kind: Kind) -> bool {
    kind.kind != "Secret"
}

/// One verb of one right: what a SelfSubjectAccessReview asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The right.
    pub right: Right,
    /// The verb.
    pub verb: &'static str,
}

/// Every right, verb by verb.
pub fn asked() -> Vec<Asked> {
    all().into_iter().flat_map(|right| right.verbs.iter().map(move |verb| Asked { right, verb })).collect()
}

/// Rights in words, one line for each object: "patch and watch deployments (apps), needed to …".
pub fn in_words(missing: &[Asked]) -> Vec<String> {
    let mut lines = Vec::new();
    for right in all() {
        let verbs: Vec<&str> =
            missing.iter().filter(|asked| asked.right == right).map(|asked| asked.verb).collect();
        let Some((last, before)) = verbs.split_last() else { continue };
        let verbs =
            if before.is_empty() { (*last).to_owned() } else { format!("{} and {last}", before.join(", ")) };
        let group = if right.group.is_empty() { String::new() } else { format!(" ({})", right.group) };
        let only = right.only.map(|name| format!(" “{name}”")).unwrap_or_default();
        lines.push(format!("{verbs} {}{group}{only}, needed to {}", right.resource, right.purpose));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least() {
        for right in all() {
            assert!(!right.verbs.contains(&"*") && !right.verbs.contains(&"escalate"), "{right:?}");
            assert!(right.resource != "secrets" || right.verbs == APPLY, "secrets are never read");
            assert!(right.resource == "namespaces" || !right.verbs.contains(&"delete"), "{right:?}");
        }
        let resources: Vec<_> = all().iter().map(|right| (right.group, right.resource)).collect();
        let once: std::collections::BTreeSet<_> = resources.iter().collect();
        assert_eq!(once.len(), resources.len(), "a resource stands once");
    }

    #[test]
    fn missing_rights_read_as_sentences() {
        let missing: Vec<Asked> = asked()
            .into_iter()
            .filter(|asked| {
                asked.right.resource == "clusterroles"
                    || (asked.right.resource == "pods" && asked.verb != "get")
            })
            .collect();
        assert_eq!(
            in_words(&missing),
            [
                "list and watch pods, needed to see why something does not come up",
                "bind and get clusterroles (rbac.authorization.k8s.io) “slipway-team”, needed to give a team its role \
                 in its own environments",
            ]
        );
    }
}
