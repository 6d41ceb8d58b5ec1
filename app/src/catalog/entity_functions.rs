//! Server functions of one entity.

use domain::form::FormOutcome;
use leptos::prelude::*;

use super::entity_view::{EntityAnswer, IntervalView, TextView};

/// An entity with what is around it. Everyone signed in.
#[server(prefix = "/do", endpoint = "entity")]
pub async fn entity(reference: String) -> Result<EntityAnswer, ServerFnError> {
    use crate::request::{caller, platform, read_error};
    super::entity_read::entity(&platform(), &caller(), &reference).await.map_err(read_error)
}

/// The text of its document. Everyone signed in.
#[server(prefix = "/do", endpoint = "entity-text")]
pub async fn entity_text(reference: String) -> Result<TextView, ServerFnError> {
    use crate::request::{caller, platform, read_error};
    super::entity_read::text(&platform(), &caller(), &reference).await.map_err(read_error)
}

/// The definition of an API. Everyone signed in.
#[server(prefix = "/do", endpoint = "entity-definition")]
pub async fn entity_definition(reference: String) -> Result<Option<String>, ServerFnError> {
    use crate::request::{caller, platform, read_error, reference as parsed};
    let reference = parsed(&reference).map_err(read_error)?;
    let platform = platform();
    platform::catalog::service::entity_definition(&platform.catalog, &caller(), &reference)
        .await
        .map_err(read_error)
}

/// Whose it was, what it was part of and who was its member. Everyone signed in.
#[server(prefix = "/do", endpoint = "entity-history")]
pub async fn entity_history(reference: String) -> Result<Vec<IntervalView>, ServerFnError> {
    use crate::request::{caller, platform, read_error};
    super::entity_read::history(&platform(), &caller(), &reference).await.map_err(read_error)
}

/// Removes an entity that no file describes any more. A leader of its owner; administrators.
#[server(prefix = "/do", endpoint = "remove-orphan")]
pub async fn remove_orphan(reference: String) -> Result<FormOutcome, ServerFnError> {
    use crate::request::{Done, caller, now, outcome, platform, reference as parsed};
    let platform = platform();
    let removed = match parsed(&reference) {
        Ok(parsed) => {
            platform::catalog::service::remove_orphan(&platform.catalog, &caller(), &parsed, now()).await
        }
        Err(error) => Err(error),
    };
    outcome(removed.map(|()| Done::to(super::address::LIST).saying(format!("{reference} is removed"))))
}
