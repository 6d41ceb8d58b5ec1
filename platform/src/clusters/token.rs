//! When the token of a connection ends, where it says so itself.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use secrecy::ExposeSecret;
use serde_json::Value;

use super::client::Access;
use super::connection::Identity;

/// When the token ends among what a connection signs in with. The own account's is renewed by its cluster.
pub(crate) fn ends(access: &Access) -> Option<Timestamp> {
    let Access::Given(credentials) = access else { return None };
    match &credentials.identity {
        Identity::Token(token) => end_of(token.expose_secret()),
        Identity::Certificate { .. } => None,
    }
}

/// The `exp` of a JSON Web Token (RFC 7519 section 4.1.4). Nobody is let in by it, so its signature is not looked at.
fn end_of(token: &str) -> Option<Timestamp> {
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    let claims: Value = serde_json::from_slice(&claims).ok()?;
    Timestamp::from_second(claims["exp"].as_i64()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_says_when_it_ends() {
        let token = |claims: &str| format!("head.{}.signature", URL_SAFE_NO_PAD.encode(claims));
        let end = end_of(&token(r#"{"exp":1796112060,"sub":"slipway"}"#)).expect("an end");
        assert_eq!(end.to_string(), "2026-12-01T08:01:00Z");
        for other in [token("{}"), token(r#"{"exp":"soon"}"#), "abc".to_owned(), "a.b.c".to_owned()] {
            assert_eq!(end_of(&other), None, "{other}");
        }
    }
}
