//! Cuts a file into segments at its `---` lines, so that each can be read and fail alone.

use std::ops::Range;

use saphyr_parser::ScanError;

/// A part of the file that starts at its beginning or at a `---` line, directives before it included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    pub bytes: Range<usize>,
    /// The number of its first line, from 1.
    pub line: u32,
}

/// All segments of the file in order. A byte order mark at the start belongs to none.
pub fn segments(file: &[u8]) -> Vec<Segment> {
    let start = if file.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
    let mut segments = Vec::new();
    let mut open = Segment { bytes: start..start, line: 1 };
    // The first line since the file's start or a `...` line, while only comments, blanks and
    // directives were seen: a directive belongs to the document that it stands before.
    let mut prologue = Some((start, 1));
    let mut directive = false;
    let mut line = 1;
    let mut at = start;
    while at < file.len() {
        let end = line_end(file, at);
        let text = &file[at..end];
        if is_marker(text, b"---") {
            let (cut, cut_line) = match prologue {
                Some(cut) if directive => cut,
                _ => (at, line),
            };
            if cut > open.bytes.start {
                segments.push(Segment { bytes: open.bytes.start..cut, line: open.line });
            }
            open = Segment { bytes: cut..cut, line: cut_line };
            (prologue, directive) = (None, false);
        } else if is_marker(text, b"...") {
            (prologue, directive) = (Some((end, line + 1)), false);
        } else if text.starts_with(b"%") && prologue.is_some() {
            directive = true;
        } else if text.iter().find(|byte| !byte.is_ascii_whitespace()).is_some_and(|byte| *byte != b'#') {
            prologue = None;
        }
        at = end;
        line += 1;
    }
    if file.len() > open.bytes.start {
        segments.push(Segment { bytes: open.bytes.start..file.len(), line: open.line });
    }
    segments
}

/// How many lines end in these bytes, and where the last, open one starts.
pub fn lines_before(bytes: &[u8]) -> (u32, usize) {
    let (mut lines, mut at) = (0, 0);
    loop {
        let end = line_end(bytes, at);
        if end == bytes.len() && !ends_line(bytes) || at == bytes.len() {
            return (lines, at);
        }
        lines += 1;
        at = end;
    }
}

/// Where a mistake stands that the parser found: its line, from 1, and its column, from 0. Of a tab that indents a line the parser names
/// only the start of the text that goes on there, so the tab is looked for below that.
pub fn place_of(text: &str, error: &ScanError) -> (usize, usize) {
    let mark = error.marker();
    let is_tab = error.info().ends_with("found a tab");
    let (mut line, mut at) = (1, 0);
    while is_tab && at < text.len() {
        let end = line_end(text.as_bytes(), at);
        let bytes = &text.as_bytes()[at..end];
        let indent = bytes.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let says = bytes.get(indent).is_some_and(|byte| !matches!(byte, b'#' | b'\n' | b'\r'));
        if let Some(column) = bytes[..indent].iter().position(|byte| *byte == b'\t')
            && says
            && line > mark.line()
        {
            return (line, column);
        }
        (line, at) = (line + 1, end);
    }
    (mark.line(), mark.col())
}

fn ends_line(bytes: &[u8]) -> bool {
    matches!(bytes.last(), Some(b'\n' | b'\r'))
}

/// Where the line that starts at `at` ends, its break (LF, CR LF or CR) included.
fn line_end(file: &[u8], at: usize) -> usize {
    match file[at..].iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
        None => file.len(),
        Some(length) => {
            let end = at + length;
            if file[end] == b'\r' && file.get(end + 1) == Some(&b'\n') { end + 2 } else { end + 1 }
        }
    }
}

fn is_marker(line: &[u8], marker: &[u8]) -> bool {
    line.strip_prefix(marker)
        .is_some_and(|rest| rest.first().is_none_or(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')))
}
