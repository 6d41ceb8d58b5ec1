//! What whoever runs Slipway asks: does the process live, can it serve.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;

use crate::state::AppState;

/// `GET /healthz`: the process lives and answers.
pub async fn health() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the database answers and the worker runs.
pub async fn ready(State(state): State<AppState>) -> Response {
    match state.platform.ready().await {
        Ok(()) => "ready\n".into_response(),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {error}\n")).into_response()
        }
    }
}
