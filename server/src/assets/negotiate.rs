//! What a browser says about the forms it takes and has.

use http::{HeaderMap, HeaderName, header};

/// A compressed form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Brotli.
    Brotli,
    /// Gzip.
    Gzip,
}

impl Encoding {
    /// In headers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }
}

/// Whether the browser takes this form (RFC 9110 section 12.5.3): it is named, or else `*` is, and not with the weight 0.
pub fn accepts(headers: &HeaderMap, encoding: Encoding) -> bool {
    let mut star = false;
    for part in list(headers, header::ACCEPT_ENCODING) {
        let (name, weight) = part.split_once(';').unwrap_or((part, ""));
        let refused = weight
            .trim()
            .strip_prefix("q=")
            .and_then(|number| number.trim().parse::<f32>().ok())
            .is_some_and(|number| number <= 0.0);
        if name.trim().eq_ignore_ascii_case(encoding.name()) {
            return !refused;
        }
        if name.trim() == "*" {
            star = !refused;
        }
    }
    star
}

/// Whether the browser has this version already (RFC 9110 section 13.1.2; the comparison is the weak one).
pub fn has_tag(headers: &HeaderMap, tag: &str) -> bool {
    list(headers, header::IF_NONE_MATCH).any(|known| known == "*" || known.trim_start_matches("W/") == tag)
}

fn list(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    let lines: Vec<&str> = headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).collect();
    lines.into_iter().flat_map(|line| line.split(',')).map(str::trim)
}
