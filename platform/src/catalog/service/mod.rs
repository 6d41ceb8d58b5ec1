//! The use cases of the catalog. Each authorizes before anything else.

mod entities;
mod file;
mod files;
mod history;
mod orphans;
#[cfg(any(test, feature = "testing"))]
mod run_refresh;
mod sources;

pub use entities::{
    EntityPage, EntityText, Rival, entity_definition, entity_text, find_entity, list_entities, near_entities,
    search_entities,
};
pub use file::{FilePage, find_file};
pub use files::{
    DocumentState, FileState, Finding, FindingDocument, FindingPage, SourceFile, Unreferenced,
    count_findings, find_problems, list_source_files,
};
pub use history::{Interval, entity_history};
pub use orphans::{Orphans, WhichOrphans, list_orphans, remove_orphan, remove_orphans};
#[cfg(any(test, feature = "testing"))]
pub use run_refresh::run_refresh;
pub use sources::{
    add_source, change_source, find_source, list_sources, refresh_source, remove_source, stop_source,
};
