//! Prepares every statement of every store on both engines, so that a text that one of them does not know fails here.

use sqlx::{Executor, SqlSafeStr};

use super::{Conn, Session, Statement};
use crate::testing;

/// Every list of statements. The test below fails when a store declares statements and does not stand here.
const ALL: &[&[Statement]] = &[
    super::dialect::STATEMENTS,
    crate::audit::store::STATEMENTS,
    crate::clusters::store::STATEMENTS,
    crate::environments::store::blueprint::STATEMENTS,
    crate::environments::store::environment::STATEMENTS,
    crate::environments::store::named::STATEMENTS,
    crate::environments::store::operation::STATEMENTS,
    crate::environments::store::sight::STATEMENTS,
    crate::environments::store::usual::STATEMENTS,
    crate::jobs::store::STATEMENTS,
    crate::logs::store::STATEMENTS,
    crate::secrets::store::STATEMENTS,
    crate::people::sessions::STATEMENTS,
    crate::people::store::STATEMENTS,
    crate::people::store::resets::STATEMENTS,
    crate::catalog::store::content::STATEMENTS,
    crate::catalog::store::entity::STATEMENTS,
    crate::catalog::store::interval::STATEMENTS,
    crate::catalog::store::source::STATEMENTS,
    crate::catalog::store::view::STATEMENTS,
];

async fn prepare_all(db: &crate::db::Db) -> Vec<String> {
    let mut tx = db.begin().await.expect("begin");
    let mut refused = Vec::new();
    for statement in ALL.iter().flat_map(|list| list.iter()) {
        let result = match tx.conn() {
            Conn::Sqlite(connection) => {
                connection.prepare(statement.sql.sqlite.into_sql_str()).await.map(|_| ())
            }
            Conn::Postgres(connection) => {
                connection.execute("savepoint before").await.expect("savepoint");
                let result = connection.prepare(statement.sql.postgres.into_sql_str()).await.map(|_| ());
                connection.execute("rollback to savepoint before").await.expect("rollback");
                result
            }
        };
        if let Err(error) = result {
            refused.push(format!("{}::{}: {error}", statement.module, statement.name));
        }
    }
    refused
}

#[tokio::test]
async fn every_statement_prepares_on_sqlite() {
    let db = testing::sqlite().await;
    assert_eq!(prepare_all(&db).await, Vec::<String>::new());
}

#[tokio::test]
async fn every_statement_prepares_on_postgres() {
    let Some(db) = testing::postgres().await else { return };
    assert_eq!(prepare_all(&db).await, Vec::<String>::new());
}

/// Whether a `*` in it stands for columns: it is not in `count(*)`, and not between two factors.
fn takes_every_column(text: &str) -> bool {
    text.match_indices('*').any(|(at, _)| {
        let before = text[..at].trim_end().to_lowercase();
        [",", ".", "select", "distinct", "returning"].iter().any(|end| before.ends_with(end))
    })
}

#[test]
fn every_statement_names_its_columns() {
    for text in
        ["select * from a", "select distinct\n* from a", "select b.* from b", "delete from a returning *"]
    {
        assert!(takes_every_column(text), "{text}");
    }
    assert!(!takes_every_column("select count(*), 2 * max(a) * 3 from b where (c) * $1 > 0"));
    for statement in ALL.iter().flat_map(|list| list.iter()) {
        let (module, name) = (statement.module, statement.name);
        for text in [statement.sql.sqlite, statement.sql.postgres] {
            assert!(
                !takes_every_column(text),
                "{module}::{name}: name the columns. A `*` fails on PostgreSQL while a newer replica adds one"
            );
        }
    }
}

#[test]
fn no_store_is_forgotten() {
    let listed: std::collections::BTreeSet<&str> =
        ALL.iter().flat_map(|list| list.iter()).map(|statement| statement.module).collect();
    let mut declared = std::collections::BTreeSet::new();
    testing::source_files(env!("CARGO_MANIFEST_DIR"), &mut |path, text| {
        if text.lines().any(|line| {
            line.trim_start().starts_with("statements! {")
                || line.trim_start().starts_with("crate::statements! {")
        }) {
            declared.insert(format!(
                "platform::{}",
                path.trim_end_matches(".rs").trim_end_matches("/mod").replace('/', "::")
            ));
        }
    });
    for module in &declared {
        assert!(
            listed.contains(module.as_str()),
            "{module} declares statements: add its STATEMENTS to ALL in statement_test.rs"
        );
    }
}
