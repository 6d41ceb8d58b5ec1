//! Server functions of asking for an environment.

use std::collections::HashMap;

use domain::form::FormOutcome;
use leptos::prelude::*;

use super::view::{BlueprintCard, Preview, RequestFacts};

/// The blueprints to choose from.
#[server(prefix = "/do", endpoint = "blueprint-cards")]
pub async fn blueprint_cards() -> Result<Vec<BlueprintCard>, ServerFnError> {
    use crate::request::{caller, platform, read_error};
    let platform = platform();
    let blueprints =
        platform::environments::service::list_blueprints(&platform.environments, &caller()).await;
    Ok(blueprints.map_err(read_error)?.iter().map(card).collect())
}

/// Everything that the form of a request needs. `entity` is the reference that it was asked for from.
#[server(prefix = "/do", endpoint = "request-form")]
pub async fn request_form(blueprint: String, entity: Option<String>) -> Result<RequestFacts, ServerFnError> {
    use super::view::{Inputs, Named};
    use crate::request::{caller, now, parsed, platform, read_error};
    use domain::catalog::reference::{DEFAULT_NAMESPACE, EntityRef};
    use platform::clusters::connection::{Settings, Standing};
    use platform::clusters::service::list_clusters;
    use platform::environments::service;
    let (platform, caller) = (platform(), caller());
    let id = parsed(&blueprint, "blueprint").map_err(read_error)?;
    let blueprint = service::find_blueprint(&platform.environments, &caller, id).await.map_err(read_error)?;
    let mut teams = service::teams_of(&platform.environments, &caller).map_err(read_error)?;
    // Administrators may ask for every team; those they are in come first.
    let belongs = |team: &EntityRef| {
        caller.person().is_some_and(|person| person.teams.iter().any(|membership| membership.team == *team))
    };
    teams.sort_by_key(|team| !belongs(team));
    let own = teams.iter().filter(|team| belongs(team)).count();
    let snapshot = platform.catalog.snapshot();
    let open =
        |settings: &Settings| teams.iter().any(|team| settings.is_open_to(team, &snapshot.teams_above(team)));
    let mut clusters = list_clusters(&platform.db, &caller, open).await.map_err(read_error)?;
    // The one where most can be done is offered first.
    clusters.sort_by_key(|cluster| (cluster.standing, !cluster.has_addresses));
    let entity: Option<EntityRef> = entity.and_then(|text| text.parse().ok());
    let owner = entity.as_ref().and_then(|entity| platform.catalog.snapshot().owner(entity));
    let name = |team: &EntityRef| team.short("group", DEFAULT_NAMESPACE).to_owned();
    let mut facts = RequestFacts {
        fields: domain::environments::form::fields(&blueprint.blueprint.parameters),
        schema: blueprint.blueprint.parameters.clone(),
        team: owner
            .filter(|owner| teams.contains(owner))
            .or_else(|| teams.first().filter(|_| own == 1 || teams.len() == 1).cloned())
            .map(|team| team.as_str().to_owned()),
        teams: teams
            .iter()
            .map(|team| Named { value: team.as_str().to_owned(), label: name(team) })
            .collect(),
        clusters: clusters
            .into_iter()
            .map(|cluster| Named {
                label: match cluster.standing {
                    Standing::DoesNotWork => format!("{} (does not work)", cluster.name),
                    Standing::RightsMissing => format!("{} (missing permissions)", cluster.name),
                    _ if !cluster.has_addresses => format!("{} (no addresses)", cluster.name),
                    _ => cluster.name,
                },
                value: cluster.id.to_string(),
            })
            .collect(),
        entities: platform.catalog.snapshot().components_of(&teams),
        entity: entity.map(|entity| entity.as_str().to_owned()),
        blueprint: card(&blueprint),
        typed: Inputs::new(),
        preview: Preview::NotYet(Vec::new()),
    };
    facts.typed = first_inputs(&facts);
    let request = as_request(facts.typed.clone());
    facts.preview = preview(&platform.environments, &caller, id, &request, now()).await?;
    Ok(facts)
}

/// Asks for an environment. Members of the team.
#[server(prefix = "/do", endpoint = "request-environment")]
pub async fn request_environment(
    blueprint: String,
    name: String,
    team: String,
    entity: String,
    cluster: String,
    lifetime: String,
    #[server(default)] parameters: HashMap<String, String>,
) -> Result<FormOutcome, ServerFnError> {
    use crate::request::{Done, caller, now, outcome, parsed, platform};
    use platform::environments::service::{self, Request};
    let platform = platform();
    let request =
        Request { name, team, entity, cluster, lifetime, parameters: parameters.into_iter().collect() };
    let requested = match parsed(&blueprint, "blueprint") {
        Ok(blueprint) => {
            let environments = &platform.environments;
            service::request_environment(environments, &caller(), blueprint, &request, now()).await
        }
        Err(error) => Err(error),
    };
    outcome(requested.map(|id| Done::to(format!("/environments/{id}"))))
}

/// What this request would make. Nothing is kept.
#[server(prefix = "/do", endpoint = "preview-environment")]
pub async fn preview_environment(
    blueprint: String,
    name: String,
    team: String,
    entity: String,
    cluster: String,
    lifetime: String,
    #[server(default)] parameters: HashMap<String, String>,
) -> Result<Preview, ServerFnError> {
    use crate::request::{caller, now, parsed, platform, read_error};
    use platform::environments::service::Request;
    let platform = platform();
    let request =
        Request { name, team, entity, cluster, lifetime, parameters: parameters.into_iter().collect() };
    let blueprint = parsed(&blueprint, "blueprint").map_err(read_error)?;
    preview(&platform.environments, &caller(), blueprint, &request, now()).await
}

#[cfg(feature = "ssr")]
async fn preview(
    environments: &platform::environments::Environments,
    caller: &domain::people::Caller,
    blueprint: domain::ids::BlueprintId,
    request: &platform::environments::service::Request,
    now: jiff::Timestamp,
) -> Result<Preview, ServerFnError> {
    use platform::environments::service::preview_request;
    match preview_request(environments, caller, blueprint, request, now).await {
        Ok(preview) => Ok(Preview::Makes(preview.will_make)),
        Err(platform::Error::Invalid(problems)) => Ok(Preview::NotYet(problems)),
        Err(error) => Err(crate::request::read_error(error)),
    }
}

/// What stands in the form at first: what came back with it, else what its fields begin with.
#[cfg(feature = "ssr")]
fn first_inputs(facts: &RequestFacts) -> super::view::Inputs {
    use server_fn::ServerFn;
    let came_back = use_context::<crate::ui::form::FlashSlot>().and_then(|slot| slot.0.get_untracked());
    if let Some(flash) = came_back.filter(|flash| flash.form == RequestEnvironment::PATH) {
        return flash.values;
    }
    let own = facts.fields.iter().map(|field| (super::view::parameter(&field.name), field.initial.clone()));
    let cluster = facts.clusters.first().map(|cluster| cluster.value.clone());
    let common = [("team", facts.team.clone()), ("entity", facts.entity.clone()), ("cluster", cluster)];
    let common = common.into_iter().map(|(name, value)| (name.to_owned(), value.unwrap_or_default()));
    own.chain(common).filter(|(_, value)| !value.is_empty()).collect()
}

#[cfg(feature = "ssr")]
fn as_request(mut inputs: super::view::Inputs) -> platform::environments::service::Request {
    let mut take = |name: &str| inputs.remove(name).unwrap_or_default();
    platform::environments::service::Request {
        name: take("name"),
        team: take("team"),
        entity: take("entity"),
        cluster: take("cluster"),
        lifetime: take("lifetime"),
        parameters: super::view::parameters(&inputs),
    }
}

#[cfg(feature = "ssr")]
fn card(view: &platform::environments::service::BlueprintView) -> BlueprintCard {
    let blueprint = &view.blueprint;
    BlueprintCard {
        id: view.id,
        title: blueprint.title.clone(),
        version: blueprint.version,
        description: blueprint.description.clone(),
        lifetime: blueprint.lifetime,
    }
}
