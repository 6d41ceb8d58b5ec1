//! When the tokens of connections end, where they say so themselves.

use std::collections::{HashMap, HashSet};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::clusters::token_ends_soon;
use domain::ids::ClusterId;
use domain::people::{Action, Caller, authorize};
use jiff::Timestamp;
use secrecy::ExposeSecret;
use serde_json::Value;

use super::connection::Identity;
use super::contact::unsealed;
use super::store;
use crate::Result;
use crate::db::Db;
use crate::secrets::Keys;

/// When the tokens end that Slipway signs in to the connected clusters with, of each that says so. Administrators only. Credentials that
/// cannot be read say nothing, and keep nobody from the pages of clusters, where they are replaced.
pub async fn list_token_ends(db: &Db, keys: &Keys, caller: &Caller) -> Result<HashMap<ClusterId, Timestamp>> {
    authorize(caller, Action::ManageConnections)?;
    let sealed = store::cluster_credentials_list(&mut db.read().await?).await?;
    let mut ends = HashMap::new();
    for store::SealedCredentials { id, credentials } in sealed {
        let end = match unsealed(keys, id, &credentials) {
            Ok(credentials) => match credentials.identity {
                Identity::Token(token) => end_of(token.expose_secret()),
                Identity::Certificate { .. } => None,
            },
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, cluster = %id, "its credentials cannot be read");
                None
            }
        };
        ends.extend(end.map(|end| (id, end)));
    }
    Ok(ends)
}

/// The connected clusters whose tokens end soon or have ended. Administrators only.
pub async fn list_ending(
    db: &Db,
    keys: &Keys,
    caller: &Caller,
    now: Timestamp,
) -> Result<HashSet<ClusterId>> {
    let ends = list_token_ends(db, keys, caller).await?;
    Ok(ends.into_iter().filter(|(_, end)| token_ends_soon(*end, now)).map(|(id, _)| id).collect())
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
