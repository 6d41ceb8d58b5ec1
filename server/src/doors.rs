//! Every route of Slipway, registered.

use std::any::Any;
use std::sync::{Arc, LazyLock};

use app::{App, PUBLIC_FORMS, PUBLIC_PAGES, ShellFacts};
use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::{StatusCode, header};
use leptos::prelude::{expect_context, use_nonce};
use leptos_axum::ResponseOptions;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::trace::TraceLayer;
use tower_sessions::cookie::SameSite;
use tower_sessions::cookie::time::Duration;
use tower_sessions::{Expiry, SessionManagerLayer};

use crate::http::{caller, csrf, flash, headers, nul};
use crate::routes::{Access, Door, Routes};
use crate::state::AppState;
use crate::{assets, downloads, live, probes};

/// The pages' paths, listed once in a process: while the framework lists them, every resource that begins to load anywhere in the
/// process waits for ever, and so does the page that another server (of another test) renders then.
static PAGES: LazyLock<Vec<String>> = LazyLock::new(|| {
    leptos_axum::generate_route_list(App).iter().map(|listing| listing.path().to_owned()).collect()
});

/// All routes.
pub fn routes() -> Routes {
    let mut routes = Routes::default()
        .add("GET", "/healthz", Door::Probe, Access::Public, get(probes::health))
        .add("GET", "/readyz", Door::Probe, Access::Public, get(probes::ready))
        .add("GET", "/live/environments", Door::Stream, Access::SignedIn, get(live::list::environments))
        .add("GET", "/live/environments/{id}", Door::Stream, Access::SignedIn, get(live::environment))
        .add("GET", "/environments/{id}/log", Door::Download, Access::SignedIn, get(downloads::log))
        .add("GET", "/settings/clusters/manifest", Door::Download, Access::SignedIn, get(downloads::manifest))
        .add("GET", "/assets/{*path}", Door::Asset, Access::Public, get(serve_asset))
        .add("GET", "/pkg/{*path}", Door::Asset, Access::Public, get(serve_asset));
    for path in PAGES.iter() {
        let access = if PUBLIC_PAGES.contains(&path.as_str()) { Access::Public } else { Access::SignedIn };
        routes = routes.add("GET", path.clone(), Door::Page, access, get(page));
    }
    let mut functions: Vec<&'static str> = server_fn::axum::server_fn_paths().map(|(path, _)| path).collect();
    functions.sort_unstable();
    for path in functions {
        let access = if PUBLIC_FORMS.contains(&path) { Access::Public } else { Access::SignedIn };
        routes = routes.add("POST", path, Door::ServerFunction, access, post(flash::server_function));
    }
    routes
}

/// The whole service: the routes, and what every request passes.
pub fn service(routes: Routes, state: AppState) -> Router {
    let config = state.config.clone();
    let secure = config.secure_cookies();
    let lifetime = Duration::seconds(config.session.absolute.as_secs());
    let sessions = SessionManagerLayer::new(state.sessions.clone())
        .with_name(cookie_name(secure))
        .with_secure(secure)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/")
        .with_expiry(Expiry::OnInactivity(lifetime));
    routes
        .into_router()
        .fallback(page)
        .layer(from_fn(nul::strip))
        .layer(CatchPanicLayer::custom(fault))
        .layer(from_fn_with_state(state.clone(), flash::take))
        .layer(from_fn_with_state(state.clone(), caller::identify))
        .layer(sessions)
        .layer(from_fn_with_state(config.clone(), csrf::same_origin_only))
        .layer(RequestBodyLimitLayer::new(flash::FORM_LIMIT))
        .layer(from_fn(removal_cookie))
        .layer(from_fn_with_state(config, headers::secure))
        .layer(TraceLayer::new_for_http().make_span_with(span))
        .with_state(state)
}

/// `__Host-` binds the cookie to this host, path / and HTTPS (RFC 6265bis section 4.1.3.2); browsers accept it over plain HTTP on loopback
/// alone, so elsewhere it has another name.
fn cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-slipway" } else { "slipway-insecure" }
}

/// A request in the log: the path without its query, and without the secret of a one-time link.
fn span(request: &Request) -> tracing::Span {
    let path = request.uri().path();
    let path = if path.starts_with("/welcome/") {
        "/welcome/…"
    } else if path.starts_with("/reset/") {
        "/reset/…"
    } else {
        path
    };
    tracing::info_span!("request", method = %request.method(), path)
}

async fn serve_asset(State(state): State<AppState>, request: Request) -> Response {
    assets::serve(&state.assets, request.uri().path(), request.headers())
}

/// Renders a page; also answers what is no route, with the page that says so.
async fn page(State(state): State<AppState>, request: Request) -> Response {
    let platform = state.platform.clone();
    let context = move || app::request::provide_server_context(platform.clone());
    let facts = Arc::new(ShellFacts {
        assets: state.assets.names().clone(),
        insecure: !state.config.public_url.secure && !state.config.public_url.is_loopback(),
    });
    let options = state.leptos.clone();
    let shell = move || {
        if let Some(policy) = use_nonce().and_then(|nonce| headers::page_policy(&nonce)) {
            expect_context::<ResponseOptions>().insert_header(header::CONTENT_SECURITY_POLICY, policy);
        }
        app::shell(&options, &facts)
    };
    leptos_axum::render_app_async_with_context(context, shell)(request).await.into_response()
}

/// The session library's removal cookie lacks `Secure`, so browsers would keep a `__Host-` cookie at sign-out.
async fn removal_cookie(request: Request, next: axum::middleware::Next) -> Response {
    let mut response = next.run(request).await;
    let cookies: Vec<_> = response.headers().get_all(header::SET_COOKIE).iter().cloned().collect();
    let incomplete = |cookie: &http::HeaderValue| {
        cookie.to_str().is_ok_and(|text| text.starts_with("__Host-") && !text.contains("Secure"))
    };
    if cookies.iter().any(incomplete) {
        response.headers_mut().remove(header::SET_COOKIE);
        for cookie in cookies {
            let whole = match cookie.to_str() {
                Ok(text) if incomplete(&cookie) => {
                    format!("{text}; Secure; HttpOnly; SameSite=Lax").parse().unwrap_or(cookie)
                }
                _ => cookie,
            };
            response.headers_mut().append(header::SET_COOKIE, whole);
        }
    }
    response
}

/// A fault of ours in one answer: logged, said, and the connection lives on.
fn fault(panic: Box<dyn Any + Send + 'static>) -> Response {
    let said = panic.downcast_ref::<String>().map(String::as_str);
    let said = said.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("it said nothing");
    tracing::error!(said, "an answer ended in a panic");
    let sentence = "This page could not be shown because of an error in Slipway. Its log has the details. Nothing was changed";
    (StatusCode::INTERNAL_SERVER_ERROR, sentence).into_response()
}

/// For what is not there below the assets.
pub fn not_found() -> Response {
    (StatusCode::NOT_FOUND, "There is nothing here").into_response()
}
