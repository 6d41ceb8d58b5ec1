//! Reads a source: walks its files as Locations name one another, and says what became of each.
//!
//! - Nothing is stored here. What comes out is the difference to what is stored already.
//! - A file whose contents did not change is not read again, unless it names other files.
//! - A Location that is wrong now still leads where its last good state led, so that one slip does not take a whole
//!   catalog away.
//! - What one source may make Slipway hold is bounded. What a bound keeps from being met is not called gone: it may be there.

mod found;

use std::collections::HashSet;

use domain::catalog::claims::Allowance;
use domain::catalog::location::{self, Asked, SourceFiles};
use domain::catalog::walk::{NamedBy, Visit, Walk, WalkLimits};
use domain::catalog::yaml::Limits;
use domain::catalog::{EntityRef, Problem};

use super::cores::on_all_cores;
use super::document::{self, Document, Outcome, Part};
use super::hash;
use super::note::Note;
use super::pair::pair;
use super::tree::{Listed, Listing, Tree};

pub(crate) use found::{Earlier, EarlierDocument, EarlierFile, Found, ReadFile, ReadSource};

/// How much is read.
#[derive(Clone, Debug)]
pub(crate) struct ReadLimits {
    pub file: Limits,
    pub walk: WalkLimits,
    /// Of all files of a run together, in bytes.
    pub run: u64,
}

impl Default for ReadLimits {
    fn default() -> Self {
        ReadLimits { file: Limits::default(), walk: WalkLimits::default(), run: 256 << 20 }
    }
}

/// How many bytes are held at once before they are parsed.
const BATCH: u64 = 32 << 20;
/// Said of a file that is known when a limit came before it.
const BEYOND: &str = "It lies beyond the limit of what is read of one source. Split the source.";
/// YAML files that nothing names: how many are listed.
pub(crate) const MAX_NOT_NAMED: usize = 2000;

/// The files of a run and what holds them.
struct Run<'a> {
    tree: &'a mut dyn Tree,
    listing: &'a Listing,
    files: SourceFiles,
    earlier: &'a Earlier,
    allowance: &'a Allowance,
    limits: &'a ReadLimits,
    walk: Walk,
    left: u64,
    /// Files that placeholders took in.
    taken_in: HashSet<String>,
    read: ReadSource,
}

/// Reads a source. It blocks. The error is about the source as a whole.
pub(crate) fn read(
    tree: &mut dyn Tree,
    listing: &Listing,
    glob: Option<&str>,
    allowance: &Allowance,
    earlier: &Earlier,
    limits: &ReadLimits,
) -> Result<ReadSource, String> {
    let files = SourceFiles::new(listing.files.keys().cloned().collect());
    let roots = files.roots(glob)?;
    let mut read = ReadSource { files: Vec::new(), notes: listing.notes.clone() };
    if roots.is_empty() {
        read.notes.push(match glob {
            Some(glob) => format!("No file matches {glob}. Correct the pattern of this source."),
            None => format!(
                "There is no {} at the root. Add one, or give the source a pattern such as **/catalog-info.yaml.",
                location::ROOT_FILES.join(", ")
            ),
        });
    }
    let walk = Walk::new(roots, limits.walk.clone());
    let mut run = Run {
        tree,
        listing,
        files,
        earlier,
        allowance,
        limits,
        walk,
        left: limits.run,
        taken_in: HashSet::new(),
        read,
    };
    run.all_files();
    run.add_walk_notes();
    run.add_not_met();
    Ok(run.read)
}

impl Run<'_> {
    /// Follows the walk level by level, so that each level can be parsed on all cores.
    fn all_files(&mut self) {
        loop {
            let mut batch: Vec<(Visit, Vec<u8>)> = Vec::new();
            let (mut held, mut any) = (0, false);
            while held < BATCH {
                let Some(visit) = self.walk.next_file() else { break };
                any = true;
                match self.open(&visit) {
                    Ok(Some(bytes)) => {
                        held += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
                        batch.push((visit, bytes));
                    }
                    Ok(None) => self.push(visit, None, 0, false, Found::Unchanged),
                    Err(sentence) => {
                        self.follow_earlier(&visit);
                        self.push(visit, None, 0, true, Found::NotRead(document::clean(&sentence)));
                    }
                }
            }
            if !any {
                return;
            }
            let known = self.earlier;
            let (limits, allowance) = (&self.limits.file, self.allowance);
            let parsed = on_all_cores(batch, |(visit, bytes)| {
                let hash = hash::hex(&[&bytes]);
                let is_known = known.get(&visit.file).is_some_and(|file| {
                    file.was_read && !file.names_files && file.hash.as_deref() == Some(hash.as_str())
                });
                let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
                let parts = (!is_known).then(|| document::read(&visit.file, &bytes, limits, allowance));
                (visit, size, hash, parts)
            });
            for (visit, size, hash, parts) in parsed {
                // A commit knows its own hashes, and those are what is compared before a file is read.
                let hash = self.listed_hash(&visit.file).unwrap_or(hash);
                match parts {
                    None => self.push(visit, Some(hash), size, false, Found::Unchanged),
                    Some(Err(problem)) => {
                        self.follow_earlier(&visit);
                        self.push(
                            visit,
                            Some(hash),
                            size,
                            true,
                            Found::NotRead(document::clean(&problem.message)),
                        );
                    }
                    Some(Ok(parts)) => self.documents(visit, hash, size, parts),
                }
            }
        }
    }

    fn listed_hash(&self, path: &str) -> Option<String> {
        match self.listing.files.get(path) {
            Some(Listed::File { hash, .. }) => hash.clone(),
            _ => None,
        }
    }

    /// The contents of a file; `None` when it is known not to have changed without being read.
    fn open(&mut self, visit: &Visit) -> Result<Option<Vec<u8>>, String> {
        let (size, hash) = match self.listing.files.get(&visit.file) {
            Some(Listed::File { size, hash }) => (*size, hash.as_deref()),
            Some(Listed::Refused(sentence)) => return Err(sentence.clone()),
            None => return Err("The file was removed while the source was read.".to_owned()),
        };
        if let Some(earlier) = self.earlier.get(&visit.file)
            && earlier.was_read
            && !earlier.names_files
            && hash.is_some()
            && earlier.hash.as_deref() == hash
        {
            return Ok(None);
        }
        if size > self.left {
            return Err(self.too_much());
        }
        let limit = u64::try_from(self.limits.file.bytes).unwrap_or(u64::MAX);
        let bytes = self.tree.read(&visit.file, limit)?;
        match self.left.checked_sub(u64::try_from(bytes.len()).unwrap_or(u64::MAX)) {
            Some(left) => self.left = left,
            None => return Err(self.too_much()),
        }
        Ok(Some(bytes))
    }

    fn too_much(&self) -> String {
        format!(
            "The files of this source have more than {} MB together. Split the source.",
            self.limits.run >> 20
        )
    }

    /// Finishes the documents of a file, and follows its Locations.
    fn documents(&mut self, visit: Visit, hash: String, size: u64, parts: Vec<Part>) {
        let mut names_files = false;
        let mut documents = Vec::with_capacity(parts.len());
        for part in parts {
            documents.push(match part {
                Part::Whole(document) => document,
                Part::Waiting(waiting) => {
                    names_files = true;
                    self.finish(*waiting)
                }
            });
        }
        let earlier = self.earlier.get(&visit.file).map(|file| file.documents.as_slice()).unwrap_or_default();
        let pairs = pair(earlier, &documents);
        let mut read = Vec::with_capacity(documents.len());
        for (mut document, earlier) in documents.into_iter().zip(pairs) {
            match &mut document.outcome {
                Outcome::Good(good) => {
                    if let Some((location, places)) = good.location.take() {
                        names_files = true;
                        let asked = location::targets(&visit.file, &location, &self.files);
                        let at = |asked: &Asked| places.position(&asked.path);
                        let notes = self.follow(&visit, location.reference(), &asked, at);
                        document.notes.extend(notes);
                    }
                }
                Outcome::SetAside => {
                    if let Some(location) = earlier.and_then(|earlier| earlier.location.as_ref()) {
                        names_files = true;
                        let asked = location::targets(&visit.file, location, &self.files);
                        let line = document.line;
                        // What its last good state could not follow was told when it was good.
                        self.follow(&visit, location.reference(), &asked, |_| (line, 1));
                    }
                }
                Outcome::Refused => {}
            }
            read.push((document, earlier.map(|earlier| earlier.id)));
        }
        self.push(visit, Some(hash), size, names_files, Found::Read(read));
    }

    fn finish(&mut self, waiting: document::Waiting) -> Document {
        let limit = u64::try_from(self.limits.file.bytes).unwrap_or(u64::MAX);
        let (files, tree, listing, left) = (&self.files, &mut *self.tree, self.listing, &mut self.left);
        let taken_in = &mut self.taken_in;
        waiting.finish(&self.limits.file, self.allowance, |path| {
            if !files.contains(path) {
                return Err(format!("There is no file `{path}` in this source."));
            }
            if let Some(Listed::Refused(sentence)) = listing.files.get(path) {
                return Err(format!("`{path}`: {sentence}"));
            }
            taken_in.insert(path.to_owned());
            // Before it is read: what is too much must not be read for each file that names it.
            const TOO_LARGE: &str = "The files of this source are too large together. Split the source.";
            if matches!(listing.files.get(path), Some(Listed::File { size, .. }) if size > left) {
                return Err(TOO_LARGE.to_owned());
            }
            let bytes = tree.read(path, limit).map_err(|sentence| format!("`{path}`: {sentence}"))?;
            let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
            *left = left.checked_sub(size).ok_or(TOO_LARGE)?;
            Ok(bytes)
        })
    }

    /// Tells the walk what a Location names; what it cannot follow comes back as notes.
    fn follow(
        &mut self,
        visit: &Visit,
        location: &EntityRef,
        asked: &[Asked],
        position: impl Fn(&Asked) -> (u32, u32),
    ) -> Vec<Note> {
        let mut notes = Vec::new();
        for one in asked {
            let (line, column) = position(one);
            match &one.outcome {
                location::Outcome::Files(files) => {
                    let by = NamedBy { file: visit.file.clone(), location: location.clone(), line, column };
                    self.walk.named(visit, &by, &one.path, files);
                }
                location::Outcome::NotReadYet => {
                    notes.push(Note::not_read(line, column, &one.path, &one.target))
                }
                location::Outcome::Absent => {}
                location::Outcome::Problem(message) => {
                    notes.push(Note::error(Problem {
                        line,
                        column,
                        path: one.path.clone(),
                        message: message.clone(),
                    }));
                }
            }
        }
        notes
    }

    /// Follows the last good Locations of a file that cannot be read now.
    fn follow_earlier(&mut self, visit: &Visit) {
        let earlier = self.earlier;
        for document in earlier.get(&visit.file).map(|file| file.documents.as_slice()).unwrap_or_default() {
            if let Some(location) = &document.location {
                let asked = location::targets(&visit.file, location, &self.files);
                self.follow(visit, location.reference(), &asked, |_| (1, 1));
            }
        }
    }

    fn push(&mut self, visit: Visit, hash: Option<String>, size: u64, names_files: bool, found: Found) {
        let Visit { file: path, named_by, .. } = visit;
        self.read.files.push(ReadFile { path, hash, size, named_by, names_files, found });
    }

    /// Cycles and limits are told at the Location that met them.
    fn add_walk_notes(&mut self) {
        for walk_note in self.walk.notes() {
            let problem = walk_note.problem.clone();
            let documents =
                self.read.files.iter_mut().find(|file| file.path == walk_note.file).and_then(|file| {
                    match &mut file.found {
                        Found::Read(documents) => Some(documents),
                        _ => None,
                    }
                });
            // The last document that starts before it.
            let document =
                documents.and_then(|all| all.iter_mut().rfind(|(document, _)| document.line <= problem.line));
            match document {
                Some((document, _)) => document.notes.push(if walk_note.is_error {
                    Note::error(problem)
                } else {
                    Note::warning(problem)
                }),
                None => self.read.notes.push(format!("{}: {problem}", walk_note.file)),
            }
        }
    }

    /// YAML files that nothing names, so that their page can say so; those with documents that are known all of them, since
    /// nobody may be told that they are gone. Where a limit was met, nobody knows what lies beyond it and what that names: then
    /// only the known ones are told, as not met.
    fn add_not_met(&mut self) {
        let seen: HashSet<&str> = self.read.files.iter().map(|file| file.path.as_str()).collect();
        if self.listing.is_cut || self.walk.met_limit() {
            let may_be_there = |(path, file): &(&String, &EarlierFile)| {
                self.files.contains(path) || (self.listing.is_cut && !file.is_gone)
            };
            let known = self
                .earlier
                .iter()
                .filter(|(path, file)| !file.documents.is_empty() && !seen.contains(path.as_str()))
                .filter(may_be_there);
            let paths: Vec<String> = known.map(|(path, _)| path.clone()).collect();
            self.add_unread(paths, || Found::NotMet(BEYOND.to_owned()));
            return;
        }
        let looks = |path: &&str| path.ends_with(".yaml") || path.ends_with(".yml");
        let is_known = |path: &&str| self.earlier.get(*path).is_some_and(|file| !file.documents.is_empty());
        let unseen = || self.files.iter().filter(|path| !seen.contains(path));
        let others = unseen()
            .filter(|path| looks(path) && !is_known(path) && !self.taken_in.contains(*path))
            .take(MAX_NOT_NAMED);
        let paths: Vec<String> = unseen().filter(is_known).chain(others).map(str::to_owned).collect();
        self.add_unread(paths, || Found::NotNamed);
    }

    fn add_unread(&mut self, paths: Vec<String>, found: impl Fn() -> Found) {
        self.read.files.extend(paths.into_iter().map(|path| ReadFile {
            path,
            hash: None,
            size: 0,
            named_by: None,
            names_files: false,
            found: found(),
        }));
    }
}
