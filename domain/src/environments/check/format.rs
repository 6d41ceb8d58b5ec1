//! The named formats, each with the sentence that says what is allowed.

use crate::dns::is_label;
use crate::environments::schema::Format;

/// The sentence for a text that is not of this format.
pub fn problem(format: Format, text: &str) -> Option<&'static str> {
    let (fits, sentence) = match format {
        Format::Email => (email(text), "Must be an address such as mina@example.com."),
        Format::Uri => (uri(text), "Must be an address that starts with https:// or http://."),
        Format::Hostname => (hostname(text), "Must be a host name such as api.example.com."),
        Format::Date => (date(text), "Must be a date such as 2026-11-23."),
        Format::Ipv4 => {
            (text.parse::<std::net::Ipv4Addr>().is_ok(), "Must be an IPv4 address such as 10.0.0.1.")
        }
        Format::Image => {
            (image(text), "Must be an image such as registry.example.com/team/app:1.4.2, in lower case.")
        }
        Format::DnsLabel => (
            is_label(text),
            "Use lower-case letters, digits and dashes, a letter or digit first and last, at most 63 characters.",
        ),
        Format::HttpPath => (http_path(text), "Must be a path that starts with /, such as /healthz."),
    };
    (!fits).then_some(sentence)
}

fn email(text: &str) -> bool {
    text.len() <= 254
        && text.rsplit_once('@').is_some_and(|(name, host)| {
            let plain = name.chars().all(|c| c.is_ascii_graphic() && !"@()<>,;:\\\"[]".contains(c));
            let dots = name.starts_with('.') || name.ends_with('.') || name.contains("..");
            (1..=64).contains(&name.len()) && plain && !dots && hostname(host)
        })
}

fn uri(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let (host, port) = authority.rsplit_once(':').unwrap_or((authority, "80"));
        let clean = rest.chars().all(|c| c.is_ascii_graphic() && !"\"<>\\^`{|}".contains(c));
        clean && hostname(host) && port.parse::<u16>().is_ok_and(|port| port > 0)
    })
}

/// RFC 1123, 2.1; a final dot is not taken.
fn hostname(text: &str) -> bool {
    (1..=253).contains(&text.len())
        && text.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        })
}

fn date(text: &str) -> bool {
    // jiff reads more of ISO 8601 than RFC 3339 allows, so the shape is held here.
    let shape = text.len() == 10
        && text.bytes().enumerate().all(|(i, b)| match i {
            4 | 7 => b == b'-',
            _ => b.is_ascii_digit(),
        });
    shape && text.parse::<jiff::civil::Date>().is_ok()
}

fn http_path(text: &str) -> bool {
    text.starts_with('/') && text.len() <= 1024 && text.chars().all(|c| c.is_ascii_graphic() && c != '#')
}

/// `[host[:port]/]path[:tag][@digest]` (github.com/distribution/reference).
fn image(text: &str) -> bool {
    if text.is_empty() || text.len() > 512 {
        return false;
    }
    let (rest, digest) = match text.split_once('@') {
        Some((rest, digest)) => (rest, Some(digest)),
        None => (text, None),
    };
    if digest.is_some_and(|digest| !image_digest(digest)) {
        return false;
    }
    // A colon after the last slash begins the tag; one before it belongs to the registry's port.
    let cut = rest.rfind('/').map_or(0, |slash| slash + 1);
    let (name, tag) = match rest[cut..].find(':') {
        Some(colon) => (&rest[..cut + colon], Some(&rest[cut + colon + 1..])),
        None => (rest, None),
    };
    let tag_fits = tag.is_none_or(|tag| {
        (1..=128).contains(&tag.len())
            && !tag.starts_with(['.', '-'])
            && tag.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'))
    });
    let (host, path) = match name.split_once('/') {
        // As docker reads it: the first part is a registry if it could not be a path or says so.
        Some((first, path)) if first.contains(['.', ':']) || first == "localhost" => (Some(first), path),
        _ => (None, name),
    };
    let host_fits = host.is_none_or(|host| {
        let (host, port) = host.split_once(':').unwrap_or((host, "443"));
        hostname(host) && port.parse::<u16>().is_ok()
    });
    tag_fits && host_fits && path.len() <= 255 && path.split('/').all(path_component)
}

fn image_digest(digest: &str) -> bool {
    digest.split_once(':').is_some_and(|(kind, hex)| {
        let length = match kind {
            "sha256" => 64,
            "sha512" => 128,
            _ => return false,
        };
        hex.len() == length && hex.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    })
}

/// Lower-case letters and digits, joined by `.`, `_`, `__` or dashes.
fn path_component(part: &str) -> bool {
    let edge = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    part.starts_with(edge)
        && part.ends_with(edge)
        && part.chars().all(|c| edge(c) || matches!(c, '.' | '_' | '-'))
        && !["..", "._", "_.", "___", "-.", ".-", "-_", "_-"].iter().any(|run| part.contains(run))
}

#[cfg(test)]
mod tests {
    use super::{Format, problem};

    #[test]
    fn formats_take_what_their_rule_takes() {
        let digest = format!("app@sha256:{}", "a".repeat(64));
        let long_label = "a".repeat(64);
        for (format, good, bad) in [
            (
                Format::Email,
                vec!["mina@example.com", "a.b+c@x.io"],
                vec!["mina", "@x.io", "a@@x", "a b@x.io", "a@-x"],
            ),
            (
                Format::Uri,
                vec!["https://a.example.com/x?y=1#z", "http://localhost:8080"],
                vec!["ftp://a", "https://", "https://a b", "//a", "https://a:0", "javascript:alert(1)"],
            ),
            (
                Format::Hostname,
                vec!["a", "a-b.example.com", "1.example"],
                vec!["", "-a", "a_b", "a..b", "a."],
            ),
            (
                Format::Date,
                vec!["2024-02-29"],
                vec!["2023-02-29", "2024-2-3", "20240203", "2024-02-03T00:00:00Z"],
            ),
            (Format::Ipv4, vec!["10.0.0.1"], vec!["10.0.0", "10.0.0.256", "::1"]),
            (
                Format::Image,
                vec![
                    "nginx",
                    "nginx:1.27",
                    "registry.example.com/payments-api:1.42.0",
                    "localhost:5000/a/b__c",
                    "ghcr.io/x/y@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                    digest.as_str(),
                ],
                vec![
                    "",
                    "Nginx",
                    "nginx:",
                    "a//b",
                    "a b",
                    "nginx:1.27\n",
                    "a@sha256:12",
                    "https://x/y",
                    "-a",
                    "{{x}}",
                ],
            ),
            (Format::DnsLabel, vec!["a", "a-1"], vec!["A", "a.b", "-a", "", long_label.as_str()]),
            (Format::HttpPath, vec!["/", "/healthz?full=1"], vec!["healthz", "/a b", "", "/a#b"]),
        ] {
            for text in good {
                assert_eq!(problem(format, text), None, "{format:?} takes {text:?}");
            }
            for text in bad {
                assert!(problem(format, text).is_some(), "{format:?} refuses {text:?}");
            }
        }
    }
}
