//! What a run changes: the files and documents that were read, beside those that are stored.
//!
//! - Pure: nothing is read or written here.
//! - What is as it was is not written; what is wrong keeps its last good state; what is missed is marked as gone, but a file
//!   that never had a document is forgotten.

use std::collections::{BTreeSet, HashMap};

use domain::catalog::{Entity, EntityRef, Problem};
use domain::ids::{DocumentId, FileId, SourceId};
use jiff::Timestamp;

use super::document::{Document, Held, Outcome, clean};
use super::note::Note;
use super::ownership::{Owned, Waiting};
use super::read::{self, Earlier, EarlierDocument, EarlierFile, Found, ReadSource};
use super::source::Counts;
use super::store::content::{DocumentRow, DocumentSave, FileRow, FileSave, UnreadSave};
use super::store::source::Stored;
use crate::db;

/// What is stored of a source.
pub(super) struct Known {
    files: HashMap<String, FileRow>,
    documents: HashMap<DocumentId, DocumentRow>,
    by_file: HashMap<FileId, Vec<DocumentId>>,
    pub earlier: Earlier,
    /// Whether the rules and settings are those that the files were read under.
    same_rules: bool,
}

impl Known {
    pub fn new(stored: &Stored, files: Vec<FileRow>, documents: Vec<DocumentRow>) -> db::Result<Self> {
        // Under other rules or settings every file is read again, but its documents are still what it continues.
        let same_rules = stored.read_as.as_deref() == Some(stored.source.settings.read_as().as_str());
        let mut by_file: HashMap<FileId, Vec<DocumentId>> = HashMap::with_capacity(files.len());
        for document in &documents {
            by_file.entry(document.file_id).or_default().push(document.id);
        }
        let documents: HashMap<DocumentId, DocumentRow> =
            documents.into_iter().map(|row| (row.id, row)).collect();
        let mut earlier = Earlier::with_capacity(files.len());
        for file in &files {
            let of_file = by_file.get(&file.id).map(Vec::as_slice).unwrap_or_default();
            let document = |id: &DocumentId| -> db::Result<EarlierDocument> {
                let row = &documents[id];
                let location = match &row.location {
                    Some(body) => Some(
                        serde_json::from_str::<Entity>(body)
                            .map_err(|e| db::Error::Unreadable(e.to_string()))?,
                    ),
                    None => None,
                };
                Ok(EarlierDocument {
                    id: *id,
                    ordinal: usize::try_from(row.ordinal).unwrap_or_default(),
                    reference: row.reference.as_deref().and_then(|text| text.parse().ok()),
                    gone: row.state == "gone",
                    location,
                })
            };
            earlier.insert(
                file.path.clone(),
                EarlierFile {
                    hash: file.hash.clone().filter(|_| same_rules),
                    // What waits for another document is looked at again as well.
                    names_files: file.names_files
                        || of_file.iter().any(|id| documents[id].waits_for.is_some()),
                    was_read: file.state == "read",
                    is_gone: file.state == "gone",
                    documents: of_file.iter().map(document).collect::<db::Result<_>>()?,
                },
            );
        }
        let files = files.into_iter().map(|file| (file.path.clone(), file)).collect();
        Ok(Known { files, documents, by_file, earlier, same_rules })
    }
}

/// What a run writes.
#[derive(Default)]
pub(super) struct Difference {
    pub files: Vec<FileSave>,
    pub named_by: Vec<(FileId, Option<String>)>,
    pub documents: Vec<DocumentSave>,
    pub set_aside: Vec<DocumentSave>,
    /// Documents of files that cannot be read now.
    pub unread: Vec<UnreadSave>,
    pub gone: Vec<DocumentId>,
    /// Files that went without ever having had a document.
    pub forgotten: Vec<FileId>,
    /// Those of `documents` that say whose their entity is.
    pub owned: Vec<Owned>,
    /// Documents that waited for their owner and are as they were.
    pub waiting: Vec<Waiting>,
    pub touched: BTreeSet<EntityRef>,
    pub fresh: HashMap<String, Vec<Held>>,
    pub counts: Counts,
}

impl Difference {
    pub fn between(source: SourceId, known: Known, read: ReadSource, now: Timestamp) -> db::Result<Self> {
        let mut difference = Difference::default();
        let Known { mut files, documents, by_file, same_rules, .. } = known;
        for file in read.files {
            let before = files.remove(&file.path);
            let stored = before
                .as_ref()
                .and_then(|before| by_file.get(&before.id))
                .map(Vec::as_slice)
                .unwrap_or_default();
            difference.file(source, file, before, stored, &documents, same_rules, now)?;
        }
        // What is left was not met: its file is gone, or nothing names it any more.
        for before in files.into_values().filter(|before| before.state != "gone") {
            let stored = by_file.get(&before.id).map(Vec::as_slice).unwrap_or_default();
            if stored.is_empty() {
                difference.forgotten.push(before.id);
                continue;
            }
            difference.gone(stored.iter().filter_map(|id| documents.get(id)));
            difference.files.push(FileSave {
                id: before.id.to_string(),
                source_id: source.to_string(),
                path: before.path,
                hash: None,
                size: 0,
                state: "gone",
                problem: None,
                named_by: before.named_by,
                names_files: false,
                now: now.as_microsecond(),
                gone_at: Some(now.as_microsecond()),
            });
        }
        Ok(difference)
    }

    fn file(
        &mut self,
        source: SourceId,
        file: read::ReadFile,
        before: Option<FileRow>,
        stored: &[DocumentId],
        known: &HashMap<DocumentId, DocumentRow>,
        same_rules: bool,
        now: Timestamp,
    ) -> db::Result<()> {
        let named_by = match &file.found {
            Found::NotMet(_) => before.as_ref().and_then(|before| before.named_by.clone()),
            _ => {
                let named_by = file.named_by.as_ref().map(serde_json::to_string).transpose();
                named_by.map_err(|error| db::Error::Unreadable(error.to_string()))?
            }
        };
        let id = before.as_ref().map_or_else(|| crate::ids::mint(now), |before| before.id);
        let (state, problem) = match &file.found {
            Found::Unchanged | Found::Read(_) => ("read", None),
            Found::NotRead(sentence) | Found::NotMet(sentence) => ("not_read", Some(sentence.clone())),
            Found::NotNamed => ("not_named", None),
        };
        let same_hash =
            before.as_ref().is_some_and(|before| before.hash == file.hash && before.state == "read");
        match file.found {
            Found::Unchanged => {
                self.counts.files += 1;
                if before.is_some_and(|before| before.named_by != named_by) {
                    self.named_by.push((id, named_by));
                }
                return Ok(());
            }
            Found::Read(documents) => {
                self.counts.files += 1;
                self.documents(id, documents, same_hash && same_rules, stored, known, now)?;
            }
            // What is known of a file that cannot be read stays, and says so.
            Found::NotRead(sentence) | Found::NotMet(sentence) => {
                self.counts.files_not_read += 1;
                let as_before = before.as_ref().is_some_and(|before| before.problem == problem);
                self.unread(&sentence, as_before, stored.iter().filter_map(|id| known.get(id)), now)?;
            }
            Found::NotNamed => self.gone(stored.iter().filter_map(|id| known.get(id))),
        }
        let is_same = before.as_ref().is_some_and(|before| {
            before.state == state
                && before.hash == file.hash
                && before.problem == problem
                && before.named_by == named_by
                && before.names_files == file.names_files
        });
        if !is_same {
            if !same_hash && state == "read" {
                self.counts.files_changed += 1;
            }
            self.files.push(FileSave {
                id: id.to_string(),
                source_id: source.to_string(),
                path: file.path,
                hash: file.hash,
                size: file.size,
                state,
                problem,
                named_by,
                names_files: file.names_files,
                now: now.as_microsecond(),
                gone_at: None,
            });
        }
        Ok(())
    }

    fn documents(
        &mut self,
        file: FileId,
        documents: Vec<(Document, Option<DocumentId>)>,
        same_hash: bool,
        stored: &[DocumentId],
        known: &HashMap<DocumentId, DocumentRow>,
        now: Timestamp,
    ) -> db::Result<()> {
        let mut missed: Vec<&DocumentRow> = stored.iter().filter_map(|id| known.get(id)).collect();
        for (document, continues) in documents {
            // What may not be brought any more starts anew, and what it was stays for the orphan that it leaves.
            let is_refused = matches!(document.outcome, Outcome::Refused);
            let has_body = |id: &DocumentId| known.get(id).is_some_and(|row| row.body_hash.is_some());
            let continues = continues.filter(|id| !(is_refused && has_body(id)));
            let before = continues.and_then(|id| known.get(&id));
            missed.retain(|row| Some(row.id) != continues);
            self.document(file, document, before, same_hash, now)?;
        }
        self.gone(missed.into_iter());
        Ok(())
    }

    fn document(
        &mut self,
        file: FileId,
        document: Document,
        before: Option<&DocumentRow>,
        same_hash: bool,
        now: Timestamp,
    ) -> db::Result<()> {
        let notes = serde_json::to_string(&document.notes)
            .map_err(|error| db::Error::Unreadable(error.to_string()))?;
        let id = before.map_or_else(|| crate::ids::mint::<DocumentId>(now), |before| before.id);
        let mut save = DocumentSave {
            id: id.to_string(),
            file_id: file.to_string(),
            ordinal: document.ordinal,
            line: document.line,
            reference: document.reference.or(document.guess),
            state: "set_aside",
            notes,
            noteworthy: !document.notes.is_empty(),
            body_hash: None,
            now: now.as_microsecond(),
            good_at: None,
            body: None,
            definition: None,
            waits_for: None,
            text: document.text,
        };
        // The same text under the same rules: only what other files make of it can differ, and the notes tell that.
        let same_text = same_hash && before.is_some_and(|before| before.notes.as_ref() == Some(&save.notes));
        let before_reference =
            before.and_then(|before| before.reference.as_deref()).and_then(|text| text.parse().ok());
        match document.outcome {
            Outcome::Good(good) => {
                let has_good = before.is_some_and(|before| before.body_hash.is_some());
                if same_text
                    && before.is_some_and(|before| {
                        before.body_hash.as_ref() == Some(&good.hash)
                            && matches!(before.state.as_str(), "live" | "shadowed")
                    })
                {
                    return Ok(());
                }
                save.state = "live";
                save.body_hash = Some(good.hash);
                save.good_at = Some(save.now);
                save.body = Some(good.body);
                save.definition = good.definition;
                if let Some(owner) = good.owner {
                    if same_hash && before.is_some_and(|before| before.waits_for.is_some()) {
                        self.waiting.push(Waiting { save, held: good.held, owner, has_good });
                        return Ok(());
                    }
                    self.owned.push(Owned { document: self.documents.len(), owner, has_good });
                }
                self.fresh.insert(save.id.clone(), good.held);
            }
            Outcome::SetAside if same_text && before.is_some_and(|before| before.state == "set_aside") => {
                return Ok(());
            }
            Outcome::Refused
                if same_text
                    && before
                        .is_some_and(|before| before.state == "set_aside" && before.body_hash.is_none()) =>
            {
                return Ok(());
            }
            Outcome::SetAside if before.is_some_and(|before| before.body_hash.is_some()) => {
                self.touched.extend(before_reference);
                self.set_aside.push(save);
                return Ok(());
            }
            Outcome::SetAside | Outcome::Refused => {}
        }
        self.touched.extend(before_reference);
        self.touched.extend(save.reference.clone());
        self.documents.push(save);
        Ok(())
    }

    /// Sets the documents of a file that cannot be read aside, those that have a good state to keep.
    fn unread<'a>(
        &mut self,
        sentence: &str,
        as_before: bool,
        rows: impl Iterator<Item = &'a DocumentRow>,
        now: Timestamp,
    ) -> db::Result<()> {
        for row in rows.filter(|row| row.state != "gone" && row.body_hash.is_some()) {
            if as_before && row.state == "set_aside" {
                continue;
            }
            let message = format!("The file is not read: {}", clean(sentence));
            let line = u32::try_from(row.line).unwrap_or(1);
            let notes = [Note::error(Problem { line, column: 1, path: String::new(), message })];
            let notes = serde_json::to_string(&notes).map_err(|e| db::Error::Unreadable(e.to_string()))?;
            self.touched.extend(row.reference.as_deref().and_then(|text| text.parse().ok()));
            self.unread.push(UnreadSave { id: row.id.to_string(), notes, now: now.as_microsecond() });
        }
        Ok(())
    }

    fn gone<'a>(&mut self, rows: impl Iterator<Item = &'a DocumentRow>) {
        for row in rows.filter(|row| row.state != "gone") {
            self.touched.extend(row.reference.as_deref().and_then(|text| text.parse().ok()));
            self.gone.push(row.id);
        }
    }
}
