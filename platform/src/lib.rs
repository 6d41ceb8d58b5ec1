//! What makes the rules happen: database, jobs, clusters, keys and the use cases of every room.
//!
//! Invariants:
//! - this crate names neither Leptos nor axum;
//! - only [`clock`] reads the clock; everything else is handed the time;
//! - every use case takes a `&Caller` and authorizes as its first fallible statement.

pub mod audit;
pub mod catalog;
pub mod clock;
pub mod clusters;
pub mod db;
pub mod environments;
pub mod error;
pub mod ids;
pub mod jobs;
pub mod logs;
pub mod outgoing;
pub mod people;
pub mod secrets;
mod start;

#[cfg(any(test, feature = "testing"))]
pub mod testing;

pub use error::{Error, Result};
pub use start::{Platform, Settings, handlers};
