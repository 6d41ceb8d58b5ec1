//! A request's body within a time of its own.
//!
//! The time is for the whole body: one that restarted with each part would let a byte now and then hold a place for ever.

use std::io::ErrorKind;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::BoxError;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use hyper::body::{Frame, SizeHint};
use tokio::time::{Sleep, sleep};

/// The same request, whose body must have come within `limit` from now.
pub fn within(limit: Duration, request: Request) -> Request {
    request.map(|body| {
        if body.is_end_stream() { body } else { Body::new(Within { body, over: Box::pin(sleep(limit)) }) }
    })
}

/// The answer to a request whose body could not be taken in.
pub fn refusal(error: &axum::Error) -> Response {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == ErrorKind::TimedOut) {
            let sentence = "What you sent did not arrive in time. Try again";
            return (StatusCode::REQUEST_TIMEOUT, sentence).into_response();
        }
        cause = error.source();
    }
    (StatusCode::PAYLOAD_TOO_LARGE, domain::form::TOO_LARGE).into_response()
}

struct Within {
    body: Body,
    over: Pin<Box<Sleep>>,
}

impl HttpBody for Within {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.get_mut();
        // What has come is taken, however late the answer gets to it; only waiting for more is limited.
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(cx) {
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        this.over.as_mut().poll(cx).map(|()| Some(Err(std::io::Error::from(ErrorKind::TimedOut).into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;
    use tokio_stream::StreamExt;

    use super::*;

    /// What a body that comes as `parts` and then goes on for ever is answered with, where 100 bytes may come.
    async fn refused(parts: Vec<&'static [u8]>) -> StatusCode {
        let parts = parts.into_iter().map(|part| Ok::<_, std::io::Error>(Bytes::from_static(part)));
        let body = Body::from_stream(tokio_stream::iter(parts).chain(tokio_stream::pending()));
        let request = within(Duration::from_millis(20), Request::new(body));
        let error = to_bytes(request.into_body(), 100).await.expect_err("it never ends");
        refusal(&error).status()
    }

    #[tokio::test]
    async fn a_body_that_is_late_and_one_that_is_too_large_are_told_apart() {
        assert_eq!(refused(vec![b"half"]).await, StatusCode::REQUEST_TIMEOUT);
        assert_eq!(refused(vec![&[b'a'; 101]]).await, StatusCode::PAYLOAD_TOO_LARGE);
    }

    #[tokio::test]
    async fn a_body_that_comes_in_time_is_the_same() {
        let request = within(Duration::from_secs(60), Request::new(Body::from("whole")));
        assert_eq!(to_bytes(request.into_body(), 100).await.expect("a body"), "whole");
    }
}
