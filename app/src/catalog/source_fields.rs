//! How pages say where a source is, what it may bring, how its last run went and when the next one comes.

use std::collections::BTreeSet;
use std::time::Duration;

use domain::catalog::claims::{Allowance, AllowedKinds};
use leptos::prelude::*;

use super::source_view::{NextRun, PlaceView, SourceView};
use super::words;
use crate::ui::prelude::*;

/// How often a page looks while a source is being read.
const LOOK: Duration = Duration::from_secs(1);

/// In microseconds: the clock of the page moves in seconds.
const SOON: i64 = 2_000_000;

/// The icon of a place.
pub fn icon(place: &PlaceView) -> Glyph {
    match place {
        PlaceView::Folder(_) => Glyph::Folder,
        PlaceView::Git(..) => Glyph::GitBranch,
    }
}

/// How it stands, in a word.
pub fn status(source: &SourceView) -> AnyView {
    let (state, text) = standing(source);
    view! { <Status state=state text=text /> }.into_any()
}

fn standing(source: &SourceView) -> (State, &'static str) {
    match (&source.next, &source.last_run) {
        (NextRun::Running, _) => (State::Busy, "Reading"),
        _ if source.unstored.is_some() => (State::Bad, "Could not be stored"),
        (_, None) => (State::Busy, "Waiting for its first run"),
        (_, Some(run)) if run.error.is_some() => (State::Bad, "Failed"),
        (_, Some(run)) if run.stopped_by.is_some() => (State::Off, "Stopped"),
        // Findings are of what it had before.
        (_, Some(run)) if run.counts.is_some_and(|counts| counts.is_nothing()) => {
            (State::Warn, "Nothing found")
        }
        _ if source.findings > 0 => (State::Warn, "Read, with findings"),
        (_, Some(run)) if !run.notes.is_empty() => (State::Warn, "Read, with warnings"),
        _ => (State::Ok, "Read"),
    }
}

/// Why nothing is known yet of what is in a source that no run has ended of.
pub fn unread(source: &SourceView) -> &'static str {
    match source.next {
        NextRun::Running => "Being read for the first time",
        NextRun::At(_) | NextRun::Unknown => "Not read yet",
    }
}

/// The way to a new source, once it is known that the person may take it.
pub fn add_button<May>(may: impl Fn() -> May + Send + 'static) -> AnyView
where
    May: Future<Output = bool> + Send + 'static,
{
    let shown = |may: bool| {
        may.then(|| {
            view! {
                <LinkButton href="/settings/sources/new" kind=ButtonKind::Primary icon=Glyph::Plus>
                    "Add source"
                </LinkButton>
            }
        })
    };
    view! {
        <Transition>
            {move || {
                let may = may();
                Suspend::new(async move { shown(may.await) })
            }}
        </Transition>
    }
    .into_any()
}

/// Whether it is being read, or is as soon as a worker is free.
pub fn at_hand(source: &SourceView) -> bool {
    let soon = page_now().get_untracked() + SOON;
    source.last_run.is_none()
        || matches!(source.next, NextRun::Running)
        || matches!(source.next, NextRun::At(at) if at <= soon)
}

/// Counts `looks` up while `reading` is true, so that what shows a source is read again until that is over. In the browser only.
pub fn look_again(looks: RwSignal<u32>, reading: impl Fn() -> bool + 'static) {
    Effect::new(move |_| {
        if reading() {
            set_timeout(move || _ = looks.try_update(|looks| *looks += 1), LOOK);
        }
    });
}

/// When it is read next.
pub fn next(next: NextRun) -> AnyView {
    match next {
        NextRun::At(at) => view! { <Time micros=at /> }.into_any(),
        NextRun::Running => "now".into_any(),
        NextRun::Unknown => view! { <Unknown reason="It is not scheduled. Use Read now" /> }.into_any(),
    }
}

/// How often it is read.
pub fn every(minutes: u32) -> String {
    match minutes {
        1 => "every minute".to_owned(),
        60 => "every hour".to_owned(),
        1_440 => "every day".to_owned(),
        minutes if minutes.is_multiple_of(1_440) => format!("every {} days", minutes / 1_440),
        minutes if minutes.is_multiple_of(60) => format!("every {} hours", minutes / 60),
        minutes => format!("every {minutes} minutes"),
    }
}

/// What it may bring, in a sentence.
pub fn allowed(source: &SourceView) -> String {
    let allowance = source.allowance.clone().unwrap_or_else(|| Allowance::default_for(source.trusted));
    let kinds = match &allowance.kinds {
        AllowedKinds::All => "entities of every kind".to_owned(),
        AllowedKinds::AllBut(kinds) => format!("every kind except {}", named(kinds)),
        AllowedKinds::Only(kinds) if kinds.is_empty() => "nothing".to_owned(),
        AllowedKinds::Only(kinds) => format!("only {}", named(kinds)),
    };
    match &allowance.namespaces {
        None => format!("It may define {kinds}, in every namespace."),
        Some(names) => {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            format!("It may define {kinds}, in the namespaces {}.", names.join(", "))
        }
    }
}

fn named(kinds: &BTreeSet<String>) -> String {
    kinds.iter().map(|kind| words::kind(kind)).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::super::source_view::{CountsView, RunView};
    use super::*;

    #[test]
    fn a_source_without_files_is_not_said_to_be_read() {
        let said = |counts: CountsView, findings: u64| {
            let run = RunView {
                started_at: 0,
                finished_at: 0,
                error: None,
                stopped_by: None,
                commit: None,
                counts: Some(counts),
                notes: Vec::new(),
            };
            let source = SourceView {
                id: "0190a5a0-0000-7000-8000-000000000000".parse().expect("an id"),
                name: "Shop".to_owned(),
                place: PlaceView::Folder("/srv/shop".to_owned()),
                glob: None,
                trusted: false,
                allowance: None,
                every_minutes: 10,
                version: 0,
                last_run: Some(run),
                unstored: None,
                findings,
                next: NextRun::Unknown,
            };
            standing(&source)
        };
        let files =
            |files: u64, files_not_read: u64| CountsView { files, files_not_read, ..Default::default() };
        assert_eq!(said(files(0, 0), 0), (State::Warn, "Nothing found"));
        assert_eq!(said(files(0, 0), 2), (State::Warn, "Nothing found"));
        assert_eq!(said(files(0, 1), 1), (State::Warn, "Read, with findings"));
        assert_eq!(said(files(1, 0), 0), (State::Ok, "Read"));
    }

    #[test]
    fn how_often_in_the_largest_unit_that_fits() {
        for (minutes, expected) in [
            (1, "every minute"),
            (10, "every 10 minutes"),
            (60, "every hour"),
            (90, "every 90 minutes"),
            (120, "every 2 hours"),
            (1_440, "every day"),
            (10_080, "every 7 days"),
        ] {
            assert_eq!(every(minutes), expected);
        }
    }
}
