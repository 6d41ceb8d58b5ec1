//! The annotations that Slipway honours, by their keys (Backstage, "Well-known annotations").

/// Where people read the file.
pub const VIEW_URL: &str = "backstage.io/view-url";
/// Where people edit the file.
pub const EDIT_URL: &str = "backstage.io/edit-url";
/// Where the source code lives, as `type:target`.
pub const SOURCE_LOCATION: &str = "backstage.io/source-location";
