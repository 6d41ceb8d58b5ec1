//! Slipway.
pub mod catalog;
