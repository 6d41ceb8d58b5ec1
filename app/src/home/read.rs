//! From the use cases to what Home shows. On the server only.

use domain::people::{Caller, Person};
use jiff::Timestamp;
use platform::clusters::connection::{Connection, Standing};
use platform::environments::service::{Attention, list_attention};
use platform::{Error, Platform, Result, catalog, clusters};

use super::functions::{AttentionRow, FirstSteps, HomeView};
use crate::environments::read::row;

/// What stands above one's environments.
pub async fn home(platform: &Platform, caller: &Caller, now: Timestamp) -> Result<HomeView> {
    let attention = list_attention(&platform.environments, caller, now).await?;
    let snapshot = platform.catalog.snapshot();
    let of = |one: Attention| AttentionRow { row: row(one.summary, &snapshot), may_extend: one.may_extend };
    let (own, of_teams): (Vec<_>, Vec<_>) = attention.into_iter().partition(|one| one.own);
    let leads = caller.person().is_some_and(Person::leads_a_team);
    let connections = connections(platform, caller).await?;
    let ending = connections.iter().flatten().filter(|one| one.needs_token(now));
    let mut ending: Vec<_> = ending.filter_map(|one| Some((one.name.clone(), one.token_ends?))).collect();
    ending.sort_by_key(|(_, ends)| *ends);
    let down = connections.iter().flatten().filter(|one| one.contact.standing() == Standing::DoesNotWork);
    Ok(HomeView {
        clusters_down: down.map(|one| one.name.clone()).collect(),
        tokens_ending: ending,
        first_steps: first_steps(platform, caller, connections.as_deref()).await?,
        attention: own.into_iter().map(of).collect(),
        of_teams: leads.then(|| of_teams.into_iter().map(of).collect()),
    })
}

/// The clusters, for administrators; none for anybody else.
async fn connections(platform: &Platform, caller: &Caller) -> Result<Option<Vec<Connection>>> {
    match clusters::service::list_connections(&platform.db, caller).await {
        Ok(connections) => Ok(Some(connections)),
        Err(Error::Forbidden(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// What is left to set up. Only administrators may know the clusters, so nobody else is shown a step.
async fn first_steps(
    platform: &Platform,
    caller: &Caller,
    connections: Option<&[Connection]>,
) -> Result<Option<FirstSteps>> {
    let Some(clusters) = connections else { return Ok(None) };
    let sources = catalog::service::list_sources(&platform.catalog, caller).await?;
    let steps = FirstSteps {
        source: !sources.is_empty(),
        cluster: !clusters.is_empty(),
        team: caller.person().is_some_and(|person| !person.teams.is_empty()),
    };
    Ok((!steps.is_done()).then_some(steps))
}
