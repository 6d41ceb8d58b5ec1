//! All SQL of the catalog.
//!
//! - Writes of a run are bulk statements over JSON lists, cut so that no statement grows without bound.
//! - JSON that is kept is text on both engines: it comes back byte for byte, in the file's order.

pub(crate) mod content;
pub(crate) mod entity;
pub(crate) mod interval;
pub(crate) mod source;
pub(crate) mod view;

use serde::Serialize;

use crate::db::{Json, Result};

/// How many bytes of rows one bulk statement carries, and how many rows.
const BULK_BYTES: usize = 4 << 20;
const BULK_ROWS: usize = 2000;

/// A row of a bulk statement that knows roughly how many bytes it has.
pub(crate) trait Bulk: Serialize {
    fn bytes(&self) -> usize;
}

/// Cuts rows into lists for bulk statements.
pub(crate) fn bulk<T: Bulk>(rows: &[T]) -> impl Iterator<Item = Json<&[T]>> {
    let mut rest = rows;
    std::iter::from_fn(move || {
        let mut bytes = 0;
        let mut end = 0;
        while end < rest.len() && end < BULK_ROWS && (end == 0 || bytes + rest[end].bytes() <= BULK_BYTES) {
            bytes += rest[end].bytes();
            end += 1;
        }
        let (list, after) = rest.split_at(end);
        rest = after;
        (!list.is_empty()).then_some(Json(list))
    })
}

/// One id or reference as a row: `{"key": …}`.
#[derive(Debug, Serialize)]
pub(crate) struct Key {
    pub key: String,
}

impl Bulk for Key {
    fn bytes(&self) -> usize {
        self.key.len() + 16
    }
}

/// Rows of keys.
pub(crate) fn keys<T: ToString>(list: impl IntoIterator<Item = T>) -> Vec<Key> {
    list.into_iter().map(|key| Key { key: key.to_string() }).collect()
}

/// Runs a query for each list of keys and joins the rows.
macro_rules! all_by_keys {
    ($session:expr, $row:ty, $sql:expr, $keys:expr) => {{
        let mut rows: Vec<$row> = Vec::new();
        for list in $crate::catalog::store::bulk($keys) {
            rows.extend($crate::sql!($session, all $row, $sql, list)?);
        }
        rows
    }};
}
pub(crate) use all_by_keys;

/// The next generation of the catalog. Written first, so that runs that store come one after another.
pub(crate) async fn generation_next_in_tx(tx: &mut crate::db::Tx, now: jiff::Timestamp) -> Result<i64> {
    entity::generation_next(tx, now).await
}
