//! Walks the table of routes as every role: who gets through which door, and what each answers.
//!
//! A server function without a sample in [`samples`] fails the test, and so does a page whose parameters nothing is known for, so
//! that no door is left untried. What the table of roles says of environments is asserted in [`environments`], not only shown.

mod downloads;
mod environments;
mod samples;
mod server;
mod sessions;
mod streams;
pub(crate) mod transport;
mod world;

use std::collections::BTreeMap;

use axum::body::Body;
use http::{Request, StatusCode, header};
use platform::clock::Clock;

use self::server::Server;
use self::world::{Objects, Role, World};
use crate::routes::{Door, Route};

/// The doors in the order of the grid.
fn doors(server: &Server) -> Vec<Route> {
    let mut table = server.table.clone();
    table.sort_by(|a, b| a.path.cmp(&b.path));
    table
}

fn line(method: &str, path: &str, cells: &[String]) -> String {
    let mut line = format!("{method:<6}{path:<43}");
    for (at, cell) in cells.iter().enumerate() {
        // The first column is the stranger's, who is sent to sign in.
        line += &format!("{cell:<width$}", width = if at == 0 { 13 } else { 11 });
    }
    format!("{}\n", line.trim_end())
}

#[tokio::test]
async fn every_door_as_every_role() {
    let world = World::start().await;
    let (mut cookies, mut own) = (BTreeMap::new(), BTreeMap::new());
    for role in Role::ALL {
        cookies.insert(role, world.sign_in(role).await);
        own.insert(role, world.objects(role).await);
    }
    let mut grid = line("", "", &Role::ALL.map(|role| role.name().to_owned()));
    for route in doors(&world.server) {
        let mut cells = Vec::new();
        for role in Role::ALL {
            // An environment of its own for each door and role: nobody finds what another left.
            if route.path.contains("environment") {
                own.insert(role, world.objects(role).await);
            }
            let objects = own.get(&role).expect("what this role may try");
            let cookie = cookies.get(&role).and_then(Option::as_deref);
            let answer = world.server.try_door(&route, objects, cookie).await;
            let shut_out = role != Role::Stranger && matches!(answer.word.as_str(), "401" | "to /sign-in");
            assert!(!shut_out, "the session of {role:?} ended before {}", route.path);
            if answer.sets_cookie {
                cookies.insert(role, world.sign_in(role).await);
            }
            cells.push(answer.word);
        }
        grid += &line(route.method, &route.path, &cells);
    }
    insta::assert_snapshot!(grid);
}

/// Everybody may see which environments and entities there are; of what is kept from them they do not even learn that.
#[tokio::test]
async fn a_refusal_is_the_same_whether_the_object_is_there_or_not() {
    let world = World::start().await;
    let (there, nowhere) = (world.objects(Role::Viewer).await, Objects::nowhere());
    let (mut cookie, mut refused) = (world.sign_in(Role::Viewer).await, 0);
    for route in doors(&world.server) {
        let public = route.path.contains("environment") || route.path.contains("orphan");
        if public || !matches!(route.door, Door::Page | Door::ServerFunction) {
            continue;
        }
        let answer = world.server.try_door(&route, &there, cookie.as_deref()).await;
        if matches!(answer.word.as_str(), "refused" | "403") {
            let other = world.server.try_door(&route, &nowhere, cookie.as_deref()).await;
            assert_eq!((answer.word, answer.text), (other.word, other.text), "{}", route.path);
            refused += 1;
        } else if answer.sets_cookie {
            cookie = world.sign_in(Role::Viewer).await;
        }
    }
    assert!(refused > 0, "a viewer was refused nothing");
}

#[tokio::test]
async fn a_form_from_elsewhere_changes_nothing() {
    let server = Server::start(Clock::System).await;
    server.administrator("administrator").await;
    let cookie = server.sign_in("administrator").await;
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
async fn every_answer_carries_the_security_headers() {
    let server = Server::start(Clock::System).await;
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
