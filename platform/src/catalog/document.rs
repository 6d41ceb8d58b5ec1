//! What is made of one file's bytes: its documents, each an entity or a list of notes.
//!
//! - Nothing here reads a file: what placeholders name is handed in.
//! - A document that is wrong keeps nothing of its new text but the text itself.

use std::ops::Range;

use domain::catalog::claims::Allowance;
use domain::catalog::guess;
use domain::catalog::placeholder::{self, Placeholder, Target};
use domain::catalog::relations::{self, Relation};
use domain::catalog::yaml::{self, Limits, Node, Piece};
use domain::catalog::{Entity, EntityRef, Kind, Problem};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::hash;
use super::note::Note;

/// From how many bytes on a definition stays outside of the snapshot.
pub(crate) const LARGE_DEFINITION: usize = 4096;

/// A document as it was read.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    /// Its place in the file, from 0.
    pub ordinal: usize,
    /// The line of the file that `text` starts with, from 1.
    pub line: u32,
    /// What it describes, as far as that can be told.
    pub reference: Option<EntityRef>,
    /// What a text that is no YAML seems to mean, so that it is found by that name.
    pub guess: Option<EntityRef>,
    /// Its text; what is no UTF-8 is replaced.
    pub text: String,
    /// What there is to say about it.
    pub notes: Vec<Note>,
    /// What it is.
    pub outcome: Outcome,
}

/// What a document is.
#[derive(Clone, Debug)]
pub(crate) enum Outcome {
    /// An entity.
    Good(Box<Good>),
    /// Wrong: its last good state stays in the catalog.
    SetAside,
    /// Right, but its source may not bring it: nothing of it stays.
    Refused,
}

/// A document that describes an entity.
#[derive(Clone, Debug)]
pub(crate) struct Good {
    /// The entity as JSON, without a large definition.
    pub body: String,
    /// The definition, when it is large.
    pub definition: Option<String>,
    /// Of both.
    pub hash: String,
    /// The relations that history is kept of.
    pub held: Vec<Held>,
    /// The entity itself where it is a Location, with the places of its targets.
    pub location: Option<(Entity, Node)>,
    /// Whose it says that it is.
    pub owner: Option<Owner>,
}

/// Who owns an entity, as its document says it.
#[derive(Clone, Debug)]
pub(crate) struct Owner {
    pub reference: EntityRef,
    /// Where that stands: line and column.
    pub at: (u32, u32),
}

/// A relation that history is kept of, from its subject's end.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct Held {
    pub source: EntityRef,
    pub relation: Relation,
    pub target: EntityRef,
}

/// A document whose placeholders are still to be read.
#[derive(Debug)]
pub(crate) struct Waiting {
    /// The document so far.
    pub document: Document,
    root: Node,
    /// What it needs.
    pub placeholders: Vec<Placeholder>,
}

/// What a file gives: whole documents, and those that wait for other files.
pub(crate) enum Part {
    Whole(Document),
    Waiting(Box<Waiting>),
}

/// Reads a file's documents. The error concerns the whole file.
pub(crate) fn read(
    path: &str,
    bytes: &[u8],
    limits: &Limits,
    allowance: &Allowance,
) -> Result<Vec<Part>, Problem> {
    let mut lines = Lines { bytes, at: 0, line: 1 };
    let pieces = yaml::read(bytes, limits)?;
    let part = |piece| match piece {
        Piece::Broken(broken) => {
            let (line, text) = lines.text(broken.bytes);
            Part::Whole(Document {
                ordinal: broken.index,
                line,
                reference: None,
                guess: guess::reference(&text),
                text,
                notes: broken.problems.into_iter().map(Note::error).collect(),
                outcome: Outcome::SetAside,
            })
        }
        Piece::Document(read) => {
            let (line, text) = lines.text(read.bytes);
            let (placeholders, problems) = placeholder::find(&read.root, path);
            let document = Document {
                ordinal: read.index,
                line,
                reference: None,
                guess: None,
                text,
                notes: problems.into_iter().map(Note::error).collect(),
                outcome: Outcome::SetAside,
            };
            if placeholders.is_empty() {
                Part::Whole(document.check(read.root, allowance))
            } else {
                Part::Waiting(Box::new(Waiting { document, root: read.root, placeholders }))
            }
        }
    };
    Ok(pieces.into_iter().map(part).collect())
}

impl Waiting {
    /// Puts in what its placeholders name. `contents` gives the bytes of a file of the source.
    pub(crate) fn finish(
        mut self,
        limits: &Limits,
        allowance: &Allowance,
        mut contents: impl FnMut(&str) -> Result<Vec<u8>, String>,
    ) -> Document {
        let read: Vec<Option<Result<Vec<u8>, String>>> = self
            .placeholders
            .iter()
            .map(|placeholder| match &placeholder.target {
                Target::File(path) => Some(contents(path)),
                Target::NotReadYet(_) => None,
            })
            .collect();
        let mut next = read.iter();
        let problems = placeholder::substitute(&mut self.root, &self.placeholders, limits, |_| {
            next.next()?.as_ref().map(|read| read.as_deref().map_err(Clone::clone))
        });
        self.document.notes.extend(problems.into_iter().map(Note::error));
        let mut document = self.document.check(self.root, allowance);
        for placeholder in &self.placeholders {
            if let Target::NotReadYet(address) = &placeholder.target {
                document.notes.push(Note::not_read(
                    placeholder.line,
                    placeholder.column,
                    &placeholder.path,
                    address,
                ));
            }
        }
        document
    }
}

impl Document {
    /// Decides what the document is, now that all of it is there.
    fn check(mut self, root: Node, allowance: &Allowance) -> Self {
        let could_not_read = !self.notes.is_empty();
        let (kind, namespace) = (root.position("kind"), root.position("metadata.namespace"));
        let owner_at = root.position("spec.owner");
        let places =
            (root.get("kind").and_then(Node::as_text) == Some(Kind::Location.as_str())).then(|| root.clone());
        match Entity::from_node(root) {
            Err(refused) => {
                self.reference = refused.reference;
                self.notes.extend(refused.problems.into_iter().map(Note::error));
            }
            Ok(entity) => {
                self.reference = Some(entity.reference().clone());
                if let Some((path, message)) = allowance.refuse(&entity) {
                    let (line, column) = if path == "kind" { kind } else { namespace };
                    self.notes.push(Note::error(Problem { line, column, path: path.to_owned(), message }));
                    self.outcome = Outcome::Refused;
                } else if !could_not_read {
                    match good(entity, places, owner_at) {
                        Ok(good) => self.outcome = Outcome::Good(Box::new(good)),
                        Err(error) => self.notes.push(Note::error(Problem {
                            line: self.line,
                            column: 1,
                            path: String::new(),
                            message: format!("The document cannot be stored: {error}."),
                        })),
                    }
                }
            }
        }
        self
    }
}

fn good(mut entity: Entity, places: Option<Node>, owner_at: (u32, u32)) -> Result<Good, serde_json::Error> {
    let held = held(&entity);
    let owner = entity.owner().map(|reference| Owner { reference, at: owner_at });
    let is_large = |text: &&mut Json| matches!(text, Json::String(text) if text.len() >= LARGE_DEFINITION && !text.contains('\0'));
    let definition = match entity.spec.get_mut("definition").filter(is_large) {
        Some(Json::String(text)) => Some(std::mem::take(text)),
        _ => None,
    };
    if definition.is_some() {
        entity.spec.shift_remove("definition");
    }
    let body = serde_json::to_string(&entity)?;
    let hash = hash::hex(&[body.as_bytes(), definition.as_deref().unwrap_or_default().as_bytes()]);
    Ok(Good { body, definition, hash, held, location: places.map(|places| (entity, places)), owner })
}

/// The relations that history is kept of, as an entity states them.
pub(crate) fn held(entity: &Entity) -> Vec<Held> {
    let from_subject = |(relation, target): (Relation, EntityRef)| {
        let source = entity.reference().clone();
        match relation {
            Relation::OwnedBy | Relation::PartOf | Relation::MemberOf => {
                Some(Held { source, relation, target })
            }
            Relation::OwnerOf | Relation::HasPart | Relation::HasMember => {
                Some(Held { source: target, relation: relation.inverse(), target: source })
            }
            _ => None,
        }
    };
    relations::stated(entity).into_iter().filter_map(from_subject).collect()
}

/// Counts lines from one document to the next.
struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u32,
}

impl Lines<'_> {
    /// The text of a document without its `---` line, and the number of the line that it then starts with.
    fn text(&mut self, range: Range<usize>) -> (u32, String) {
        let mut start = range.start;
        let first = &self.bytes[start..range.end];
        if let Some(rest) = first.strip_prefix(b"---") {
            let end = rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |at| at + 1);
            if rest[..end].iter().all(u8::is_ascii_whitespace) {
                start += 3 + end;
            }
        }
        let between = self.bytes.get(self.at..start).unwrap_or_default();
        let breaks = between
            .iter()
            .enumerate()
            .filter(|(at, byte)| **byte == b'\n' || **byte == b'\r' && between.get(at + 1) != Some(&b'\n'))
            .count();
        self.line += u32::try_from(breaks).unwrap_or_default();
        self.at = start;
        (self.line, clean(&String::from_utf8_lossy(&self.bytes[start..range.end])))
    }
}

/// A text that every database can hold: PostgreSQL knows no NUL.
pub(crate) fn clean(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}
