//! Databases for tests: a SQLite file or a PostgreSQL database of its own, migrated and empty.
//!
//! PostgreSQL is `SLIPWAY_TEST_POSTGRES_URL`, or one that the test process starts from the machine's binaries and
//! that ends with it. Where neither can be had, the tests are skipped with one loud line; with `CI` set they fail.

pub mod certificate;
pub mod cluster;
#[cfg(test)]
pub(crate) mod fake_api;
pub mod kill;
pub mod world;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::Executor;

use crate::db::Db;

/// Expands one store test to two: on SQLite and on PostgreSQL.
///
/// ```ignore
/// on_both_databases!(finds_what_it_saved, |db| async move { … });
/// ```
#[macro_export]
macro_rules! on_both_databases {
    ($name:ident, |$db:ident| $body:expr) => {
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn body($db: $crate::db::Db) {
                $body.await
            }

            #[tokio::test]
            async fn sqlite() {
                body($crate::testing::sqlite().await).await;
            }

            #[tokio::test]
            async fn postgres() {
                if let Some(db) = $crate::testing::postgres().await {
                    body(db).await;
                }
            }
        }
    };
}

/// A SQLite database in a folder that the operating system clears.
pub async fn sqlite() -> Db {
    let folder = tempfile::tempdir().expect("a temporary folder").keep();
    let db = Db::open_sqlite(&folder.join("slipway.db")).await.expect("a SQLite database");
    db.migrate().await.expect("the migrations run on SQLite");
    db
}

/// Runs a statement of a test's own.
pub async fn execute(db: &Db, sql: &str) {
    let text = sqlx::AssertSqlSafe(sql.to_owned());
    match db {
        Db::Sqlite { writer, .. } => drop(writer.execute(text).await.expect(sql)),
        Db::Postgres(pool) => drop(pool.execute(text).await.expect(sql)),
    }
}

/// Has PostgreSQL say of a table that the disk is full. (SQLite says it when `max_page_count` is reached.)
pub async fn fill_disk(db: &Db, table: &str) {
    execute(
        db,
        "create or replace function disk_is_full() returns trigger language plpgsql as $$
         begin raise exception 'could not extend file: No space left on device' using errcode = 'disk_full'; end $$",
    )
    .await;
    let when = "before insert or update on";
    execute(db, &format!("create trigger full_disk {when} {table} execute function disk_is_full()")).await;
}

/// Lets it be written again.
pub async fn free_disk(db: &Db, table: &str) {
    execute(db, &format!("drop trigger full_disk on {table}")).await;
}

/// The number that a query of a test's own gives.
pub async fn count(db: &Db, sql: &str) -> i64 {
    let text = sqlx::AssertSqlSafe(sql.to_owned());
    match db {
        Db::Sqlite { reader, .. } => sqlx::query_scalar(text).fetch_one(reader).await.expect(sql),
        Db::Postgres(pool) => sqlx::query_scalar(text).fetch_one(pool).await.expect(sql),
    }
}

/// A PostgreSQL database, or `None` (announced) where there is no PostgreSQL.
pub async fn postgres() -> Option<Db> {
    let url = new_postgres_database().await?;
    Some(Db::open_postgres(&url).await.expect("a PostgreSQL database"))
}

/// The URL of a fresh, migrated PostgreSQL database for one test.
pub async fn new_postgres_database() -> Option<String> {
    let server = server()?;
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let name = format!("test_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    let template = template(server).await;
    on_server(&server.url("postgres"), &format!("create database {name} template {template}")).await;
    Some(server.url(&name))
}

struct Server {
    /// Everything of the URL but the database's name.
    before: String,
    after: String,
}

impl Server {
    fn url(&self, database: &str) -> String {
        format!("{}{database}{}", self.before, self.after)
    }
}

/// A migrated database that each test copies (20 ms) instead of migrating again.
async fn template(server: &Server) -> &'static str {
    static TEMPLATE: tokio::sync::OnceCell<String> = tokio::sync::OnceCell::const_new();
    TEMPLATE
        .get_or_init(|| async {
            let name = format!("template_{}", std::process::id());
            on_server(&server.url("postgres"), &format!("create database {name}")).await;
            let db = Db::open_postgres(&server.url(&name)).await.expect("the template database");
            db.migrate().await.expect("the migrations run on PostgreSQL");
            db.close().await;
            name
        })
        .await
}

async fn on_server(url: &str, sql: &str) {
    use sqlx::{AssertSqlSafe, Connection};
    let mut connection = sqlx::PgConnection::connect(url).await.expect("PostgreSQL answers");
    // Copying a template fails while somebody is connected to it, as another test may be for a moment.
    for attempt in 0.. {
        match connection.execute(AssertSqlSafe(sql.to_owned())).await {
            Ok(_) => return,
            Err(error) if attempt == 50 => panic!("{sql}: {error}"),
            Err(_) => tokio::time::sleep(std::time::Duration::from_millis(20)).await,
        }
    }
}

fn server() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    SERVER
        .get_or_init(|| {
            if let Ok(url) = std::env::var("SLIPWAY_TEST_POSTGRES_URL") {
                let (before, rest) = url.rsplit_once('/').expect("SLIPWAY_TEST_POSTGRES_URL names a database");
                let after = rest.find('?').map(|at| rest[at..].to_owned()).unwrap_or_default();
                return Some(Server { before: format!("{before}/"), after });
            }
            let Some(binaries) = postgres_binaries() else {
                assert!(std::env::var_os("CI").is_none(), "PostgreSQL is not installed, and CI skips nothing");
                announce("SKIPPED: no PostgreSQL on this machine (install postgresql, or set SLIPWAY_TEST_POSTGRES_URL)");
                return None;
            };
            Some(start(&binaries))
        })
        .as_ref()
}

#[expect(clippy::print_stderr, reason = "a skipped peer is announced on the terminal")]
pub fn announce(line: &str) {
    eprintln!("{line}");
}

fn postgres_binaries() -> Option<PathBuf> {
    let on_path = std::env::var_os("PATH").and_then(|path| {
        std::env::split_paths(&path)
            .find(|folder| folder.join("initdb").exists() && folder.join("postgres").exists())
    });
    let debian = std::fs::read_dir("/usr/lib/postgresql").ok().and_then(|versions| {
        versions
            .flatten()
            .map(|version| version.path().join("bin"))
            .filter(|bin| bin.join("initdb").exists())
            .max()
    });
    debian.or(on_path)
}

/// Starts a server that listens on a socket in a folder of its own. A shell holds it: when this process ends, however it
/// ends, the shell's standard input closes, it stops the server and clears the folder.
fn start(binaries: &Path) -> Server {
    let folder = tempfile::Builder::new().prefix("slipway-pg").tempdir().expect("a temporary folder").keep();
    let script = r#"
        set -e
        bin=$1; dir=$2; as=""
        if [ "$(id -u)" = 0 ]; then chown nobody "$dir"; as="setpriv --reuid=nobody --regid=nogroup --clear-groups"; fi
        cd "$dir"
        $as "$bin/initdb" -D "$dir/data" -U slipway -A trust -E UTF8 --locale=C.UTF-8 -N >"$dir/initdb.log" 2>&1
        $as "$bin/postgres" -D "$dir/data" -k "$dir" -c listen_addresses= -c fsync=off -c full_page_writes=off \
            -c synchronous_commit=off -c max_connections=400 >"$dir/log" 2>&1 </dev/null &
        server=$!
        for i in $(seq 200); do
            if "$bin/psql" -h "$dir" -U slipway -d postgres -c 'select 1' >/dev/null 2>&1; then echo ready; break; fi
            sleep 0.05
        done
        cat >/dev/null || true
        kill -QUIT $server 2>/dev/null || true
        wait $server 2>/dev/null || true
        rm -rf "$dir"
    "#;
    let mut shell = Command::new("sh")
        .arg("-c")
        .arg(script)
        .arg("slipway-test-postgres")
        .arg(binaries)
        .arg(&folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("a shell");
    let mut line = String::new();
    let output = shell.stdout.take().expect("the shell's output");
    std::io::BufRead::read_line(&mut std::io::BufReader::new(output), &mut line).expect("the shell answers");
    assert_eq!(line.trim(), "ready", "PostgreSQL did not start; see {}", folder.display());
    // Its standard input stays open until this process ends.
    std::mem::forget(shell);
    Server { before: "postgresql:///".to_owned(), after: format!("?host={}&user=slipway", folder.display()) }
}

/// Calls `visit` with the path below `src` and the text of every Rust file of a crate.
pub fn source_files(crate_folder: &str, visit: &mut dyn FnMut(&str, &str)) {
    fn walk(root: &Path, folder: &Path, visit: &mut dyn FnMut(&str, &str)) {
        for entry in std::fs::read_dir(folder).expect("a folder of sources").flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(root, &path, visit);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).expect("a source file");
                visit(&path.strip_prefix(root).expect("below src").to_string_lossy(), &text);
            }
        }
    }
    let root = Path::new(crate_folder).join("src");
    walk(&root, &root, visit);
}
