//! What a statement runs on: a reader, or a write transaction, on either engine.

use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, Postgres, Sqlite, SqliteConnection, Transaction};

use super::Result;

/// The connection below a session.
pub enum Conn<'a> {
    /// SQLite.
    Sqlite(&'a mut SqliteConnection),
    /// PostgreSQL.
    Postgres(&'a mut PgConnection),
}

/// Anything that statements can run on. Stores take `&mut dyn Session`, so that each compiles once.
pub trait Session: Send {
    /// The connection to run the next statement on.
    fn conn(&mut self) -> Conn<'_>;
}

/// A connection for reading.
pub enum Reader {
    /// SQLite, opened read-only.
    Sqlite(PoolConnection<Sqlite>),
    /// PostgreSQL.
    Postgres(PoolConnection<Postgres>),
}

/// A write transaction. It is rolled back when it is dropped without [`Tx::commit`].
pub enum Tx {
    /// SQLite, begun with `begin immediate`: the only writer until it ends.
    Sqlite(Transaction<'static, Sqlite>),
    /// PostgreSQL, read committed.
    Postgres(Transaction<'static, Postgres>),
}

/// A transaction for reading alone: every statement in it sees the database as it stood at the first.
pub struct Snapshot(Tx);

impl Snapshot {
    /// Of a transaction that was begun so.
    pub(super) fn of(tx: Tx) -> Self {
        Self(tx)
    }
}

impl Session for Snapshot {
    fn conn(&mut self) -> Conn<'_> {
        self.0.conn()
    }
}

impl Tx {
    /// Makes everything that was written in it last.
    pub async fn commit(self) -> Result<()> {
        match self {
            Tx::Sqlite(tx) => tx.commit().await?,
            Tx::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}

impl Session for Reader {
    fn conn(&mut self) -> Conn<'_> {
        match self {
            Reader::Sqlite(connection) => Conn::Sqlite(connection),
            Reader::Postgres(connection) => Conn::Postgres(connection),
        }
    }
}

impl Session for Tx {
    fn conn(&mut self) -> Conn<'_> {
        match self {
            Tx::Sqlite(tx) => Conn::Sqlite(tx),
            Tx::Postgres(tx) => Conn::Postgres(tx),
        }
    }
}
