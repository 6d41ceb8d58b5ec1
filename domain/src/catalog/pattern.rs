//! The formats of names, keys and tags (Backstage, "Descriptor format of catalog entities").
//!
//! Matchers by hand instead of regular expressions: they run for each field of each entity at each
//! refresh, and in the browser. The pattern each one stands for is above it.

pub use crate::dns::{is_label as is_dns_label, is_subdomain as is_dns_subdomain};

/// Longest name, namespace, kind, tag, label value and the like, in characters.
pub const MAX_LENGTH: usize = 63;

/// `^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$`
pub fn is_name(text: &str) -> bool {
    let bytes = text.as_bytes();
    fits(text)
        && bytes.first().is_some_and(u8::is_ascii_alphanumeric)
        && bytes.last().is_some_and(u8::is_ascii_alphanumeric)
        && bytes.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

/// `^[a-zA-Z][a-z0-9A-Z]*$`
pub fn is_kind(text: &str) -> bool {
    fits(text)
        && text.as_bytes().first().is_some_and(u8::is_ascii_alphabetic)
        && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// An optional DNS subdomain and a slash, then `^[a-z0-9A-Z]+$`.
pub fn is_api_version(text: &str) -> bool {
    prefixed(text, |version| fits(version) && version.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// The key of a label or an annotation: an optional DNS subdomain and a slash, then a name.
pub fn is_key(text: &str) -> bool {
    prefixed(text, is_name)
}

/// A label's value: empty, or a name.
pub fn is_label_value(text: &str) -> bool {
    text.is_empty() || is_name(text)
}

/// `^[a-z0-9:+#]+(\-[a-z0-9:+#]+)*$`
pub fn is_tag(text: &str) -> bool {
    let part = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b':' | b'+' | b'#');
    fits(text) && text.split('-').all(|word| !word.is_empty() && word.bytes().all(part))
}

/// Whether a browser would parse the text as an absolute URL (WHATWG URL): a scheme, and for the
/// schemes of the web a host, with a port that is one.
pub fn is_url(text: &str) -> bool {
    let text = text.trim_matches(|c: char| c <= ' ');
    let Some((scheme, rest)) = split_scheme(text) else { return false };
    if !["http", "https", "ws", "wss", "ftp"].iter().any(|special| scheme.eq_ignore_ascii_case(special)) {
        return true;
    }
    // Browsers take any number of slashes, either way round, before the host.
    let rest = rest.trim_start_matches(['/', '\\']);
    let authority = &rest[..rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len())];
    let host_and_port = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let (host, port) = match host_and_port.strip_prefix('[') {
        Some(inner) => match inner.split_once(']') {
            Some((address, port)) if address.parse::<std::net::Ipv6Addr>().is_ok() => ("::", port),
            _ => return false,
        },
        None => match host_and_port.find(':') {
            Some(at) => (&host_and_port[..at], &host_and_port[at..]),
            None => (host_and_port, ""),
        },
    };
    let port_is_right = match port.strip_prefix(':') {
        None => port.is_empty(),
        Some(digits) => {
            digits.is_empty() || digits.bytes().all(|b| b.is_ascii_digit()) && digits.parse::<u16>().is_ok()
        }
    };
    let forbidden = |c: char| c <= ' ' || c == '\u{7f}' || "#/<>?@[\\]^|".contains(c);
    port_is_right && !host.is_empty() && (host == "::" || !host.contains(forbidden))
}

/// The scheme of a URL and what follows its colon: `^[a-zA-Z][a-zA-Z0-9+.-]*:`.
pub fn split_scheme(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = text.split_once(':')?;
    let right = scheme.as_bytes().first().is_some_and(u8::is_ascii_alphabetic)
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'.' | b'-'));
    right.then_some((scheme, rest))
}

fn fits(text: &str) -> bool {
    !text.is_empty() && text.len() <= MAX_LENGTH
}

fn prefixed(text: &str, suffix: impl Fn(&str) -> bool) -> bool {
    match text.split_once('/') {
        Some((prefix, rest)) => is_dns_subdomain(prefix) && suffix(rest),
        None => suffix(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(name: &str, matches: impl Fn(&str) -> bool, good: &[&str], bad: &[&str]) {
        for text in good {
            assert!(matches(text), "{name} takes {text:?}");
        }
        for text in bad {
            assert!(!matches(text), "{name} refuses {text:?}");
        }
    }

    #[test]
    fn formats_are_backstages() {
        let (longest, too_long) = ("a".repeat(63), "a".repeat(64));
        let (longest, too_long) = (longest.as_str(), too_long.as_str());
        table(
            "name",
            is_name,
            &["a", "A", "0", "a-b", "a_b.c-D", "9z", longest],
            &["", "-a", "a-", "_a", "a.", "a b", "ä", "a/b", "a:b", too_long],
        );
        table(
            "namespace",
            is_dns_label,
            &["a", "0", "a-b", "a--b", "default", longest],
            &["", "A", "-a", "a-", "a_b", "a.b", "a b", too_long],
        );
        table("kind", is_kind, &["API", "a", "V1", longest], &["", "1a", "a-b", "a.b", "ä", too_long]);
        table(
            "apiVersion",
            is_api_version,
            &["v1", "backstage.io/v1alpha1", "a/B1", "a-b.c/1"],
            &["", "/v1", "a/", "A/v1", "a/b/c", "a/v-1", "a/v.1", "a..b/v1"],
        );
        table(
            "key",
            is_key,
            &["a", "a_B.c", "backstage.io/a-b", "jira/project-key", "x.y/A"],
            &[
                "",
                "/a",
                "a/",
                "a/b/c",
                "A/b",
                "a b/c",
                "a/b c",
                "a./b",
                &format!("{}/a", "a.".repeat(127) + "a"),
            ],
        );
        table("label value", is_label_value, &["", "a", "a.B_c"], &["-", "a b", " ", too_long]);
        table(
            "tag",
            is_tag,
            &["java", "c++", "c#", "a:b", "a-b-c", "0", longest],
            &["", "Java", "a--b", "-a", "a-", "a_b", "a.b", "a b", too_long],
        );
    }

    #[test]
    fn a_link_is_what_a_browser_parses() {
        table(
            "url",
            is_url,
            &[
                "https://a.example",
                "http://user:pw@a.example:8080/x?y#z",
                "HTTPS://a",
                "mailto:a@b.example",
                "ftp://a/b",
                "https:a.example",
                "http://[::1]:80/",
                "http://127.0.0.1",
                "slack://channel?id=1",
                "tel:1",
                "https://a:/",
                "https://müller.example/",
            ],
            &[
                "",
                "a",
                "/a",
                "./a",
                "//a",
                "https://",
                "http://:80",
                "https://a:port",
                "https://a:65536",
                "1a:b",
                "http://a b",
                "http://[::1",
                "https://?x",
                ":a",
                "a.example/b",
                "https://a|b",
            ],
        );
    }
}
