//! Live pages hold a connection each: one account has a few, and hears so when it wants more.

use axum::body::{Body, to_bytes};
use http::{Request, StatusCode, header};

use super::world::{Role, World};
use crate::streams::MOST;

async fn look(world: &World, cookie: &str, environment: &str) -> http::Response<Body> {
    let request = Request::get(format!("/live/environments/{environment}")).header(header::COOKIE, cookie);
    world.server.send(request.body(Body::empty()).expect("a request")).await
}

#[tokio::test]
async fn one_account_has_a_few_live_pages_and_others_still_have_theirs() {
    let world = World::start().await;
    let environment = world.objects(Role::Viewer).await.environment;
    let viewer = world.sign_in(Role::Viewer).await.expect("a session");
    let mut open = Vec::new();
    for number in 0..MOST {
        let stream = look(&world, &viewer, &environment).await;
        assert_eq!(stream.status(), StatusCode::OK, "{number}");
        open.push(stream);
    }
    let refused = look(&world, &viewer, &environment).await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    let words = to_bytes(refused.into_body(), 1 << 20).await.expect("words");
    assert!(String::from_utf8_lossy(&words).contains("live pages open"), "{words:?}");
    let member = world.sign_in(Role::Member).await.expect("a session");
    assert_eq!(look(&world, &member, &environment).await.status(), StatusCode::OK);
    // A page that is closed makes room, as soon as its stream has noticed.
    drop(open.pop());
    let again = async {
        while look(&world, &viewer, &environment).await.status() != StatusCode::OK {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), again).await.expect("there is room again");
}
