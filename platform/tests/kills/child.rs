//! The process that is killed: a platform on a database that somebody else fills.

use std::path::Path;

use platform::db::Db;
use platform::testing::world::start_platform;

use super::super::LEASE;

/// Works until it is killed, or until its parent is gone.
pub fn run(database: &str, folder: &Path) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let postgres = database.starts_with("postgres");
        let db = match postgres {
            true => Db::open_postgres(database).await.expect("the database"),
            false => Db::open_sqlite(Path::new(database)).await.expect("the database"),
        };
        let _platform = start_platform(db, folder, LEASE, !postgres).await;
        // The parent holds the other end: it never writes, and closes it by ending.
        let parent =
            tokio::task::spawn_blocking(|| std::io::copy(&mut std::io::stdin(), &mut std::io::sink()));
        let _ended = parent.await;
    });
    std::process::exit(0);
}
