//! Reads one YAML document into a JSON value and remembers where each node stands.
//!
//! - YAML 1.2 core rules: only `true`, `false`, `null`, `~` and numbers are not text.
//! - Anchors, aliases and tags are refused, so that a small file cannot unfold into a big one.
//! - Size, depth and the number of nodes are limited; a key may stand only once in its map.

use std::collections::BTreeMap;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span};
use serde_json::{Map, Number, Value};

use super::problem::{Position, Problem};

/// Longest text that is read, in bytes. A blueprint is a page or two.
pub const MAX_BYTES: usize = 512 * 1024;
const MAX_DEPTH: usize = 64;
const MAX_NODES: usize = 20_000;

/// A document and the place of each of its nodes.
#[derive(Debug, Clone)]
pub struct Document {
    pub value: Value,
    positions: BTreeMap<String, Position>,
}

impl Document {
    /// Where the node at a JSON pointer (RFC 6901) stands; the nearest parent's place if it has none.
    pub fn position(&self, pointer: &str) -> Position {
        let mut path = pointer;
        loop {
            if let Some(found) = self.positions.get(path) {
                return *found;
            }
            match path.rfind('/') {
                Some(cut) => path = &path[..cut],
                None => return Position { line: 1, column: 1 },
            }
        }
    }
}

/// Reads `text`, which must hold exactly one document.
pub fn read(text: &str) -> Result<Document, Problem> {
    let start = Position { line: 1, column: 1 };
    if text.len() > MAX_BYTES {
        return Err(Problem::new(start, "", format!("The file is larger than {} KiB.", MAX_BYTES / 1024)));
    }
    let mut reader = Reader { parser: Parser::new_from_str(text), positions: BTreeMap::new(), nodes: 0 };
    let mut value = None;
    loop {
        let (event, span) = reader.next()?;
        match event {
            Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd | Event::Nothing => {}
            Event::StreamEnd => break,
            _ if value.is_some() => {
                return Err(reader.problem(span, "", "The file holds more than one document. Keep one."));
            }
            other => value = Some(reader.node(other, span, "", 0)?),
        }
    }
    match value {
        Some(value) => Ok(Document { value, positions: reader.positions }),
        None => Err(Problem::new(start, "", "The file is empty.")),
    }
}

struct Reader<'a> {
    parser: Parser<'a, saphyr_parser::StrInput<'a>>,
    positions: BTreeMap<String, Position>,
    nodes: usize,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Result<(Event<'a>, Span), Problem> {
        match self.parser.next_event() {
            Some(Ok(found)) => Ok(found),
            Some(Err(error)) => Err(Problem::new(
                place(error.marker()),
                "",
                format!("This is not YAML: {}.", error.info().trim_end_matches('.')),
            )),
            None => Ok((Event::StreamEnd, Span::default())),
        }
    }

    fn problem(&self, span: Span, path: &str, sentence: impl Into<String>) -> Problem {
        Problem::new(place(&span.start), path, sentence)
    }

    fn node(&mut self, event: Event<'a>, span: Span, path: &str, depth: usize) -> Result<Value, Problem> {
        self.nodes += 1;
        if self.nodes > MAX_NODES || depth > MAX_DEPTH {
            return Err(self.problem(span, path, "The document is too deep or has too many parts."));
        }
        self.positions.insert(path.to_owned(), place(&span.start));
        match event {
            Event::Scalar(text, style, 0, None) => match style {
                ScalarStyle::Plain => Ok(plain(&text)),
                _ => Ok(Value::String(text.into_owned())),
            },
            Event::SequenceStart(0, None) => self.sequence(path, depth),
            Event::MappingStart(0, None) => self.mapping(path, depth),
            Event::Alias(_) => {
                Err(self.problem(span, path, "Aliases (*name) are not read. Repeat the value."))
            }
            _ => Err(self.problem(span, path, "Anchors (&name) and tags (!name) are not read. Remove it.")),
        }
    }

    fn sequence(&mut self, path: &str, depth: usize) -> Result<Value, Problem> {
        let mut list = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(Value::Array(list)),
                (event, span) => {
                    let at = format!("{path}/{}", list.len());
                    list.push(self.node(event, span, &at, depth + 1)?);
                }
            }
        }
    }

    fn mapping(&mut self, path: &str, depth: usize) -> Result<Value, Problem> {
        let mut map = Map::new();
        loop {
            let (event, key_span) = self.next()?;
            let key = match event {
                Event::MappingEnd => return Ok(Value::Object(map)),
                Event::Scalar(text, _, 0, None) => text.into_owned(),
                _ => return Err(self.problem(key_span, path, "A key must be plain text.")),
            };
            let at = child(path, &key);
            if map.contains_key(&key) {
                return Err(self.problem(key_span, &at, format!("`{key}` stands here twice. Keep one.")));
            }
            let (event, span) = self.next()?;
            let value = self.node(event, span, &at, depth + 1)?;
            // A person looks for the key: a value may begin lines below it.
            self.positions.insert(at, place(&key_span.start));
            map.insert(key, value);
        }
    }
}

/// The pointer of a key below `path`, escaped as RFC 6901 says.
pub fn child(path: &str, key: &str) -> String {
    format!("{path}/{}", key.replace('~', "~0").replace('/', "~1"))
}

fn place(marker: &Marker) -> Position {
    Position { line: marker.line(), column: marker.col() + 1 }
}

/// A plain scalar by the YAML 1.2 core schema (YAML 1.2.2, 10.3.2).
fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        _ => {}
    }
    let first = text.trim_start_matches(['-', '+']);
    if first.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        let signless = text.strip_prefix('+').unwrap_or(text);
        if let Ok(whole) = signless.parse::<i64>() {
            return Value::Number(whole.into());
        }
        if let Some(hex) = text.strip_prefix("0x")
            && let Ok(whole) = i64::from_str_radix(hex, 16)
        {
            return Value::Number(whole.into());
        }
        let numeric =
            signless.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | '+' | 'e' | 'E'));
        if numeric
            && let Ok(real) = signless.parse::<f64>()
            && let Some(number) = Number::from_f64(real)
        {
            return Value::Number(number);
        }
    }
    Value::String(text.to_owned())
}

#[cfg(test)]
mod tests;
