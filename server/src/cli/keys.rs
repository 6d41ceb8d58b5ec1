//! `slipway keys`.

use clap::Subcommand;
use platform::clock::Clock;
use platform::secrets;

use super::Common;
use crate::config::Config;
use crate::{logging, serve};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Replace the key in the key file. Servers go on running meanwhile.
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
    let db = serve::open(&config).await?;
    db.migrate().await?;
    secrets::rotate(&db, &config.key_file, Clock::System.now()).await?;
    db.close().await;
    println!(
        "{} holds a new key. The old one opens nothing but backups that were made before.",
        config.key_file.display()
    );
    println!(
        "Keep a copy of the file, and give it to every replica that has its own before that starts again."
    );
    Ok(())
}
