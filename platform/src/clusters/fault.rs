//! What can go wrong between Slipway and a cluster: sorted into what passes by itself and what does not, each with a
//! sentence for a person and the cluster's own words.

mod answer;
mod network;
mod tls;

pub(super) use answer::{excerpt, kind_of};

use domain::clusters::CONNECTED_ALREADY;

use super::address::AddressRefused;

/// Why a call did not do what it should. `said` holds the cluster's own words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// No connection, or it was cut.
    #[error("The cluster does not answer: {said}")]
    Unreachable {
        /// What the network said.
        said: String,
    },
    /// No answer in time.
    #[error("The cluster did not answer within {seconds} s")]
    TimedOut {
        /// How long was waited.
        seconds: u64,
    },
    /// It has too much to do (429).
    #[error("The cluster is limiting requests: {said}")]
    Busy {
        /// Its words.
        said: String,
    },
    /// A fault of its own (5xx).
    #[error("The cluster reported an internal error ({code})")]
    Broken {
        /// The status.
        code: u16,
        /// Its words, or what a proxy answered in its place: [`Fault::said`].
        said: String,
        /// Whether they are the words of a Kubernetes API.
        by_kubernetes: bool,
    },
    /// It no longer knows the resource version that a watch or a page wants to go on from (410).
    #[error("The cluster can no longer resume from there: {said}")]
    Gone {
        /// Its words.
        said: String,
    },
    /// A quota was made a moment ago and is not counted yet.
    #[error("The quota of the namespace is not counted yet: {said}")]
    QuotaNotReady {
        /// Its words.
        said: String,
    },

    /// Its certificate is not one that we trust.
    #[error("The cluster's certificate is not trusted: {said}")]
    NotTrusted {
        /// Why, and what to do.
        said: String,
    },
    /// The token or certificate is not accepted (401).
    #[error(
        "The cluster does not accept Slipway's token or certificate (401). It has expired or was withdrawn: \
         make a new one and put it into the connection"
    )]
    Unauthorized,
    /// The account may not do this (403).
    #[error("{}. Test the connection to see what is missing", not_allowed(.said))]
    Forbidden {
        /// Its words.
        said: String,
    },
    /// A ResourceQuota is used up (403).
    #[error("The quota of the namespace is used up: {said}")]
    QuotaExceeded {
        /// Its words.
        said: String,
    },
    /// Pods that break the namespace's Pod Security Standard (403, or announced as a warning).
    #[error("The pod security standard of the namespace refuses these pods: {said}")]
    PodSecurity {
        /// Its words.
        said: String,
    },
    /// A webhook, a policy or another admission rule says no.
    #[error("A rule of the cluster refuses this: {said}")]
    Admission {
        /// Its words.
        said: String,
    },
    /// The namespace is on its way out (403 while creating).
    #[error("The namespace is being deleted, so nothing can be made in it: {said}")]
    Terminating {
        /// Its words.
        said: String,
    },
    /// There is no such object (404).
    #[error("The cluster has no such object: {said}")]
    NotFound {
        /// Its words.
        said: String,
    },
    /// There is no such kind (404).
    #[error("The cluster does not know this kind of object: {said}")]
    KindMissing {
        /// Its words.
        said: String,
    },
    /// Another field manager owns a field with another value (409).
    #[error(
        "Something else changed the same fields in the cluster: {said}. Undo that change there, then try again"
    )]
    FieldConflict {
        /// Its words.
        said: String,
    },
    /// It is not the object that was meant, or it is there already (409).
    #[error("The object in the cluster is not the expected one: {said}")]
    Conflict {
        /// Its words.
        said: String,
    },
    /// A field that can only be set at the beginning (422).
    #[error(
        "This would change a field that cannot be changed after creation: {said}. Keep its value, or recreate the object"
    )]
    Immutable {
        /// Its words.
        said: String,
    },
    /// The object breaks the API's rules (400 strict decoding, 422).
    #[error("The cluster does not accept the object: {said}")]
    Invalid {
        /// Its words.
        said: String,
    },
    /// Something else answers there.
    #[error("What answers at this address is not a Kubernetes API: {said}")]
    NotKubernetes {
        /// What it answered.
        said: String,
    },
    /// Older than [`super::trial::OLDEST`].
    #[error("The cluster's version {version} is too old: Slipway needs {oldest} or newer")]
    TooOld {
        /// What it is.
        version: String,
        /// What is needed.
        oldest: &'static str,
    },
    /// It is not the cluster that the connection's environments live on.
    #[error(
        "This is another cluster than the one where this connection's environments live. Connect it under a name of its \
         own, and give this connection a kubeconfig of the cluster that it had"
    )]
    AnotherCluster,
    /// Another connection leads to the same cluster.
    #[error(
        "{already}, as “{name}”. Remove this connection, or give it a kubeconfig of another cluster",
        already = CONNECTED_ALREADY
    )]
    ConnectedTwice {
        /// What the other connection is called.
        name: String,
    },
    /// A metadata address.
    #[error(transparent)]
    Address(#[from] AddressRefused),
    /// "Own account" was chosen, and Slipway does not run in a cluster.
    #[error(
        "Slipway does not run inside a cluster, so it has no account of its own there: {said}. \
         Connect with a kubeconfig instead; “slipway cluster manifest” says how to make one"
    )]
    NoOwnAccount {
        /// What was missed.
        said: String,
    },
    /// The certificates or the key of the connection cannot be used.
    #[error("The connection's certificate or key cannot be used: {said}. Paste the kubeconfig again")]
    BadCredentials {
        /// Why.
        said: String,
    },
    /// Any other refusal.
    #[error("The cluster refused this ({code}): {said}")]
    Refused {
        /// The status.
        code: u16,
        /// Its words.
        said: String,
    },
}

impl Fault {
    /// Whether the same call may succeed a moment later without anybody's doing.
    pub fn is_retryable(&self) -> bool {
        matches!(
            self,
            Fault::Unreachable { .. }
                | Fault::TimedOut { .. }
                | Fault::Busy { .. }
                | Fault::Broken { .. }
                | Fault::Gone { .. }
                | Fault::QuotaNotReady { .. }
        )
    }

    /// What the cluster itself said, shortened, where the sentence leaves it out: it may be anybody's page.
    pub fn said(&self) -> Option<String> {
        match self {
            Fault::Broken { said, .. } if !said.is_empty() => Some(excerpt(said.as_bytes())),
            _ => None,
        }
    }

    /// The same, where a Kubernetes API said it: that of a proxy in its place is a detail of the connection.
    pub fn own_words(&self) -> Option<String> {
        self.said().filter(|_| matches!(self, Fault::Broken { by_kubernetes: true, .. }))
    }

    /// Whether the cluster is not there at present, or does not work: it may come back by itself, and until then what it is asked to do
    /// stands still. One that limits requests works.
    pub fn is_away(&self) -> bool {
        matches!(self, Fault::Unreachable { .. } | Fault::TimedOut { .. } | Fault::Broken { .. })
    }

    /// Whether it speaks against the connection: nobody answered, or what did is not the cluster, or lets Slipway do nothing. Any other
    /// fault is the answer of a cluster that works.
    pub fn is_of_connection(&self) -> bool {
        self.is_away()
            || matches!(
                self,
                Fault::NotTrusted { .. }
                    | Fault::Unauthorized
                    | Fault::Forbidden { .. }
                    | Fault::NotKubernetes { .. }
                    | Fault::TooOld { .. }
                    | Fault::AnotherCluster
                    | Fault::ConnectedTwice { .. }
                    | Fault::Address(_)
                    | Fault::NoOwnAccount { .. }
                    | Fault::BadCredentials { .. }
            )
    }
}

/// What is said of [`Fault::Forbidden`] alone, without what helps.
pub(super) fn not_allowed(said: &str) -> String {
    format!("Slipway's account in the cluster is not allowed to do this: {said}")
}

impl From<Fault> for crate::Error {
    fn from(fault: Fault) -> Self {
        if fault.is_retryable() {
            return crate::Error::Unavailable { sentence: fault.to_string(), source: Box::new(fault) };
        }
        crate::Error::Conflict(fault.to_string())
    }
}

#[cfg(test)]
#[path = "fault_tests.rs"]
mod tests;
