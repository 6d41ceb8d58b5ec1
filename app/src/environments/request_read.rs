//! What the form of a request needs, read from the platform's use cases. On the server only.

use domain::catalog::reference::{DEFAULT_NAMESPACE, EntityRef};
use domain::ids::BlueprintId;
use domain::people::Caller;
use jiff::Timestamp;
use leptos::prelude::ServerFnError;
use platform::clusters::connection::{Settings, Standing};
use platform::clusters::service::list_clusters;
use platform::environments::Environments;
use platform::environments::service::{self, BlueprintView, Request};
use platform::{Error, Platform, Result};

use super::view::{BlueprintCard, Inputs, Named, Preview, RequestFacts, parameter, parameters};
use crate::request::sentence;

/// Everything that the form needs. `entity` is the reference that it was asked for from, `came_back` what stood in it when it was refused.
pub async fn form(
    platform: &Platform,
    caller: &Caller,
    blueprint: BlueprintId,
    entity: Option<String>,
    came_back: Option<Inputs>,
    now: Timestamp,
) -> Result<RequestFacts> {
    let environments = &platform.environments;
    let view = service::find_blueprint(environments, caller, blueprint).await?;
    let mut teams = service::teams_of(environments, caller)?;
    // Administrators may ask for every team; those they are in come first.
    let belongs = |team: &EntityRef| {
        caller.person().is_some_and(|person| person.teams.iter().any(|membership| membership.team == *team))
    };
    teams.sort_by_key(|team| !belongs(team));
    let own = teams.iter().filter(|team| belongs(team)).count();
    let snapshot = platform.catalog.snapshot();
    let open =
        |settings: &Settings| teams.iter().any(|team| settings.is_open_to(team, &snapshot.teams_above(team)));
    let mut clusters = list_clusters(&platform.db, caller, open).await?;
    // The one where most can be done is offered first.
    clusters.sort_by_key(|cluster| (cluster.standing, !cluster.has_addresses));
    let entity: Option<EntityRef> = entity.and_then(|text| text.parse().ok());
    let owner = entity.as_ref().and_then(|entity| snapshot.owner(entity));
    let name = |team: &EntityRef| team.short("group", DEFAULT_NAMESPACE).to_owned();
    let mut facts = RequestFacts {
        fields: domain::environments::form::fields(&view.blueprint.parameters),
        schema: view.blueprint.parameters.clone(),
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
        entities: snapshot.components_of(&teams),
        entity: entity.map(|entity| entity.as_str().to_owned()),
        blueprint: card(&view),
        typed: Inputs::new(),
        preview: Ok(Preview::NotYet(Vec::new())),
    };
    facts.typed = came_back.unwrap_or_else(|| first_inputs(&facts));
    // Whoever may not ask for what came back still gets the form, with the reason beside it.
    let preview = preview(environments, caller, blueprint, &as_request(facts.typed.clone()), now).await;
    facts.preview = preview.map_err(|error| ServerFnError::new(sentence(&error)));
    Ok(facts)
}

/// What a request would make, or what is wrong with it.
pub async fn preview(
    environments: &Environments,
    caller: &Caller,
    blueprint: BlueprintId,
    request: &Request,
    now: Timestamp,
) -> Result<Preview> {
    match service::preview_request(environments, caller, blueprint, request, now).await {
        Ok(preview) => Ok(Preview::Makes(preview.will_make)),
        Err(Error::Invalid(problems)) => Ok(Preview::NotYet(problems)),
        Err(error) => Err(error),
    }
}

/// A blueprint to choose.
pub fn card(view: &BlueprintView) -> BlueprintCard {
    let blueprint = &view.blueprint;
    BlueprintCard {
        id: view.id,
        title: blueprint.title.clone(),
        version: blueprint.version,
        description: blueprint.description.clone(),
        lifetime: blueprint.lifetime,
    }
}

/// What the fields begin with.
fn first_inputs(facts: &RequestFacts) -> Inputs {
    let own = facts.fields.iter().map(|field| (parameter(&field.name), field.initial.clone()));
    let cluster = facts.clusters.first().map(|cluster| cluster.value.clone());
    let common = [("team", facts.team.clone()), ("entity", facts.entity.clone()), ("cluster", cluster)];
    let common = common.into_iter().map(|(name, value)| (name.to_owned(), value.unwrap_or_default()));
    own.chain(common).filter(|(_, value)| !value.is_empty()).collect()
}

fn as_request(mut inputs: Inputs) -> Request {
    let mut take = |name: &str| inputs.remove(name).unwrap_or_default();
    let (name, team, entity) = (take("name"), take("team"), take("entity"));
    let (cluster, lifetime) = (take("cluster"), take("lifetime"));
    Request { name, team, entity, cluster, lifetime, parameters: parameters(&inputs) }
}
