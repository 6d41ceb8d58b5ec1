//! A program that is older than its database says so on the terminal, and leaves it alone.

use std::path::Path;
use std::process::{Command, Output};

use platform::db::Db;
use platform::testing::{count, execute, new_postgres_database};

fn slipway(command: &str, data: &Path, url: Option<&str>) -> Output {
    let mut slipway = Command::new(env!("CARGO_BIN_EXE_slipway"));
    slipway.args([command, "--listen", "127.0.0.1:0"]).arg("--data").arg(data);
    // What is set for the tests is not for the program.
    slipway.env_clear().envs(url.map(|url| ("SLIPWAY_DATABASE_URL", url)));
    slipway.output().expect("it runs")
}

async fn refuses(db: Db, data: &Path, url: Option<&str>) {
    let newer = "insert into _sqlx_migrations (version, description, installed_on, success, checksum, execution_time)
        select 9999, 'of a later version', installed_on, success, checksum, execution_time from _sqlx_migrations limit 1";
    execute(&db, newer).await;
    let steps = count(&db, "select count(*) from _sqlx_migrations").await;
    db.close().await;
    for command in ["serve", "migrate"] {
        let ended = slipway(command, data, url);
        let said = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert_eq!(ended.status.code(), Some(1), "{said}");
        let words = "The database is newer than this program: it has step 9999, which this version does not know. \
                     Start the version that wrote it, or restore a backup from before the upgrade";
        assert!(said.contains(words), "{command}: {said}");
    }
    let db = match url {
        Some(url) => Db::open_postgres(url).await,
        None => Db::open_sqlite(&data.join("slipway.db")).await,
    };
    assert_eq!(count(&db.expect("the database"), "select count(*) from _sqlx_migrations").await, steps);
}

#[tokio::test]
async fn sqlite() {
    let data = tempfile::tempdir().expect("a folder");
    let ended = slipway("migrate", data.path(), None);
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    let db = Db::open_sqlite(&data.path().join("slipway.db")).await.expect("the database");
    refuses(db, data.path(), None).await;
}

#[tokio::test]
async fn postgres() {
    let Some(url) = new_postgres_database().await else { return };
    let data = tempfile::tempdir().expect("a folder");
    let db = Db::open_postgres(&url).await.expect("the database");
    refuses(db, data.path(), Some(&url)).await;
}
