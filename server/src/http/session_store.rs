//! tower-sessions' store over `platform::people::sessions`.
//!
//! It remembers what it read for [`LIFETIME`], so that a page costs no query for its session; what this process changes
//! it forgets at once, and so a sign-out holds here immediately and on other replicas within that time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use app::request::{SESSION_ACCOUNT, SESSION_GENERATION};
use async_trait::async_trait;
use domain::ids::AccountId;
use jiff::{SignedDuration, Timestamp};
use platform::clock::Clock;
use platform::db::Db;
use platform::people::SignedIn;
use platform::people::sessions::{self, Begun, Lifetimes};
use tower_sessions::SessionStore;
use tower_sessions::cookie::time::OffsetDateTime;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};

/// How long a read is used again.
const LIFETIME: SignedDuration = SignedDuration::from_secs(1);
/// How often "last used" is written.
const TOUCH_EVERY: SignedDuration = SignedDuration::from_secs(60);

/// The store.
#[derive(Clone)]
pub struct SessionStoreDb {
    db: Db,
    clock: Clock,
    lifetimes: Lifetimes,
    memory: Arc<Mutex<Memory>>,
}

#[derive(Default)]
struct Memory {
    /// Grows when something is forgotten, so that what was read before is not remembered after.
    generation: u64,
    readings: HashMap<Id, Reading>,
}

/// A session as it was read.
struct Reading {
    at: Timestamp,
    /// When its use was last written down.
    seen_at: Timestamp,
    /// Whether it is written down how its browser names itself.
    names_browser: bool,
    record: Record,
}

impl std::fmt::Debug for SessionStoreDb {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionStoreDb")
    }
}

impl SessionStoreDb {
    /// Keeps sessions in this database.
    pub fn new(db: Db, clock: Clock, lifetimes: Lifetimes) -> Self {
        Self { db, clock, lifetimes, memory: Arc::default() }
    }

    /// Forgets everything it read: after sessions of an account were ended.
    pub fn forget(&self) {
        if let Ok(mut memory) = self.memory.lock() {
            memory.generation += 1;
            memory.readings.clear();
        }
    }

    /// Notes the use of a session: the first, and then at most once a minute.
    pub async fn touch(&self, id: &Id, user_agent: &str) {
        let now = self.clock.now();
        // The request that is noted was let in by a reading, so that it is here.
        let Some(noted) = self.remembered(id, now, |reading| {
            now.duration_since(reading.seen_at) < TOUCH_EVERY
                && (reading.names_browser || user_agent.is_empty())
        }) else {
            return;
        };
        if noted {
            return;
        }
        match sessions::touch(&self.db, &id.to_string(), self.lifetimes, user_agent, now).await {
            Ok(()) => self.forget_one(id),
            Err(error) => tracing::warn!(%error, "a session's last use could not be noted"),
        }
    }

    fn generation(&self) -> u64 {
        self.memory.lock().map_or(0, |memory| memory.generation)
    }

    fn remember(&self, generation: u64, reading: Reading) {
        if let Ok(mut memory) = self.memory.lock()
            && memory.generation == generation
        {
            memory.readings.retain(|_, other| reading.at.duration_since(other.at) < LIFETIME);
            memory.readings.insert(reading.record.id, reading);
        }
    }

    fn forget_one(&self, id: &Id) {
        if let Ok(mut memory) = self.memory.lock() {
            memory.generation += 1;
            memory.readings.remove(id);
        }
    }

    fn remembered<T>(&self, id: &Id, now: Timestamp, take: impl FnOnce(&Reading) -> T) -> Option<T> {
        let memory = self.memory.lock().ok()?;
        let reading = memory.readings.get(id)?;
        (now.duration_since(reading.at).abs() < LIFETIME).then(|| take(reading))
    }
}

#[async_trait]
impl SessionStore for SessionStoreDb {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let now = self.clock.now();
        let data = encode(record)?;
        // 128 random bits do not meet twice; should they, another id is drawn instead of joining somebody's session.
        for _ in 0..8 {
            let made = sessions::create(
                &self.db,
                &record.id.to_string(),
                signed_in(record),
                &data,
                self.lifetimes,
                now,
            )
            .await;
            match made.map_err(backend)? {
                Begun::Yes => return Ok(()),
                Begun::Ended => {
                    let words = "the account's sessions were ended since its password was looked at";
                    return Err(Error::Backend(words.to_owned()));
                }
                Begun::IdTaken => record.id = Id::default(),
            }
        }
        Err(Error::Backend("no free session id".to_owned()))
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let data = encode(record)?;
        let saved = sessions::save(&self.db, &record.id.to_string(), account(record), &data).await;
        // Afterwards, since another request may have read it meanwhile.
        self.forget_one(&record.id);
        saved.map_err(backend)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let now = self.clock.now();
        if let Some(record) = self.remembered(id, now, |reading| reading.record.clone()) {
            return Ok(Some(record));
        }
        let generation = self.generation();
        let Some(kept) = sessions::find(&self.db, &id.to_string(), now).await.map_err(backend)? else {
            return Ok(None);
        };
        let data = serde_json::from_str(&kept.data).map_err(|error| Error::Decode(error.to_string()))?;
        let expiry_date = OffsetDateTime::from_unix_timestamp(kept.expires_at.0.as_second())
            .map_err(|error| Error::Decode(error.to_string()))?;
        let record = Record { id: *id, data, expiry_date };
        let reading = Reading {
            at: now,
            seen_at: kept.seen_at.0,
            names_browser: !kept.user_agent.is_empty(),
            record: record.clone(),
        };
        self.remember(generation, reading);
        Ok(Some(record))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        let deleted = sessions::delete(&self.db, &id.to_string()).await;
        self.forget_one(id);
        deleted.map_err(backend)
    }
}

fn encode(record: &Record) -> Result<String> {
    serde_json::to_string(&record.data).map_err(|error| Error::Encode(error.to_string()))
}

fn account(record: &Record) -> Option<AccountId> {
    record.data.get(SESSION_ACCOUNT)?.as_str()?.parse().ok()
}

fn signed_in(record: &Record) -> Option<SignedIn> {
    let generation = record.data.get(SESSION_GENERATION).and_then(serde_json::Value::as_i64);
    Some(SignedIn { account: account(record)?, generation: generation.unwrap_or_default() })
}

fn backend(error: platform::db::Error) -> Error {
    Error::Backend(error.to_string())
}
