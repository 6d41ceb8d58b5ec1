//! Environments: what a blueprint says, what is asked for, what the cluster gets, and how it ends.
//!
//! - Time is a parameter; nothing here reads a clock, a file or the network.
//! - A person's value is only ever a scalar (or a list or map put in whole): it cannot become structure.
//! - Every refusal carries a sentence for the person who meets it.

pub mod blueprint;
pub mod check;
pub mod demand;
pub mod form;
pub mod inspect;
pub mod kinds;
pub mod leaving;
pub mod life;
pub mod lifetime;
pub mod name;
pub mod namespace;
pub mod network;
pub mod phase;
pub mod plan;
pub mod problem;
pub mod quantity;
pub mod readiness;
pub mod receipt;
pub mod render;
pub mod schema;
pub mod size;
pub mod standing;
pub mod status;
pub mod template;
pub mod yaml;
