//! The service catalog: entities, their references and relations.

pub mod kind;
pub mod reference;
