//! `slipway cluster manifest`.

use anyhow::ensure;
use clap::{Args, Subcommand};
use domain::dns::is_label;
use platform::clusters::manifest;

/// What can be asked about clusters.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print an account for Slipway with the least rights that it needs (YAML for `kubectl apply -f -`), and how to make a kubeconfig
    /// for it.
    Manifest(Manifest),
}

/// What may be chosen of the manifest.
#[derive(Debug, Args)]
pub struct Manifest {
    /// The namespace of the account.
    #[arg(long, value_name = "NAMESPACE", default_value = "slipway")]
    namespace: String,
    /// Also print a token that does not expire, for clusters that cut the life of other tokens short.
    #[arg(long)]
    lasting_token: bool,
}

/// Runs it.
#[expect(clippy::print_stdout, reason = "the command's answer")]
pub fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Manifest(Manifest { namespace, lasting_token }) => {
            // A label and nothing else, so that nothing else can get into the YAML.
            ensure!(
                is_label(&namespace),
                "“{namespace}” is not the name of a namespace. Use lower-case letters, digits and hyphens, at most 63, such as slipway"
            );
            print!("{}", manifest::text(&manifest::Options { namespace, lasting_token }));
        }
    }
    Ok(())
}
