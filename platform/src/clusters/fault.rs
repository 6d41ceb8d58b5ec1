//! What can go wrong between Slipway and a cluster: sorted into what passes by itself and what does not, each with a
//! sentence for a person and the cluster's own words.

use std::error::Error as StdError;
use std::io;

use http::StatusCode;
use kube::core::Status;

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
    #[error("The cluster reported an internal error ({code}): {said}")]
    Broken {
        /// The status.
        code: u16,
        /// Its words.
        said: String,
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

    /// Its certificate is not one that we trust, or it does not trust ours.
    #[error(
        "The cluster's certificate is not trusted: {said}. The kubeconfig must carry the certificate authority \
         that signed it (certificate-authority-data)"
    )]
    NotTrusted {
        /// What TLS said.
        said: String,
    },
    /// The token or certificate is not accepted (401).
    #[error(
        "The cluster does not accept Slipway's token or certificate (401). It has expired or was withdrawn: \
         make a new one and put it into the connection"
    )]
    Unauthorized,
    /// The account may not do this (403).
    #[error(
        "Slipway's account in the cluster is not allowed to do this: {said}. Test the connection to see what is missing"
    )]
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

    /// From an answer that is not a success.
    pub(super) fn from_answer(status: StatusCode, body: &[u8]) -> Self {
        match serde_json::from_slice::<Status>(body) {
            Ok(answer) if !answer.message.is_empty() || !answer.reason.is_empty() => {
                Self::from_status(status, &answer)
            }
            _ => Self::from_stranger(status, body),
        }
    }

    /// From Kubernetes' own Status object.
    pub(super) fn from_status(status: StatusCode, answer: &Status) -> Self {
        let said = answer.message.trim().to_owned();
        let cause = |reason: &str| {
            answer
                .details
                .as_ref()
                .is_some_and(|details| details.causes.iter().any(|cause| cause.reason == reason))
        };
        match status.as_u16() {
            401 => Fault::Unauthorized,
            403 => forbidden(said, cause("NamespaceTerminating")),
            404 if answer.details.as_ref().is_some_and(|details| !details.name.is_empty()) => {
                Fault::NotFound { said }
            }
            404 => Fault::KindMissing { said },
            409 if cause("FieldManagerConflict") => Fault::FieldConflict { said: conflicting(answer, said) },
            409 => Fault::Conflict { said },
            410 => Fault::Gone { said },
            429 => Fault::Busy { said },
            400 | 422 if is_admission(&said) => Fault::Admission { said },
            422 if said.contains("field is immutable")
                || said.contains("may not be changed")
                || said.contains("updates to statefulset spec") =>
            {
                Fault::Immutable { said }
            }
            400 | 422 => Fault::Invalid { said },
            // Apply answers so to a field that the kind does not have.
            500 if said.contains("failed to create typed patch object") => Fault::Invalid { said },
            code @ 500..=599 => Fault::Broken { code, said },
            code => Fault::Refused { code, said },
        }
    }

    /// From an answer that no Kubernetes API gives, or gives without words.
    fn from_stranger(status: StatusCode, body: &[u8]) -> Self {
        let said = excerpt(body);
        match status.as_u16() {
            401 => Fault::Unauthorized,
            // What the API server writes for a path that it does not serve.
            404 if said == "404 page not found" => Fault::KindMissing { said },
            429 => Fault::Busy { said },
            code @ 500..=599 => Fault::Broken { code, said },
            code @ 300..=399 => {
                Fault::NotKubernetes { said: format!("it redirects ({code}), as a sign-in page does") }
            }
            code => Fault::NotKubernetes { said: format!("status {code}, {said}") },
        }
    }

    /// From a call that got no answer.
    pub(super) fn from_kube(error: &kube::Error) -> Self {
        if let kube::Error::Api(status) = error {
            let code = StatusCode::from_u16(status.code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            return Self::from_status(code, status);
        }
        Self::from_chain(error)
    }

    /// From any error of the network: the first cause in its chain that tells more than "it failed".
    pub(super) fn from_chain(error: &(dyn StdError + 'static)) -> Self {
        let mut next = Some(error);
        let mut last = error.to_string();
        let mut spoke_http = true;
        while let Some(cause) = next {
            if let Some(refused) = cause.downcast_ref::<AddressRefused>() {
                return Fault::Address(refused.clone());
            }
            if let Some(tls) = cause.downcast_ref::<rustls::Error>() {
                return from_tls(tls);
            }
            if let Some(http) = cause.downcast_ref::<hyper::Error>() {
                spoke_http &= !http.is_parse();
            }
            last = cause.to_string();
            // An io::Error's source is the source of what it wraps: what it wraps itself must be asked for.
            let inner = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
            next = match inner {
                Some(inner) => Some(inner as &(dyn StdError + 'static)),
                None => cause.source(),
            };
        }
        if !spoke_http {
            return Fault::NotKubernetes { said: "it does not speak HTTP".to_owned() };
        }
        // The number that the operating system gives it tells nobody anything.
        let said = last.split(" (os error").next().unwrap_or(&last).to_owned();
        Fault::Unreachable { said }
    }
}

fn forbidden(said: String, terminating: bool) -> Fault {
    if terminating || said.contains("because it is being terminated") {
        Fault::Terminating { said }
    } else if said.contains("status unknown for quota") {
        Fault::QuotaNotReady { said }
    } else if said.contains("exceeded quota") {
        Fault::QuotaExceeded { said }
    } else if said.contains("violates PodSecurity") {
        Fault::PodSecurity { said }
    } else if said.contains(" cannot ") || said.contains("not currently held") {
        // "User … cannot patch resource …": the words of RBAC.
        Fault::Forbidden { said }
    } else if is_admission(&said) || said.contains("is forbidden: ") {
        Fault::Admission { said }
    } else {
        Fault::Forbidden { said }
    }
}

fn is_admission(said: &str) -> bool {
    said.contains("denied the request")
        || said.contains("denied request")
        || said.contains("ValidatingAdmissionPolicy")
}

/// The message counts the conflicts; its causes name the fields.
fn conflicting(answer: &Status, said: String) -> String {
    let causes = answer.details.iter().flat_map(|details| &details.causes);
    let fields: Vec<String> = causes
        .filter(|cause| cause.reason == "FieldManagerConflict")
        .map(|cause| format!("{} ({})", cause.field, cause.message))
        .collect();
    if fields.is_empty() { said } else { fields.join("; ") }
}

fn from_tls(error: &rustls::Error) -> Fault {
    match error {
        rustls::Error::InvalidCertificate(why) => Fault::NotTrusted {
            said: match why {
                rustls::CertificateError::UnknownIssuer => {
                    "it is signed by an authority that Slipway does not trust".to_owned()
                }
                rustls::CertificateError::Expired | rustls::CertificateError::ExpiredContext { .. } => {
                    "it has expired".to_owned()
                }
                rustls::CertificateError::NotValidForName
                | rustls::CertificateError::NotValidForNameContext { .. } => {
                    "it was issued for a different name than this address".to_owned()
                }
                other => other.to_string(),
            },
        },
        rustls::Error::InvalidMessage(_) => Fault::NotKubernetes {
            said: "it does not speak TLS; the address begins with https://".to_owned(),
        },
        rustls::Error::AlertReceived(alert) => {
            Fault::NotTrusted { said: format!("the other side broke off ({alert:?})") }
        }
        other => Fault::NotTrusted { said: other.to_string() },
    }
}

/// The beginning of an answer that is not for machines, on one line.
pub(super) fn excerpt(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(&body[..body.len().min(2_000)]);
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.is_empty() {
        return "an empty answer".to_owned();
    }
    let start = line.trim_start().to_ascii_lowercase();
    if start.starts_with("<!doctype html") || start.starts_with("<html") {
        return "a web page".to_owned();
    }
    match line.char_indices().nth(200) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
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
