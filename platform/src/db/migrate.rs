//! Brings a database to the shape that this program knows, and refuses one that is newer than it.

use sqlx::migrate::{Migrate, MigrateError as Cause, Migrator};

use super::Db;

static SQLITE: Migrator = sqlx::migrate!("../migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("../migrations/postgres");

/// Why the database is not of this program's version, or could not be brought up to it.
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
    /// Steps are missing.
    #[error(
        "The database is of an older version than this program. Start this version's server first: it brings the database up to date"
    )]
    Older,
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

    /// Whether the database has exactly the steps that this program knows: for commands that leave it as it is, since a server of another
    /// version may be at work on it.
    pub async fn check_version(&self) -> Result<(), MigrateError> {
        let other = |error: sqlx::Error| MigrateError::Other(Cause::Execute(error));
        let (known, listed) = match self {
            Db::Sqlite { writer, .. } => {
                let mut connection = writer.acquire().await.map_err(other)?;
                (&SQLITE, connection.list_applied_migrations(&SQLITE.table_name).await)
            }
            Db::Postgres(pool) => {
                let mut connection = pool.acquire().await.map_err(other)?;
                (&POSTGRES, connection.list_applied_migrations(&POSTGRES.table_name).await)
            }
        };
        let done = match listed {
            Ok(done) => done,
            // There is no list of steps: nothing was ever made in it.
            Err(Cause::Execute(sqlx::Error::Database(_))) => return Err(MigrateError::Older),
            Err(cause) => return Err(MigrateError::Other(cause)),
        };
        for step in &done {
            let known = known.iter().find(|known| known.version == step.version);
            let known = known.ok_or(MigrateError::Newer(step.version))?;
            if known.checksum != step.checksum {
                return Err(MigrateError::Edited(step.version));
            }
        }
        if done.len() < known.iter().count() { Err(MigrateError::Older) } else { Ok(()) }
    }
}
