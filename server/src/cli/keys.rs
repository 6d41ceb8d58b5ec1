//! `slipway keys rotate`.

use anyhow::bail;
use clap::Subcommand;
use platform::clock::Clock;
use platform::secrets;

use super::Common;
use crate::config::Config;
use crate::{logging, serve};

/// What can be done with the key.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Replace the key in the key file. Servers of the same version go on running meanwhile.
    Rotate(Common),
}

/// Runs the command.
pub fn run(command: Command) -> anyhow::Result<()> {
    let Command::Rotate(common) = command;
    let config = common.load()?;
    logging::start(&config)?;
    super::runtime()?.block_on(rotate(config))
}

#[expect(clippy::print_stdout, reason = "the command's answer")]
async fn rotate(config: Config) -> anyhow::Result<()> {
    if config.database_url.is_none() && !config.data.is_dir() {
        bail!("there is no data folder {}", config.data.display());
    }
    let db = serve::open(&config).await?;
    db.check_version().await?;
    secrets::rotate(&db, &config.key_file, Clock::System.now()).await?;
    db.close().await;
    println!(
        "{} holds a new key. Keep a copy of it, and give it to every replica that has a file of its own before that starts again.",
        config.key_file.display()
    );
    println!(
        "The old key does not open this database any more, but it opens copies of it from before; whoever has both can open what is \
         stored now. If that may be so, replace the credentials too."
    );
    Ok(())
}
