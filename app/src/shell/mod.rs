//! The document around every page.

pub mod document;
