//! The test of a connection: on the real control plane, and on servers that lie.

use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::clusters::address::AddressRefused;
use crate::clusters::api::Limits;
use crate::clusters::{Access, Credentials, Identity, connect, kubeconfig, manifest};
use crate::outgoing::{Outgoing, OutgoingSettings};
use crate::testing::cluster::{api, cluster, post};
use crate::testing::fake_api::{FakeApi, Reply};

fn quick() -> Limits {
    Limits { connect: Duration::from_secs(1), call: Duration::from_secs(2), ..Limits::default() }
}

async fn fault_of(reply: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Fault {
    let fake = FakeApi::start(reply).await;
    run(&fake.api(quick())).await.fault.expect("a fault")
}

fn answer(status: u16, body: Value) -> Reply {
    Reply::Body(status, body.to_string())
}

#[tokio::test]
async fn the_account_of_the_manifest_may_do_all_that_it_must() {
    let Some(cluster) = cluster() else { return };
    let trial = run(&api(&cluster.slipway().await)).await;
    assert!(trial.is_good(), "{trial:#?}");
    assert_eq!(trial.server_version.as_deref(), Some("v1.34.4"));
}

#[tokio::test]
async fn the_account_of_the_manifest_may_do_no_more() {
    let Some(cluster) = cluster() else { return };
    let slipway = api(&cluster.slipway().await);
    let admin = api(&cluster.admin());
    let namespace = format!("rights-{}", std::process::id());
    let object = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}});
    post(&admin, "/api/v1/namespaces", &object).await;
    let bindings = format!("/apis/rbac.authorization.k8s.io/v1/namespaces/{namespace}/rolebindings");
    let binding = |name: &str, role: &str| {
        json!({
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
            "metadata": {"name": name, "namespace": namespace},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role},
            "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "slipway:team:x"}],
        })
    };
    // The one role that it may hand out, though it holds less than that itself.
    post(&slipway, &bindings, &binding("team", TEAM_ROLE)).await;
    for role in ["cluster-admin", "admin", "edit", "view", "slipway"] {
        let attempt =
            request("POST", &bindings, binding("wider", role).to_string().into_bytes()).expect("a request");
        match slipway.call(attempt).await {
            // It holds all of its own role, so that one widens nothing.
            Ok(_) if role == "slipway" => {}
            Err(Fault::Forbidden { said }) if said.contains("not currently held") => {}
            other => panic!("{role}: {other:?}"),
        }
    }
    for (method, path) in [
        ("GET", format!("/api/v1/namespaces/{namespace}/secrets")),
        ("GET", "/api/v1/secrets".to_owned()),
        ("GET", "/api/v1/nodes".to_owned()),
        ("DELETE", format!("{bindings}/team")),
        ("GET", "/apis/rbac.authorization.k8s.io/v1/clusterroles/cluster-admin".to_owned()),
    ] {
        let answer = slipway.call(request(method, &path, Vec::new()).expect("a request")).await;
        assert!(matches!(answer, Err(Fault::Forbidden { .. })), "{method} {path}: {answer:?}");
    }
}

#[tokio::test]
async fn the_commands_of_the_manifest_make_a_kubeconfig_that_works() {
    let Some(cluster) = cluster() else { return };
    // Another test may be making the same objects.
    cluster.slipway().await;
    let text = manifest::text(&manifest::Options::default());
    let commands: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("#      ")).collect();
    let folder = tempfile::tempdir().expect("a folder");
    cluster.run_commands(&commands.join("\n"), &text, folder.path());
    let pasted = std::fs::read(folder.path().join("slipway.kubeconfig")).expect("the kubeconfig");
    let read = kubeconfig::read(&pasted).expect("a kubeconfig");
    assert_eq!(read.current.as_deref(), Some("slipway"));
    let credentials = read.contexts[0].credentials.clone().expect("usable");
    let trial = run(&api(&credentials)).await;
    assert!(trial.is_good(), "{trial:#?}");
}

#[tokio::test]
async fn an_account_without_rights_hears_all_that_is_missing() {
    let Some(cluster) = cluster() else { return };
    // The role itself must be there: the manifest was applied.
    cluster.slipway().await;
    let trial = run(&api(&cluster.limited())).await;
    assert_eq!(trial.fault, None);
    assert_eq!(trial.missing, rights::in_words(&rights::asked()));
    assert_eq!(trial.account.as_deref(), Some("limited"));
    let told = trial.objection("https://a", None, 0).expect("an objection");
    assert!(told.contains("lacks permissions") && told.contains("signs in there as limited"), "{told}");
}

#[tokio::test]
async fn a_withdrawn_token_is_told() {
    let Some(cluster) = cluster() else { return };
    let trial = run(&api(&cluster.with_token("withdrawn"))).await;
    assert_eq!(trial.fault, Some(Fault::Unauthorized));
}

#[tokio::test]
async fn a_certificate_of_nobody_is_not_trusted() {
    let Some(cluster) = cluster() else { return };
    for authority in [None, Some(include_str!("test_data/certificate.pem").to_owned())] {
        let stranger = Credentials { certificate_authority: authority, ..cluster.admin() };
        let fault = run(&api(&stranger)).await.fault.expect("a fault");
        assert!(matches!(fault, Fault::NotTrusted { .. }), "{fault:?}");
        assert!(!fault.is_retryable());
    }
    let other_name = Credentials { tls_server_name: Some("other.example.com".to_owned()), ..cluster.admin() };
    let fault = run(&api(&other_name)).await.fault.expect("a fault");
    let said = fault.to_string();
    assert!(said.contains("it was issued for ") && said.contains(", not for other.example.com"), "{said}");
    assert!(said.contains("tls-server-name"), "{said}");
}

#[tokio::test]
async fn the_kubeconfig_of_the_control_plane_is_taken_as_it_is() {
    let Some(cluster) = cluster() else { return };
    let read = kubeconfig::read(cluster.kubeconfig().as_bytes()).expect("a kubeconfig");
    let context = read.context(read.current.as_deref().expect("a current context")).expect("the context");
    let credentials = context.credentials.clone().expect("usable");
    let version = version(&api(&credentials)).await.expect("a version");
    assert_eq!(version, "v1.34.4");
}

#[tokio::test]
async fn https_to_a_server_that_speaks_none() {
    let fake = FakeApi::start(|_| Reply::Body(200, "hello".to_owned())).await;
    let credentials = Credentials {
        server: fake.url.replace("http://", "https://"),
        certificate_authority: None,
        tls_server_name: None,
        identity: Identity::Token("token".to_owned().into()),
    };
    let client = connect(&Access::Given(credentials), &Outgoing::default(), quick()).expect("a client");
    let fault = run(&client).await.fault.expect("a fault");
    assert!(matches!(fault, Fault::NotKubernetes { .. } | Fault::TimedOut { .. }), "{fault:?}");
}

#[tokio::test]
async fn nobody_at_the_address() {
    let credentials = Credentials {
        server: "https://127.0.0.1:1".to_owned(),
        certificate_authority: None,
        tls_server_name: None,
        identity: Identity::Token("token".to_owned().into()),
    };
    let client = connect(&Access::Given(credentials), &Outgoing::default(), quick()).expect("a client");
    let fault = run(&client).await.fault.expect("a fault");
    assert!(matches!(&fault, Fault::Unreachable { said } if said.contains("refused")), "{fault:?}");
    assert!(fault.is_retryable());
}

#[tokio::test]
async fn a_server_that_never_answers_costs_the_limit_and_no_more() {
    let began = std::time::Instant::now();
    assert_eq!(fault_of(|_| Reply::Silence).await, Fault::TimedOut { seconds: 2 });
    assert!(began.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn liars_are_called_so() {
    let page = "<!doctype html><html><title>Sign in</title></html>";
    let cases: Vec<(Reply, &str)> = vec![
        (Reply::Body(200, page.to_owned()), "it answers with a web page"),
        (Reply::Body(302, String::new()), "it redirects"),
        (Reply::Body(404, page.to_owned()), "status 404, a web page"),
        (answer(200, json!({"hello": "world"})), "not with the version of a Kubernetes"),
        (answer(200, json!([1, 2, 3])), "not with the version of a Kubernetes"),
        (answer(200, json!({"gitVersion": "2.0"})), "not with the version of a Kubernetes"),
        (Reply::Body(200, String::new()), "an empty answer"),
        (Reply::Raw(b"SSH-2.0-OpenSSH_9.2\r\n\r\n".to_vec()), "does not speak HTTP"),
    ];
    for (reply, words) in cases {
        let reply = std::sync::Mutex::new(Some(reply));
        let take = move |_: &str| reply.lock().expect("one").take().unwrap_or(Reply::Silence);
        let fault = fault_of(take).await;
        assert!(matches!(fault, Fault::NotKubernetes { .. }), "{fault:?}");
        assert!(fault.to_string().contains(words), "{fault}");
    }
}

#[tokio::test]
async fn an_old_cluster_is_told_so() {
    let fault = fault_of(|_| answer(200, json!({"gitVersion": "v1.24.17-eks-1"}))).await;
    assert_eq!(
        fault.to_string(),
        "The cluster's version v1.24.17-eks-1 is too old: Slipway needs 1.27 or newer"
    );
    assert!(!is_too_old("v1.27.0") && !is_too_old("v1.30+") && !is_too_old("v2.0.0") && is_too_old("v1.9.1"));
}

#[tokio::test]
async fn a_reviewer_that_does_not_answer_the_question_is_no_kubernetes() {
    let fault = fault_of(|request| match request {
        "GET /version" => answer(200, json!({"gitVersion": "v1.34.4"})),
        "GET /api/v1/namespaces/kube-system" => {
            answer(200, json!({"kind": "Namespace", "metadata": {"name": "kube-system", "uid": "this-one"}}))
        }
        _ => answer(201, json!({"status": {}})),
    })
    .await;
    assert!(fault.to_string().contains("does not say whether"), "{fault}");
}

#[tokio::test]
async fn a_role_that_was_deleted_is_missed() {
    let fake = FakeApi::start(|request| match request {
        "GET /version" => answer(200, json!({"gitVersion": "v1.34.4"})),
        "GET /api/v1/namespaces/kube-system" => answer(
            200,
            json!({"kind": "Namespace", "metadata": {"name": "kube-system", "uid": "this-one"}}),
        ),
        review if review.starts_with("POST") => answer(201, json!({"status": {"allowed": true}})),
        _ => answer(404, json!({"kind": "Status", "status": "Failure", "reason": "NotFound", "message": "not found", "code": 404, "details": {"name": TEAM_ROLE}})),
    })
    .await;
    let trial = run(&fake.api(quick())).await;
    let told = "The role slipway-team, which teams get in their environments, does not exist there";
    assert_eq!(trial.missing, [told]);
    assert_eq!(trial.wrong(None, 0).as_deref(), Some(told));
    let objection = trial.objection("https://a", None, 0).expect("an objection");
    let advice = format!("first. {told}. Apply slipway-manifest.yaml of this page, then try again");
    assert!(objection.ends_with(&advice), "{objection}");
    assert_eq!(trial.identity.as_deref(), Some("this-one"));
    assert_eq!(fake.asked().len(), rights::asked().len() + 4, "one question for each right");
}

#[test]
fn what_speaks_against_keeping_it_is_told() {
    let good = Trial {
        server_version: Some("v1.34.4".to_owned()),
        identity: Some("this-one".to_owned()),
        missing: Vec::new(),
        account: None,
        fault: None,
    };
    assert_eq!(good.objection("https://a", None, 0), None);
    let away = Trial::stopped_by(Fault::Unreachable { said: "refused".to_owned() });
    assert_eq!(
        away.objection("https://a", None, 0).as_deref(),
        Some("Nothing is saved yet: Slipway called https://a first. The cluster does not answer: refused")
    );
    let barred = Trial::stopped_by(Fault::Forbidden { said: "no".to_owned() });
    let told = barred.objection("https://a", None, 0).expect("an objection");
    assert!(told.ends_with("is not allowed to do this: no"), "what is not kept cannot be tested: {told}");
    let never_called = Trial::stopped_by(Fault::Address(AddressRefused::Metadata("a".to_owned())));
    let told = never_called.objection("https://a", None, 0).expect("an objection");
    assert!(told.starts_with("Nothing is saved yet. a is where a cloud keeps"), "{told}");
    let same = away.objection("https://a", Some("Staging"), 0).expect("an objection");
    assert!(same.contains("first. It has the same address as “Staging”"), "{same}");
    let living = away.objection("https://a", None, 2).expect("an objection");
    assert!(living.ends_with(". 2 environments live there and will wait until it works"), "{living}");
    let weak = Trial { missing: vec!["get pods".to_owned(), "list pods".to_owned()], ..good.clone() };
    let told = weak.objection("https://a", None, 0).expect("an objection");
    assert!(told.contains("lacks permissions. It may not: get pods; list pods. Apply"), "{told}");
    let many = Trial { missing: (1..=19).map(|number| format!("do {number}")).collect(), ..good.clone() };
    let told = many.objection("https://a", None, 0).expect("an objection");
    assert!(told.contains("It may not: do 1; do 2; do 3; and 16 more. Apply"), "{told}");
    let unknown = Trial { identity: None, ..good };
    assert!(unknown.objection("https://a", Some("Staging"), 0).is_some(), "which cluster it is is not known");
}

#[test]
fn what_helps_depends_on_the_account_that_signs_in() {
    let told = |account: Option<&str>, missing: &[String]| {
        let (account, missing) = (account.map(str::to_owned), missing.to_vec());
        let weak = Trial { server_version: Some("v1.34.4".to_owned()), account, missing, ..Trial::new() };
        let wrong = weak.wrong(None, 1).expect("something is missing");
        assert!(!wrong.contains("manifest"), "the record gives no advice: {wrong}");
        weak.objection("https://a", None, 0).expect("an objection")
    };
    let lacks = "Nothing is saved yet: Slipway called https://a first. Slipway's account there lacks permissions. \
                 It may not: get pods.";
    let right = ["get pods".to_owned()];
    let apply = "Apply slipway-manifest.yaml of this page, then try again";
    let own = "system:serviceaccount:slipway:slipway";
    assert_eq!(told(Some(own), &right), format!("{lacks} {apply}"));
    // It may be applied already.
    assert_eq!(
        told(Some("system:serviceaccount:default:weak"), &right),
        format!(
            "{lacks} Slipway signs in there as system:serviceaccount:default:weak. slipway-manifest.yaml of this page \
             gives these permissions to the account slipway of the namespace slipway: use a kubeconfig made for it, or \
             give system:serviceaccount:default:weak the same ClusterRole"
        )
    );
    assert_eq!(
        told(None, &right),
        format!(
            "{lacks} Apply slipway-manifest.yaml of this page, which gives these permissions to the account slipway \
             of the namespace slipway, and use a kubeconfig made for it"
        )
    );
    // Nothing of it was applied yet where the role is missing as well.
    let fresh = told(Some("ada"), &[right[0].clone(), no_role()]);
    let both = "Slipway signs in there as ada. Apply slipway-manifest.yaml of this page, which gives these permissions \
                to the account slipway of the namespace slipway, and use a kubeconfig made for it, or give ada the \
                same ClusterRole";
    assert!(fresh.ends_with(both), "{fresh}");
    // Whoever signs in, it makes the role.
    for account in [None, Some(own), Some("ada")] {
        assert!(told(account, &[no_role()]).ends_with(&format!("does not exist there. {apply}")));
    }
}

#[tokio::test]
async fn every_kind_that_is_asked_for_exists_in_the_cluster() {
    let Some(cluster) = cluster() else { return };
    let admin = api(&cluster.admin());
    for right in rights::all() {
        let version =
            if right.group.is_empty() { "api/v1".to_owned() } else { format!("apis/{}/v1", right.group) };
        let path = format!("/{version}/{}", right.resource);
        let answer = admin.call(request("GET", &path, Vec::new()).expect("a request")).await;
        assert!(answer.is_ok(), "{path}: {answer:?}");
    }
}

/// A kubeconfig without an authority trusts the system's; one of the company's own can be added to them.
#[tokio::test]
async fn an_authority_of_the_operators_own_is_trusted_besides_the_systems() {
    let Some(cluster) = cluster() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let mut credentials = cluster.admin();
    let authority = credentials.certificate_authority.take().expect("the cluster's own");
    let call = async |outgoing: Outgoing| {
        let client = connect(&Access::Given(credentials.clone()), &outgoing, quick()).expect("a client");
        run(&client).await.fault
    };
    let fault = call(Outgoing::default()).await.expect("it is not trusted");
    assert!(matches!(fault, Fault::NotTrusted { .. }), "{fault:?}");
    let file = folder.path().join("company.pem");
    std::fs::write(&file, authority).expect("a file");
    let settings = OutgoingSettings { extra_ca: vec![file], ..OutgoingSettings::default() };
    let outgoing = Outgoing::open(&settings, folder.path()).expect("an authority");
    assert_eq!(call(outgoing).await, None);
}

#[tokio::test]
async fn a_cluster_is_called_through_the_proxy() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let proxy = format!("http://ada:secret@{}", listener.local_addr().expect("an address"));
    let settings = OutgoingSettings { proxy: Some(proxy), ..OutgoingSettings::default() };
    let outgoing = Outgoing::open(&settings, std::path::Path::new("/nonexistent")).expect("a proxy");
    let credentials = Credentials {
        server: "https://cluster.example.com:6443".to_owned(),
        certificate_authority: None,
        tls_server_name: None,
        identity: Identity::Token("token".to_owned().into()),
    };
    let client = connect(&Access::Given(credentials), &outgoing, quick()).expect("a client");
    let asked = async {
        let (mut peer, _) = listener.accept().await.expect("a call");
        let mut head = vec![0; 1024];
        let length = peer.read(&mut head).await.expect("its head");
        peer.write_all(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n").await.expect("an answer");
        String::from_utf8_lossy(&head[..length]).into_owned()
    };
    let (trial, head) = tokio::join!(run(&client), asked);
    assert!(head.starts_with("CONNECT cluster.example.com:6443 HTTP/1.1\r\n"), "{head}");
    assert!(head.to_lowercase().contains("proxy-authorization: basic ywrhonnly3jlda=="), "{head}");
    let fault = trial.fault.expect("it did not get through");
    assert!(matches!(fault, Fault::Unreachable { .. }), "{fault:?}");
}
