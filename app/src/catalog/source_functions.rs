//! Server functions of sources.

use domain::form::FormOutcome;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::source_view::{SourceList, SourcePageView};

/// Every source with its last run. Everyone signed in.
#[server(prefix = "/do", endpoint = "sources")]
pub async fn sources() -> Result<SourceList, ServerFnError> {
    use crate::request::{caller, platform, read_error};
    super::source_read::list(&platform(), &caller()).await.map_err(read_error)
}

/// One source with a page of its files, after a path; `None` where there is none of that id. Everyone signed in.
#[server(prefix = "/do", endpoint = "source")]
pub async fn source(id: String, after: String) -> Result<Option<SourcePageView>, ServerFnError> {
    use crate::request::{caller, found, platform};
    found(super::source_read::page(&platform(), &caller(), &id, &after).await)
}

/// A source as the form posts it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceFields {
    /// What people call it.
    pub name: String,
    /// `folder` or `git`.
    pub place: String,
    /// The path or address.
    pub location: String,
    /// The branch; empty for the repository's own.
    pub branch: String,
    /// The files that reading starts with; empty for the usual ones.
    pub glob: String,
    /// Present when an administrator trusts it.
    pub trusted: Option<String>,
    /// `default`, `all`, `all_but` or `only`.
    pub rule: String,
    /// Kinds, with commas or blanks between them.
    pub kinds: String,
    /// Namespaces, with commas or blanks between them; empty for all.
    pub namespaces: String,
    /// How often it is read.
    pub every_minutes: String,
}

/// Adds a source and has it read. Administrators only.
#[server(prefix = "/do", endpoint = "add-source")]
pub async fn add_source(
    name: String,
    place: String,
    location: String,
    branch: String,
    glob: String,
    trusted: Option<String>,
    rule: String,
    kinds: String,
    namespaces: String,
    every_minutes: String,
) -> Result<FormOutcome, ServerFnError> {
    use crate::request::{Done, caller, now, outcome, platform};
    let fields =
        SourceFields { name, place, location, branch, glob, trusted, rule, kinds, namespaces, every_minutes };
    let (platform, settings) = (platform(), super::source_read::settings(fields));
    let added = platform::catalog::service::add_source(&platform.catalog, &caller(), settings, now()).await;
    outcome(added.map(|id| Done::to(super::address::source(id)).saying("Source added. Reading it now")))
}

/// Changes a source and has it read. Administrators only.
#[server(prefix = "/do", endpoint = "change-source")]
pub async fn change_source(
    id: String,
    // What names none is of no state.
    #[server(default)] version: i64,
    name: String,
    place: String,
    location: String,
    branch: String,
    glob: String,
    trusted: Option<String>,
    rule: String,
    kinds: String,
    namespaces: String,
    every_minutes: String,
) -> Result<FormOutcome, ServerFnError> {
    use crate::request::{Done, caller, now, outcome, parsed, platform};
    let fields =
        SourceFields { name, place, location, branch, glob, trusted, rule, kinds, namespaces, every_minutes };
    let (platform, settings) = (platform(), super::source_read::settings(fields));
    let changed = match parsed(&id, "source") {
        Ok(id) => {
            let (catalog, seen) = (&platform.catalog, Some(version));
            platform::catalog::service::change_source(catalog, &caller(), id, settings, seen, now()).await
        }
        Err(error) => Err(error),
    };
    outcome(changed.map(|()| Done::to(super::address::source(&id)).saying("Saved. Reading it now")))
}

/// Has a source read now. Members of a team.
#[server(prefix = "/do", endpoint = "refresh-source")]
pub async fn refresh_source(id: String) -> Result<FormOutcome, ServerFnError> {
    use crate::request::{Done, caller, now, outcome, parsed, platform};
    let platform = platform();
    let asked = match parsed(&id, "source") {
        Ok(id) => platform::catalog::service::refresh_source(&platform.catalog, &caller(), id, now()).await,
        Err(error) => Err(error),
    };
    outcome(asked.map(|()| Done::to(super::address::source(&id)).saying("Reading it now")))
}

/// Stops the reading of a source at its next safe point. Members of a team.
#[server(prefix = "/do", endpoint = "stop-source")]
pub async fn stop_source(id: String) -> Result<FormOutcome, ServerFnError> {
    use crate::request::{Done, caller, now, outcome, parsed, platform};
    let platform = platform();
    let stopped = match parsed(&id, "source") {
        Ok(id) => platform::catalog::service::stop_source(&platform.catalog, &caller(), id, now()).await,
        Err(error) => Err(error),
    };
    outcome(stopped.map(|()| Done::to(super::address::source(&id)).saying("It stops at its next safe point")))
}

/// Removes a source. Administrators only.
#[server(prefix = "/do", endpoint = "remove-source")]
pub async fn remove_source(id: String) -> Result<FormOutcome, ServerFnError> {
    use crate::request::{Done, caller, now, outcome, parsed, platform};
    let platform = platform();
    let removed = match parsed(&id, "source") {
        Ok(id) => platform::catalog::service::remove_source(&platform.catalog, &caller(), id, now()).await,
        Err(error) => Err(error),
    };
    outcome(removed.map(|()| Done::to("/settings/sources").saying("The source is removed")))
}
