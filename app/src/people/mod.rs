//! Signing in and out, one's own account, and the accounts of everybody.

pub mod account_functions;
pub mod session_functions;
