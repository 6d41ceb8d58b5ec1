//! What every request passes before it reaches a page or a use case, and after.

pub mod address;
pub mod caller;
pub mod csrf;
pub mod flash;
pub mod headers;
pub mod nul;
pub mod session_store;
