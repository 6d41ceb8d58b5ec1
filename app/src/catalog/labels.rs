//! What the form of a source calls its settings: the record says what was changed in the same words.

pub const PLACE: &str = "Kind";
pub const FOLDER: &str = "Folder";
pub const GIT: &str = "Git repository";
pub const BRANCH: &str = "Branch";
pub const GLOB: &str = "Files to start from";
pub const EVERY: &str = "Read every";
pub const TRUSTED: &str = "Trusted";
pub const RULE: &str = "Kinds";
pub const RULE_DEFAULT: &str = "Default for its trust";
pub const RULE_ALL: &str = "Everything";
pub const RULE_ALL_BUT: &str = "All but some kinds";
pub const RULE_ONLY: &str = "Only some kinds";
pub const KINDS: &str = "Which kinds";
pub const NAMESPACES: &str = "Namespaces";
