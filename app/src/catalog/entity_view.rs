//! What the page of an entity shows, as the server hands it to the browser. Times are microseconds since the epoch, UTC.

use domain::catalog::{EntityRef, Relation};
use domain::ids::SourceId;
use serde::{Deserialize, Serialize};

use super::list_view::Named;

/// What there is at the address of an entity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EntityAnswer {
    /// The entity.
    Found(Box<EntityView>),
    /// There is none.
    Missing {
        /// What was asked for.
        name: String,
        /// Entities that are called alike.
        near: Vec<Near>,
    },
}

/// An entity that is called alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Near {
    /// Its reference.
    pub reference: EntityRef,
    /// Its name.
    pub name: String,
    /// Its kind as files write it.
    pub kind: String,
}

/// An entity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntityView {
    /// Its reference.
    pub reference: EntityRef,
    /// What a person calls it.
    pub name: String,
    /// Its name as the file writes it.
    pub own_name: String,
    /// Its kind as files write it.
    pub kind: String,
    /// `spec.type`.
    pub of_type: Option<String>,
    /// `spec.lifecycle`.
    pub lifecycle: Option<String>,
    /// What it is, in a sentence or more.
    pub description: Option<String>,
    /// Its owner.
    pub owner: Option<Named>,
    /// Its system.
    pub system: Option<Named>,
    /// Its tags.
    pub tags: Vec<String>,
    /// Its links, and those to its file.
    pub links: Vec<LinkView>,
    /// The address of mail of a group or user.
    pub email: Option<String>,
    /// Where it is described.
    pub source: SourceOfEntity,
    /// When it came.
    pub first_seen_at: i64,
    /// When what it says last changed.
    pub changed_at: i64,
    /// Since when no file describes it.
    pub orphaned_at: Option<i64>,
    /// Its text is wrong; what is shown is the last good state, of this moment.
    pub stale_since: Option<i64>,
    /// What there is to say about its document.
    pub notes: Vec<NoteView>,
    /// Its relations, by relation.
    pub relations: Vec<RelationGroup>,
    /// It is an API, so it may have a definition.
    pub is_api: bool,
    /// Whoever looks may remove it.
    pub may_remove: bool,
}

/// A link of an entity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkView {
    /// What is shown.
    pub label: String,
    /// Where it leads; none for an address that a page must not open.
    pub href: Option<String>,
}

/// Where an entity is described.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceOfEntity {
    /// The source.
    pub id: SourceId,
    /// Its name.
    pub name: String,
    /// Whether an administrator trusts it.
    pub trusted: bool,
    /// It is removed, and has no page.
    pub removed: bool,
    /// The file, from the source's root.
    pub path: String,
    /// The line that the document starts at.
    pub line: u32,
}

/// How much a note matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NoteGravity {
    /// The document is set aside for this, or what it names is not in the catalog.
    Error,
    /// Somebody should look.
    Warning,
    /// An address that is not read.
    NotRead,
}

/// Something to say about a place of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoteView {
    /// How much it matters.
    pub gravity: NoteGravity,
    /// From 1.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
    /// The place in the document, as `metadata.tags[1]`.
    pub path: String,
    /// The sentence.
    pub message: String,
}

/// The other ends of one relation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelationGroup {
    /// As seen from the entity.
    pub relation: Relation,
    /// The other ends, some of them where there are very many.
    pub ends: Vec<RelationEnd>,
    /// How many there are.
    pub total: usize,
}

/// The other end of a relation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelationEnd {
    /// Its reference.
    pub reference: EntityRef,
    /// Its name.
    pub name: String,
    /// Its kind as files write it.
    pub kind: String,
    /// `spec.type`, where it is in the catalog.
    pub of_type: Option<String>,
    /// What it is, where it is in the catalog and says so.
    pub description: Option<String>,
    /// Whether it is in the catalog.
    pub exists: bool,
}

/// What a tab shows that is read only when it is opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Panel {
    /// Everything came with the page.
    WithPage,
    /// The text of its document.
    Text(Box<TextView>),
    /// The definition of an API.
    Definition(Option<String>),
    /// Whose it was, what it was part of.
    History(Vec<IntervalView>),
}

/// The text of an entity's document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextView {
    /// The text.
    pub text: String,
    /// The line of the file that it starts with.
    pub line: u32,
    /// The file, from the source's root.
    pub path: String,
    /// The source.
    pub source: SourceId,
    /// Its name.
    pub source_name: String,
    /// It is removed, and has no page.
    pub source_removed: bool,
    /// The commit that was read.
    pub commit: Option<String>,
    /// The text is no longer in the file.
    pub gone: bool,
    /// Why the file cannot be read now.
    pub file_problem: Option<String>,
    /// What there is to say about it.
    pub notes: Vec<NoteView>,
    /// Documents that describe the same entity and do not count: place and sentence.
    pub rivals: Vec<(String, String)>,
}

/// A time in which a file stated a relation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntervalView {
    /// ownedBy, partOf or memberOf.
    pub relation: Relation,
    /// The other end.
    pub target: Named,
    /// Whose file stated it, where that is not the entity itself.
    pub stated_by: Option<Named>,
    /// Its first moment.
    pub from: i64,
    /// The first moment at which it did not hold any more.
    pub until: Option<i64>,
}
