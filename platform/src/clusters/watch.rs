//! A watch: one connection on which a cluster sends changes, a JSON object a line
//! (<https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes>).

use std::time::Duration;

use http::StatusCode;
use http_body_util::BodyExt;
use kube::client::Body;
use kube::core::Status;
use serde_json::Value;

use super::fault::{Fault, excerpt};

/// The longest line that is read, in bytes: objects are at most 1.5 MiB in etcd, managed fields included.
const MAX_LINE: usize = 8 * 1024 * 1024;

/// A running watch.
pub struct Watch {
    body: Body,
    /// What came after the last whole line.
    rest: Vec<u8>,
    silence: Duration,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// The object is there, new or changed.
    Put(Value),
    /// The object is gone; its last state.
    Removed(Value),
    /// Nothing happened up to this resource version.
    Bookmark,
}

impl Watch {
    pub(super) fn new(body: Body, silence: Duration) -> Self {
        Self { body, rest: Vec::new(), silence }
    }

    /// The next change with the resource version from which a new watch goes on; none when the server ended the watch.
    pub async fn next(&mut self) -> Result<Option<(Change, String)>, Fault> {
        loop {
            if let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.rest.drain(..=end).collect();
                if line.trim_ascii().is_empty() {
                    continue;
                }
                return change(&line).map(Some);
            }
            if self.rest.len() > MAX_LINE {
                return Err(Fault::NotKubernetes { said: "a change does not end".to_owned() });
            }
            let frame = tokio::time::timeout(self.silence, self.body.frame())
                .await
                .map_err(|_| Fault::TimedOut { seconds: self.silence.as_secs() })?;
            match frame {
                // A line that was cut off is read again by the next watch.
                None => return Ok(None),
                Some(Err(error)) => return Err(Fault::from_chain(&error)),
                Some(Ok(frame)) => {
                    if let Ok(data) = frame.into_data() {
                        self.rest.extend_from_slice(&data);
                    }
                }
            }
        }
    }
}

fn change(line: &[u8]) -> Result<(Change, String), Fault> {
    let not_a_change = || Fault::NotKubernetes { said: format!("a change reads: {}", excerpt(line)) };
    let mut event: Value = serde_json::from_slice(line).map_err(|_| not_a_change())?;
    let object = event["object"].take();
    let version = object["metadata"]["resourceVersion"].as_str().unwrap_or_default().to_owned();
    match event["type"].as_str() {
        Some("ADDED" | "MODIFIED") => Ok((Change::Put(object), version)),
        Some("DELETED") => Ok((Change::Removed(object), version)),
        Some("BOOKMARK") => Ok((Change::Bookmark, version)),
        Some("ERROR") => {
            let status: Status = serde_json::from_value(object).map_err(|_| not_a_change())?;
            let code = StatusCode::from_u16(status.code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            Err(Fault::from_status(code, &status))
        }
        _ => Err(not_a_change()),
    }
}
