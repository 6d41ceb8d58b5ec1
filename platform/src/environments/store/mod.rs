//! All SQL of environments, a file for each of: blueprints, environments, operations with their steps, what is seen.

pub(crate) mod blueprint;
pub(crate) mod environment;
pub(crate) mod operation;
pub(crate) mod sight;

pub use blueprint::*;
pub use environment::*;
pub use operation::*;
pub use sight::*;
