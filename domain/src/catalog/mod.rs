//! The rules of the catalog: what an entity file may say, what it means, and how it is found.
//!
//! - Nothing here reads a file, a clock or a network: the platform hands in bytes and lists of paths.
//! - The format is Backstage's, read as its catalog reads it; but one broken document never takes
//!   the rest of its file with it.
//!
//! The way of a file: [`yaml::read`] → [`placeholder`] → [`entity::Entity::from_node`] →
//! [`claims::decide`] → [`relations`]. [`location`] and [`walk`] say which files come next;
//! [`query`] and [`search`] find entities again.

pub mod annotations;
pub mod check;
pub mod claims;
pub mod entity;
pub mod guess;
pub mod kind;
pub mod location;
pub mod pattern;
pub mod placeholder;
pub mod problem;
pub mod query;
pub mod reference;
pub mod relations;
pub mod search;
pub mod spec;
pub mod walk;
pub mod yaml;

pub use entity::{Entity, Refused};
pub use kind::Kind;
pub use problem::Problem;
pub use reference::EntityRef;
pub use relations::Relation;
