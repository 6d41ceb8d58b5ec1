//! Phases: the few groups that people think in when they look through a list of environments.
//!
//! - Every state lies in exactly one phase.
//! - One that is ready, but of which something is not as it should be, needs attention; so does one whose destroying something holds up.

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
    /// It failed, cannot be destroyed, or is no longer as it should be.
    NeedsAttention,
    /// On its way out.
    GoingAway,
    /// Nothing happens to it any more.
    Ended,
}

impl Phase {
    /// All of them, in the order of a life.
    pub const ALL: [Phase; 5] =
        [Phase::ComingUp, Phase::Ready, Phase::NeedsAttention, Phase::GoingAway, Phase::Ended];

    /// The phase of a state. `trouble`: something of it is not as it should be.
    pub fn of(state: State, trouble: bool) -> Phase {
        match state {
            state if state.is_end() => Phase::Ended,
            State::Failed | State::DestroyBlocked => Phase::NeedsAttention,
            _ if trouble => Phase::NeedsAttention,
            // What is stopped stands as somebody wanted it.
            State::Ready | State::Stopped => Phase::Ready,
            state if state.is_leaving() => Phase::GoingAway,
            _ => Phase::ComingUp,
        }
    }

    /// The states that lie in it, without trouble.
    pub fn states(self) -> impl Iterator<Item = State> {
        State::ALL.into_iter().filter(move |state| Phase::of(*state, false) == self)
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
    fn every_state_lies_in_one_phase() {
        let mut all: Vec<State> = Phase::ALL.into_iter().flat_map(Phase::states).collect();
        all.sort_unstable();
        let mut expected = State::ALL.to_vec();
        expected.sort_unstable();
        assert_eq!(all, expected);
    }

    #[test]
    fn people_find_a_state_where_they_look_for_it() {
        for (state, trouble, expected) in [
            (State::Queued, false, Phase::ComingUp),
            (State::Applying, false, Phase::ComingUp),
            (State::Ready, false, Phase::Ready),
            (State::Ready, true, Phase::NeedsAttention),
            (State::Failed, false, Phase::NeedsAttention),
            (State::DestroyBlocked, false, Phase::NeedsAttention),
            (State::Destroying, true, Phase::NeedsAttention),
            (State::Destroyed, true, Phase::Ended),
            (State::Expiring, false, Phase::GoingAway),
            (State::VerifyingGone, false, Phase::GoingAway),
            (State::Destroyed, false, Phase::Ended),
            (State::Refused, false, Phase::Ended),
        ] {
            assert_eq!(Phase::of(state, trouble), expected, "{state:?} {trouble}");
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
