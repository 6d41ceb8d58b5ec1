//! Scripts, styles, fonts: served from the folder that `cargo xtask build` writes.

use app::AssetNames;
use axum::response::Response;
use http::HeaderMap;

/// The built files.
#[derive(Debug, Default)]
pub struct Assets {
    names: AssetNames,
}

impl Assets {
    /// Reads the folder.
    pub fn load() -> anyhow::Result<Self> {
        Ok(Self::default())
    }

    /// Their names.
    pub fn names(&self) -> &AssetNames {
        &self.names
    }
}

/// Answers with a file.
pub fn serve(_assets: &Assets, _path: &str, _headers: &HeaderMap) -> Response {
    crate::doors::not_found()
}
