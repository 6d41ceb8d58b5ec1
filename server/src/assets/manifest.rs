//! `manifest.json`, as `cargo xtask build` writes it (`xtask/src/site`).

use std::collections::BTreeMap;

use anyhow::{Context, ensure};
use serde::Deserialize;

/// Which files there are. Paths are those in the browser.
#[derive(Debug, Deserialize)]
pub struct Manifest {
    /// The folder of the script and the WebAssembly.
    pub pkg: String,
    /// The style sheet.
    pub stylesheet: String,
    /// Fonts that every page needs.
    pub fonts: Vec<String>,
    /// The icon of the tab.
    pub icon: String,
    /// All of them.
    pub files: BTreeMap<String, File>,
}

/// One file.
#[derive(Debug, Deserialize)]
pub struct File {
    /// Of its content.
    pub hash: String,
    /// The compressed forms beside it: `br`, `gz`.
    pub compressed: Vec<String>,
}

impl Manifest {
    /// Reads it. A path that leaves the folder is refused.
    pub fn parse(content: &[u8]) -> anyhow::Result<Self> {
        let manifest: Self =
            serde_json::from_slice(content).context("the manifest of the assets is not right")?;
        for path in manifest.files.keys() {
            let inside = path.starts_with('/') && path.split('/').all(|part| part != "..");
            ensure!(inside, "the manifest of the assets names {path:?}, which is outside");
        }
        Ok(manifest)
    }
}
