//! The findings, each with its place, what became of it and why.

use leptos::prelude::*;

use super::address;
use super::entity_view::NoteView;
use super::notes;
use super::problem_view::{ProblemRow, ProblemState};
use crate::ui::prelude::*;

/// The list.
pub fn table(rows: Vec<ProblemRow>) -> AnyView {
    let rows: Vec<_> = rows.into_iter().map(row).collect();
    view! {
        <Card flush=true>
            <ul class="catalog-findings">{rows}</ul>
        </Card>
    }
    .into_any()
}

fn row(row: ProblemRow) -> AnyView {
    let in_catalog = in_catalog(&row.state);
    let page = address::file(row.file);
    let (place, href) = match row.line {
        Some(line) => (format!("{}:{line}", row.path), format!("{page}#L{line}")),
        None => (row.path.clone(), page.clone()),
    };
    let what = row.reference.as_ref().map(|reference| {
        let text = reference.to_string();
        match in_catalog {
            true => view! { <a class="link" href=address::entity(reference)>{text}</a> }.into_any(),
            false => view! { <span>{text}</span> }.into_any(),
        }
    });
    let source = match row.source_removed {
        true => view! { <span class="source faint small">{row.source_name} ", removed"</span> }.into_any(),
        false => view! {
            <a class="source faint small" href=address::source(row.source)>
                {row.source_name}
            </a>
        }
        .into_any(),
    };
    let (status, why) = state(row.state, !row.notes.is_empty());
    let path = row.path;
    let notes: Vec<_> = row.notes.into_iter().map(|note| finding(&path, &page, note)).collect();
    let notes = (!notes.is_empty()).then(|| view! { <ul class="checks catalog-notes">{notes}</ul> });
    view! {
        <li>
            <div class="head">
                {status}
                // The place in the file is looked for once, before the file is there, unless the page is loaded anew.
                <a href=href rel="external">
                    <code class="place">{place}</code>
                </a>
                {what}
                {source}
            </div>
            <div class="why">{why} {notes}</div>
        </li>
    }
    .into_any()
}

/// Whether the catalog has an entity for a document in this state.
pub fn in_catalog(state: &ProblemState) -> bool {
    matches!(
        state,
        ProblemState::Live | ProblemState::Shadowed(_) | ProblemState::Gone | ProblemState::SetAside(Some(_))
    )
}

fn finding(path: &str, page: &str, note: NoteView) -> AnyView {
    let place = format!("{path}:{}:{}", note.line, note.column);
    let href = format!("{page}#L{}", note.line);
    view! {
        <li>
            <Icon of=note.gravity.state().glyph() class=note.gravity.state().ink() />
            <div>
                <a href=href title=place rel="external">
                    <code>{format!("{}:{}", note.line, note.column)}</code>
                </a>
                {notes::path(&note.path)}
                <span class="sr-only">{format!(" {}", note.gravity.word())}</span>
                <p>{notes::prose(&note.message)}</p>
            </div>
        </li>
    }
    .into_any()
}

/// The word for a state, and a sentence about it; `noted` where there is something to say about what is in the catalog.
pub fn state(state: ProblemState, noted: bool) -> (AnyView, AnyView) {
    let status = |state: State, text: &'static str| view! { <Status state=state text=text /> }.into_any();
    let sentence = |text: String| view! { <p>{text}</p> }.into_any();
    match state {
        ProblemState::SetAside(Some(at)) => (
            status(State::Warn, "Last valid version"),
            view! { <p>"The catalog shows its last valid version, from " <Time micros=at /> "."</p> }
                .into_any(),
        ),
        ProblemState::SetAside(None) => (
            status(State::Bad, "Set aside"),
            sentence("It stays out of the catalog until this is fixed.".to_owned()),
        ),
        ProblemState::Shadowed(why) => (status(State::Warn, "Shadowed"), sentence(why)),
        ProblemState::NotRead(why) => (status(State::Bad, "Not read"), sentence(why)),
        ProblemState::NotNamed => (
            status(State::Off, "Not referenced"),
            sentence("No Location or pattern includes this file, so it is not read.".to_owned()),
        ),
        ProblemState::FileGone(at) => (
            status(State::Off, "File gone"),
            view! { <p>"The file was removed " <Time micros=at /> "."</p> }.into_any(),
        ),
        ProblemState::Gone => (
            status(State::Warn, "Orphaned"),
            sentence("It is no longer in this file. Its entity stays until someone removes it.".to_owned()),
        ),
        ProblemState::Live if noted => {
            (status(State::Warn, "Has faults"), sentence("It is in the catalog all the same.".to_owned()))
        }
        ProblemState::Live => (status(State::Ok, "In the catalog"), ().into_any()),
    }
}
