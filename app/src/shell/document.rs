//! The document around every page.

#[cfg(feature = "ssr")]
use leptos::prelude::*;

/// Names of the built files, with their content hash: paths from the root. What is empty is left out of the document.
#[derive(Clone, Debug, Default)]
pub struct AssetNames {
    /// The folder of the script (`slipway.js`), the WebAssembly (`slipway_bg.wasm`) and the chunks of the lazy routes.
    pub pkg: String,
    /// The style sheet.
    pub stylesheet: String,
    /// The icon of the tab.
    pub icon: String,
    /// Fonts that every page needs, fetched early.
    pub fonts: Vec<String>,
}

/// What the document needs to know besides the page.
#[derive(Clone, Debug)]
pub struct ShellFacts {
    /// Names of the built files.
    pub assets: AssetNames,
    /// Whether browsers reach Slipway over plain HTTP on a network.
    pub insecure: bool,
}

/// The document. The theme stands in it from the first byte, so nothing flashes.
#[cfg(feature = "ssr")]
pub fn shell(_options: &LeptosOptions, facts: &ShellFacts) -> impl IntoView + use<> {
    use super::facts::Insecure;
    use super::preferences::{Preferences, Theme};
    provide_context(Insecure(facts.insecure));
    let looks = Preferences::of_request();
    let assets = facts.assets.clone();
    let fonts: Vec<_> = assets
        .fonts
        .into_iter()
        .map(|href| view! { <link rel="preload" href=href r#as="font" r#type="font/woff2" crossorigin="anonymous" /> })
        .collect();
    view! {
        <!DOCTYPE html>
        <html
            lang="en"
            data-theme=(looks.theme != Theme::System).then_some(looks.theme.word())
            data-rail=looks.narrow_rail.then_some("narrow")
            data-density=looks.compact.then_some("compact")
            data-keys=looks.no_letter_keys.then_some("off")
        >
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                {(!assets.stylesheet.is_empty())
                    .then(|| view! { <link rel="stylesheet" href=assets.stylesheet /> })}
                {fonts}
                {(!assets.icon.is_empty())
                    .then(|| view! { <link rel="icon" href=assets.icon r#type="image/svg+xml" /> })}
                {(!assets.pkg.is_empty()).then(|| waking(&assets.pkg))}
                <leptos_meta::MetaTags />
            </head>
            <body>
                <crate::App />
            </body>
        </html>
    }
}

/// The scripts that wake the page up. The framework's own would write the nonce into the page a second time, where styles could read it.
#[cfg(feature = "ssr")]
fn waking(pkg: &str) -> impl IntoView + use<> {
    let nonce = use_nonce();
    let (script, wasm) = (format!("{pkg}/slipway.js"), format!("{pkg}/slipway_bg.wasm"));
    let start = format!(
        "import({script:?}).then(page => page.default({{ module_or_path: {wasm:?} }}).then(() => page.hydrate()))"
    );
    view! {
        <link rel="modulepreload" href=script nonce=nonce.clone() />
        <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin="anonymous" />
        <script type="module" nonce=nonce>
            {start}
        </script>
    }
}
