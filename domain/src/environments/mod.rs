//! Environments: what a blueprint says, what is asked for, what the cluster gets, and how it ends.
//!
//! - Time is a parameter; nothing here reads a clock, a file or the network.
//! - A person's value is only ever a scalar (or a list or map put in whole): it cannot become structure.
//! - Every refusal carries a sentence for the person who meets it.

pub mod blueprint;
pub mod yaml;
pub mod problem;
pub mod schema;
pub mod check;
pub mod form;
pub mod size;
pub mod lifetime;
pub mod name;
pub mod kinds;
pub mod template;
pub mod render;
pub mod quantity;
pub mod demand;
pub mod network;
pub mod namespace;
pub mod plan;
pub mod life;
pub mod status;
pub mod readiness;
pub mod receipt;
