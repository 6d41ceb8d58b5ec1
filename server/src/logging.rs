//! Where log lines go: standard error, for people or for machines.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use crate::config::{Config, LogFormat};

/// Starts logging as the configuration says.
pub fn start(config: &Config) -> anyhow::Result<()> {
    // The configuration was refused with file and line if this cannot be read.
    let filter = EnvFilter::try_new(&config.log_filter)?;
    let logger = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    let started = match config.log_format {
        LogFormat::Text => logger.try_init(),
        LogFormat::Json => logger.json().try_init(),
    };
    started.map_err(|error| anyhow::anyhow!("logging could not be started: {error}"))?;
    for line in &config.not_settings {
        tracing::warn!("{line}");
    }
    Ok(())
}
