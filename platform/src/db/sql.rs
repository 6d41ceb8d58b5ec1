//! Statements as constants, and the macro that runs them.

/// One statement. Placeholders are `$1`, `$2`, … and may be reused and come in any order.
#[derive(Clone, Copy, Debug)]
pub struct Sql {
    /// The text for SQLite.
    pub sqlite: &'static str,
    /// The text for PostgreSQL.
    pub postgres: &'static str,
}

/// A statement with its name, for the test that prepares all of them.
#[derive(Clone, Copy, Debug)]
pub struct Statement {
    /// The constant's name.
    pub name: &'static str,
    /// Where it is declared.
    pub module: &'static str,
    /// The statement.
    pub sql: Sql,
}

impl Sql {
    /// A text for each engine. Stores write one text with [`statements!`](crate::statements); two different ones
    /// stand in [`dialect`](super::dialect) alone.
    pub(crate) const fn each(sqlite: &'static str, postgres: &'static str) -> Self {
        Self { sqlite, postgres }
    }

    /// How many binds it takes: the highest placeholder of either text.
    pub const fn parameters(&self) -> usize {
        let (sqlite, postgres) = (parameters(self.sqlite), parameters(self.postgres));
        if sqlite > postgres { sqlite } else { postgres }
    }
}

/// The highest `$n` outside of quotes and comments. Every number from 1 to it must occur, or the count is made
/// impossible, so that a forgotten placeholder does not compile either.
const fn parameters(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut seen = 0u64;
    let mut highest = 0usize;
    let mut at = 0;
    let mut quoted = false;
    while at < bytes.len() {
        if bytes[at] == b'\'' {
            quoted = !quoted;
        } else if bytes[at] == b'$' && !quoted {
            let mut number = 0usize;
            let mut digit = at + 1;
            while digit < bytes.len() && bytes[digit].is_ascii_digit() {
                number = number * 10 + (bytes[digit] - b'0') as usize;
                digit += 1;
            }
            if number > 0 && number < 64 {
                seen |= 1 << number;
                if number > highest {
                    highest = number;
                }
            }
        }
        at += 1;
    }
    let mut number = 1;
    while number <= highest {
        if seen & (1 << number) == 0 {
            return usize::MAX;
        }
        number += 1;
    }
    highest
}

/// Declares statements of a store, each a constant, and `STATEMENTS`, the list of them for the test that prepares all.
#[macro_export]
macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $text:expr;)+) => {
        $($(#[$doc])* pub(crate) const $name: $crate::db::Sql = $crate::db::dialect::both!($text);)+

        /// Every statement of this store.
        #[cfg(test)]
        pub(crate) const STATEMENTS: &[$crate::db::Statement] = &[
            $($crate::db::Statement { name: stringify!($name), module: module_path!(), sql: $name },)+
        ];
    };
}

/// Runs a statement: `sql!(session, all Row, STATEMENT, bind, bind)`. The verbs:
/// `all` (every row), `one` (exactly one, else an error), `optional` (one or none), `run` (gives the number of rows written).
/// A wrong number of binds does not compile.
#[macro_export]
macro_rules! sql {
    ($session:expr, run, $sql:expr $(, $bind:expr)* $(,)?) => {
        $crate::sql!(@ $session, execute, $sql $(, $bind)*)
    };
    ($session:expr, $verb:ident $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        $crate::sql!(@ $session, $verb::<$row>, $sql $(, $bind)*)
    };
    (@ $session:expr, $verb:ident $(::<$row:ty>)?, $sql:expr $(, $bind:expr)*) => {{
        const {
            assert!(
                $sql.parameters() == 0usize $(+ { let _ = stringify!($bind); 1usize })*,
                "the statement has another number of placeholders than it is given binds"
            )
        };
        match $crate::db::Session::conn($session) {
            $crate::db::Conn::Sqlite(connection) => {
                #[allow(unused_mut)]
                let mut binds = $crate::db::run::Sqlite::binds();
                $(binds.push($bind);)*
                $crate::db::run::Sqlite::$verb $(::<$row>)? (connection, $sql.sqlite, binds).await
            }
            $crate::db::Conn::Postgres(connection) => {
                #[allow(unused_mut)]
                let mut binds = $crate::db::run::Postgres::binds();
                $(binds.push($bind);)*
                $crate::db::run::Postgres::$verb $(::<$row>)? (connection, $sql.postgres, binds).await
            }
        }
    }};
}

/// What the [`sql!`](crate::sql) macro calls: small and boxed, so that a statement costs little to compile.
pub mod run {
    use futures::future::BoxFuture;
    use sqlx::error::BoxDynError;
    use sqlx::postgres::{PgArguments, PgRow};
    use sqlx::sqlite::{SqliteArguments, SqliteRow};
    use sqlx::{Arguments, Encode, Executor, FromRow, PgConnection, SqliteConnection, Type};

    use crate::db::Result;

    macro_rules! engine {
        ($(#[$doc:meta])* $name:ident, $database:ty, $arguments:ty, $connection:ty, $row:ty, $binds:ident) => {
            $(#[$doc])*
            pub struct $name;

            /// The binds of one statement; the first that cannot be encoded fails the statement.
            pub struct $binds(std::result::Result<$arguments, BoxDynError>);

            impl $binds {
                /// Adds the next bind.
                pub fn push<'q, T: Encode<'q, $database> + Type<$database>>(&mut self, value: T) {
                    if let Ok(arguments) = &mut self.0
                        && let Err(error) = arguments.add(value)
                    {
                        self.0 = Err(error);
                    }
                }

                fn done(self) -> std::result::Result<$arguments, sqlx::Error> {
                    self.0.map_err(sqlx::Error::Encode)
                }
            }

            impl $name {
                /// No binds yet.
                pub fn binds() -> $binds {
                    $binds(Ok(Default::default()))
                }

                /// Every row.
                pub fn all<'c, R>(
                    connection: &'c mut $connection,
                    sql: &'static str,
                    binds: $binds,
                ) -> BoxFuture<'c, Result<Vec<R>>>
                where
                    R: for<'r> FromRow<'r, $row> + Send + Unpin + 'c,
                {
                    Box::pin(async move {
                        let query = sqlx::query_with::<$database, _>(sql, binds.done()?);
                        let rows = connection.fetch_all(query).await?;
                        Ok(rows.iter().map(R::from_row).collect::<std::result::Result<_, _>>()?)
                    })
                }

                /// One row or none.
                pub fn optional<'c, R>(
                    connection: &'c mut $connection,
                    sql: &'static str,
                    binds: $binds,
                ) -> BoxFuture<'c, Result<Option<R>>>
                where
                    R: for<'r> FromRow<'r, $row> + Send + Unpin + 'c,
                {
                    Box::pin(async move {
                        let query = sqlx::query_with::<$database, _>(sql, binds.done()?);
                        let row = connection.fetch_optional(query).await?;
                        Ok(row.as_ref().map(R::from_row).transpose()?)
                    })
                }

                /// Exactly one row.
                pub fn one<'c, R>(
                    connection: &'c mut $connection,
                    sql: &'static str,
                    binds: $binds,
                ) -> BoxFuture<'c, Result<R>>
                where
                    R: for<'r> FromRow<'r, $row> + Send + Unpin + 'c,
                {
                    Box::pin(async move {
                        let row = Self::optional::<R>(connection, sql, binds).await?;
                        row.ok_or_else(|| sqlx::Error::RowNotFound.into())
                    })
                }

                /// Runs it and gives the number of rows that it wrote.
                pub fn execute<'c>(
                    connection: &'c mut $connection,
                    sql: &'static str,
                    binds: $binds,
                ) -> BoxFuture<'c, Result<u64>> {
                    Box::pin(async move {
                        let query = sqlx::query_with::<$database, _>(sql, binds.done()?);
                        Ok(connection.execute(query).await?.rows_affected())
                    })
                }
            }
        };
    }

    engine!(
        /// Statements on SQLite.
        Sqlite, sqlx::Sqlite, SqliteArguments, SqliteConnection, SqliteRow, SqliteBinds
    );
    engine!(
        /// Statements on PostgreSQL.
        Postgres, sqlx::Postgres, PgArguments, PgConnection, PgRow, PostgresBinds
    );
}

#[cfg(test)]
mod tests {
    use super::parameters;

    #[test]
    fn counts_the_highest_placeholder() {
        assert_eq!(parameters("select 1"), 0);
        assert_eq!(parameters("select $1, $2, $1"), 2);
        assert_eq!(parameters("select '$3', $1"), 1);
        assert_eq!(parameters("select $12, $11, $10, $9, $8, $7, $6, $5, $4, $3, $2, $1"), 12);
    }

    #[test]
    fn a_gap_never_compiles() {
        assert_eq!(parameters("select $1, $3"), usize::MAX);
    }
}
