//! Reads one source and stores what changed.
//!
//! - All reading is done before the transaction; the transaction writes everything of a run or nothing, so whoever is
//!   killed at any instant leaves the old state.
//! - A run that was overtaken, by another run of the source or by a change of its settings, stores nothing.
//! - A run that finds nothing new writes only that it ran.

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;

use domain::catalog::{Entity, EntityRef};
use domain::ids::{DocumentId, FileId, SourceId};
use domain::people::Caller;
use jiff::{SignedDuration, Timestamp};

use super::document::{Document, Held, Outcome};
use super::folder::Folder;
use super::git;
use super::read::{self, Earlier, EarlierDocument, EarlierFile, Found, ReadLimits, ReadSource};
use super::settle::{Moved, settle_in_tx};
use super::source::{Counts, Place, Settings};
use super::store;
use super::store::content::{self, DocumentRow, DocumentSave, FileRow, FileSave};
use super::store::source::{GoodRun, Stored};
use crate::audit::{Entry, record_in_tx};
use crate::clock::Clock;
use crate::db::{self, Db, Tx};
use crate::jobs::{Failure, Run};

/// How long a file that went is still listed.
const GONE_FILES_KEPT: SignedDuration = SignedDuration::from_hours(24 * 90);

/// What reading needs besides the database.
#[derive(Clone, Debug)]
pub(crate) struct ReadFrom {
    /// Where mirrors of repositories lie.
    pub mirrors: PathBuf,
    /// The folders below which sources may lie.
    pub roots: Vec<PathBuf>,
    pub limits: ReadLimits,
}

/// Why a run stored nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum IngestError {
    /// The source itself could not be read. The sentence is for the person and stands in the run.
    #[error("{0}")]
    Source(String),
    /// Somebody changed, removed or read the source in the meantime.
    #[error("the source was changed or read by another run")]
    Overtaken,
    /// The source is no more.
    #[error("there is no such source")]
    NoSource,
    #[error(transparent)]
    Database(#[from] db::Error),
    #[error(transparent)]
    Platform(#[from] crate::Error),
    #[error(transparent)]
    Job(#[from] Failure),
    #[error("reading the files did not end: {0}")]
    Stopped(#[from] tokio::task::JoinError),
}

/// How a run writes.
pub(crate) enum Writer<'a> {
    /// For whoever waits for it: the command line, tests.
    Here(&'a Db),
    /// Through the lease of its job.
    Job(&'a Run),
}

impl Writer<'_> {
    async fn begin(&self) -> Result<Tx, IngestError> {
        Ok(match self {
            Writer::Here(db) => db.begin().await?,
            Writer::Job(run) => run.begin().await?,
        })
    }
}

/// What a run did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ingested {
    /// What it found.
    pub counts: Counts,
    /// The generation that it made; `None` when nothing in the catalog changed.
    pub generation: Option<i64>,
    /// How long it read and checked; the rest of the run it stored.
    pub read_for: SignedDuration,
}

/// Reads a source and stores it. The run's outcome, good or bad, stands with the source afterwards.
pub(crate) async fn ingest(
    db: &Db,
    from: &ReadFrom,
    id: SourceId,
    writer: &Writer<'_>,
    caller: &Caller,
    clock: &Clock,
) -> Result<Ingested, IngestError> {
    let started = clock.now();
    let mut reader = db.read().await?;
    let stored = store::source::source_find(&mut reader, id).await?.ok_or(IngestError::NoSource)?;
    let revision = stored.source.revision;
    let files = content::file_list(&mut reader, id).await?;
    let documents = content::document_list(&mut reader, id).await?;
    drop(reader);
    let known = Known::new(&stored, files, documents)?;
    match read_all(from, id, &stored.source.settings, known).await {
        Ok((known, read, commit)) => {
            let run = RunOf { id, stored: &stored, started, commit };
            store_run(writer, caller, run, known, read, clock).await
        }
        Err(error) => {
            if let IngestError::Source(sentence) = &error {
                let mut tx = writer.begin().await?;
                store::source::run_fail(&mut tx, id, revision, (started, clock.now()), sentence).await?;
                tx.commit().await?;
            }
            Err(error)
        }
    }
}

/// What is stored of a source.
struct Known {
    files: HashMap<String, FileRow>,
    documents: HashMap<DocumentId, DocumentRow>,
    by_file: HashMap<FileId, Vec<DocumentId>>,
    earlier: Earlier,
    /// Whether the rules and settings are those that the files were read under.
    same_rules: bool,
}

impl Known {
    fn new(stored: &Stored, files: Vec<FileRow>, documents: Vec<DocumentRow>) -> db::Result<Self> {
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
                    names_files: file.names_files,
                    was_read: file.state == "read",
                    documents: of_file.iter().map(document).collect::<db::Result<_>>()?,
                },
            );
        }
        let files = files.into_iter().map(|file| (file.path.clone(), file)).collect();
        Ok(Known { files, documents, by_file, earlier, same_rules })
    }
}

/// Reads the files of a source, wherever they are.
async fn read_all(
    from: &ReadFrom,
    id: SourceId,
    settings: &Settings,
    known: Known,
) -> Result<(Known, ReadSource, Option<String>), IngestError> {
    let (glob, allowance, limits) = (settings.glob.clone(), settings.allowance(), from.limits.clone());
    match &settings.place {
        Place::Folder { path } => {
            let (path, roots) = (path.clone(), from.roots.clone());
            let (known, read) = tokio::task::spawn_blocking(move || {
                let read = super::source::folder(&path, &roots).and_then(Folder::open).and_then(
                    |(mut folder, listing)| {
                        read::read(
                            &mut folder,
                            &listing,
                            glob.as_deref(),
                            &allowance,
                            &known.earlier,
                            &limits,
                        )
                    },
                );
                (known, read)
            })
            .await?;
            Ok((known, read.map_err(IngestError::Source)?, None))
        }
        Place::Git { url, branch } => {
            let mirror = from.mirrors.join(id.to_string());
            let say = |error: git::GitError| IngestError::Source(error.to_string());
            let commit = git::fetch(&mirror, url, branch.as_deref(), &from.roots).await.map_err(say)?;
            let listing = commit.list().await.map_err(say)?;
            let hash = commit.hash.clone();
            let (known, read) = tokio::task::spawn_blocking(move || {
                let read =
                    commit.open(&listing).map_err(|error| error.to_string()).and_then(|mut objects| {
                        read::read(
                            &mut objects,
                            &listing,
                            glob.as_deref(),
                            &allowance,
                            &known.earlier,
                            &limits,
                        )
                    });
                (known, read)
            })
            .await?;
            Ok((known, read.map_err(IngestError::Source)?, Some(hash)))
        }
    }
}

/// A run that has read its files.
struct RunOf<'a> {
    id: SourceId,
    stored: &'a Stored,
    started: Timestamp,
    commit: Option<String>,
}

impl RunOf<'_> {
    /// What the audit says of an entity whose file names another owner than before.
    fn moved(&self, moved: &Moved) -> Entry {
        let detail = serde_json::json!({
            "from": moved.from,
            "to": moved.to,
            "source": self.stored.source.settings.name,
            "commit": self.commit,
        });
        Entry::new("catalog.owner.change", "entity", &moved.entity, &moved.entity).detail(detail)
    }
}

/// What a run writes.
#[derive(Default)]
struct Difference {
    files: Vec<FileSave>,
    named_by: Vec<(FileId, Option<String>)>,
    documents: Vec<DocumentSave>,
    set_aside: Vec<DocumentSave>,
    gone: Vec<DocumentId>,
    touched: BTreeSet<EntityRef>,
    fresh: HashMap<String, Vec<Held>>,
    counts: Counts,
}

async fn store_run(
    writer: &Writer<'_>,
    caller: &Caller,
    run: RunOf<'_>,
    known: Known,
    read: ReadSource,
    clock: &Clock,
) -> Result<Ingested, IngestError> {
    let now = clock.now();
    let difference = Difference::between(run.id, known, read, now)?;
    let read_as = run.stored.source.settings.read_as();
    let mut tx = writer.begin().await?;
    let mut generation = None;
    let Difference { files, named_by, documents, set_aside, gone, touched, fresh, mut counts } = difference;
    if !touched.is_empty() {
        // The first write of the transaction: from here on no other run stores beside this one.
        generation = Some(store::generation_next_in_tx(&mut tx, now).await?);
    }
    content::file_save_all(&mut tx, &files).await?;
    for (file, named_by) in named_by {
        content::file_save_named_by(&mut tx, file, named_by.as_deref()).await?;
    }
    content::document_save_all(&mut tx, &documents).await?;
    content::document_set_aside_all(&mut tx, &set_aside).await?;
    content::document_gone_all(&mut tx, &gone).await?;
    if let Some(generation) = generation {
        for moved in settle_in_tx(&mut tx, generation, &touched, &fresh, now).await? {
            record_in_tx(&mut tx, caller, run.moved(&moved), now).await?;
        }
        let kept_from = now.checked_sub(GONE_FILES_KEPT).unwrap_or(Timestamp::UNIX_EPOCH);
        content::purge(&mut tx, kept_from).await?;
    }
    for (state, number) in content::document_counts(&mut tx, run.id).await? {
        let number = u64::try_from(number).unwrap_or_default();
        match state.as_str() {
            "live" => counts.live = number,
            "set_aside" => counts.set_aside = number,
            "shadowed" => counts.shadowed = number,
            _ => continue,
        }
        counts.documents += number;
    }
    let good = GoodRun {
        read_as: &read_as,
        started_at: run.started,
        finished_at: clock.now(),
        commit: run.commit.as_deref(),
        counts,
    };
    if !store::source::run_save(&mut tx, run.id, run.stored.source.revision, &good).await? {
        // Dropping the transaction takes everything back.
        return Err(IngestError::Overtaken);
    }
    tx.commit().await?;
    Ok(Ingested { counts, generation, read_for: now.duration_since(run.started) })
}

impl Difference {
    fn between(source: SourceId, known: Known, read: ReadSource, now: Timestamp) -> db::Result<Self> {
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
        let named_by = file.named_by.as_ref().map(serde_json::to_string).transpose();
        let named_by = named_by.map_err(|error| db::Error::Unreadable(error.to_string()))?;
        let id = before.as_ref().map_or_else(|| crate::ids::mint(now), |before| before.id);
        let (state, problem) = match &file.found {
            Found::Unchanged | Found::Read(_) => ("read", None),
            Found::NotRead(sentence) => ("not_read", Some(sentence.clone())),
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
            // What is known of a file that cannot be read stays.
            Found::NotRead(_) => self.counts.files_not_read += 1,
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
            reference: document.reference,
            state: "set_aside",
            notes,
            noteworthy: !document.notes.is_empty(),
            body_hash: None,
            now: now.as_microsecond(),
            good_at: None,
            body: None,
            definition: None,
            text: document.text,
        };
        // The same text under the same rules: only what other files make of it can differ, and the notes tell that.
        let same_text = same_hash && before.is_some_and(|before| before.notes.as_ref() == Some(&save.notes));
        let before_reference =
            before.and_then(|before| before.reference.as_deref()).and_then(|text| text.parse().ok());
        match document.outcome {
            Outcome::Good(good) => {
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

    fn gone<'a>(&mut self, rows: impl Iterator<Item = &'a DocumentRow>) {
        for row in rows.filter(|row| row.state != "gone") {
            self.touched.extend(row.reference.as_deref().and_then(|text| text.parse().ok()));
            self.gone.push(row.id);
        }
    }
}
