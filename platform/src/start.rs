//! Everything that the use cases need, opened in order and stopped in order.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use domain::catalog::reference::EntityRef;
use jiff::SignedDuration;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::catalog::{self, Catalog};
use crate::clock::Clock;
use crate::clusters::Clients;
use crate::db::{Db, dialect};
use crate::environments::{self, Environments};
use crate::jobs::{self, Handler, Waker, Worker, WorkerSettings};
use crate::logs::Logs;
use crate::outgoing::{Outgoing, OutgoingSettings};
use crate::people::Callers;
use crate::secrets::Keys;
use crate::{Error, Result};

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
    /// How calls leave the network.
    pub outgoing: OutgoingSettings,
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
    /// The catalog.
    pub catalog: Catalog,
    /// Environments.
    pub environments: Environments,
    /// Clients of clusters.
    pub clients: Arc<Clients>,
    /// What credentials are sealed with.
    pub keys: Keys,
    /// Tells the worker that there may be work.
    pub waker: Waker,
    worker: Worker,
    following: JoinHandle<()>,
    watching: JoinHandle<()>,
    stopping: CancellationToken,
}

/// Every kind of job that there is.
pub fn handlers(catalog: &Catalog, environments: &Environments) -> Vec<Arc<dyn Handler>> {
    vec![
        Arc::new(environments::Work(environments.clone())),
        Arc::new(environments::Timer(environments.clone())),
        Arc::new(environments::Annotate(environments.clone())),
        catalog.refresh_handler(),
        Arc::new(jobs::Sweep),
    ]
}

impl Platform {
    /// Opens everything and starts the background work.
    pub async fn start(db: Db, clock: Clock, settings: Settings) -> Result<Self> {
        let now = clock.now();
        let keys = Keys::open(&db, &settings.key_file, now).await?;
        let logs = Logs::in_folder(&settings.data.join("logs"))?;
        let outgoing = Outgoing::open(&settings.outgoing, &settings.data)?;
        let config = catalog::Config {
            mirrors: settings.data.join("repositories"),
            roots: settings.catalog_roots,
            outgoing: outgoing.clone(),
        };
        let own = catalog::Own { data: settings.data, key_file: settings.key_file };
        let (waker, clients) = (Waker::default(), Arc::new(Clients::new(outgoing)));
        let catalog =
            Catalog::open(db.clone(), clock.clone(), waker.clone(), config).await?.keeping_back(own);
        let environments = Environments::new(
            db.clone(),
            waker.clone(),
            catalog.clone(),
            clients.clone(),
            keys.clone(),
            logs,
        );
        environments::service::publish_shipped(&db, now).await?;
        let handlers = handlers(&catalog, &environments);
        jobs::begin_sweeping(&db, now).await?;
        let worker_settings = WorkerSettings {
            lease: settings.lease,
            slots: settings.workers,
            poll: Duration::from_secs(1),
            one_process: settings.one_process,
        };
        let worker =
            Worker::start(db.clone(), clock.clone(), handlers, waker.clone(), worker_settings).await?;
        catalog.schedule_all(now).await?;
        let followed = catalog.clone();
        let following = tokio::spawn(async move { followed.follow().await });
        let (watched, time) = (environments.clone(), clock.clone());
        let watching = tokio::spawn(async move { watched.watch(&time, environments::LOOK_EVERY).await });
        Ok(Self {
            callers: Callers::new(db.clone()),
            db,
            clock,
            catalog,
            environments,
            clients,
            keys,
            waker,
            worker,
            following,
            watching,
            stopping: CancellationToken::new(),
        })
    }

    /// Whether the catalog has this Group, and a file describes it.
    pub fn has_group(&self, team: &EntityRef) -> bool {
        self.catalog.snapshot().has_team(team)
    }

    /// Is cancelled when the process is to stop: streams end, workers take no more jobs.
    pub fn stopping(&self) -> CancellationToken {
        self.stopping.clone()
    }

    /// Stops the background work and waits for it.
    pub async fn stop(&self) {
        self.stopping.cancel();
        self.following.abort();
        self.watching.abort();
        self.worker.stop().await;
    }

    /// Whether it can serve: the database answers and the worker works.
    pub async fn ready(&self) -> Result<()> {
        let mut reader = self.db.read().await?;
        dialect::now(&mut reader).await?;
        if self.worker.is_alive() {
            return Ok(());
        }
        Err(Error::internal("asking whether it is ready", "the worker has stopped"))
    }
}
