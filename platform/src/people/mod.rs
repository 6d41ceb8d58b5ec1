//! Accounts, sessions, teams of an account, invitations: who signs in, and as whom they act.
//!
//! Invariants:
//! - passwords are kept as argon2id only; session ids and invitation secrets as SHA-256 only;
//! - an unknown name and a wrong password cost the same time and read the same;
//! - what a person may do is read fresh at most [`callers::LIFETIME`] after it changed elsewhere, at once where it changed.

pub mod callers;
mod password;
pub mod service;
pub mod sessions;
pub(crate) mod store;
#[cfg(test)]
mod tests;
mod token;

pub use callers::Callers;
pub use password::Password;
pub use sessions::SignedIn;
pub use token::Secret;
