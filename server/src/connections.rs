//! Answers on the connections that come, each with its limits, until the server stops.
//!
//! - There are so many places; who comes later waits in the system's own queue. A connection holds its place from before it is
//!   taken until it is closed, its handshake included.
//! - Whatever the other side can be slow in has a limit of time: the handshake, the head of a request, its whole body, and taking
//!   what is written. A stream of events ends with its page; how many one account may have stands in [`crate::streams`].

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

use crate::body;
use crate::listen::{Accepted, Io, Listener, Peer};

/// What a connection may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How long the handshake of TLS may take.
    pub handshake: Duration,
    /// How long the head of a request may take, from when the connection is free for it.
    pub head: Duration,
    /// How long the whole body of a request may take.
    pub body: Duration,
    /// How long the other side may take nothing of what is written to it.
    pub write: Duration,
    /// Connections at once.
    pub places: usize,
}

impl Default for Limits {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            handshake: seconds(10),
            head: seconds(30),
            // The largest form is 1 MiB: a line of 300 kbit/s is enough.
            body: seconds(30),
            write: seconds(30),
            // Systems give a process 1,024 files at least, and databases and clusters need theirs.
            places: 800,
        }
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
        let (place, (accepted, peer)) = tokio::select! {
            next = next => next,
            () = stopping.cancelled() => break,
        };
        let service = service.clone();
        let answer = service_fn(move |request: Request<Incoming>| {
            let mut request = body::within(limits.body, request.map(Body::new));
            request.extensions_mut().insert(ConnectInfo(Peer(peer)));
            service.clone().oneshot(request)
        });
        let (http, watcher, stopping) = (http.clone(), graceful.watcher(), stopping.clone());
        tokio::spawn(async move {
            let opened = tokio::select! {
                opened = opened(accepted, limits) => opened,
                // Nothing was asked on it yet.
                () = stopping.cancelled() => return,
            };
            let ended = match opened {
                Ok(io) => {
                    let connection = watcher.watch(http.serve_connection(TokioIo::new(io), answer));
                    connection.await.map_err(anyhow::Error::from)
                }
                Err(error) => Err(error.into()),
            };
            if let Err(error) = ended {
                tracing::debug!(error = format!("{error:#}"), %peer, "a connection ended");
            }
            drop(place);
        });
    }
    drop(listener);
    graceful.shutdown().await;
}

async fn opened(accepted: Accepted, limits: Limits) -> std::io::Result<Io> {
    match tokio::time::timeout(limits.handshake, accepted.open(limits.write)).await {
        Ok(opened) => opened,
        Err(_) => Err(std::io::Error::new(std::io::ErrorKind::TimedOut, "the handshake took too long")),
    }
}

#[cfg(test)]
#[path = "connections_tests.rs"]
mod tests;
