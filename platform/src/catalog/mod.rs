//! The catalog: reads entity files from folders and repositories, keeps them, and answers from memory.
//!
//! - Reads never touch the database but for large definitions, raw text, history, sources and the pages about files;
//!   everything else comes from the [`Snapshot`].
//! - One transaction stores a whole run; the generation that it makes is what replicas follow.
//! - What a file may do is decided by its source's settings, which only administrators change.
//!
//! The way of a refresh: [`service::refresh_source`] → `job` → `ingest` (reads by `folder` or `git`, through `read` and
//! `document`) → `ownership` → `settle` (claims, entities, history) → [`Catalog::reload`] → a new [`Snapshot`].

mod bounds;
mod cores;
mod difference;
mod document;
mod folder;
mod git;
pub(crate) mod hash;
mod ingest;
mod job;
mod note;
mod ownership;
mod pair;
mod read;
mod record;
pub mod service;
mod settle;
pub mod snapshot;
pub mod source;
pub(crate) mod store;
mod tree;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::sync::Mutex;

pub use bounds::{Bounds, Own};
pub use ingest::Ingested;
pub use job::KIND as REFRESH_KIND;
pub use note::{Note, Severity};
pub use snapshot::{Entry, Snapshot, Visibility};

use crate::catalog::ingest::ReadFrom;
use crate::catalog::read::ReadLimits;
use crate::clock::Clock;
use crate::db::{self, Db};
use crate::jobs::Waker;
use crate::outgoing::Outgoing;

/// How often a replica looks whether another one changed the catalog.
const FOLLOW_EVERY: Duration = Duration::from_secs(1);

/// What the operator decides about the catalog.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where mirrors of repositories lie; a cache that may be deleted.
    pub mirrors: PathBuf,
    /// The folders of this machine below which sources may lie; empty for any.
    pub roots: Vec<PathBuf>,
    /// How repositories are reached.
    pub outgoing: Outgoing,
}

/// The catalog of this process.
#[derive(Clone, Debug)]
pub struct Catalog {
    db: Db,
    clock: Clock,
    waker: Waker,
    from: Arc<ReadFrom>,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    snapshot: ArcSwap<Snapshot>,
    /// Held while a new snapshot is made, so that a later one is never replaced by an earlier one; whether one was made.
    made: Mutex<bool>,
}

impl Catalog {
    /// Opens the catalog and loads its snapshot.
    pub async fn open(db: Db, clock: Clock, waker: Waker, config: Config) -> db::Result<Self> {
        let from = ReadFrom {
            mirrors: config.mirrors,
            bounds: Bounds { roots: config.roots, own: None },
            outgoing: config.outgoing,
            limits: ReadLimits::default(),
        };
        let shared = Shared { snapshot: ArcSwap::from_pointee(Snapshot::default()), made: Mutex::new(false) };
        let catalog = Catalog { db, clock, waker, from: Arc::new(from), shared: Arc::new(shared) };
        catalog.reload().await?;
        Ok(catalog)
    }

    /// Keeps what is Slipway's own from every source. Said before any of them is read.
    pub fn keeping_back(mut self, own: Own) -> Self {
        let mut from = (*self.from).clone();
        from.bounds.own = Some(own);
        self.from = Arc::new(from);
        self
    }

    /// The catalog as it is now. Hold it for one answer, so that the answer is of one moment.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.shared.snapshot.load_full()
    }

    /// Takes in what changed in the database since the last time.
    pub async fn reload(&self) -> db::Result<()> {
        let mut made = self.shared.made.lock().await;
        let before = self.snapshot();
        let mut reader = self.db.read().await?;
        // Read before the rows: what is stored in between is then fetched again, never missed.
        let generation = store::entity::generation(&mut reader).await?;
        if *made && generation == before.generation() {
            return Ok(());
        }
        let rows = match *made {
            true => store::view::entity_list_since(&mut reader, before.generation()).await?,
            false => store::view::entity_list_all(&mut reader).await?,
        };
        let sources = store::source::source_list_all(&mut reader).await?;
        drop(reader);
        let next = tokio::task::spawn_blocking(move || before.with_rows(generation, rows, sources)).await;
        let next =
            next.map_err(|error| db::Error::Unreadable(format!("the snapshot was not made: {error}")))??;
        self.shared.snapshot.store(Arc::new(next));
        *made = true;
        Ok(())
    }

    /// Takes in what this process itself stored just now. It is stored, so whoever asked is not told of a failure: it is
    /// logged, and made good within a second by [`Catalog::follow`].
    pub(crate) async fn reload_stored(&self) {
        if let Err(error) = self.reload().await {
            tracing::warn!("what was stored in the catalog is not shown yet: {error}");
        }
    }

    /// Follows the changes of other replicas until it is dropped.
    pub async fn follow(&self) {
        loop {
            tokio::time::sleep(FOLLOW_EVERY).await;
            if let Err(error) = self.reload().await {
                tracing::warn!(
                    "the catalog could not be brought up to date, what was read before stays: {error}"
                );
            }
        }
    }
}

#[cfg(test)]
#[path = "tests/mod.rs"]
mod tests;
