//! `slipway config check` and `slipway config docs`.

use clap::Subcommand;

use super::Common;
use crate::config::{documentation, show};

/// What can be asked of the configuration.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print what is in force and where each value comes from; secrets are masked. Ends with 1 when something is wrong.
    Check(Common),
    /// Print the documentation of every setting (Markdown).
    Docs,
}

/// Runs it.
#[expect(clippy::print_stdout, clippy::print_stderr, reason = "the command's answer")]
pub fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Check(common) => {
            let config = common.load()?;
            for line in &config.warnings {
                eprintln!("slipway: {line}");
            }
            print!("{}", show(&config));
        }
        Command::Docs => print!("{}", documentation()),
    }
    Ok(())
}
