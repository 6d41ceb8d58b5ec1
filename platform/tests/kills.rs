//! Slipway is killed again and again while it makes and destroys environments on the real control plane: in the end each is in
//! its right state, nothing was made twice, nothing is left behind.
//!
//! The test runs itself as the process that is killed. The instants are those of a fixed seed: `SLIPWAY_SEED`; how many kills for
//! each database: `SLIPWAY_KILLS`.

mod kills {
    pub mod child;
    pub mod cluster;
    pub mod parent;
}

use jiff::SignedDuration;
use platform::testing;

/// Where the process that is killed finds its database, and whether it has it for itself.
const DATABASE: &str = "SLIPWAY_KILLS_DATABASE";
const FOLDER: &str = "SLIPWAY_KILLS_FOLDER";
/// Short, so that a takeover takes seconds.
const LEASE: SignedDuration = SignedDuration::from_secs(2);

/// The process that is killed; as a test of its own it does nothing.
#[test]
fn child() {
    if let (Ok(database), Ok(folder)) = (std::env::var(DATABASE), std::env::var(FOLDER)) {
        kills::child::run(&database, folder.as_ref());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_kills_on_sqlite() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("slipway.db");
    let db = platform::db::Db::open_sqlite(&file).await.expect("a database");
    db.migrate().await.expect("migrated");
    kills::parent::run("SQLite", db, &file.display().to_string(), folder.path()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_kills_on_postgres() {
    let Some(url) = testing::new_postgres_database().await else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let db = platform::db::Db::open_postgres(&url).await.expect("a database");
    kills::parent::run("PostgreSQL", db, &url, folder.path()).await;
}
