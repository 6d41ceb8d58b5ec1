//! How sessions begin and end: what ends one here ends it at once, whatever this process remembers of it.
//!
//! The clock stands still, so that no reading of a session grows old by itself: only forgetting it ends it.

use domain::people::Caller;
use http::StatusCode;
use platform::clock::{Clock, ManualClock};

use super::server::{PASSWORD, Server, answer, cookie_of};

/// A server whose clock stands still, with its administrator.
async fn server() -> (Server, Caller) {
    let clock = Clock::Manual(ManualClock::starting_at(Clock::System.now()));
    let server = Server::start(clock).await;
    let mina = server.administrator("mina").await;
    (server, mina)
}

/// What everybody who is signed in may ask; afterwards this process remembers the session.
async fn ask(server: &Server, cookie: &str) -> StatusCode {
    server.post("/do/blueprint-cards", "", Some(cookie)).await.status()
}

async fn done(server: &Server, path: &str, body: String, cookie: &str) {
    let answer = answer(server.post(path, body, Some(cookie)).await).await;
    assert_eq!(answer.word, "done", "{path}: {answer:?}");
}

#[tokio::test]
async fn each_sign_in_makes_a_session_of_its_own_and_signing_out_ends_that_one_at_once() {
    let (server, _) = server().await;
    let (first, second) = (server.sign_in("mina").await, server.sign_in("mina").await);
    assert_ne!(first, second);
    assert_eq!(ask(&server, &first).await, StatusCode::OK);
    assert_eq!(ask(&server, &second).await, StatusCode::OK);
    done(&server, "/do/sign-out", String::new(), &first).await;
    assert_eq!(ask(&server, &first).await, StatusCode::UNAUTHORIZED);
    assert_eq!(ask(&server, &second).await, StatusCode::OK);
    server.platform.stop().await;
}

#[tokio::test]
async fn signing_out_everywhere_ends_every_session_at_once() {
    let (server, _) = server().await;
    let (first, second) = (server.sign_in("mina").await, server.sign_in("mina").await);
    assert_eq!(ask(&server, &first).await, StatusCode::OK);
    done(&server, "/do/sign-out-everywhere", String::new(), &second).await;
    assert_eq!(ask(&server, &first).await, StatusCode::UNAUTHORIZED);
    assert_eq!(ask(&server, &second).await, StatusCode::UNAUTHORIZED);
    server.platform.stop().await;
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions_at_once_and_renews_its_own() {
    let (server, _) = server().await;
    let (first, second) = (server.sign_in("mina").await, server.sign_in("mina").await);
    assert_eq!(ask(&server, &first).await, StatusCode::OK);
    let body = format!("secret_old={PASSWORD}&secret_new=another horse battery");
    let changed = server.post("/do/change-password", body, Some(&second)).await;
    assert_eq!(changed.status(), StatusCode::OK);
    let renewed = cookie_of(&changed);
    assert_eq!(answer(changed).await.word, "done");
    assert_eq!(ask(&server, &first).await, StatusCode::UNAUTHORIZED);
    assert_eq!(ask(&server, &second).await, StatusCode::UNAUTHORIZED);
    assert_eq!(ask(&server, &renewed).await, StatusCode::OK);
    server.platform.stop().await;
}

#[tokio::test]
async fn keeping_an_account_out_ends_its_sessions_at_once_and_for_good() {
    let (server, mina) = server().await;
    let vera = server.invited("vera", &mina).await.account().expect("an account");
    let (administrator, session) = (server.sign_in("mina").await, server.sign_in("vera").await);
    assert_eq!(ask(&server, &session).await, StatusCode::OK);
    let body = |disabled: bool| format!("account={vera}&disabled={disabled}");
    done(&server, "/do/disable-account", body(true), &administrator).await;
    assert_eq!(ask(&server, &session).await, StatusCode::UNAUTHORIZED);
    // Let in again, the account is no reason to refuse: only that the session is over.
    done(&server, "/do/disable-account", body(false), &administrator).await;
    assert_eq!(ask(&server, &session).await, StatusCode::UNAUTHORIZED);
    server.platform.stop().await;
}
