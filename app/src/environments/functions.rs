//! Server functions of environments that exist.

use domain::form::FormOutcome;
use jiff::Timestamp;
use leptos::prelude::*;

use super::view::{EnvironmentAnswer, EnvironmentList, Named, OperationView};

/// Environments, the newest first. `mine`, `my_teams` and `ended` are switches; `team` and `entity` are references; `name` is words of the name
/// or of what it belongs to, `phase` a group of states.
#[server(prefix = "/do", endpoint = "environments")]
pub async fn environments(
    mine: bool,
    ended: bool,
    team: Option<String>,
    entity: Option<String>,
    after: Option<String>,
    name: Option<String>,
    phase: Option<String>,
    #[server(default)] my_teams: bool,
) -> Result<EnvironmentList, ServerFnError> {
    use crate::request::{caller, now, platform, read_error};
    use domain::environments::phase::Phase;
    use platform::environments::service;
    let (platform, caller, now) = (platform(), caller(), now());
    let filter = service::ListFilter {
        mine,
        my_teams,
        ended,
        team: team.filter(|text| !text.is_empty()),
        entity: entity.filter(|text| !text.is_empty()),
        name: name.filter(|text| !text.is_empty()),
        phase: phase.as_deref().and_then(Phase::parse),
        after,
    };
    let page = service::list_environments(&platform.environments, &caller, &filter, now)
        .await
        .map_err(read_error)?;
    let catalog = platform.catalog.snapshot();
    Ok(EnvironmentList {
        rows: page.rows.into_iter().map(|row| super::read::row(row, &catalog)).collect(),
        next: page.next,
        all_ended: page.all_ended,
        now,
    })
}

/// The teams that have environments, by their titles or short names, in the order of these. Everyone signed in.
#[server(prefix = "/do", endpoint = "environment-teams")]
pub async fn environment_teams() -> Result<Vec<Named>, ServerFnError> {
    use crate::request::{caller, platform, read_error};
    use platform::environments::service::list_environment_teams;
    let platform = platform();
    let teams = list_environment_teams(&platform.environments, &caller()).await.map_err(read_error)?;
    let catalog = platform.catalog.snapshot();
    let named = |team: String| Named { label: catalog.team_name(&team), value: team };
    let mut teams: Vec<Named> = teams.into_iter().map(named).collect();
    teams.sort_by_key(|team| domain::catalog::search::fold(&team.label));
    Ok(teams)
}

/// One environment with everything of its page, or what is called so where there is none. Everyone signed in.
#[server(prefix = "/do", endpoint = "environment")]
pub async fn environment(id: String) -> Result<EnvironmentAnswer, ServerFnError> {
    use crate::request::{caller, now, platform, read_error};
    super::read::answer(&platform(), &caller(), &id, now()).await.map_err(read_error)
}

/// What was done before the newest operation, the last first.
#[server(prefix = "/do", endpoint = "earlier-operations")]
pub async fn earlier_operations(id: String) -> Result<Vec<OperationView>, ServerFnError> {
    use crate::request::{caller, now, parsed, platform, read_error};
    let id = parsed(&id, "environment").map_err(read_error)?;
    super::read::earlier(&platform(), &caller(), id, now()).await.map_err(read_error)
}

/// Moves the expiry, which the page showed as `from`. Members of the team.
#[server(prefix = "/do", endpoint = "extend-environment")]
pub async fn extend_environment(
    id: String,
    more: String,
    from: Option<Timestamp>,
) -> Result<FormOutcome, ServerFnError> {
    use crate::request::{Done, caller, now, outcome, parsed, platform};
    use platform::environments::service;
    let platform = platform();
    let extended = match parsed(&id, "environment") {
        Ok(id) => {
            service::extend_environment(&platform.environments, &caller(), id, &more, from, now()).await
        }
        Err(error) => Err(error),
    };
    outcome(extended.map(|until| {
        let left = domain::environments::lifetime::nearest(until.duration_since(now()));
        let left = domain::environments::lifetime::print(left);
        let at = domain::time::in_words(until);
        Done::to(format!("/environments/{id}")).saying(format!("Extended until {at}, in {left}"))
    }))
}

/// Stops what is being done. Members of the team.
#[server(prefix = "/do", endpoint = "cancel-environment")]
pub async fn cancel_environment(id: String) -> Result<FormOutcome, ServerFnError> {
    use crate::request::{Done, caller, now, outcome, parsed, platform};
    use platform::environments::service;
    let platform = platform();
    let cancelled = match parsed(&id, "environment") {
        Ok(id) => service::cancel_environment(&platform.environments, &caller(), id, now()).await,
        Err(error) => Err(error),
    };
    outcome(
        cancelled.map(|()| Done::to(format!("/environments/{id}")).saying("It stops at its next safe point")),
    )
}

/// Goes on from the first step that is not done, or of which something was deleted since. Members of the team.
#[server(prefix = "/do", endpoint = "retry-environment")]
pub async fn retry_environment(id: String) -> Result<FormOutcome, ServerFnError> {
    use crate::request::{Done, caller, now, outcome, parsed, platform};
    use platform::environments::service;
    let platform = platform();
    let retried = match parsed(&id, "environment") {
        Ok(id) => service::retry_environment(&platform.environments, &caller(), id, now()).await,
        Err(error) => Err(error),
    };
    outcome(retried.map(|()| Done::to(format!("/environments/{id}"))))
}

/// Wants it gone. Whoever requested it, and leaders of the team.
#[server(prefix = "/do", endpoint = "destroy-environment")]
pub async fn destroy_environment(id: String, name: String) -> Result<FormOutcome, ServerFnError> {
    use crate::request::{Done, caller, now, outcome, parsed, platform};
    use platform::environments::service;
    let platform = platform();
    let destroyed = match parsed(&id, "environment") {
        Ok(id) => service::destroy_environment(&platform.environments, &caller(), id, &name, now()).await,
        Err(error) => Err(error),
    };
    outcome(destroyed.map(|()| Done::to(format!("/environments/{id}"))))
}

/// Has Slipway stop looking after what it cannot destroy. Administrators.
#[server(prefix = "/do", endpoint = "give-up-environment")]
pub async fn give_up_environment(id: String, name: String) -> Result<FormOutcome, ServerFnError> {
    use crate::request::{Done, caller, now, outcome, parsed, platform};
    use platform::environments::service;
    let platform = platform();
    let given_up = match parsed(&id, "environment") {
        Ok(id) => service::give_up_environment(&platform.environments, &caller(), id, &name, now()).await,
        Err(error) => Err(error),
    };
    outcome(given_up.map(|()| Done::to(format!("/environments/{id}")).saying(format!("{name} is given up"))))
}
