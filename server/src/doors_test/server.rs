//! The server that these tests knock at: the whole service over a database of its own, without a socket.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use domain::form::FormOutcome;
use domain::ids::AccountId;
use domain::people::Caller;
use http::{Request, StatusCode, header};
use jiff::Timestamp;
use leptos::config::LeptosOptions;
use platform::clock::Clock;
use platform::people::service::{self, NewAccount};
use platform::people::{Password, Secret};
use platform::{Platform, Settings};
use tower::ServiceExt;

use super::samples::{address, sample};
use super::world::Objects;
use crate::assets::Assets;
use crate::config::{Overrides, load};
use crate::doors;
use crate::http::session_store::SessionStoreDb;
use crate::listen::Peer;
use crate::routes::{Door, Route};
use crate::state::AppState;
use crate::streams::Streams;

/// Everybody's.
pub const PASSWORD: &str = "correct horse battery";
const FORM: &str = "application/x-www-form-urlencoded";

pub struct Server {
    pub platform: Arc<Platform>,
    /// Its doors.
    pub table: Vec<Route>,
    /// The whole service.
    pub router: Router,
    /// How browsers reach it.
    pub origin: String,
    /// The certificate that it is configured with.
    pub tls: Option<crate::config::Tls>,
    _data: tempfile::TempDir,
}

/// What a door answered, in a word.
#[derive(Debug)]
pub struct Answer {
    /// `refused` is the table of roles' answer to a form, `invalid` what else is wrong with it; a page or a read answers a number.
    pub word: String,
    /// The body of a server function.
    pub text: String,
    /// It began, renewed or ended a session, perhaps: who walks on signs in anew.
    pub sets_cookie: bool,
}

impl Server {
    /// A server at work.
    pub async fn start(clock: Clock) -> Self {
        Self::open(clock, &[], |settings| settings).await
    }

    /// A server at work that is configured by variables.
    pub async fn configured(variables: &[(&str, &str)]) -> Self {
        Self::open(Clock::System, variables, |settings| settings).await
    }

    /// A server that runs no job, so that what was asked for stays as it was asked for. Its worker waits for a slot that never comes:
    /// it ends with its test and is not to be stopped.
    pub async fn idle() -> Self {
        Self::open(Clock::System, &[], |settings| Settings { workers: 0, ..settings }).await
    }

    async fn open(clock: Clock, variables: &[(&str, &str)], change: fn(Settings) -> Settings) -> Self {
        let data = tempfile::tempdir().expect("a folder");
        let overrides = Overrides { data: Some(data.path().to_owned()), ..Overrides::default() };
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let config = Arc::new(load(&overrides, &variables.collect()).expect("a configuration"));
        let (origin, tls) = (config.public_url.origin(), config.tls.clone());
        let db = crate::serve::open(&config).await.expect("a database");
        db.migrate().await.expect("migrations");
        let settings = change(config.platform());
        let platform =
            Arc::new(Platform::start(db.clone(), clock.clone(), settings).await.expect("a platform"));
        let routes = doors::routes();
        let table = routes.table().to_vec();
        let state = AppState {
            sessions: SessionStoreDb::new(db, clock, config.session),
            platform: platform.clone(),
            public_origin: origin.as_str().into(),
            config,
            assets: Arc::new(Assets::default()),
            access: Arc::new(routes.access()),
            streams: Streams::default(),
            leptos: LeptosOptions::builder().output_name("slipway").build(),
        };
        Self { router: doors::service(routes, state), table, platform, origin, tls, _data: data }
    }

    pub fn now(&self) -> Timestamp {
        self.platform.clock.now()
    }

    /// The first administrator, by the link that a first start prints.
    pub async fn administrator(&self, username: &str) -> Caller {
        let link = service::first_link(&self.platform.db, self.now()).await.expect("a link");
        self.accept(link.expect("nobody is there yet"), username).await
    }

    /// Somebody whom an administrator invited, in no team.
    pub async fn invited(&self, username: &str, by: &Caller) -> Caller {
        let link = service::invite(&self.platform.db, by, false, "", self.now()).await.expect("a link");
        self.accept(link, username).await
    }

    async fn accept(&self, link: Secret, username: &str) -> Caller {
        let new = NewAccount {
            username: username.to_owned(),
            name: username.to_owned(),
            password: Password::new(PASSWORD.to_owned()),
        };
        let (db, callers, now) = (&self.platform.db, &self.platform.callers, self.now());
        let who = service::accept_invitation(db, callers, link.reveal(), new, "", now).await;
        self.caller(who.expect("an account").account).await
    }

    /// Who an account is now.
    pub async fn caller(&self, account: AccountId) -> Caller {
        let person = self.platform.callers.find(account, self.now()).await.expect("a read");
        Caller::Person(person.expect("a person"))
    }

    /// A new session: its cookie.
    pub async fn sign_in(&self, username: &str) -> String {
        let body = format!("username={username}&secret_password={PASSWORD}&next=/");
        cookie_of(&self.post("/do/sign-in", body, None).await)
    }

    /// Posts a form as a page's script does.
    pub async fn post(
        &self,
        path: &str,
        body: impl Into<Body>,
        cookie: Option<&str>,
    ) -> http::Response<Body> {
        let mut request =
            Request::post(path).header(header::CONTENT_TYPE, FORM).header(header::ORIGIN, &self.origin);
        if let Some(cookie) = cookie {
            request = request.header(header::COOKIE, cookie);
        }
        self.send(request.body(body.into()).expect("a request")).await
    }

    pub async fn send(&self, mut request: Request<Body>) -> http::Response<Body> {
        let peer = Peer("127.0.0.1:50000".parse().expect("an address"));
        request.extensions_mut().insert(ConnectInfo(peer));
        self.router.clone().oneshot(request).await.expect("an answer")
    }

    /// Knocks at a door with what it asks for.
    pub async fn try_door(&self, route: &Route, objects: &Objects, cookie: Option<&str>) -> Answer {
        if route.door == Door::ServerFunction {
            let body = sample(&route.path, objects)
                .unwrap_or_else(|| panic!("{} has no sample: add one", route.path));
            return answer(self.post(&route.path, body, cookie).await).await;
        }
        let mut request = Request::builder().method(route.method).uri(address(&route.path, objects));
        if let Some(cookie) = cookie {
            request = request.header(header::COOKIE, cookie);
        }
        let request = request.header(header::ACCEPT, "text/html").body(Body::empty()).expect("a request");
        let response = self.send(request).await;
        // The body is left alone: a stream has no end.
        Answer { word: word(&response), text: String::new(), sets_cookie: sets_cookie(&response) }
    }
}

/// What a server function answered.
pub async fn answer(response: http::Response<Body>) -> Answer {
    let (mut word, sets_cookie) = (word(&response), sets_cookie(&response));
    let status = response.status();
    let body = to_bytes(response.into_body(), 1 << 20).await.expect("a body");
    if status == StatusCode::OK
        && let Ok(outcome) = serde_json::from_slice::<FormOutcome>(&body)
    {
        word = match outcome {
            FormOutcome::Done { .. } => "done",
            // How the table of roles says no.
            FormOutcome::Invalid { summary: Some(summary), .. } if summary.starts_with("Only ") => "refused",
            FormOutcome::Invalid { .. } => "invalid",
        }
        .to_owned();
    }
    Answer { word, text: String::from_utf8_lossy(&body).into_owned(), sets_cookie }
}

/// The cookie that an answer sets, as a browser sends it back.
pub fn cookie_of(response: &http::Response<Body>) -> String {
    let cookie = response.headers().get(header::SET_COOKIE).expect("a session").to_str().expect("text");
    cookie.split(';').next().unwrap_or_default().to_owned()
}

fn word(response: &http::Response<Body>) -> String {
    let status = response.status();
    if !status.is_redirection() {
        return status.as_u16().to_string();
    }
    let to = response.headers().get(header::LOCATION).and_then(|to| to.to_str().ok()).unwrap_or_default();
    format!("to {}", to.split('?').next().unwrap_or_default())
}

fn sets_cookie(response: &http::Response<Body>) -> bool {
    response.headers().contains_key(header::SET_COOKIE)
}
