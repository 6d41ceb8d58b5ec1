//! What keeps a namespace from going that is being deleted: from its conditions to the page's own words.
//!
//! - Everything takes a while to end: pods are given 30 s, and a volume waits for its pods. What passes by itself is not told at once.
//! - Reasons and messages are those of Kubernetes 1.34 (`NamespaceConditionType`).

use jiff::SignedDuration;

/// What only somebody can take out of the way is told from here on.
const LASTS: SignedDuration = SignedDuration::from_secs(15);
/// What may just take its time is told from here on.
const LASTS_LONG: SignedDuration = SignedDuration::from_mins(1);
/// Programs may be given minutes to end: what merely is still there is told from here on.
const LASTS_LONGEST: SignedDuration = SignedDuration::from_mins(5);

/// What keeps the namespace, in whole sentences, `since` it is being deleted; none where nothing does for so long that it needs somebody.
/// The conditions are those that hold, each with its reason and its message.
pub fn in_the_way(conditions: &[(&str, &str)], since: SignedDuration) -> Option<String> {
    const ASK: &str = "Ask whoever runs the cluster.";
    let of =
        |wanted: &str| conditions.iter().find(|(reason, _)| *reason == wanted).map(|(_, message)| *message);
    let finalizers = of("SomeFinalizersRemain");
    if let Some((_, list)) = finalizers.and_then(|message| message.split_once("finalizers remaining: ")) {
        let (limit, then) = match list.split(", ").all(is_of_kubernetes) {
            true => (LASTS_LONG, ASK),
            false => (LASTS, "Whoever put them there must take them away."),
        };
        if since >= limit {
            return Some(format!("Kubernetes waits for finalizers: {list}. {then}"));
        }
    }
    let fails = ["DiscoveryFailed", "GroupVersionParsingFailed", "ContentDeletionFailed"];
    if since >= LASTS && fails.into_iter().any(|reason| of(reason).is_some()) {
        return Some(format!("Kubernetes cannot delete everything in its namespace. {ASK}"));
    }
    let remains = of("SomeResourcesRemain").filter(|_| since >= LASTS_LONGEST);
    remains.map(|_| format!("Something in its namespace does not go away. {ASK}"))
}

/// Whether a finalizer is Kubernetes' own (`kubernetes.io/pvc-protection`, `foregroundDeletion`), which takes it away once nothing uses the
/// object any more.
fn is_of_kubernetes(finalizer: &str) -> bool {
    let owner = finalizer.split_once('/').map(|(owner, _)| owner);
    owner.is_none_or(|owner| owner == "kubernetes.io" || owner.ends_with(".kubernetes.io"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const REMAIN: (&str, &str) =
        ("SomeResourcesRemain", "Some resources are remaining: pods. has 1 resource instances");

    fn said(conditions: &[(&str, &str)], seconds: i64) -> String {
        in_the_way(conditions, SignedDuration::from_secs(seconds)).unwrap_or_default()
    }

    #[test]
    fn what_only_somebody_can_take_away_is_told_soon() {
        let held = "Some content in the namespace has finalizers remaining: example.com/stuck in 1 resource instances";
        let conditions = [REMAIN, ("SomeFinalizersRemain", held)];
        assert_eq!(said(&conditions, 14), "");
        assert_eq!(
            said(&conditions, 15),
            "Kubernetes waits for finalizers: example.com/stuck in 1 resource instances. Whoever put them there must take them away."
        );
        assert!(
            said(&[("ContentDeletionFailed", "Failed to delete all resource types")], 15).contains("cannot")
        );
    }

    #[test]
    fn what_ends_by_itself_is_given_its_time() {
        let own = "Some content in the namespace has finalizers remaining: kubernetes.io/pvc-protection in 1 resource instances";
        let waits = "Kubernetes waits for finalizers: kubernetes.io/pvc-protection in 1 resource instances. Ask whoever";
        for (conditions, told, after) in [
            (&[REMAIN][..], "Something in its namespace does not go away. Ask whoever", 300),
            (&[REMAIN, ("SomeFinalizersRemain", own)][..], waits, 60),
        ] {
            assert_eq!(said(conditions, after - 1), "");
            assert!(said(conditions, after).starts_with(told), "{}", said(conditions, after));
        }
        assert_eq!(said(&[], 600), "");
    }
}
