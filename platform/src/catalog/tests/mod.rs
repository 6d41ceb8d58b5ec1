//! Scenarios of the catalog over both databases: what people write into files, and what they then see.

mod claims;
mod files;
mod findings;
mod git;
mod history;
mod jobs;
mod limits;
mod lists;
mod orphans;
mod own;
mod ownership;
mod sources;

use std::path::Path;

use domain::catalog::EntityRef;
use domain::ids::SourceId;
use domain::people::{Caller, Membership, Person, System};
use jiff::{SignedDuration, Timestamp};

use super::service::{self, DocumentState, Finding};
use super::source::{Counts, Place, Settings};
use super::store;
use super::{Catalog, Config, Entry, Visibility};
use crate::clock::{Clock, ManualClock};
use crate::db::Db;
use crate::jobs::Waker;

/// A catalog with a folder for each source, and a clock that goes on by a second with each run.
pub(crate) struct World {
    pub catalog: Catalog,
    pub db: Db,
    pub root: tempfile::TempDir,
    pub time: ManualClock,
}

impl World {
    pub async fn new(db: Db) -> Self {
        let root = tempfile::tempdir().expect("a folder");
        let config = Config {
            mirrors: root.path().join("mirrors"),
            roots: vec![root.path().to_owned()],
            outgoing: Default::default(),
        };
        let catalog = opened(&db, config).await.expect("a catalog");
        let time = ManualClock::starting_at("2026-03-01T00:00:00Z".parse().expect("a time"));
        World { catalog, db, root, time }
    }

    pub fn now(&self) -> Timestamp {
        self.time.now()
    }

    pub fn path(&self, source: &str) -> std::path::PathBuf {
        self.root.path().join(source)
    }

    /// Writes a file of a source's folder.
    pub fn write(&self, source: &str, path: &str, text: &str) {
        write(&self.path(source).join(path), text.as_bytes());
    }

    pub fn remove(&self, source: &str, path: &str) {
        std::fs::remove_file(self.path(source).join(path)).expect("the file was there");
    }

    /// Adds a folder source and reads it.
    pub async fn source(&self, name: &str, change: impl FnOnce(&mut Settings)) -> SourceId {
        std::fs::create_dir_all(self.path(name)).expect("a folder");
        let mut settings = settings(name, &self.path(name));
        change(&mut settings);
        let id = service::add_source(&self.catalog, &administrator(), settings, self.now())
            .await
            .expect("a source");
        self.refresh(id).await;
        id
    }

    pub async fn refresh(&self, id: SourceId) -> Counts {
        self.time.advance(SignedDuration::from_secs(1));
        let clock = Clock::Manual(self.time.clone());
        service::run_refresh(&self.catalog, &job(), id, &clock).await.expect("a run").counts
    }

    pub fn find(&self, reference: &str) -> Option<std::sync::Arc<Entry>> {
        let reference: EntityRef = reference.parse().expect("a reference");
        self.catalog.snapshot().get(&reference, &Visibility::All).cloned()
    }

    pub fn get(&self, reference: &str) -> std::sync::Arc<Entry> {
        self.find(reference).unwrap_or_else(|| panic!("{reference} is in the catalog"))
    }

    pub fn description(&self, reference: &str) -> String {
        self.get(reference).entity.description().unwrap_or_default().to_owned()
    }

    /// What is told about a text, one line each: `path:line state | severity line:column sentence`.
    pub async fn why(&self, text: &str) -> Vec<String> {
        let page =
            service::find_problems(&self.catalog, &viewer(), None, text, None, 500).await.expect("findings");
        page.findings.iter().flat_map(lines).collect()
    }
}

fn lines(finding: &Finding) -> Vec<String> {
    let Some(document) = &finding.document else {
        return vec![format!("{} {:?}", finding.path, finding.file_state)];
    };
    let state = match &document.state {
        DocumentState::Live => "live".to_owned(),
        DocumentState::SetAside(None) => "set aside".to_owned(),
        DocumentState::SetAside(Some(_)) => "set aside, last good state kept".to_owned(),
        DocumentState::Shadowed(why) => format!("shadowed: {why}"),
        DocumentState::Gone => "gone".to_owned(),
    };
    let head = format!("{}:{} {state}", finding.path, document.line);
    if document.notes.is_empty() {
        return vec![head];
    }
    document.notes.iter().map(|note| format!("{head} | {:?} {}", note.severity, note.problem)).collect()
}

pub(crate) async fn opened(db: &Db, config: Config) -> crate::db::Result<Catalog> {
    Catalog::open(db.clone(), Clock::System, Waker::default(), config).await
}

pub(crate) fn write(path: &Path, bytes: &[u8]) {
    std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
    std::fs::write(path, bytes).expect("a file");
}

pub(crate) fn settings(name: &str, path: &Path) -> Settings {
    Settings {
        name: name.to_owned(),
        place: Place::Folder { path: path.to_owned() },
        glob: None,
        trusted: false,
        allowance: None,
        every_minutes: 10,
    }
}

pub(crate) fn person(administrator: bool, teams: &[(&str, bool)]) -> Caller {
    let membership = |(team, leader): &(&str, bool)| Membership {
        team: team.parse().expect("a reference"),
        leader: *leader,
    };
    Caller::Person(Person {
        account: crate::ids::mint(Timestamp::UNIX_EPOCH),
        name: "Ada".to_owned(),
        administrator,
        teams: teams.iter().map(membership).collect(),
        address: None,
    })
}

pub(crate) fn administrator() -> Caller {
    person(true, &[])
}

pub(crate) fn viewer() -> Caller {
    person(false, &[])
}

pub(crate) fn job() -> Caller {
    Caller::System(System { job: Some(crate::ids::mint(Timestamp::UNIX_EPOCH)), on_behalf_of: None })
}

/// A Component as people write it.
pub(crate) fn component(name: &str, description: &str) -> String {
    component_of(name, description, "team-a")
}

pub(crate) fn component_of(name: &str, description: &str, owner: &str) -> String {
    format!(
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: {name}\n  description: {description}\nspec:\n  type: service\n  lifecycle: production\n  owner: {owner}\n"
    )
}

pub(crate) fn group(name: &str, parent: Option<&str>) -> String {
    let parent = parent.map(|parent| format!("  parent: {parent}\n")).unwrap_or_default();
    format!(
        "apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata:\n  name: {name}\nspec:\n  type: team\n  children: []\n{parent}"
    )
}

pub(crate) fn location(name: &str, targets: &[&str]) -> String {
    let list: String = targets.iter().map(|target| format!("    - {target}\n")).collect();
    format!(
        "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata:\n  name: {name}\nspec:\n  targets:\n{list}"
    )
}

pub(crate) fn documents(list: &[&str]) -> String {
    list.join("---\n")
}
