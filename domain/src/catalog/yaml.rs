//! Reads YAML files of several documents into trees that know where each value stands.
//!
//! - One broken document never takes its neighbours with it: files are cut at their `---` lines
//!   first, and YAML 1.2 forbids such a line inside a document (9.1.4, `c-forbidden`).
//! - What a file can make the reader hold is bounded: size, depth, values, and what aliases add.
//! - Scalars follow the core schema of YAML 1.2 (10.3); merge keys are plain keys; a document that
//!   is empty or null is skipped; a key that stands twice is an error.
//! - Nothing here panics, whatever the bytes.

mod budget;
mod build;
mod guard;
mod node;
mod path;
mod scalar;
mod split;

use std::ops::Range;

pub use node::{Entry, Node, Value, into_object};
pub use path::{Step, child, item, steps};

use super::problem::Problem;

/// What a file may cost. All limits are inclusive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Size of a file, in bytes; also what its aliases may add, in bytes of text.
    pub bytes: usize,
    /// Lists and maps inside each other.
    pub depth: usize,
    /// Values of one document; also what the aliases of a file may add, in values.
    pub nodes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { bytes: 5_000_000, depth: 100, nodes: 200_000 }
    }
}

/// One document of a file, read whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// Its place among the documents of the file, from 0; skipped ones count.
    pub index: usize,
    /// Where it stands in the file, in bytes, from its `---` line on.
    pub bytes: Range<usize>,
    pub root: Node,
}

/// One document of a file that could not be read.
#[derive(Debug, Clone, PartialEq)]
pub struct Broken {
    pub index: usize,
    pub bytes: Range<usize>,
    /// At least one.
    pub problems: Vec<Problem>,
}

/// A document, or what is wrong with it.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    Document(Document),
    Broken(Broken),
}

/// Reads all documents of a file, in their order. The error is about the file as a whole.
pub fn read(file: &[u8], limits: &Limits) -> Result<Vec<Piece>, Problem> {
    if file.len() > limits.bytes {
        return Err(Problem {
            line: 1,
            column: 1,
            path: String::new(),
            message: format!(
                "The file has {} bytes; at most {} are read. Split it, or move large texts into files of their own and name them by $text.",
                file.len(),
                limits.bytes
            ),
        });
    }
    let mut budget = budget::Budget::new(limits);
    let mut pieces = Vec::new();
    let mut index = 0;
    for segment in split::segments(file) {
        match std::str::from_utf8(&file[segment.bytes.clone()]) {
            Ok(text) => build::documents(text, &segment, limits, &mut budget, &mut index, &mut pieces),
            Err(error) => {
                let problem = not_utf8(file, &segment, error.valid_up_to());
                pieces.push(Piece::Broken(Broken {
                    index,
                    bytes: segment.bytes.clone(),
                    problems: vec![problem],
                }));
                index += 1;
            }
        }
    }
    Ok(pieces)
}

fn not_utf8(file: &[u8], segment: &split::Segment, valid: usize) -> Problem {
    let at = segment.bytes.start + valid;
    let before = &file[segment.bytes.start..at];
    let (lines, last) = split::lines_before(before);
    // What stands before the bad byte is valid, so this never falls back.
    let column = std::str::from_utf8(&before[last..]).map_or(0, |text| text.chars().count());
    Problem {
        line: segment.line + lines,
        column: u32::try_from(column).unwrap_or(u32::MAX - 1) + 1,
        path: String::new(),
        message: format!("Byte {at} of the file (0x{:02X}) is not UTF-8. Save the file as UTF-8.", file[at]),
    }
}

#[cfg(test)]
#[path = "yaml_tests.rs"]
mod tests;
