//! What the form of a request needs, read from the platform's use cases. On the server only.

use domain::catalog::EntityRef;
use domain::environments::form::Field;
use domain::environments::lifetime::print;
use domain::form::full_stop;
use domain::ids::{BlueprintId, ClusterId, EnvironmentId};
use domain::people::Caller;
use jiff::Timestamp;
use leptos::prelude::ServerFnError;
use platform::clusters::connection::{Settings, Standing};
use platform::clusters::service::{ClusterSummary, list_clusters};
use platform::environments::Environments;
use platform::environments::service::{self, Again, BlueprintView, Request};
use platform::{Error, Platform, Result};

use super::read::{does_not_work, short};
use super::view::{AgainOf, BlueprintCard, Inputs, Named, Preview, RequestFacts, parameter, parameters};
use crate::request::{parsed, sentence};

/// What the form begins with.
pub struct Begin {
    /// The reference that it was asked for from.
    pub entity: Option<String>,
    /// The environment that is asked for again, and what it was.
    pub again: Option<(EnvironmentId, Again)>,
    /// What stood in it when it was refused.
    pub came_back: Option<Inputs>,
}

/// What was asked for where somebody asks again. One that is not there fills nothing: the form is as any other.
pub async fn again(
    platform: &Platform,
    caller: &Caller,
    like: Option<String>,
) -> Result<Option<(EnvironmentId, Again)>> {
    let Some(id) = like.and_then(|like| parsed(&like, "environment").ok()) else { return Ok(None) };
    match service::find_again(&platform.environments, caller, id).await {
        Ok(again) => Ok(Some((id, again))),
        Err(Error::NotFound(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Everything that the form needs.
pub async fn form(
    platform: &Platform,
    caller: &Caller,
    blueprint: BlueprintId,
    begin: Begin,
    now: Timestamp,
) -> Result<RequestFacts> {
    let Begin { entity, again, came_back } = begin;
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
    let (of, again) = again.unzip();
    let entity = entity.or_else(|| again.as_ref()?.entity.clone());
    let entity: Option<EntityRef> = entity.and_then(|text| text.parse().ok());
    let owner = entity.as_ref().and_then(|entity| snapshot.owner(entity));
    let name = |team: &EntityRef| snapshot.name_of(team, "group");
    let was_of = again.as_ref().and_then(|again| again.team.parse::<EntityRef>().ok());
    let mut fields = domain::environments::form::fields(&view.blueprint.parameters);
    for field in &mut fields {
        // A parameter that the version of before did not have keeps its default.
        if let Some(text) = again.as_ref().and_then(|again| again.inputs.get(&field.name)) {
            field.initial.clone_from(text);
        }
    }
    let cluster = first_cluster(&clusters, again.as_ref().map(|again| again.cluster));
    if let Some(words) = without_addresses(&clusters, cluster.as_deref())
        && let Some(switch) = view.blueprint.address_switch(&fields)
    {
        fields.iter_mut().filter(|field| field.name == switch).for_each(|field| turn_off(field, &words));
    }
    let mut facts = RequestFacts {
        fields,
        schema: view.blueprint.parameters.clone(),
        team: was_of
            .filter(|team| teams.contains(team))
            .or(owner)
            .filter(|owner| teams.contains(owner))
            .or_else(|| teams.first().filter(|_| own == 1 || teams.len() == 1).cloned())
            .map(|team| team.as_str().to_owned()),
        teams: teams
            .iter()
            .map(|team| Named { value: team.as_str().to_owned(), label: name(team) })
            .collect(),
        cluster,
        clusters_down: down(&clusters),
        no_cluster_works: none_works(&clusters),
        again: of.zip(again.as_ref()).map(|(id, again)| AgainOf {
            id,
            name: again.was_called.clone(),
            lives: again.lives,
            to_type: again.to_type.clone(),
        }),
        clusters: clusters
            .into_iter()
            .map(|cluster| Named {
                label: match cluster.standing {
                    Standing::DoesNotWork | Standing::RightsMissing => {
                        format!("{} ({})", cluster.name, cluster.standing.word().to_lowercase())
                    }
                    _ if !cluster.has_addresses => format!("{} (no addresses)", cluster.name),
                    _ => cluster.name,
                },
                value: cluster.id.to_string(),
            })
            .collect(),
        entities: snapshot.components_of(&teams).iter().map(|one| short(one, "component")).collect(),
        entity: entity.map(|entity| entity.as_str().to_owned()),
        blueprint: card(&view),
        typed: Inputs::new(),
        preview: Ok(Preview::NotYet(Vec::new())),
    };
    facts.typed = came_back.unwrap_or_else(|| first_inputs(&facts, again.as_ref()));
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
        withdrawn: view.withdrawn,
    }
}

/// The cluster that is chosen at first: the one of before, or the best that works. One that does not work is chosen by nobody but the
/// person.
fn first_cluster(clusters: &[ClusterSummary], before: Option<ClusterId>) -> Option<String> {
    let works = |cluster: &&ClusterSummary| cluster.standing != Standing::DoesNotWork;
    let fits = |cluster: &&ClusterSummary| before.is_none_or(|before| cluster.id == before);
    clusters.iter().filter(works).find(fits).map(|cluster| cluster.id.to_string())
}

/// What is said where an address is asked for, if the cluster that is chosen at first gives none; without one that is chosen, if none of
/// them does.
fn without_addresses(clusters: &[ClusterSummary], chosen: Option<&str>) -> Option<String> {
    match clusters.iter().find(|cluster| chosen == Some(cluster.id.to_string().as_str())) {
        Some(cluster) => (!cluster.has_addresses).then(|| format!("{} gives no addresses.", cluster.name)),
        None => {
            let none_gives = clusters.iter().all(|cluster| !cluster.has_addresses);
            // Where there is no cluster at all, that is not what is in the way.
            (none_gives && !clusters.is_empty())
                .then(|| "No cluster that you can use gives addresses.".to_owned())
        }
    }
}

/// Has a switch begin as off that would be refused, and says why. Whoever chooses another cluster can turn it on.
fn turn_off(field: &mut Field, words: &str) {
    if field.initial.is_empty() {
        return;
    }
    field.initial.clear();
    let help = field.help.take().map(|help| format!("{} ", full_stop(help))).unwrap_or_default();
    field.help = Some(format!("{help}{words}"));
}

/// What is said before anything is filled in where no cluster works; none where one does.
fn none_works(clusters: &[ClusterSummary]) -> Option<String> {
    let all_down = clusters.iter().all(|cluster| cluster.standing == Standing::DoesNotWork);
    let said = clusters.iter().map(|cluster| does_not_work(&cluster.name, cluster.last_contact_at));
    (all_down && !clusters.is_empty()).then(|| said.collect::<Vec<_>>().join(" "))
}

/// What is said of each cluster that does not work, where it is chosen.
fn down(clusters: &[ClusterSummary]) -> Vec<Named> {
    let down = clusters.iter().filter(|cluster| cluster.standing == Standing::DoesNotWork);
    down.map(|cluster| {
        let down = does_not_work(&cluster.name, cluster.last_contact_at);
        let label = format!("{down} What you request there cannot be made until it works again.");
        Named { value: cluster.id.to_string(), label }
    })
    .collect()
}

/// What the fields begin with.
fn first_inputs(facts: &RequestFacts, again: Option<&Again>) -> Inputs {
    let own = facts.fields.iter().map(|field| (parameter(&field.name), field.initial.clone()));
    let common = [
        ("name", again.map(|again| again.name.clone())),
        ("team", facts.team.clone()),
        ("entity", facts.entity.as_deref().map(|entity| short(entity, "component"))),
        ("cluster", facts.cluster.clone()),
        ("lifetime", again.and_then(|again| again.lifetime).map(print)),
    ];
    let common = common.into_iter().map(|(name, value)| (name.to_owned(), value.unwrap_or_default()));
    own.chain(common).filter(|(_, value)| !value.is_empty()).collect()
}

fn as_request(mut inputs: Inputs) -> Request {
    let mut take = |name: &str| inputs.remove(name).unwrap_or_default();
    let (name, team, entity) = (take("name"), take("team"), take("entity"));
    let (cluster, lifetime) = (take("cluster"), take("lifetime"));
    Request { name, team, entity, cluster, lifetime, parameters: parameters(&inputs) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cluster(number: u32, name: &str, standing: Standing, answered: Option<&str>) -> ClusterSummary {
        ClusterSummary {
            id: format!("01930d9c-7e2a-7c11-9d55-{number:012}").parse().expect("an id"),
            name: name.to_owned(),
            has_addresses: true,
            standing,
            last_contact_at: answered.map(|at| at.parse().expect("a time")),
        }
    }

    #[test]
    fn nothing_is_asked_for_at_first_that_would_be_refused() {
        let gives = cluster(1, "staging", Standing::Works, None);
        let none = ClusterSummary { has_addresses: false, ..cluster(2, "lab", Standing::Works, None) };
        let all = [gives.clone(), none.clone()];
        let said = |clusters: &[ClusterSummary], chosen: Option<&ClusterSummary>| {
            let chosen = chosen.map(|cluster| cluster.id.to_string());
            without_addresses(clusters, chosen.as_deref())
        };
        assert_eq!((said(&all, Some(&gives)), said(&all, None)), (None, None));
        assert_eq!(said(&all, Some(&none)).as_deref(), Some("lab gives no addresses."));
        let only = said(std::slice::from_ref(&none), None);
        assert_eq!(only.as_deref(), Some("No cluster that you can use gives addresses."));
        assert_eq!(said(&[], None), None);

        let shipped = domain::environments::blueprint::WEB_SERVICE;
        let shipped = domain::environments::blueprint::Blueprint::parse(shipped).expect("a blueprint");
        let mut fields = domain::environments::form::fields(&shipped.parameters);
        let switch = shipped.address_switch(&fields).expect("it has one");
        let field = fields.iter_mut().find(|field| field.name == switch).expect("its field");
        assert_eq!(field.initial, "true");
        turn_off(field, "lab gives no addresses.");
        assert_eq!(field.initial, "");
        let help = field.help.as_deref().unwrap_or_default();
        assert!(help.ends_with("the environment's name. lab gives no addresses."), "{help}");
    }

    #[test]
    fn a_cluster_that_does_not_work_is_not_chosen_for_anybody() {
        let works = cluster(1, "staging", Standing::Works, Some("2026-11-26T10:40:00Z"));
        let down = cluster(2, "prod", Standing::DoesNotWork, Some("2026-11-25T09:05:00Z"));
        let never = cluster(3, "lab", Standing::DoesNotWork, None);
        let all = [works.clone(), down.clone(), never.clone()];
        assert_eq!(first_cluster(&all, None), Some(works.id.to_string()));
        assert_eq!(first_cluster(&all, Some(works.id)), Some(works.id.to_string()));
        assert_eq!(first_cluster(&all, Some(down.id)), None);
        assert_eq!(first_cluster(&[down.clone(), never.clone()], None), None);
        assert_eq!((none_works(&[]), none_works(&all)), (None, None));
        let all_down = none_works(&[down.clone(), never.clone()]);
        let expected =
            "prod does not work now. It last answered 25 Nov 2026, 09:05 UTC. lab does not work now.";
        assert_eq!(all_down.as_deref(), Some(expected));
        let said = super::down(&[works, down.clone(), never.clone()]);
        let said: Vec<(&str, &str)> =
            said.iter().map(|one| (one.value.as_str(), one.label.as_str())).collect();
        let (down, never) = (down.id.to_string(), never.id.to_string());
        assert_eq!(
            said,
            [
                (
                    down.as_str(),
                    "prod does not work now. It last answered 25 Nov 2026, 09:05 UTC. What you request there cannot be made until it works again."
                ),
                (
                    never.as_str(),
                    "lab does not work now. What you request there cannot be made until it works again."
                ),
            ]
        );
    }
}
