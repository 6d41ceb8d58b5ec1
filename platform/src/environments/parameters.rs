//! The parameters of an environment at rest: those with `x-secret` are sealed, and gone once the environment is.
//!
//! A blueprint names them with [`SECRET_PREFIX`], and no others, so that the name alone tells.

use domain::form::SECRET_PREFIX;
use domain::ids::EnvironmentId;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};

use crate::secrets::Keys;
use crate::{Error, Result};

/// As they are kept.
pub fn seal(keys: &Keys, id: EnvironmentId, clear: &Map<String, Value>) -> Result<Map<String, Value>> {
    each_secret(clear, |name, text| keys.seal(&SecretString::from(text), &belongs_to(id, name)))
}

/// As they were typed.
pub fn unseal(keys: &Keys, id: EnvironmentId, kept: &Map<String, Value>) -> Result<Map<String, Value>> {
    each_secret(kept, |name, text| {
        keys.unseal(text, &belongs_to(id, name)).map(|clear| clear.expose_secret().to_owned())
    })
}

/// What stays of them when nothing needs the secrets any more.
pub fn without_secrets(kept: &Value) -> Value {
    let Value::Object(kept) = kept else { return Value::Null };
    let rest = kept.iter().filter(|(name, _)| !name.starts_with(SECRET_PREFIX));
    Value::Object(rest.map(|(name, value)| (name.clone(), value.clone())).collect())
}

fn each_secret(
    all: &Map<String, Value>,
    change: impl Fn(&str, &str) -> Result<String>,
) -> Result<Map<String, Value>> {
    let changed = all.iter().map(|(name, value)| {
        let value = match value {
            Value::String(text) if name.starts_with(SECRET_PREFIX) => Value::String(change(name, text)?),
            Value::Null => Value::Null,
            other if name.starts_with(SECRET_PREFIX) => {
                // The schema has free text alone; whatever else would be kept in clear.
                return Err(Error::internal("sealing a parameter", format!("{name} is {other:?}")));
            }
            other => other.clone(),
        };
        Ok((name.clone(), value))
    });
    changed.collect()
}

fn belongs_to(id: EnvironmentId, name: &str) -> String {
    format!("environment:{id}:{name}")
}
