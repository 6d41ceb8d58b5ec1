//! What people see of environments.

use domain::catalog::reference::EntityRef;
use domain::environments::life::{self, State, StepState, Wanted};
use domain::environments::lifetime::{self, Warning};
use domain::environments::receipt::Receipt;
use domain::environments::render::RenderedOutput;
use domain::environments::status::{Facts, Status, StepFacts, status};
use domain::ids::{ClusterId, EnvironmentId, OperationId, StepId};
use domain::people::{Action, Caller, authorize};
use jiff::{SignedDuration, Timestamp};

use super::super::prepare::blueprint;
use super::super::rows::{BlueprintRow, Environment, Event, Operation, OperationKind, SeenObject, Step};
use super::super::store::Filter;
use super::super::usual::{self, Usual};
use super::super::{Environments, sight, store};
use super::{Ownership, found};
use crate::{Error, Result, clusters};

/// A row of a list.
#[derive(Clone, Debug)]
pub struct EnvironmentSummary {
    pub id: EnvironmentId,
    pub name: String,
    pub team: String,
    pub entity: Option<String>,
    pub blueprint_title: String,
    pub blueprint_version: i64,
    pub cluster: String,
    pub state: State,
    pub status: Status,
    pub requested_by_name: String,
    pub requested_at: Timestamp,
    pub expires_at: Timestamp,
    /// The warning before its expiry that it stands within.
    pub warning: Option<Warning>,
    pub changed_at: Timestamp,
}

/// Everything of its page.
#[derive(Clone, Debug)]
pub struct EnvironmentPage {
    pub summary: EnvironmentSummary,
    pub cluster_id: ClusterId,
    pub namespace: String,
    pub wanted: Wanted,
    pub reason: Option<String>,
    /// What may be asked of it now, by this caller.
    pub actions: Vec<life::Action>,
    /// For how long it may still be extended.
    pub room: SignedDuration,
    /// None where the caller may not see them.
    pub outputs: Option<Vec<RenderedOutput>>,
    /// The newest.
    pub operation: Option<OperationView>,
    pub objects: Vec<SeenObject>,
    pub events: Vec<Event>,
    pub receipt: Option<Receipt>,
    pub ready_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
}

/// An operation with its steps.
#[derive(Clone, Debug)]
pub struct OperationView {
    pub id: OperationId,
    pub kind: OperationKind,
    pub state: String,
    pub requested_by_name: String,
    pub created_at: Timestamp,
    pub started_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
    pub cancel_requested: bool,
    pub steps: Vec<StepView>,
}

/// A step.
#[derive(Clone, Debug)]
pub struct StepView {
    pub id: StepId,
    pub title: String,
    pub detail: String,
    pub state: StepState,
    pub attempt: i64,
    pub started_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
    pub next_attempt_at: Option<Timestamp>,
    pub problem: Option<String>,
    pub problem_detail: Option<String>,
    /// How long it usually takes, where enough went before it.
    pub usual: Option<Usual>,
}

/// How many rows a page of the list holds.
const PAGE: usize = 50;

/// Which environments somebody wants to see.
#[derive(Clone, Debug, Default)]
pub struct ListFilter {
    /// Those that the caller asked for.
    pub mine: bool,
    /// Those that are gone, too.
    pub ended: bool,
    /// A Group's reference.
    pub team: Option<String>,
    /// An entity's reference.
    pub entity: Option<String>,
    /// Where the page before ended.
    pub after: Option<String>,
}

/// A page of the list.
#[derive(Clone, Debug)]
pub struct ListPage {
    pub rows: Vec<EnvironmentSummary>,
    /// Where the next page begins; none after the last.
    pub next: Option<String>,
}

/// The teams that the caller may ask for environments for: their own, those below teams that they lead, all for administrators.
pub fn teams_of(environments: &Environments, caller: &Caller) -> Result<Vec<EntityRef>> {
    authorize(caller, Action::See)?;
    let snapshot = environments.catalog.snapshot();
    let teams = snapshot.teams().into_iter().map(|group| group.reference().clone());
    let may = |team: &EntityRef| {
        let above = snapshot.teams_above(team);
        let owned = domain::people::Owned { team, above: &above, requester: None };
        authorize(caller, Action::RequestEnvironment(owned)).is_ok()
    };
    Ok(teams.filter(|team| may(team)).collect())
}

/// Environments, the newest first. Everyone signed in may.
pub async fn list_environments(
    environments: &Environments,
    caller: &Caller,
    filter: &ListFilter,
    now: Timestamp,
) -> Result<ListPage> {
    authorize(caller, Action::See)?;
    let after = filter.after.as_deref().map(position).transpose()?;
    let filter = Filter {
        ended: filter.ended,
        team: filter.team.as_deref(),
        requested_by: if filter.mine { caller.account() } else { None },
        entity: filter.entity.as_deref(),
        after,
        limit: PAGE as i64 + 1,
    };
    let mut reader = environments.db.read().await?;
    let mut rows = store::environment_list(&mut reader, &filter).await?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let last = rows.last().filter(|_| more);
    let next = last.map(|row| format!("{}.{}", row.requested_at.0.as_microsecond(), row.id));
    let mut list = Vec::with_capacity(rows.len());
    for row in rows {
        let latest = match row.state()?.is_end() {
            true => None,
            false => latest_of(&mut reader, &row).await?,
        };
        list.push(summary(&mut reader, &row, latest.as_ref(), now).await?);
    }
    Ok(ListPage { rows: list, next })
}

/// Reads back where a page ended.
fn position(text: &str) -> Result<(Timestamp, EnvironmentId)> {
    let read = || {
        let (at, id) = text.split_once('.')?;
        Some((Timestamp::from_microsecond(at.parse().ok()?).ok()?, id.parse().ok()?))
    };
    read().ok_or_else(|| Error::field("after", "This is no position in the list"))
}

/// One environment with everything of its page. Everyone signed in may; its outputs are for its team.
pub async fn find_environment(
    environments: &Environments,
    caller: &Caller,
    id: EnvironmentId,
    now: Timestamp,
) -> Result<EnvironmentPage> {
    authorize(caller, Action::See)?;
    let mut reader = environments.db.snapshot().await?;
    let row = found(&mut reader, id).await?;
    let owner = Ownership::of(environments, &row)?;
    let latest = latest_of(&mut reader, &row).await?;
    let usual = match &latest {
        Some(OperationWithSteps { operation, steps }) => {
            usual::of_steps(&mut reader, row.blueprint_id, operation, steps).await?
        }
        None => Vec::new(),
    };
    let state = row.state()?;
    sight::look_soon(environments, &row, state, now);
    let wanted = row.wanted()?;
    let outputs = match authorize(caller, Action::SeeOutputs(owner.owned())) {
        Ok(()) => Some(serde_json::from_value(row.outputs.0.clone()).unwrap_or_default()),
        Err(_) => None,
    };
    let limits = blueprint(&blueprint_of(&mut reader, &row).await?)?.lifetime;
    let receipt = row.receipt.as_ref().map(|receipt| serde_json::from_value(receipt.0.clone()));
    let receipt = receipt.transpose().map_err(|error| Error::internal("reading a receipt", error))?;
    Ok(EnvironmentPage {
        summary: summary(&mut reader, &row, latest.as_ref(), now).await?,
        cluster_id: row.cluster_id,
        namespace: row.namespace.clone(),
        wanted,
        reason: row.reason.clone(),
        actions: actions_of(caller, &owner, state, wanted),
        room: lifetime::room(&limits, row.requested_at.0, row.expires_at.0),
        outputs,
        operation: latest.map(|latest| operation_view(latest, &usual)).transpose()?,
        objects: store::object_list(&mut reader, id).await?,
        events: store::event_list(&mut reader, id).await?,
        receipt,
        ready_at: row.ready_at.map(Timestamp::from),
        ended_at: row.ended_at.map(Timestamp::from),
    })
}

/// What was done before the newest operation, the last first. Everyone signed in may.
pub async fn list_earlier_operations(
    environments: &Environments,
    caller: &Caller,
    id: EnvironmentId,
) -> Result<Vec<OperationView>> {
    authorize(caller, Action::See)?;
    let mut reader = environments.db.read().await?;
    let mut earlier = Vec::new();
    for operation in store::operation_list(&mut reader, id).await?.into_iter().skip(1) {
        let steps = store::step_list(&mut reader, operation.id).await?;
        earlier.push(operation_view(OperationWithSteps { operation, steps }, &[])?);
    }
    Ok(earlier)
}

/// What a caller may ask of an environment now.
pub(super) fn actions_of(
    caller: &Caller,
    owner: &Ownership,
    state: State,
    wanted: Wanted,
) -> Vec<life::Action> {
    let may = |action: &life::Action| {
        let action = match action {
            life::Action::Destroy => Action::DestroyEnvironment(owner.owned()),
            _ => Action::ChangeEnvironment(owner.owned()),
        };
        authorize(caller, action).is_ok()
    };
    life::actions(state, wanted).into_iter().filter(may).collect()
}

/// An operation with its steps, as they are stored.
pub(super) struct OperationWithSteps {
    operation: Operation,
    steps: Vec<Step>,
}

impl OperationWithSteps {
    /// Whether something of it may stand in the cluster: a step began, or did before it was tried again.
    fn begun(&self) -> bool {
        self.operation.retried_at.is_some() || self.steps.iter().any(|step| step.started_at.is_some())
    }
}

/// The newest operation of an environment.
pub(super) async fn latest_of(
    s: &mut dyn crate::db::Session,
    row: &Environment,
) -> Result<Option<OperationWithSteps>> {
    let Some(operation) = store::operation_latest(s, row.id).await? else { return Ok(None) };
    let steps = store::step_list(s, operation.id).await?;
    Ok(Some(OperationWithSteps { operation, steps }))
}

async fn blueprint_of(s: &mut dyn crate::db::Session, row: &Environment) -> Result<BlueprintRow> {
    let blueprint = store::blueprint_find(s, row.blueprint_id).await?;
    blueprint.ok_or_else(|| Error::internal("reading environments", "a blueprint is gone"))
}

/// The warning before its expiry that an environment stands within.
pub(super) fn warning(row: &Environment, now: Timestamp) -> Result<Option<Warning>> {
    let (state, wanted) = (row.state()?, row.wanted()?);
    Ok(lifetime::expires_soon(state, wanted, row.expires_at.0, row.expiry_set_at.0, now))
}

pub(super) async fn summary(
    s: &mut dyn crate::db::Session,
    row: &Environment,
    latest: Option<&OperationWithSteps>,
    now: Timestamp,
) -> Result<EnvironmentSummary> {
    let blueprint = blueprint_of(s, row).await?;
    let cluster = clusters::contact::name_of(s, row.cluster_id).await?;
    let warning = warning(row, now)?;
    Ok(EnvironmentSummary {
        id: row.id,
        name: row.name.clone(),
        team: row.team.clone(),
        entity: row.entity.clone(),
        blueprint_title: blueprint.title,
        blueprint_version: blueprint.version,
        cluster: cluster.unwrap_or_else(|| "a cluster that was removed".to_owned()),
        state: row.state()?,
        status: status(&Facts {
            state: row.state()?,
            wanted: row.wanted()?,
            expires_at: Some(row.expires_at.0),
            warning,
            step: latest.map(|latest| step_facts(&latest.steps)).transpose()?.flatten(),
            cancelled: latest.is_some_and(|latest| latest.operation.state == "cancelled"),
            begun: latest.is_some_and(OperationWithSteps::begun),
            now,
        }),
        requested_by_name: row.requested_by_name.clone(),
        requested_at: row.requested_at.0,
        expires_at: row.expires_at.0,
        warning,
        changed_at: row.changed_at.0,
    })
}

/// The step at work, or the one that failed.
fn step_facts(steps: &[Step]) -> Result<Option<StepFacts<'_>>> {
    for (at, step) in steps.iter().enumerate() {
        let state = step.state()?;
        if matches!(state, StepState::Done | StepState::Skipped) {
            continue;
        }
        return Ok(Some(StepFacts {
            number: at + 1,
            of: steps.len(),
            title: &step.title,
            state,
            attempt: u32::try_from(step.attempt.max(1)).unwrap_or(u32::MAX),
            next_attempt_at: step.next_attempt_at.map(Timestamp::from),
            cluster_unreachable: step.unreachable,
            problem: step.problem.as_deref(),
            limit: SignedDuration::from_secs(step.time_limit_seconds),
        }));
    }
    Ok(None)
}

fn operation_view(latest: OperationWithSteps, usual: &[Option<Usual>]) -> Result<OperationView> {
    let OperationWithSteps { operation, steps } = latest;
    let usual = usual.iter().copied().chain(std::iter::repeat(None));
    Ok(OperationView {
        id: operation.id,
        kind: operation.kind()?,
        cancel_requested: operation.cancel_requested_at.is_some(),
        state: operation.state,
        requested_by_name: operation.requested_by_name,
        created_at: operation.created_at.0,
        started_at: operation.started_at.map(Timestamp::from),
        finished_at: operation.finished_at.map(Timestamp::from),
        steps: steps.iter().zip(usual).map(|(step, usual)| step_view(step, usual)).collect::<Result<_>>()?,
    })
}

fn step_view(step: &Step, usual: Option<Usual>) -> Result<StepView> {
    Ok(StepView {
        id: step.id,
        title: step.title.clone(),
        detail: step.detail.clone(),
        state: step.state()?,
        attempt: step.attempt,
        started_at: step.started_at.map(Timestamp::from),
        finished_at: step.finished_at.map(Timestamp::from),
        next_attempt_at: step.next_attempt_at.map(Timestamp::from),
        problem: step.problem.clone(),
        problem_detail: step.problem_detail.clone(),
        usual,
    })
}
