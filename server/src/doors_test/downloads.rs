//! What is had as a file: the log of an environment, and the manifest of the account in a cluster.

use std::ops::Range;

use axum::body::{Body, to_bytes};
use domain::ids::StepId;
use http::{Request, StatusCode, header};
use platform::environments::service;
use platform::logs::{Level, Line};

use super::server::Server;
use super::world::{NOTHING, Role, World};

async fn get(server: &Server, path: &str, cookie: &str) -> (StatusCode, http::HeaderMap, String) {
    let request = Request::get(path).header(header::COOKIE, cookie).body(Body::empty()).expect("a request");
    let (head, body) = server.send(request).await.into_parts();
    let body = to_bytes(body, 1 << 24).await.expect("the whole file");
    (head.status, head.headers, String::from_utf8_lossy(&body).into_owned())
}

#[tokio::test]
async fn the_whole_log_of_a_step_and_of_an_environment_can_be_had_as_a_file() {
    let world = World::start().await;
    let cookie = world.sign_in(Role::Viewer).await.expect("a session");
    let objects = world.objects(Role::Viewer).await;
    let id = &objects.environment;
    let steps = steps(&world, id).await;
    // More lines than are read at once, in two steps.
    write(&world, steps[0], 0..4_500).await;
    write(&world, steps[1], 9_000..9_001).await;

    let all = format!("/environments/{id}/log");
    let (status, headers, text) = get(&world.server, &all, &cookie).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(headers[header::CONTENT_TYPE], "text/plain; charset=utf-8");
    let file = format!("attachment; filename=\"{}.log\"", objects.environment_name);
    assert_eq!(headers[header::CONTENT_DISPOSITION], file.as_str());
    assert_eq!(text.lines().filter(|line| line.contains("Z line ")).count(), 4_501);
    assert!(text.starts_with("# Create, requested by requester at "), "{}", &text[..80]);
    assert!(text.contains("Z line 4499\n") && text.contains("Z line 9000\n"));

    let (status, _, text) = get(&world.server, &format!("{all}?step={}", steps[1]), &cookie).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(text.lines().filter(|line| line.contains("Z line ")).count(), 1);

    // A step of no environment, or of another one, is none of this one's.
    let (status, ..) = get(&world.server, &format!("{all}?step={NOTHING}"), &cookie).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let (status, ..) = get(&world.server, &format!("/environments/{NOTHING}/log"), &cookie).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_log_that_a_stop_cuts_off_does_not_look_whole() {
    let world = World::start().await;
    let cookie = world.sign_in(Role::Viewer).await.expect("a session");
    let id = world.objects(Role::Viewer).await.environment;
    let steps = steps(&world, &id).await;
    // More than what is read ahead of who reads it.
    write(&world, steps[0], 0..20_000).await;
    let path = format!("/environments/{id}/log");
    let request = Request::get(path).header(header::COOKIE, cookie).body(Body::empty()).expect("a request");
    let answer = world.server.send(request).await;
    assert_eq!(answer.status(), StatusCode::OK);
    world.server.platform.stopping().cancel();
    to_bytes(answer.into_body(), 1 << 24).await.expect_err("half a log");
}

/// The ids of the steps of what is done with an environment now.
async fn steps(world: &World, id: &str) -> Vec<StepId> {
    let (environments, now) = (&world.server.platform.environments, world.server.now());
    let (caller, id) = (world.caller(Role::Viewer), id.parse().expect("an id"));
    let page = service::find_environment(environments, caller, id, now).await.expect("a page");
    page.operation.expect("an operation").steps.iter().map(|step| step.id).collect()
}

async fn write(world: &World, step: StepId, lines: Range<usize>) {
    let (platform, now) = (&world.server.platform, world.server.now());
    let line = |number: usize| Line {
        at: now,
        level: Level::Plain,
        text: format!("line \u{1b}[1m{number}\u{1b}[0m"),
    };
    let mut tx = platform.db.begin().await.expect("a transaction");
    let logs = platform.environments.logs();
    logs.append_in_tx(&mut tx, &step.to_string(), lines.map(line).collect(), now).await.expect("written");
    tx.commit().await.expect("kept");
}

#[tokio::test]
async fn the_manifest_of_slipways_account_is_a_file_for_administrators() {
    let world = World::start().await;
    let path = "/settings/clusters/manifest";
    let cookie = world.sign_in(Role::Administrator).await.expect("a session");
    let (status, headers, text) = get(&world.server, path, &cookie).await;
    assert_eq!(status, StatusCode::OK);
    let disposition = headers[header::CONTENT_DISPOSITION].to_str().expect("text");
    assert_eq!(disposition, "attachment; filename=\"slipway-manifest.yaml\"");
    assert!(text.contains("kubectl apply -f slipway-manifest.yaml") && text.contains("kind: ServiceAccount"));
    let cookie = world.sign_in(Role::Above).await.expect("a session");
    assert_eq!(get(&world.server, path, &cookie).await.0, StatusCode::FORBIDDEN);
}
