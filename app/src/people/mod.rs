//! Signing in and out, one's own account, and the accounts of everybody.

pub mod account_functions;
pub mod account_page;
pub mod accounts_page;
#[cfg(feature = "ssr")]
mod browser_words;
pub mod own_session_functions;
pub mod person_page;
pub mod reset_page;
pub mod session_functions;
mod sessions_card;
pub mod sign_in_page;
pub mod welcome_page;

use crate::settings::crumbs;
use crate::shell::not_found::Section;
use crate::ui::icon::Glyph;

/// Where an account would be.
pub(crate) fn section() -> Section {
    Section::new(crumbs(), "People", "/settings/people", "All people", Glyph::Users)
}
