//! What of one's own environments needs somebody: what fails, is stuck, or ends soon.

use domain::environments::life::{Action as Asked, State};
use domain::people::{Action, Caller, authorize};
use jiff::Timestamp;

use super::super::store::Filter;
use super::super::{Environments, store};
use super::Ownership;
use super::read::{EnvironmentSummary, actions_of, latest_of, summary, warning};
use crate::Result;

/// More living environments than one person asks for; those beyond are left out.
const MOST: i64 = 1_000;

/// An environment that needs somebody.
#[derive(Clone, Debug)]
pub struct Attention {
    pub summary: EnvironmentSummary,
    /// Whether the caller may give it more time: whoever asked for it may have left its team.
    pub may_extend: bool,
}

/// Those that the caller asked for and that expire soon, failed, or cannot be destroyed; what ends first comes first. Everyone
/// signed in may, for what is theirs.
pub async fn list_attention(
    environments: &Environments,
    caller: &Caller,
    now: Timestamp,
) -> Result<Vec<Attention>> {
    authorize(caller, Action::See)?;
    let Some(account) = caller.account() else { return Ok(Vec::new()) };
    let filter = Filter { requested_by: Some(account), limit: MOST, ..Filter::default() };
    let mut reader = environments.db.read().await?;
    let rows = store::environment_list(&mut reader, &filter).await?;
    let mut list = Vec::new();
    for row in rows {
        let state = row.state()?;
        let broken = matches!(state, State::Failed | State::DestroyBlocked);
        if !broken && warning(&row, now)?.is_none() {
            continue;
        }
        let owner = Ownership::of(environments, &row)?;
        let may_extend = actions_of(caller, &owner, state, row.wanted()?).contains(&Asked::Extend);
        let latest = latest_of(&mut reader, &row).await?;
        list.push(Attention { summary: summary(&mut reader, &row, latest.as_ref(), now).await?, may_extend });
    }
    list.sort_by_key(|one| one.summary.expires_at);
    Ok(list)
}
