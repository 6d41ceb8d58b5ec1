//! The document around every page.

#[cfg(feature = "ssr")]
use leptos::prelude::*;

/// Names of the built files, with their content hash.
#[derive(Clone, Debug, Default)]
pub struct AssetNames {
    /// The folder of the script and the WebAssembly.
    pub pkg: String,
    /// The style sheet.
    pub stylesheet: String,
}

/// What the document needs to know besides the page.
#[derive(Clone, Debug)]
pub struct ShellFacts {
    /// Names of the built files.
    pub assets: AssetNames,
    /// Whether browsers reach Slipway over plain HTTP on a network.
    pub insecure: bool,
}

/// The document.
#[cfg(feature = "ssr")]
pub fn shell(_options: &LeptosOptions, facts: &ShellFacts) -> impl IntoView + use<> {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head><meta charset="utf-8" /><link rel="stylesheet" href=facts.assets.stylesheet.clone() /></head>
            <body><crate::App /></body>
        </html>
    }
}
