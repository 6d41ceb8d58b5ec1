//! References to entities: `kind:namespace/name`, the key of every map in the catalog.
//!
//! - The text is always canonical: lower case and whole. Two references are equal exactly when
//!   they name the same entity, since Backstage's references are unique without regard to case.
//! - No part holds a control character, so every database can keep any reference.
//! - A clone costs one counter, so relations and posting lists may hold as many as they like.

use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    str::FromStr,
    sync::Arc,
};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// The namespace of an entity that names none.
pub const DEFAULT_NAMESPACE: &str = "default";

/// The longest reference that is read, in bytes. Three parts of 63 characters fit with room.
pub const MAX_LENGTH: usize = 512;

/// The canonical reference of an entity.
#[derive(Clone)]
pub struct EntityRef {
    text: Arc<str>,
    /// Byte offsets of the colon after the kind and of the slash after the namespace.
    colon: u16,
    slash: u16,
}

/// What a reference that leaves parts out is completed with.
#[derive(Debug, Clone, Copy)]
pub struct RefContext<'a> {
    /// `None` where a bare name is an error, as in `dependsOn`.
    pub kind: Option<&'a str>,
    pub namespace: &'a str,
}

/// Why a text is no reference. The sentence is for the person who wrote it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RefError {
    #[error("a reference must not be empty")]
    Empty,
    #[error("`{0}` is no reference: write it as [kind:][namespace/]name, with no part empty")]
    EmptyPart(String),
    #[error("`{0}` does not say its kind: write it as kind:{0}, for example component:{0} or resource:{0}")]
    NoKind(String),
    #[error("a reference has at most {MAX_LENGTH} bytes, this one has {0}")]
    TooLong(usize),
    #[error("`{0}` cannot be part of a reference")]
    BadPart(String),
}

impl EntityRef {
    /// Builds a reference from its parts, of any case.
    pub fn new(kind: &str, namespace: &str, name: &str) -> Result<Self, RefError> {
        for part in [kind, namespace, name] {
            if part.is_empty() {
                return Err(RefError::EmptyPart(format!("{kind}:{namespace}/{name}")));
            }
            // No name of an entity has one, PostgreSQL keeps no NUL, and nobody would see it.
            if part.contains(char::is_control) {
                return Err(RefError::BadPart(part.escape_debug().to_string()));
            }
        }
        if kind.contains([':', '/']) {
            return Err(RefError::BadPart(kind.to_owned()));
        }
        if namespace.contains('/') {
            return Err(RefError::BadPart(namespace.to_owned()));
        }
        let length = kind.len() + namespace.len() + name.len() + 2;
        if length > MAX_LENGTH {
            return Err(RefError::TooLong(length));
        }
        let mut text = String::with_capacity(length);
        push_lower(&mut text, kind);
        let colon = text.len();
        text.push(':');
        push_lower(&mut text, namespace);
        let slash = text.len();
        text.push('/');
        push_lower(&mut text, name);
        // Lower case may be longer than what was given, but at most threefold: far below 65,536.
        let offset = |at: usize| u16::try_from(at).map_err(|_| RefError::TooLong(at));
        Ok(EntityRef { colon: offset(colon)?, slash: offset(slash)?, text: text.into() })
    }

    /// Reads `[kind:][namespace/]name`. A colon counts only before the first slash
    /// (Backstage, "Entity references").
    pub fn parse(text: &str, context: RefContext<'_>) -> Result<Self, RefError> {
        if text.is_empty() {
            return Err(RefError::Empty);
        }
        if text.len() > MAX_LENGTH {
            return Err(RefError::TooLong(text.len()));
        }
        let slash = text.find('/');
        let colon = text.find(':').filter(|colon| slash.is_none_or(|slash| *colon < slash));
        let kind = colon.map(|colon| &text[..colon]);
        let after_kind = colon.map_or(0, |colon| colon + 1);
        let namespace = slash.map(|slash| &text[after_kind..slash]);
        let name = &text[slash.map_or(after_kind, |slash| slash + 1)..];
        if kind == Some("") || namespace == Some("") || name.is_empty() {
            return Err(RefError::EmptyPart(text.to_owned()));
        }
        let Some(kind) = kind.or(context.kind) else {
            return Err(RefError::NoKind(text.to_owned()));
        };
        Self::new(kind, namespace.unwrap_or(context.namespace), name)
    }

    /// The kind in lower case, as in `api`.
    pub fn kind(&self) -> &str {
        &self.text[..usize::from(self.colon)]
    }

    /// The namespace in lower case.
    pub fn namespace(&self) -> &str {
        &self.text[usize::from(self.colon) + 1..usize::from(self.slash)]
    }

    /// The name in lower case.
    pub fn name(&self) -> &str {
        &self.text[usize::from(self.slash) + 1..]
    }

    /// The canonical text, `kind:namespace/name`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The shortest text that still names this entity where `kind` and `namespace` are understood:
    /// `payments` for `group:default/payments` in a column of owners.
    pub fn short(&self, kind: &str, namespace: &str) -> &str {
        let same_kind = self.kind().eq_ignore_ascii_case(kind);
        let same_namespace = self.namespace().eq_ignore_ascii_case(namespace);
        match (same_kind, same_namespace) {
            // A name that holds a colon or slash would be read otherwise.
            (true, true) if !self.name().contains([':', '/']) => self.name(),
            (true, _) if !self.namespace().contains(':') => &self.text[usize::from(self.colon) + 1..],
            _ => self.as_str(),
        }
    }
}

fn push_lower(out: &mut String, part: &str) {
    if part.is_ascii() {
        out.extend(part.chars().map(|c| c.to_ascii_lowercase()));
    } else {
        out.push_str(&part.to_lowercase());
    }
}

impl PartialEq for EntityRef {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.text, &other.text) || self.text == other.text
    }
}

impl Eq for EntityRef {}

impl PartialOrd for EntityRef {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for EntityRef {
    fn cmp(&self, other: &Self) -> Ordering {
        self.text.cmp(&other.text)
    }
}

impl Hash for EntityRef {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

/// A map keyed by references can be asked with the canonical text.
impl std::borrow::Borrow<str> for EntityRef {
    fn borrow(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for EntityRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for EntityRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EntityRef({})", self.text)
    }
}

/// Reads a reference that says its kind; the namespace may be left out.
impl FromStr for EntityRef {
    type Err = RefError;
    fn from_str(text: &str) -> Result<Self, RefError> {
        Self::parse(text, RefContext { kind: None, namespace: DEFAULT_NAMESPACE })
    }
}

impl Serialize for EntityRef {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for EntityRef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
#[path = "reference_tests.rs"]
mod tests;
