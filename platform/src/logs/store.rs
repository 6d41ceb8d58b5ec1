//! All SQL of the logs' index.

use jiff::Timestamp;
use serde_json::{Value, json};
use sqlx::FromRow;

use crate::db::{At, Json, Result, Session};
use crate::{sql, statements};

/// Where a log ends.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct End {
    /// The number of the next chunk.
    pub sequence: i64,
    /// The number of the next line.
    pub lines: i64,
    /// How much it holds.
    pub bytes: i64,
}

/// A chunk.
#[derive(Clone, Debug, FromRow)]
pub struct Chunk {
    pub first_line: i64,
    pub object: String,
}

statements! {
    LOG_END = "select count(*) as sequence, cast(coalesce(sum(lines), 0) as bigint) as lines,
            cast(coalesce(sum(bytes), 0) as bigint) as bytes from log_chunks where owner = $1";
    CHUNK_CREATE = "insert into log_chunks (owner, sequence, first_line, lines, bytes, object, at) values ($1, $2, $3, $4, $5, $6, $7)";
    CHUNK_DELETE_ALL = "delete from log_chunks where owner in (select value ->> 'key' from json_each($1))";
    CHUNK_LIST = "select first_line, object from log_chunks where owner = $1 and first_line + lines > $2 order by sequence";
}

/// Where a log ends. Two writers of one log cannot both go on: the second meets the chunk's key.
pub async fn log_end(s: &mut dyn Session, owner: &str) -> Result<End> {
    sql!(s, one End, LOG_END, owner)
}

/// Notes a chunk whose object is written.
pub async fn chunk_create(
    s: &mut dyn Session,
    owner: &str,
    sequence: i64,
    first_line: i64,
    lines: i64,
    bytes: i64,
    object: &str,
    now: Timestamp,
) -> Result<()> {
    sql!(s, run, CHUNK_CREATE, owner, sequence, first_line, lines, bytes, object, At(now))?;
    Ok(())
}

/// Deletes the chunks of these logs; their objects stay.
pub async fn chunk_delete_all(s: &mut dyn Session, owners: &[String]) -> Result<()> {
    let owners: Vec<Value> = owners.iter().map(|owner| json!({ "key": owner })).collect();
    sql!(s, run, CHUNK_DELETE_ALL, Json(owners))?;
    Ok(())
}

/// The chunks that hold lines from number `from` on.
pub async fn chunk_list(s: &mut dyn Session, owner: &str, from: i64) -> Result<Vec<Chunk>> {
    sql!(s, all Chunk, CHUNK_LIST, owner, from)
}
