//! The words of a real API server (1.34), each sorted.

use http::StatusCode;

use super::*;

fn sorted(code: u16, body: &str) -> Fault {
    Fault::from_answer(StatusCode::from_u16(code).expect("a status"), None, body.as_bytes())
}

fn status(code: u16, reason: &str, message: &str, details: &str) -> Fault {
    let body = serde_json::json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
        "message": message, "reason": reason, "code": code,
        "details": serde_json::from_str::<serde_json::Value>(details).expect("JSON"),
    });
    sorted(code, &body.to_string())
}

#[test]
fn refusals_are_told_apart_by_what_the_cluster_says() {
    let of = |message: &str| status(403, "Forbidden", message, r#"{"name":"web"}"#);
    let rbac = "deployments.apps \"web\" is forbidden: User \"system:serviceaccount:slipway:slipway\" cannot patch resource \"deployments\" in API group \"apps\" in the namespace \"env-a\"";
    assert!(matches!(of(rbac), Fault::Forbidden { .. }));
    let escalation = "rolebindings.rbac.authorization.k8s.io \"team\" is forbidden: user \"x\" (groups=[]) is attempting to grant RBAC permissions not currently held:";
    assert!(matches!(of(escalation), Fault::Forbidden { .. }));
    let quota = "persistentvolumeclaims \"data\" is forbidden: exceeded quota: environment, requested: requests.storage=20Gi, used: requests.storage=0, limited: requests.storage=10Gi";
    assert!(matches!(of(quota), Fault::QuotaExceeded { .. }));
    // Nothing is used up where a quota wants to be told numbers.
    let untold = "pods \"web\" is forbidden: failed quota: environment: must specify limits.cpu for: web";
    assert!(matches!(of(untold), Fault::Admission { .. }));
    let unknown =
        "services \"web\" is forbidden: status unknown for quota: environment, resources: count/services";
    assert!(of(unknown).is_retryable());
    let pods = "pods \"web\" is forbidden: violates PodSecurity \"restricted:latest\": privileged (container \"web\" must not set securityContext.privileged=true)";
    assert!(matches!(of(pods), Fault::PodSecurity { .. }));
    let range = "pods \"web\" is forbidden: maximum cpu usage per Container is 2, but limit is 4";
    assert!(matches!(of(range), Fault::Admission { .. }));
    let hook = "admission webhook \"policy.example.com\" denied the request: no latest tags";
    assert!(matches!(of(hook), Fault::Admission { .. }));
    let ending = "deployments.apps \"web\" is forbidden: unable to create new content in namespace env-a because it is being terminated";
    assert!(matches!(of(ending), Fault::Terminating { .. }));
}

#[test]
fn conflicts_name_the_fields() {
    let fault = status(
        409,
        "Conflict",
        "Apply failed with 1 conflict: conflict with \"kubectl\" using apps/v1: .spec.replicas",
        r#"{"causes":[{"reason":"FieldManagerConflict","message":"conflict with \"kubectl\" using apps/v1","field":".spec.replicas"}]}"#,
    );
    assert_eq!(
        fault,
        Fault::FieldConflict { said: ".spec.replicas (conflict with \"kubectl\" using apps/v1)".into() }
    );
    let uid = "Operation cannot be fulfilled on namespaces \"a\": Precondition failed: UID in precondition: 1, UID in object meta: 2";
    assert!(matches!(status(409, "Conflict", uid, r#"{"name":"a"}"#), Fault::Conflict { .. }));
}

#[test]
fn objects_that_break_the_rules() {
    let immutable = "Deployment.apps \"web\" is invalid: spec.selector: Invalid value: {\"matchLabels\":{}}: field is immutable";
    assert!(matches!(status(422, "Invalid", immutable, "{}"), Fault::Immutable { .. }));
    let policy = "deployments.apps \"web\" is forbidden: ValidatingAdmissionPolicy 'x' with binding 'y' denied request: no";
    assert!(matches!(status(422, "Invalid", policy, "{}"), Fault::Admission { .. }));
    assert!(matches!(
        status(422, "Invalid", "spec.replicas: must be at least 0", "{}"),
        Fault::Invalid { .. }
    ));
    let strict = "failed to create typed patch object (a/web; apps/v1, Kind=Deployment): .spec.replica: field not declared in schema";
    assert!(matches!(status(500, "", strict, "{}"), Fault::Invalid { .. }));
    assert!(matches!(
        status(404, "NotFound", "namespaces \"a\" not found", r#"{"name":"a"}"#),
        Fault::NotFound { .. }
    ));
    let kind = "the server could not find the requested resource";
    assert!(matches!(status(404, "NotFound", kind, "{}"), Fault::KindMissing { .. }));
}

#[test]
fn what_passes_is_retried_and_nothing_else() {
    for (code, reason) in [
        (429, "TooManyRequests"),
        (500, "InternalError"),
        (503, "ServiceUnavailable"),
        (504, "Timeout"),
        (410, "Expired"),
    ] {
        assert!(status(code, reason, "later", "{}").is_retryable(), "{code}");
    }
    for (code, reason) in [
        (401, "Unauthorized"),
        (403, "Forbidden"),
        (404, "NotFound"),
        (409, "Conflict"),
        (422, "Invalid"),
        (400, "BadRequest"),
    ] {
        assert!(!status(code, reason, "no", "{}").is_retryable(), "{code}");
    }
}

#[test]
fn a_cluster_is_away_where_nobody_answers_or_what_does_is_broken() {
    let said = || "no".to_owned();
    for away in [
        Fault::Unreachable { said: said() },
        Fault::TimedOut { seconds: 20 },
        Fault::Broken { code: 503, said: said(), by_kubernetes: true },
    ] {
        assert!(away.is_away() && away.is_retryable() && away.is_of_connection(), "{away:?}");
    }
    for there in [
        Fault::Busy { said: said() },
        Fault::Gone { said: said() },
        Fault::QuotaNotReady { said: said() },
        Fault::Unauthorized,
        Fault::NotTrusted { said: said() },
        Fault::Invalid { said: said() },
    ] {
        assert!(!there.is_away(), "{there:?}");
    }
}

#[test]
fn something_else_that_answers_is_called_so() {
    let page = "<!DOCTYPE html><html><body>Sign in</body></html>";
    assert_eq!(
        sorted(404, page).to_string(),
        "What answers at this address is not a Kubernetes API: status 404, a web page"
    );
    assert!(matches!(sorted(302, ""), Fault::NotKubernetes { .. }));
    assert!(matches!(sorted(418, "{\"error\":\"x\"}"), Fault::NotKubernetes { .. }));
    // What only looks like the cluster's own refusal.
    for body in [
        r#"{"message": "pods is forbidden: User \"x\" cannot create resource"}"#,
        r#"{"kind": "Error", "status": "Failure", "reason": "Forbidden", "message": "no"}"#,
        r#"{"kind": "Status", "message": "no", "reason": "Forbidden"}"#,
        r#"{"kind": "Status", "status": "Failure"}"#,
    ] {
        assert!(matches!(sorted(403, body), Fault::NotKubernetes { .. }), "{body}");
    }
    let hook = r#"{"kind": "Status", "status": "Failure", "code": 400, "message": "admission webhook \"w\" denied the request: no"}"#;
    assert!(matches!(sorted(400, hook), Fault::Admission { .. }), "a webhook may give no reason");
    assert!(matches!(sorted(404, "404 page not found\n"), Fault::KindMissing { .. }));
    for body in [page, "", "Sign in first.", r#"{"error": "Unauthorized"}"#] {
        assert!(matches!(sorted(401, body), Fault::NotKubernetes { .. }), "{body}");
    }
    assert_eq!(
        sorted(401, "").to_string(),
        "What answers at this address is not a Kubernetes API: it refuses the sign-in (401), but not as Kubernetes does: an empty answer"
    );
    assert_eq!(status(401, "Unauthorized", "Unauthorized", "{}"), Fault::Unauthorized);
    // What a stranger's answer reads is in no sentence.
    let own = "ServerError|You are signed out. Sign in, then try again";
    for (kind, told) in [
        (Some("text/plain; charset=utf-8"), "an answer of the type text/plain"),
        (Some("text/html"), "a web page"),
        (None, "an answer that does not say its type"),
    ] {
        for (code, before) in [(StatusCode::UNAUTHORIZED, "does: "), (StatusCode::GONE, "status 410, ")] {
            let sentence = Fault::from_answer(code, kind, own.as_bytes()).to_string();
            assert!(sentence.ends_with(&format!("{before}{told}")), "{sentence}");
        }
    }
    let broken = sorted(502, r#"{"error": "upstream is gone"}"#);
    assert!(matches!(broken, Fault::Broken { code: 502, .. }));
    assert_eq!(broken.to_string(), "The cluster reported an internal error (502)");
    assert_eq!(broken.said().as_deref(), Some(r#"{"error": "upstream is gone"}"#));
    assert_eq!(broken.own_words(), None);
    let own = status(500, "InternalError", "failed calling webhook \"w\": connection refused", "{}");
    assert_eq!(own.own_words().as_deref(), Some("failed calling webhook \"w\": connection refused"));
    assert_eq!(Fault::Unauthorized.said(), None);
}
