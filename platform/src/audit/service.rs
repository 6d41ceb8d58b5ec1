//! Who may read the record.

use domain::ids::AuditId;
use domain::people::{Action, Caller, authorize};

pub use super::store::Recorded;
use super::store::{self, Part};
use crate::catalog::Snapshot;
use crate::db::Db;
use crate::{Error, Result};

/// How many rows a page holds, of others' actions and of one's own.
pub const PAGE: usize = 50;
/// See [`PAGE`].
pub const PAGE_OF_OWN: usize = 20;

/// Whose actions.
#[derive(Clone, Copy, Debug)]
pub enum Whose<'a> {
    /// The caller's own: everyone who is signed in may.
    Own,
    /// Everybody's, to what the teams that the caller leads own, and the teams below them in this catalog: leaders may.
    Led(&'a Snapshot),
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
    whose: Whose<'_>,
    filter: &Filter,
    after: Option<AuditId>,
) -> Result<Page> {
    let action = match whose {
        Whose::Own => Action::OwnAccount,
        Whose::Led(_) => Action::SeeTeamAudit,
        Whose::Everybody => Action::SeeAudit,
    };
    authorize(caller, action)?;
    let (part, size) = match whose {
        Whose::Own => {
            let account = caller.account().ok_or(Error::SignInFirst)?;
            (Part::OfActor(format!("account:{account}")), PAGE_OF_OWN)
        }
        Whose::Led(snapshot) => {
            let teams = caller.person().map(|person| snapshot.teams_led_by(person));
            (Part::OfTeams(teams.unwrap_or_default()), PAGE)
        }
        Whose::Everybody => (Part::All, PAGE),
    };
    let mut reader = db.read().await?;
    // One row more than a page shows whether there is another.
    let limit = size as i64 + 1;
    let mut rows = store::audit_list(&mut reader, &part, filter, after, limit).await?;
    let next = if rows.len() > size { rows.get(size - 1).map(|row| row.id) } else { None };
    rows.truncate(size);
    Ok(Page { rows, next })
}
