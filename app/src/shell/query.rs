//! What stands in an address after the `?`, written and read.

/// A path with what comes after its `?`.
pub fn with_search(path: &str, search: &str) -> String {
    if search.is_empty() { path.to_owned() } else { format!("{path}?{search}") }
}

/// Pairs as they stand after a `?`.
pub fn search_of<'a>(pairs: impl IntoIterator<Item = (&'a str, String)>) -> String {
    let pair = |(key, value): (&str, String)| format!("{}={}", encoded(key, ""), encoded(&value, ":/"));
    pairs.into_iter().map(pair).collect::<Vec<_>>().join("&")
}

/// The pairs after a `?` (URL Standard, `application/x-www-form-urlencoded`).
pub fn pairs(search: &str) -> Vec<(String, String)> {
    let pair = |pair: &str| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decoded(key), decoded(value))
    };
    search.trim_start_matches('?').split('&').filter(|pair| !pair.is_empty()).map(pair).collect()
}

/// The first value of a name after a `?`; none where it is empty. The router's own map decodes a second time: of a `%` that somebody typed
/// it makes something else.
pub fn value(search: &str, name: &str) -> Option<String> {
    let found = pairs(search).into_iter().find(|(key, _)| key == name);
    found.map(|(_, value)| value).filter(|value| !value.is_empty())
}

/// Percent-encodes all but unreserved characters (RFC 3986 section 2.3) and those of `plain`.
pub fn encoded(text: &str, plain: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || plain.as_bytes().contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// Where somebody signs in and comes back to `address`, a path with its query.
pub fn sign_in_and_back(address: &str) -> String {
    format!("/sign-in?next={}", encoded(address, "/"))
}

fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let escaped = text.get(at + 1..at + 3).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match (byte, escaped) {
            (b'%', Some(byte)) => {
                out.push(byte);
                at += 2;
            }
            (b'+', _) => out.push(b' '),
            (byte, _) => out.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}
