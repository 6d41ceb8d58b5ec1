//! Nothing is lost, nothing is doubled, whoever lost a lease writes nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use domain::people::{Caller, Person};
use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::*;
use crate::clock::Clock;
use crate::db::{Db, dialect};
use crate::ids::mint;
use crate::on_both_databases;

mod lease;

type Work = dyn for<'a> Fn(&'a Run) -> BoxFuture<'a, Result<Outcome, Failure>> + Send + Sync;

struct Does(Box<Work>);

impl Handler for Does {
    fn kind(&self) -> &'static str {
        "test"
    }

    fn patience(&self) -> u32 {
        3
    }

    fn run<'a>(&'a self, run: &'a Run) -> BoxFuture<'a, Result<Outcome, Failure>> {
        (self.0)(run)
    }
}

fn does(
    work: impl for<'a> Fn(&'a Run) -> BoxFuture<'a, Result<Outcome, Failure>> + Send + Sync + 'static,
) -> Arc<dyn Handler> {
    Arc::new(Does(Box::new(work)))
}

fn job(key: Option<&str>, due_at: Timestamp) -> NewJob {
    NewJob {
        kind: "test",
        payload: json!({}),
        unique_key: key.map(str::to_owned),
        due_at,
        on_behalf_of: None,
    }
}

async fn database_now(db: &Db) -> Timestamp {
    dialect::now(&mut db.read().await.expect("a reader")).await.expect("a clock")
}

async fn enqueue(db: &Db, job: NewJob) -> Enqueued {
    let mut tx = db.begin().await.expect("begin");
    let now = dialect::now(&mut tx).await.expect("a clock");
    let made = enqueue_in_tx(&mut tx, job, now).await.expect("enqueued");
    tx.commit().await.expect("commit");
    made
}

async fn states(db: &Db) -> Vec<(String, i64)> {
    let mut reader = db.read().await.expect("a reader");
    store::job_count(&mut reader)
        .await
        .expect("counts")
        .into_iter()
        .map(|count| (count.state, count.number))
        .collect()
}

async fn worker(db: &Db, lease_ms: i64, handler: Arc<dyn Handler>) -> Worker {
    let settings = WorkerSettings {
        lease: SignedDuration::from_millis(lease_ms),
        slots: 4,
        poll: Duration::from_millis(20),
        one_process: false,
    };
    Worker::start(db.clone(), Clock::System, vec![handler], Waker::default(), settings)
        .await
        .expect("a worker")
}

async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    for _ in 0..1_000 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it did not come to: {what}");
}

on_both_databases!(several_workers_run_each_job_once, |db| async move {
    let ran = Arc::new(AtomicUsize::new(0));
    let now = database_now(&db).await;
    for _ in 0..40 {
        enqueue(&db, job(None, now)).await;
    }
    let mut workers = Vec::new();
    for _ in 0..3 {
        let ran = ran.clone();
        let handler = does(move |_| {
            ran.fetch_add(1, Ordering::SeqCst);
            async { Ok(Outcome::Done) }.boxed()
        });
        workers.push(worker(&db, 10_000, handler).await);
    }
    until("all done", async || states(&db).await == [("done".to_owned(), 40)]).await;
    assert_eq!(ran.load(Ordering::SeqCst), 40);
    for worker in &workers {
        worker.stop().await;
    }
});

on_both_databases!(whoever_lost_the_lease_writes_nothing, |db| async move {
    let asked = database_now(&db).await;
    enqueue(&db, job(None, asked)).await;
    let now = database_now(&db).await;
    let kinds = json!([{ "kind": "test" }]);
    let claim = async |owner: &str, at: Timestamp| {
        let mut tx = db.begin().await.expect("begin");
        let until = at + SignedDuration::from_secs(5);
        let job = store::job_claim(&mut tx, &kinds, owner, at, until).await.expect("a claim");
        tx.commit().await.expect("commit");
        job
    };
    let first = claim("first", now).await.expect("the job");
    assert!(claim("second", now + SignedDuration::from_secs(4)).await.is_none(), "the lease holds");
    let second = claim("second", now + SignedDuration::from_secs(6)).await.expect("taken over");
    assert!(second.taken_over && !first.taken_over);
    assert_eq!(second.fence, first.fence + 1);
    let mut tx = db.begin().await.expect("begin");
    let at = now + SignedDuration::from_secs(7);
    let old = store::job_prove(&mut tx, first.id, first.fence, "first", at).await.expect("a proof");
    assert_eq!(old, None, "the first holder has lost it");
    let new = store::job_prove(&mut tx, second.id, second.fence, "second", at).await.expect("a proof");
    assert_eq!(new, Some(false));
    let late = now + SignedDuration::from_secs(12);
    let late =
        store::job_renew(&mut tx, second.id, second.fence, "second", late, late).await.expect("a proof");
    assert_eq!(late, None, "a lease that is over is not renewed");
});

on_both_databases!(a_job_that_ends_its_processes_is_taken_over_with_pauses, |db| async move {
    let now = database_now(&db).await;
    let Enqueued::Made(id) = enqueue(&db, job(None, now)).await else { panic!("made") };
    let kinds = json!([{ "kind": "test" }]);
    let claim = async |at: Timestamp| {
        let mut tx = db.begin().await.expect("begin");
        let job = store::job_claim(&mut tx, &kinds, "owner", at, at).await.expect("a claim");
        tx.commit().await.expect("commit");
        job
    };
    let second = SignedDuration::from_secs(1);
    // Each lease is over at once, as that of a process that died.
    let mut at = database_now(&db).await;
    for takeovers in 0..3 {
        let job = claim(at).await.expect("the first takeovers wait for nothing");
        assert_eq!((job.takeovers, job.taken_over), (takeovers, takeovers > 0));
    }
    for (takeovers, pause) in [(3, second), (4, second * 2), (5, second * 4)] {
        assert!(
            claim(at + pause - SignedDuration::from_millis(1)).await.is_none(),
            "it is left alone for a while"
        );
        at += pause;
        assert_eq!(claim(at).await.expect("taken over in the end").takeovers, takeovers);
    }
    // A run that goes well forgets it all.
    let mut tx = db.begin().await.expect("begin");
    store::job_wait(&mut tx, id, 6, at, 0, None, at).await.expect("it waits");
    tx.commit().await.expect("commit");
    assert_eq!(claim(at).await.expect("due").takeovers, 0);
    assert_eq!(claim(at).await.expect("taken over at once").takeovers, 1);
});

on_both_databases!(
    what_is_wanted_at_once_is_due_at_once_whatever_the_clock_of_who_wants_it,
    |db| async move {
        let fast = database_now(&db).await + SignedDuration::from_hours(1);
        let mut tx = db.begin().await.expect("begin");
        let Enqueued::Made(id) = enqueue_in_tx(&mut tx, job(None, fast), fast).await.expect("made") else {
            panic!("made")
        };
        tx.commit().await.expect("commit");
        let mut reader = db.read().await.expect("a reader");
        let due = store::job_find(&mut reader, id).await.expect("found").expect("a job").due_at.0;
        assert!(due <= dialect::now(&mut reader).await.expect("a clock"), "{due}");
    }
);

on_both_databases!(one_job_waits_under_a_key_and_no_wish_is_lost, |db| async move {
    let now = database_now(&db).await;
    let later = now + SignedDuration::from_hours(1);
    let Enqueued::Made(id) = enqueue(&db, job(Some("key"), later)).await else { panic!("made") };
    assert_eq!(
        enqueue(&db, job(Some("key"), now)).await,
        Enqueued::Waiting(id),
        "due at the earlier time now"
    );
    let ran = Arc::new(AtomicUsize::new(0));
    let (gate, handler_ran) = (Arc::new(tokio::sync::Notify::new()), ran.clone());
    let inner = gate.clone();
    let handler = does(move |_| {
        let (gate, ran) = (inner.clone(), handler_ran.clone());
        async move {
            if ran.fetch_add(1, Ordering::SeqCst) == 0 {
                gate.notified().await;
            }
            Ok(Outcome::Done)
        }
        .boxed()
    });
    let worker = worker(&db, 10_000, handler).await;
    until("running", async || states(&db).await == [("running".to_owned(), 1)]).await;
    let now = database_now(&db).await;
    assert_eq!(enqueue(&db, job(Some("key"), now)).await, Enqueued::RunsAgain(id));
    gate.notify_one();
    until("ran twice", async || states(&db).await == [("done".to_owned(), 1)]).await;
    assert_eq!(ran.load(Ordering::SeqCst), 2);
    worker.stop().await;
});

on_both_databases!(a_failure_is_tried_again_then_shown, |db| async move {
    let now = database_now(&db).await;
    enqueue(&db, job(None, now)).await;
    let handler = does(|_| async { Err(Failure::Retry("the far side is away".to_owned())) }.boxed());
    let worker = worker(&db, 10_000, handler).await;
    until("failed", async || states(&db).await == [("failed".to_owned(), 1)]).await;
    worker.stop().await;
    let mut reader = db.read().await.expect("a reader");
    let listed = store::job_list(&mut reader, Some("failed"), None, None, 10).await.expect("a list");
    assert_eq!(listed[0].last_error.as_deref(), Some("the far side is away"));
    assert_eq!(listed[0].attempt, 3, "as often as the handler has patience");
});

on_both_databases!(a_panic_is_a_failure_of_its_job_alone, |db| async move {
    let now = database_now(&db).await;
    enqueue(&db, job(None, now)).await;
    let first = Arc::new(AtomicUsize::new(0));
    let handler = does(move |_| {
        let first = first.clone();
        async move {
            assert!(first.fetch_add(1, Ordering::SeqCst) > 0, "the first run panics");
            Ok(Outcome::Done)
        }
        .boxed()
    });
    let worker = worker(&db, 10_000, handler).await;
    until("done", async || states(&db).await == [("done".to_owned(), 1)]).await;
    assert!(worker.is_alive());
    worker.stop().await;
});

on_both_databases!(stopping_hands_jobs_back, |db| async move {
    let now = database_now(&db).await;
    enqueue(&db, job(None, now)).await;
    let handler = does(|_| futures::future::pending().boxed());
    let first = worker(&db, 60_000, handler).await;
    until("running", async || states(&db).await == [("running".to_owned(), 1)]).await;
    first.stop().await;
    assert_eq!(states(&db).await, [("waiting".to_owned(), 1)]);
    let broken_off = Arc::new(AtomicUsize::new(0));
    let told = broken_off.clone();
    let handler = does(move |run| {
        told.fetch_add(usize::from(run.taken_over()), Ordering::SeqCst);
        async { Ok(Outcome::Done) }.boxed()
    });
    let next = worker(&db, 10_000, handler).await;
    until("done", async || states(&db).await == [("done".to_owned(), 1)]).await;
    assert_eq!(broken_off.load(Ordering::SeqCst), 1, "the next run knows that the first was broken off");
    next.stop().await;
});

on_both_databases!(a_job_that_failed_can_be_retried_and_a_cancelled_one_cannot, |db| async move {
    let now = database_now(&db).await;
    let Enqueued::Made(cancelled) = enqueue(&db, job(None, now)).await else { panic!("made") };
    let Enqueued::Made(failed) = enqueue(&db, job(None, now)).await else { panic!("made") };
    let mut tx = db.begin().await.expect("begin");
    cancel_in_tx(&mut tx, cancelled, now).await.expect("cancelled");
    store::job_finish(&mut tx, failed, 0, "failed", Some("refused"), now).await.expect("ended");
    assert!(!store::job_retry(&mut tx, cancelled, now).await.expect("asked"));
    assert!(store::job_retry(&mut tx, failed, now).await.expect("asked"));
    tx.commit().await.expect("commit");
    let worker = worker(&db, 10_000, does(|_| async { Ok(Outcome::Done) }.boxed())).await;
    until("done", async || {
        let mut states = states(&db).await;
        states.sort();
        states == [("cancelled".to_owned(), 1), ("done".to_owned(), 1)]
    })
    .await;
    worker.stop().await;
});

on_both_databases!(a_page_of_the_queue_tells_whether_another_follows, |db| async move {
    let administrator = Caller::Person(Person {
        account: mint(Timestamp::UNIX_EPOCH),
        name: "Ada".to_owned(),
        administrator: true,
        teams: Vec::new(),
        address: None,
    });
    let now = database_now(&db).await;
    for _ in 0..service::PAGE {
        enqueue(&db, job(None, now)).await;
    }
    let list =
        async |after| service::list_jobs(&db, &administrator, None, None, after).await.expect("a page");
    let full = list(None).await;
    assert_eq!((full.jobs.len(), full.next), (service::PAGE, None), "a full page may be the last");
    enqueue(&db, job(None, now)).await;
    let first = list(None).await;
    let second = list(first.next).await;
    assert_eq!((first.jobs.len(), second.jobs.len(), second.next), (service::PAGE, 1, None));
});

on_both_databases!(wishes_at_the_same_instant_make_one_job, |db| async move {
    let now = database_now(&db).await;
    let wishes = (0..16).map(|_| {
        let db = db.clone();
        tokio::spawn(async move { enqueue(&db, job(Some("key"), now)).await })
    });
    let answers = futures::future::join_all(wishes).await;
    let made = answers.iter().filter(|answer| matches!(answer, Ok(Enqueued::Made(_)))).count();
    let waiting = answers.iter().filter(|answer| matches!(answer, Ok(Enqueued::Waiting(_)))).count();
    assert_eq!((made, waiting), (1, 15));
    assert_eq!(states(&db).await, [("waiting".to_owned(), 1)]);
});

on_both_databases!(a_running_job_hears_of_a_cancel, |db| async move {
    let now = database_now(&db).await;
    let Enqueued::Made(id) = enqueue(&db, job(None, now)).await else { panic!("made") };
    let handler = does(|run| {
        async move {
            run.cancelled().cancelled().await;
            Ok(Outcome::Done)
        }
        .boxed()
    });
    let worker = worker(&db, 300, handler).await;
    until("running", async || states(&db).await == [("running".to_owned(), 1)]).await;
    let mut tx = db.begin().await.expect("begin");
    cancel_in_tx(&mut tx, id, now).await.expect("cancelled");
    tx.commit().await.expect("commit");
    until("it stopped", async || states(&db).await == [("done".to_owned(), 1)]).await;
    worker.stop().await;
});

on_both_databases!(what_ended_a_week_ago_is_forgotten_unless_it_failed, |db| async move {
    let now = database_now(&db).await;
    let mut tx = db.begin().await.expect("begin");
    for (days, state) in [(8, "done"), (8, "cancelled"), (8, "failed"), (6, "done")] {
        let ended = now - SignedDuration::from_hours(days * 24);
        let Enqueued::Made(id) = enqueue_in_tx(&mut tx, job(None, ended), ended).await.expect("made") else {
            panic!("made")
        };
        store::job_finish(&mut tx, id, 0, state, None, ended).await.expect("ended");
    }
    tx.commit().await.expect("commit");
    begin_sweeping(&db, now).await.expect("begun");
    begin_sweeping(&db, now).await.expect("once is enough");
    let worker = worker(&db, 10_000, Arc::new(Sweep)).await;
    let left = [("failed".to_owned(), 1), ("waiting".to_owned(), 1), ("done".to_owned(), 1)];
    until("swept", async || {
        let mut states = states(&db).await;
        states.sort_by_key(|(state, _)| left.iter().position(|(other, _)| other == state));
        states == left
    })
    .await;
    worker.stop().await;
});

#[test]
fn pauses_grow_to_five_minutes() {
    for (failures, most) in [(1, 1_000), (2, 2_000), (5, 16_000), (9, 256_000), (10, 300_000), (60, 300_000)]
    {
        let pause = back_off(failures).as_millis();
        assert!(pause <= most && pause >= most * 4 / 5, "{failures}: {pause} ms");
    }
}
