//! Refuses what another site makes a browser send: every unsafe method must come from our own pages.
//!
//! `Sec-Fetch-Site` decides where the browser sends it (OWASP CSRF Prevention Cheat Sheet, "Fetch Metadata"); else `Origin`.
//! A request with neither and with cookies is refused. Nothing changes on GET, so GET needs no check.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, Method, StatusCode, header};

use crate::config::Config;

/// The middleware.
pub async fn same_origin_only(State(config): State<Arc<Config>>, request: Request, next: Next) -> Response {
    let own = config.public_url.origin();
    if allowed(request.method(), request.headers(), &own) { next.run(request).await } else { refusal(&own) }
}

/// A sentence in plain text: the page of the form shows it as it is (`app::ui::form`).
fn refusal(own: &str) -> Response {
    let sentence = format!(
        "This form did not come from Slipway's own pages, so nothing was changed. Open {own} and try there; if you are there already, \
         the setting public_url does not match the address in your browser"
    );
    (StatusCode::FORBIDDEN, sentence).into_response()
}

fn allowed(method: &Method, headers: &HeaderMap, own: &str) -> bool {
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return true;
    }
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin";
    }
    match headers.get(header::ORIGIN) {
        Some(origin) => origin.as_bytes() == own.as_bytes(),
        None => !headers.contains_key(header::COOKIE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_refusal_can_be_shown_in_the_form() {
        let answer = refusal("https://slipway.example.com");
        let kind = answer.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        assert!(kind.is_some_and(|kind| kind.starts_with("text/plain")), "{kind:?}");
        let text = axum::body::to_bytes(answer.into_body(), 600).await.expect("short enough");
        assert!(String::from_utf8_lossy(&text).contains("public_url"));
    }

    #[test]
    fn who_may_post() {
        let own = "https://slipway.example.com";
        let cases: &[(Method, &[(&str, &str)], bool)] = &[
            (Method::GET, &[("sec-fetch-site", "cross-site")], true),
            (Method::POST, &[("sec-fetch-site", "same-origin")], true),
            (Method::POST, &[("sec-fetch-site", "same-site")], false),
            (Method::POST, &[("sec-fetch-site", "cross-site")], false),
            (Method::POST, &[("sec-fetch-site", "none")], false),
            (Method::POST, &[("origin", own)], true),
            (Method::POST, &[("origin", "https://evil.example.com")], false),
            (Method::POST, &[("origin", "null")], false),
            (Method::POST, &[("origin", own), ("sec-fetch-site", "cross-site")], false),
            (Method::POST, &[("cookie", "a=b")], false),
            (Method::POST, &[], true),
            (Method::DELETE, &[("cookie", "a=b"), ("origin", "https://evil.example.com")], false),
        ];
        for (method, headers, expected) in cases {
            let mut map = HeaderMap::new();
            for (name, value) in *headers {
                map.insert(http::HeaderName::from_static(name), value.parse().expect("a value"));
            }
            assert_eq!(allowed(method, &map, own), *expected, "{method} {headers:?}");
        }
    }
}
