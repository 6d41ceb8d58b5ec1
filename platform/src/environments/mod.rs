//! Environments: asked for, made step by step, kept in sight, and taken away with proof.

pub mod kubernetes;
pub mod rows;
pub(crate) mod store;
