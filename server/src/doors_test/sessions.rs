//! How sessions begin and end: what ends one here ends it at once, whatever this process remembers of it.
//!
//! The clock stands still, so that no reading of a session grows old by itself: only forgetting it ends it.

use axum::body::{Body, to_bytes};
use domain::people::Caller;
use http::{Request, StatusCode, header};
use platform::clock::{Clock, ManualClock};
use platform::testing::{count, execute};

use super::server::{PASSWORD, Server, answer, cookie_of};
use super::world::NOTHING;

/// How many sign-ins are recorded.
const SIGN_INS: &str = "select count(*) from audit where action = 'session.start'";

/// A server whose clock stands still, with its administrator.
async fn server() -> (Server, Caller) {
    let clock = Clock::Manual(ManualClock::starting_at(Clock::System.now()));
    let server = Server::start(clock).await;
    let mina = server.administrator("mina").await;
    (server, mina)
}

/// The same, with two sessions of hers.
async fn twice_signed_in() -> (Server, String, String) {
    let (server, _) = server().await;
    let (first, second) = (server.sign_in("mina").await, server.sign_in("mina").await);
    (server, first, second)
}

/// What everybody who is signed in may ask; afterwards this process remembers the session.
async fn ask(server: &Server, cookie: &str) -> StatusCode {
    server.post("/do/blueprint-cards", "", Some(cookie)).await.status()
}

async fn done(server: &Server, path: &str, body: String, cookie: &str) {
    let answer = answer(server.post(path, body, Some(cookie)).await).await;
    assert_eq!(answer.word, "done", "{path}: {answer:?}");
}

/// Sends what a browser without JavaScript sends.
async fn browse(
    server: &Server,
    request: http::request::Builder,
    cookie: &str,
    body: &str,
) -> http::Response<Body> {
    let request = request
        .header(header::ACCEPT, "text/html")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ORIGIN, &server.origin)
        .header(header::COOKIE, cookie)
        .body(Body::from(body.to_owned()))
        .expect("a request");
    server.send(request).await
}

/// Posts a form from such a browser.
async fn submit(server: &Server, path: &str, cookie: &str, body: &str) -> StatusCode {
    browse(server, Request::post(path), cookie, body).await.status()
}

/// Opens a page in such a browser.
async fn open(server: &Server, path: &str, cookie: &str) -> String {
    let response = browse(server, Request::get(path), cookie, "").await;
    let body = to_bytes(response.into_body(), 1 << 22).await.expect("a body");
    String::from_utf8_lossy(&body).into_owned()
}

/// The part of a page that says what a form left that is not on it.
fn said_by_the_page(page: &str) -> &str {
    let from = page.split("class=\"left-over\"").nth(1).unwrap_or_default();
    from.split("</div>").next().unwrap_or_default()
}

/// Has the database refuse every new session.
async fn refuse_sessions(server: &Server) {
    let refuse = "create trigger no_session before insert on sessions begin select raise(abort, 'none'); end";
    execute(&server.platform.db, refuse).await;
}

#[tokio::test]
async fn each_sign_in_makes_a_session_of_its_own_and_signing_out_ends_that_one_at_once() {
    let (server, first, second) = twice_signed_in().await;
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
    let (server, first, second) = twice_signed_in().await;
    assert_eq!(ask(&server, &first).await, StatusCode::OK);
    done(&server, "/do/sign-out-everywhere", String::new(), &second).await;
    assert_eq!(ask(&server, &first).await, StatusCode::UNAUTHORIZED);
    assert_eq!(ask(&server, &second).await, StatusCode::UNAUTHORIZED);
    server.platform.stop().await;
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions_at_once_and_renews_its_own() {
    let (server, first, second) = twice_signed_in().await;
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

#[tokio::test]
async fn an_administrator_ends_the_sessions_of_somebody_at_once() {
    let (server, mina) = server().await;
    let vera = server.invited("vera", &mina).await.account().expect("an account");
    let (administrator, session) = (server.sign_in("mina").await, server.sign_in("vera").await);
    assert_eq!(ask(&server, &session).await, StatusCode::OK);
    done(&server, "/do/end-sessions", format!("account={vera}"), &administrator).await;
    assert_eq!(ask(&server, &session).await, StatusCode::UNAUTHORIZED);
    assert_eq!(ask(&server, &administrator).await, StatusCode::OK);
    let again = server.sign_in("vera").await;
    assert_eq!(ask(&server, &again).await, StatusCode::OK, "nobody is kept out");
    server.platform.stop().await;
}

#[tokio::test]
async fn a_reset_link_ends_the_sessions_of_its_account_at_once_and_begins_one() {
    let (server, mina) = server().await;
    let vera = server.invited("vera", &mina).await.account().expect("an account");
    let session = server.sign_in("vera").await;
    assert_eq!(ask(&server, &session).await, StatusCode::OK);
    let (db, now) = (&server.platform.db, server.now());
    let link = platform::people::service::make_reset_link(db, &mina, vera, now).await.expect("a link");
    let form = format!("secret_link={}&secret_new=another horse battery", link.reveal());
    let set = server.post("/do/reset-password", form, None).await;
    assert_eq!(set.status(), StatusCode::OK);
    let begun = cookie_of(&set);
    assert_eq!(answer(set).await.word, "done");
    assert_eq!(ask(&server, &session).await, StatusCode::UNAUTHORIZED);
    assert_eq!(ask(&server, &begun).await, StatusCode::OK);
    server.platform.stop().await;
}

#[tokio::test]
async fn an_administrator_is_made_and_unmade_at_once_in_the_sessions_that_there_are() {
    let (server, mina) = server().await;
    let vera = server.invited("vera", &mina).await.account().expect("an account");
    let (administrator, session) = (server.sign_in("mina").await, server.sign_in("vera").await);
    let asked = async || server.post("/do/accounts", "", Some(&session)).await.status();
    let change = async |make: bool| {
        let body = format!("account={vera}&administrator={make}&confirmed=on");
        done(&server, "/do/set-administrator", body, &administrator).await;
    };
    assert_eq!(asked().await, StatusCode::FORBIDDEN);
    change(true).await;
    assert_eq!(asked().await, StatusCode::OK);
    change(false).await;
    assert_eq!(asked().await, StatusCode::FORBIDDEN);
    let body = format!("account={vera}&administrator=true");
    let unconfirmed = answer(server.post("/do/set-administrator", body, Some(&administrator)).await).await;
    assert!(unconfirmed.text.contains("confirmed"), "{unconfirmed:?}");
    server.platform.stop().await;
}

#[tokio::test]
async fn one_of_ones_own_sessions_is_ended_from_another() {
    let (server, first, second) = twice_signed_in().await;
    assert_eq!(ask(&server, &first).await, StatusCode::OK);
    let listed = answer(server.post("/do/own-sessions", "", Some(&second)).await).await.text;
    let rows: Vec<serde_json::Value> = serde_json::from_str(&listed).expect("rows");
    assert_eq!(rows.len(), 2, "{listed}");
    let other = rows.iter().find(|row| row["is_this"] == false).expect("the other one");
    let name = other["name"].as_str().expect("a name");
    done(&server, "/do/end-session", format!("session={name}"), &second).await;
    assert_eq!(ask(&server, &first).await, StatusCode::UNAUTHORIZED);
    assert_eq!(ask(&server, &second).await, StatusCode::OK);
    server.platform.stop().await;
}

#[tokio::test]
async fn what_a_form_left_opens_in_its_own_session_alone() {
    let (server, first, second) = twice_signed_in().await;
    submit(&server, "/do/invite", &first, "").await;
    let copied = "update sessions set data = (select data from sessions where data like '%flash%')";
    execute(&server.platform.db, copied).await;
    let people = async |cookie: &str| open(&server, "/settings/people", cookie).await;
    assert!(!people(&second).await.contains("/welcome/"), "another session shows it");
    assert!(people(&first).await.contains("/welcome/"), "its own does not show it");
    assert!(!people(&first).await.contains("/welcome/"), "it is shown twice");
    server.platform.stop().await;
}

#[tokio::test]
async fn who_signs_in_finds_nothing_of_whoever_used_the_browser_before() {
    let (server, mina) = server().await;
    server.invited("vera", &mina).await;
    let before = server.sign_in("mina").await;
    submit(&server, "/do/invite", &before, "").await;
    let flashes = "select count(*) from sessions where data like '%flash%'";
    assert_eq!(count(&server.platform.db, flashes).await, 1);
    let body = format!("username=vera&secret_password={PASSWORD}&next=/");
    let after = cookie_of(&server.post("/do/sign-in", body, Some(&before)).await);
    assert_ne!(before, after);
    assert_eq!(count(&server.platform.db, flashes).await, 0);
    assert_eq!(ask(&server, &before).await, StatusCode::UNAUTHORIZED);
    server.platform.stop().await;
}

#[tokio::test]
async fn where_no_session_can_begin_what_was_done_is_said_to_be_done() {
    let (server, mina) = server().await;
    let link = platform::people::service::invite(&server.platform.db, &mina, false, "", server.now()).await;
    let link = link.expect("a link");
    let session = server.sign_in("mina").await;
    refuse_sessions(&server).await;
    let form = format!("secret_link={}&username=tom&name=Tom&secret_password={PASSWORD}", link.reveal());
    let made = answer(server.post("/do/accept-invitation", form, None).await).await;
    assert!(made.text.contains("/sign-in?after=account"), "{made:?}");
    let form = format!("secret_old={PASSWORD}&secret_new=another horse battery");
    let changed = answer(server.post("/do/change-password", form, Some(&session)).await).await;
    assert!(changed.text.contains("/sign-in?after=password"), "{changed:?}");
    for (done, words) in [("account", "Your account was created"), ("password", "Your password was changed")]
    {
        let page = open(&server, &format!("/sign-in?after={done}"), "").await;
        assert!(page.contains(words), "{page}");
    }
    // Without JavaScript too, where nothing is done, it is a page and not a broken answer.
    let form = format!("username=tom&secret_password={PASSWORD}&next=/");
    assert_eq!(submit(&server, "/do/sign-in", "", &form).await, StatusCode::SEE_OTHER);
    assert_eq!(count(&server.platform.db, SIGN_INS).await, 1, "Tom's is recorded, who is not signed in");
    server.platform.stop().await;
}

#[tokio::test]
async fn a_sign_in_that_cannot_be_recorded_is_none() {
    let (server, _) = server().await;
    let refuse = "create trigger no_row before insert on audit begin select raise(abort, 'none'); end";
    execute(&server.platform.db, refuse).await;
    let form = format!("username=mina&secret_password={PASSWORD}&next=/");
    let refused = answer(server.post("/do/sign-in", form, None).await).await;
    assert_eq!((refused.word.as_str(), refused.sets_cookie), ("invalid", false), "{refused:?}");
    assert_eq!(count(&server.platform.db, "select count(*) from sessions").await, 0);
    server.platform.stop().await;
}

#[tokio::test]
async fn what_a_refused_form_left_is_said_on_the_page_where_the_form_is_gone() {
    let (server, _) = server().await;
    let session = server.sign_in("mina").await;
    let people = async || open(&server, "/settings/people", &session).await;
    // The row with the button to withdraw it went with the invitation.
    submit(&server, "/do/withdraw-invitation", &session, &format!("id={NOTHING}")).await;
    let page = people().await;
    assert!(said_by_the_page(&page).contains("That link has already been used or revoked"), "{page}");
    assert!(!page.contains("data-came-back"), "{page}");
    assert!(!people().await.contains("class=\"left-over\""), "it is said twice");
    // A form that is still there says it itself, and the page's own words are hidden (style/shell.css).
    submit(&server, "/do/attach-team", &session, "account=&team=").await;
    assert!(people().await.contains("data-came-back"));
    // What was done is no refusal.
    submit(&server, "/do/invite", &session, "").await;
    assert!(!people().await.contains("class=\"left-over\""));
    server.platform.stop().await;
}

#[tokio::test]
async fn the_character_nul_gets_through_no_door() {
    let (server, _) = server().await;
    let session = server.sign_in("mina").await;
    for body in ["action=account", "action=acc%00ount%00", "action=acc\0ount"] {
        let found = answer(server.post("/do/audit", body, Some(&session)).await).await;
        assert!(found.text.contains("account.create"), "{body:?}: {found:?}");
    }
    for (asked, led_to) in [
        ("/settings/audit?action=acc%00ount", "/settings/audit?action=account"),
        ("//evil.example.com/%00", "/"),
    ] {
        let response = browse(&server, Request::get(asked), &session, "").await;
        assert_eq!(response.status(), StatusCode::TEMPORARY_REDIRECT);
        assert_eq!(response.headers()[header::LOCATION], led_to, "{asked}");
    }
    let page = open(&server, "/settings/audit?action=account", &session).await;
    assert!(page.contains("created the account"), "{page}");
    server.platform.stop().await;
}

#[tokio::test]
async fn a_stranger_may_send_little() {
    let (server, _) = server().await;
    let session = server.sign_in("mina").await;
    let long = format!("username={}", "a".repeat(20_000));
    assert_eq!(submit(&server, "/do/sign-in", "", &long).await, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(submit(&server, "/do/sign-in", &session, &long).await, StatusCode::SEE_OTHER);
    server.platform.stop().await;
}
