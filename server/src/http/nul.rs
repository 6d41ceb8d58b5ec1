//! Takes the character NUL out of what arrives: in addresses, and in the fields of forms. No text of anybody's has it, PostgreSQL keeps
//! none with it, and so no use case has to think of it.

use std::borrow::Cow;

use app::request::own_path;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use http::uri::PathAndQuery;
use http::{HeaderMap, Uri, header};

use super::flash::FORM_LIMIT;

/// The middleware.
pub async fn strip(request: Request, next: Next) -> Response {
    let (mut parts, mut body) = request.into_parts();
    if let Some(uri) = without_in_address(&parts.uri) {
        // A page's script reads the address of the browser: both have to read the same.
        if let (true, Some(clean)) = (parts.method.is_safe(), uri.path_and_query()) {
            return Redirect::temporary(&own_path(clean.to_string())).into_response();
        }
        parts.uri = uri;
    }
    if is_form(&parts.headers) {
        let bytes = match to_bytes(body, FORM_LIMIT).await {
            Ok(bytes) => bytes,
            Err(error) => return crate::body::refusal(&error),
        };
        let clean = match without(&bytes) {
            Cow::Borrowed(_) => bytes.clone(),
            Cow::Owned(clean) => {
                parts.headers.remove(header::CONTENT_LENGTH);
                Bytes::from(clean)
            }
        };
        body = Body::from(clean);
    }
    next.run(Request::from_parts(parts, body)).await
}

fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"))
}

/// The address, where it had any.
fn without_in_address(uri: &Uri) -> Option<Uri> {
    let Cow::Owned(clean) = without(uri.path_and_query()?.as_str().as_bytes()) else { return None };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(clean).ok()?);
    Uri::from_parts(parts).ok()
}

/// Without NUL, as it is and as `%00` (which may come of taking one out).
fn without(text: &[u8]) -> Cow<'_, [u8]> {
    let is_nul = |at: &[u8]| at.starts_with(b"%00");
    if !text.contains(&0) && !text.windows(3).any(is_nul) {
        return Cow::Borrowed(text);
    }
    let mut clean = Vec::with_capacity(text.len());
    for byte in text.iter().copied().filter(|byte| *byte != 0) {
        clean.push(byte);
        if clean.ends_with(b"%00") {
            clean.truncate(clean.len() - 3);
        }
    }
    Cow::Owned(clean)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_it_is_left_and_the_rest_stays() {
        for (text, expected) in [
            ("state=failed&kind=a%20b", "state=failed&kind=a%20b"),
            ("state=%00failed&kind=a\0b", "state=failed&kind=ab"),
            ("a=%0%000&b=%2500", "a=&b=%2500"),
            ("%00", ""),
        ] {
            assert_eq!(String::from_utf8_lossy(&without(text.as_bytes())), expected, "{text:?}");
        }
    }

    #[test]
    fn an_address_stays_an_address() {
        let uri = Uri::from_static("/settings/queue?state=%00failed");
        assert_eq!(without_in_address(&uri), Some(Uri::from_static("/settings/queue?state=failed")));
        assert_eq!(without_in_address(&Uri::from_static("/settings/queue?state=failed")), None);
    }
}
