//! One YAML document as a JSON value whose nodes know their place, read by the catalog's reader.

use serde_json::Value;

use super::problem::{Position, Problem};
use crate::catalog::yaml::{self, Limits, Node, Piece};

/// A blueprint is a page or two.
const LIMITS: Limits = Limits { bytes: 512 * 1024, depth: 64, nodes: 20_000 };

/// A document and the place of each of its nodes.
#[derive(Debug, Clone)]
pub struct Document {
    pub value: Value,
    root: Node,
}

impl Document {
    /// Where the node at a JSON pointer (RFC 6901) stands; the nearest parent's place if it has none.
    pub fn position(&self, pointer: &str) -> Position {
        let (mut node, mut place) = (&self.root, Position { line: self.root.line, column: self.root.column });
        for part in pointer.split('/').skip(1) {
            let key = part.replace("~1", "/").replace("~0", "~");
            // A person looks for the key: a value may begin lines below it.
            if let Some(entry) = node.entry(&key) {
                (node, place) = (&entry.node, Position { line: entry.line, column: entry.column });
            } else if let Some(item) = key.parse().ok().and_then(|index: usize| node.items().get(index)) {
                (node, place) = (item, Position { line: item.line, column: item.column });
            } else {
                break;
            }
        }
        place
    }
}

/// Reads `text`, which must hold exactly one document.
pub fn read(text: &str) -> Result<Document, Vec<Problem>> {
    let whole = |line, sentence: &str| Problem::new(Position { line, column: 1 }, "", sentence);
    let mut pieces = yaml::read(text.as_bytes(), &LIMITS).map_err(|problem| vec![problem.into()])?;
    if pieces.len() > 1 {
        let line = match &pieces[1] {
            Piece::Document(document) => document.root.line,
            Piece::Broken(broken) => broken.problems.first().map_or(1, |problem| problem.line),
        };
        return Err(vec![whole(line, "The file holds more than one document. Keep one.")]);
    }
    match pieces.pop() {
        Some(Piece::Document(document)) => {
            Ok(Document { value: document.root.to_json(), root: document.root })
        }
        Some(Piece::Broken(broken)) => Err(broken.problems.into_iter().map(Problem::from).collect()),
        None => Err(vec![whole(1, "The file is empty.")]),
    }
}

/// The pointer of a key below `path`, escaped as RFC 6901 says.
pub fn child(path: &str, key: &str) -> String {
    format!("{path}/{}", key.replace('~', "~0").replace('/', "~1"))
}

#[cfg(test)]
mod tests;
