use std::convert::Infallible;
use std::io::Read;
use std::net::SocketAddr;

use axum::body::Bytes;
use axum::routing::get;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

use super::*;
use crate::config::{Overrides, load};
use crate::doors_test::transport::{certificate, connector};

const ASKING: &[u8] = b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";

/// What is cut off here is cut off soon; what is not, late.
fn limits() -> Limits {
    let late = Duration::from_secs(600);
    Limits { handshake: late, head: late, body: late, write: late, places: 1 }
}

const SOON: Duration = Duration::from_millis(300);

struct Serving {
    address: SocketAddr,
    stopping: CancellationToken,
    task: JoinHandle<()>,
}

impl Serving {
    async fn start(listener: Listener, limits: Limits) -> Self {
        let address = listener.address().expect("an address");
        let stopping = CancellationToken::new();
        let endless = || async {
            let parts = std::iter::repeat_with(|| Ok::<_, Infallible>(Bytes::from_static(&[b'x'; 65_536])));
            Body::from_stream(futures::stream::iter(parts))
        };
        let router = Router::new()
            .fallback(|| async { "here" })
            .merge(routed("/endless", get(endless)))
            .merge(routed("/whole", axum::routing::post(|_: Bytes| async { "whole" })));
        let task = tokio::spawn(serve(listener, router, limits, stopping.clone()));
        Self { address, stopping, task }
    }

    async fn plain(limits: Limits) -> Self {
        Self::start(Listener::bind(([127, 0, 0, 1], 0).into(), None).await.expect("a port"), limits).await
    }

    async fn tls(limits: Limits) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let variables = certificate(folder.path()).map(|(name, value)| (name.to_owned(), value));
        let overrides = Overrides { data: Some(folder.path().to_owned()), ..Overrides::default() };
        let config = load(&overrides, &variables.into()).expect("a configuration");
        let listener = Listener::bind(([127, 0, 0, 1], 0).into(), config.tls.as_ref()).await.expect("a port");
        Self::start(listener, limits).await
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.expect("a connection")
    }

    /// Somebody else asks, and is answered: there is a place.
    async fn answers_the_next(&self) {
        let mut next = self.connect().await;
        next.write_all(ASKING).await.expect("written");
        assert!(said(next).await.ends_with("here"));
    }

    async fn stop(self) {
        self.stopping.cancel();
        tokio::time::timeout(Duration::from_secs(20), self.task).await.expect("it stops").expect("served");
    }
}

#[expect(clippy::disallowed_methods, reason = "these are no doors of Slipway's")]
fn routed(path: &str, handler: axum::routing::MethodRouter) -> Router {
    Router::new().route(path, handler)
}

/// Everything until the end.
async fn said(mut stream: impl tokio::io::AsyncRead + Unpin) -> String {
    let mut bytes = Vec::new();
    let read = stream.read_to_end(&mut bytes);
    match tokio::time::timeout(Duration::from_secs(20), read).await.expect("it ends") {
        // Cut off in the middle is an end too.
        Ok(_) | Err(_) => String::from_utf8_lossy(&bytes).into_owned(),
    }
}

/// Whether the other side has closed this, at this moment.
fn is_closed(stream: TcpStream) -> bool {
    let mut stream = stream.into_std().expect("a socket");
    match stream.read(&mut [0; 16]) {
        Ok(length) => length == 0,
        Err(error) => error.kind() != std::io::ErrorKind::WouldBlock,
    }
}

#[tokio::test]
async fn who_is_slow_in_asking_is_cut_off_and_the_place_goes_to_the_next() {
    let serving = Serving::plain(Limits { head: SOON, ..limits() }).await;
    let mut slow = serving.connect().await;
    slow.write_all(b"GET / HT").await.expect("written");
    serving.answers_the_next().await;
    assert!(!said(slow).await.contains("here"));
    serving.stop().await;
}

#[tokio::test]
async fn a_body_that_comes_byte_by_byte_ends_at_the_limit_of_the_whole() {
    let serving = Serving::plain(Limits { body: SOON, ..limits() }).await;
    let (read, mut write) = serving.connect().await.into_split();
    write
        .write_all(b"POST /whole HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 100000\r\n\r\n")
        .await
        .expect("written");
    let dripping = tokio::spawn(async move {
        let mut drops = tokio::time::interval(SOON / 10);
        loop {
            drops.tick().await;
            if write.write_all(b"x").await.is_err() {
                return;
            }
        }
    });
    let answer = said(read).await;
    assert!(answer.starts_with("HTTP/1.1 4") && !answer.ends_with("whole"), "{answer}");
    serving.answers_the_next().await;
    dripping.abort();
    serving.stop().await;
}

#[tokio::test]
async fn who_does_not_read_the_answer_is_cut_off_and_the_place_goes_to_the_next() {
    let serving = Serving::plain(Limits { write: SOON, ..limits() }).await;
    let mut deaf = serving.connect().await;
    deaf.write_all(b"GET /endless HTTP/1.1\r\nhost: x\r\n\r\n").await.expect("written");
    serving.answers_the_next().await;
    drop(deaf);
    serving.stop().await;
}

#[tokio::test]
async fn a_handshake_holds_a_place_and_is_cut_off_before_the_next_is_taken() {
    let serving = Serving::tls(Limits { handshake: SOON, ..limits() }).await;
    let silent = serving.connect().await;
    let name = ServerName::try_from("localhost").expect("a name");
    let mut next = connector().connect(name, serving.connect().await).await.expect("a handshake");
    assert!(is_closed(silent), "it had the only place");
    next.write_all(ASKING).await.expect("written");
    assert!(said(next).await.ends_with("here"));
    serving.stop().await;
}

#[tokio::test]
async fn a_handshake_under_way_does_not_keep_the_server_from_stopping() {
    let serving = Serving::tls(limits()).await;
    let silent = serving.connect().await;
    serving.stop().await;
    drop(silent);
}
