//! Forms that work without JavaScript.
//!
//! Every form of Slipway is posted to a server function. With JavaScript the page reads its [`FormOutcome`] itself. Without,
//! the browser posts the form as a page load: then this turns the outcome into a 303 (RFC 9110 section 15.4.4) to where it
//! leads, or back to the form, with what was typed (secrets left out) and what is wrong in a flash of the session,
//! which the next page load takes. Where the form is not on that page any more, the frame says what is wrong (`app::shell::banners`).
//! Nothing that a person typed goes into an address. A stranger has no session: theirs is a small
//! cookie, so that nobody makes Slipway keep anything by posting forms.

use std::collections::BTreeMap;

use app::request::SESSION_ACCOUNT;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use domain::form::{Flash, FormOutcome, SECRET_PREFIX, UNREADABLE};
use domain::ids::AccountId;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use secrecy::ExposeSecret;
use tower_sessions::Session;

use crate::state::AppState;

const FLASH: &str = "flash";
/// The largest form, in bytes.
pub const FORM_LIMIT: usize = domain::form::LARGEST;

/// Of a stranger's flash: its longest value, and the longest cookie, in bytes (browsers keep 4,096).
const STRANGERS_VALUE: usize = 200;
const STRANGERS_COOKIE: usize = 3_500;

/// Takes the flash out of the session (a stranger's out of its cookie) before a page is rendered, so that the session is not
/// written while it streams.
pub async fn take(
    State(state): State<AppState>,
    session: Session,
    mut request: Request,
    next: Next,
) -> Response {
    if request.method() == Method::GET && wants_page(&request) {
        let secure = state.config.secure_cookies();
        if let Some(flash) = strangers(request.headers(), secure) {
            request.extensions_mut().insert(flash);
            let mut response = next.run(request).await;
            let gone = cookie(secure, "", 0);
            response.headers_mut().extend(gone.map(|gone| (header::SET_COOKIE, gone)));
            return response;
        }
        match taken(&state, &session).await {
            Ok(Some(flash)) => drop(request.extensions_mut().insert(flash)),
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "a flash could not be read"),
        }
    }
    next.run(request).await
}

/// Answers a post to a server function.
pub async fn server_function(State(state): State<AppState>, session: Session, request: Request) -> Response {
    if !wants_page(&request) {
        return call(state, request).await;
    }
    let form = request.uri().path().to_owned();
    let secure = state.config.secure_cookies();
    let back = back(&request, &state.config.public_url.origin());
    let (mut parts, body) = request.into_parts();
    let bytes = match to_bytes(body, FORM_LIMIT).await {
        Ok(bytes) => bytes,
        Err(error) => return crate::body::refusal(&error),
    };
    parts.headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    parts.headers.remove(header::REFERER);
    let (typed, lost) = (typed(&bytes), lost(&bytes));
    let response = call(state.clone(), Request::from_parts(parts, Body::from(bytes))).await;
    let status = response.status();
    let cookies: Vec<_> = response.headers().get_all(header::SET_COOKIE).iter().cloned().collect();
    let answer = to_bytes(response.into_body(), FORM_LIMIT).await.unwrap_or_default();
    let (to, flash) = match serde_json::from_slice::<FormOutcome>(&answer) {
        Ok(FormOutcome::Done { to, message: None }) => (to, None),
        Ok(FormOutcome::Done { to, message }) => (to, Some(Flash { message, ..Flash::default() })),
        Ok(FormOutcome::Invalid { problems, summary }) => {
            (back, Some(Flash { form, values: typed, lost, problems, summary, message: None }))
        }
        Err(_) => {
            tracing::warn!(%status, form, "a posted form failed");
            let summary = failed(status);
            let summary = Some(summary.to_owned());
            (back, Some(Flash { form, values: typed, lost, summary, ..Flash::default() }))
        }
    };
    let mut redirect = Redirect::to(&to).into_response();
    if let Some(flash) = flash {
        match kept(&state, &session, &flash).await {
            Ok(true) => {}
            Ok(false) => {
                let cookie = strangers_cookie(flash, secure);
                redirect.headers_mut().extend(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
            }
            Err(error) => tracing::warn!(%error, "a flash could not be kept"),
        }
    }
    redirect.headers_mut().extend(cookies.into_iter().map(|cookie| (header::SET_COOKIE, cookie)));
    redirect
}

/// What is said of a form without an outcome: that nothing was changed only where it did not come to the use case. The same words as
/// the page's own (`app::ui::form_post`).
fn failed(status: StatusCode) -> &'static str {
    match status {
        StatusCode::BAD_REQUEST => UNREADABLE,
        _ if status.is_client_error() => "This could not be done. Nothing was changed. Try again in a moment",
        _ => "Slipway did not say whether this was done. Reload the page to see",
    }
}

/// Keeps a flash in the session of whoever is signed in after the form was done; false for a stranger. A message may hold a link that
/// lets somebody in, and what was typed is nobody else's: sealed, neither lies in the database in clear.
async fn kept(state: &AppState, session: &Session, flash: &Flash) -> anyhow::Result<bool> {
    let Some(place) = place(session).await? else { return Ok(false) };
    let clear = serde_json::to_string(flash)?;
    session.insert(FLASH, state.platform.keys.seal(&clear.into(), &place)?).await?;
    Ok(true)
}

/// Takes the flash out of the session.
async fn taken(state: &AppState, session: &Session) -> anyhow::Result<Option<Flash>> {
    let Some(sealed) = session.get::<String>(FLASH).await? else { return Ok(None) };
    session.remove_value(FLASH).await?;
    let Some(place) = place(session).await? else { return Ok(None) };
    let clear = state.platform.keys.unseal(&sealed, &place)?;
    Ok(Some(serde_json::from_str(clear.expose_secret())?))
}

/// What a flash is sealed for: this session of this account. In another's it does not open.
async fn place(session: &Session) -> anyhow::Result<Option<String>> {
    let account = session.get::<AccountId>(SESSION_ACCOUNT).await?;
    Ok(account.zip(session.id()).map(|(account, id)| format!("{FLASH}/{account}/{id}")))
}

/// What ends sessions besides the one that asks: their readings are forgotten at once.
const ENDS_SESSIONS: [&str; 6] = [
    "/do/change-password",
    "/do/disable-account",
    "/do/end-session",
    "/do/end-sessions",
    "/do/reset-password",
    "/do/sign-out-everywhere",
];

async fn call(state: AppState, request: Request) -> Response {
    let ends_sessions = ENDS_SESSIONS.contains(&request.uri().path());
    let platform = state.platform.clone();
    let context = move || app::request::provide_server_context(platform.clone());
    let response = leptos_axum::handle_server_fns_with_context(context, request).await.into_response();
    if ends_sessions {
        state.sessions.forget();
    }
    blame(response).await
}

/// The framework answers 500 to arguments that it cannot read; they are the caller's mistake (RFC 9110 section 15.5.1).
async fn blame(response: Response) -> Response {
    if response.status() != StatusCode::INTERNAL_SERVER_ERROR {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let body = to_bytes(body, FORM_LIMIT).await.unwrap_or_default();
    if body.starts_with(b"Args|") || body.starts_with(b"MissingArg|") {
        parts.status = StatusCode::BAD_REQUEST;
    }
    Response::from_parts(parts, Body::from(body))
}

/// The name is bound to this host where cookies may be secure (RFC 6265bis section 4.1.3.2).
fn cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-slipway-flash" } else { "slipway-flash-insecure" }
}

fn cookie(secure: bool, value: &str, seconds: u32) -> Option<HeaderValue> {
    let (name, secure) = (cookie_name(secure), if secure { "; Secure" } else { "" });
    HeaderValue::from_str(&format!(
        "{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"
    ))
    .ok()
}

/// A stranger's flash as a cookie of a minute. What is long in it stays behind.
fn strangers_cookie(mut flash: Flash, secure: bool) -> Option<HeaderValue> {
    flash.values.retain(|name, value| name.len() + value.len() <= STRANGERS_VALUE);
    let mut json = serde_json::to_string(&flash).ok()?;
    if json.len() > STRANGERS_COOKIE / 2 {
        flash.values.clear();
        flash.lost.clear();
        json = serde_json::to_string(&flash).ok()?;
    }
    let value: String = form_urlencoded::byte_serialize(json.as_bytes()).collect();
    if value.len() > STRANGERS_COOKIE { None } else { cookie(secure, &value, 60) }
}

/// The flash in a stranger's cookie.
fn strangers(headers: &HeaderMap, secure: bool) -> Option<Flash> {
    let cookies = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let value = cookies
        .flat_map(|cookies| cookies.split(';'))
        .find_map(|cookie| cookie.trim().strip_prefix(cookie_name(secure))?.strip_prefix('='))?;
    let (json, _) = form_urlencoded::parse(value.as_bytes()).next()?;
    serde_json::from_str(&json).ok()
}

fn wants_page(request: &Request) -> bool {
    let accept = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}

/// The page that the form stands on: the path of a `Referer` of our own, else Home.
fn back(request: &Request, own: &str) -> String {
    let referer = request.headers().get(header::REFERER).and_then(|value| value.to_str().ok());
    let path = referer.and_then(|referer| referer.strip_prefix(own)).filter(|path| path.starts_with('/'));
    path.filter(|path| !path.starts_with("//")).unwrap_or("/").to_owned()
}

/// The fields of the form, without secrets. A field that came several times is kept as lines.
fn typed(body: &[u8]) -> BTreeMap<String, String> {
    let mut values: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(body) {
        if is_secret(&name) {
            continue;
        }
        values
            .entry(name.into_owned())
            .and_modify(|before| {
                before.push('\n');
                before.push_str(&value);
            })
            .or_insert_with(|| value.into_owned());
    }
    values
}

/// The names of the secret fields in which something was typed.
fn lost(body: &[u8]) -> Vec<String> {
    let fields = form_urlencoded::parse(body);
    let lost = fields.filter(|(name, value)| is_secret(name) && !value.trim().is_empty());
    lost.map(|(name, _)| name.into_owned()).collect()
}

/// `secret_password`, and `parameters[secret_token]`.
fn is_secret(name: &str) -> bool {
    name.split(['[', ']', '.']).any(|part| part.starts_with(SECRET_PREFIX))
}

#[cfg(test)]
mod tests {
    use domain::form::Problem;

    use super::*;

    #[test]
    fn secrets_are_never_kept() {
        let values =
            typed(b"username=mina&secret_password=hunter2&parameters%5Bsecret_token%5D=x&team=a&team=b");
        assert_eq!(values.get("username").map(String::as_str), Some("mina"));
        assert_eq!(values.get("team").map(String::as_str), Some("a\nb"));
        assert!(values.keys().all(|name| !name.contains("secret")));
        assert_eq!(lost(b"a=b&secret_kubeconfig=kind&secret_registry=+%0A"), ["secret_kubeconfig"]);
    }

    #[test]
    fn what_a_stranger_typed_comes_back_by_a_small_cookie() {
        for secure in [true, false] {
            let typed =
                [("username", "mina"), ("name", "Mina = Ok; å")].map(|(a, b)| (a.to_owned(), b.to_owned()));
            let flash = Flash {
                form: "/do/sign-in".to_owned(),
                values: typed.clone().into(),
                problems: vec![Problem::at("secret_password", "Wrong")],
                ..Flash::default()
            };
            let long = ("more".to_owned(), "x".repeat(1_000_000));
            let sent = Flash { values: typed.into_iter().chain([long]).collect(), ..flash.clone() };
            let cookie = strangers_cookie(sent, secure).expect("a cookie");
            let cookie = cookie.to_str().expect("text");
            assert!(cookie.len() < 4_000 && cookie.contains("Secure") == secure, "{cookie}");
            let mut headers = HeaderMap::new();
            let pair = format!("other=1; {}", cookie.split(';').next().expect("a pair"));
            headers.insert(header::COOKIE, pair.parse().expect("a value"));
            assert_eq!(strangers(&headers, secure), Some(flash));
        }
        let many = (0..500).map(|number| (format!("field{number}"), "x".repeat(100))).collect();
        let flash = Flash { values: many, ..Flash::default() };
        assert!(
            strangers_cookie(flash, true).is_some_and(|cookie| cookie.len() < 4_000),
            "kept without what was typed"
        );
    }

    #[tokio::test]
    async fn arguments_that_cannot_be_read_are_the_callers_mistake() {
        for (body, expected) in [("Args|missing field `id`", 400), ("ServerError|The disk is full", 500)] {
            let answer = (StatusCode::INTERNAL_SERVER_ERROR, body).into_response();
            assert_eq!(blame(answer).await.status(), expected, "{body}");
        }
    }

    #[test]
    fn that_nothing_was_changed_is_said_only_where_it_is_certain() {
        for (status, certain) in [
            (StatusCode::BAD_REQUEST, true),
            (StatusCode::PAYLOAD_TOO_LARGE, true),
            (StatusCode::INTERNAL_SERVER_ERROR, false),
            (StatusCode::SERVICE_UNAVAILABLE, false),
            // An answer that was cut off.
            (StatusCode::OK, false),
        ] {
            assert_eq!(failed(status).contains("Nothing was changed"), certain, "{status}");
        }
        // The same would be refused again.
        assert!(!failed(StatusCode::BAD_REQUEST).contains("Try again"));
    }

    #[test]
    fn a_form_leads_back_to_its_own_page_only() {
        let own = "https://slipway.example.com";
        let cases = [
            ("https://slipway.example.com/sign-in?next=/catalog", "/sign-in?next=/catalog"),
            ("https://slipway.example.com.evil.example/x", "/"),
            ("https://slipway.example.com//evil.example", "/"),
            ("https://evil.example/", "/"),
        ];
        for (referer, expected) in cases {
            let request =
                Request::builder().header(header::REFERER, referer).body(Body::empty()).expect("a request");
            assert_eq!(back(&request, own), expected, "{referer}");
        }
    }
}
