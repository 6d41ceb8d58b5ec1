//! What a statement runs on: a reader, or a write transaction, on either engine.

use std::sync::Arc;

use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, Postgres, Sqlite, SqliteConnection, Transaction};

use super::{Error, Result};

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
pub struct Tx {
    engine: Engine,
    held: Option<Arc<()>>,
}

pub(super) enum Engine {
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
    pub(super) fn of(engine: Engine) -> Self {
        Self { engine, held: None }
    }

    /// Keeps `held` until it has ended: whoever gave it sees so long as another has it that the transaction is open.
    pub(crate) fn hold(&mut self, held: Arc<()>) {
        self.held = Some(held);
    }

    /// Makes everything that was written in it last. Whoever loses the database meanwhile is told that it may or may not have.
    pub async fn commit(self) -> Result<()> {
        let committed = match self.engine {
            Engine::Sqlite(tx) => tx.commit().await,
            Engine::Postgres(tx) => tx.commit().await,
        };
        committed.map_err(Error::of_commit)
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
        match &mut self.engine {
            Engine::Sqlite(tx) => Conn::Sqlite(tx),
            Engine::Postgres(tx) => Conn::Postgres(tx),
        }
    }
}
