//! Brings a database to the shape that this program knows, and refuses one that is newer than it.

use sqlx::migrate::{MigrateError as Cause, Migrator};

use super::Db;

static SQLITE: Migrator = sqlx::migrate!("../migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("../migrations/postgres");

/// Why the database could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// It has steps that this program does not know.
    #[error(
        "The database is newer than this program: it has step {0}, which this version does not know. \
         Start the version that wrote it, or restore a backup from before the upgrade"
    )]
    Newer(i64),
    /// A step was edited after it ran.
    #[error(
        "Step {0} of the database was made by a different text than this program has. \
         Use the released program that made it"
    )]
    Edited(i64),
    /// Anything else.
    #[error("The database could not be brought up to date")]
    Other(#[source] Cause),
}

impl Db {
    /// Runs every step that is missing, under the engine's lock, so that several replicas may start at once.
    pub async fn migrate(&self) -> Result<(), MigrateError> {
        let done = match self {
            Db::Sqlite { writer, .. } => SQLITE.run(writer).await,
            Db::Postgres(pool) => POSTGRES.run(pool).await,
        };
        done.map_err(|cause| match cause {
            Cause::VersionMissing(version) | Cause::VersionTooNew(version, _) => MigrateError::Newer(version),
            Cause::VersionMismatch(version) => MigrateError::Edited(version),
            cause => MigrateError::Other(cause),
        })
    }
}
