//! Who asks, and what they may do.

mod caller;
mod permission;
#[cfg(test)]
mod permission_tests;

pub use caller::{Caller, Membership, Person, System};
pub use permission::{Action, Denied, Owned, authorize};
