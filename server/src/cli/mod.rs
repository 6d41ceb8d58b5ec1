//! The command line.

mod account;
mod cluster;
mod config;
mod keys;
mod migrate;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::config::{Config, Overrides, load};
use crate::{logging, serve};

/// An internal developer platform: the service catalog and self-service environments.
#[derive(Debug, Parser)]
#[command(name = "slipway", version, about, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server.
    Serve(Common),
    /// Look after accounts.
    #[command(subcommand)]
    Account(account::Command),
    /// Look at the configuration.
    #[command(subcommand)]
    Config(config::Command),
    /// Prepare clusters.
    #[command(subcommand)]
    Cluster(cluster::Command),
    /// Look after the key that protects stored credentials.
    #[command(subcommand)]
    Keys(keys::Command),
    /// Bring the database up to date, and stop.
    Migrate(Common),
}

/// Options over the file and the variables.
#[derive(Clone, Debug, Default, Args)]
struct Common {
    /// The configuration file (TOML).
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The address and port to listen on.
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    /// The folder for everything that is kept.
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// A PostgreSQL database. A password is better given by `SLIPWAY_DATABASE_URL` or a file: others can read a command line.
    #[arg(long, value_name = "URL")]
    database_url: Option<String>,
}

impl Common {
    fn load(self) -> anyhow::Result<Config> {
        let overrides = Overrides {
            config: self.config,
            listen: self.listen,
            data: self.data,
            database_url: self.database_url,
        };
        let variables: BTreeMap<String, String> = std::env::vars_os()
            .filter_map(|(n, v)| Some((n.into_string().ok()?, v.into_string().ok()?)))
            .collect();
        Ok(load(&overrides, &variables)?)
    }
}

/// Runs the command, and says on standard error why it could not.
#[expect(clippy::print_stderr, reason = "the program's last word")]
pub fn run() -> ExitCode {
    match run_command(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("slipway: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run_command(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Account(command) => account::run(command),
        Command::Cluster(command) => cluster::run(command),
        Command::Config(command) => config::run(command),
        Command::Keys(command) => keys::run(command),
        Command::Serve(common) => {
            let config = common.load()?;
            logging::start(&config)?;
            runtime()?.block_on(serve::serve(config))
        }
        Command::Migrate(common) => {
            let config = common.load()?;
            logging::start(&config)?;
            runtime()?.block_on(migrate::run(config))
        }
    }
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    // One TLS provider in the whole program, chosen once.
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        anyhow::bail!("another TLS provider was installed");
    }
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}

/// Ends when the process is asked to stop: Ctrl-C, or SIGTERM.
pub async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
        }
        Err(error) => {
            tracing::warn!(%error, "SIGTERM cannot be listened for");
            if let Err(error) = tokio::signal::ctrl_c().await {
                tracing::warn!(%error, "Ctrl-C cannot be listened for");
                std::future::pending::<()>().await;
            }
        }
    }
}
