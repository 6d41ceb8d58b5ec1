//! What depends on how browsers reach Slipway: by TLS of its own, by plain HTTP; and what its probes say.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use http::{Request, StatusCode, header};
use platform::clock::Clock;
use platform::testing::certificate::{CERTIFICATE, KEY};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_util::sync::CancellationToken;

use super::server::{PASSWORD, Server, cookie_of};
use crate::connections::{self, Limits};
use crate::listen::Listener;

/// A client that trusts the certificate of these tests.
pub fn connector() -> TlsConnector {
    let mut roots = rustls::RootCertStore::empty();
    let certificate = CertificateDer::from_pem_slice(CERTIFICATE.as_bytes()).expect("a certificate");
    roots.add(certificate).expect("an authority");
    let config =
        rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions of TLS")
            .with_root_certificates(roots)
            .with_no_client_auth();
    TlsConnector::from(Arc::new(config))
}

/// The certificate in a folder, and the variables that name it.
pub fn certificate(folder: &std::path::Path) -> [(&'static str, String); 2] {
    let written = |name: &str, text: &str| {
        let file = folder.join(name);
        std::fs::write(&file, text).expect("a file");
        file.display().to_string()
    };
    [
        ("SLIPWAY_TLS_CERTIFICATE", written("certificate.pem", CERTIFICATE)),
        ("SLIPWAY_TLS_KEY", written("key.pem", KEY)),
    ]
}

#[tokio::test]
async fn over_tls_of_its_own_cookies_are_of_this_host_alone_and_browsers_stay_with_https() {
    let folder = tempfile::tempdir().expect("a folder");
    let [certificate, key] = certificate(folder.path());
    let variables =
        [("SLIPWAY_PUBLIC_URL", "https://localhost"), (certificate.0, &certificate.1), (key.0, &key.1)];
    let server = Server::configured(&variables).await;
    server.administrator("mina").await;
    let listener = Listener::bind(([127, 0, 0, 1], 0).into(), server.tls.as_ref()).await.expect("a port");
    let address = listener.address().expect("an address");
    let stopping = CancellationToken::new();
    let serving = tokio::spawn(connections::serve(
        listener,
        server.router.clone(),
        Limits::default(),
        stopping.clone(),
    ));
    let stream = TcpStream::connect(address).await.expect("a connection");
    let name = ServerName::try_from("localhost").expect("a name");
    let mut stream = connector().connect(name, stream).await.expect("a handshake");
    let body = format!("username=mina&secret_password={}&next=/", PASSWORD.replace(' ', "+"));
    let request = format!(
        "POST /do/sign-in HTTP/1.1\r\nhost: localhost\r\norigin: https://localhost\r\nconnection: close\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.expect("written");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    let head = answer.split("\r\n\r\n").next().unwrap_or_default().to_lowercase();
    let line = |name: &str| {
        head.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("no {name} in {head}"))
    };
    assert!(head.starts_with("http/1.1 200"), "{head}");
    let cookie = line("set-cookie:");
    assert!(cookie.contains("__host-slipway=") && cookie.contains("; secure"), "{cookie}");
    assert!(cookie.contains("; httponly") && cookie.contains("samesite=lax"), "{cookie}");
    assert!(line("strict-transport-security:").contains("max-age=63072000"), "{head}");
    stopping.cancel();
    serving.await.expect("it stops");
    server.platform.stop().await;
}

#[tokio::test]
async fn plain_http_on_a_network_has_a_cookie_of_another_name_and_every_page_says_so() {
    const WARNING: &str = "This connection is not encrypted.";
    let plain = [("SLIPWAY_PUBLIC_URL", "http://slipway.example.com"), ("SLIPWAY_ALLOW_PLAIN_HTTP", "true")];
    for (variables, name, warned) in
        [(&plain[..], "slipway-insecure=", true), (&[], "__Host-slipway=", false)]
    {
        let server = Server::configured(variables).await;
        server.administrator("mina").await;
        let cookie = server.sign_in("mina").await;
        assert!(cookie.starts_with(name), "{cookie}");
        for page in ["/sign-in", "/welcome/x", "/"] {
            let mut request = Request::get(page).header(header::ACCEPT, "text/html");
            if page == "/" {
                request = request.header(header::COOKIE, &cookie);
            }
            let response = server.send(request.body(Body::empty()).expect("a request")).await;
            assert!(!response.headers().contains_key(header::STRICT_TRANSPORT_SECURITY), "{page}");
            let body = to_bytes(response.into_body(), 1 << 24).await.expect("a page");
            assert_eq!(String::from_utf8_lossy(&body).contains(WARNING), warned, "{page}");
        }
        let signed_in = server
            .post("/do/sign-in", format!("username=mina&secret_password={PASSWORD}&next=/"), None)
            .await;
        let attributes = signed_in.headers()[header::SET_COOKIE].to_str().expect("text");
        assert_eq!(attributes.contains("Secure"), !warned, "{attributes}");
        assert!(cookie_of(&signed_in).starts_with(name));
        server.platform.stop().await;
    }
}

async fn probe(server: &Server, path: &str) -> (StatusCode, String) {
    let response = server.send(Request::get(path).body(Body::empty()).expect("a request")).await;
    let status = response.status();
    let body = to_bytes(response.into_body(), 1 << 20).await.expect("a body");
    (status, String::from_utf8_lossy(&body).into_owned())
}

#[tokio::test]
async fn it_is_ready_while_the_database_answers_and_lives_without() {
    let server = Server::start(Clock::System).await;
    assert_eq!(probe(&server, "/readyz").await, (StatusCode::OK, "ready\n".to_owned()));
    server.platform.db.close().await;
    let (status, body) = probe(&server, "/readyz").await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(body.starts_with("not ready: "), "{body}");
    assert_eq!(probe(&server, "/healthz").await, (StatusCode::OK, "ok\n".to_owned()));
}

#[tokio::test]
async fn it_is_not_ready_when_nothing_does_the_background_work() {
    let server = Server::start(Clock::System).await;
    server.platform.stop().await;
    let ended = async {
        while probe(&server, "/readyz").await.0 != StatusCode::SERVICE_UNAVAILABLE {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), ended).await.expect("it says so");
}
