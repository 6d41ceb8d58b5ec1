//! Connected clusters: who may be asked for environments there, with which account, and whether that account
//! may do what it must.
//!
//! Invariants:
//! - a kubeconfig can name neither a program nor a file of this machine ([`kubeconfig`]);
//! - the rights that the manifest grants and those that a test asks for are one list ([`rights`]);
//! - every call has a time limit and a limit on what it reads ([`api`]), and never reaches a metadata address ([`address`]);
//! - how Slipway signs in is tried before it is kept, and a cluster is connected once (`keep`, which gives the order of locks);
//! - tokens and keys are kept sealed and leave this room only towards their cluster; the time at which a
//!   token ends is kept in clear (`token`).

pub mod address;
pub mod api;
mod client;
pub mod connection;
pub mod contact;
pub mod draft;
pub mod fault;
mod keep;
pub mod kubeconfig;
#[cfg(test)]
mod kubeconfig_tests;
pub mod manifest;
#[cfg(test)]
mod own_account_tests;
mod record;
mod registry;
pub mod rights;
pub mod service;
pub(crate) mod store;
pub(crate) mod token;
pub mod trial;
pub mod watch;

pub use client::{Access, Clients, connect};
pub use connection::{Connection, Credentials, Identity};
pub use fault::Fault;
pub use store::{Named, Twin};
