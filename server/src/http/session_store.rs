//! tower-sessions' store over `platform::people::sessions`.
//!
//! It remembers what it read for [`LIFETIME`], so that a page costs no query for its session; what this process changes
//! it forgets at once, and so a sign-out holds here immediately and on other replicas within that time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use app::request::SESSION_ACCOUNT;
use async_trait::async_trait;
use domain::ids::AccountId;
use jiff::{SignedDuration, Timestamp};
use platform::clock::Clock;
use platform::db::Db;
use platform::people::sessions::{self, Lifetimes};
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
    memory: Arc<Mutex<HashMap<Id, (Timestamp, Record)>>>,
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
            memory.clear();
        }
    }

    /// Notes the use of a session, at most once a minute.
    pub async fn touch(&self, id: &Id, user_agent: &str) {
        let now = self.clock.now();
        let seen = sessions::find(&self.db, &id.to_string(), now).await;
        let due = matches!(&seen, Ok(Some(kept)) if now.duration_since(kept.seen_at.0) >= TOUCH_EVERY);
        if due
            && let Err(error) =
                sessions::touch(&self.db, &id.to_string(), self.lifetimes, user_agent, now).await
        {
            tracing::warn!(%error, "a session's last use could not be noted");
        }
    }

    fn remember(&self, record: &Record, now: Timestamp) {
        if let Ok(mut memory) = self.memory.lock() {
            memory.retain(|_, (at, _)| now.duration_since(*at) < LIFETIME);
            memory.insert(record.id, (now, record.clone()));
        }
    }

    fn forget_one(&self, id: &Id) {
        if let Ok(mut memory) = self.memory.lock() {
            memory.remove(id);
        }
    }

    fn remembered(&self, id: &Id, now: Timestamp) -> Option<Record> {
        let memory = self.memory.lock().ok()?;
        let (at, record) = memory.get(id)?;
        (now.duration_since(*at).abs() < LIFETIME).then(|| record.clone())
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
                account(record),
                &data,
                self.lifetimes,
                now,
            )
            .await;
            if made.map_err(backend)? {
                return Ok(());
            }
            record.id = Id::default();
        }
        Err(Error::Backend("no free session id".to_owned()))
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let data = encode(record)?;
        self.forget_one(&record.id);
        sessions::save(&self.db, &record.id.to_string(), account(record), &data).await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let now = self.clock.now();
        if let Some(record) = self.remembered(id, now) {
            return Ok(Some(record));
        }
        let Some(kept) = sessions::find(&self.db, &id.to_string(), now).await.map_err(backend)? else {
            return Ok(None);
        };
        let data = serde_json::from_str(&kept.data).map_err(|error| Error::Decode(error.to_string()))?;
        let expiry_date = OffsetDateTime::from_unix_timestamp(kept.expires_at.0.as_second())
            .map_err(|error| Error::Decode(error.to_string()))?;
        let record = Record { id: *id, data, expiry_date };
        self.remember(&record, now);
        Ok(Some(record))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        self.forget_one(id);
        sessions::delete(&self.db, &id.to_string()).await.map_err(backend)
    }
}

fn encode(record: &Record) -> Result<String> {
    serde_json::to_string(&record.data).map_err(|error| Error::Encode(error.to_string()))
}

fn account(record: &Record) -> Option<AccountId> {
    record.data.get(SESSION_ACCOUNT)?.as_str()?.parse().ok()
}

fn backend(error: platform::db::Error) -> Error {
    Error::Backend(error.to_string())
}
