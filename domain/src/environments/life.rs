//! The life of an environment: its states, what may happen in each, and where that leads.
//!
//! - [`next`] is the whole table; nothing else changes a state.
//! - "Gone" can be wanted in every state but the ends. A running operation then stops at its next safe point;
//!   the wish is kept beside the state ([`Wanted`]) until it does.
//! - Waiting, retrying and probing are states of an operation's steps ([`StepState`]), not of the environment.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::status::state_words;

/// Without an answer an approval counts as refused after this time.
pub const APPROVAL_WAIT: SignedDuration = SignedDuration::from_hours(7 * 24);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Requested,
    PendingApproval,
    /// An end: nothing was made.
    Refused,
    Queued,
    Planning,
    AwaitingConfirm,
    Applying,
    Ready,
    Updating,
    Stopping,
    Stopped,
    Starting,
    Failed,
    Expiring,
    Destroying,
    VerifyingGone,
    DestroyBlocked,
    /// The end: an inventory found nothing left, or nothing was ever made.
    Destroyed,
    /// An end: nobody could check whether anything is left, and an administrator gave it up.
    GivenUp,
}

impl State {
    pub const ALL: [State; 19] = [
        State::Requested,
        State::PendingApproval,
        State::Refused,
        State::Queued,
        State::Planning,
        State::AwaitingConfirm,
        State::Applying,
        State::Ready,
        State::Updating,
        State::Stopping,
        State::Stopped,
        State::Starting,
        State::Failed,
        State::Expiring,
        State::Destroying,
        State::VerifyingGone,
        State::DestroyBlocked,
        State::Destroyed,
        State::GivenUp,
    ];

    /// As it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Requested => "requested",
            State::PendingApproval => "pending_approval",
            State::Refused => "refused",
            State::Queued => "queued",
            State::Planning => "planning",
            State::AwaitingConfirm => "awaiting_confirm",
            State::Applying => "applying",
            State::Ready => "ready",
            State::Updating => "updating",
            State::Stopping => "stopping",
            State::Stopped => "stopped",
            State::Starting => "starting",
            State::Failed => "failed",
            State::Expiring => "expiring",
            State::Destroying => "destroying",
            State::VerifyingGone => "verifying_gone",
            State::DestroyBlocked => "destroy_blocked",
            State::Destroyed => "destroyed",
            State::GivenUp => "given_up",
        }
    }

    pub fn parse(text: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Nothing happens to it any more.
    pub fn is_end(self) -> bool {
        matches!(self, State::Refused | State::Destroyed | State::GivenUp)
    }

    /// An operation is running that must reach a safe point before anything else can begin.
    pub fn is_running(self) -> bool {
        matches!(
            self,
            State::Planning | State::Applying | State::Updating | State::Stopping | State::Starting
        )
    }

    /// On its way out: nothing can be asked of it but patience, or another try.
    pub fn is_leaving(self) -> bool {
        matches!(self, State::Expiring | State::Destroying | State::VerifyingGone | State::DestroyBlocked)
    }
}

/// The wanted end state, a column of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wanted {
    Present,
    Gone,
}

/// What happens to an environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    PolicyAsksApproval,
    PolicyPasses,
    Approved,
    ApprovalRefused,
    ApprovalTimedOut,
    /// A worker claims the operation, and a step has a plan to show.
    ClaimedToPlan,
    /// A worker claims the operation, and no step has a plan.
    ClaimedToApply,
    /// The plan equals the one that was shown and agreed to.
    PlanAgrees,
    /// The plan differs, or none was shown.
    PlanDiffers,
    PlanConfirmed,
    PlanRefused,
    /// Refused before anything exists.
    PlanRefusedWithNothingMade,
    StepsDone,
    /// For good, after its retries.
    StepFailed,
    /// A person's cancel took hold at a safe point.
    Cancelled,
    Retry,
    Change,
    Stop,
    Start,
    UndoDrift,
    /// A person wants it gone.
    DestroyWanted,
    /// Its time is over.
    Expired,
    /// The operation stopped because gone is wanted.
    SafePointReached,
    /// The destroying of an expired environment begins.
    DestroyBegins,
    AllUndone,
    UndoRefused,
    InventoryEmpty,
    /// Something is left after the time for it.
    InventoryNotEmpty,
    DestroyRetried,
    /// Its cluster cannot be asked, and it is certain that nothing of it was ever made there.
    NothingWasMade,
    /// An administrator has Slipway stop looking after it.
    GivenUp,
}

impl Event {
    pub const ALL: [Event; 31] = [
        Event::PolicyAsksApproval,
        Event::PolicyPasses,
        Event::Approved,
        Event::ApprovalRefused,
        Event::ApprovalTimedOut,
        Event::ClaimedToPlan,
        Event::ClaimedToApply,
        Event::PlanAgrees,
        Event::PlanDiffers,
        Event::PlanConfirmed,
        Event::PlanRefused,
        Event::PlanRefusedWithNothingMade,
        Event::StepsDone,
        Event::StepFailed,
        Event::Cancelled,
        Event::Retry,
        Event::Change,
        Event::Stop,
        Event::Start,
        Event::UndoDrift,
        Event::DestroyWanted,
        Event::Expired,
        Event::SafePointReached,
        Event::DestroyBegins,
        Event::AllUndone,
        Event::UndoRefused,
        Event::InventoryEmpty,
        Event::InventoryNotEmpty,
        Event::DestroyRetried,
        Event::NothingWasMade,
        Event::GivenUp,
    ];
}

/// An event that has no place in a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("This is not possible while the environment is in the state “{}”", state_words(*.state).0)]
pub struct Refused {
    pub state: State,
    pub event: Event,
}

/// The state after an event.
pub fn next(state: State, event: Event) -> Result<State, Refused> {
    use Event as E;
    use State as S;
    let to = match (state, event) {
        (S::Requested, E::PolicyAsksApproval) => S::PendingApproval,
        (S::Requested, E::PolicyPasses) => S::Queued,
        (S::PendingApproval, E::Approved) => S::Queued,
        (S::PendingApproval, E::ApprovalRefused | E::ApprovalTimedOut) => S::Refused,
        (S::Queued, E::ClaimedToPlan) => S::Planning,
        (S::Queued, E::ClaimedToApply) => S::Applying,
        (S::Planning, E::PlanAgrees) => S::Applying,
        (S::Planning, E::PlanDiffers) => S::AwaitingConfirm,
        (S::AwaitingConfirm, E::PlanConfirmed) => S::Applying,
        (S::AwaitingConfirm, E::PlanRefused) => S::Destroying,
        (S::AwaitingConfirm, E::PlanRefusedWithNothingMade) => S::Destroyed,
        (S::Applying | S::Updating | S::Starting, E::StepsDone) => S::Ready,
        (S::Stopping, E::StepsDone) => S::Stopped,
        (state, E::StepFailed | E::Cancelled) if state.is_running() => S::Failed,
        // Cancelled before a worker took it: it can be retried as any other.
        (S::Queued, E::Cancelled) => S::Failed,
        (S::Failed, E::Retry | E::Change) => S::Queued,
        (S::Ready, E::Change | E::UndoDrift) => S::Updating,
        (S::Ready, E::Stop) => S::Stopping,
        (S::Stopped, E::Start) => S::Starting,
        // Gone is wanted.
        (state, E::DestroyWanted | E::Expired) if state.is_running() => state,
        (state, E::SafePointReached) if state.is_running() => S::Destroying,
        (
            S::Requested | S::PendingApproval | S::Queued | S::AwaitingConfirm,
            E::DestroyWanted | E::Expired,
        ) => S::Destroying,
        (S::Ready | S::Stopped | S::Failed | S::Expiring, E::DestroyWanted) => S::Destroying,
        (S::Ready | S::Stopped | S::Failed, E::Expired) => S::Expiring,
        (S::DestroyBlocked, E::DestroyWanted | E::DestroyRetried) => S::Destroying,
        (S::Destroying | S::VerifyingGone, E::DestroyWanted) => state,
        (S::Expiring | S::Destroying | S::VerifyingGone | S::DestroyBlocked, E::Expired) => state,
        (S::Expiring, E::DestroyBegins) => S::Destroying,
        (S::Destroying, E::AllUndone) => S::VerifyingGone,
        (S::Destroying, E::UndoRefused) => S::DestroyBlocked,
        (S::VerifyingGone, E::InventoryEmpty) => S::Destroyed,
        (S::VerifyingGone, E::InventoryNotEmpty) => S::DestroyBlocked,
        (S::Destroying | S::VerifyingGone, E::NothingWasMade) => S::Destroyed,
        (state, E::GivenUp) if !state.is_end() => S::GivenUp,
        _ => return Err(Refused { state, event }),
    };
    Ok(to)
}

/// What a person may ask of an environment. Stopping and starting need a driver that can; none can yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    Extend,
    Retry,
    Cancel,
    Destroy,
    /// Have Slipway stop looking after what it cannot destroy.
    GiveUp,
}

impl Action {
    /// The word on the button.
    pub fn words(self) -> &'static str {
        match self {
            Action::Extend => "Extend",
            Action::Retry => "Retry",
            Action::Cancel => "Cancel",
            Action::Destroy => "Destroy",
            Action::GiveUp => "Give up",
        }
    }
}

/// What may be asked now, in the order of the buttons. `stuck` is a destroying that does not get on: the cluster does
/// not answer, or blocks it.
pub fn actions(state: State, wanted: Wanted, stuck: bool) -> Vec<Action> {
    let mut actions = Vec::new();
    if state == State::DestroyBlocked {
        // Its destroying is what is tried again.
        actions.push(Action::Retry);
    }
    if state.is_leaving() && stuck {
        actions.push(Action::GiveUp);
    }
    if wanted == Wanted::Gone || state.is_end() || state.is_leaving() {
        return actions;
    }
    if state == State::Failed {
        actions.push(Action::Retry);
    }
    if state == State::Queued || state.is_running() {
        actions.push(Action::Cancel);
    }
    actions.extend([Action::Extend, Action::Destroy]);
    actions
}

/// The state of one step of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    Pending,
    Running,
    /// Failed for now; tried again at a known time.
    RetryWait,
    /// It is not known whether the last try took hold: the far side is asked before anything is repeated.
    Probing,
    Done,
    Failed,
    Skipped,
}

impl StepState {
    pub const ALL: [StepState; 7] = [
        StepState::Pending,
        StepState::Running,
        StepState::RetryWait,
        StepState::Probing,
        StepState::Done,
        StepState::Failed,
        StepState::Skipped,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            StepState::Pending => "pending",
            StepState::Running => "running",
            StepState::RetryWait => "retry_wait",
            StepState::Probing => "probing",
            StepState::Done => "done",
            StepState::Failed => "failed",
            StepState::Skipped => "skipped",
        }
    }

    pub fn parse(text: &str) -> Option<StepState> {
        StepState::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

#[cfg(test)]
mod tests;
