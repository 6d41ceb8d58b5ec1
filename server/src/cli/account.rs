//! `slipway account reset-link`: the way back for an administrator who is locked out.

use anyhow::bail;
use clap::{Args, Subcommand};
use domain::people::Caller;
use platform::clock::Clock;
use platform::people::service;

use super::Common;
use crate::config::Config;
use crate::{logging, serve};

/// What can be done with accounts.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print a one-time link with which somebody sets a new password. Servers of the same version go on running meanwhile.
    ResetLink(ResetLink),
}

/// Whose link it is.
#[derive(Debug, Args)]
pub struct ResetLink {
    /// The username of the account.
    #[arg(value_name = "NAME")]
    username: String,
    #[command(flatten)]
    common: Common,
}

/// Runs the command.
pub fn run(command: Command) -> anyhow::Result<()> {
    let Command::ResetLink(ResetLink { username, common }) = command;
    let config = common.load()?;
    logging::start(&config)?;
    super::runtime()?.block_on(reset_link(config, &username))
}

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "the command's answer, and what to know of it")]
async fn reset_link(config: Config, username: &str) -> anyhow::Result<()> {
    if config.database_url.is_none() && !config.data.is_dir() {
        bail!("there is no data folder {}", config.data.display());
    }
    let db = serve::open(&config).await?;
    db.check_version().await?;
    let made = service::make_reset_link_by_name(&db, &Caller::START, username, Clock::System.now()).await;
    db.close().await;
    let secret = made?;
    println!("Whoever opens this link sets a new password for {username} (it works once, within 24 hours):");
    let url = config.public_url.origin();
    println!("  {url}/reset/{}", secret.reveal());
    // The server may have been started with other options than this command.
    if config.derives_public_url() {
        eprintln!(
            "The link is for {url}. If the server is reached elsewhere, set public_url (SLIPWAY_PUBLIC_URL), or pass --listen as it \
             was started with."
        );
    }
    Ok(())
}
