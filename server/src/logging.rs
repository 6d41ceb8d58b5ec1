//! Where log lines go: standard error, for people or for machines.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use crate::config::{Config, LogFormat};

/// The crate of the sessions calls it suspicious when a browser comes with a session that has ended. That is the ordinary way of every
/// session, and would stand in the log of every installation; its errors are still told.
const QUIET: &str = "tower_sessions_core::session=error";

/// Starts logging as the configuration says.
pub fn start(config: &Config) -> anyhow::Result<()> {
    // The configuration was refused with file and line if this cannot be read.
    let filter = EnvFilter::try_new(filter(&config.log_filter))?;
    let logger = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    let started = match config.log_format {
        LogFormat::Text => logger.try_init(),
        LogFormat::Json => logger.json().try_init(),
    };
    started.map_err(|error| anyhow::anyhow!("logging could not be started: {error}"))?;
    for line in &config.warnings {
        tracing::warn!("{line}");
    }
    Ok(())
}

/// What was set, quieter about ended sessions unless it names them itself. What wants nothing, or leaves all to the default, is not
/// added to.
fn filter(set: &str) -> String {
    let alone = set.trim();
    if alone.is_empty() || alone.eq_ignore_ascii_case("off") || set.contains("tower_sessions") {
        return set.to_owned();
    }
    format!("{QUIET},{set}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ended_sessions_are_no_warning_unless_somebody_asks_for_them() {
        for set in ["info", "warn,platform=debug"] {
            let quieter = filter(set);
            assert_eq!(quieter, format!("{QUIET},{set}"));
            EnvFilter::try_new(quieter).expect("a filter");
        }
        for set in ["", "off", "info,tower_sessions_core=trace"] {
            assert_eq!(filter(set), set);
        }
    }
}
