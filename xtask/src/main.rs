//! Builds, runs and checks Slipway; nothing of the product. `make` calls it, and `cargo xtask help` lists what it does.

mod build;
mod command;
mod files;
mod front;
mod paths;
mod report;
mod site;
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
    Run(Run),
}

#[derive(Debug, clap::Args)]
struct Release {
    /// Small and fast, with the assets inside the program.
    #[arg(long)]
    release: bool,
}

#[derive(Debug, clap::Args)]
struct Run {
    /// What `slipway serve` is given.
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
        Command::Run(Run { args }) => build::run(&paths, &args)?,
    }
    Ok(ExitCode::SUCCESS)
}
