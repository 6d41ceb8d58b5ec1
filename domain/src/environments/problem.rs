//! What is wrong with a blueprint, where it stands, in a person's words.

use std::fmt;

/// A place in a file; lines and columns count from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub line: u32,
    pub column: u32,
}

/// One finding. Shown as `line:column: path: sentence`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Problem {
    pub position: Position,
    /// The node's path in dotted form (`parameters.properties.port`), empty for the whole file.
    pub path: String,
    /// What is wrong and what to do.
    pub sentence: String,
}

impl Problem {
    /// `pointer` is a JSON pointer (RFC 6901); it is kept in the dotted form that people write.
    pub fn new(position: Position, pointer: &str, sentence: impl Into<String>) -> Self {
        Problem { position, path: dotted(pointer), sentence: sentence.into() }
    }
}

/// What the reader of YAML found.
impl From<crate::catalog::problem::Problem> for Problem {
    fn from(found: crate::catalog::problem::Problem) -> Self {
        let position = Position { line: found.line, column: found.column };
        Problem { position, path: found.path, sentence: found.message }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}: {}", self.position.line, self.position.column, self.sentence)
    }
}

/// A finding before its place in the file is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// JSON pointer (RFC 6901) of the node.
    pub pointer: String,
    pub sentence: String,
}

impl Finding {
    pub fn new(pointer: impl Into<String>, sentence: impl Into<String>) -> Self {
        Finding { pointer: pointer.into(), sentence: sentence.into() }
    }

    /// Gives the finding its place, from the reader of the file.
    pub fn at(self, position: impl Fn(&str) -> Position) -> Problem {
        let place = position(&self.pointer);
        Problem::new(place, &self.pointer, self.sentence)
    }
}

/// A JSON pointer in the form people write: `steps[1].manifests[0].kind`.
pub fn dotted(pointer: &str) -> String {
    let mut out = String::new();
    for part in pointer.split('/').skip(1) {
        let part = part.replace("~1", "/").replace("~0", "~");
        if !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()) {
            out.push_str(&format!("[{part}]"));
        } else {
            if !out.is_empty() {
                out.push('.');
            }
            out.push_str(&part);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::dotted;

    #[test]
    fn a_pointer_reads_as_people_write_it() {
        assert_eq!(dotted("/steps/1/manifests/0/kind"), "steps[1].manifests[0].kind");
        assert_eq!(dotted("/metadata/annotations/a~1b"), "metadata.annotations.a/b");
        assert_eq!(dotted(""), "");
    }
}
