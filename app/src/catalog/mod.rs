//! The catalog: the list, an entity, what is not in it and why, and the sources that it is read from.
//!
//! - The state of a list is its address, so that it can be sent to a colleague and works without JavaScript.
//! - Resources are made as a view begins, never after an await, so that server and browser count them alike.
//!
//! Pages and their paths: [`list_page::view`] `/catalog`, [`problems_page::ProblemsPage`] `/catalog/problems`,
//! [`file_page::FilePage`] `/catalog/files/:id`,
//! [`entity_page::view`] `/catalog/:kind/:namespace/:name`, [`orphan_page::RemoveOrphanPage`]
//! `/catalog/:kind/:namespace/:name/remove`, [`orphans_page::RemoveOrphansPage`] `/catalog/orphans/remove`, [`sources_page::SourcesPage`] `/settings/sources`,
//! [`source_form_page::NewSourcePage`] `/settings/sources/new`, [`source_page::SourcePage`] `/settings/sources/:id`,
//! [`remove_source_page::RemoveSourcePage`] `/settings/sources/:id/remove`.

pub mod address;
mod entity_about;
pub mod entity_functions;
pub mod entity_page;
mod entity_panels;
#[cfg(feature = "ssr")]
mod entity_read;
pub mod entity_view;
mod facets;
pub mod file_page;
#[cfg(feature = "ssr")]
mod file_read;
pub mod file_view;
mod files_table;
pub mod labels;
pub mod list_functions;
pub mod list_page;
#[cfg(feature = "ssr")]
mod list_read;
mod list_table;
pub mod list_view;
mod notes;
pub mod orphan_page;
pub mod orphans_functions;
pub mod orphans_page;
#[cfg(feature = "ssr")]
mod orphans_read;
pub mod orphans_view;
pub mod problem_functions;
mod problem_table;
pub mod problem_view;
pub mod problems_page;
mod relations;
pub mod remove_source_page;
mod source_fields;
mod source_form;
pub mod source_form_page;
pub mod source_functions;
pub mod source_page;
#[cfg(feature = "ssr")]
mod source_read;
pub mod source_view;
pub mod sources_page;
pub mod suggest;
mod words;

pub use file_page::FilePage;
pub use orphan_page::RemoveOrphanPage;
pub use orphans_page::RemoveOrphansPage;
pub use problems_page::ProblemsPage;
pub use remove_source_page::RemoveSourcePage;
pub use source_form_page::NewSourcePage;
pub use source_page::SourcePage;
pub use sources_page::SourcesPage;

use crate::settings::crumbs;
use crate::shell::not_found::Section;
use crate::ui::icon::Glyph;

/// Where an entity would be.
pub(crate) fn section() -> Section {
    Section::new(Vec::new(), "Catalog", address::LIST, "Open the catalog", Glyph::Catalog)
}

/// Where a source would be.
pub(crate) fn sources_section() -> Section {
    Section::new(crumbs(), "Catalog sources", "/settings/sources", "All sources", Glyph::Catalog)
}
