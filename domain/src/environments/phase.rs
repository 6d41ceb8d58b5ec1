//! Phases: the few groups that people think in when they look through a list of environments.
//!
//! - Every state lies in exactly one phase, whatever is in its way.
//! - What needs attention is decided here alone: by it lists are narrowed, Home says what needs somebody, and a status is amber or red
//!   ([`super::status`]).

use serde::{Deserialize, Serialize};

use super::life::State;

/// A group of states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Asked for, and not ready yet.
    ComingUp,
    /// It stands as it should.
    Ready,
    /// It failed, cannot be destroyed, waits for somebody, or something is in its way.
    NeedsAttention,
    /// On its way out.
    GoingAway,
    /// Nothing happens to it any more.
    Ended,
}

/// What is in the way of an environment, as far as it is known beside its state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// What stands is not as it should be, or something keeps it from going.
    Trouble,
    /// A step waits to be tried again, or for a cluster that does not answer.
    Waits,
    /// A step is at work, and something keeps it from getting done.
    HeldUp,
    /// Its cluster does not work, so that nobody sees how it stands.
    Unseen,
}

impl Obstacle {
    /// All of them.
    pub const ALL: [Obstacle; 4] = [Obstacle::Trouble, Obstacle::Waits, Obstacle::HeldUp, Obstacle::Unseen];

    /// As the store writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Obstacle::Trouble => "trouble",
            Obstacle::Waits => "waits",
            Obstacle::HeldUp => "held up",
            Obstacle::Unseen => "unseen",
        }
    }

    /// Whether it says anything of an environment in this state.
    pub(super) fn counts(self, state: State) -> bool {
        let undoes = matches!(state, State::Destroying | State::VerifyingGone);
        match self {
            Obstacle::Trouble => true,
            Obstacle::Waits => state.is_running() || undoes,
            Obstacle::HeldUp => state.is_running(),
            Obstacle::Unseen => state == State::Ready,
        }
    }
}

impl Phase {
    /// All of them, in the order of a life.
    pub const ALL: [Phase; 5] =
        [Phase::ComingUp, Phase::Ready, Phase::NeedsAttention, Phase::GoingAway, Phase::Ended];

    /// The phase of a state, and of what is in its way.
    pub fn of(state: State, obstacle: Option<Obstacle>) -> Phase {
        match state {
            state if state.is_end() => Phase::Ended,
            // The last two wait for somebody's answer.
            State::Failed | State::DestroyBlocked | State::PendingApproval | State::AwaitingConfirm => {
                Phase::NeedsAttention
            }
            state if obstacle.is_some_and(|obstacle| obstacle.counts(state)) => Phase::NeedsAttention,
            // What is stopped stands as somebody wanted it.
            State::Ready | State::Stopped => Phase::Ready,
            state if state.is_leaving() => Phase::GoingAway,
            _ => Phase::ComingUp,
        }
    }

    /// All that lies in it: each state, with each thing that may be in its way.
    pub fn cases(self) -> impl Iterator<Item = (State, Option<Obstacle>)> {
        let obstacles = || std::iter::once(None).chain(Obstacle::ALL.into_iter().map(Some));
        let all = State::ALL.into_iter().flat_map(move |state| obstacles().map(move |one| (state, one)));
        all.filter(move |(state, obstacle)| Phase::of(*state, *obstacle) == self)
    }

    /// As it stands in an address.
    pub fn as_str(self) -> &'static str {
        match self {
            Phase::ComingUp => "coming-up",
            Phase::Ready => "ready",
            Phase::NeedsAttention => "needs-attention",
            Phase::GoingAway => "going-away",
            Phase::Ended => "ended",
        }
    }

    /// Reads it back.
    pub fn parse(text: &str) -> Option<Phase> {
        Phase::ALL.into_iter().find(|phase| phase.as_str() == text)
    }

    /// What people call it.
    pub fn words(self) -> &'static str {
        match self {
            Phase::ComingUp => "Coming up",
            Phase::Ready => "Ready",
            Phase::NeedsAttention => "Needs attention",
            Phase::GoingAway => "Going away",
            Phase::Ended => "Ended",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_lies_in_one_phase_whatever_is_in_its_way() {
        let all: Vec<_> = Phase::ALL.into_iter().flat_map(Phase::cases).collect();
        for state in State::ALL {
            for obstacle in Obstacle::ALL.into_iter().map(Some).chain([None]) {
                let found = all.iter().filter(|case| **case == (state, obstacle)).count();
                assert_eq!(found, 1, "{state:?} {obstacle:?}");
            }
        }
        assert_eq!(all.len(), State::ALL.len() * (Obstacle::ALL.len() + 1));
    }

    #[test]
    fn people_find_a_state_where_they_look_for_it() {
        let (trouble, waits) = (Some(Obstacle::Trouble), Some(Obstacle::Waits));
        let (held_up, unseen) = (Some(Obstacle::HeldUp), Some(Obstacle::Unseen));
        for (state, obstacle, expected) in [
            (State::Queued, None, Phase::ComingUp),
            (State::Applying, None, Phase::ComingUp),
            (State::Applying, waits, Phase::NeedsAttention),
            (State::Applying, held_up, Phase::NeedsAttention),
            // It waits for its turn, whatever became of its cluster.
            (State::Queued, unseen, Phase::ComingUp),
            (State::Ready, None, Phase::Ready),
            (State::Ready, trouble, Phase::NeedsAttention),
            (State::Ready, unseen, Phase::NeedsAttention),
            (State::PendingApproval, None, Phase::NeedsAttention),
            (State::AwaitingConfirm, None, Phase::NeedsAttention),
            (State::Failed, None, Phase::NeedsAttention),
            (State::DestroyBlocked, None, Phase::NeedsAttention),
            (State::Destroying, trouble, Phase::NeedsAttention),
            (State::Destroying, waits, Phase::NeedsAttention),
            (State::Destroyed, trouble, Phase::Ended),
            (State::Expiring, None, Phase::GoingAway),
            (State::VerifyingGone, None, Phase::GoingAway),
            (State::VerifyingGone, waits, Phase::NeedsAttention),
            (State::Destroyed, None, Phase::Ended),
            (State::Refused, None, Phase::Ended),
        ] {
            assert_eq!(Phase::of(state, obstacle), expected, "{state:?} {obstacle:?}");
        }
    }

    #[test]
    fn a_phase_reads_back() {
        for phase in Phase::ALL {
            assert_eq!(Phase::parse(phase.as_str()), Some(phase));
        }
        assert_eq!(Phase::parse("nonsense"), None);
    }
}
