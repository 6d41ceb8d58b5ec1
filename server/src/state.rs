//! What every handler can reach.

use std::sync::Arc;

use axum::extract::FromRef;
use leptos::config::LeptosOptions;
use platform::Platform;

use crate::assets::Assets;
use crate::config::Config;
use crate::http::session_store::SessionStoreDb;
use crate::routes::AccessTable;
use crate::streams::Streams;

/// Shared by all requests; cloning it copies pointers.
#[derive(Clone)]
pub struct AppState {
    /// The use cases.
    pub platform: Arc<Platform>,
    /// What is in force.
    pub config: Arc<Config>,
    /// How browsers reach Slipway.
    pub public_origin: Arc<str>,
    /// Scripts, styles, fonts.
    pub assets: Arc<Assets>,
    /// Who may reach which route without signing in.
    pub access: Arc<AccessTable>,
    /// The sessions, to note their use and to forget them.
    pub sessions: SessionStoreDb,
    /// The streams of events that are open.
    pub streams: Streams,
    /// Where Leptos looks for its package.
    pub leptos: LeptosOptions,
}

impl FromRef<AppState> for Arc<Config> {
    fn from_ref(state: &AppState) -> Self {
        state.config.clone()
    }
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.clone()
    }
}
