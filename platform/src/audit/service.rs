//! Who may read the record.

use domain::ids::AuditId;
use domain::people::{Action, Caller, authorize};

use super::store;
pub use super::store::Recorded;
use crate::db::Db;
use crate::{Error, Result};

/// How many rows a page holds.
pub const PAGE: usize = 50;

/// Whose actions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// The caller's own: everyone who is signed in may.
    Own,
    /// Everybody's, and Slipway's own: administrators may.
    Everybody,
}

/// What to look for; nothing means everything.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// An action, such as `environment.destroy`, or a room with all of its actions, such as `environment`.
    pub action: Option<String>,
    /// One object: its kind and its id.
    pub object: Option<(String, String)>,
}

/// A part of the record.
#[derive(Clone, Debug)]
pub struct Page {
    /// The last first.
    pub rows: Vec<Recorded>,
    /// After which row the next page begins; none when this is the last.
    pub next: Option<AuditId>,
}

/// The record, the last first, from after the row `after`.
pub async fn list_audit(
    db: &Db,
    caller: &Caller,
    whose: Whose,
    filter: &Filter,
    after: Option<AuditId>,
) -> Result<Page> {
    let action = if whose == Whose::Own { Action::OwnAccount } else { Action::SeeAudit };
    authorize(caller, action)?;
    let actor = match whose {
        Whose::Everybody => None,
        Whose::Own => Some(caller.account().ok_or(Error::SignInFirst)?),
    };
    let actor = actor.map(|account| format!("account:{account}"));
    let mut reader = db.read().await?;
    // One row more than a page shows whether there is another.
    let limit = PAGE as i64 + 1;
    let mut rows = store::audit_list(&mut reader, actor.as_deref(), filter, after, limit).await?;
    let next = if rows.len() > PAGE { rows.get(PAGE - 1).map(|row| row.id) } else { None };
    rows.truncate(PAGE);
    Ok(Page { rows, next })
}
