//! Slipway is killed again and again while every kind of job is at work on the real control plane: environments are made, extended,
//! expire and are destroyed, a source is read again and again, what is over is swept. In the end everything is in its right state,
//! nothing was made twice, nothing is left behind.
//!
//! The test runs itself as the process that is killed ([`testing::kill`]). A kind of job that no part of this campaign sets to work
//! fails it.

mod kills {
    pub mod asked;
    pub mod campaign;
    pub mod cluster;
    pub mod queue;
    pub mod reading;
}

use jiff::SignedDuration;
use platform::db::Db;
use platform::testing::world::start_platform;
use platform::testing::{self, kill};

/// Where the process that is killed finds its database and its folder.
const DATABASE: &str = "SLIPWAY_KILL_DATABASE";
const FOLDER: &str = "SLIPWAY_KILL_FOLDER";
/// Short, so that a takeover takes seconds.
const LEASE: SignedDuration = SignedDuration::from_secs(2);

/// The process that is killed: a platform on a database that somebody else fills.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "it is the process of the campaigns below, which start it themselves"]
async fn process() {
    let database = std::env::var(DATABASE).expect("started by a campaign");
    let folder = std::env::var_os(FOLDER).expect("started by a campaign");
    let db = kill::open(&database).await;
    let one_process = matches!(db, Db::Sqlite { .. });
    let platform = start_platform(db, folder.as_ref(), LEASE, one_process).await;
    kill::work_until_stopped().await;
    platform.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_kills_on_sqlite() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let database = folder.path().join("slipway.db").display().to_string();
    let db = kill::open(&database).await;
    db.migrate().await.expect("migrated");
    kills::campaign::run("SQLite", 1, db, &database, folder.path()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_kills_on_postgres() {
    let Some(database) = testing::new_postgres_database().await else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let db = kill::open(&database).await;
    kills::campaign::run("PostgreSQL", 2, db, &database, folder.path()).await;
}
