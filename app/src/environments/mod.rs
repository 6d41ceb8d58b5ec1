//! Environments: the list, asking for one, its page that follows it live, letting it go.

pub mod functions;
#[cfg(feature = "ssr")]
pub mod read;
pub mod request_functions;
pub mod view;
