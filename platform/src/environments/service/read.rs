//! What people see of environments.

use domain::catalog::reference::EntityRef;
use domain::environments::form::{self, Given};
use domain::environments::life::{self, State, StepState, Wanted};
use domain::environments::lifetime;
use domain::environments::receipt::Receipt;
use domain::environments::render::RenderedOutput;
use domain::ids::{AccountId, BlueprintId, ClusterId, EnvironmentId, OperationId, StepId};
use domain::people::{Action, Caller, authorize};
use jiff::{SignedDuration, Timestamp};

use super::super::rows::{Environment, Event, Operation, OperationKind, SeenObject, Step};
use super::super::usual::{self, Usual};
use super::super::{Environments, sight, store};
use super::summary::{EnvironmentSummary, summary};
use super::{Ownership, found};
use crate::{Error, Result};

/// Everything of its page.
#[derive(Clone, Debug)]
pub struct EnvironmentPage {
    pub summary: EnvironmentSummary,
    pub cluster_id: ClusterId,
    pub namespace: String,
    pub wanted: Wanted,
    /// Why it is in its state, or what is wrong with what is ready.
    pub reason: Option<String>,
    /// What may be asked of it now, by this caller.
    pub actions: Vec<life::Action>,
    /// Whether an administrator may give it up now: its destroying does not get on.
    pub can_be_given_up: bool,
    /// For how long it may still be extended.
    pub room: SignedDuration,
    /// How long before its expiry the warnings come that are still to come.
    pub warnings_to_come: Vec<SignedDuration>,
    /// The version of its blueprint.
    pub blueprint_id: BlueprintId,
    /// What was asked for, by the form of its blueprint.
    pub parameters: Vec<Given>,
    /// None where the caller may not see them.
    pub outputs: Option<Vec<RenderedOutput>>,
    /// The newest.
    pub operation: Option<OperationView>,
    /// As they stood when they were last looked at; of what was given up nobody looks any more.
    pub objects: Vec<SeenObject>,
    /// When its cluster last told what stands there, also where that was nothing.
    pub objects_seen_at: Option<Timestamp>,
    /// Whether it is known that nothing of it stands in its cluster, however few objects are known.
    pub nothing_there: bool,
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
    /// Who asked; none where Slipway itself did, at an expiry.
    pub requested_by: Option<AccountId>,
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

/// One environment with everything of its page. Everyone signed in may: an environment is seen by all (people.md), and so is what was asked
/// for. Its outputs are for its team, and so are the values of parameters that are maps, such as variables, whose names all see. Secrets
/// are shown to nobody.
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
    let stuck = latest.as_ref().is_some_and(|latest| latest.stuck_by(state).is_some());
    let outputs = match authorize(caller, Action::SeeOutputs(owner.owned())) {
        Ok(()) => Some(serde_json::from_value(row.outputs.0.clone()).unwrap_or_default()),
        Err(_) => None,
    };
    let published = environments.blueprints.find(&mut reader, row.blueprint_id).await?;
    let published =
        published.ok_or_else(|| Error::internal("reading an environment", "its blueprint is gone"))?;
    let none = serde_json::Map::new();
    let asked = row.parameters.0.as_object().unwrap_or(&none);
    let parameters = form::given(&published.parameters, asked, outputs.is_some());
    let receipt = row.receipt.as_ref().map(|receipt| serde_json::from_value(receipt.0.clone()));
    let receipt = receipt.transpose().map_err(|error| Error::internal("reading a receipt", error))?;
    let summary = summary(&mut reader, &row, latest.as_ref(), now).await?;
    // What blocked its destroying is over while that is tried again.
    let is_tried = matches!(state, State::Destroying | State::VerifyingGone);
    let reason = row.reason.as_deref().filter(|_| !is_tried);
    // While its cluster is away, that comes before what keeps it from going: what is next tells that as it was seen last.
    let away = latest.as_ref().filter(|_| state.is_leaving()).and_then(OperationWithSteps::away);
    let trouble = summary.trouble.as_deref().map(|trouble| away.unwrap_or(trouble));
    let reason = trouble.or(summary.out_of_sight.as_deref()).or(reason).map(str::to_owned);
    let nothing_there = is_nothing_there(&row, state, latest.as_ref())?;
    let objects = store::object_list(&mut reader, id).await?;
    Ok(EnvironmentPage {
        summary,
        cluster_id: row.cluster_id,
        namespace: row.namespace.clone(),
        wanted,
        reason,
        actions: actions_of(caller, &owner, state, wanted, stuck),
        can_be_given_up: life::actions(state, wanted, stuck).contains(&life::Action::GiveUp),
        room: lifetime::room(&published.lifetime, row.requested_at.0, row.expires_at.0),
        warnings_to_come: lifetime::warnings_to_come(row.expires_at.0, row.expiry_set_at.0, now),
        blueprint_id: row.blueprint_id,
        parameters,
        outputs,
        operation: latest.map(|latest| operation_view(latest, &usual)).transpose()?,
        objects_seen_at: row.objects_seen_at.map(Timestamp::from),
        nothing_there: nothing_there && objects.is_empty(),
        objects,
        events: store::event_list(&mut reader, id).await?,
        receipt,
        ready_at: row.ready_at.map(Timestamp::from),
        ended_at: row.ended_at.map(Timestamp::from),
    })
}

/// Whether it is known that nothing of it stands in its cluster, where no object is known: it ended with proof, nothing was begun, or its
/// cluster told so after the last operation.
fn is_nothing_there(row: &Environment, state: State, latest: Option<&OperationWithSteps>) -> Result<bool> {
    if state.is_end() {
        return Ok(state != State::GivenUp);
    }
    let Some(latest) = latest else { return Ok(true) };
    let is_first = latest.operation.kind()? == OperationKind::Create;
    let ended = latest.operation.finished_at.map(Timestamp::from);
    let seen = row.objects_seen_at.map(Timestamp::from);
    Ok(is_first && !latest.begun() || ended.zip(seen).is_some_and(|(ended, seen)| seen >= ended))
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

/// Whether a caller may give an environment more time now, and its blueprint has some left to give.
pub(super) async fn may_extend(
    environments: &Environments,
    s: &mut dyn crate::db::Session,
    caller: &Caller,
    row: &Environment,
) -> Result<bool> {
    let owner = Ownership::of(environments, row)?;
    let asked = actions_of(caller, &owner, row.state()?, row.wanted()?, false);
    if !asked.contains(&life::Action::Extend) {
        return Ok(false);
    }
    let Some(published) = environments.blueprints.find(s, row.blueprint_id).await? else { return Ok(false) };
    let room = lifetime::room(&published.lifetime, row.requested_at.0, row.expires_at.0);
    Ok(!room.is_zero())
}

/// What a caller may ask of an environment now.
pub(super) fn actions_of(
    caller: &Caller,
    owner: &Ownership,
    state: State,
    wanted: Wanted,
    stuck: bool,
) -> Vec<life::Action> {
    let may = |action: &life::Action| {
        let action = match action {
            life::Action::Destroy => Action::DestroyEnvironment(owner.owned()),
            life::Action::GiveUp => Action::GiveUpEnvironment,
            _ => Action::ChangeEnvironment(owner.owned()),
        };
        authorize(caller, action).is_ok()
    };
    life::actions(state, wanted, stuck).into_iter().filter(may).collect()
}

/// An operation with its steps, as they are stored.
pub(super) struct OperationWithSteps {
    pub(super) operation: Operation,
    pub(super) steps: Vec<Step>,
}

impl OperationWithSteps {
    /// Why it does not get on, in an environment in `state`: its cluster does not answer, or refuses for so long that the destroying is
    /// blocked. None where it gets on, however slowly, or is over.
    pub(super) fn stuck_by(&self, state: State) -> Option<&str> {
        if !matches!(self.operation.state.as_str(), "queued" | "running") {
            return None;
        }
        let open = self.open_step()?;
        // What a slow cluster says of its own work is a problem of the step as well.
        if !open.unreachable && state != State::DestroyBlocked {
            return None;
        }
        open.problem.as_deref()
    }

    /// What is wrong with its cluster, where that does not answer.
    fn away(&self) -> Option<&str> {
        self.open_step().filter(|step| step.unreachable)?.problem.as_deref()
    }

    /// The step at work, or the next one.
    fn open_step(&self) -> Option<&Step> {
        let over = |step: &&Step| {
            step.state().is_ok_and(|state| matches!(state, StepState::Done | StepState::Skipped))
        };
        self.steps.iter().find(|step| !over(step))
    }

    /// Whether something of it may stand in the cluster: a step sent a call that was not refused outright.
    pub(super) fn begun(&self) -> bool {
        self.steps.iter().any(|step| !step.untouched || step.outcome_unknown)
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

fn operation_view(latest: OperationWithSteps, usual: &[Option<Usual>]) -> Result<OperationView> {
    let OperationWithSteps { operation, steps } = latest;
    let usual = usual.iter().copied().chain(std::iter::repeat(None));
    Ok(OperationView {
        id: operation.id,
        kind: operation.kind()?,
        requested_by: operation.requested_by(),
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
