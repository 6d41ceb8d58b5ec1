//! Passwords of local accounts: argon2id with OWASP's parameters (19 MiB, 2 passes, 1 lane;
//! OWASP Password Storage Cheat Sheet), checked off the async threads.

use std::sync::LazyLock;
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

use crate::{Error, Result};

/// The shortest password, in characters (NIST SP 800-63B asks for 8, and for 15 where it stands alone).
pub const SHORTEST: usize = 12;
/// The longest, in bytes: argon2 would take more, but nobody types it.
const LONGEST: usize = 256;

/// What somebody typed as a password.
#[derive(Clone, Debug)]
pub struct Password(SecretString);

impl Password {
    /// Takes what was typed, as it is.
    pub fn new(typed: String) -> Self {
        Self(typed.into())
    }

    /// Whether it may become the password of `username`; else what is wrong with it.
    pub fn acceptable(&self, username: &str) -> Result<(), String> {
        let text = self.0.expose_secret();
        if text.chars().count() < SHORTEST {
            return Err(format!("At least {SHORTEST} characters; a few words are easy to remember"));
        }
        if text.len() > LONGEST {
            return Err(format!("At most {LONGEST} bytes"));
        }
        let mut distinct: Vec<char> = text.chars().collect();
        distinct.sort_unstable();
        distinct.dedup();
        if distinct.len() < 5
            || text.eq_ignore_ascii_case(username)
            || text.to_lowercase().starts_with("password")
        {
            return Err("This is among the first that somebody would guess".to_owned());
        }
        Ok(())
    }

    /// The hash to keep, in PHC form.
    pub async fn hash(&self) -> Result<String> {
        let password = self.0.clone();
        blocking(move || {
            argon2()?
                .hash_password(password.expose_secret().as_bytes())
                .map(|hash| hash.to_string())
                .map_err(|error| Error::internal("hashing a password", error.to_string()))
        })
        .await
    }

    /// Whether it is the password that `hash` was made from. With no hash (no such account) it takes as long and says no.
    pub async fn verify(&self, hash: Option<String>) -> Result<bool> {
        let password = self.0.clone();
        blocking(move || {
            let argon2 = argon2()?;
            let Some(hash) = hash else {
                let spent = argon2.hash_password(password.expose_secret().as_bytes());
                return spent
                    .map(|_| false)
                    .map_err(|error| Error::internal("hashing a password", error.to_string()));
            };
            let hash = PasswordHash::new(&hash)
                .map_err(|error| Error::internal("reading a password hash", error.to_string()))?;
            Ok(argon2.verify_password(password.expose_secret().as_bytes(), &hash).is_ok())
        })
        .await
    }
}

fn argon2() -> Result<Argon2<'static>> {
    let params = Params::new(19 * 1024, 2, 1, None)
        .map_err(|error| Error::internal("setting up argon2", error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// One hash takes a core and 19 MiB: so many at once as there are cores, whoever asks.
static AT_ONCE: LazyLock<Semaphore> = LazyLock::new(|| {
    Semaphore::new(std::thread::available_parallelism().map_or(2, std::num::NonZeroUsize::get))
});
/// Who waits longer than this for their turn comes again later, in seconds.
const WAIT: u64 = 10;

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let turn = tokio::time::timeout(Duration::from_secs(WAIT), AT_ONCE.acquire()).await;
    let Ok(Ok(_turn)) = turn else { return Err(Error::TooMany(WAIT)) };
    tokio::task::spawn_blocking(work).await.map_err(|error| Error::internal("hashing a password", error))?
}
