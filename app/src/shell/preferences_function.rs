//! Keeps a preference where there is no JavaScript to do it.

use domain::form::FormOutcome;
use leptos::prelude::*;

/// Keeps how somebody wants the pages to look and to be used, in their own browser. Whoever is signed in may.
#[server(prefix = "/do", endpoint = "preferences")]
pub async fn set_preferences(
    next: String,
    theme: Option<String>,
    rail: Option<String>,
    density: Option<String>,
    keys: Option<String>,
) -> Result<FormOutcome, ServerFnError> {
    use super::preferences::{DENSITY, KEYS, Preferences, RAIL, THEME};
    let mut preferences = Preferences::of_request();
    let response = expect_context::<leptos_axum::ResponseOptions>();
    let secure = crate::request::public_url().starts_with("https:");
    for (cookie, word) in [(THEME, theme), (RAIL, rail), (DENSITY, density), (KEYS, keys)] {
        let Some(word) = word else { continue };
        preferences.take(cookie, &word);
        let value = http::HeaderValue::from_str(&preferences.cookie(cookie, secure))
            .map_err(|_| ServerFnError::new("the preference cannot be kept"))?;
        response.append_header(http::header::SET_COOKIE, value);
    }
    Ok(FormOutcome::Done { to: crate::request::own_path(next), message: None })
}
