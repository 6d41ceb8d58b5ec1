//! All SQL of environments, a file for each of: blueprints, environments, their names, operations with their steps, what is seen, what took how long.

pub(crate) mod blueprint;
pub(crate) mod environment;
pub(crate) mod named;
pub(crate) mod operation;
pub(crate) mod sight;
pub(crate) mod usual;

pub use blueprint::*;
pub use environment::*;
pub use named::*;
pub use operation::*;
pub use sight::*;
pub use usual::*;
