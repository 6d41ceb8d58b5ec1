//! Credentials at rest: AES-256-GCM (NIST SP 800-38D) under data keys, which are wrapped by the key file's key.
//!
//! Invariants:
//! - the key file lies outside the database, readable by its owner alone;
//! - what a sealed text belongs to is bound to it as associated data: copied into another row it does not open;
//! - a clear secret is a [`SecretString`], which Debug never prints;
//! - a sealed text names its data key: the newest seals, and what an older one sealed still opens;
//! - at every moment, the key file opens every data key, whatever ends while its key is replaced.

mod key_file;
pub(crate) mod store;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use domain::ids::DataKeyId;
use domain::people::{Caller, System};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};

pub use key_file::KeyFileError;

use crate::audit::{Entry, record_in_tx};
use crate::db::Db;
use crate::ids::mint;
use crate::{Error, Result};

/// The form of a sealed text: `v1.<data key>.<nonce>.<ciphertext>`.
const VERSION: &str = "v1";
const NONCE: usize = 12;

/// Seals and opens.
#[derive(Clone)]
pub struct Keys(Arc<Ring>);

struct Ring {
    current: DataKeyId,
    data_keys: HashMap<DataKeyId, Aes256Gcm>,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(…)")
    }
}

impl Keys {
    /// Reads the key file, or makes it where there is neither one nor anything sealed, and unwraps the data keys.
    pub async fn open(db: &Db, path: &Path, now: Timestamp) -> Result<Self> {
        let mut tx = db.begin().await?;
        store::data_keys_lock_in_tx(&mut tx, now).await?;
        let wrapped = store::data_key_list(&mut tx).await?;
        let key_file = KeyFile::load(path, wrapped.is_empty())?;
        let mut data_keys = HashMap::new();
        let mut current = None;
        for row in wrapped {
            let bytes = key_file.unwrap(&row).ok_or_else(|| wrong_key_file(path))?;
            data_keys.insert(row.id, cipher(&bytes).ok_or_else(|| wrong_key_file(path))?);
            current = Some(row.id);
        }
        let current = match current {
            Some(current) => current,
            None => {
                let (id, cipher) = new_data_key(&mut tx, key_file.newest(), now).await?;
                data_keys.insert(id, cipher);
                id
            }
        };
        tx.commit().await?;
        Ok(Self(Arc::new(Ring { current, data_keys })))
    }

    /// Seals `clear`, bound to what it belongs to.
    pub fn seal(&self, clear: &SecretString, belongs_to: &str) -> Result<String> {
        let ring = &self.0;
        let sealed = ring
            .data_keys
            .get(&ring.current)
            .and_then(|cipher| seal_bytes(cipher, clear.expose_secret().as_bytes(), belongs_to))
            .ok_or_else(|| Error::internal("sealing a secret", "AES-GCM refused"))?;
        Ok(format!("{VERSION}.{}.{}", ring.current, BASE64.encode(sealed)))
    }

    /// Opens what [`Keys::seal`] made for the same `belongs_to`.
    pub fn unseal(&self, sealed: &str, belongs_to: &str) -> Result<SecretString> {
        let refused = || {
            Error::internal("opening a sealed secret", "it was altered, moved, or sealed with another key")
        };
        let rest =
            sealed.strip_prefix(VERSION).and_then(|rest| rest.strip_prefix('.')).ok_or_else(refused)?;
        let (id, bytes) = rest.split_once('.').ok_or_else(refused)?;
        let id: DataKeyId = id.parse().map_err(|_| refused())?;
        let cipher = self.0.data_keys.get(&id).ok_or_else(refused)?;
        let clear = BASE64
            .decode(bytes)
            .ok()
            .and_then(|bytes| open_bytes(cipher, &bytes, belongs_to))
            .ok_or_else(refused)?;
        String::from_utf8(clear).map(SecretString::from).map_err(|_| refused())
    }
}

/// Puts a new key into the key file and wraps every data key with it.
///
/// Processes that run go on, since they hold the data keys themselves. Both keys stand in the file until the database has what the new one
/// wrapped, so that one that ends in between leaves a file that opens everything; rotating again ends what it began.
pub async fn rotate(db: &Db, path: &Path, now: Timestamp) -> Result<()> {
    let mut tx = db.begin().await?;
    store::data_keys_lock_in_tx(&mut tx, now).await?;
    let rows = store::data_key_list(&mut tx).await?;
    if rows.is_empty() {
        return Err(Error::Conflict("There is no key yet: the first start makes it".to_owned()));
    }
    let known = key_file::load(path, false).map_err(unusable)?;
    let key_file = KeyFile::of(&known);
    let new: key_file::Key = rand::random();
    let wrapping = Aes256Gcm::new(&new.into());
    let mut wrapped = Vec::with_capacity(rows.len());
    for row in &rows {
        let bytes = key_file.unwrap(row).ok_or_else(|| wrong_key_file(path))?;
        wrapped.push((row.id, wrap(&wrapping, row.id, &bytes)?));
    }
    key_file::replace(path, &[&[new][..], &known].concat()).map_err(unusable)?;
    for (id, text) in &wrapped {
        store::data_key_wrap_in_tx(&mut tx, *id, text).await?;
    }
    let entry = Entry::new("key.rotate", "key file", "key", "the key file");
    let operator = Caller::System(System { job: None, on_behalf_of: None });
    record_in_tx(&mut tx, &operator, entry, now).await?;
    tx.commit().await?;
    let mut tx = db.begin().await?;
    store::data_keys_lock_in_tx(&mut tx, now).await?;
    // Whoever rotated it meanwhile goes on from both, and takes both out.
    if key_file::load(path, false).map_err(unusable)?.first() == Some(&new) {
        key_file::replace(path, &[new]).map_err(unusable)?;
    }
    tx.commit().await?;
    Ok(())
}

/// What the key file opens.
struct KeyFile(Vec<Aes256Gcm>);

impl KeyFile {
    fn load(path: &Path, may_make: bool) -> Result<Self> {
        key_file::load(path, may_make).map(|keys| Self::of(&keys)).map_err(unusable)
    }

    fn of(keys: &[key_file::Key]) -> Self {
        Self(keys.iter().map(|key| Aes256Gcm::new(key.into())).collect())
    }

    fn newest(&self) -> &Aes256Gcm {
        &self.0[0]
    }

    fn unwrap(&self, row: &store::Row) -> Option<Vec<u8>> {
        let wrapped = decode(&row.wrapped)?;
        self.0.iter().find_map(|key| open_bytes(key, &wrapped, &row.id.to_string()))
    }
}

async fn new_data_key(
    tx: &mut crate::db::Tx,
    key_file: &Aes256Gcm,
    now: Timestamp,
) -> Result<(DataKeyId, Aes256Gcm)> {
    let id: DataKeyId = mint(now);
    let bytes: [u8; 32] = rand::random();
    store::data_key_create(tx, id, &wrap(key_file, id, &bytes)?, now).await?;
    Ok((id, Aes256Gcm::new(&bytes.into())))
}

/// A data key as it is stored, bound to its id.
fn wrap(key_file: &Aes256Gcm, id: DataKeyId, bytes: &[u8]) -> Result<String> {
    let wrapped = seal_bytes(key_file, bytes, &id.to_string());
    let wrapped = wrapped.ok_or_else(|| Error::internal("wrapping a data key", "AES-GCM refused"))?;
    Ok(BASE64.encode(wrapped))
}

/// A fresh random nonce in front of the ciphertext. 2^32 texts under one data key would be too many (SP 800-38D section 8.3). Sealed are
/// credentials, secret parameters, and what a form without JavaScript leaves for the next page: that many would take a form each second
/// for a hundred years.
fn seal_bytes(cipher: &Aes256Gcm, clear: &[u8], belongs_to: &str) -> Option<Vec<u8>> {
    let nonce: [u8; NONCE] = rand::random();
    let payload = Payload { msg: clear, aad: belongs_to.as_bytes() };
    let mut sealed = nonce.to_vec();
    sealed.extend(cipher.encrypt(&Nonce::from(nonce), payload).ok()?);
    Some(sealed)
}

fn open_bytes(cipher: &Aes256Gcm, sealed: &[u8], belongs_to: &str) -> Option<Vec<u8>> {
    let (nonce, ciphertext) = sealed.split_at_checked(NONCE)?;
    let nonce: [u8; NONCE] = nonce.try_into().ok()?;
    cipher.decrypt(&Nonce::from(nonce), Payload { msg: ciphertext, aad: belongs_to.as_bytes() }).ok()
}

fn cipher(bytes: &[u8]) -> Option<Aes256Gcm> {
    Aes256Gcm::new_from_slice(bytes).ok()
}

fn decode(text: &str) -> Option<Vec<u8>> {
    BASE64.decode(text).ok()
}

/// Whether a key file that is there can be used. One that is missing is made at the first start, and only the database tells whether
/// this is one.
pub fn check_key_file(path: &Path) -> Result<(), KeyFileError> {
    match key_file::load(path, false) {
        Ok(_) | Err(KeyFileError::Missing(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

fn wrong_key_file(path: &Path) -> Error {
    unusable(KeyFileError::Wrong(path.to_owned()))
}

fn unusable(error: KeyFileError) -> Error {
    Error::Unavailable { sentence: error.to_string(), source: Box::new(error) }
}
