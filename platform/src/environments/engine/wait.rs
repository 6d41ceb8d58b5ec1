//! The step that waits until everything is ready: what it says meanwhile, and why it ends.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use domain::environments::lifetime::print;
use domain::environments::readiness::{Assessment, Blocked, assess};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::super::Environments;
use super::super::kubernetes::{self, Ended, Kubernetes, Notice, ObjectRow, Patience, Target, Verdict, row};
use super::super::rows::{Operation, Step};
use super::reach;
use super::step::{self, Did, Problem};
use super::stop_signal;
use super::voice::{Voice, Words};
use crate::clusters::Fault;
use crate::jobs::{Failure, Run};
use crate::logs::Level;

/// For so long a worker stays with what comes up; one that takes longer goes on when others had their turn, so that it keeps no
/// worker from other environments.
const STAY: Duration = Duration::from_secs(if cfg!(test) { 3 } else { 30 });
/// The shortest time that is left for later: a look needs some.
const SHORTEST: Duration = Duration::from_secs(10);
/// A cluster that cannot be followed for so long is left alone for a while, so that it keeps no worker from other environments.
const TROUBLE_LIMIT: Duration = Duration::from_secs(10);
/// The longest look at what stands there besides what is followed.
const LOOK_LIMIT: Duration = Duration::from_secs(5);

/// Since when the cluster cannot be followed, and why.
#[derive(Default)]
struct Trouble(Mutex<Option<(Instant, Fault)>>);

impl Trouble {
    fn set(&self, trouble: Option<Fault>) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now = trouble.map(|fault| (Instant::now(), fault));
    }

    fn get(&self) -> Option<(Instant, Fault)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Ends when it has lasted too long, with what it was: the cluster may answer again before the wait has ended for it.
    async fn lasted(&self, limit: Duration) -> (Instant, Fault) {
        loop {
            tokio::time::sleep(Duration::from_millis(500)).await;
            if let Some(trouble) = self.get().filter(|(since, _)| since.elapsed() >= limit) {
                return trouble;
            }
        }
    }
}

/// Why a step is not done whose cluster cannot be followed.
fn not_followed((since, fault): (Instant, Fault), now: Timestamp) -> Problem {
    let lasted = SignedDuration::try_from(since.elapsed()).unwrap_or(SignedDuration::ZERO);
    // One that limits requests, say, is there: its step's time goes on.
    let since = now.checked_sub(lasted).ok().filter(|_| fault.is_away());
    Problem { away_since: since, ..Problem::of(fault) }
}

/// What becomes of a step whose cluster could not be followed for too long; none where the wait ended otherwise meanwhile.
fn left_alone(ended: &kubernetes::Result<Ended<Assessment>>, problem: Problem) -> Option<Did> {
    matches!(ended, Ok(Ended::Cancelled(_))).then_some(Did::NotYet(problem))
}

/// For how long to stay, and whether that is all the time that is left.
fn stay(left: Duration) -> (Duration, bool) {
    if left <= STAY + SHORTEST { (left, true) } else { (STAY, false) }
}

/// What the rules say last in this wait: said once, also where several workers wait one after another.
fn said(assessment: &Assessment) -> &str {
    match assessment {
        Assessment::Ready => "",
        Assessment::Progressing { sentence, .. } | Assessment::Blocked(Blocked { sentence, .. }) => sentence,
    }
}

/// What keeps it from getting ready: since when something does, and what the page was told of it last.
#[derive(Default)]
struct InTheWay {
    since: Option<Timestamp>,
    told: Option<Option<Words>>,
}

impl InTheWay {
    /// What the page is told by what is seen now, where that is news.
    fn news(&mut self, assessment: &Assessment, now: Timestamp) -> Option<Option<Words>> {
        self.since = assessment.is_held_up().then_some(self.since.unwrap_or(now));
        let lasted = self.since.map_or(SignedDuration::ZERO, |since| now.duration_since(since));
        let words = assessment.in_the_way(lasted).map(|(ours, theirs)| (ours.to_owned(), theirs.to_owned()));
        let told = self.told.replace(words.clone());
        (told.as_ref() != Some(&words)).then_some(words)
    }
}

/// Waits until `objects` are ready, the operation is to stop, or the step's time is over.
pub async fn wait(
    environments: &Environments,
    run: &Run,
    operation: &Operation,
    step: &Step,
    driver: &Kubernetes,
    objects: &[Value],
    target: &Target,
    voice: &Voice,
) -> Result<Did, Failure> {
    let stop = CancellationToken::new();
    let trouble = Trouble::default();
    let kept = |key: &str| step.outcome.as_ref().and_then(|kept| kept.0[key].as_str());
    let before = kept("said").map(str::to_owned);
    let since = kept("held_up_since").and_then(|since| since.parse().ok());
    let in_the_way = Mutex::new(InTheWay { since, ..InTheWay::default() });
    let in_the_way = || in_the_way.lock().unwrap_or_else(PoisonError::into_inner);
    let mut first = true;
    // The cluster may say the same thing in other words, one after another.
    let mut in_our_words = before.clone().unwrap_or_default();
    // What is followed is a part of what is there, and the page is told of all that may be listed, or of nothing. A look that fails is made
    // up for by the next stay's.
    let besides = tokio::select! {
        looked = tokio::time::timeout(LOOK_LIMIT, driver.observe_besides(target, objects)) => looked,
        () = stop_signal(environments, operation) => return Ok(Did::Stopped),
    };
    let besides: Option<Vec<ObjectRow>> =
        besides.ok().and_then(Result::ok).map(|seen| seen.iter().filter_map(row).collect());
    let mut judge = |seen: &[Value]| {
        if let Some(besides) = &besides {
            // What is only known as it was applied was not seen: the cluster gives whatever it shows a UID.
            let shown = seen.iter().filter(|object| object["metadata"]["uid"].is_string());
            voice.objects(besides.iter().cloned().chain(shown.filter_map(row)).collect());
        }
        let assessment = assess(objects, seen, operation.retried_at.map(Timestamp::from));
        if let Some(words) = in_the_way().news(&assessment, run.now()) {
            voice.trouble(words);
        }
        let verdict = match &assessment {
            Assessment::Ready => Verdict::Ready,
            Assessment::Blocked(blocked) if !blocked.cause.can_heal() => Verdict::Failed,
            _ => Verdict::Waiting,
        };
        (assessment, verdict)
    };
    let mut notice = |notice: Notice<'_, Assessment>| match notice {
        Notice::Assessed(assessment)
            if std::mem::take(&mut first) && before.as_deref() == Some(said(assessment)) => {}
        Notice::Assessed(Assessment::Ready) => voice.line(run.now(), Level::Good, "Everything is ready"),
        Notice::Assessed(Assessment::Progressing { sentence, .. }) => {
            in_our_words.clone_from(sentence);
            voice.line(run.now(), Level::Plain, sentence.clone())
        }
        // What ends the step is said when it has.
        Notice::Assessed(Assessment::Blocked(blocked)) if !blocked.cause.can_heal() => {}
        Notice::Assessed(Assessment::Blocked(blocked)) => {
            if in_our_words != blocked.sentence {
                in_our_words.clone_from(&blocked.sentence);
                voice.line(run.now(), Level::Warning, blocked.sentence.clone());
            }
            if !blocked.sentence.contains(&blocked.detail) {
                voice.line(run.now(), Level::Plain, blocked.detail.clone());
            }
        }
        Notice::Trouble(fault) => {
            trouble.set(Some(fault.clone()));
            let words = step::without_pointer(&step::fault_words(fault));
            voice.line(run.now(), Level::Warning, words);
        }
        Notice::Recovered => {
            trouble.set(None);
            voice.line(run.now(), Level::Plain, "The cluster answers again");
        }
    };
    let (stay, is_all) = stay(step::try_limit(step, run.now()));
    let patience = Patience::of(stay);
    let waiting = driver.wait_ready(target, objects, patience, &stop, &mut judge, &mut notice);
    tokio::pin!(waiting);
    let ended = tokio::select! {
        ended = &mut waiting => ended,
        () = stop_signal(environments, operation) => {
            stop.cancel();
            waiting.await
        }
        lasted = trouble.lasted(TROUBLE_LIMIT) => {
            stop.cancel();
            let ended = waiting.await;
            if let Some(did) = left_alone(&ended, not_followed(lasted, run.now())) {
                return Ok(did);
            }
            ended
        }
    };
    let limit = SignedDuration::from_secs(step.time_limit_seconds);
    Ok(match ended {
        Ok(Ended::Ready(_)) => {
            // What was waited for is a part of what is there. A look that fails is made up for by the next one.
            if let Ok(seen) = driver.observe(target).await {
                voice.objects(seen.iter().filter_map(row).collect());
            }
            Did::Done(json!({}))
        }
        Ok(Ended::Cancelled(_)) => Did::Stopped,
        Ok(Ended::Failed(assessment)) => Did::Failed(blocked(assessment)),
        // What was seen last says nothing of a cluster that does not answer now.
        Ok(Ended::TimedOut(last)) => match (trouble.get(), last) {
            (Some(trouble), _) => Did::NotYet(not_followed(trouble, run.now())),
            (None, last) if !is_all => {
                let words = last.as_ref().map(said).or(before.as_deref());
                let since = in_the_way().since.map(|since| since.to_string());
                Did::Waiting(json!({ "said": words, "held_up_since": since }))
            }
            (None, Some(assessment)) => {
                reach::over(driver, blocked(assessment.after(limit)), run.now()).await
            }
            (None, None) => reach::over(driver, over_time(step), run.now()).await,
        },
        Err(error) => step::failed(&error),
    })
}

fn blocked(assessment: Assessment) -> Problem {
    match assessment {
        Assessment::Blocked(Blocked { sentence, detail, .. }) => {
            Problem { detail: Some(detail).filter(|detail| !detail.is_empty()), ..Problem::new(sentence) }
        }
        Assessment::Progressing { sentence, .. } => Problem::new(sentence),
        Assessment::Ready => Problem::new("It became ready only after its time limit"),
    }
}

/// The step's time is over, and nothing better is known.
pub fn over_time(step: &Step) -> Problem {
    let limit = print(SignedDuration::from_secs(step.time_limit_seconds));
    Problem::new(format!("The cluster did not do this within {limit}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stay_leaves_enough_for_the_next_or_is_all() {
        for seconds in 1..400 {
            let left = Duration::from_secs(seconds);
            let (stay, is_all) = stay(left);
            assert!(if is_all { stay == left } else { stay == STAY && left - stay >= SHORTEST }, "{seconds}");
        }
    }

    #[test]
    fn the_page_is_told_once_of_what_lasts_and_once_that_it_is_over() {
        let at = |second| Timestamp::from_second(second).expect("a time");
        let seen = |held_up| Assessment::Progressing { sentence: "Its probe fails.".to_owned(), held_up };
        let told = Some(("Its probe fails.".to_owned(), String::new()));
        let mut in_the_way = InTheWay::default();
        assert_eq!(
            in_the_way.news(&seen(true), at(100)),
            Some(None),
            "an earlier try may have told something"
        );
        assert_eq!(in_the_way.news(&seen(true), at(114)), None);
        assert_eq!(in_the_way.news(&seen(true), at(115)), Some(told.clone()));
        assert_eq!(in_the_way.news(&seen(true), at(120)), None);
        // Another worker goes on.
        let mut later = InTheWay { since: in_the_way.since, told: None };
        assert_eq!(later.news(&seen(true), at(121)), Some(told));
        assert_eq!(later.news(&seen(false), at(125)), Some(None));
        assert_eq!((later.news(&Assessment::Ready, at(130)), later.since), (None, None));
    }

    #[tokio::test]
    async fn a_cluster_that_answers_again_at_the_last_moment_fails_no_wait() {
        let trouble = Trouble::default();
        trouble.set(Some(Fault::TimedOut { seconds: 5 }));
        let lasted = trouble.lasted(Duration::ZERO).await;
        trouble.set(None);
        let now = Timestamp::from_second(1_000).expect("a time");
        let problem = not_followed(lasted, now);
        assert!(problem.is_cut_off() && problem.away_since.is_some_and(|since| since < now), "{problem:?}");
        let busy = not_followed((Instant::now(), Fault::Busy { said: "later".to_owned() }), now);
        assert_eq!((busy.away_since, busy.asked), (None, None), "it is there");
        assert!(
            left_alone(&Ok(Ended::Ready(Assessment::Ready)), problem.clone()).is_none(),
            "what ended by itself did so"
        );
        let Some(Did::NotYet(_)) = left_alone(&Ok(Ended::Cancelled(None)), problem) else {
            panic!("it is waited for")
        };
    }
}
