//! Passwords of local accounts: argon2id with OWASP's parameters (19 MiB, 2 passes, 1 lane;
//! OWASP Password Storage Cheat Sheet), checked off the async threads.

use std::sync::LazyLock;
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;
use zxcvbn::Score;
use zxcvbn::feedback::Warning;

use crate::{Error, Result};

/// The shortest password, in characters (NIST SP 800-63B asks for 8, and for 15 where it stands alone).
pub const SHORTEST: usize = 12;
/// The longest, in bytes: argon2 would take more, but nobody types it.
const LONGEST: usize = 256;
/// So many characters are judged: what begins well enough is good enough, and judging takes the longer the more there are.
const JUDGED: usize = 32;
/// Below it a password is guessed within 10^8 tries. All of the most common ones lie there, and more than a list would name
/// (OWASP ASVS 5, 6.2.4 asks for the first 3000).
const ENOUGH: Score = Score::Three;

/// What somebody typed as a password.
#[derive(Clone, Debug)]
pub struct Password(SecretString);

impl Password {
    /// Takes what was typed, as it is.
    pub fn new(typed: String) -> Self {
        Self(typed.into())
    }

    /// Why it cannot become the password of somebody whom the texts are about (their names); none when it can.
    pub async fn refused(&self, about: &[&str]) -> Result<Option<String>> {
        let text = self.0.expose_secret();
        if text.chars().count() < SHORTEST {
            return Ok(Some(format!("This is too short. At least {SHORTEST} characters are needed")));
        }
        if text.len() > LONGEST {
            return Ok(Some(format!("At most {LONGEST} bytes")));
        }
        let password = self.0.clone();
        let about: Vec<String> = about.iter().flat_map(|text| guesses(text)).collect();
        blocking(move || Ok(easily_guessed(password.expose_secret(), &about))).await
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

/// What somebody who knows this name tries first: it, its parts, and its parts in one.
fn guesses(name: &str) -> Vec<String> {
    let parts = name.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    let mut all: Vec<String> = parts.map(str::to_lowercase).collect();
    all.extend([name.to_lowercase(), all.concat()]);
    all
}

/// Why a password is among those that are guessed first, if it is.
fn easily_guessed(password: &str, about: &[String]) -> Option<String> {
    let start: String = password.chars().take(JUDGED).collect();
    let mut known: Vec<&str> = about.iter().map(String::as_str).collect();
    known.push("slipway");
    let judged = zxcvbn::zxcvbn(&start, &known);
    if judged.score() >= ENOUGH {
        return None;
    }
    let why = match judged.feedback().and_then(zxcvbn::feedback::Feedback::warning) {
        Some(Warning::StraightRowsOfKeysAreEasyToGuess | Warning::ShortKeyboardPatternsAreEasyToGuess) => {
            "it follows the keys of a keyboard"
        }
        Some(
            Warning::RepeatsLikeAaaAreEasyToGuess | Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess,
        ) => "it repeats itself",
        Some(Warning::SequencesLikeAbcAreEasyToGuess) => "it follows an order, as 1234 does",
        Some(
            Warning::ThisIsATop10Password
            | Warning::ThisIsATop100Password
            | Warning::ThisIsACommonPassword
            | Warning::ThisIsSimilarToACommonlyUsedPassword,
        ) => "many people use it, or one that is much like it",
        Some(
            Warning::AWordByItselfIsEasyToGuess
            | Warning::NamesAndSurnamesByThemselvesAreEasyToGuess
            | Warning::CommonNamesAndSurnamesAreEasyToGuess,
        ) => "it is little more than a word or a name",
        Some(Warning::RecentYearsAreEasyToGuess | Warning::DatesAreOftenEasyToGuess) => {
            "it is little more than a date"
        }
        None => "it is built from common words, names and years",
    };
    Some(format!("Easy to guess: {why}. Use a few unrelated words instead"))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_guessed_first_is_refused_and_says_why() {
        let about: Vec<String> = ["mina.okafor", "Mina Okafor"].into_iter().flat_map(guesses).collect();
        for (password, why) in [
            ("administrator", "a word or a name"),
            ("qwertyuiop123", "many people use it"),
            ("iloveyou1234", "many people use it"),
            ("Password123!", "many people use it"),
            ("1q2w3e4r5t6y", "many people use it"),
            ("abcdefghijkl", "follows an order"),
            ("letmeinletmein", "repeats itself"),
            ("slipway12345", "common words"),
            ("mina.okafor1", "Easy to guess"),
            ("MinaOkafor2026", "Easy to guess"),
            ("Slipway2026!", "Easy to guess"),
            (&"ab".repeat(60), "repeats itself"),
        ] {
            let said = easily_guessed(password, &about).unwrap_or_default();
            assert!(said.contains(why), "{password}: {said}");
        }
        for password in
            ["correct horse battery", "an entirely new one", "zuckerwatte und bier", "xK9#mQ2$vL7p"]
        {
            assert_eq!(easily_guessed(password, &about), None, "{password}");
        }
    }
}
