//! The one who asks for environments, wants them gone, kills, and counts in the end.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use domain::environments::life::State;
use domain::environments::receipt::Verdict;
use domain::ids::EnvironmentId;
use platform::db::Db;
use platform::jobs::service::count_jobs;
use platform::testing::cluster::{api, cluster};
use platform::testing::world::{GOOD, World};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use super::super::{DATABASE, FOLDER};
use super::cluster::{Witness, namespaces};

/// Both databases are tried one after the other: two at once would only wait for each other.
static ONE_AT_A_TIME: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// How long everything may take to come to rest after the last kill.
const REST: Duration = Duration::from_secs(90);

struct Asked {
    id: EnvironmentId,
    wanted: bool,
}

/// Kills, and then looks whether everything came out right.
pub async fn run(engine: &str, db: Db, database: &str, folder: &Path) {
    let _alone = ONE_AT_A_TIME.lock().await;
    let Some(cluster) = cluster() else { return };
    let (kills, seed) = (number("SLIPWAY_KILLS", 20), number("SLIPWAY_SEED", 20_261_123));
    let began = Instant::now();
    let mut random = StdRng::seed_from_u64(seed);
    let world = World::set_up(db, folder, &cluster.slipway().await).await;
    let before: BTreeSet<String> =
        namespaces(&api(&cluster.admin())).await.into_iter().map(|(name, _)| name).collect();
    let witness = Witness::start(&cluster.admin());
    let mut asked: Vec<Asked> = Vec::new();
    let mut child = start(database, folder);
    for kill in 0..kills {
        // At each kill one is asked for, and most times one of the living is wanted gone, whatever it is at.
        let id = world.ask(&format!("kill-{kill}"), GOOD).await;
        asked.push(Asked { id, wanted: true });
        if random.random_bool(0.7) {
            let living: Vec<usize> = (0..asked.len()).filter(|at| asked[*at].wanted).collect();
            let chosen = living[random.random_range(0..living.len())];
            asked[chosen].wanted = false;
            world.destroy(asked[chosen].id).await;
        }
        tokio::time::sleep(Duration::from_millis(random.random_range(30..2_500))).await;
        // SIGKILL: nothing is put in order.
        child.kill().expect("killed");
        child.wait().expect("ended");
        child = start(database, folder);
    }
    let killed_in = began.elapsed();
    let end = Instant::now() + REST;
    for asked in &asked {
        let right = if asked.wanted { State::Ready } else { State::Destroyed };
        loop {
            let page = world.page(asked.id).await;
            if page.summary.state == right {
                break;
            }
            assert!(Instant::now() < end, "{engine}, seed {seed}: it did not become {right:?}: {page:#?}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
    let (mut ready, mut destroyed, mut probed) = (0, 0, 0);
    let mut expected = BTreeSet::new();
    let mut known = BTreeSet::new();
    for asked in &asked {
        let page = world.page(asked.id).await;
        let made = witness.made(&page.namespace);
        known.insert(page.namespace.clone());
        if asked.wanted {
            ready += 1;
            assert_eq!(made, 1, "{engine}: {} was made once", page.namespace);
            expected.insert(page.namespace.clone());
        } else {
            destroyed += 1;
            // One that was wanted gone before it began was never made.
            assert!(made <= 1, "{engine}: {} was made {made} times", page.namespace);
            let receipt = page.receipt.as_ref().expect("a receipt");
            assert_eq!(receipt.verdict(), Verdict::Gone, "{receipt:#?}");
        }
        for step in 0..page.operation.as_ref().map_or(0, |operation| operation.steps.len()) {
            probed += world.log(&page, step).await.iter().filter(|line| line.contains("interrupted")).count();
        }
        let audit = world.audited(asked.id).await;
        let wishes: &[&str] = match asked.wanted {
            true => &["environment.request"],
            false => &["environment.request", "environment.destroy"],
        };
        let (asked_for, became): (Vec<&str>, Vec<&str>) =
            audit.iter().map(String::as_str).partition(|action| wishes.contains(action));
        assert_eq!(asked_for, wishes, "{engine}: every wish is recorded once");
        let end = if asked.wanted { "environment.ready" } else { "environment.destroyed" };
        let ends = became.iter().filter(|outcome| **outcome == end).count();
        assert_eq!(
            (ends, became.last()),
            (1, Some(&end)),
            "{engine}: and so is what became of it: {audit:?}"
        );
    }
    let there: BTreeSet<String> =
        namespaces(&api(&cluster.admin())).await.into_iter().map(|(name, _)| name).collect();
    let left: BTreeSet<String> = there.difference(&before).cloned().collect();
    assert_eq!(left, expected, "{engine}: nothing but the ready ones is in the cluster");
    let strangers: Vec<String> =
        witness.names().into_iter().filter(|name| !known.contains(name) && !before.contains(name)).collect();
    assert!(strangers.is_empty(), "{engine}: namespaces of nobody: {strangers:?}");
    let mut resting = Vec::new();
    for _ in 0..50 {
        resting = count_jobs(&world.db, &world.administrator).await.expect("the queue");
        resting.retain(|count| count.kind == "environment.work" && count.state != "done");
        if resting.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(resting.is_empty(), "{engine}: no work is lost or still at it: {resting:?}");
    child.kill().expect("killed");
    child.wait().expect("ended");
    report(&format!(
        "{engine}: {kills} kills (seed {seed}) in {} s, at rest after {} s; {} environments asked for: {ready} ready, {destroyed} \
         destroyed with a receipt; {probed} interrupted steps looked after; none made twice, none left behind",
        killed_in.as_secs(),
        (began.elapsed() - killed_in).as_secs(),
        asked.len(),
    ));
}

#[expect(clippy::print_stderr, reason = "the figures are what the test is run for")]
fn report(line: &str) {
    eprintln!("{line}");
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().map_or(default, |text| text.parse().expect("a whole number"))
}

/// This program again, as the process that is killed.
fn start(database: &str, folder: &Path) -> Child {
    Command::new(std::env::current_exe().expect("this program"))
        .args(["child", "--exact", "--nocapture"])
        .env(DATABASE, database)
        .env(FOLDER, folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("a process")
}
