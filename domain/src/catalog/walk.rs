//! The order in which the files of a source are read, as Locations name one another.
//!
//! - Each file is handed out once, so a ring of Locations ends; it is noted, since the person who
//!   wrote it did not mean it.
//! - What can be followed is bounded in depth and in number.

use std::collections::{HashMap, VecDeque};

use serde::{Deserialize, Serialize};

use super::{problem::Problem, reference::EntityRef};

/// How far Locations are followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WalkLimits {
    /// Locations from a root file to the last; a root file has depth 0.
    pub depth: usize,
    /// Files of one source.
    pub files: usize,
}

impl Default for WalkLimits {
    fn default() -> Self {
        WalkLimits { depth: 20, files: 10_000 }
    }
}

/// The Location that named a file, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedBy {
    pub file: String,
    pub location: EntityRef,
    pub line: u32,
    pub column: u32,
}

/// A file to read, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    pub file: String,
    pub depth: usize,
    /// The first Location that named it; `None` for a root file.
    pub named_by: Option<NamedBy>,
}

/// Something about a walk that a page tells, with the file whose document it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WalkNote {
    pub file: String,
    /// A cycle is only noted; a limit leaves a file out of the catalog.
    pub is_error: bool,
    pub problem: Problem,
}

/// A walk over the files of one source. Take a file by [`Walk::next_file`], read it, and tell the
/// walk by [`Walk::named`] what its Locations name.
#[derive(Debug)]
pub struct Walk {
    limits: WalkLimits,
    queue: VecDeque<Visit>,
    /// Every file that was handed out or waits, with the file that named it first.
    parents: HashMap<String, Option<String>>,
    notes: Vec<WalkNote>,
}

impl Walk {
    /// Starts at the root files, in the order given.
    pub fn new(roots: Vec<String>, limits: WalkLimits) -> Self {
        let mut walk = Walk { limits, queue: VecDeque::new(), parents: HashMap::new(), notes: Vec::new() };
        for file in roots {
            if walk.parents.contains_key(&file) {
                continue;
            }
            if walk.parents.len() >= walk.limits.files {
                walk.note_full(&file, 1, 1, String::new());
                break;
            }
            walk.parents.insert(file.clone(), None);
            walk.queue.push_back(Visit { file, depth: 0, named_by: None });
        }
        walk
    }

    /// The next file to read. Files are read breadth first, so the shortest way to a file names it.
    pub fn next_file(&mut self) -> Option<Visit> {
        self.queue.pop_front()
    }

    /// Tells that a Location in the file of `visit` names `files` by the target at `path`.
    pub fn named(&mut self, visit: &Visit, by: &NamedBy, path: &str, files: &[String]) {
        for file in files {
            // A glob may well match the very file that it stands in.
            if *file == visit.file && files.len() > 1 {
                continue;
            }
            if self.parents.contains_key(file) {
                if self.leads_to(file, &visit.file) {
                    let way = if *file == visit.file {
                        "itself".to_owned()
                    } else {
                        format!("`{file}`, which leads back here")
                    };
                    self.note(
                        visit,
                        by,
                        path,
                        false,
                        format!("This Location names {way}. The file is read once."),
                    );
                }
                continue;
            }
            if visit.depth >= self.limits.depth {
                let message = format!(
                    "`{file}` is not read: Locations are followed over at most {} others.",
                    self.limits.depth
                );
                self.note(visit, by, path, true, message);
                continue;
            }
            if self.parents.len() >= self.limits.files {
                self.note_full(&visit.file, by.line, by.column, path.to_owned());
                return;
            }
            self.parents.insert(file.clone(), Some(visit.file.clone()));
            self.queue.push_back(Visit {
                file: file.clone(),
                depth: visit.depth + 1,
                named_by: Some(by.clone()),
            });
        }
    }

    /// What there is to say about the walk so far.
    pub fn notes(&self) -> &[WalkNote] {
        &self.notes
    }

    /// Whether a limit kept it from files: one that was not handed out may be named all the same.
    pub fn met_limit(&self) -> bool {
        self.notes.iter().any(|note| note.is_error)
    }

    /// Whether `ancestor` stands on the way from a root to `file`, or is the file itself. The way is at
    /// most as long as the limit of depth.
    fn leads_to(&self, ancestor: &str, file: &str) -> bool {
        let mut at = Some(file);
        while let Some(file) = at {
            if file == ancestor {
                return true;
            }
            at = self.parents.get(file).and_then(Option::as_deref);
        }
        false
    }

    fn note(&mut self, visit: &Visit, by: &NamedBy, path: &str, is_error: bool, message: String) {
        let problem = Problem { line: by.line, column: by.column, path: path.to_owned(), message };
        self.notes.push(WalkNote { file: visit.file.clone(), is_error, problem });
    }

    fn note_full(&mut self, file: &str, line: u32, column: u32, path: String) {
        let message = format!(
            "A source has at most {} files; the files that this names beyond that are not read. Split the source.",
            self.limits.files
        );
        self.notes.push(WalkNote {
            file: file.to_owned(),
            is_error: true,
            problem: Problem { line, column, path, message },
        });
    }
}

#[cfg(test)]
#[path = "walk_tests.rs"]
mod tests;
