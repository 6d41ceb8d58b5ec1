//! The whole suite: what it needs, the checks, the tests, and how many passed.

mod cluster;
mod count;
mod peers;
mod tool;

use std::path::Path;
use std::process::{Command, ExitCode};

use crate::build::{self, Mode};
use crate::command::{cargo, run};
use crate::paths::Paths;
use crate::{invariants, report};

pub use cluster::{flags as cluster_flags, run as run_cluster};
use count::Count;

/// The product: the default members, as they are built, so that nothing is built with two sets of features.
const PRODUCT: &[&str] = &["--features", "platform/testing"];
/// xtask, apart for the same reason.
const XTASK: &[&str] = &["--package", "xtask"];

/// Whether nothing may be skipped.
fn is_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| !value.is_empty())
}

/// Runs everything, also after a failure, so that one run shows all of them. `args` go to the product's `cargo test`.
pub fn test(paths: &Paths, args: &[String]) -> anyhow::Result<ExitCode> {
    let mut suite = Suite::default();
    suite.stage("what tests need", || peers::find_or_install(paths));
    let cluster = suite.stage("Kubernetes control plane", || cluster::find_or_build(paths)).flatten();
    checks(paths, &mut suite);
    let built = suite.stage("build", || build::all(paths, Mode::Dev));
    let mut count = Count::default();
    suite.stage("tests", || {
        let mut tests = cargo(paths);
        tests.arg("test").args(PRODUCT).arg("--no-fail-fast").args(args);
        with_cluster(&mut tests, cluster.as_deref());
        count::run(&mut tests, &mut count)
    });
    suite.stage("tests of xtask", || {
        count::run(cargo(paths).arg("test").args(XTASK).arg("--no-fail-fast"), &mut count)
    });
    let browser = paths.root.join("end2end/package.json").exists();
    // CI has failed at the first stage then, and shows here how far it comes.
    let lacking = if browser && !is_ci() { peers::lacking_for_browser() } else { None };
    if let Some(lacking) = lacking {
        report::line(&format!("==> browser tests SKIPPED: {lacking}"));
    } else if let Some(program) = built.filter(|_| browser) {
        suite.stage("browser tests", || {
            run(npm(paths).arg("ci"))?;
            let mut tests = npm(paths);
            tests
                .args(["test"])
                .env("SLIPWAY_BIN", program)
                .env("SLIPWAY_SITE", crate::site::folder(paths, Mode::Dev));
            with_cluster(&mut tests, cluster.as_deref());
            count::run(&mut tests, &mut count)
        });
    }
    suite.end();
    report::line(&count.to_string());
    Ok(if suite.failed.is_empty() && count.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The checks alone, without running anything of the product.
pub fn check(paths: &Paths) -> ExitCode {
    let mut suite = Suite::default();
    checks(paths, &mut suite);
    suite.end();
    if suite.failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn checks(paths: &Paths, suite: &mut Suite) {
    suite.stage("rustfmt", || formatted(paths));
    suite.stage("clippy", || {
        for packages in [PRODUCT, XTASK] {
            let lints = ["--quiet", "--all-targets", "--", "--deny", "warnings"];
            run(cargo(paths).arg("clippy").args(packages).args(lints))?;
        }
        Ok(())
    });
    suite.stage("invariants", || invariants::check(paths));
}

fn formatted(paths: &Paths) -> anyhow::Result<()> {
    run(cargo(paths).args(["fmt", "--all", "--check"]))
}

/// Measures the released program (`end2end/bench`). `args` go to it: `--write` keeps the table in `docs/benchmarks.md`.
pub fn bench(paths: &Paths, args: &[String]) -> anyhow::Result<()> {
    peers::find_or_install(paths)?;
    let cluster = cluster::find_or_build(paths)?;
    let program = build::all(paths, Mode::Release)?;
    run(npm(paths).arg("ci"))?;
    let mut bench = npm(paths);
    bench
        .args(["run", "--silent", "bench", "--"])
        .args(args)
        .env("SLIPWAY_BIN", program)
        .env("SLIPWAY_SITE", crate::site::folder(paths, Mode::Release));
    with_cluster(&mut bench, cluster.as_deref());
    run(&mut bench)
}

fn npm(paths: &Paths) -> Command {
    let mut npm = Command::new("npm");
    npm.current_dir(&paths.root).args(["--prefix", "end2end"]);
    npm
}

fn with_cluster(tests: &mut Command, cluster: Option<&Path>) {
    if let Some(cluster) = cluster {
        tests.env("SLIPWAY_TEST_CLUSTER_BIN", cluster);
    }
}

/// The stages that failed so far.
#[derive(Default)]
struct Suite {
    failed: Vec<String>,
}

impl Suite {
    fn stage<T>(&mut self, name: &str, work: impl FnOnce() -> anyhow::Result<T>) -> Option<T> {
        match report::stage(name, work) {
            Ok(done) => Some(done),
            Err(error) => {
                report::line(&format!("==> {name} FAILED: {error:#}"));
                self.failed.push(name.to_owned());
                None
            }
        }
    }

    fn end(&self) {
        if !self.failed.is_empty() {
            report::line(&format!("Failed: {}", self.failed.join(", ")));
        }
    }
}
