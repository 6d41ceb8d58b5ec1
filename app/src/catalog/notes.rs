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
                        <p>{prose(&note.message)}</p>
                    </div>
                </li>
            }
        })
        .collect();
    view! { <ul class="checks catalog-notes">{notes}</ul> }.into_any()
}

/// A sentence of a finding: what stands between backticks is shown as code.
pub fn prose(sentence: &str) -> AnyView {
    let parts: Vec<_> = parts(sentence)
        .into_iter()
        .filter(|(text, _)| !text.is_empty())
        .map(|(text, is_code)| {
            let text = text.to_owned();
            match is_code {
                true => view! { <code>{text}</code> }.into_any(),
                false => text.into_any(),
            }
        })
        .collect();
    parts.into_any()
}

/// The parts of a sentence in their order, each with whether it stood between backticks. A backtick without a second one stays.
fn parts(sentence: &str) -> Vec<(&str, bool)> {
    let mut parts = Vec::new();
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('`')
        && let Some((code, after)) = after.split_once('`')
    {
        parts.extend([(before, false), (code, true)]);
        rest = after;
    }
    parts.push((rest, false));
    parts
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

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn what_stands_between_backticks_is_code() {
        for (sentence, expected) in [
            ("Plain words", vec![("Plain words", false)]),
            (
                "`kind` is `API`.",
                vec![("", false), ("kind", true), (" is ", false), ("API", true), (".", false)],
            ),
            ("`a` and a ` alone", vec![("", false), ("a", true), (" and a ` alone", false)]),
        ] {
            assert_eq!(parts(sentence), expected, "{sentence}");
        }
    }
}
