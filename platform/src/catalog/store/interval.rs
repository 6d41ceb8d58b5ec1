//! The history of ownedBy, partOf and memberOf in the database.
//!
//! A row says that one entity's file stated an edge from one moment until another. An edge holds while a row of either
//! end does.

use domain::catalog::EntityRef;
use serde::Serialize;

use super::{Bulk, Key, all_by_keys, bulk};
use crate::db::{At, Result, Session, Tx};
use crate::sql;

crate::statements! {
    OPEN_LIST = "select i.source, i.relation, i.target, i.stated_by
                 from json_each($1) j join catalog_relation_intervals i on i.source = j.value ->> 'key' and i.stated_by = ''
                 where i.valid_until is null
                 union all
                 select i.source, i.relation, i.target, i.stated_by
                 from json_each($1) j join catalog_relation_intervals i on i.stated_by = j.value ->> 'key' and i.stated_by <> ''
                 where i.valid_until is null";
    // A second opening in the same moment continues the row that was closed in it.
    OPEN = "insert into catalog_relation_intervals (source, relation, target, stated_by, valid_from)
            select value ->> 'source', value ->> 'relation', value ->> 'target', value ->> 'stated_by', cast(value ->> 'now' as bigint)
            from json_each($1) where true
            on conflict (source, relation, target, stated_by, valid_from) do update set valid_until = null";
    CLOSE = "update catalog_relation_intervals set valid_until = cast(j.value ->> 'now' as bigint)
             from json_each($1) j
             where catalog_relation_intervals.source = j.value ->> 'source'
               and catalog_relation_intervals.relation = j.value ->> 'relation'
               and catalog_relation_intervals.target = j.value ->> 'target'
               and catalog_relation_intervals.stated_by = j.value ->> 'stated_by'
               and catalog_relation_intervals.valid_until is null";
    HISTORY_LIST = "select stated_by, relation, target, valid_from, valid_until from catalog_relation_intervals
                    where source = $1 order by valid_from, relation, target, stated_by";
}

/// An edge that a file states. Where the source itself states it, `stated_by` is empty.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, sqlx::FromRow)]
pub(crate) struct EdgeRow {
    pub source: String,
    pub relation: String,
    pub target: String,
    pub stated_by: String,
}

/// An edge to open or close.
#[derive(Debug, Serialize)]
pub(crate) struct EdgeSave {
    #[serde(flatten)]
    pub edge: EdgeRow,
    pub now: i64,
}

impl Bulk for EdgeSave {
    fn bytes(&self) -> usize {
        100 + self.edge.stated_by.len() + self.edge.source.len() + self.edge.target.len()
    }
}

/// A row of an entity's history.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub(crate) struct IntervalRow {
    pub stated_by: String,
    pub relation: String,
    pub target: String,
    pub valid_from: At,
    pub valid_until: Option<At>,
}

/// What the given entities state now.
pub(crate) async fn open_list(session: &mut dyn Session, stated_by: &[Key]) -> Result<Vec<EdgeRow>> {
    Ok(all_by_keys!(session, EdgeRow, OPEN_LIST, stated_by))
}

pub(crate) async fn open_all(tx: &mut Tx, edges: &[EdgeSave]) -> Result<()> {
    for list in bulk(edges) {
        sql!(tx, run, OPEN, list)?;
    }
    Ok(())
}

pub(crate) async fn close_all(tx: &mut Tx, edges: &[EdgeSave]) -> Result<()> {
    for list in bulk(edges) {
        sql!(tx, run, CLOSE, list)?;
    }
    Ok(())
}

/// Everything that was ever said about an entity's relations.
pub(crate) async fn interval_list(session: &mut dyn Session, source: &EntityRef) -> Result<Vec<IntervalRow>> {
    sql!(session, all IntervalRow, HISTORY_LIST, source.as_str())
}
