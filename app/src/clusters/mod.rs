//! Clusters: the list, connecting one, its settings and its test, removing it. For administrators.

pub mod connect_page;
pub mod detail_page;
mod fields;
pub mod functions;
mod kubeconfig_fields;
pub(crate) mod labels;
pub mod list_page;
mod manifest;
#[cfg(feature = "ssr")]
mod read;
pub mod remove_page;
mod verdict;
pub mod view;

use crate::settings::crumbs;
use crate::shell::not_found::Section;
use crate::ui::icon::Glyph;

/// Where a cluster would be.
pub(crate) fn section() -> Section {
    Section::new(crumbs(), "Clusters", "/settings/clusters", "All clusters", Glyph::Server)
}
