//! Checks a document against the rules of entity files.
//!
//! - All problems of a document are reported at once, in the order of the file, each with its place.
//! - References are read here too, so that a wrong one is reported at its place.
//! - A kind that is not listed gets the check of the envelope alone.

mod context;
mod envelope;
mod metadata;
mod spec;

pub use context::Checker;

use super::{problem::Problem, yaml::Node};

/// Everything that is wrong with a document; empty when it is an entity.
pub fn check(root: &Node) -> Vec<Problem> {
    let mut checker = Checker::default();
    envelope::check(root, &mut checker);
    checker.into_problems()
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;
