//! Finds out who asks, once per request, and sends strangers to the sign-in page.

use app::request::{ClientAddress, PublicOrigin, SESSION_ACCOUNT};
use app::shell::query::sign_in_and_back;
use app::ui::message::SIGNED_OUT;
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

const NO_DATABASE: &str = "Slipway cannot reach its database. Try again in a moment";

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
            return if wants_page(&request) {
                (StatusCode::SERVICE_UNAVAILABLE, NO_DATABASE).into_response()
            } else {
                to_open_page(StatusCode::SERVICE_UNAVAILABLE, NO_DATABASE)
            };
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

/// Whether a browser loads this as a document; else a page that is open asks.
fn wants_page(request: &Request) -> bool {
    let accept = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}

/// As server functions answer, so that an open page shows the sentence.
fn to_open_page(status: StatusCode, sentence: &str) -> Response {
    let error: ServerFnError = ServerFnError::ServerError(sentence.to_owned());
    (status, error.ser()).into_response()
}

fn to_sign_in(request: &Request) -> Response {
    if !wants_page(request) {
        return to_open_page(StatusCode::UNAUTHORIZED, SIGNED_OUT);
    }
    // Only where they wanted to go comes along, never what they typed.
    let path = match (request.method(), request.uri().path_and_query()) {
        (&Method::GET, Some(path)) if path.as_str() != "/" => path.as_str(),
        _ => return Redirect::to("/sign-in").into_response(),
    };
    Redirect::to(&sign_in_and_back(path)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepting(kinds: &str) -> Request {
        Request::builder().header(header::ACCEPT, kinds).body(Body::empty()).expect("a request")
    }

    #[tokio::test]
    async fn an_open_page_reads_the_sentence_of_the_door_as_that_of_a_server_function() {
        let answer = to_open_page(StatusCode::SERVICE_UNAVAILABLE, NO_DATABASE);
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        let body = axum::body::to_bytes(answer.into_body(), 1_000).await.expect("a body");
        let read: ServerFnError = ServerFnError::de(body);
        assert_eq!(read, ServerFnError::ServerError(NO_DATABASE.to_owned()));
    }

    #[test]
    fn only_a_document_is_led_to_the_page_to_sign_in() {
        assert_eq!(to_sign_in(&accepting("text/html,*/*")).status(), StatusCode::SEE_OTHER);
        assert_eq!(to_sign_in(&accepting("application/json")).status(), StatusCode::UNAUTHORIZED);
    }
}
