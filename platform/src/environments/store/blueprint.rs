//! Published versions of blueprints, and which blueprints are withdrawn.

use domain::ids::{AccountId, BlueprintId};
use jiff::Timestamp;
use sqlx::FromRow;

use super::keys;
use crate::db::{At, Result, Session};
use crate::environments::rows::BlueprintRow;
use crate::{sql, statements};

statements! {
    BLUEPRINT_CREATE = "insert into blueprints (id, name, version, title, description, source, digest, published_at, published_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    BLUEPRINT_FIND = "select b.id, b.name, b.version, b.title, b.description, b.source, b.digest, b.published_at, w.withdrawn_at
        from blueprints b left join withdrawn_blueprints w on w.name = b.name where b.id = $1";
    BLUEPRINT_FIND_VERSION = "select b.id, b.name, b.version, b.title, b.description, b.source, b.digest, b.published_at, w.withdrawn_at
        from blueprints b left join withdrawn_blueprints w on w.name = b.name where b.name = $1 and b.version = $2";
    BLUEPRINT_FIND_NEWEST = "select b.id, b.name, b.version, b.title, b.description, b.source, b.digest, b.published_at, w.withdrawn_at
        from blueprints b left join withdrawn_blueprints w on w.name = b.name
        where b.name = (select o.name from blueprints o where o.id = $1) order by b.version desc limit 1";
    BLUEPRINT_TITLE_LIST = "select id, title, version from blueprints where id in (select value ->> 'key' from json_each($1))";
    BLUEPRINT_LATEST = "select b.id, b.name, b.version, b.title, b.description, b.source, b.digest, b.published_at, w.withdrawn_at
        from blueprints b left join withdrawn_blueprints w on w.name = b.name
        where b.version = (select max(o.version) from blueprints o where o.name = b.name) order by b.title, b.name";
    BLUEPRINT_WITHDRAW = "insert into withdrawn_blueprints (name, withdrawn_at, withdrawn_by) values ($1, $2, $3)
        on conflict (name) do nothing";
    BLUEPRINT_OFFER = "delete from withdrawn_blueprints where name = $1";
}

/// What a published version is called.
#[derive(Clone, Debug, FromRow)]
pub struct BlueprintTitle {
    #[sqlx(try_from = "String")]
    pub id: BlueprintId,
    pub title: String,
    pub version: i64,
}

/// Publishes a version.
pub async fn blueprint_create(s: &mut dyn Session, row: &BlueprintRow, by: Option<AccountId>) -> Result<()> {
    let by = by.map(|by| by.to_string());
    sql!(
        s,
        run,
        BLUEPRINT_CREATE,
        row.id.to_string(),
        &row.name,
        row.version,
        &row.title,
        &row.description,
        &row.source,
        &row.digest,
        row.published_at,
        by
    )?;
    Ok(())
}

/// A published version by its id.
pub async fn blueprint_find(s: &mut dyn Session, id: BlueprintId) -> Result<Option<BlueprintRow>> {
    sql!(s, optional BlueprintRow, BLUEPRINT_FIND, id.to_string())
}

/// A published version by name and number.
pub async fn blueprint_find_version(
    s: &mut dyn Session,
    name: &str,
    version: i64,
) -> Result<Option<BlueprintRow>> {
    sql!(s, optional BlueprintRow, BLUEPRINT_FIND_VERSION, name, version)
}

/// The newest version of the blueprint that another version is of.
pub async fn blueprint_find_newest(s: &mut dyn Session, id: BlueprintId) -> Result<Option<BlueprintRow>> {
    sql!(s, optional BlueprintRow, BLUEPRINT_FIND_NEWEST, id.to_string())
}

/// What these published versions are called.
pub async fn blueprint_title_list(
    s: &mut dyn Session,
    ids: impl IntoIterator<Item = BlueprintId>,
) -> Result<Vec<BlueprintTitle>> {
    sql!(s, all BlueprintTitle, BLUEPRINT_TITLE_LIST, keys(ids))
}

/// The newest version of each blueprint, by title.
pub async fn blueprint_list(s: &mut dyn Session) -> Result<Vec<BlueprintRow>> {
    sql!(s, all BlueprintRow, BLUEPRINT_LATEST)
}

/// Withdraws a blueprint, all its versions; whether it was offered before.
pub async fn blueprint_withdraw(
    s: &mut dyn Session,
    name: &str,
    by: Option<AccountId>,
    now: Timestamp,
) -> Result<bool> {
    let by = by.map(|by| by.to_string());
    Ok(sql!(s, run, BLUEPRINT_WITHDRAW, name, At(now), by)? > 0)
}

/// Offers a blueprint again; whether it was withdrawn before.
pub async fn blueprint_offer(s: &mut dyn Session, name: &str) -> Result<bool> {
    Ok(sql!(s, run, BLUEPRINT_OFFER, name)? > 0)
}
