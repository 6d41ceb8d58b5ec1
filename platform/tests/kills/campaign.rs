//! The one who asks for work, kills, and counts in the end.

use std::path::Path;
use std::time::{Duration, Instant};

use platform::db::Db;
use platform::testing::announce;
use platform::testing::cluster::cluster;
use platform::testing::kill::{self, Campaign, Process};
use platform::testing::world::World;
use rand::SeedableRng;
use rand::rngs::StdRng;

use super::super::{DATABASE, FOLDER};
use super::asked::Asked;
use super::queue;
use super::reading::Reading;

/// Both databases are tried one after the other: two at once would only wait for each other.
static ONE_AT_A_TIME: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// Kills, and then looks whether everything came out right.
pub async fn run(engine: &str, replicas: usize, db: Db, database: &str, folder: &Path) {
    let _alone = ONE_AT_A_TIME.lock().await;
    let Some(cluster) = cluster() else { return };
    let campaign = Campaign { longest: Duration::from_millis(2_500), ..Campaign::of(replicas) };
    let (kills, seed) = (campaign.kills, campaign.seed);
    let began = Instant::now();
    let mut chance = StdRng::seed_from_u64(seed);
    let world = World::set_up(db, folder, &cluster.slipway().await).await;
    let mut asked = Asked::on(cluster).await;
    let reading = Reading::of(&world).await;
    let start = || {
        let mut command = kill::this_test("process");
        command.env(DATABASE, database).env(FOLDER, folder);
        Process::start(command, kill::READY)
    };
    let (mut killed_in, mut last) = (Duration::ZERO, 0);
    let asking = async |kill: usize| {
        asked.more(&world, kill, &mut chance).await;
        reading.change(&world, kill).await;
        queue::more_to_sweep(&world.db, kill).await;
        (killed_in, last) = (began.elapsed(), kill);
    };
    campaign.run(start, asking, async || None).await;
    // The last processes are stopped in good order by now; others end what they left.
    let end = Campaign { kills: 0, ..campaign };
    let open = async || match asked.open(&world).await {
        None => match reading.open(&world, last).await {
            None => queue::open(&world).await,
            open => open,
        },
        open => open,
    };
    end.run(start, async |_| {}, open).await;
    let rested_in = began.elapsed() - killed_in;
    let figures = asked.check(&world).await;
    reading.check(&world).await;
    queue::check(&world).await;
    announce(&format!(
        "{engine}: {kills} kills (seed {seed}) in {} s, at rest after {} s; {figures}; none made twice, none left behind",
        killed_in.as_secs(),
        rested_in.as_secs(),
    ));
}
