//! What an answer of a cluster that is no success tells, sorted by its status and its words.

use http::StatusCode;
use kube::core::Status;
use serde_json::Value;

use super::Fault;

impl Fault {
    /// From an answer that is not a success.
    pub(in crate::clusters) fn from_answer(status: StatusCode, kind: Option<&str>, body: &[u8]) -> Self {
        match failure(body) {
            Some(answer) => Self::from_status(status, &answer),
            None => Self::from_stranger(status, kind, body),
        }
    }

    /// From Kubernetes' own Status object.
    pub(in crate::clusters) fn from_status(status: StatusCode, answer: &Status) -> Self {
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
            code @ 500..=599 => Fault::Broken { code, said, by_kubernetes: true },
            code => Fault::Refused { code, said },
        }
    }

    /// From an answer that no Kubernetes API gives, or gives without words. What it reads is anybody's: only what kind of thing it is gets
    /// into a sentence.
    fn from_stranger(status: StatusCode, kind: Option<&str>, body: &[u8]) -> Self {
        let said = kind_of(kind, body);
        match status.as_u16() {
            // Whatever stands there may ask for a sign-in of its own. A Kubernetes API refuses one with a Status.
            401 => Fault::NotKubernetes {
                said: format!("it refuses the sign-in (401), but not as Kubernetes does: {said}"),
            },
            // What the API server writes for a path that it does not serve.
            404 if excerpt(body) == "404 page not found" => Fault::KindMissing { said: excerpt(body) },
            // The API server itself limits requests in plain text.
            429 => Fault::Busy { said: excerpt(body) },
            code @ 500..=599 => Fault::Broken { code, said: excerpt(body), by_kubernetes: false },
            code @ 300..=399 => {
                Fault::NotKubernetes { said: format!("it redirects ({code}), as a sign-in page does") }
            }
            code => Fault::NotKubernetes { said: format!("status {code}, {said}") },
        }
    }
}

/// Kubernetes' own Status object of a failure. What only looks like one, as a proxy's JSON with a `message`, is none: that a call was
/// refused is taken from the cluster alone. A reason may be missing: admission webhooks seldom give one.
fn failure(body: &[u8]) -> Option<Status> {
    let answer: Value = serde_json::from_slice(body).ok()?;
    if answer["kind"] != "Status" || answer["status"] != "Failure" {
        return None;
    }
    let answer: Status = serde_json::from_value(answer).ok()?;
    (!answer.message.is_empty() || !answer.reason.is_empty()).then_some(answer)
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

/// What kind of thing an answer is that no Kubernetes API gives, by what it says of itself.
pub(in crate::clusters) fn kind_of(kind: Option<&str>, body: &[u8]) -> String {
    let kind = kind.and_then(|kind| kind.split(';').next()).map(str::trim).filter(|kind| !kind.is_empty());
    match (excerpt(body), kind) {
        (what, _) if what == EMPTY || what == WEB_PAGE => what,
        (_, Some("text/html")) => WEB_PAGE.to_owned(),
        (_, Some(kind)) => format!("an answer of the type {}", excerpt(kind.as_bytes())),
        (_, None) => "an answer that does not say its type".to_owned(),
    }
}

const EMPTY: &str = "an empty answer";
const WEB_PAGE: &str = "a web page";

/// The beginning of an answer that is not for machines, on one line.
pub(in crate::clusters) fn excerpt(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(&body[..body.len().min(2_000)]);
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.is_empty() {
        return EMPTY.to_owned();
    }
    let start = line.trim_start().to_ascii_lowercase();
    if start.starts_with("<!doctype html") || start.starts_with("<html") {
        return WEB_PAGE.to_owned();
    }
    match line.char_indices().nth(200) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}
