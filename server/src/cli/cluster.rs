//! `slipway cluster manifest`.

use anyhow::ensure;
use clap::{Args, Subcommand};
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
            ensure!(
                is_namespace(&namespace),
                "“{namespace}” is no name of a namespace. Small letters, digits and hyphens, at most 63, as slipway"
            );
            print!("{}", manifest::text(&manifest::Options { namespace, lasting_token }));
        }
    }
    Ok(())
}

/// A DNS label (RFC 1123), which names of namespaces are: so nothing else can get into the YAML.
fn is_namespace(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    (1..=63).contains(&name.len())
        && name.bytes().all(|byte| plain(byte) || byte == b'-')
        && !name.starts_with('-')
        && !name.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::is_namespace;

    #[test]
    fn nothing_but_a_name_gets_into_the_manifest() {
        for (name, fits) in [
            ("slipway", true),
            ("a", true),
            ("team-1", true),
            ("", false),
            ("-a", false),
            ("a-", false),
            ("Team", false),
            ("a.b", false),
            ("a\nkind: Secret", false),
        ] {
            assert_eq!(is_namespace(name), fits, "{name:?}");
        }
        assert!(is_namespace(&"a".repeat(63)) && !is_namespace(&"a".repeat(64)));
    }
}
