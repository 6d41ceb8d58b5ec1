//! Signing in and out, one's own account, and the accounts of everybody.

pub mod account_functions;
pub mod account_page;
pub mod accounts_page;
pub mod session_functions;
pub mod sign_in_page;
pub mod welcome_page;
