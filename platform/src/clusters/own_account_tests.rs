//! Signing in with the account of the pod that Slipway runs in. What makes a pod of a process are files at a fixed place and two
//! variables: a process of its own gets them, in a mount namespace of its own, and calls a server that speaks TLS.

use std::process::{Command, Output};
use std::sync::{Arc, Mutex};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::{Access, Fault, connect, trial};
use crate::clusters::api::Limits;
use crate::outgoing::Outgoing;
use crate::testing::announce;
use crate::testing::certificate::{CERTIFICATE, KEY};
use crate::testing::kill::this_test;

const TOKEN: &str = "the-token-of-the-pod";
/// Puts the files of a pod where they belong, over what this machine has there, and goes on as the rest of the arguments.
const POD: &str = r#"
    set -e
    mount -t tmpfs none "$(readlink -f /var/run)"
    mkdir -p /var/run/secrets/kubernetes.io/serviceaccount
    cp "$1"/token "$1"/ca.crt "$1"/namespace /var/run/secrets/kubernetes.io/serviceaccount/
    shift
    exec "$@"
"#;

#[tokio::test]
#[ignore = "it is the process in the pod of the tests below, which start it themselves"]
async fn in_a_pod() {
    let client = connect(&Access::OwnAccount, &Outgoing::default(), Limits::default()).expect("an account");
    let found = trial::run(&client).await;
    assert!(found.is_good(), "{found:#?}");
    assert_eq!(found.identity.as_deref(), Some("this-one"));
}

#[tokio::test]
#[ignore = "it is the process outside of a pod of the test below, which starts it itself"]
async fn in_no_pod() {
    let Err(fault) = connect(&Access::OwnAccount, &Outgoing::default(), Limits::default()) else {
        panic!("there is no account");
    };
    let Fault::NoOwnAccount { said } = &fault else { panic!("{fault:?}") };
    assert!(!said.is_empty() && !fault.is_retryable());
    let sentence = fault.to_string();
    assert!(
        sentence.starts_with("Slipway does not run inside a cluster, so it has no account"),
        "{sentence}"
    );
    assert!(sentence.ends_with("“slipway cluster manifest” says how to make one"), "{sentence}");
}

#[test]
fn outside_of_a_cluster_it_says_what_to_do_instead() {
    let mut child = this_test("clusters::own_account_tests::in_no_pod");
    child.env_remove("KUBERNETES_SERVICE_HOST").env_remove("KUBERNETES_SERVICE_PORT");
    passed(&child.output().expect("it runs"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_account_of_the_pod_signs_in_with_its_token_and_trusts_the_clusters_authority() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in [("token", TOKEN), ("ca.crt", CERTIFICATE), ("namespace", "slipway")] {
        std::fs::write(folder.path().join(name), text).expect("a file");
    }
    let Some(mut child) = pod(folder.path(), &this_test("clusters::own_account_tests::in_a_pod")) else {
        return;
    };
    let (port, heads) = kubernetes().await;
    child.env("KUBERNETES_SERVICE_HOST", "127.0.0.1").env("KUBERNETES_SERVICE_PORT", port.to_string());
    let ended = tokio::task::spawn_blocking(move || child.output());
    passed(&ended.await.expect("it was waited for").expect("it runs"));
    let heads = heads.lock().expect("the requests");
    assert!(!heads.is_empty());
    let bearer = format!("authorization: bearer {TOKEN}\r\n");
    assert!(heads.iter().all(|head| head.to_lowercase().contains(&bearer)), "{heads:?}");
}

fn passed(ended: &Output) {
    let (out, err) = (String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    assert!(ended.status.success() && out.contains("1 passed"), "{out}{err}");
}

/// The same command in what looks like a pod, or none (announced) where this machine lets nobody make one.
fn pod(files: &std::path::Path, command: &Command) -> Option<Command> {
    let ways: [&[&str]; 2] = [&["--mount"], &["--map-root-user", "--mount"]];
    let found = ways.into_iter().find(|way| {
        let tried =
            Command::new("unshare").args(*way).args(["sh", "-c", POD, "pod"]).arg(files).arg("true").output();
        tried.is_ok_and(|tried| tried.status.success())
    });
    let Some(way) = found else {
        assert!(std::env::var_os("CI").is_none(), "no mount namespace can be made, and CI skips nothing");
        announce("SKIPPED: the account of a pod (unshare from util-linux, as root or with user namespaces)");
        return None;
    };
    let mut pod = Command::new("unshare");
    pod.args(way)
        .args(["sh", "-c", POD, "pod"])
        .arg(files)
        .arg(command.get_program())
        .args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => pod.env(name, value),
            None => pod.env_remove(name),
        };
    }
    Some(pod)
}

/// A server that answers a trial as a good cluster does: its port, and the heads of what it was asked.
async fn kubernetes() -> (u16, Arc<Mutex<Vec<String>>>) {
    let certificate = CertificateDer::from_pem_slice(CERTIFICATE.as_bytes()).expect("a certificate");
    let key = PrivateKeyDer::from_pem_slice(KEY.as_bytes()).expect("a key");
    let config =
        rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions of TLS")
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .expect("a certificate with its key");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let heads = Arc::new(Mutex::new(Vec::new()));
    let log = heads.clone();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let (acceptor, log) = (acceptor.clone(), log.clone());
            tokio::spawn(async move {
                let Ok(mut stream) = acceptor.accept(socket).await else { return };
                let mut head = Vec::new();
                while !head.windows(4).any(|window| window == b"\r\n\r\n") {
                    match stream.read_u8().await {
                        Ok(byte) => head.push(byte),
                        Err(_) => return,
                    }
                }
                let head = String::from_utf8_lossy(&head).into_owned();
                let answer = answer(head.lines().next().unwrap_or_default());
                log.lock().expect("the log").push(head);
                // A client that goes away in the middle is no fault of the test.
                drop(stream.write_all(answer.as_bytes()).await);
                drop(stream.shutdown().await);
            });
        }
    });
    (port, heads)
}

fn answer(request: &str) -> String {
    let (status, body) = match request {
        "GET /version HTTP/1.1" => (200, r#"{"gitVersion":"v1.34.4"}"#),
        review if review.starts_with("POST ") => (201, r#"{"status":{"allowed":true}}"#),
        namespace if namespace.contains("/namespaces/kube-system ") => {
            (200, r#"{"kind":"Namespace","metadata":{"name":"kube-system","uid":"this-one"}}"#)
        }
        _ => (200, r#"{"kind":"ClusterRole","metadata":{"name":"slipway-team"}}"#),
    };
    format!(
        "HTTP/1.1 {status} Answer\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}
