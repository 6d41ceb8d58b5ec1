//! Credentials of image registries: a Docker `config.json` whose `auths` carries them, as `kubernetes.io/dockerconfigjson` wants it.
//!
//! Every environment gets them as a Secret that its pods pull with. Helpers that would have to be run are refused.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::SecretString;
use serde_json::{Value, json};

/// The most that is taken, in bytes.
const MAX_BYTES: usize = 16 * 1024;

/// What was typed, once it is right.
#[derive(Clone, Debug)]
pub struct Registry {
    /// The registries, as they are written: `registry.example.com`.
    pub hosts: Vec<String>,
    /// `{"auths": …}` and nothing else.
    pub config: SecretString,
}

/// Reads what was typed. The error is a sentence for the person, and repeats nothing of it.
pub fn read(text: &str) -> Result<Registry, String> {
    if text.len() > MAX_BYTES {
        return Err(format!("This is larger than {} KiB", MAX_BYTES / 1024));
    }
    let refused = |line: usize, column: usize| {
        format!("This is not JSON (line {line}, column {column}): paste a Docker config.json")
    };
    let document: Value =
        serde_json::from_str(text).map_err(|error| refused(error.line(), error.column()))?;
    for helper in ["credsStore", "credHelpers"] {
        if !document[helper].is_null() {
            return Err(format!(
                "“{helper}” would run a program: sign in without it, so that “auths” carries the credentials"
            ));
        }
    }
    let auths = document["auths"].as_object().filter(|auths| !auths.is_empty());
    let auths = auths.ok_or("It has no “auths”: an object with a registry and its “auth” at least")?;
    for (host, entry) in auths {
        let decoded = entry["auth"].as_str().and_then(|auth| STANDARD.decode(auth.trim()).ok());
        let has_auth = decoded.is_some_and(|auth| auth.contains(&b':'));
        let has_parts = entry["username"].is_string() && entry["password"].is_string();
        if !has_auth && !has_parts {
            return Err(format!(
                "“auths” carries no credentials for {host}: “auth” is NAME:PASSWORD in base64"
            ));
        }
    }
    let config = json!({ "auths": auths }).to_string();
    Ok(Registry { hosts: auths.keys().cloned().collect(), config: config.into() })
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn credentials_are_taken_and_nothing_else() {
        let text = r#"{"auths": {"registry.example.com": {"auth": "bmFtZTpwYXNz"}}, "HttpHeaders": {"User-Agent": "x"}}"#;
        let registry = read(text).expect("credentials");
        assert_eq!(registry.hosts, ["registry.example.com"]);
        assert_eq!(
            registry.config.expose_secret(),
            r#"{"auths":{"registry.example.com":{"auth":"bmFtZTpwYXNz"}}}"#
        );
        read(r#"{"auths": {"r": {"username": "name", "password": "pass"}}}"#)
            .expect("the other way to write it");
    }

    #[test]
    fn what_is_wrong_is_told_without_repeating_it() {
        for (text, words) in [
            ("auth: secret", "This is not JSON (line 1, column 1)"),
            ("{}", "It has no “auths”"),
            (r#"{"auths": {}}"#, "It has no “auths”"),
            (r#"{"auths": {"r": {}}}"#, "“auths” carries no credentials for r"),
            (r#"{"auths": {"r": {"auth": "secret"}}}"#, "“auths” carries no credentials for r"),
            (
                r#"{"auths": {"r": {"auth": "bmFtZTpwYXNz"}}, "credsStore": "secret"}"#,
                "“credsStore” would run a program",
            ),
        ] {
            let refused = read(text).expect_err(text);
            assert!(refused.starts_with(words) && !refused.contains("secret"), "{refused}");
        }
    }
}
