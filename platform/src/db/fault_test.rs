//! A database that is full, locked, cut off or newer than the program: a clear error, and nothing half-written.

use std::str::FromStr;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions, PgSslMode};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Executor};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, UnixListener, UnixStream};

use super::{Conn, Db, Error, MigrateError, Session, Sql};
use crate::on_both_databases;
use crate::testing::world::{GOOD, World, nowhere};
use crate::testing::{execute, fill_disk, free_disk};

/// Rows of everything that a request writes.
async fn count(db: &Db) -> i64 {
    const TEXT: &str = "select (select count(*) from environments) + (select count(*) from operations)
        + (select count(*) from steps) + (select count(*) from audit where object_kind = 'environment')
        + (select count(*) from jobs where kind like 'environment.%')";
    const COUNT: Sql = Sql::each(TEXT, TEXT);
    let mut reader = db.read().await.expect("a reader");
    crate::sql!(&mut reader, one(i64,), COUNT).expect("a count").0
}

on_both_databases!(a_database_of_another_version_is_told_from_ones_own, |db| async move {
    db.check_version().await.expect("it is of this version");
    execute(&db, "delete from _sqlx_migrations where version = (select max(version) from _sqlx_migrations)")
        .await;
    let refused = db.check_version().await.expect_err("its last step is missing");
    assert!(matches!(refused, MigrateError::Older), "{refused:?}");
    assert!(refused.to_string().contains("Start this version's server first"), "{refused}");
    execute(&db, "update _sqlx_migrations set version = 9999 where version = (select max(version) from _sqlx_migrations)").await;
    let refused = db.check_version().await.expect_err("it has a step of a later version");
    assert!(matches!(refused, MigrateError::Newer(9999)), "{refused:?}");
    execute(&db, "drop table _sqlx_migrations").await;
    assert!(matches!(db.check_version().await, Err(MigrateError::Older)), "nothing was ever made in it");
});

on_both_databases!(a_database_that_is_newer_is_left_alone, |db| async move {
    let step = "insert into _sqlx_migrations (version, description, installed_on, success, checksum, execution_time)
        select 9999, 'of a later version', installed_on, success, checksum, execution_time from _sqlx_migrations limit 1";
    execute(&db, step).await;
    let refused = db.migrate().await.expect_err("it is newer");
    assert!(matches!(refused, MigrateError::Newer(9999)), "{refused:?}");
    assert_eq!(
        refused.to_string(),
        "The database is newer than this program: it has step 9999, which this version does not know. \
         Start the version that wrote it, or restore a backup from before the upgrade"
    );
});

/// SQLite says that the disk is full when its file may not grow; what a person sees, and what stays, is the same.
#[tokio::test]
async fn a_full_disk_refuses_a_request_whole() {
    let db = crate::testing::sqlite().await;
    let folder = tempfile::tempdir().expect("a folder").keep();
    let world = World::set_up(db.clone(), &folder, &nowhere()).await;
    let before = count(&db).await;
    execute(&db, "pragma max_page_count = 1").await;
    let mut refused = None;
    // The pages that are there have some room left.
    for number in 0..100 {
        let request = world.request(&format!("full-{number}"), GOOD);
        let before = count(&db).await;
        match world.try_to_ask(&request).await {
            Ok(_) => {}
            Err(error) => {
                assert_eq!(count(&db).await, before, "all of a request is kept, or nothing");
                refused = Some(error);
                break;
            }
        }
    }
    let refused = refused.expect("it is full at some time");
    let words = "The disk of the database is full. Nothing was changed; free some space, then try again";
    assert_eq!(refused.to_string(), words);
    execute(&db, "pragma max_page_count = 1073741823").await;
    world.try_to_ask(&world.request("after", GOOD)).await.expect("there is room again");
    assert!(count(&db).await > before);
}

/// What SQLite does by itself when the disk is full.
#[tokio::test]
async fn a_transaction_that_the_database_gave_up_does_not_keep_the_next_from_writing() {
    let db = crate::testing::sqlite().await;
    for _ in 0..3 {
        let mut tx = db.begin().await.expect("a transaction");
        let Conn::Sqlite(connection) = tx.conn() else { panic!("it is SQLite") };
        connection.execute("rollback").await.expect("given up");
        tx.commit().await.expect_err("there is nothing to commit");
    }
    db.begin().await.expect("a transaction").commit().await.expect("committed");
}

/// The same on PostgreSQL, as it tells it (`disk_full`) for whatever is written.
#[tokio::test]
async fn a_full_disk_of_the_server_refuses_a_request_whole() {
    let Some(db) = crate::testing::postgres().await else { return };
    let folder = tempfile::tempdir().expect("a folder").keep();
    let world = World::set_up(db.clone(), &folder, &nowhere()).await;
    let before = count(&db).await;
    // It is the last that is written, so that all else must be taken back.
    for table in ["audit", "jobs"] {
        fill_disk(&db, table).await;
        let refused = world.try_to_ask(&world.request("full", GOOD)).await.expect_err("it is full");
        let words = "The disk of the database is full. Nothing was changed; free some space, then try again";
        assert_eq!(refused.to_string(), words);
        assert_eq!(count(&db).await, before);
        free_disk(&db, table).await;
    }
    world.try_to_ask(&world.request("full", GOOD)).await.expect("there is room again");
}

/// Another program that has SQLite's file open (a backup, somebody's shell) holds its lock.
#[tokio::test]
async fn a_lock_of_another_program_is_waited_for_and_then_said() {
    let folder = tempfile::tempdir().expect("a folder").keep();
    let file = folder.join("slipway.db");
    let db = Db::open_sqlite(&file).await.expect("a database");
    db.migrate().await.expect("migrated");
    let world = World::set_up(db.clone(), &folder, &nowhere()).await;
    let before = count(&db).await;
    let mut other = SqliteConnectOptions::new().filename(&file).connect().await.expect("another program");
    other.execute("begin immediate").await.expect("its lock");
    let began = std::time::Instant::now();
    let refused = world.try_to_ask(&world.request("locked", GOOD)).await.expect_err("it is locked");
    let words = "The database did not answer. Nothing was changed; try again in a moment";
    assert_eq!(refused.to_string(), words);
    assert!(began.elapsed().as_secs() >= 9, "it is waited for");
    assert_eq!(count(&db).await, before);
    // Reading goes on meanwhile, and one that comes while the lock is about to go gets its turn.
    let request = world.request("locked", GOOD);
    let (asked, _) = tokio::join!(world.try_to_ask(&request), async {
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        other.execute("rollback").await.expect("it lets go");
    });
    asked.expect("it is free again");
}

on_both_databases!(a_locked_database_is_waited_for_and_then_said, |db| async move {
    let folder = tempfile::tempdir().expect("a folder").keep();
    let world = World::set_up(db.clone(), &folder, &nowhere()).await;
    let before = count(&db).await;
    let mut holder = db.begin().await.expect("a transaction");
    if let Conn::Postgres(connection) = holder.conn() {
        connection.execute("lock table environments in exclusive mode").await.expect("locked");
    }
    let refused = world.try_to_ask(&world.request("locked", GOOD)).await.expect_err("it is locked");
    let words = "The database did not answer. Nothing was changed; try again in a moment";
    assert_eq!(refused.to_string(), words);
    drop(holder);
    assert_eq!(count(&db).await, before);
    world.try_to_ask(&world.request("locked", GOOD)).await.expect("it is free again");
});

/// A way to PostgreSQL that breaks when a commit has gone through it.
async fn broken_at_the_commit(url: &str) -> Db {
    let folder = tempfile::tempdir().expect("a folder").keep();
    let options = PgConnectOptions::from_str(url).expect("an address").ssl_mode(PgSslMode::Disable);
    let listener = UnixListener::bind(folder.join(".s.PGSQL.5432")).expect("a socket");
    let server = options.clone();
    tokio::spawn(async move {
        loop {
            let (client, _) = listener.accept().await.expect("a connection");
            match server.get_socket() {
                Some(folder) => {
                    let socket = folder.join(format!(".s.PGSQL.{}", server.get_port()));
                    tokio::spawn(relay(client, UnixStream::connect(socket).await.expect("the server")));
                }
                None => {
                    let address = (server.get_host(), server.get_port());
                    tokio::spawn(relay(client, TcpStream::connect(address).await.expect("the server")));
                }
            }
        }
    });
    let pool = PgPoolOptions::new().connect_with(options.socket(&folder).port(5432)).await;
    Db::Postgres(pool.expect("a connection"))
}

/// Hands on what both say, up to a commit. The server answers that, and nobody hears it.
async fn relay(mut client: UnixStream, mut server: impl AsyncRead + AsyncWrite + Unpin) {
    let (mut asked, mut said) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    loop {
        tokio::select! {
            read = client.read(&mut asked) => {
                let Ok(length @ 1..) = read else { return };
                server.write_all(&asked[..length]).await.expect("handed on");
                if asked[..length].windows(6).any(|bytes| bytes == b"COMMIT") {
                    assert_ne!(server.read(&mut said).await.expect("an answer"), 0);
                    return;
                }
            }
            read = server.read(&mut said) => {
                let Ok(length @ 1..) = read else { return };
                client.write_all(&said[..length]).await.expect("handed on");
            }
        }
    }
}

#[tokio::test]
async fn a_commit_that_got_no_answer_is_not_said_to_have_changed_nothing() {
    const NOTE: Sql = Sql::each(KEPT, KEPT);
    const KEPT: &str = "insert into settings (key, value, updated_at) values ('fault', 'kept', 0)";
    let Some(url) = crate::testing::new_postgres_database().await else { return };
    let db = Db::open_postgres(&url).await.expect("a database");
    let breaking = broken_at_the_commit(&url).await;
    let mut tx = breaking.begin().await.expect("a transaction");
    crate::sql!(&mut tx, run, NOTE).expect("written");
    let broken = tx.commit().await.expect_err("nobody answered");
    assert!(matches!(broken, Error::Unknown(_)), "{broken:?}");
    let words = "The connection to the database broke. It is not known whether this was saved. \
                 Reload before you try again";
    assert_eq!(crate::Error::from(broken).to_string(), words);
    let kept = "select count(*) from settings where key = 'fault'";
    assert_eq!(crate::testing::count(&db, kept).await, 1, "this time it was");
    // What breaks before that changed nothing.
    let error = Error::from(sqlx::Error::Io(std::io::ErrorKind::BrokenPipe.into()));
    let words = "The database did not answer. Nothing was changed; try again in a moment";
    assert_eq!(crate::Error::from(error).to_string(), words);
}
