//! The use cases of environments. Each authorizes before anything else, and records what it changed.

mod again;
mod attention;
mod blueprints;
mod change;
mod give_up;
mod list;
mod read;
mod request;
mod search;
mod step_log;
mod summary;

pub use again::{Again, find_again};
pub use attention::{Attention, list_attention};
pub use blueprints::{
    BlueprintView, Published, find_blueprint, list_blueprints, publish_blueprint, publish_shipped,
    set_blueprint_offered,
};
pub(crate) use change::queue_destroy_in_tx;
pub use change::{cancel_environment, destroy_environment, extend_environment, retry_environment};
pub use give_up::{ClusterEnd, find_cluster_end, give_up_cluster, give_up_environment};
pub use list::{ListFilter, ListPage, count_alive_of_teams, list_environment_teams, list_environments};
pub use read::{
    EnvironmentPage, OperationView, StepView, find_environment, list_earlier_operations, teams_of,
};
pub use request::{Preview, Request, preview_request, request_environment};
pub use search::{NamedEnvironment, search_environments};
pub use step_log::{read_step_log, read_step_log_end};
pub use summary::EnvironmentSummary;

use domain::ids::EnvironmentId;
use domain::people::Owned;

use super::rows::Environment;
use super::{Environments, store};
use crate::db::{Session, Tx};
use crate::{Error, Result};

/// Whose an environment is, for the table of roles: its team, the teams above that, and who asked for it.
pub(super) struct Ownership {
    team: domain::catalog::reference::EntityRef,
    above: Vec<domain::catalog::reference::EntityRef>,
    requester: domain::ids::AccountId,
}

impl Ownership {
    fn of(environments: &Environments, environment: &Environment) -> Result<Self> {
        let team: domain::catalog::reference::EntityRef = environment
            .team
            .parse()
            .map_err(|error| Error::internal("reading an environment's team", format!("{error}")))?;
        let above = environments.catalog.snapshot().teams_above(&team);
        Ok(Self { team, above, requester: environment.requested_by })
    }

    fn owned(&self) -> Owned<'_> {
        Owned { team: &self.team, above: &self.above, requester: Some(self.requester) }
    }
}

async fn found(s: &mut dyn Session, id: EnvironmentId) -> Result<Environment> {
    store::environment_find(s, id).await?.ok_or_else(|| Error::no_such("environment", id))
}

/// The same, its row locked until the transaction ends. Its job's row is locked before it, as the job itself does, so that
/// neither waits for the other in a circle.
async fn found_for_update(tx: &mut Tx, id: EnvironmentId) -> Result<Environment> {
    store::environment_find_for_update(tx, id).await?.ok_or_else(|| Error::no_such("environment", id))
}
