//! A server that answers like, or unlike, a Kubernetes API: for lies, expired tokens and watches that break.
//!
//! It speaks just enough HTTP/1.1, a request a connection; what it answers is the test's own text.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::clusters::api::{ClusterApi, Limits};
use crate::clusters::{Access, Credentials, Identity, connect};

/// What is answered.
pub enum Reply {
    /// A whole answer.
    Body(u16, String),
    /// The lines of a watch; then the connection is closed.
    Lines(Vec<String>),
    /// The lines of a watch; then nothing, with the connection open.
    LinesThenSilence(Vec<String>),
    /// These bytes and nothing of HTTP.
    Raw(Vec<u8>),
    /// Nothing, with the connection open.
    Silence,
}

/// The server; it ends with the test's runtime.
pub struct FakeApi {
    /// `http://127.0.0.1:PORT`
    pub url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl FakeApi {
    /// Starts one that answers each request (`GET /path?query`) by `answer`.
    pub async fn start(answer: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (answer, log) = (Arc::new(answer), asked.clone());
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let (answer, log) = (answer.clone(), log.clone());
                tokio::spawn(async move {
                    let Some(request) = request_line(&mut socket).await else { return };
                    let reply = answer(&request);
                    log.lock().expect("the log").push(request);
                    // A client that goes away in the middle is no fault of the test.
                    drop(send(&mut socket, reply).await);
                });
            }
        });
        Self { url, asked }
    }

    /// The requests so far.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("the log").clone()
    }

    /// A client.
    pub fn api(&self, limits: Limits) -> ClusterApi {
        let credentials = Credentials {
            server: self.url.clone(),
            certificate_authority: None,
            tls_server_name: None,
            identity: Identity::Token("token".to_owned().into()),
        };
        connect(&Access::Given(credentials), &Default::default(), limits).expect("a client")
    }
}

async fn request_line(socket: &mut tokio::net::TcpStream) -> Option<String> {
    let mut head = Vec::new();
    let mut buffer = [0; 4096];
    while !head.windows(4).any(|window| window == b"\r\n\r\n") {
        match socket.read(&mut buffer).await {
            Ok(count) if count > 0 => head.extend_from_slice(&buffer[..count]),
            _ => return None,
        }
    }
    let text = String::from_utf8_lossy(&head);
    Some(text.lines().next()?.trim_end_matches(" HTTP/1.1").to_owned())
}

async fn send(socket: &mut tokio::net::TcpStream, reply: Reply) -> std::io::Result<()> {
    const STREAM: &[u8] =
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n";
    let (lines, silent) = match reply {
        Reply::Body(status, body) => {
            let head = format!(
                "HTTP/1.1 {status} Answer\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                body.len()
            );
            socket.write_all(head.as_bytes()).await?;
            return socket.write_all(body.as_bytes()).await;
        }
        Reply::Raw(bytes) => return socket.write_all(&bytes).await,
        Reply::Silence => {
            std::future::pending::<()>().await;
            return Ok(());
        }
        Reply::Lines(lines) => (lines, false),
        Reply::LinesThenSilence(lines) => (lines, true),
    };
    socket.write_all(STREAM).await?;
    for line in lines {
        socket.write_all(format!("{:x}\r\n{line}\n\r\n", line.len() + 1).as_bytes()).await?;
        socket.flush().await?;
    }
    if silent {
        std::future::pending::<()>().await;
    }
    socket.write_all(b"0\r\n\r\n").await
}
