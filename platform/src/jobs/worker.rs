//! The worker: claims due jobs, keeps their leases, runs their handlers, writes how they ended.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use jiff::SignedDuration;
use serde_json::{Value, json};
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::run::Run;
use super::store::{self, Claimed};
use super::{Failure, Handler, Outcome, back_off, error_chain};
use crate::clock::Clock;
use crate::db::{self, Db, dialect};

/// How a worker works.
#[derive(Clone, Debug)]
pub struct WorkerSettings {
    /// How long a claim holds; it is renewed each third of it.
    pub lease: SignedDuration,
    /// How many jobs run at once.
    pub slots: usize,
    /// How often it looks without being woken: for jobs that other replicas make.
    pub poll: Duration,
    /// Whether this process alone uses the database: leases left from before are over at its start.
    pub one_process: bool,
}

/// Tells the worker of this process that there may be work.
#[derive(Clone, Debug, Default)]
pub struct Waker(Arc<Notify>);

impl Waker {
    /// There may be work: call it after the commit that made a job.
    pub fn wake(&self) {
        self.0.notify_one();
    }
}

/// From so many takeovers in a row on it may be the job that ends its processes.
const MANY_TAKEOVERS: i64 = 3;

/// A worker at work.
pub struct Worker {
    stopping: CancellationToken,
    claiming: JoinHandle<()>,
    running: TaskTracker,
}

struct Shared {
    db: Db,
    clock: Clock,
    owner: String,
    settings: WorkerSettings,
    handlers: HashMap<&'static str, Arc<dyn Handler>>,
    kinds: Value,
    waker: Waker,
    stopping: CancellationToken,
}

impl Worker {
    /// Starts claiming jobs of the handlers' kinds. Jobs of other kinds are left to whoever knows them.
    pub async fn start(
        db: Db,
        clock: Clock,
        handlers: Vec<Arc<dyn Handler>>,
        waker: Waker,
        settings: WorkerSettings,
    ) -> db::Result<Self> {
        if settings.one_process {
            let mut tx = db.begin().await?;
            let now = dialect::now(&mut tx).await?;
            let released = store::job_release_all(&mut tx, now).await?;
            tx.commit().await?;
            if released > 0 {
                tracing::info!(released, "jobs that a process before left are taken over");
            }
        }
        let stopping = CancellationToken::new();
        let running = TaskTracker::new();
        let kinds = Value::Array(handlers.iter().map(|handler| json!({ "kind": handler.kind() })).collect());
        let shared = Arc::new(Shared {
            db,
            clock,
            owner: format!("{}-{:016x}", std::process::id(), rand::random::<u64>()),
            settings,
            handlers: handlers.into_iter().map(|handler| (handler.kind(), handler)).collect(),
            kinds,
            waker,
            stopping: stopping.clone(),
        });
        // Tracked like its jobs: a stop also waits for a claim that is under way.
        let claiming = running.spawn(claim_all(shared, running.clone()));
        Ok(Self { stopping, claiming, running })
    }

    /// Whether it is still claiming.
    pub fn is_alive(&self) -> bool {
        !self.claiming.is_finished()
    }

    /// Takes no more jobs, hands those at work back, and waits until that is written.
    pub async fn stop(&self) {
        self.stopping.cancel();
        self.running.close();
        self.running.wait().await;
    }
}

async fn claim_all(shared: Arc<Shared>, running: TaskTracker) {
    let slots = Arc::new(Semaphore::new(shared.settings.slots));
    let mut trouble = 0;
    loop {
        let Ok(slot) = slots.clone().acquire_owned().await else { return };
        if shared.stopping.is_cancelled() {
            return;
        }
        // A database that swallows what it is asked holds nobody longer than a lease.
        let lease = shared.settings.lease.unsigned_abs();
        let claimed = tokio::time::timeout(lease, claim(&shared)).await;
        match claimed.unwrap_or_else(|_| Err(no_answer())) {
            Ok(Some(job)) => {
                trouble = 0;
                if job.takeovers >= MANY_TAKEOVERS {
                    tracing::warn!(kind = job.kind, job = %job.id, takeovers = job.takeovers, "the process that ran a job ended before it, again and again");
                }
                let shared = shared.clone();
                running.spawn(async move {
                    run_job(&shared, job).await;
                    drop(slot);
                    shared.waker.wake();
                });
            }
            Ok(None) => {
                trouble = 0;
                drop(slot);
                rest(&shared).await;
            }
            Err(error) => {
                drop(slot);
                trouble += 1;
                tracing::warn!(error = error_chain(&error), "no job could be claimed");
                let pause = back_off(trouble).unsigned_abs().min(Duration::from_secs(10));
                tokio::select! {
                    () = tokio::time::sleep(pause) => {}
                    () = shared.stopping.cancelled() => {}
                }
            }
        }
    }
}

async fn claim(shared: &Shared) -> db::Result<Option<Claimed>> {
    let mut tx = shared.db.begin().await?;
    let now = dialect::now(&mut tx).await?;
    let until = now.checked_add(shared.settings.lease).unwrap_or(now);
    let job = store::job_claim(&mut tx, &shared.kinds, &shared.owner, now, until).await?;
    tx.commit().await?;
    Ok(job)
}

/// Until it is woken, until the next job is due, or until it looks anyway.
async fn rest(shared: &Shared) {
    let due = async {
        let mut reader = shared.db.read().await?;
        let now = dialect::now(&mut reader).await?;
        let due = store::job_next_due(&mut reader).await?;
        Ok::<_, db::Error>(due.map(|due| due.duration_since(now)))
    };
    let until_due = match tokio::time::timeout(shared.settings.lease.unsigned_abs(), due).await {
        // A due job of a kind that this process does not know must not keep it busy.
        Ok(Ok(Some(wait))) if wait.is_positive() => wait.unsigned_abs(),
        _ => shared.settings.poll,
    };
    tokio::select! {
        () = shared.waker.0.notified() => {}
        () = tokio::time::sleep(until_due.min(shared.settings.poll)) => {}
        () = shared.stopping.cancelled() => {}
    }
}

async fn run_job(shared: &Shared, job: Claimed) {
    let Some(handler) = shared.handlers.get(job.kind.as_str()) else { return };
    let run = Run {
        owner: shared.owner.clone(),
        db: shared.db.clone(),
        clock: shared.clock.clone(),
        cancelled: CancellationToken::new(),
        lost: CancellationToken::new(),
        writing: Arc::default(),
        job,
    };
    // The call stands inside, so that a panic before the first await is caught too.
    let work = AssertUnwindSafe(async { handler.run(&run).await }).catch_unwind();
    let ended = tokio::select! {
        ended = work => ended,
        () = keep_lease(shared, &run) => {
            tracing::warn!(kind = run.job.kind, job = %run.job.id, "the lease was lost; another process goes on with the job");
            return;
        }
        () = shared.stopping.cancelled() => {
            hand_back(&run).await;
            return;
        }
    };
    let ended =
        ended.unwrap_or_else(|panic| Err(Failure::Retry(format!("it panicked: {}", panic_text(&*panic)))));
    if let Err(error) = write_end(handler.as_ref(), &run, ended).await {
        tracing::warn!(kind = run.job.kind, job = %run.job.id, error = error_chain(&error), "the end of a job could not be written; it runs again when its lease is over");
    }
}

/// Renews the lease each third of it. Ends when it is lost, or when the database could not be asked until its end: a handler is
/// never left running without one. While it writes, the lease cannot be renewed and cannot be lost.
async fn keep_lease(shared: &Shared, run: &Run) {
    let whole = shared.settings.lease.unsigned_abs();
    let mut renewed = tokio::time::Instant::now();
    loop {
        tokio::select! {
            () = tokio::time::sleep(whole / 3) => {}
            () = run.lost.cancelled() => return,
        }
        let asked = tokio::time::Instant::now();
        let answer = tokio::time::timeout_at(renewed + whole, renew(shared, run)).await;
        match answer.unwrap_or_else(|_| Err(no_answer())) {
            Ok(Some(cancelled)) => {
                renewed = asked;
                if cancelled {
                    run.cancelled.cancel();
                }
            }
            Ok(None) | Err(_) if run.is_writing() => renewed = asked,
            Ok(None) => return,
            Err(error) => {
                tracing::warn!(error = error_chain(&error), job = %run.job.id, "a lease could not be renewed");
                if renewed.elapsed() >= whole {
                    return;
                }
            }
        }
    }
}

fn no_answer() -> db::Error {
    db::Error::Unavailable(sqlx::Error::PoolTimedOut)
}

async fn renew(shared: &Shared, run: &Run) -> db::Result<Option<bool>> {
    let mut tx = shared.db.begin().await?;
    let now = dialect::now(&mut tx).await?;
    let until = now.checked_add(shared.settings.lease).unwrap_or(now);
    let proof = store::job_renew(&mut tx, run.job.id, run.job.fence, &run.owner, until, now).await?;
    tx.commit().await?;
    Ok(proof)
}

async fn hand_back(run: &Run) {
    let handed = async {
        let mut tx = run.db.begin().await?;
        let now = dialect::now(&mut tx).await?;
        store::job_hand_back(&mut tx, run.job.id, run.job.fence, now).await?;
        tx.commit().await
    };
    if let Err(error) = handed.await {
        tracing::warn!(error = error_chain(&error), job = %run.job.id, "a job could not be handed back; it is taken over when its lease is over");
    }
}

async fn write_end(handler: &dyn Handler, run: &Run, ended: Result<Outcome, Failure>) -> Result<(), Failure> {
    if matches!(ended, Ok(Outcome::Finished) | Err(Failure::LeaseLost)) {
        return Ok(());
    }
    let (id, fence) = (run.job.id, run.job.fence);
    let pause = back_off(run.failures().saturating_add(1));
    if matches!(ended, Err(Failure::Retry(_))) {
        let again_at = run.now().checked_add(pause).unwrap_or(run.now());
        if let Err(error) = handler.stumbled(run, run.failures().saturating_add(1), again_at).await {
            tracing::warn!(kind = run.job.kind, job = %id, error = error_chain(&error), "it could not be said where people look that a job failed");
        }
    }
    let mut tx = run.begin().await?;
    let now = dialect::now(&mut tx).await?;
    match ended {
        Ok(Outcome::Again(at)) => store::job_wait(&mut tx, id, fence, at, 0, None, now).await?,
        Ok(_) => store::job_finish(&mut tx, id, fence, "done", None, now).await?,
        Err(Failure::Retry(why)) => {
            let failures = run.failures().saturating_add(1);
            tracing::warn!(kind = run.job.kind, job = %id, failures, error = why, "a job failed");
            if failures >= handler.patience() {
                store::job_finish(&mut tx, id, fence, "failed", Some(&why), now).await?;
            } else {
                let again = now.checked_add(pause).unwrap_or(now);
                store::job_wait(&mut tx, id, fence, again, i64::from(failures), Some(&why), now).await?;
            }
        }
        Err(why) => {
            let why = why.to_string();
            tracing::warn!(kind = run.job.kind, job = %id, error = why, "a job failed for good");
            store::job_finish(&mut tx, id, fence, "failed", Some(&why), now).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without words")
}
