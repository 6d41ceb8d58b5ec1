//! All SQL of the wrapped data keys.

use domain::ids::DataKeyId;
use jiff::Timestamp;
use sqlx::FromRow;

use crate::db::{At, Result, Session, Tx};
use crate::{sql, statements};

/// A wrapped data key.
#[derive(Clone, Debug, FromRow)]
pub struct Row {
    #[sqlx(try_from = "String")]
    pub id: DataKeyId,
    pub wrapped: String,
}

statements! {
    DATA_KEY_CREATE = "insert into data_keys (id, wrapped, created_at) values ($1, $2, $3)";
    DATA_KEY_WRAP = "update data_keys set wrapped = $2 where id = $1";
    DATA_KEYS_LOCK = "insert into settings (key, value, updated_at) values ('data-keys', '', $1)
        on conflict (key) do update set updated_at = excluded.updated_at";
    DATA_KEY_LIST = "select id, wrapped from data_keys order by created_at, id";
}

/// Keeps a wrapped data key.
pub async fn data_key_create(
    s: &mut dyn Session,
    id: DataKeyId,
    wrapped: &str,
    now: Timestamp,
) -> Result<()> {
    sql!(s, run, DATA_KEY_CREATE, id.to_string(), wrapped, At(now))?;
    Ok(())
}

/// Keeps what another key-encryption key wrapped.
pub async fn data_key_wrap_in_tx(tx: &mut Tx, id: DataKeyId, wrapped: &str) -> Result<()> {
    sql!(tx, run, DATA_KEY_WRAP, id.to_string(), wrapped)?;
    Ok(())
}

/// Makes whoever opens the keys wait for one another until the transaction ends: two that start on an empty database must not each
/// make the first key.
pub async fn data_keys_lock_in_tx(tx: &mut Tx, now: Timestamp) -> Result<()> {
    sql!(tx, run, DATA_KEYS_LOCK, At(now))?;
    Ok(())
}

/// The wrapped data keys, the newest last.
pub async fn data_key_list(s: &mut dyn Session) -> Result<Vec<Row>> {
    sql!(s, all Row, DATA_KEY_LIST)
}
