//! Walks the table of routes as every role: who gets through which door, and what each answers.
//!
//! A server function without a sample here fails the test, so that no door is left untried.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use domain::form::FormOutcome;
use domain::people::Caller;
use http::{Request, StatusCode, header};
use leptos::config::LeptosOptions;
use platform::Platform;
use platform::clock::Clock;
use platform::people::Password;
use platform::people::service::{self, NewAccount};
use tower::ServiceExt;

use crate::assets::Assets;
use crate::config::{Overrides, load};
use crate::doors;
use crate::http::session_store::SessionStoreDb;
use crate::listen::Peer;
use crate::routes::{Door, Route};
use crate::state::AppState;

const PASSWORD: &str = "correct horse battery";
const ORIGIN: &str = "http://127.0.0.1:8080";
/// An id that nothing has: what a caller may do is decided before what there is.
const NOTHING: &str = "01930d9c-7e2a-7c11-9d55-2f6f1f3c9a10";

/// What each server function is posted. What depends on an object gets one that is not there.
fn sample(path: &str) -> Option<String> {
    let account = format!("account={NOTHING}");
    let text = match path {
        "/do/sign-in" => "username=nobody&secret_password=wrong&next=/".to_owned(),
        "/do/accept-invitation" => format!("link=wrong&username=x&name=X&secret_password={PASSWORD}"),
        "/do/invitation" => "link=wrong".to_owned(),
        "/do/sign-out"
        | "/do/sign-out-everywhere"
        | "/do/accounts"
        | "/do/home"
        | "/do/invite"
        | "/do/blueprint-cards" => String::new(),
        "/do/change-password" => format!("secret_old=wrong&secret_new={PASSWORD}"),
        "/do/attach-team" => format!("{account}&team=nowhere"),
        "/do/detach-team" => format!("{account}&team=group:default/nowhere"),
        "/do/disable-account" => format!("{account}&disabled=true"),
        "/do/environments" => "mine=false&ended=false".to_owned(),
        "/do/environment" | "/do/cancel-environment" | "/do/retry-environment" => format!("id={NOTHING}"),
        "/do/extend-environment" => format!("id={NOTHING}&more=1d"),
        "/do/destroy-environment" => format!("id={NOTHING}&name=x"),
        "/do/request-form" => format!("blueprint={NOTHING}"),
        "/do/request-environment" | "/do/preview-environment" => {
            format!("blueprint={NOTHING}&name=x&team=nowhere&entity=&cluster=&lifetime=")
        }
        "/do/blueprints"
        | "/do/clusters"
        | "/do/connect-facts"
        | "/do/settings-overview"
        | "/do/sources"
        | "/do/audit"
        | "/do/queue" => String::new(),
        "/do/add-source" => SOURCE.to_owned(),
        "/do/change-source" => format!("id={NOTHING}&{SOURCE}"),
        "/do/blueprint" | "/do/cluster" | "/do/refresh-source" | "/do/remove-source" | "/do/test-cluster"
        | "/do/retry-job" => {
            format!("id={NOTHING}")
        }
        "/do/source" => format!("id={NOTHING}&after="),
        "/do/remove-cluster" => format!("id={NOTHING}&name=x"),
        "/do/connect-cluster" => "name=x&access=kubeconfig&secret_kubeconfig=nonsense".to_owned(),
        "/do/change-cluster" => format!("id={NOTHING}&name=x&access=keep"),
        "/do/kubeconfig-contexts" => "secret_kubeconfig=nonsense".to_owned(),
        "/do/publish-blueprint" => "source=nonsense".to_owned(),
        "/do/find" => "words=x".to_owned(),
        "/do/catalog" => "search=".to_owned(),
        "/do/catalog-problems" => "source=&text=".to_owned(),
        "/do/entity"
        | "/do/entity-text"
        | "/do/entity-definition"
        | "/do/entity-history"
        | "/do/remove-orphan" => "reference=component:default/nowhere".to_owned(),
        "/do/preferences" => "next=/&theme=dark".to_owned(),
        _ => return None,
    };
    Some(text)
}

const SOURCE: &str =
    "name=x&place=folder&location=relative&branch=&glob=&rule=default&kinds=&namespaces=&every_minutes=5";

struct Server {
    router: Router,
    table: Vec<Route>,
    platform: Arc<Platform>,
    _data: tempfile::TempDir,
}

async fn server() -> Server {
    let data = tempfile::tempdir().expect("a folder");
    let overrides = Overrides { data: Some(data.path().to_owned()), ..Overrides::default() };
    let config = Arc::new(load(&overrides, &BTreeMap::new()).expect("a configuration"));
    let db = crate::serve::open(&config).await.expect("a database");
    db.migrate().await.expect("migrations");
    let platform =
        Arc::new(Platform::start(db.clone(), Clock::System, config.platform()).await.expect("a platform"));
    let routes = doors::routes();
    let table = routes.table().to_vec();
    let state = AppState {
        sessions: SessionStoreDb::new(db, Clock::System, config.session),
        platform: platform.clone(),
        public_origin: ORIGIN.into(),
        config,
        assets: Arc::new(Assets::default()),
        access: Arc::new(routes.access()),
        leptos: LeptosOptions::builder().output_name("slipway").build(),
    };
    Server { router: doors::service(routes, state), table, platform, _data: data }
}

impl Server {
    /// Makes an account by a one-time link and signs in: the session's cookie.
    async fn signed_in(
        &self,
        username: &str,
        administrator: bool,
        inviter: Option<&Caller>,
    ) -> (Caller, String) {
        let (db, callers, now) = (&self.platform.db, &self.platform.callers, self.platform.clock.now());
        let secret = match inviter {
            None => service::first_link(db, now).await.expect("a link").expect("nobody is there yet"),
            Some(inviter) => service::invite(db, inviter, administrator, now).await.expect("a link"),
        };
        let new = NewAccount {
            username: username.to_owned(),
            name: username.to_owned(),
            password: Password::new(PASSWORD.to_owned()),
        };
        let id =
            service::accept_invitation(db, callers, secret.reveal(), new, "", now).await.expect("an account");
        let caller = Caller::Person(callers.find(id, now).await.expect("a read").expect("a person"));
        (caller, self.sign_in(username).await)
    }

    async fn sign_in(&self, username: &str) -> String {
        let body = format!("username={username}&secret_password={PASSWORD}&next=/");
        let request = Request::post("/do/sign-in")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ORIGIN, ORIGIN)
            .body(Body::from(body))
            .expect("a request");
        let response = self.send(request).await;
        let cookie = response.headers().get(header::SET_COOKIE).expect("a session").to_str().expect("text");
        cookie.split(';').next().unwrap_or_default().to_owned()
    }

    async fn send(&self, mut request: Request<Body>) -> http::Response<Body> {
        let peer = Peer("127.0.0.1:50000".parse().expect("an address"));
        request.extensions_mut().insert(ConnectInfo(peer));
        self.router.clone().oneshot(request).await.expect("an answer")
    }

    async fn try_door(&self, route: &Route, cookie: Option<&str>) -> String {
        let path = route
            .path
            .replace("{link}", "wrong")
            .replace("{*path}", "nothing")
            .replace("{id}", NOTHING)
            .replace("{blueprint}", NOTHING);
        let path = path.replace(['{', '}'], "");
        let mut request = Request::builder().method(route.method).uri(&path);
        if let Some(cookie) = cookie {
            request = request.header(header::COOKIE, cookie);
        }
        let body = match route.door {
            Door::ServerFunction => {
                let body =
                    sample(&route.path).unwrap_or_else(|| panic!("{} has no sample: add one", route.path));
                request = request
                    .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                    .header(header::ORIGIN, ORIGIN);
                Body::from(body)
            }
            _ => {
                request = request.header(header::ACCEPT, "text/html");
                Body::empty()
            }
        };
        let response = self.send(request.body(body).expect("a request")).await;
        let status = response.status();
        if status.is_redirection() {
            let to =
                response.headers().get(header::LOCATION).and_then(|to| to.to_str().ok()).unwrap_or_default();
            return format!("to {}", to.split('?').next().unwrap_or_default());
        }
        if route.door != Door::ServerFunction || status != StatusCode::OK {
            return status.as_u16().to_string();
        }
        let body = to_bytes(response.into_body(), 1 << 20).await.expect("a body");
        match serde_json::from_slice::<FormOutcome>(&body) {
            Ok(FormOutcome::Done { .. }) => "done".to_owned(),
            Ok(FormOutcome::Invalid { summary: Some(summary), .. }) if summary.starts_with("Only ") => {
                "refused".to_owned()
            }
            Ok(FormOutcome::Invalid { .. }) => "invalid".to_owned(),
            Err(_) => "200".to_owned(),
        }
    }
}

#[tokio::test]
async fn every_door_as_every_role() {
    let server = server().await;
    let (administrator, _) = server.signed_in("administrator", true, None).await;
    server.signed_in("viewer", false, Some(&administrator)).await;
    let mut grid = format!("{:<6}{:<48}{:<12}{:<12}{}\n", "", "", "stranger", "viewer", "administrator");
    let mut table = server.table.clone();
    table.sort_by(|a, b| a.path.cmp(&b.path));
    for route in &table {
        let mut cells = Vec::new();
        for role in [None, Some("viewer"), Some("administrator")] {
            // A session of its own for each door: signing out must not shut the next one.
            let cookie = match role {
                None => None,
                Some(role) => Some(server.sign_in(role).await),
            };
            cells.push(server.try_door(route, cookie.as_deref()).await);
        }
        writeln!(grid, "{:<6}{:<48}{:<12}{:<12}{}", route.method, route.path, cells[0], cells[1], cells[2])
            .expect("text");
    }
    server.platform.stop().await;
    insta::assert_snapshot!(grid);
}

#[tokio::test]
async fn a_form_from_elsewhere_changes_nothing() {
    let server = server().await;
    let (_, cookie) = server.signed_in("administrator", true, None).await;
    for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
        let request = Request::post("/do/sign-out-everywhere")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::COOKIE, &cookie)
            .header(name, value)
            .body(Body::empty())
            .expect("a request");
        assert_eq!(server.send(request).await.status(), StatusCode::FORBIDDEN, "{name}");
    }
    server.platform.stop().await;
}

#[tokio::test]
async fn the_session_is_renewed_at_sign_in_and_dead_after_sign_out() {
    let server = server().await;
    let (_, first) = server.signed_in("mina", true, None).await;
    let second = server.sign_in("mina").await;
    assert_ne!(first, second);
    let post = |path: &str, cookie: &str| {
        Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ORIGIN, ORIGIN)
            .header(header::COOKIE, cookie)
            .body(Body::empty())
            .expect("a request")
    };
    assert_eq!(server.send(post("/do/accounts", &first)).await.status(), StatusCode::OK);
    assert_eq!(server.send(post("/do/sign-out-everywhere", &second)).await.status(), StatusCode::OK);
    server.platform.callers.forget();
    for cookie in [&first, &second] {
        // Another process may remember a session for a second; this one forgot it with its end.
        tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
        assert_eq!(server.send(post("/do/accounts", cookie)).await.status(), StatusCode::UNAUTHORIZED);
    }
    server.platform.stop().await;
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let server = server().await;
    for (path, accept) in
        [("/sign-in", "text/html"), ("/healthz", "*/*"), ("/nowhere", "*/*"), ("/assets/x", "*/*")]
    {
        let request =
            Request::get(path).header(header::ACCEPT, accept).body(Body::empty()).expect("a request");
        let response = server.send(request).await;
        let headers = response.headers();
        let policy = headers.get(header::CONTENT_SECURITY_POLICY).expect("a policy").to_str().expect("text");
        assert!(policy.starts_with("default-src 'none'"), "{path}: {policy}");
        assert!(!policy.contains("'unsafe-"), "{path}: {policy}");
        for name in
            ["x-content-type-options", "referrer-policy", "cross-origin-opener-policy", "permissions-policy"]
        {
            assert!(headers.contains_key(name), "{path} lacks {name}");
        }
    }
    server.platform.stop().await;
}
