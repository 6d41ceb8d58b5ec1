//! Signing in and out, one's own account, and the accounts of everybody.

pub mod account_functions;
pub mod account_page;
pub mod accounts_page;
#[cfg(feature = "ssr")]
mod browser_words;
pub mod own_session_functions;
pub mod session_functions;
mod sessions_card;
pub mod sign_in_page;
pub mod welcome_page;
