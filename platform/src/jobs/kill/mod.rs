//! The queue under kills: whatever process dies at whatever instant, every effect happens once, no job and no wish is lost, and
//! nothing is left running.

mod far_side;
mod record;
mod work;

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use tokio_util::sync::CancellationToken;

use self::far_side::FarSide;
use self::record::Record;
use self::work::{Manner, Steps, Walk, Wishes};
use super::{Waker, Worker, WorkerSettings};
use crate::clock::Clock;
use crate::testing::kill::{self, Campaign, Process};
use crate::testing::{self, announce};

const DATABASE: &str = "SLIPWAY_KILL_DATABASE";
const FAR_SIDE: &str = "SLIPWAY_KILL_FAR_SIDE";
const BLIND: &str = "SLIPWAY_KILL_BLIND";

/// The process that is killed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "it is the process of the campaigns below, which start it themselves"]
async fn process() {
    let database = std::env::var(DATABASE).expect("started by a campaign");
    let far_side = FarSide::at(std::env::var_os(FAR_SIDE).expect("started by a campaign").into());
    let db = kill::open(&database).await;
    let settings = WorkerSettings {
        lease: SignedDuration::from_secs(2),
        slots: 4,
        poll: Duration::from_millis(50),
        one_process: !database.starts_with("postgresql:"),
    };
    let walk = Walk { far_side, blind: std::env::var_os(BLIND).is_some() };
    let handlers: Vec<Arc<dyn super::Handler>> = vec![Arc::new(walk), Arc::new(Wishes)];
    let worker =
        Worker::start(db, Clock::System, handlers, Waker::default(), settings).await.expect("a worker");
    kill::work_until_stopped().await;
    assert!(worker.is_alive());
    worker.stop().await;
}

struct Scene {
    database: String,
    record: Record,
    far_side: FarSide,
    blind: bool,
}

impl Scene {
    async fn on(database: String, blind: bool) -> Self {
        let db = kill::open(&database).await;
        let folder = tempfile::tempdir().expect("a temporary folder").keep();
        let far_side = FarSide::at(folder.join("far_side"));
        Self { database, record: Record::new(db).await, far_side, blind }
    }

    async fn on_sqlite(blind: bool) -> Self {
        let file = tempfile::tempdir().expect("a temporary folder").keep().join("slipway.db");
        let database = file.to_str().expect("a path").to_owned();
        kill::open(&database).await.migrate().await.expect("the migrations run");
        Self::on(database, blind).await
    }

    async fn on_postgres() -> Option<Self> {
        let database = testing::new_postgres_database().await?;
        Some(Self::on(database, false).await)
    }

    fn start(&self) -> Process {
        let mut command = kill::this_test("jobs::kill::process");
        command.env(DATABASE, &self.database).env(FAR_SIDE, self.far_side.path());
        if self.blind {
            command.env(BLIND, "1");
        }
        Process::start(command, kill::READY)
    }

    /// Kills by the campaign, with new jobs before each kill and wishes all the time. Returns what is wrong afterwards.
    async fn suffer(&self, campaign: Campaign) -> Vec<String> {
        let enough = CancellationToken::new();
        let wishing = tokio::spawn(wish(self.record.clone(), enough.clone()));
        let more = async |_| {
            let manners = [Manner::Waits, Manner::Returns, Manner::Pauses, Manner::Stumbles];
            for (number, manner) in (3..7).zip(manners.into_iter().cycle()) {
                for then in [true, false] {
                    let steps = Steps { steps: number, manner, then, pause: Duration::from_millis(2) };
                    self.record.ask(&steps).await;
                }
            }
        };
        let over = async || {
            enough.cancel();
            let over = wishing.is_finished() && self.record.is_over().await;
            (!over).then(|| "jobs wait or run".to_owned())
        };
        campaign.run(|| self.start(), more, over).await;
        wishing.await.expect("wishes are made");
        let mut faults = self.record.faults().await;
        faults.extend(self.far_side.faults(&self.record.tokens().await));
        let figures = self.record.figures().await;
        announce(&format!(
            "{} kills, seed {}: {figures}; {} faults",
            campaign.kills,
            campaign.seed,
            faults.len()
        ));
        if faults.is_empty() {
            assert!(figures.probed > 0, "no kill came between an intent and its outcome: {figures}");
        }
        faults
    }
}

async fn wish(record: Record, enough: CancellationToken) {
    for number in 0.. {
        record.wish(number).await;
        if enough.run_until_cancelled(tokio::time::sleep(Duration::from_millis(15))).await.is_none() {
            return;
        }
    }
}

#[tokio::test]
async fn nothing_is_lost_or_doubled_on_sqlite() {
    let scene = Scene::on_sqlite(false).await;
    assert_eq!(scene.suffer(Campaign::of(1)).await, Vec::<String>::new());
}

#[tokio::test]
async fn nothing_is_lost_or_doubled_on_postgres() {
    let Some(scene) = Scene::on_postgres().await else { return };
    assert_eq!(scene.suffer(Campaign::of(2)).await, Vec::<String>::new());
}

/// The campaign can fail: a handler that repeats instead of probing does something twice.
#[tokio::test]
async fn a_blind_repeat_is_found_out() {
    let scene = Scene::on_sqlite(true).await;
    let faults = scene.suffer(Campaign { kills: 20, seed: 7, ..Campaign::of(1) }).await;
    assert!(faults.iter().any(|fault| fault.ends_with("times on the far side")), "{faults:?}");
}

/// A process that stood still for longer than its leases finds that others have its jobs, and writes nothing.
#[tokio::test]
async fn a_frozen_process_wakes_and_writes_nothing() {
    let Some(scene) = Scene::on_postgres().await else { return };
    for _ in 0..12 {
        let pause = Duration::from_millis(40);
        scene.record.ask(&Steps { steps: 5, manner: Manner::Waits, then: false, pause }).await;
    }
    let mut frozen = scene.start();
    frozen.ready().await;
    kill::until("it is at work", async || scene.record.figures().await.effects > 0).await;
    frozen.freeze();
    let other = scene.start();
    // A job whose transaction was open stays locked until its holder goes on; the others are taken over when their leases end.
    kill::until("its jobs are taken over", async || scene.record.figures().await.later > 0).await;
    frozen.thaw();
    kill::until("the work is over", async || scene.record.is_over().await).await;
    frozen.stop().await;
    other.stop().await;
    assert_eq!(scene.record.faults().await, Vec::<String>::new());
}
