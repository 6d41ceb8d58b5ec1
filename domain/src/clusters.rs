//! How a connected cluster stands, by what is known of it, and what is taken to connect one.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// How the sentence begins that refuses a second connection to a cluster. Nothing but a change of the connection helps against it.
pub const CONNECTED_ALREADY: &str = "This cluster is connected already";

/// Whom `slipway-manifest.yaml` gives the permissions to.
pub const MANIFEST_ACCOUNT: &str = "the account slipway of the namespace slipway";

/// The largest kubeconfig that is read, in bytes.
pub const LARGEST_KUBECONFIG: usize = 256 * 1024;

/// What is said of a larger one.
pub const TOO_LARGE_A_KUBECONFIG: &str = "This is larger than 256 KiB, so it is not a kubeconfig";

/// A token that ends within this time is told of: whoever makes a new one needs an administrator of the cluster, and time.
const SOON: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How far off the end is of the token that Slipway signs in to a cluster with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TokenEnd {
    /// Nobody has to think of it yet.
    Later,
    /// Within a month.
    Soon,
    /// It has ended: from that moment on no cluster takes it (RFC 7519 section 4.1.4).
    Over,
}

impl TokenEnd {
    /// Of a token that ends then.
    pub fn of(ends: Timestamp, now: Timestamp) -> Self {
        match ends.duration_since(now) {
            left if left <= SignedDuration::ZERO => TokenEnd::Over,
            left if left < SOON => TokenEnd::Soon,
            _ => TokenEnd::Later,
        }
    }

    /// Whether somebody has to make a new one.
    pub fn needs_token(self) -> bool {
        self != TokenEnd::Later
    }
}

/// What clusters do, after how many they are, that do not work.
pub fn do_not_work(count: usize) -> &'static str {
    if count == 1 { "does not work" } else { "do not work" }
}

/// What clusters do, after how many they are, whose tokens end soon or have ended.
pub fn need_tokens(count: usize) -> &'static str {
    if count == 1 { "needs a new token" } else { "need a new token" }
}

/// The best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Standing {
    /// It answered last time, and Slipway may do all that it must.
    Works,
    /// It was not called yet.
    Untested,
    /// It answers, and the last test missed rights.
    RightsMissing,
    /// The last call to it went wrong.
    DoesNotWork,
}

impl Standing {
    /// By what went wrong with the last call, whether it ever answered, and the rights that the last test missed.
    pub fn of(last_error: Option<&str>, has_answered: bool, missing_rights: &[String]) -> Self {
        match last_error {
            Some(_) => Standing::DoesNotWork,
            None if !has_answered => Standing::Untested,
            None if missing_rights.is_empty() => Standing::Works,
            None => Standing::RightsMissing,
        }
    }

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Standing::Works => "Works",
            Standing::Untested => "Not tested",
            Standing::RightsMissing => "Missing permissions",
            Standing::DoesNotWork => "Does not work",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_told_of_a_month_before_it_ends_and_from_then_on() {
        let at = |text: &str| text.parse::<Timestamp>().expect("a time");
        let ends = at("2026-12-01T08:00:00Z");
        for (now, end) in [
            ("2026-11-01T08:00:00Z", TokenEnd::Later),
            ("2026-11-01T08:00:01Z", TokenEnd::Soon),
            ("2026-12-01T07:59:59Z", TokenEnd::Soon),
            ("2026-12-01T08:00:00Z", TokenEnd::Over),
            ("2027-01-01T00:00:00Z", TokenEnd::Over),
        ] {
            assert_eq!(TokenEnd::of(ends, at(now)), end, "{now}");
            assert_eq!(end.needs_token(), end != TokenEnd::Later);
        }
    }

    #[test]
    fn what_is_too_large_is_told_the_limit() {
        assert!(TOO_LARGE_A_KUBECONFIG.contains(&format!("larger than {} KiB", LARGEST_KUBECONFIG / 1024)));
    }

    #[test]
    fn a_cluster_works_only_when_nothing_speaks_against_it() {
        let missing = ["create pods".to_owned()];
        assert_eq!(Standing::of(None, false, &[]), Standing::Untested);
        assert_eq!(Standing::of(None, true, &[]), Standing::Works);
        assert_eq!(Standing::of(None, true, &missing), Standing::RightsMissing);
        for (has_answered, missing) in [(false, &[][..]), (true, &missing[..])] {
            assert_eq!(Standing::of(Some("no answer"), has_answered, missing), Standing::DoesNotWork);
        }
        assert!(Standing::Works < Standing::Untested && Standing::RightsMissing < Standing::DoesNotWork);
    }
}
