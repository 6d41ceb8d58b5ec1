//! What the jobs of the campaign write into the database, and what must be true of it afterwards. The tables allow doubles, so that a
//! double is found and not merely refused.

use std::fmt;

use domain::ids::JobId;
use sqlx::FromRow;

use super::super::{enqueue_in_tx, store};
use super::work::{self, STEPS, Steps};
use crate::db::dialect::{self, both};
use crate::db::{Db, Json, Result, Session, Sql};
use crate::sql;

const MAKE_EFFECTS: Sql = both!(
    "create table kill_effects (job text not null, step bigint not null, phase text not null, fence bigint not null)"
);
const MAKE_WISHES: Sql =
    both!("create table kill_wishes (number bigint not null, served bigint not null default 0)");
const EFFECT: Sql = both!("insert into kill_effects (job, step, phase, fence) values ($1, $2, $3, $4)");
const COUNT: Sql = both!("select count(*) from kill_effects where job = $1 and phase = $2");
const WISH: Sql = both!("insert into kill_wishes (number) values ($1)");
const SERVE: Sql = both!("update kill_wishes set served = served + 1 where served = 0");
const WRONG_WISHES: Sql = both!("select number, served from kill_wishes where served <> 1 order by number");
const JOBS: Sql =
    both!("select id, payload, state, attempt, last_error from jobs where kind = $1 order by id");
const EFFECTS: Sql =
    both!("select step, phase, fence from kill_effects where job = $1 order by step, phase, fence");
const TOKENS: Sql = both!("select job, step from kill_effects where phase = 'outcome'");
const OPEN: Sql = both!("select count(*) from jobs where state not in ('done', 'failed', 'cancelled')");
const FIGURES: Sql = both!(
    "select (select count(*) from jobs) as jobs, (select count(*) from kill_wishes) as wishes,
        (select count(*) from kill_effects where phase = 'outcome') as effects,
        (select count(*) from kill_effects where phase = 'probe') as probed,
        (select count(*) from kill_effects where fence > 1) as later"
);

#[derive(FromRow)]
struct Job {
    #[sqlx(try_from = "String")]
    id: JobId,
    payload: Json<Steps>,
    state: String,
    attempt: i64,
    last_error: Option<String>,
}

#[derive(FromRow)]
struct Effect {
    step: i64,
    phase: String,
    fence: i64,
}

/// What happened, in numbers.
#[derive(FromRow)]
pub(super) struct Figures {
    pub jobs: i64,
    pub wishes: i64,
    pub effects: i64,
    /// How often a step was found begun and not ended.
    pub probed: i64,
    /// Effects by another than the first holder of their job.
    pub later: i64,
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Figures { jobs, wishes, effects, probed, .. } = self;
        write!(
            f,
            "{jobs} jobs, {effects} effects, {probed} probed after a kill, {wishes} wishes under one key"
        )
    }
}

/// The token of a step's call.
pub(super) fn token(job: JobId, step: i64) -> String {
    format!("{job}/{step}")
}

pub(super) async fn effect(
    s: &mut dyn Session,
    job: JobId,
    step: i64,
    phase: &str,
    fence: i64,
) -> Result<()> {
    sql!(s, run, EFFECT, job.to_string(), step, phase, fence)?;
    Ok(())
}

pub(super) async fn count(s: &mut dyn Session, job: JobId, phase: &str) -> Result<i64> {
    let (number,) = sql!(s, one(i64,), COUNT, job.to_string(), phase)?;
    Ok(number)
}

pub(super) async fn serve_wishes(s: &mut dyn Session) -> Result<u64> {
    sql!(s, run, SERVE)
}

#[derive(Clone)]
pub(super) struct Record(Db);

impl Record {
    pub(super) async fn new(db: Db) -> Self {
        let mut tx = db.begin().await.expect("begin");
        sql!(&mut tx, run, MAKE_EFFECTS).expect("a table");
        sql!(&mut tx, run, MAKE_WISHES).expect("a table");
        tx.commit().await.expect("commit");
        Self(db)
    }

    /// Asks for a job.
    pub(super) async fn ask(&self, steps: &Steps) {
        let mut tx = self.0.begin().await.expect("begin");
        let now = dialect::now(&mut tx).await.expect("the clock");
        enqueue_in_tx(&mut tx, work::steps_job(steps, now), now).await.expect("enqueued");
        tx.commit().await.expect("commit");
    }

    /// Makes a wish, and asks for the job that serves it.
    pub(super) async fn wish(&self, number: i64) {
        let mut tx = self.0.begin().await.expect("begin");
        let now = dialect::now(&mut tx).await.expect("the clock");
        sql!(&mut tx, run, WISH, number).expect("a wish");
        enqueue_in_tx(&mut tx, work::wishes_job(now), now).await.expect("enqueued");
        tx.commit().await.expect("commit");
    }

    /// Whether no job waits or runs.
    pub(super) async fn is_over(&self) -> bool {
        let mut reader = self.0.read().await.expect("a reader");
        sql!(&mut reader, one(i64,), OPEN).expect("a count") == (0,)
    }

    pub(super) async fn figures(&self) -> Figures {
        let mut reader = self.0.read().await.expect("a reader");
        sql!(&mut reader, one Figures, FIGURES).expect("figures")
    }

    /// The calls that should have happened.
    pub(super) async fn tokens(&self) -> Vec<String> {
        let mut reader = self.0.read().await.expect("a reader");
        let steps = sql!(&mut reader, all(String, i64), TOKENS).expect("effects");
        steps.into_iter().map(|(job, step)| token(job.parse().expect("an id"), step)).collect()
    }

    /// What is wrong, once no job waits or runs.
    pub(super) async fn faults(&self) -> Vec<String> {
        let mut reader = self.0.read().await.expect("a reader");
        let mut faults = Vec::new();
        for count in store::job_count(&mut reader).await.expect("counts") {
            if count.state != "done" {
                faults.push(format!("{} jobs {} are {}", count.number, count.kind, count.state));
            }
        }
        for (number, served) in sql!(&mut reader, all(i64, i64), WRONG_WISHES).expect("wishes") {
            faults.push(format!("wish {number} was served {served} times"));
        }
        let jobs = sql!(&mut reader, all Job, JOBS, STEPS).expect("jobs");
        let asked = jobs.iter().filter(|job| job.payload.steps > 1).count();
        let follows = jobs.iter().filter(|job| job.payload.then).count();
        if jobs.len() != asked + follows {
            faults.push(format!("{asked} jobs ask for {follows} more, but there are {}", jobs.len()));
        }
        for job in jobs {
            let effects = sql!(&mut reader, all Effect, EFFECTS, job.id.to_string()).expect("effects");
            faults.extend(faults_of(&job, &effects));
        }
        faults
    }
}

/// One intent and one outcome for each step, and each step by the holder of the one before or a later one.
fn faults_of(job: &Job, effects: &[Effect]) -> Vec<String> {
    let mut faults = Vec::new();
    let name = format!("job {} ({:?}, attempt {})", job.id, job.payload.manner, job.attempt);
    if job.state != "done" {
        faults.push(format!("{name} is {}: {}", job.state, job.last_error.as_deref().unwrap_or("no error")));
    }
    let mut fence = 0;
    for phase in ["intent", "outcome"] {
        let steps: Vec<i64> =
            effects.iter().filter(|effect| effect.phase == phase).map(|effect| effect.step).collect();
        if steps != (0..job.payload.steps).collect::<Vec<_>>() {
            faults.push(format!(
                "{name} should have {} steps, but its {phase}s are {steps:?}",
                job.payload.steps
            ));
        }
    }
    for step in 0..job.payload.steps {
        let of_step = effects.iter().filter(|effect| effect.step == step);
        let (lowest, highest) = of_step
            .fold((i64::MAX, 0), |(low, high), effect| (low.min(effect.fence), high.max(effect.fence)));
        if lowest < fence {
            faults.push(format!(
                "{name}: step {step} was written under fence {lowest}, after one under {fence}"
            ));
        }
        fence = highest;
    }
    faults
}
