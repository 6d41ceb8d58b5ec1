//! One SQL text, two databases: SQLite by default, PostgreSQL for several replicas.
//!
//! Invariants:
//! - a statement is a constant ([`Sql`]) declared with [`statements!`](crate::statements), prepared on both engines by a test;
//! - values are bound, never pasted; the [`sql!`](crate::sql) macro compares placeholders with binds at compile time;
//! - what differs between the engines stands in [`dialect`] and nowhere else;
//! - two writes without a transaction are a defect: writes go through [`Db::begin`].

mod connect;
pub mod dialect;
mod error;
#[cfg(test)]
mod fault_test;
mod migrate;
mod session;
mod sql;
#[cfg(test)]
mod statement_test;
mod time;

pub use connect::Db;
pub(crate) use error::{AWAY, FULL};
pub use error::{Error, Result};
pub use migrate::MigrateError;
pub use session::{Conn, Reader, Session, Snapshot, Tx};
pub use sql::{Sql, Statement, run};
pub use sqlx::types::Json;
pub use time::At;
