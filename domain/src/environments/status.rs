//! The state of an environment in words: what it is, in which colour, and what happens next and when.
//!
//! Amber and red are for what needs somebody, and for nothing else: exactly what lies in [`Phase::NeedsAttention`].

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::life::{APPROVAL_WAIT, State, StepState, Wanted};
use super::lifetime::{Warning, nearest, print, time_left};
use super::phase::{Obstacle, Phase};
use super::readiness::ONLY_ANEW;
use super::standing::{Cure, cure};
use crate::form::full_stop;

/// In every sentence that says that the cluster refuses Slipway's own account: nothing that is asked for mends that.
pub const NOT_ALLOWED: &str = "Slipway's account in the cluster is not allowed to";

/// The colour of a status; never shown without its word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hue {
    Ok,
    Busy,
    Warn,
    Bad,
    Off,
}

/// What is known when the words are made.
#[derive(Debug, Clone)]
pub struct Facts<'a> {
    pub state: State,
    pub wanted: Wanted,
    pub expires_at: Option<Timestamp>,
    /// The warning before its expiry that it stands within. Where there is one, the page says the expiry by itself
    /// ([`expiry_words`]), and sentences about something else leave it out.
    pub warning: Option<Warning>,
    /// The step at work, or the one that failed.
    pub step: Option<StepFacts<'a>>,
    /// Its newest operation was cancelled by a person.
    pub cancelled: bool,
    /// Something of it may stand in its cluster.
    pub begun: bool,
    /// What is wrong with what stands ([`super::standing`]), said of what is ready otherwise; or what keeps it from going
    /// ([`super::leaving`]), said while it is being destroyed.
    pub trouble: Option<&'a str>,
    /// Why it cannot be seen how it stands ([`out_of_sight`]); only said of what is ready otherwise.
    pub out_of_sight: Option<&'a str>,
    /// What its cluster is called, and when that last answered.
    pub cluster: &'a str,
    pub answered_at: Option<Timestamp>,
    pub now: Timestamp,
}

impl Facts<'_> {
    /// What is in its way, where it says anything of its state. The store reads the same from its columns, to narrow lists.
    fn obstacle(&self) -> Option<Obstacle> {
        let step = self.step.as_ref();
        let is_there = |obstacle: Obstacle| match obstacle {
            Obstacle::Trouble => self.trouble.is_some(),
            Obstacle::Waits => step.is_some_and(StepFacts::waits),
            Obstacle::HeldUp => {
                step.is_some_and(|step| step.state == StepState::Running && step.problem.is_some())
            }
            Obstacle::Unseen => self.out_of_sight.is_some(),
        };
        Obstacle::ALL.into_iter().find(|obstacle| obstacle.counts(self.state) && is_there(*obstacle))
    }

    /// The colour of its state; amber where something is in its way, so that whoever looks at a list sees it.
    fn hue(&self, of_state: Hue) -> Hue {
        match Phase::of(self.state, self.obstacle()) {
            Phase::NeedsAttention if of_state != Hue::Bad => Hue::Warn,
            _ => of_state,
        }
    }
}

#[derive(Debug, Clone)]
pub struct StepFacts<'a> {
    /// From 1.
    pub number: usize,
    pub of: usize,
    pub title: &'a str,
    pub state: StepState,
    /// From 1.
    pub attempt: u32,
    pub next_attempt_at: Option<Timestamp>,
    /// The cluster did not answer the last try, and has not answered since.
    pub cluster_unreachable: bool,
    /// The sentence of its failure, or what keeps it from getting done while it goes on.
    pub problem: Option<&'a str>,
    /// How long it may take, while its cluster answers.
    pub limit: SignedDuration,
}

impl StepFacts<'_> {
    /// Whether it waits to be tried again. For a cluster that does not answer it waits until that does, also while it is tried.
    fn waits(&self) -> bool {
        match self.state {
            StepState::RetryWait => true,
            StepState::Running | StepState::Probing => self.cluster_unreachable,
            _ => false,
        }
    }
}

/// The words of an environment's page and of its row in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// "Setting up · step 2 of 3".
    pub word: String,
    pub hue: Hue,
    /// What happens next, a whole sentence.
    pub next: String,
}

impl Status {
    /// Whether it needs somebody: on Home and in lists, which then say why.
    pub fn needs_attention(&self) -> bool {
        matches!(self.hue, Hue::Warn | Hue::Bad)
    }
}

/// The word and colour of a state alone, for facets and filters.
pub fn state_words(state: State) -> (&'static str, Hue) {
    match state {
        State::Requested => ("Requested", Hue::Busy),
        State::PendingApproval => ("Waiting for approval", Hue::Warn),
        State::Refused => ("Refused", Hue::Off),
        State::Queued => ("Queued", Hue::Busy),
        State::Planning => ("Planning", Hue::Busy),
        State::AwaitingConfirm => ("Waiting for you to confirm", Hue::Warn),
        State::Applying => ("Setting up", Hue::Busy),
        State::Ready => ("Ready", Hue::Ok),
        State::Updating => ("Updating", Hue::Busy),
        State::Stopping => ("Stopping", Hue::Busy),
        State::Stopped => ("Stopped", Hue::Off),
        State::Starting => ("Starting", Hue::Busy),
        State::Failed => ("Failed", Hue::Bad),
        State::Expiring => ("Expired", Hue::Busy),
        State::Destroying => ("Destroying", Hue::Busy),
        State::VerifyingGone => ("Checking that it is gone", Hue::Busy),
        State::DestroyBlocked => ("Destroy blocked", Hue::Bad),
        State::Destroyed => ("Destroyed", Hue::Off),
        State::GivenUp => ("Given up", Hue::Off),
    }
}

/// The word and colour of a step. `broken_off` is one that had begun when its operation was cancelled; it is passed over like those that
/// never began.
pub fn step_words(state: StepState, broken_off: bool) -> (&'static str, Hue) {
    match state {
        StepState::Skipped if broken_off => ("Cancelled", Hue::Warn),
        StepState::Pending => ("Waiting", Hue::Off),
        StepState::Running => ("Running", Hue::Busy),
        StepState::RetryWait => ("Waiting to try again", Hue::Warn),
        StepState::Probing => ("Checking what happened", Hue::Warn),
        StepState::Done => ("Done", Hue::Ok),
        StepState::Failed => ("Failed", Hue::Bad),
        StepState::Skipped => ("Skipped", Hue::Off),
    }
}

/// The words for all that is known.
pub fn status(facts: &Facts<'_>) -> Status {
    let (word, hue) = state_words(facts.state);
    let step = facts.step.as_ref();
    let at_work = facts.state.is_running() || facts.state == State::Destroying;
    let tries = at_work || facts.state == State::VerifyingGone;
    if let Some(step) = step.filter(|step| tries && step.waits()) {
        let leaves = facts.wanted == Wanted::Gone;
        let phase = if leaves { Phase::GoingAway } else { Phase::of(facts.state, None) };
        let word = match step.cluster_unreachable {
            true => format!("{}, waits for {}", phase.words(), facts.cluster),
            false => "Waiting to try again".to_owned(),
        };
        return Status { word, hue: Hue::Warn, next: try_again(facts, step) };
    }
    if facts.wanted == Wanted::Gone && facts.state.is_running() {
        let next = "The running step ends first; then everything in it is deleted.".to_owned();
        return Status { word: "Stopping before destroy".to_owned(), hue: facts.hue(Hue::Busy), next };
    }
    if facts.state == State::Failed && facts.cancelled {
        return cancelled(facts);
    }
    if let Some(trouble) = facts.trouble.filter(|_| facts.state == State::Ready) {
        return troubled(trouble, facts);
    }
    if let Some(sentence) = facts.out_of_sight.filter(|_| facts.state == State::Ready) {
        let next = expiry_of_ready(sentence.to_owned(), false, facts);
        return Status { word: "Cluster does not work".to_owned(), hue: Hue::Warn, next };
    }
    let word = match step {
        Some(step) if tries && step.of > 1 => format!("{word} · step {} of {}", step.number, step.of),
        _ => word.to_owned(),
    };
    Status { word, hue: facts.hue(hue), next: next_sentence(facts) }
}

/// It failed by nobody's fault: the state is the same, since the same can be done with it.
fn cancelled(facts: &Facts<'_>) -> Status {
    let next = match facts.begun {
        true => "It was cancelled before it was ready. Retry, or destroy it.",
        false => "It was cancelled before anything was created. Retry, or destroy it.",
    };
    Status { word: "Cancelled".to_owned(), hue: Hue::Warn, next: expiry_after(next, facts) }
}

/// It was ready, and what stands is not as it should be any more.
fn troubled(trouble: &str, facts: &Facts<'_>) -> Status {
    let cure = cure(trouble);
    let (word, then) = match cure {
        Cure::AllGone => {
            let then = "Destroy it to close its record, and request it again if you need it.";
            ("Gone from its cluster", then)
        }
        Cure::Anew => ("Not ready", "Destroy it, and request it again."),
        Cure::ScaleUp => ("Not ready", "Scale it up again, or destroy it and request it again."),
        Cure::Wait => ("Not ready", "If it does not recover, destroy it and request it again."),
    };
    let next = expiry_of_ready(format!("{}{then}", sentence_of(trouble)), cure == Cure::AllGone, facts);
    Status { word: word.to_owned(), hue: Hue::Bad, next }
}

/// What is said of something ready whose cluster does not work: nobody knows how it stands.
pub fn out_of_sight(cluster: &str, answered_at: Option<Timestamp>, now: Timestamp) -> String {
    let answered = answered_at.map(|at| format!(" {}", last_answered(at, now))).unwrap_or_default();
    format!("{cluster} does not work now, so Slipway cannot see whether this is still ready.{answered}")
}

/// Since when a cluster does not answer.
fn last_answered(at: Timestamp, now: Timestamp) -> String {
    // That it answered is noted once a minute.
    match now.duration_since(at).as_secs() {
        ..60 => "It last answered less than a minute ago.".to_owned(),
        _ => format!("It last answered {} ago.", left(now, at)),
    }
}

fn next_sentence(facts: &Facts<'_>) -> String {
    let step = facts.step.as_ref();
    match facts.state {
        State::Requested => "The rules for requests are checked.".to_owned(),
        State::PendingApproval => {
            format!(
                "Someone who may approve it is asked. Without an answer it is refused after {}.",
                print(APPROVAL_WAIT)
            )
        }
        State::Refused => "Nothing was created.".to_owned(),
        State::Queued => "It begins as soon as a worker is free.".to_owned(),
        State::Planning => {
            "What would change is being worked out. Nothing changes before it is known.".to_owned()
        }
        State::AwaitingConfirm => {
            "Look at the plan and confirm it. Nothing changes before you do.".to_owned()
        }
        State::Applying | State::Updating | State::Starting => match step {
            Some(step) if step.state == StepState::Probing => probing(step),
            Some(step) => match step.problem {
                // A service may still be on its way up, and an image may still be pushed.
                Some(problem) => {
                    let (problem, limit) = (sentence_of(problem), print(step.limit));
                    format!("{problem}If that does not change, “{}” fails after {limit}.", step.title)
                }
                None if step.number == step.of => {
                    format!("“{}” is under way. It is ready after this step.", step.title)
                }
                None => format!("“{}” is under way. After the last step it is ready.", step.title),
            },
            None => "After the last step it is ready.".to_owned(),
        },
        State::Stopping => "After the last step it is stopped and uses nothing.".to_owned(),
        State::Ready => match facts.expires_at {
            Some(at) => expiry_sentences(at, facts.now),
            None => "It stays until someone destroys it.".to_owned(),
        },
        State::Stopped => expiry_after("It can be started again.", facts),
        State::Failed => {
            let problem = step.and_then(|step| step.problem).map(sentence_of).unwrap_or_default();
            let nothing = if facts.begun { "" } else { "Nothing was created. " };
            let then = if problem.trim_end().ends_with(ONLY_ANEW) {
                "Request it again, or destroy it."
            } else if problem.contains(NOT_ALLOWED) {
                "An administrator must give Slipway the missing permissions; then retry."
            } else {
                // Another try with the same wrong values fails the same.
                "Retry, request it again with other values, or destroy it."
            };
            expiry_after(&format!("{problem}{nothing}{then}"), facts)
        }
        State::Expiring => "It has expired. Everything in it is deleted next.".to_owned(),
        State::Destroying => match (step, facts.trouble) {
            (Some(step), _) if step.state == StepState::Probing => probing(step),
            (_, Some(trouble)) => {
                let then = "Then the rest is deleted, and Slipway checks that nothing is left.";
                format!("{}{then}", sentence_of(trouble))
            }
            _ => "Everything in it is being deleted. Then Slipway checks that nothing is left.".to_owned(),
        },
        State::VerifyingGone => "Slipway is checking that nothing is left.".to_owned(),
        State::DestroyBlocked => match step {
            Some(step) => try_again(facts, step),
            None => "It is retried automatically.".to_owned(),
        },
        State::Destroyed => "Nothing is left. The receipt says how that is known.".to_owned(),
        State::GivenUp => {
            "Slipway stopped looking after it. The receipt says what could not be checked.".to_owned()
        }
    }
}

/// The same as one text: what is next for one that is ready and of which nothing is wrong.
pub fn expiry_sentences(expires_at: Timestamp, now: Timestamp) -> String {
    format!("{} {}", expiry_words(expires_at, now), expiry_then(false))
}

/// The sentences with its expiry after them, where the page does not say that by itself.
fn expiry_of_ready(sentences: String, all_gone: bool, facts: &Facts<'_>) -> String {
    match facts.expires_at.filter(|_| facts.warning.is_none()) {
        Some(at) => {
            format!("{sentences} {} {}", expiry_words(at, facts.now), expiry_then(all_gone))
        }
        None => sentences,
    }
}

/// When it expires: a sentence.
pub fn expiry_words(expires_at: Timestamp, now: Timestamp) -> String {
    format!("Expires in {}.", print(time_left(expires_at, now)))
}

/// What happens when it expires. Of what is `all_gone` from its cluster nothing is left to delete.
pub fn expiry_then(all_gone: bool) -> &'static str {
    if all_gone { "Then its record is closed." } else { "Then everything in it is deleted." }
}

fn probing(step: &StepFacts<'_>) -> String {
    format!(
        "{} was interrupted. Slipway checks with the cluster what took effect before repeating anything.",
        step.title
    )
}

/// With its full stop, and a space for what follows.
fn sentence_of(problem: &str) -> String {
    format!("{} ", full_stop(problem.trim_start().to_owned()))
}

fn try_again(facts: &Facts<'_>, step: &StepFacts<'_>) -> String {
    let problem = step.problem.map(sentence_of).unwrap_or_default();
    let answered = facts.answered_at.filter(|_| step.cluster_unreachable);
    let answered = answered.map(|at| format!("{} ", last_answered(at, facts.now))).unwrap_or_default();
    // One that is under way has its number already.
    let attempt = step.attempt + u32::from(step.state == StepState::RetryWait);
    let when = match step.next_attempt_at {
        Some(at) if at.duration_since(facts.now).as_secs() > 0 => format!("in {}", left(at, facts.now)),
        _ => "now".to_owned(),
    };
    // Nobody can see now whether that still is in the way.
    let kept = facts.trouble.filter(|_| step.cluster_unreachable);
    let kept = kept.map(|trouble| format!(" As last seen: {}", full_stop(trouble.to_owned())));
    let kept = kept.unwrap_or_default();
    format!("{problem}{answered}It is tried again {when} (attempt {attempt}).{kept}")
}

fn expiry_after(sentence: &str, facts: &Facts<'_>) -> String {
    match facts.expires_at {
        Some(at) if at > facts.now && facts.warning.is_none() => {
            let left = print(time_left(at, facts.now));
            match facts.begun {
                true => format!("{sentence} What was created stays until it expires in {left}."),
                false => format!("{sentence} It expires in {left}."),
            }
        }
        _ => sentence.to_owned(),
    }
}

fn left(at: Timestamp, now: Timestamp) -> String {
    print(nearest(at.duration_since(now)))
}

#[cfg(test)]
mod tests;
