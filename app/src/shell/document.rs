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

/// How the code of the page is loaded, and what is done where it does not come, as when Slipway or the proxy before it went away while the
/// document was loaded: that is said until Slipway answers, and then the document is loaded again. Where Slipway answers at the first look
/// it may have been away for a moment, or the code may be missing for good: so it is loaded again once a minute at most. Nothing is taken
/// from anybody: where something was typed, or the page says what no second one says (what a form left is gone with the page that shows
/// it), a banner leaves the reload to the person. The page itself works without scripts all the while. A fault of the code once it is there
/// is no fault of the way: it is left to the browser to tell, as is a browser that runs no WebAssembly.
#[cfg(feature = "ssr")]
const LOADING: &str = r#"const answers = () => fetch("/readyz", { method: "HEAD" }).then(answer => answer.status < 500, () => false);
const typed = field => field.options
  ? field.selectedIndex !== Math.max(0, [...field.options].findIndex(option => option.defaultSelected))
  : field.value !== field.defaultValue || field.checked !== field.defaultChecked;
const loses = () => document.querySelector("[data-came-back], .left-over, .toast") !== null
  || [...document.querySelectorAll("input, select, textarea")].some(typed);
const show = (id, shown) => document.getElementById(id)?.toggleAttribute("hidden", !shown);
let trying = false;
const again = async error => {
  if (!globalThis.WebAssembly) throw error;
  if (trying) return;
  trying = true;
  console.warn("the code of this page could not be fetched", error);
  let often = Date.now() - Number(sessionStorage.getItem("woken")) < 60000;
  if (!await answers()) {
    often = false;
    show("unanswered", true);
    do await new Promise(later => setTimeout(later, 3000)); while (!await answers());
    show("unanswered", false);
  }
  if (often || loses()) return show("unloaded", true);
  sessionStorage.setItem("woken", Date.now());
  location.reload();
};
addEventListener("part-missing", () => again("a part of it"));
const load = async (script, wasm) => {
  const page = await import(script);
  const code = fetch(wasm).then(answer => {
    if (!answer.ok) throw new Error(`${wasm}: ${answer.status}`);
    return answer;
  });
  await page.default({ module_or_path: code });
  return page;
};
"#;

/// The scripts that wake the page up. The framework's own would write the nonce into the page a second time, where styles could read it.
#[cfg(feature = "ssr")]
fn waking(pkg: &str) -> impl IntoView + use<> {
    let nonce = use_nonce();
    let (script, wasm) = (format!("{pkg}/slipway.js"), format!("{pkg}/slipway_bg.wasm"));
    let start = format!("{LOADING}load({script:?}, {wasm:?}).then(page => page.hydrate(), again);");
    view! {
        <link rel="modulepreload" href=script nonce=nonce.clone() />
        <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin="anonymous" />
        <script type="module" nonce=nonce>
            {start}
        </script>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::super::contact::{BANNER, PART_MISSING, READY, UNLOADED};
    use super::LOADING;

    #[test]
    fn the_script_names_what_the_frame_and_the_code_name() {
        for name in [BANNER, PART_MISSING, READY, UNLOADED] {
            assert!(LOADING.contains(&format!("\"{name}\"")), "{name}");
        }
    }
}
