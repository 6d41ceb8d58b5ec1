//! The rules of Slipway: pure functions and types.
//!
//! Invariants: no I/O, no async, no clock (time is a parameter); it builds for the server and for
//! `wasm32-unknown-unknown`, so that the browser and the server check with the same code.

pub mod catalog;
pub mod clusters;
pub mod dns;
pub mod environments;
pub mod form;
pub mod ids;
pub mod metadata;
pub mod people;
pub mod time;
