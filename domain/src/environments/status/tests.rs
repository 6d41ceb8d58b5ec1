use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn step(state: StepState) -> StepFacts<'static> {
    StepFacts {
        number: 2,
        of: 3,
        title: "Deploy",
        state,
        attempt: 2,
        next_attempt_at: Some(at("2026-11-23T10:00:20Z")),
        cluster_unreachable: false,
        problem: Some("The image does not exist."),
        limit: SignedDuration::from_mins(5),
    }
}

#[test]
fn a_step_that_goes_on_says_what_is_in_its_way_and_how_long_that_may_last() {
    let now = status(&facts(State::Applying, Some(step(StepState::Running))));
    assert_eq!((now.word.as_str(), now.hue), ("Setting up · step 2 of 3", Hue::Warn), "lists show it");
    assert_eq!(now.next, "The image does not exist. If that does not change, “Deploy” fails after 5 min.");
    let well = StepFacts { problem: None, ..step(StepState::Running) };
    let now = status(&facts(State::Applying, Some(well)));
    assert_eq!(now.hue, Hue::Busy);
    assert_eq!(now.next, "“Deploy” is under way. After the last step it is ready.");
}

#[test]
fn what_cannot_be_seen_is_not_called_ready() {
    let now = facts(State::Ready, None).now;
    let sentence = out_of_sight("staging", Some(now - SignedDuration::from_mins(7)), now);
    assert_eq!(
        sentence,
        "staging does not work now, so Slipway cannot see whether this is still ready. It last answered 7 min ago."
    );
    let seen = status(&Facts { out_of_sight: Some(&sentence), ..facts(State::Ready, None) });
    assert_eq!((seen.word.as_str(), seen.hue), ("Cluster does not work", Hue::Warn));
    assert!(seen.next.starts_with(&sentence), "{}", seen.next);
    // What was seen last weighs more, and what failed or is under way has words of its own.
    let trouble = Some("The deployment web was scaled to 0 replicas.");
    let troubled = Facts { trouble, out_of_sight: Some(&sentence), ..facts(State::Ready, None) };
    assert_eq!(status(&troubled).word, "Not ready");
    let failed = Facts { out_of_sight: Some(&sentence), ..facts(State::Failed, None) };
    assert_eq!(status(&failed).word, "Failed");
}

#[test]
fn what_was_ready_and_is_in_trouble_is_not_called_ready() {
    let troubled = |trouble| Facts { trouble: Some(trouble), ..facts(State::Ready, None) };
    let scaled = status(&troubled("The deployment web was scaled to 0 replicas."));
    assert_eq!((scaled.word.as_str(), scaled.hue), ("Not ready", Hue::Bad));
    assert_eq!(
        scaled.next,
        "The deployment web was scaled to 0 replicas. Scale it up again, or destroy it and request it again. \
         Expires in 2 d 23 h. Then everything in it is deleted."
    );
    let says = |trouble, then: &str| {
        let status = status(&troubled(trouble));
        assert_eq!(status.word, "Not ready");
        assert!(status.next.starts_with(&format!("{trouble} {then} Expires in")), "{}", status.next);
    };
    let anew = "Destroy it, and request it again.";
    says("Slipway no longer finds the service web in its namespace.", anew);
    says("The deployment web is being deleted in the cluster.", anew);
    says(
        "1 of 2 replicas of deployment web are ready.",
        "If it does not recover, destroy it and request it again.",
    );
    let gone = "The namespace env-a-1 is no longer in staging: it was deleted there.";
    let near = Facts { warning: Some(Warning::HalfHour), ..troubled(gone) };
    let gone = status(&near);
    assert_eq!((gone.word.as_str(), gone.hue), ("Gone from its cluster", Hue::Bad));
    assert_eq!(
        gone.next,
        "The namespace env-a-1 is no longer in staging: it was deleted there. \
         Destroy it to close its record, and request it again if you need it."
    );
    let far = status(&Facts { warning: None, ..near });
    assert!(
        far.next.ends_with(" if you need it. Expires in 2 d 23 h. Then its record is closed."),
        "{}",
        far.next
    );
    let leaving =
        Facts { state: State::Destroying, ..troubled("The deployment web was scaled to 0 replicas.") };
    assert_eq!(status(&leaving).word, "Destroying", "what becomes of it is said instead");
}

fn facts(state: State, step: Option<StepFacts<'_>>) -> Facts<'_> {
    Facts {
        state,
        wanted: Wanted::Present,
        expires_at: Some(at("2026-11-26T09:00:00Z")),
        warning: None,
        step,
        cancelled: false,
        begun: true,
        trouble: None,
        out_of_sight: None,
        cluster: "staging",
        answered_at: None,
        now: at("2026-11-23T10:00:00Z"),
    }
}

#[test]
fn every_state_has_its_words() {
    let mut grid = String::new();
    for state in State::ALL {
        let status = status(&facts(state, None));
        grid.push_str(&format!("{:<27}{:<6}{}\n", status.word, format!("{:?}", status.hue), status.next));
    }
    insta::assert_snapshot!(grid);
}

#[test]
fn the_step_at_work_is_named_and_a_wait_says_for_what_and_how_long() {
    let unreachable = StepFacts {
        cluster_unreachable: true,
        problem: Some("The cluster does not answer."),
        ..step(StepState::RetryWait)
    };
    let gone = |state| Facts { wanted: Wanted::Gone, ..facts(state, Some(step(StepState::Running))) };
    let mut grid = String::new();
    let well = StepFacts { problem: None, ..step(StepState::Running) };
    for facts in [
        facts(State::Applying, Some(well)),
        facts(State::Applying, Some(step(StepState::RetryWait))),
        facts(State::Applying, Some(unreachable.clone())),
        facts(State::Applying, Some(step(StepState::Probing))),
        facts(State::Failed, Some(step(StepState::Failed))),
        facts(State::Destroying, Some(unreachable.clone())),
        facts(State::DestroyBlocked, Some(unreachable)),
        gone(State::Applying),
        gone(State::Destroying),
    ] {
        let status = status(&facts);
        grid.push_str(&format!("{:<30}{:<6}{}\n", status.word, format!("{:?}", status.hue), status.next));
    }
    insta::assert_snapshot!(grid);
}

#[test]
fn a_cluster_that_does_not_answer_is_waited_for_until_it_does() {
    let away = |state| StepFacts {
        cluster_unreachable: true,
        problem: Some("The cluster does not answer"),
        ..step(state)
    };
    let answered_at = Some(at("2026-11-23T09:53:00Z"));
    let of = |state, step_state| Facts { answered_at, ..facts(state, Some(away(step_state))) };
    let waits = status(&of(State::Applying, StepState::RetryWait));
    assert_eq!((waits.word.as_str(), waits.hue), ("Coming up, waits for staging", Hue::Warn));
    assert_eq!(
        waits.next,
        "The cluster does not answer. It last answered 7 min ago. It is tried again in 20 s (attempt 3)."
    );
    // A try that is under way is no progress yet.
    let mut tried = of(State::Destroying, StepState::Running);
    tried.step = tried.step.map(|step| StepFacts { next_attempt_at: None, ..step });
    let tried = status(&tried);
    assert_eq!(tried.word, "Going away, waits for staging");
    assert!(tried.next.ends_with("It is tried again now (attempt 2)."), "{}", tried.next);
    let stops = Facts { wanted: Wanted::Gone, ..of(State::Applying, StepState::RetryWait) };
    assert_eq!(status(&stops).word, "Going away, waits for staging");
}

#[test]
fn no_age_is_told_that_is_finer_than_what_is_known() {
    let now = at("2026-11-23T10:00:00Z");
    let ago = |seconds| last_answered(now - SignedDuration::from_secs(seconds), now);
    assert_eq!(ago(25), "It last answered less than a minute ago.");
    assert_eq!(ago(60), "It last answered 1 min ago.");
}

#[test]
fn what_is_tried_again_within_a_second_is_tried_again_now() {
    let soon = Some(at("2026-11-23T10:00:00.9Z"));
    let step = StepFacts { next_attempt_at: soon, ..step(StepState::RetryWait) };
    let next = status(&facts(State::Applying, Some(step))).next;
    assert_eq!(next, "The image does not exist. It is tried again now (attempt 3).");
}

#[test]
fn what_keeps_it_from_going_is_said_while_it_is_destroyed() {
    let trouble = Some("Kubernetes waits for finalizers: a/b in 1 resource instances.");
    let going = StepFacts { problem: trouble, ..step(StepState::Running) };
    let kept = Facts { trouble, wanted: Wanted::Gone, ..facts(State::Destroying, Some(going)) };
    let kept = status(&kept);
    assert_eq!((kept.word.as_str(), kept.hue), ("Destroying · step 2 of 3", Hue::Warn));
    assert_eq!(
        kept.next,
        "Kubernetes waits for finalizers: a/b in 1 resource instances. Then the rest is deleted, and Slipway checks that nothing is left."
    );
    assert_eq!(status(&facts(State::Destroying, None)).hue, Hue::Busy);
}

#[test]
fn that_the_cluster_is_away_comes_before_what_kept_it_from_going_when_it_was_seen_last() {
    let trouble = Some("Kubernetes waits for finalizers: a/b in 1 resource instances.");
    let problem = Some("The cluster does not answer");
    let away = StepFacts { cluster_unreachable: true, problem, ..step(StepState::RetryWait) };
    let answered_at = Some(at("2026-11-23T09:53:00Z"));
    let kept = Facts { trouble, answered_at, ..facts(State::Destroying, Some(away)) };
    let next = status(&Facts { wanted: Wanted::Gone, ..kept }).next;
    assert_eq!(
        next,
        "The cluster does not answer. It last answered 7 min ago. It is tried again in 20 s (attempt 3). \
         As last seen: Kubernetes waits for finalizers: a/b in 1 resource instances."
    );
}

#[test]
fn what_failed_before_anything_was_made_says_so_and_whose_turn_it_is() {
    let refused = format!(
        "Applying the namespace: {NOT_ALLOWED} do this. An administrator sees why on the cluster's page"
    );
    let refused = StepFacts { problem: Some(&refused), ..step(StepState::Failed) };
    let next = status(&Facts { begun: false, ..facts(State::Failed, Some(refused)) }).next;
    let then = "Nothing was created. An administrator must give Slipway the missing permissions; then retry. It expires in 2 d 23 h.";
    assert!(next.ends_with(&format!("cluster's page. {then}")), "{next}");
    let other = status(&Facts { begun: false, ..facts(State::Failed, Some(step(StepState::Failed))) }).next;
    assert_eq!(
        other,
        "The image does not exist. Nothing was created. Retry, request it again with other values, or destroy it. It expires in 2 d 23 h."
    );
}

#[test]
fn what_was_cancelled_did_not_fail_and_says_whether_anything_was_created() {
    let cancelled = |begun| status(&Facts { cancelled: true, begun, ..facts(State::Failed, None) });
    let (stopped, never_begun) = (cancelled(true), cancelled(false));
    assert_eq!((stopped.word.as_str(), stopped.hue), ("Cancelled", Hue::Warn));
    assert_eq!(
        stopped.next,
        "It was cancelled before it was ready. Retry, or destroy it. What was created stays until it expires in 2 d 23 h."
    );
    assert_eq!((never_begun.word.as_str(), never_begun.hue), ("Cancelled", Hue::Warn));
    assert_eq!(
        never_begun.next,
        "It was cancelled before anything was created. Retry, or destroy it. It expires in 2 d 23 h."
    );
}

#[test]
fn a_step_that_had_begun_is_cancelled_and_one_that_never_began_is_skipped() {
    assert_eq!(step_words(StepState::Skipped, true), ("Cancelled", Hue::Warn));
    assert_eq!(step_words(StepState::Skipped, false), ("Skipped", Hue::Off));
    assert_eq!(step_words(StepState::Done, true), step_words(StepState::Done, false));
}

#[test]
fn an_expiry_that_is_near_is_said_once() {
    let near = |state| Facts {
        expires_at: Some(at("2026-11-23T10:25:20Z")),
        warning: Some(Warning::HalfHour),
        ..facts(state, Some(step(StepState::Failed)))
    };
    let words = "Expires in 25 min. Then everything in it is deleted.";
    assert_eq!(status(&near(State::Ready)).next, words);
    assert_eq!(status(&near(State::Stopped)).next, "It can be started again.");
    assert_eq!(
        status(&near(State::Failed)).next,
        "The image does not exist. Retry, request it again with other values, or destroy it."
    );
}

#[test]
fn what_no_other_try_mends_is_not_offered_one() {
    let problem = format!("Job migrate failed: it reached its retry limit. Read its log. {ONLY_ANEW}");
    let failed = StepFacts { problem: Some(&problem), ..step(StepState::Failed) };
    let facts = Facts { expires_at: None, ..facts(State::Failed, None) };
    let next = status(&Facts { step: Some(failed), ..facts }).next;
    assert_eq!(next, format!("{problem} Request it again, or destroy it."));
}

#[test]
fn the_step_that_looks_whether_it_is_gone_is_numbered() {
    let word = status(&facts(State::VerifyingGone, Some(step(StepState::Running)))).word;
    assert_eq!(word, "Checking that it is gone · step 2 of 3");
}

#[test]
fn what_needs_attention_is_amber_or_red_and_nothing_else_is() {
    let steps = StepState::ALL.into_iter().flat_map(|state| {
        [false, true].into_iter().flat_map(move |cluster_unreachable| {
            [None, Some("The image does not exist.")].map(|problem| StepFacts {
                cluster_unreachable,
                problem,
                ..step(state)
            })
        })
    });
    let steps: Vec<Option<StepFacts<'_>>> = std::iter::once(None).chain(steps.map(Some)).collect();
    for state in State::ALL {
        for step in &steps {
            for wanted in [Wanted::Present, Wanted::Gone] {
                for (trouble, out_of_sight) in
                    [(None, None), (Some("It stands on its head."), None), (None, Some("Nobody sees it."))]
                {
                    for cancelled in [false, true] {
                        let of = facts(state, step.clone());
                        let facts = Facts { wanted, trouble, out_of_sight, cancelled, ..of };
                        let needs = Phase::of(state, facts.obstacle()) == Phase::NeedsAttention;
                        let status = status(&facts);
                        assert_eq!(status.needs_attention(), needs, "{facts:?}: {status:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn no_sentence_shouts_or_is_empty() {
    for state in State::ALL {
        for step_state in StepState::ALL {
            let status = status(&facts(state, Some(step(step_state))));
            assert!(status.next.ends_with('.') && !status.next.contains('!') && !status.word.is_empty());
        }
    }
}
