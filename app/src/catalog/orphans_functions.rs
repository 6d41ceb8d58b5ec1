//! Server functions of the page that removes several orphans.

use domain::form::FormOutcome;
use leptos::prelude::*;

use super::orphans_view::OrphansView;

/// The orphans that an address means; `search` is what stands in it after the `?`. Everyone signed in.
#[server(prefix = "/do", endpoint = "orphans")]
pub async fn orphans(search: String) -> Result<OrphansView, ServerFnError> {
    use crate::request::{caller, platform, read_error};
    super::orphans_read::orphans(&platform(), &caller(), &search).map_err(read_error)
}

/// Removes those that an address means, if they are those that were seen. Leaders, those of their teams; administrators.
#[server(prefix = "/do", endpoint = "remove-orphans")]
pub async fn remove_orphans(search: String, seen: String) -> Result<FormOutcome, ServerFnError> {
    use crate::request::{Done, caller, now, outcome, platform};
    let removed = super::orphans_read::remove(&platform(), &caller(), &search, &seen, now()).await;
    let said =
        |many| super::words::count(many, "orphaned entity is removed", "orphaned entities are removed");
    outcome(removed.map(|many| Done::to(super::address::LIST).saying(said(many))))
}
