//! Names of DNS as Kubernetes and the catalog take them (RFC 1123): in lower case, without a final dot.

/// Longest label, in characters.
pub const MAX_LABEL: usize = 63;
/// Longest name of labels, in characters.
pub const MAX_SUBDOMAIN: usize = 253;

/// `^[a-z0-9]+(?:\-+[a-z0-9]+)*$`: what a namespace is called.
pub fn is_label(text: &str) -> bool {
    let edge = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = text.as_bytes();
    bytes.len() <= MAX_LABEL
        && bytes.first().is_some_and(edge)
        && bytes.last().is_some_and(edge)
        && bytes.iter().all(|byte| edge(byte) || *byte == b'-')
}

/// Labels between dots.
pub fn is_subdomain(text: &str) -> bool {
    text.len() <= MAX_SUBDOMAIN && text.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_and_names_of_labels() {
        let (longest, too_long) = ("a".repeat(63), "a".repeat(64));
        for label in ["a", "0", "a-b", "a--b", "team-1", &longest] {
            assert!(is_label(label) && is_subdomain(label), "{label:?}");
        }
        for other in
            ["", "-a", "a-", "A", "a_b", "a b", "ä", "a.", ".a", "a..b", "a\nkind: Secret", &too_long]
        {
            assert!(!is_label(other) && !is_subdomain(other), "{other:?}");
        }
        assert!(is_subdomain("a.b-c.1") && !is_label("a.b"));
        assert!(is_subdomain("a.".repeat(126).trim_end_matches('.')));
        assert!(!is_subdomain(&format!("{}a", "a.".repeat(127))));
    }
}
