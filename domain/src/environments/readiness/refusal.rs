//! The cluster's refusals to make an object, as admission words them.

use super::{Blocked, Cause};
use crate::form::full_stop;

/// So many characters of the cluster's message stand in a sentence that has no words of its own; `detail` has them all.
const QUOTED: usize = 200;

/// What a refusal means. `what` is the object in words ("the pods of deployment web"), `message` the cluster's own.
pub fn refused(what: &str, message: &str) -> Blocked {
    // What a broken webhook or an uncounted quota says may name any of the others.
    let (cause, sentence) = if message.contains("failed calling webhook")
        || message.contains("failed to call webhook")
        || message.contains("status unknown for quota")
    {
        let sentence = format!(
            "The cluster cannot decide on {what} now: a webhook or a quota is not responding. It retries automatically."
        );
        (Cause::AdmissionAway, sentence)
    } else if message.contains("exceeded quota") {
        (Cause::QuotaRefused, quota(what, message))
    // Pods are refused with the first words; of a workload the cluster only warns, with the second.
    } else if message.contains("violates PodSecurity") || message.contains("would violate PodSecurity") {
        let sentence = format!(
            "The cluster refuses {what}: they break the restricted pod security standard{}. \
             The blueprint must be changed.",
            violations(message)
        );
        (Cause::PodSecurityRefused, sentence)
    } else if message.contains("usage per") || message.contains("must be no less than the limit") {
        let sentence = format!(
            "The cluster refuses {what}: a container asks for more or less than a limit range of the namespace allows. \
             Choose another size."
        );
        (Cause::LimitRangeRefused, sentence)
    } else if message.contains("failed quota") {
        let sentence = format!(
            "The cluster refuses {what}: the namespace has a quota, and a container sets no requests or limits. The \
             blueprint must set them."
        );
        (Cause::QuotaRefused, sentence)
    } else {
        (Cause::AdmissionRefused, in_its_words(what, message))
    };
    Blocked { cause, sentence, detail: message.to_owned() }
}

/// A refusal that only the cluster's own words explain, on one line.
fn in_its_words(what: &str, message: &str) -> String {
    let line = message.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(QUOTED) {
        _ if line.is_empty() => format!("The cluster refuses {what} and does not say why."),
        Some((end, _)) => format!("The cluster refuses {what}: {}…", line[..end].trim_end()),
        None => full_stop(format!("The cluster refuses {what}: {line}")),
    }
}

/// `exceeded quota: NAME, requested: a=1,b=2, used: a=3,b=4, limited: a=3,b=5` (ResourceQuota admission).
fn quota(what: &str, message: &str) -> String {
    let after = |key: &str| message.split(key).nth(1).unwrap_or_default();
    let requested = after("requested: ").split(", used:").next().unwrap_or_default();
    let used = after("used: ").split(", limited:").next().unwrap_or_default();
    let limited = after("limited: ");
    let value = |list: &str, key: &str| {
        let found = list
            .split(',')
            .find_map(|pair| pair.trim().strip_prefix(key)?.strip_prefix('=').map(str::to_owned));
        found.unwrap_or_default()
    };
    let parts: Vec<String> = limited
        .split(',')
        .filter_map(|pair| pair.trim().split_once('='))
        .map(|(key, limit)| {
            format!("{key} {} more requested, {} of {limit} used", value(requested, key), value(used, key))
        })
        .collect();
    let parts = if parts.is_empty() { "its quota is used up".to_owned() } else { parts.join("; ") };
    format!("The namespace's quota does not allow {what}: {parts}. Ask for fewer replicas or a smaller size.")
}

/// `violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (…), unrestricted capabilities (…)`.
fn violations(message: &str) -> String {
    let list = message.split("\": ").nth(1).unwrap_or_default();
    let mut depth = 0usize;
    let mut names = String::new();
    for c in list.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => names.push(c),
            _ => {}
        }
    }
    let names: Vec<&str> = names.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    match names.as_slice() {
        [] => String::new(),
        names => format!(" ({})", names.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_without_words_of_our_own_says_the_clusters() {
        let said = |message: &str| refused("the pods of deployment web", message).sentence;
        assert_eq!(
            said("admission webhook \"policy.example.com\" denied the request:\n  image is not signed"),
            "The cluster refuses the pods of deployment web: admission webhook \"policy.example.com\" denied the request: image is \
             not signed."
        );
        assert_eq!(said("not today!"), "The cluster refuses the pods of deployment web: not today!");
        assert_eq!(said(" "), "The cluster refuses the pods of deployment web and does not say why.");
        let long = "ä".repeat(QUOTED + 1);
        let cut = format!("The cluster refuses the pods of deployment web: {}…", "ä".repeat(QUOTED));
        let blocked = refused("the pods of deployment web", &long);
        assert_eq!((blocked.sentence, blocked.detail, blocked.cause), (cut, long, Cause::AdmissionRefused));
    }
}
