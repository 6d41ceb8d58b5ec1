//! How a person wants the pages to look. Kept in cookies of their browser, so that the first byte of a page is right already.

use serde::{Deserialize, Serialize};

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Theme {
    /// As the machine is set.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// All of it. Each is one of two or three words, so that a cookie can hold nothing else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preferences {
    /// Light or dark.
    pub theme: Theme,
    /// The rail shows its icons alone.
    pub narrow_rail: bool,
    /// Lower rows.
    pub compact: bool,
    /// Letters on their own do nothing: whoever speaks to their machine, or presses keys unawares, can do without (WCAG 2.2, 2.1.4).
    pub no_letter_keys: bool,
}

/// The cookie of the theme.
pub const THEME: &str = "slipway-theme";
/// The cookie of the rail.
pub const RAIL: &str = "slipway-rail";
/// The cookie of the rows.
pub const DENSITY: &str = "slipway-density";
/// The cookie of the keys.
pub const KEYS: &str = "slipway-keys";

impl Theme {
    /// The word for it in the cookie and in the document.
    pub const fn word(self) -> &'static str {
        match self {
            Theme::System => "system",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }
}

impl Preferences {
    /// Takes one preference by the name of its cookie. What is no known word is passed over.
    pub fn take(&mut self, cookie: &str, word: &str) {
        match (cookie, word) {
            (THEME, "system") => self.theme = Theme::System,
            (THEME, "light") => self.theme = Theme::Light,
            (THEME, "dark") => self.theme = Theme::Dark,
            (RAIL, "narrow") => self.narrow_rail = true,
            (RAIL, "open") => self.narrow_rail = false,
            (DENSITY, "compact") => self.compact = true,
            (DENSITY, "comfortable") => self.compact = false,
            (KEYS, "off") => self.no_letter_keys = true,
            (KEYS, "on") => self.no_letter_keys = false,
            _ => {}
        }
    }

    /// The preferences of a `Cookie` header (RFC 6265 section 4.2.1).
    pub fn of_cookies(header: &str) -> Self {
        let mut preferences = Self::default();
        for pair in header.split(';') {
            if let Some((name, value)) = pair.trim().split_once('=') {
                preferences.take(name, value);
            }
        }
        preferences
    }

    /// The word of one preference.
    pub fn word(&self, cookie: &str) -> &'static str {
        match cookie {
            RAIL if self.narrow_rail => "narrow",
            RAIL => "open",
            DENSITY if self.compact => "compact",
            DENSITY => "comfortable",
            KEYS if self.no_letter_keys => "off",
            KEYS => "on",
            _ => self.theme.word(),
        }
    }

    /// The cookie that keeps one preference for a year.
    pub fn cookie(&self, cookie: &str, secure: bool) -> String {
        let secure = if secure { "; Secure" } else { "" };
        format!("{cookie}={}; Path=/; Max-Age=31536000; SameSite=Lax{secure}", self.word(cookie))
    }

    /// The preferences of whoever asked for the page.
    #[cfg(feature = "ssr")]
    pub fn of_request() -> Self {
        let parts = leptos::prelude::use_context::<http::request::Parts>();
        let cookies = parts.as_ref().and_then(|parts| parts.headers.get(http::header::COOKIE));
        cookies.and_then(|value| value.to_str().ok()).map(Self::of_cookies).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_hold_known_words_only() {
        let read = Preferences::of_cookies(
            "a=b; slipway-theme=dark;slipway-rail=narrow; slipway-density=compact; slipway-keys=off",
        );
        let all = Preferences { theme: Theme::Dark, narrow_rail: true, compact: true, no_letter_keys: true };
        assert_eq!(read, all);
        let junk = Preferences::of_cookies(
            "slipway-theme=\"><script>; slipway-rail; =; slipway-density=tiny; slipway-keys=none",
        );
        assert_eq!(junk, Preferences::default());
    }

    #[test]
    fn what_is_written_is_read() {
        let mine =
            Preferences { theme: Theme::Light, narrow_rail: true, compact: true, no_letter_keys: true };
        let header = [THEME, RAIL, DENSITY, KEYS].map(|name| mine.cookie(name, true)).join("; ");
        assert_eq!(Preferences::of_cookies(&header), mine);
        assert_eq!(mine.cookie(THEME, false), "slipway-theme=light; Path=/; Max-Age=31536000; SameSite=Lax");
    }
}
