//! What the pages of sources show, as the server hands it to the browser. Times are microseconds since the epoch, UTC.

use domain::catalog::claims::Allowance;
use domain::ids::{FileId, SourceId};
use serde::{Deserialize, Serialize};

/// Every source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceList {
    /// The sources, by name.
    pub rows: Vec<SourceView>,
    /// Whoever looks may add, change and remove sources.
    pub may_manage: bool,
    /// Whoever looks may have one read now.
    pub may_read: bool,
    /// Sources that are removed and of which orphans are left, by name.
    pub removed: Vec<RemovedView>,
}

/// A source that is removed and of which orphans are left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemovedView {
    /// Its id.
    pub id: SourceId,
    /// What people called it.
    pub name: String,
    /// How many entities are left that it defined last.
    pub orphans: u64,
    /// How many of them whoever looks may remove.
    pub removable: u64,
    /// How many findings there are in it: as many as their page lists of it.
    pub findings: u64,
}

/// A source with its last run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceView {
    /// Its id.
    pub id: SourceId,
    /// What people call it.
    pub name: String,
    /// Where its files are.
    pub place: PlaceView,
    /// The files that reading starts with; `None` for the root files of a catalog.
    pub glob: Option<String>,
    /// Whether an administrator trusts it.
    pub trusted: bool,
    /// What it may bring; `None` for what its trust allows.
    pub allowance: Option<Allowance>,
    /// How often it is read, in minutes.
    pub every_minutes: u32,
    /// When its settings were last changed: the state that a form is filled from.
    pub version: i64,
    /// The last run that ended.
    pub last_run: Option<RunView>,
    /// Why what was read after that could not be stored.
    pub unstored: Option<String>,
    /// How many findings there are in it: as many as their page lists of it.
    pub findings: u64,
    /// What comes next.
    pub next: NextRun,
}

/// Where a source's files are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PlaceView {
    /// A folder of the server's machine.
    Folder(String),
    /// A Git repository: its address, and its branch where one is named.
    Git(String, Option<String>),
}

impl PlaceView {
    /// The path or address.
    pub fn location(&self) -> &str {
        match self {
            PlaceView::Folder(path) => path,
            PlaceView::Git(url, _) => url,
        }
    }
}

/// A run that ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunView {
    /// When it began.
    pub started_at: i64,
    /// When it ended.
    pub finished_at: i64,
    /// Why it failed.
    pub error: Option<String>,
    /// Who stopped it before anything was stored.
    pub stopped_by: Option<String>,
    /// The commit that was read last.
    pub commit: Option<String>,
    /// What the last good run found.
    pub counts: Option<CountsView>,
    /// What the last good run has to say about the source as a whole; sentences.
    pub notes: Vec<String>,
}

/// What a run found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountsView {
    /// Files that were read.
    pub files: u64,
    /// Files that could not be read.
    pub files_not_read: u64,
    /// Documents in its files.
    pub documents: u64,
    /// Documents in the catalog as they stand.
    pub live: u64,
}

impl CountsView {
    /// Whether there was no file to read.
    pub fn is_nothing(&self) -> bool {
        self.files == 0 && self.files_not_read == 0
    }
}

/// When a source is read next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NextRun {
    /// At this moment.
    At(i64),
    /// It is being read.
    Running,
    /// Nobody knows: it has no job.
    Unknown,
}

/// The page of a source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourcePageView {
    /// The source.
    pub source: SourceView,
    /// Whoever looks may change and remove it.
    pub may_manage: bool,
    /// Whoever looks may have it read now.
    pub may_read: bool,
    /// How many entities of the catalog its documents describe, those included whose text is wrong by now.
    pub describes: u64,
    /// The teams among them, by their short names.
    pub teams: Vec<String>,
    /// How many environments of those teams are alive.
    pub environments_of_teams: u64,
    /// How many entities are kept that its documents described last.
    pub orphans: u64,
    /// How many of them whoever looks may remove.
    pub removable: u64,
    /// Its files, a page of them by path.
    pub files: Vec<FileView>,
    /// The path that the next page comes after.
    pub next: Option<String>,
}

/// A file of a source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileView {
    /// Its id.
    pub id: FileId,
    /// From the source's root.
    pub path: String,
    /// In bytes.
    pub size: u64,
    /// What became of it.
    pub state: FileStateView,
    /// The Location that named it: its file and line; `None` for a file that reading starts with.
    pub named_by: Option<(String, u32)>,
    /// When it was last read because it was new or had changed.
    pub read_at: i64,
    /// Its documents.
    pub documents: u64,
    /// Those in the catalog as they stand.
    pub live: u64,
    /// Its findings: the file itself, or documents of it.
    pub findings: u64,
}

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FileStateView {
    /// It was read.
    Read,
    /// It could not be read, for this reason.
    NotRead(String),
    /// Nothing names it.
    NotNamed,
    /// It is gone, since this moment.
    Gone(i64),
}
