//! Answers on the connections that come, each with its limits, until the server stops.
//!
//! - Who is slow in asking (headers, or a body) is cut off, so that nobody keeps places by doing nothing.
//! - There are so many places; who comes later waits in the system's own queue.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::listen::{Listener, Peer};

/// What a connection may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How long the head of a request may take, from when the connection is free for it.
    pub head: Duration,
    /// Connections at once.
    pub places: usize,
}

impl Default for Limits {
    fn default() -> Self {
        // Systems give a process 1,024 files at least, and databases and clusters need theirs.
        Self { head: Duration::from_secs(30), places: 800 }
    }
}

/// Serves until `stopping`, then ends each connection after the answer that it is at.
pub async fn serve(mut listener: Listener, service: Router, limits: Limits, stopping: CancellationToken) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(limits.head);
    let (places, graceful) = (Arc::new(Semaphore::new(limits.places)), GracefulShutdown::new());
    loop {
        let next = async {
            let place = places.clone().acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, (io, peer)) = tokio::select! {
            next = next => next,
            () = stopping.cancelled() => break,
        };
        let service = service.clone();
        let answer = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(Peer(peer)));
            service.clone().oneshot(request.map(Body::new))
        });
        let connection = graceful.watch(http.serve_connection(TokioIo::new(io), answer));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, %peer, "a connection ended");
            }
            drop(place);
        });
    }
    drop(listener);
    graceful.shutdown().await;
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;

    use super::*;

    async fn said(mut stream: TcpStream) -> String {
        let mut text = String::new();
        let read = stream.read_to_string(&mut text);
        tokio::time::timeout(Duration::from_secs(20), read).await.expect("it ends").expect("text");
        text
    }

    #[tokio::test]
    async fn who_is_slow_in_asking_is_cut_off_and_the_place_goes_to_the_next() {
        let listener = Listener::bind(([127, 0, 0, 1], 0).into(), None).await.expect("a port");
        let address = listener.address().expect("an address");
        let limits = Limits { head: Duration::from_millis(300), places: 1 };
        let stopping = CancellationToken::new();
        let router = Router::new().fallback(|| async { "here" });
        let serving = tokio::spawn(serve(listener, router, limits, stopping.clone()));
        let mut slow = TcpStream::connect(address).await.expect("a connection");
        slow.write_all(b"GET / HT").await.expect("written");
        let mut next = TcpStream::connect(address).await.expect("a connection in the queue");
        next.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.expect("written");
        assert!(said(next).await.ends_with("here"));
        assert!(!said(slow).await.contains("here"));
        stopping.cancel();
        tokio::time::timeout(Duration::from_secs(20), serving).await.expect("it stops").expect("served");
    }
}
