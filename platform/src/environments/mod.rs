//! Environments: asked for, made step by step, kept in sight, and taken away with proof.
//!
//! - What an environment is and what may happen to it, `domain::environments` decides; here it is kept and done.
//! - A step's intent is committed before the cluster is called, its outcome after; after a takeover an intent without an
//!   outcome is probed, never repeated blindly.
//! - "Destroyed" is written only with a receipt whose every question was answered "nothing", or, where the cluster cannot be asked, once
//!   it is certain that nothing was ever made. What nobody can check is never called gone: an administrator gives it up.
//!
//! The way of a request: [`service::request_environment`] → job `environment.work` → [`engine`] → [`kubernetes`].

mod annotate;
mod changes;
pub mod engine;
mod forget;
pub mod kubernetes;
pub(crate) mod parameters;
mod prepare;
pub(crate) mod resume;
pub mod rows;
pub mod service;
mod sight;
pub(crate) mod store;
#[cfg(test)]
mod tests;
mod timer;
pub mod usual;
mod watch;

use std::sync::Arc;

use crate::catalog::Catalog;
use crate::clusters::Clients;
use crate::db::Db;
use crate::jobs::Waker;
use crate::logs::Logs;
use crate::secrets::Keys;

pub use annotate::Annotate;
pub use changes::Changes;
pub use engine::Work;
pub use forget::forget_logs_in_tx;
pub use timer::Timer;
pub use watch::LOOK_EVERY;

/// What the use cases and the engine of environments need.
#[derive(Clone)]
pub struct Environments {
    pub(crate) db: Db,
    pub(crate) waker: Waker,
    pub(crate) catalog: Catalog,
    pub(crate) clients: Arc<Clients>,
    pub(crate) keys: Keys,
    pub(crate) logs: Logs,
    pub(crate) changes: Changes,
    blueprints: prepare::Blueprints,
    looks: sight::Looks,
}

impl Environments {
    /// Puts them together.
    pub fn new(
        db: Db,
        waker: Waker,
        catalog: Catalog,
        clients: Arc<Clients>,
        keys: Keys,
        logs: Logs,
    ) -> Self {
        Self {
            db,
            waker,
            catalog,
            clients,
            keys,
            logs,
            changes: Changes::default(),
            blueprints: prepare::Blueprints::default(),
            looks: sight::Looks::default(),
        }
    }

    /// Tells which environments changed in this process.
    pub fn changes(&self) -> &Changes {
        &self.changes
    }

    /// The logs of steps.
    pub fn logs(&self) -> &Logs {
        &self.logs
    }
}
