//! Builds, runs and checks Slipway; nothing of the product. `make` calls it, and `cargo xtask help` lists what it does.

mod build;
mod command;
mod dev;
mod files;
mod front;
mod invariants;
mod lock;
mod paths;
mod report;
mod site;
mod suite;
mod toolchain;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use paths::Paths;

/// Builds, runs and checks Slipway.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Build everything: the browser's half, the style sheet, the server.
    Build(Release),
    /// Build everything and start the server.
    Run(Args),
    /// Build everything, start the server, and do both again whenever a source changes.
    Dev(Args),
    /// Run the whole suite: checks, tests, browser tests. It finds or fetches what it needs.
    Test(Args),
    /// Run the checks alone: format, lints, invariants.
    Check,
    /// Measure the released program.
    Bench(Args),
    /// A Kubernetes control plane for trials.
    #[command(subcommand)]
    Cluster(Cluster),
}

#[derive(Debug, Subcommand)]
enum Cluster {
    /// Build it once, then start it; it ends with Ctrl-C.
    #[command(after_help = suite::cluster_flags())]
    Up(Args),
}

#[derive(Debug, clap::Args)]
struct Release {
    /// Small and fast, with the assets inside the program.
    #[arg(long)]
    release: bool,
}

#[derive(Debug, clap::Args)]
struct Args {
    /// Passed on, after `--`: to `slipway serve`, `cargo test`, the measurement, `slipway-cluster up`.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    args: Vec<String>,
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(code) => code,
        Err(error) => {
            report::failure(&error);
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    let paths = Paths::find()?;
    match command {
        Command::Build(Release { release }) => {
            let program = build::all(&paths, build::Mode::of(release))?;
            report::line(&format!("Built {}", program.display()));
        }
        Command::Run(Args { args }) => build::run(&paths, &args)?,
        Command::Dev(Args { args }) => dev::run(&paths, &args)?,
        Command::Test(Args { args }) => return suite::test(&paths, &args),
        Command::Check => return Ok(suite::check(&paths)),
        Command::Bench(Args { args }) => suite::bench(&paths, &args)?,
        Command::Cluster(Cluster::Up(Args { args })) => suite::run_cluster(&paths, &args)?,
    }
    Ok(ExitCode::SUCCESS)
}
