//! Code and configuration, with numbered lines that can be linked to.

use leptos::prelude::*;

use super::copy::CopyButton;
use super::maybe::Maybe;

/// What the text is written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// Nothing in particular.
    #[default]
    Plain,
    /// YAML: keys and comments stand out.
    Yaml,
}

/// A text with numbered lines. Line 12 has the address `#L12`.
#[component]
pub fn Code(
    /// What it is, read by screen readers: "payments-api in catalog-info.yaml".
    #[prop(into)]
    label: String,
    /// The text.
    text: String,
    /// What it is written in.
    #[prop(optional)]
    language: Language,
    /// The line to point at, counted from 1 within its file.
    #[prop(optional, into)]
    mark: Maybe<usize>,
    /// The number of the first line.
    #[prop(default = 1)]
    first: usize,
) -> impl IntoView {
    let mark = mark.0;
    let lines: Vec<_> = text
        .lines()
        .enumerate()
        .map(|(index, line)| {
            let number = first + index;
            let class = if mark == Some(number) { "line on" } else { "line" };
            let (id, href) = (format!("L{number}"), format!("#L{number}"));
            view! {
                <span class=class id=id>
                    <a class="no" href=href rel="external" tabindex="-1">
                        {number}
                    </a>
                    {cut(line, language)
                        .into_iter()
                        .map(|(class, text)| match class {
                            "" => text.to_owned().into_any(),
                            class => view! { <span class=class>{text.to_owned()}</span> }.into_any(),
                        })
                        .collect_view()}
                    "\n"
                </span>
            }
        })
        .collect();
    view! {
        <div class="code">
            <pre class="lines" tabindex="0" role="region" aria-label=label>
                <code>{lines}</code>
            </pre>
            <CopyButton text=text />
        </div>
    }
    .into_any()
}

/// Cuts a line into pieces with their class. The pieces joined are the line.
fn cut(line: &str, language: Language) -> Vec<(&'static str, &str)> {
    if language == Language::Plain {
        return vec![("", line)];
    }
    let mut pieces = Vec::new();
    let (code, note) = split_note(line);
    let start = code.len() - code.trim_start_matches([' ', '-']).len();
    let key = code[start..].find(": ").map(|at| start + at);
    let key = key.or_else(|| code.trim_end().ends_with(':').then(|| code.trim_end().len() - 1));
    match key {
        Some(end) if end > start && !code[start..end].contains([' ', '{', '[', '"']) => {
            pieces.push(("", &code[..start]));
            pieces.push(("key", &code[start..end]));
            pieces.push(("", &code[end..]));
        }
        _ => pieces.push(("", code)),
    }
    pieces.push(("note", note));
    pieces.retain(|(_, text)| !text.is_empty());
    pieces
}

/// A comment begins with `#` at the start of a line or after a blank (YAML 1.2.2 section 6.6), outside quotes.
fn split_note(line: &str) -> (&str, &str) {
    let mut quote = None;
    let mut before = ' ';
    for (at, c) in line.char_indices() {
        match (c, quote) {
            ('#', None) if before.is_whitespace() => return line.split_at(at),
            ('"' | '\'', None) if !before.is_alphanumeric() => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            _ => {}
        }
        before = c;
    }
    (line, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_comments_stand_out_and_nothing_is_lost() {
        let cases: &[(&str, &[(&str, &str)])] = &[
            ("kind: Component", &[("key", "kind"), ("", ": Component")]),
            (
                "  - name: api # the name",
                &[("", "  - "), ("key", "name"), ("", ": api "), ("note", "# the name")],
            ),
            ("metadata:", &[("key", "metadata"), ("", ":")]),
            ("# all of it", &[("note", "# all of it")]),
            ("url: \"https://x/#a\"", &[("key", "url"), ("", ": \"https://x/#a\"")]),
            ("it's: x # y", &[("key", "it's"), ("", ": x "), ("note", "# y")]),
            ("a sentence: with a colon", &[("", "a sentence: with a colon")]),
            ("", &[]),
        ];
        for (line, expected) in cases {
            assert_eq!(&cut(line, Language::Yaml), expected, "{line:?}");
            let joined: String = cut(line, Language::Yaml).iter().map(|(_, text)| *text).collect();
            assert_eq!(&joined, line);
        }
        assert_eq!(cut("kind: x", Language::Plain), [("", "kind: x")]);
    }
}
