//! Finds out who asks, once per request, and sends strangers to the sign-in page.

use app::request::{ClientAddress, PublicOrigin, SESSION_ACCOUNT};
use axum::body::Body;
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use domain::ids::AccountId;
use domain::people::{Caller, Person};
use http::{Method, StatusCode, header};
use http_body_util::Limited;
use leptos::prelude::ServerFnError;
use server_fn::error::FromServerFnError;
use tower_sessions::Session;

use super::address;
use crate::listen::Peer;
use crate::routes::Access;
use crate::state::AppState;

/// What a stranger may send, in bytes: anybody may hold a connection, and it is kept in memory until it is whole.
const STRANGERS_FORM: usize = 16 * 1024;

const SIGNED_OUT: &str = "You are signed out. Reload the page to sign in. What it shows may be out of date";

/// Puts the [`Caller`] and the client's address into the request. A stranger gets no further than the public routes: a page
/// sends them to sign in and back, everything else answers 401.
pub async fn identify(
    State(state): State<AppState>,
    ConnectInfo(Peer(peer)): ConnectInfo<Peer>,
    session: Session,
    mut request: Request,
    next: Next,
) -> Response {
    let client = address::client(peer, request.headers(), &state.config.trusted_proxies);
    let caller = match who(&state, &session, client).await {
        Ok(caller) => caller,
        Err(error) => {
            tracing::error!(error = &*error, "the caller could not be found");
            return (
                StatusCode::SERVICE_UNAVAILABLE,
                "Slipway cannot reach its database. Try again in a moment",
            )
                .into_response();
        }
    };
    let public = access(&state, &request) == Access::Public;
    if caller == Caller::Stranger && !public {
        return to_sign_in(&request);
    }
    if caller != Caller::Stranger
        && let Some(id) = session.id()
    {
        let agent = request
            .headers()
            .get(header::USER_AGENT)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        state.sessions.touch(&id, agent).await;
    }
    if caller == Caller::Stranger {
        request = request.map(|body| Body::new(Limited::new(body, STRANGERS_FORM)));
    }
    request.extensions_mut().insert(PublicOrigin(state.public_origin.clone()));
    request.extensions_mut().insert(client);
    request.extensions_mut().insert(caller);
    next.run(request).await
}

/// What is no route is for those who are signed in, so that a stranger learns nothing of what there is.
fn access(state: &AppState, request: &Request) -> Access {
    let path = request.extensions().get::<MatchedPath>();
    path.and_then(|path| state.access.get(path.as_str())).copied().unwrap_or(Access::SignedIn)
}

async fn who(state: &AppState, session: &Session, client: ClientAddress) -> anyhow::Result<Caller> {
    let Some(account) = session.get::<AccountId>(SESSION_ACCOUNT).await? else { return Ok(Caller::Stranger) };
    let person = state.platform.callers.find(account, state.platform.clock.now()).await?;
    Ok(person.map_or(Caller::Stranger, |person| Caller::Person(Person { address: Some(client.0), ..person })))
}

fn to_sign_in(request: &Request) -> Response {
    let wants_page = request
        .headers()
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"));
    if !wants_page {
        // As server functions answer, so that an open page shows the sentence.
        let error: ServerFnError = ServerFnError::ServerError(SIGNED_OUT.to_owned());
        return (StatusCode::UNAUTHORIZED, error.ser()).into_response();
    }
    // Only where they wanted to go comes along, never what they typed.
    let path = match (request.method(), request.uri().path_and_query()) {
        (&Method::GET, Some(path)) if path.as_str() != "/" => path.as_str(),
        _ => return Redirect::to("/sign-in").into_response(),
    };
    Redirect::to(&format!("/sign-in?next={}", encode(path))).into_response()
}

/// Percent-encoding of everything but letters, digits and `-._~/` (RFC 3986 section 2.3).
fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(char::from(byte))
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
