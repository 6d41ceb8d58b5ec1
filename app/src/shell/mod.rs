//! What stands around every page: the document, the rail, the top bar, the keys.

pub mod arrivals;
pub mod banners;
pub mod contact;
pub mod document;
pub mod facts;
pub mod frame;
pub mod keys;
pub mod keys_help;
pub(crate) mod lazy;
pub mod list_search;
pub mod missing_part;
pub mod not_found;
pub mod page;
pub mod palette;
pub mod preferences;
pub mod preferences_function;
pub mod profile;
pub mod query;
pub mod rail;
pub mod rooms;
pub mod search_box;
pub mod stream;
pub mod suggest;
pub mod viewer;
