//! How a connected cluster stands, by what is known of it.

use serde::{Deserialize, Serialize};

/// How the sentence begins that refuses a second connection to a cluster. Nothing but a change of the connection helps against it.
pub const CONNECTED_ALREADY: &str = "This cluster is connected already";

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
