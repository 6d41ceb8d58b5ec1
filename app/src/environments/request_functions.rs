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
    let offered = blueprints.map_err(read_error)?.into_iter().filter(|blueprint| !blueprint.withdrawn);
    Ok(offered.map(|blueprint| super::request_read::card(&blueprint)).collect())
}

/// Everything that the form of a request needs; none where there is no such blueprint. `entity` is the reference that it was asked for
/// from, `like` the environment that it is filled from, which brings its own blueprint. Everyone signed in.
#[server(prefix = "/do", endpoint = "request-form")]
pub async fn request_form(
    blueprint: String,
    entity: Option<String>,
    like: Option<String>,
) -> Result<Option<RequestFacts>, ServerFnError> {
    use server_fn::ServerFn;

    use super::request_read::{Begin, again, form};
    use crate::request::{caller, found, now, parsed, platform, read_error};
    use crate::ui::form::FlashSlot;
    let (platform, caller) = (platform(), caller());
    let again = again(&platform, &caller, like).await.map_err(read_error)?;
    let blueprint = again.as_ref().map_or(blueprint, |(_, again)| again.blueprint.to_string());
    let left = use_context::<FlashSlot>().and_then(|slot| slot.0.get_untracked());
    let came_back = left.filter(|flash| {
        flash.form == RequestEnvironment::PATH && flash.values.get("blueprint") == Some(&blueprint)
    });
    let came_back = came_back.map(|flash| flash.values);
    let Ok(blueprint) = parsed(&blueprint, "blueprint") else { return Ok(None) };
    found(form(&platform, &caller, blueprint, Begin { entity, again, came_back }, now()).await)
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
    use super::request_read::preview;
    use crate::request::{caller, now, parsed, platform, read_error};
    use platform::environments::service::Request;
    let platform = platform();
    let request =
        Request { name, team, entity, cluster, lifetime, parameters: parameters.into_iter().collect() };
    let blueprint = parsed(&blueprint, "blueprint").map_err(read_error)?;
    preview(&platform.environments, &caller(), blueprint, &request, now()).await.map_err(read_error)
}
