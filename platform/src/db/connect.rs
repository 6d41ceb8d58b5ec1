//! Opens the database that the configuration names.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, PgPool, SqlitePool};

use super::session::Engine;
use super::{Error, Reader, Result, Snapshot, Tx};

/// How long a statement waits for a lock or a free connection before it fails with a clear error.
const PATIENCE: Duration = Duration::from_secs(10);

/// The same for PostgreSQL, and how long a transaction may stand still.
const LIMITS: &str = "set lock_timeout = '10s'; set idle_in_transaction_session_timeout = '60s'";

/// An open database.
#[derive(Clone, Debug)]
pub enum Db {
    /// One file. SQLite allows one writer at a time, so there is one connection that writes.
    Sqlite {
        /// The connection that writes.
        writer: SqlitePool,
        /// The connections that read, opened read-only.
        reader: SqlitePool,
    },
    /// A server.
    Postgres(PgPool),
}

impl Db {
    /// Opens, and creates if need be, the SQLite database at `file`.
    ///
    /// `synchronous=FULL`: with NORMAL a power cut may lose what was answered as done.
    pub async fn open_sqlite(file: &Path) -> Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(PATIENCE)
            // Rows cross from SQLite's thread in portions: with few at a time, whole tables come slowly.
            .row_buffer_size(1024)
            .log_slow_statements(tracing::log::LevelFilter::Warn, Duration::from_secs(1));
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(PATIENCE)
            // SQLite itself rolls back when the disk is full. The library's own rollback then fails, and it takes the connection
            // for being in a transaction for ever: such a connection is closed, and the next write opens another.
            .after_release(|connection, _| {
                Box::pin(async move {
                    if connection.is_in_transaction() {
                        // A transaction that was dropped is rolled back in the background; an answer comes after that.
                        connection.ping().await?;
                    }
                    Ok(!connection.is_in_transaction())
                })
            })
            // Enough to hold a whole run of the catalog: a smaller cache writes changed pages out before the commit.
            .connect_with(options.clone().create_if_missing(true).pragma("cache_size", "-65536"))
            .await?;
        let reader = SqlitePoolOptions::new()
            .max_connections(8)
            .acquire_timeout(PATIENCE)
            .connect_with(options.read_only(true))
            .await?;
        Ok(Db::Sqlite { writer, reader })
    }

    /// Connects to the PostgreSQL that `url` names (`postgresql://user@host/database?…`).
    pub async fn open_postgres(url: &str) -> Result<Self> {
        let options = PgConnectOptions::from_str(url)?
            .application_name("slipway")
            .log_slow_statements(tracing::log::LevelFilter::Warn, Duration::from_secs(1));
        let pool = PgPoolOptions::new()
            .max_connections(20)
            .acquire_timeout(PATIENCE)
            .after_connect(|connection, _| {
                // A lock is waited for as long as on SQLite, and a process that stands still in the middle of a transaction
                // must not hold its own for ever. Said here and not at the start of the connection, where a pooler between
                // would refuse it.
                Box::pin(async move {
                    sqlx::Executor::execute(connection, LIMITS).await?;
                    Ok(())
                })
            })
            .connect_with(options)
            .await?;
        Ok(Db::Postgres(pool))
    }

    /// A connection for reading.
    pub async fn read(&self) -> Result<Reader, Error> {
        Ok(match self {
            Db::Sqlite { reader, .. } => Reader::Sqlite(reader.acquire().await?),
            Db::Postgres(pool) => Reader::Postgres(pool.acquire().await?),
        })
    }

    /// A transaction for reading, where what several statements tell must fit together.
    pub async fn snapshot(&self) -> Result<Snapshot, Error> {
        Ok(Snapshot::of(Tx::of(match self {
            Db::Sqlite { reader, .. } => Engine::Sqlite(reader.begin().await?),
            Db::Postgres(pool) => {
                Engine::Postgres(pool.begin_with("begin isolation level repeatable read, read only").await?)
            }
        })))
    }

    /// A write transaction.
    pub async fn begin(&self) -> Result<Tx, Error> {
        Ok(Tx::of(match self {
            Db::Sqlite { writer, .. } => Engine::Sqlite(writer.begin_with("begin immediate").await?),
            Db::Postgres(pool) => Engine::Postgres(pool.begin().await?),
        }))
    }

    /// Waits for the running statements and closes every connection.
    pub async fn close(&self) {
        match self {
            Db::Sqlite { writer, reader } => {
                reader.close().await;
                writer.close().await;
            }
            Db::Postgres(pool) => pool.close().await,
        }
    }
}
