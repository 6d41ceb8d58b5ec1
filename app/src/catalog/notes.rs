//! What there is to say about places of a file.

use leptos::prelude::*;

use super::entity_view::{NoteGravity, NoteView};
use crate::ui::prelude::*;

impl NoteGravity {
    /// How a page shows it.
    pub fn state(self) -> State {
        match self {
            NoteGravity::Error => State::Bad,
            NoteGravity::Warning => State::Warn,
            NoteGravity::NotRead => State::Off,
        }
    }

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            NoteGravity::Error => "Error",
            NoteGravity::Warning => "Warning",
            NoteGravity::NotRead => "Not read",
        }
    }
}

/// The notes, each with its line; `page` shows the text, and its lines have the addresses `#L12`.
pub fn list(notes: &[NoteView], page: &str) -> AnyView {
    let notes: Vec<_> = notes
        .iter()
        .cloned()
        .map(|note| {
            let href = format!("{page}#L{}", note.line);
            view! {
                <li>
                    <Icon of=note.gravity.state().glyph() class=note.gravity.state().ink() />
                    <div>
                        <a class="link" href=href>
                            {format!("Line {}, column {}", note.line, note.column)}
                        </a>
                        {path(&note.path)}
                        <span class="sr-only">{format!(" {}", note.gravity.word())}</span>
                        <p>{note.message}</p>
                    </div>
                </li>
            }
        })
        .collect();
    view! { <ul class="checks catalog-notes">{notes}</ul> }.into_any()
}

/// The place in the document, where there is one.
pub fn path(path: &str) -> AnyView {
    if path.is_empty() {
        return ().into_any();
    }
    view! {
        " "
        <code class="faint">{path.to_owned()}</code>
    }
    .into_any()
}
