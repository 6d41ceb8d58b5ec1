//! Where a long image or address may end a line: after `/`, `:` and `@`, so that no word is cut in two while there is such a place.

use leptos::prelude::*;

/// The separators that a line may end after.
const AFTER: [char; 3] = ['/', ':', '@'];

/// Whether a value is an image, an address or a path rather than words: something that is read letter by letter.
pub fn is_address(text: &str) -> bool {
    text.contains(AFTER) && !text.contains(char::is_whitespace)
}

/// The text, with the places where a line may end.
pub fn breakable(text: &str) -> AnyView {
    let pieces: Vec<_> = pieces(text)
        .into_iter()
        .enumerate()
        .map(|(at, piece)| {
            let place = (at > 0).then(|| view! { <wbr /> });
            view! {
                {place}
                {piece.to_owned()}
            }
        })
        .collect();
    pieces.into_any()
}

/// The pieces between which a line may end; joined they are the text. Separators that follow one another stay together.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut after = false;
    for (at, c) in text.char_indices() {
        let separates = AFTER.contains(&c);
        if after && !separates {
            pieces.push(&text[start..at]);
            start = at;
        }
        after = separates;
    }
    if start < text.len() {
        pieces.push(&text[start..]);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::{is_address, pieces};

    #[test]
    fn a_line_ends_after_separators_and_nothing_is_lost() {
        let cases: &[(&str, &[&str])] = &[
            ("registry.example.com/team/web:1", &["registry.example.com/", "team/", "web:", "1"]),
            ("https://10.0.0.1:6443/", &["https://", "10.0.0.1:", "6443/"]),
            ("web@sha256:ab", &["web@", "sha256:", "ab"]),
            ("plain", &["plain"]),
            ("/", &["/"]),
            ("", &[]),
        ];
        for (text, expected) in cases {
            assert_eq!(pieces(text), *expected, "{text:?}");
            assert_eq!(pieces(text).concat(), *text);
        }
    }

    #[test]
    fn words_are_told_from_addresses() {
        for text in ["registry.example.com/team/web:1", "https://a.example.com", "nginx:1.27"] {
            assert!(is_address(text), "{text:?}");
        }
        for text in ["plain", "a sentence: with a colon", ""] {
            assert!(!is_address(text), "{text:?}");
        }
    }
}
