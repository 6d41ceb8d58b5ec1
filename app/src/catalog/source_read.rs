//! From the use cases to what the pages of sources and of findings show, and from the form to settings. On the server only.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use domain::catalog::claims::{Allowance, AllowedKinds};
use domain::ids::SourceId;
use domain::people::{Action, Caller, authorize};
use platform::catalog::Catalog;
use platform::catalog::service::{self, FileState, Finding, SourceFile, Unreferenced, WhichOrphans};
use platform::catalog::snapshot::SourceName;
use platform::catalog::source::{Counts, Place, Run, Schedule, Settings, Source};
use platform::{Platform, Result};

use super::entity_read::note;
use super::file_read::{document_state, file_state};
use super::problem_view::*;
use super::source_functions::SourceFields;
use super::source_view::*;
use crate::request::parsed;

/// Files, and findings, of one page.
const ROWS: u32 = 100;

/// Every source with its last run.
pub async fn list(platform: &Platform, caller: &Caller) -> Result<SourceList> {
    let catalog = &platform.catalog;
    let sources = service::list_sources(catalog, caller).await?;
    let findings = service::count_findings(catalog, caller, None).await?;
    let of = |source: &Source| findings.get(&source.id).copied().unwrap_or_default();
    Ok(SourceList {
        removed: removed(catalog, caller, &findings)?,
        rows: sources.into_iter().map(|source| view(of(&source), source)).collect(),
        may_manage: authorize(caller, Action::ManageSources).is_ok(),
        may_read: authorize(caller, Action::RefreshSources).is_ok(),
    })
}

/// Sources that are removed and of which orphans are left, by name.
fn removed(
    catalog: &Catalog,
    caller: &Caller,
    findings: &BTreeMap<SourceId, u64>,
) -> Result<Vec<RemovedView>> {
    let snapshot = catalog.snapshot();
    let mut removed = Vec::new();
    for source in snapshot.sources().iter().filter(|source| source.removed) {
        let orphans = snapshot.count_of(source.id).orphans;
        if orphans > 0 {
            let removable = removable(catalog, caller, source.id)?;
            let findings = findings.get(&source.id).copied().unwrap_or_default();
            removed.push(RemovedView {
                id: source.id,
                name: source.name.clone(),
                orphans,
                removable,
                findings,
            });
        }
    }
    removed.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(removed)
}

/// How many orphans of a source the caller may remove.
fn removable(catalog: &Catalog, caller: &Caller, source: SourceId) -> Result<u64> {
    let which = WhichOrphans { source: Some(source), ..WhichOrphans::default() };
    let orphans = service::list_orphans(catalog, caller, &which)?;
    Ok(u64::try_from(orphans.removable.len()).unwrap_or(u64::MAX))
}

/// One source with a page of its files.
pub async fn page(platform: &Platform, caller: &Caller, id: &str, after: &str) -> Result<SourcePageView> {
    let id: SourceId = parsed(id, "source")?;
    let source = service::find_source(&platform.catalog, caller, id).await?;
    let mut files = service::list_source_files(&platform.catalog, caller, id, after, ROWS + 1).await?;
    let rows = usize::try_from(ROWS).unwrap_or(usize::MAX);
    let is_last = files.len() <= rows;
    files.truncate(rows);
    let snapshot = platform.catalog.snapshot();
    let entities = snapshot.count_of(id);
    let findings = service::count_findings(&platform.catalog, caller, Some(id)).await?;
    let teams = snapshot.teams_of_source(id);
    let environments_of_teams =
        platform::environments::service::count_alive_of_teams(&platform.environments, caller, &teams).await?;
    Ok(SourcePageView {
        describes: entities.described,
        teams: teams.iter().map(|team| snapshot.name_of(team, "group")).collect(),
        environments_of_teams,
        orphans: entities.orphans,
        removable: removable(&platform.catalog, caller, id)?,
        source: view(findings.get(&id).copied().unwrap_or_default(), source),
        may_manage: authorize(caller, Action::ManageSources).is_ok(),
        may_read: authorize(caller, Action::RefreshSources).is_ok(),
        next: (!is_last).then(|| files.last().map(|file| file.path.clone())).flatten(),
        files: files.into_iter().map(file).collect(),
    })
}

fn view(findings: u64, source: Source) -> SourceView {
    let settings = source.settings;
    SourceView {
        id: source.id,
        name: settings.name,
        place: match settings.place {
            Place::Folder { path } => PlaceView::Folder(path.display().to_string()),
            Place::Git { url, branch } => PlaceView::Git(url, branch),
        },
        glob: settings.glob,
        trusted: settings.trusted,
        allowance: settings.allowance,
        every_minutes: settings.every_minutes,
        version: source.changed_at.as_microsecond(),
        last_run: source.last_run.map(run),
        unstored: source.unstored,
        findings,
        next: match source.schedule {
            Some(Schedule::Due(at)) => NextRun::At(at.as_microsecond()),
            Some(Schedule::Running) => NextRun::Running,
            None => NextRun::Unknown,
        },
    }
}

fn run(run: Run) -> RunView {
    RunView {
        started_at: run.started_at.as_microsecond(),
        finished_at: run.finished_at.as_microsecond(),
        error: run.outcome.err(),
        stopped_by: run.stopped_by,
        commit: run.commit,
        counts: run.counts.map(counts),
        notes: run.notes,
    }
}

fn counts(counts: Counts) -> CountsView {
    CountsView {
        files: counts.files,
        files_not_read: counts.files_not_read,
        documents: counts.documents,
        live: counts.live,
    }
}

fn file(file: SourceFile) -> FileView {
    FileView {
        id: file.id,
        path: file.path,
        size: file.size,
        state: match file.state {
            FileState::Read => FileStateView::Read,
            FileState::NotRead(why) => FileStateView::NotRead(why),
            FileState::NotNamed => FileStateView::NotNamed,
            FileState::Gone(at) => FileStateView::Gone(at.as_microsecond()),
        },
        named_by: file.named_by.map(|by| (by.file, by.line)),
        read_at: file.read_at.as_microsecond(),
        documents: file.documents,
        live: file.live,
        findings: file.findings,
    }
}

/// Files and documents that somebody should look at.
pub async fn problems(
    platform: &Platform,
    caller: &Caller,
    source: &str,
    text: &str,
    after: Option<&str>,
) -> Result<ProblemList> {
    let catalog = &platform.catalog;
    let source: Option<SourceId> = match source {
        "" => None,
        id => Some(parsed(id, "source")?),
    };
    let page = service::find_problems(catalog, caller, source, text, after, ROWS).await?;
    let counts = service::count_findings(catalog, caller, None).await?;
    let total = match (text.trim(), source) {
        ("", None) => Some(counts.values().sum()),
        ("", Some(source)) => Some(counts.get(&source).copied().unwrap_or_default()),
        _ => None,
    };
    let sources = service::list_sources(catalog, caller).await?;
    let sources = sources.into_iter().map(|source| (source.id, source.settings.name)).collect();
    let sources = sources_of_findings(sources, catalog.snapshot().sources(), &counts, source);
    Ok(ProblemList {
        rows: page.findings.into_iter().map(problem).collect(),
        next: page.next,
        total,
        sources,
        unreferenced: page.unreferenced.into_iter().map(unreferenced).collect(),
    })
}

/// The sources that are read, in their order, and after them those that are removed and have findings: together they have every finding.
/// One that is chosen is there without any, to be taken back.
fn sources_of_findings(
    read: Vec<(SourceId, String)>,
    known: &[SourceName],
    counts: &BTreeMap<SourceId, u64>,
    chosen: Option<SourceId>,
) -> Vec<SourceOfFindings> {
    let of = |id: SourceId| counts.get(&id).copied().unwrap_or_default();
    let mut removed: Vec<SourceOfFindings> = known
        .iter()
        .filter(|source| source.removed && (of(source.id) > 0 || chosen == Some(source.id)))
        .map(|source| SourceOfFindings {
            id: source.id,
            name: source.name.clone(),
            removed: true,
            findings: of(source.id),
        })
        .collect();
    removed.sort_by(|a, b| a.name.cmp(&b.name));
    let read =
        read.into_iter().map(|(id, name)| SourceOfFindings { id, name, removed: false, findings: of(id) });
    read.chain(removed).collect()
}

fn unreferenced(of: Unreferenced) -> UnreferencedView {
    UnreferencedView { source: of.source, source_name: of.source_name, files: of.files, or_more: of.or_more }
}

fn problem(finding: Finding) -> ProblemRow {
    let file_state = file_state(finding.file_state);
    let (line, reference, state, notes) = match finding.document {
        None => (None, None, file_state.unwrap_or(ProblemState::Live), Vec::new()),
        Some(document) => {
            (Some(document.line), document.reference, document_state(document.state), document.notes)
        }
    };
    ProblemRow {
        source: finding.source,
        source_name: finding.source_name,
        source_removed: finding.source_removed,
        file: finding.file,
        path: finding.path,
        line,
        reference,
        state,
        notes: notes.into_iter().map(note).collect(),
    }
}

/// The settings that a form means. What cannot be read becomes a value that the check of settings refuses with its own sentence.
pub fn settings(fields: SourceFields) -> Settings {
    let filled = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let location = fields.location.trim().to_owned();
    let kinds = list_of(&fields.kinds);
    let trusted = fields.trusted.is_some();
    let namespaces = Some(list_of(&fields.namespaces)).filter(|names| !names.is_empty());
    let kinds = match fields.rule.as_str() {
        "all" => Some(AllowedKinds::All),
        "all_but" => Some(AllowedKinds::AllBut(kinds)),
        "only" => Some(AllowedKinds::Only(kinds)),
        // Namespaces alone are narrowed: the kinds stay those of the trust.
        _ => namespaces.is_some().then(|| Allowance::default_for(trusted).kinds),
    };
    Settings {
        name: fields.name,
        place: match fields.place.as_str() {
            "git" => Place::Git { url: location, branch: filled(&fields.branch) },
            _ => Place::Folder { path: PathBuf::from(location) },
        },
        glob: filled(&fields.glob),
        trusted,
        allowance: kinds.map(|kinds| Allowance { kinds, namespaces }),
        every_minutes: fields.every_minutes.trim().parse().unwrap_or_default(),
    }
}

/// Words with commas or blanks between them, in lower case.
fn list_of(text: &str) -> BTreeSet<String> {
    let words = text.split([',', ' ', '\n', '\r', '\t', ';']).map(str::trim).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields() -> SourceFields {
        SourceFields {
            name: "Shop".to_owned(),
            place: "git".to_owned(),
            location: " https://git.example.com/shop ".to_owned(),
            branch: String::new(),
            glob: " ".to_owned(),
            trusted: None,
            rule: "default".to_owned(),
            kinds: String::new(),
            namespaces: String::new(),
            every_minutes: "10".to_owned(),
        }
    }

    #[test]
    fn the_sources_of_the_findings_have_all_of_them_also_those_of_removed_ones() {
        let id = |number: u8| -> SourceId {
            format!("0190a5a0-0000-7000-8000-00000000000{number}").parse().expect("an id")
        };
        let known = |number: u8, removed: bool| SourceName {
            id: id(number),
            name: format!("s{number}"),
            trusted: false,
            removed,
        };
        let read = vec![(id(1), "s1".to_owned()), (id(2), "s2".to_owned())];
        let known = [known(4, true), known(3, true), known(1, false), known(2, false), known(5, true)];
        let counts = BTreeMap::from([(id(1), 2), (id(3), 5), (id(4), 1)]);
        let sources = sources_of_findings(read.clone(), &known, &counts, Some(id(3)));
        let seen: Vec<_> =
            sources.iter().map(|source| (source.name.as_str(), source.removed, source.findings)).collect();
        assert_eq!(seen, [("s1", false, 2), ("s2", false, 0), ("s3", true, 5), ("s4", true, 1)]);
        assert_eq!(sources.iter().map(|source| source.findings).sum::<u64>(), counts.values().sum::<u64>());
        let chosen = sources_of_findings(read, &known, &counts, Some(id(5)));
        let last = chosen.last().map(|source| (source.name.as_str(), source.removed, source.findings));
        assert_eq!(last, Some(("s5", true, 0)), "what narrows the page can be taken back");
    }

    #[test]
    fn what_is_left_empty_is_left_to_the_default() {
        let settings = settings(fields());
        let place = Place::Git { url: "https://git.example.com/shop".to_owned(), branch: None };
        assert_eq!((settings.place, settings.glob, settings.allowance), (place, None, None));
        assert!(!settings.trusted);
    }

    #[test]
    fn kinds_and_namespaces_are_lists() {
        let only = settings(SourceFields {
            rule: "only".to_owned(),
            kinds: "Component, API".to_owned(),
            namespaces: "shop".to_owned(),
            ..fields()
        });
        let expected = Allowance {
            kinds: AllowedKinds::Only(["component", "api"].map(str::to_owned).into()),
            namespaces: Some(["shop".to_owned()].into()),
        };
        assert_eq!(only.allowance, Some(expected));
    }

    #[test]
    fn narrowed_namespaces_keep_the_kinds_of_the_trust() {
        for trusted in [None, Some("on".to_owned())] {
            let is_trusted = trusted.is_some();
            let narrowed = settings(SourceFields { namespaces: "shop".to_owned(), trusted, ..fields() });
            let kinds = narrowed.allowance.map(|allowance| allowance.kinds);
            assert_eq!(kinds, Some(Allowance::default_for(is_trusted).kinds));
        }
    }

    #[test]
    fn minutes_that_are_no_number_are_refused_at_their_field() {
        let wrong = settings(SourceFields { every_minutes: "often".to_owned(), ..fields() });
        let problems = wrong.problems(&platform::catalog::Bounds::default());
        assert_eq!(
            problems.iter().map(|problem| problem.field.as_str()).collect::<Vec<_>>(),
            ["every_minutes"]
        );
    }
}
