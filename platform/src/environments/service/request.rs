//! Asking for an environment: everything is checked at once, and kept in one transaction with the job that makes it.

use std::collections::BTreeMap;

use domain::catalog::reference::{DEFAULT_NAMESPACE, EntityRef, RefContext};
use domain::environments::form;
use domain::environments::life::{Event, State, next};
use domain::environments::lifetime;
use domain::environments::name::{self, EnvironmentName};
use domain::environments::plan::{self, WillMake};
use domain::environments::render::address_switch;
use domain::form::Problem;
use domain::ids::{BlueprintId, ClusterId, EnvironmentId};
use domain::people::{Action, Caller, Owned, authorize};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::super::prepare::{Prepared, Site};
use super::super::rows::OperationKind;
use super::super::store::{NewEnvironment, NewStep, Wish};
use super::super::{Environments, engine, parameters, store, timer};
use super::blueprints::{BlueprintView, find_blueprint};
use super::teams_of;
use crate::audit::{self, Entry};
use crate::clusters::{self, Connection};
use crate::ids::mint;
use crate::jobs::enqueue_in_tx;
use crate::{Error, Result};

const REMOVED: &str = "That cluster is no longer connected";

/// What somebody asks for, as typed.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Becomes part of the namespace and of the address.
    pub name: String,
    /// The Group that will own it.
    pub team: String,
    /// The entity that it is for; empty for none.
    pub entity: String,
    /// Where; the id of a cluster.
    pub cluster: String,
    /// How long, such as `3d`; empty for the blueprint's default.
    pub lifetime: String,
    /// What the blueprint asks for, by parameter.
    pub parameters: BTreeMap<String, String>,
}

/// What a request would make.
#[derive(Clone, Debug)]
pub struct Preview {
    pub will_make: Vec<WillMake>,
    pub steps: Vec<plan::PlannedStep>,
}

struct Checked {
    id: EnvironmentId,
    team: EntityRef,
    entity: Option<EntityRef>,
    lifetime: SignedDuration,
    parameters: Map<String, Value>,
    prepared: Prepared,
    steps: Vec<plan::PlannedStep>,
}

/// What this request would make, or what is wrong with it. Members of the team may; nothing is kept.
pub async fn preview_request(
    environments: &Environments,
    caller: &Caller,
    blueprint: BlueprintId,
    request: &Request,
    now: Timestamp,
) -> Result<Preview> {
    let checked = check(environments, caller, blueprint, request, now).await?;
    let will_make = plan::will_make(&checked.prepared.rendered, &checked.prepared.site.place());
    Ok(Preview { will_make, steps: checked.steps })
}

/// Asks for an environment. Members of the team may, on the clusters that are open to it, within its limit there.
pub async fn request_environment(
    environments: &Environments,
    caller: &Caller,
    blueprint: BlueprintId,
    request: &Request,
    now: Timestamp,
) -> Result<EnvironmentId> {
    let checked = check(environments, caller, blueprint, request, now).await?;
    let Some(person) = caller.person() else { return Err(Error::SignInFirst) };
    let Checked { id, team, prepared, .. } = &checked;
    let connection = &prepared.connection;
    let expires_at =
        now.checked_add(checked.lifetime).map_err(|error| Error::internal("counting a lifetime", error))?;
    let state = next(State::Requested, Event::PolicyPasses)
        .map_err(|refused| Error::Conflict(refused.to_string()))?;
    let parameters = Value::Object(parameters::seal(&environments.keys, *id, &checked.parameters)?);
    let entity = checked.entity.as_ref().map(EntityRef::as_str);
    let new = NewEnvironment {
        id: *id,
        name: prepared.site.name.as_str(),
        namespace: &prepared.site.namespace,
        team: team.as_str(),
        entity,
        blueprint,
        cluster: connection.id,
        parameters: &parameters,
        state,
        requested_by: person.account,
        requested_by_name: &person.name,
        expires_at,
    };
    let mut tx = environments.db.begin().await?;
    clusters::contact::lock_cluster_in_tx(&mut tx, connection.id).await?;
    // As it stands under the lock: it may have been removed or changed since it was looked at.
    let fresh = clusters::contact::find_cluster_in_tx(&mut tx, connection.id).await?;
    let connection = &fresh.ok_or_else(|| Error::field("cluster", REMOVED))?;
    if let Some(closed) = closed_to(environments, connection, team) {
        return Err(Error::field("cluster", closed));
    }
    if let Some(limit) = connection.settings.environments_per_team {
        let alive = store::environment_live_count(&mut tx, connection.id, team.as_str()).await?;
        if alive >= i64::from(limit) {
            let words = format!(
                "{} has {alive} of {limit} environments on {} already. Destroy one first",
                team.name(),
                connection.name
            );
            return Err(Error::field("team", words));
        }
    }
    match store::environment_create(&mut tx, &new, now).await {
        Err(error) if error.is_unique() => {
            let words = format!("An environment named “{}” already exists on {}", new.name, connection.name);
            return Err(Error::field("name", words));
        }
        other => other?,
    }
    let steps: Vec<NewStep> =
        checked.steps.iter().enumerate().map(|(ordinal, step)| new_step(ordinal, step, now)).collect();
    let entry = Entry::new("environment.request", "environment", id, new.name).team(team).detail(json!({
        "blueprint": prepared.blueprint.name, "version": prepared.blueprint.version,
        "cluster": connection.name, "entity": entity, "expires_at": expires_at,
    }));
    let intent = audit::record_in_tx(&mut tx, caller, entry, now).await?;
    let wish = Wish { by: Some(person.account), by_name: &person.name, intent };
    store::operation_create(&mut tx, *id, OperationKind::Create, wish, &steps, now).await?;
    let sentence =
        format!("Requested from {} version {}", prepared.blueprint.title, prepared.blueprint.version);
    store::event_create(&mut tx, *id, &person.name, &sentence, now).await?;
    enqueue_in_tx(&mut tx, engine::job(*id, Some(person.account), now), now).await?;
    timer::schedule_in_tx(&mut tx, *id, expires_at, now, now).await?;
    tx.commit().await?;
    environments.waker.wake();
    environments.changes.tell(*id);
    Ok(*id)
}

/// A step's row.
pub fn new_step(ordinal: usize, step: &plan::PlannedStep, now: Timestamp) -> NewStep {
    NewStep {
        id: mint(now),
        ordinal,
        key: step.id.clone(),
        title: step.title.clone(),
        detail: step.detail.clone(),
        time_limit_seconds: step.time_limit.as_secs(),
    }
}

async fn check(
    environments: &Environments,
    caller: &Caller,
    blueprint: BlueprintId,
    request: &Request,
    now: Timestamp,
) -> Result<Checked> {
    authorize(caller, Action::See)?;
    let mut problems = Vec::new();
    let team =
        group(environments, &request.team).map_err(|words| problems.push(Problem::at("team", words))).ok();
    // Everything else is looked through for those alone who may ask for some team, and then all is told at once.
    if team.is_none() && teams_of(environments, caller)?.is_empty() {
        return Err(Error::Invalid(problems));
    }
    if let Some(team) = &team {
        let above = environments.catalog.snapshot().teams_above(team);
        let owned = Owned { team, above: &above, requester: caller.account() };
        authorize(caller, Action::RequestEnvironment(owned))?;
    }
    let BlueprintView { blueprint, withdrawn, .. } = find_blueprint(environments, caller, blueprint).await?;
    if withdrawn {
        let words = format!(
            "{} is withdrawn: it cannot be requested any more. Choose another blueprint, or ask an administrator to offer it again",
            blueprint.title
        );
        return Err(Error::Conflict(words));
    }
    let name = EnvironmentName::new(request.name.trim())
        .map_err(|refused| problems.push(Problem::at("name", refused.to_string())))
        .ok();
    let entity = entity(environments, &request.entity)
        .map_err(|words| problems.push(Problem::at("entity", words)))
        .ok();
    let lifetime = lifetime::requested(&blueprint.lifetime, &request.lifetime)
        .map_err(|refused| problems.push(Problem::at("lifetime", refused.to_string())))
        .ok();
    let connection = match cluster(environments, &request.cluster, team.as_ref()).await? {
        Ok(connection) => Some(connection),
        Err(words) => {
            problems.push(Problem::at("cluster", words));
            None
        }
    };
    let parameters = form::read(&blueprint.parameters, &request.parameters)
        .map_err(|found| {
            let of_parameter = |problem: Problem| match problem.field.is_empty() {
                true => problem,
                false => Problem::at(format!("parameters[{}]", problem.field), problem.message),
            };
            problems.extend(found.into_iter().map(of_parameter));
        })
        .ok();
    let (Some(team), Some(name), Some(entity), Some(lifetime), Some(connection), Some(parameters)) =
        (team, name, entity, lifetime, connection, parameters)
    else {
        return Err(Error::Invalid(problems));
    };
    let id: EnvironmentId = mint(now);
    let namespace = name::namespace(&name, &id);
    let site = Site::new(id, name, namespace, team.as_str(), &connection);
    // What was typed is right and the blueprint was checked: where it cannot be rendered on a cluster without addresses, it needs one.
    let has_host = site.host.is_some();
    let switch = (!has_host).then(|| address_switch(&blueprint, &parameters, &site.place())).flatten();
    let switch = switch.map(|name| format!("parameters[{name}]"));
    let prepared = Prepared::new(blueprint, site, &parameters, connection).map_err(|findings| {
        let mut sentences: Vec<String> = findings.into_iter().map(|finding| finding.sentence).collect();
        sentences.dedup();
        match has_host {
            false => Error::field(switch.as_deref().unwrap_or("cluster"), sentences.join(" ")),
            // What each value may be was checked; what is made of it may still be refused, as a number of pods.
            true => Error::field("", sentences.join(" ")),
        }
    })?;
    let steps = plan::create(&prepared.blueprint, &prepared.rendered, &prepared.site.place());
    Ok(Checked { id, team, entity, lifetime, parameters, prepared, steps })
}

fn group(environments: &Environments, text: &str) -> Result<EntityRef, String> {
    let context = RefContext { kind: Some("group"), namespace: DEFAULT_NAMESPACE };
    let team = EntityRef::parse(text.trim(), context).map_err(|error| match text.trim() {
        "" => "Choose the team that will own it".to_owned(),
        _ => error.to_string(),
    })?;
    let snapshot = environments.catalog.snapshot();
    if snapshot.has_team(&team) {
        return Ok(team);
    }
    // An orphan keeps the environments that it has; nothing new begins with a team that nobody describes.
    let orphan = team.kind() == "group" && snapshot.get(&team, &crate::catalog::Visibility::All).is_some();
    Err(match orphan {
        true => format!("No file defines the group {} any more. Choose another team", team.name()),
        false => format!("The catalog has no group {}", team.name()),
    })
}

fn entity(environments: &Environments, text: &str) -> Result<Option<EntityRef>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let context = RefContext { kind: Some("component"), namespace: DEFAULT_NAMESPACE };
    let reference = EntityRef::parse(text, context).map_err(|error| error.to_string())?;
    let snapshot = environments.catalog.snapshot();
    match snapshot.get(&reference, &crate::catalog::Visibility::All) {
        Some(_) => Ok(Some(reference)),
        None => Err(format!("The catalog has no {} {}", reference.kind(), reference.name())),
    }
}

async fn cluster(
    environments: &Environments,
    text: &str,
    team: Option<&EntityRef>,
) -> Result<Result<Connection, String>> {
    let Ok(id) = text.trim().parse::<ClusterId>() else { return Ok(Err("Choose a cluster".to_owned())) };
    let connection = clusters::contact::find_cluster(&environments.db, id).await?;
    let Some(connection) = connection else { return Ok(Err(REMOVED.to_owned())) };
    let closed = team.and_then(|team| closed_to(environments, &connection, team));
    Ok(closed.map_or(Ok(connection), Err))
}

/// Says so where a team may have no environments on a cluster.
fn closed_to(environments: &Environments, connection: &Connection, team: &EntityRef) -> Option<String> {
    let above = environments.catalog.snapshot().teams_above(team);
    let open = connection.settings.is_open_to(team, &above);
    (!open).then(|| format!("{} is not available to {}", connection.name, team.name()))
}
