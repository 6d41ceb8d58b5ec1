//! Slipway's rules, pure: no I/O, no async, no clock. Builds for the server and for the browser.

pub mod environments;
