//! Why a statement failed, sorted into what a caller can act on.

/// The result of a statement.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The words of [`Error::Full`] and of [`Error::Unavailable`], by which they are told in a line of causes.
pub(crate) const FULL: &str = "the disk of the database is full";
pub(crate) const AWAY: &str = "the database did not answer";

/// A failed statement.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A row with this key is there already.
    #[error("a row with this key is there already")]
    Unique(#[source] sqlx::Error),
    /// The row that must be there is not.
    #[error("a row that must be there is not")]
    Missing(#[source] sqlx::Error),
    /// The disk of the database is full: nothing was written.
    #[error("{FULL}")]
    Full(#[source] sqlx::Error),
    /// The database is locked, closed or out of reach.
    #[error("{AWAY}")]
    Unavailable(#[source] sqlx::Error),
    /// The connection broke while a transaction was committed: what it wrote is kept, or it is not.
    #[error("{AWAY} to a commit: nobody knows whether it was made")]
    Unknown(#[source] sqlx::Error),
    /// Anything else: a fault of ours.
    #[error("the database refused a statement")]
    Other(#[source] sqlx::Error),
    /// What stands in a column is not what this program wrote there.
    #[error("a column holds what cannot be read: {0}")]
    Unreadable(String),
}

impl Error {
    /// Whether the caller may find it working a moment later.
    pub fn is_unavailable(&self) -> bool {
        matches!(self, Error::Unavailable(_) | Error::Unknown(_) | Error::Full(_))
    }

    /// Of a commit. What the database itself answers is a refusal: then nothing was written. Without an answer nobody knows.
    pub(super) fn of_commit(error: sqlx::Error) -> Self {
        let is_broken = match &error {
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::WorkerCrashed => true,
            // As a pooler between tells that the server is gone.
            sqlx::Error::Database(cause) => !is_sqlite(cause.as_ref()) && has_class(cause.as_ref(), "08"),
            _ => false,
        };
        if is_broken { Error::Unknown(error) } else { error.into() }
    }

    /// Whether a unique key was hit.
    pub fn is_unique(&self) -> bool {
        matches!(self, Error::Unique(_))
    }
}

/// SQLite's primary result codes that pass: `SQLITE_BUSY`, `SQLITE_LOCKED`, `SQLITE_IOERR`, `SQLITE_CANTOPEN`
/// (<https://www.sqlite.org/rescode.html>).
const SQLITE_PASSING: [i64; 4] = [5, 6, 10, 14];

/// PostgreSQL's errors that pass: connection, insufficient resources, operator intervention, serialization, a lock not had in time
/// (<https://www.postgresql.org/docs/15/errcodes-appendix.html>).
const POSTGRES_PASSING: [&str; 5] = ["08", "53", "57", "40", "55P03"];

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::RowNotFound => Error::Missing(error),
            sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::Io(_)
            | sqlx::Error::Tls(_) => Error::Unavailable(error),
            sqlx::Error::Database(cause) if cause.is_unique_violation() => Error::Unique(error),
            sqlx::Error::Database(cause) if is_full(cause.as_ref()) => Error::Full(error),
            sqlx::Error::Database(cause) if passes(cause.as_ref()) => Error::Unavailable(error),
            _ => Error::Other(error),
        }
    }
}

/// `SQLITE_FULL`, and PostgreSQL's `disk_full`.
fn is_full(cause: &dyn sqlx::error::DatabaseError) -> bool {
    cause.code().is_some_and(|code| code == if is_sqlite(cause) { "13" } else { "53100" })
}

fn is_sqlite(cause: &dyn sqlx::error::DatabaseError) -> bool {
    cause.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some()
}

fn has_class(cause: &dyn sqlx::error::DatabaseError, class: &str) -> bool {
    cause.code().is_some_and(|code| code.starts_with(class))
}

fn passes(cause: &dyn sqlx::error::DatabaseError) -> bool {
    if is_sqlite(cause) {
        let code = cause.code().and_then(|code| code.parse::<i64>().ok());
        return code.is_some_and(|code| SQLITE_PASSING.contains(&(code & 0xff)));
    }
    POSTGRES_PASSING.iter().any(|class| has_class(cause, class))
}
