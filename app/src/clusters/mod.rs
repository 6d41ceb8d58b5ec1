//! Clusters: the list, connecting one, its settings and its test, removing it. For administrators.

pub mod connect_page;
pub mod detail_page;
mod fields;
pub mod functions;
mod kubeconfig_fields;
pub mod list_page;
mod manifest;
#[cfg(feature = "ssr")]
mod read;
pub mod remove_page;
mod verdict;
pub mod view;
