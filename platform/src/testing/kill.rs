//! Campaigns of kills: processes at work are killed with SIGKILL at random instants and started again, until the work is done
//! all the same.
//!
//! A room joins with a command that starts a process at work, with the words that the process prints once it is, and with checks of
//! its own afterwards. `SLIPWAY_KILLS` and `SLIPWAY_KILL_SEED` make a campaign longer or different.
//!
//! Invariants: a process ends with its campaign, also when the test panics; a process that ends by itself fails the campaign.

use std::process::{Command, Stdio};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Child;
use tokio::sync::watch;

use crate::db::Db;

/// What a child of [`this_test`] prints when it is at work.
pub const READY: &str = "at work and ready to be killed";
/// How long anything that must happen may take.
const PATIENCE: Duration = Duration::from_secs(90);

/// How often, and when, to kill.
#[derive(Clone, Copy, Debug)]
pub struct Campaign {
    /// How many processes are killed.
    pub kills: usize,
    /// Decides who is killed and after what time.
    pub seed: u64,
    /// How many processes work at once.
    pub replicas: usize,
    /// A process is killed at most so long after it is ready.
    pub longest: Duration,
}

impl Campaign {
    /// 20 kills of a fixed seed, or what `SLIPWAY_KILLS` and `SLIPWAY_KILL_SEED` say.
    pub fn of(replicas: usize) -> Self {
        let number = |name: &str, otherwise: u64| match std::env::var(name) {
            Ok(text) => text.parse().unwrap_or_else(|_| panic!("{name} is not a whole number: {text}")),
            Err(_) => otherwise,
        };
        Self {
            kills: usize::try_from(number("SLIPWAY_KILLS", 20)).expect("a number of kills"),
            seed: number("SLIPWAY_KILL_SEED", 7),
            replicas,
            longest: Duration::from_millis(300),
        }
    }

    /// Kills, with `before` called before each kill (to ask for more work), then lets the last processes work until nothing is
    /// `open` any more (else it says what), and stops them.
    pub async fn run(
        &self,
        start: impl Fn() -> Process,
        mut before: impl AsyncFnMut(usize),
        open: impl AsyncFnMut() -> Option<String>,
    ) {
        let mut chance = StdRng::seed_from_u64(self.seed);
        let mut processes: Vec<Process> = (0..self.replicas).map(|_| start()).collect();
        for kill in 0..self.kills {
            before(kill).await;
            let victim = &mut processes[chance.random_range(0..self.replicas)];
            // One in five dies while it starts.
            let delay = if chance.random_ratio(1, 5) {
                chance.random_range(Duration::ZERO..self.longest / 5)
            } else {
                victim.ready().await;
                chance.random_range(Duration::ZERO..self.longest)
            };
            tokio::time::sleep(delay).await;
            std::mem::replace(victim, start()).kill().await;
        }
        until_nothing(open).await;
        for process in processes {
            process.stop().await;
        }
    }
}

/// A process at work.
pub struct Process {
    child: Child,
    ready: watch::Receiver<bool>,
}

impl Process {
    /// Starts it. It is ready when it has printed a line with `ready` in it, and stops when its standard input ends.
    pub fn start(command: Command, ready: &'static str) -> Self {
        let mut child = tokio::process::Command::from(command)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the process starts");
        let output = child.stdout.take().expect("its output");
        let (tell, told) = watch::channel(false);
        tokio::spawn(async move {
            // Read to the end, so that the process never waits for somebody to read.
            let mut lines = BufReader::new(output).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                if line.contains(ready) {
                    tell.send_replace(true);
                }
            }
        });
        Self { child, ready: told }
    }

    /// Waits until it is at work.
    pub async fn ready(&mut self) {
        let ready = tokio::time::timeout(PATIENCE, self.ready.wait_for(|ready| *ready)).await;
        assert!(matches!(ready, Ok(Ok(_))), "the process ended, or took too long, before it was at work");
    }

    /// Kills it with SIGKILL.
    pub async fn kill(mut self) {
        let ended = self.child.try_wait().expect("its state");
        assert!(ended.is_none(), "the process ended by itself: {ended:?}");
        self.child.kill().await.expect("killed");
    }

    /// Stops it in its tracks, as a machine does that swaps or sleeps.
    pub fn freeze(&self) {
        self.signal("-STOP");
    }

    /// Lets it go on.
    pub fn thaw(&self) {
        self.signal("-CONT");
    }

    /// Asks it to stop, and waits until it has done so in good order.
    pub async fn stop(mut self) {
        drop(self.child.stdin.take());
        let ended = tokio::time::timeout(PATIENCE, self.child.wait()).await;
        let status = ended.expect("it stops in time").expect("its end");
        assert!(status.success(), "the process did not stop in good order: {status}");
    }

    fn signal(&self, signal: &str) {
        let id = self.child.id().expect("it runs").to_string();
        let sent = Command::new("kill").args([signal, &id]).status().expect("kill runs");
        assert!(sent.success(), "kill {signal} {id}: {sent}");
    }
}

/// A command that runs one ignored test of this test binary, as the process of a campaign.
pub fn this_test(name: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("the test binary"));
    command.args(["--exact", name, "--ignored", "--nocapture", "--test-threads=1"]);
    command
}

/// In the process: says that it is at work, and returns when it is asked to stop or its campaign has ended.
#[expect(clippy::print_stdout, reason = "the campaign reads it")]
pub async fn work_until_stopped() {
    println!("{READY}");
    let ended =
        tokio::task::spawn_blocking(|| std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink()));
    ended.await.expect("reading ends").expect("standard input ends");
}

/// Opens the database that a campaign hands to its processes: a PostgreSQL URL, or the path of a SQLite file.
pub async fn open(database: &str) -> Db {
    let opened = if database.starts_with("postgresql:") {
        Db::open_postgres(database).await
    } else {
        Db::open_sqlite(database.as_ref()).await
    };
    opened.expect("the database opens")
}

/// Waits until nothing is open any more; panics with what is, when that takes too long.
async fn until_nothing(mut open: impl AsyncFnMut() -> Option<String>) {
    let end = tokio::time::Instant::now() + PATIENCE;
    while let Some(open) = open().await {
        assert!(tokio::time::Instant::now() < end, "it did not come to rest: {open}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Waits for a condition; panics when it does not come true in time.
pub async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let waited = tokio::time::timeout(PATIENCE, async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    assert!(waited.await.is_ok(), "it did not come to: {what}");
}
