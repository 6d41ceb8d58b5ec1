//! Builds trees from the parser's events, within the limits.

use std::{borrow::Cow, collections::HashMap, collections::HashSet};

use saphyr_parser::{Event, Parser, ScalarStyle, Span, Tag};

use super::{
    Broken, Document, Entry, Limits, Node, Piece, Value,
    budget::{Budget, Size},
    guard::{Ahead, Guarded},
    path, scalar,
    split::{self, Segment},
};
use crate::catalog::problem::Problem;

/// Maps below this size are searched for a double key one by one, larger ones by a set.
const SMALL_MAP: usize = 12;

/// Double keys that are named before the reader gives up on a document.
const MAX_KEYS_TWICE: usize = 100;

/// Reads the documents of one segment. The first mistake of syntax breaks what is left of it.
pub fn documents(
    text: &str,
    segment: &Segment,
    limits: &Limits,
    budget: &mut Budget,
    index: &mut usize,
    pieces: &mut Vec<Piece>,
) {
    let ahead = Ahead::default();
    let mut parser = Parser::new(Guarded::new(text, &ahead));
    let mut builder = Builder::new(segment.line, limits, budget);
    loop {
        let event = parser.next_event();
        let outcome = match event {
            None | Some(Ok((Event::StreamEnd, _))) if !ahead.is_exceeded() => return,
            Some(Ok((event, span))) if !ahead.is_exceeded() => builder.event(event, span),
            Some(Err(error)) if !ahead.is_exceeded() => {
                let (line, column) = split::place_of(text, &error);
                let message = format!("This document is not valid YAML: {}.", error.info());
                Err(builder.problem(line, column, message))
            }
            _ => Err(Problem {
                line: builder.last.0,
                column: builder.last.1,
                path: builder.path(),
                message: "The [ ] or { } that starts here is too large to be read. Write it as a block, or move it into a file of its own and name it by $yaml.".to_owned(),
            }),
        };
        ahead.reset();
        let piece = match outcome {
            Ok(None) => continue,
            Ok(Some((root, problems))) if problems.is_empty() => {
                let at = *index;
                *index += 1;
                if root.value == Value::Null {
                    continue;
                }
                pieces.push(Piece::Document(Document { index: at, bytes: segment.bytes.clone(), root }));
                continue;
            }
            Ok(Some((_, problems))) => Broken { index: *index, bytes: segment.bytes.clone(), problems },
            Err(problem) => {
                let mut problems = std::mem::take(&mut builder.problems);
                problems.push(problem);
                pieces.push(Piece::Broken(Broken { index: *index, bytes: segment.bytes.clone(), problems }));
                *index += 1;
                return;
            }
        };
        *index += 1;
        pieces.push(Piece::Broken(piece));
    }
}

/// A list or map that is still open.
struct Frame {
    anchor: usize,
    size: Size,
    line: u32,
    column: u32,
    content: Content,
}

enum Content {
    List(Vec<Node>),
    Map { entries: Vec<Entry>, key: Option<(String, u32, u32)>, seen: HashSet<String> },
}

struct Builder<'a> {
    /// Line of the segment's first line, from 1.
    first_line: u32,
    limits: &'a Limits,
    budget: &'a mut Budget,
    frames: Vec<Frame>,
    anchors: HashMap<usize, (Node, Size)>,
    nodes: usize,
    problems: Vec<Problem>,
    /// Where the last event stood.
    last: (u32, u32),
    root: Option<Node>,
}

type Finished = (Node, Vec<Problem>);

impl<'a> Builder<'a> {
    fn new(first_line: u32, limits: &'a Limits, budget: &'a mut Budget) -> Self {
        Builder {
            first_line,
            limits,
            budget,
            frames: Vec::new(),
            anchors: HashMap::new(),
            nodes: 0,
            problems: Vec::new(),
            last: (first_line, 1),
            root: None,
        }
    }

    fn at(&self, line: usize, column: usize) -> (u32, u32) {
        let narrow = |n: usize| u32::try_from(n).unwrap_or(u32::MAX / 2);
        (self.first_line + narrow(line.max(1) - 1), narrow(column) + 1)
    }

    /// A problem at a mark of the parser: lines from 1, columns from 0.
    fn problem(&self, line: usize, column: usize, message: String) -> Problem {
        let (line, column) = self.at(line, column);
        Problem { line, column, path: self.path(), message }
    }

    /// Takes one event; gives the document back when it ends.
    fn event(&mut self, event: Event<'_>, span: Span) -> Result<Option<Finished>, Problem> {
        let (line, column) = self.at(span.start.line(), span.start.col());
        self.last = (line, column);
        match event {
            Event::Nothing | Event::StreamStart | Event::StreamEnd => {}
            Event::DocumentStart(_) => {
                self.frames.clear();
                self.anchors.clear();
                self.nodes = 0;
                self.root = None;
            }
            Event::DocumentEnd => {
                let null = Node { line, column, value: Value::Null };
                let root = self.root.take().unwrap_or(null);
                return Ok(Some((root, std::mem::take(&mut self.problems))));
            }
            Event::Alias(id) => {
                let (mut node, size) = self.alias(id, line, column)?;
                (node.line, node.column) = (line, column);
                self.add(node, size, 0)?;
            }
            Event::Scalar(text, style, anchor, tag) => {
                let size = Size { nodes: 1, bytes: text.len(), depth: 0 };
                if self.expects_key() {
                    self.key(text, line, column)?;
                    self.remember_key(anchor, size)?;
                } else {
                    let node = self.scalar(text, style, tag, line, column)?;
                    self.add(node, size, anchor)?;
                }
            }
            Event::SequenceStart(anchor, _) => self.open(anchor, line, column, Content::List(Vec::new()))?,
            Event::MappingStart(anchor, _) => {
                let content = Content::Map { entries: Vec::new(), key: None, seen: HashSet::new() };
                self.open(anchor, line, column, content)?;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(frame) = self.frames.pop() {
                    let value = match frame.content {
                        Content::List(items) => Value::List(items),
                        Content::Map { entries, .. } => Value::Map(entries),
                    };
                    let node = Node { line: frame.line, column: frame.column, value };
                    self.add_closed(node, frame.size, frame.anchor)?;
                }
            }
        }
        Ok(None)
    }

    fn expects_key(&self) -> bool {
        matches!(self.frames.last(), Some(Frame { content: Content::Map { key: None, .. }, .. }))
    }

    fn scalar(
        &self,
        text: Cow<'_, str>,
        style: ScalarStyle,
        tag: Option<Cow<'_, Tag>>,
        line: u32,
        column: u32,
    ) -> Result<Node, Problem> {
        let value = match tag.as_deref() {
            Some(tag) if tag.is_yaml_core_schema() => match scalar::tagged(&tag.suffix, &text) {
                Some(value) => value,
                None => {
                    let message = format!("`{text}` does not fit its tag !!{}.", tag.suffix);
                    return Err(Problem { line, column, path: self.path(), message });
                }
            },
            None if style == ScalarStyle::Plain => scalar::plain(&text),
            _ => Value::Text(text.into_owned()),
        };
        // An empty value has no place of its own: it is found at its key.
        let (line, column) = match (&value, self.frames.last()) {
            (Value::Null, Some(Frame { content: Content::Map { key: Some((_, line, column)), .. }, .. })) => {
                (*line, *column)
            }
            _ => (line, column),
        };
        Ok(Node { line, column, value })
    }

    fn key(&mut self, text: Cow<'_, str>, line: u32, column: u32) -> Result<(), Problem> {
        let Some(Frame { content: Content::Map { entries, key, seen }, size, .. }) = self.frames.last_mut()
        else {
            return Ok(());
        };
        let text = text.into_owned();
        let twice = if entries.len() < SMALL_MAP {
            entries.iter().any(|entry| entry.key == text)
        } else {
            if seen.is_empty() {
                seen.extend(entries.iter().map(|entry| entry.key.clone()));
            }
            !seen.insert(text.clone())
        };
        size.bytes += text.len();
        let first = if twice { entries.iter().find(|entry| entry.key == text) } else { None };
        let first = first.map(|entry| entry.line);
        *key = Some((text, line, column));
        match first {
            Some(first) => self.key_twice(first, line, column),
            None => Ok(()),
        }
    }

    /// Notes that the pending key stands in its map already, and reads on for what else is wrong.
    fn key_twice(&mut self, first: u32, line: u32, column: u32) -> Result<(), Problem> {
        let path = self.path();
        let message = if self.problems.len() < MAX_KEYS_TWICE {
            format!("`{path}` stands here a second time; the first is on line {first}. Keep one.")
        } else {
            "Too many keys stand twice; the rest of this document is not read.".to_owned()
        };
        let problem = Problem { line, column, path, message };
        if self.problems.len() < MAX_KEYS_TWICE {
            self.problems.push(problem);
            return Ok(());
        }
        Err(problem)
    }

    /// An anchor on a key may be named later as a value.
    fn remember_key(&mut self, anchor: usize, size: Size) -> Result<(), Problem> {
        if anchor == 0 {
            return Ok(());
        }
        if let Some(Frame { content: Content::Map { key: Some((text, line, column)), .. }, .. }) =
            self.frames.last()
        {
            let node = Node { line: *line, column: *column, value: Value::Text(text.clone()) };
            self.remember(anchor, &node, size)?;
        }
        Ok(())
    }

    fn remember(&mut self, anchor: usize, node: &Node, size: Size) -> Result<(), Problem> {
        if anchor == 0 {
            return Ok(());
        }
        if !self.budget.take(&size) {
            return Err(self.bomb());
        }
        self.anchors.insert(anchor, (node.clone(), size));
        Ok(())
    }

    fn alias(&mut self, id: usize, line: u32, column: u32) -> Result<(Node, Size), Problem> {
        let Some((node, size)) = self.anchors.get(&id) else {
            let message =
                "This alias names no finished value above it in this document. Write the value out."
                    .to_owned();
            return Err(Problem { line, column, path: self.path(), message });
        };
        if !self.budget.take(size) {
            return Err(self.bomb());
        }
        Ok((node.clone(), *size))
    }

    fn bomb(&self) -> Problem {
        Problem {
            line: self.last.0,
            column: self.last.1,
            path: self.path(),
            message: format!(
                "Anchors and aliases up to this line add more than {} values or {} bytes to the file. Write the values out, or name fewer.",
                self.limits.nodes, self.limits.bytes
            ),
        }
    }

    fn open(&mut self, anchor: usize, line: u32, column: u32, content: Content) -> Result<(), Problem> {
        if self.expects_key() {
            let message = "A list or map cannot be a key here. Use a text.".to_owned();
            return Err(Problem { line, column, path: self.path(), message });
        }
        self.check_depth(1)?;
        self.count(1)?;
        self.frames.push(Frame {
            anchor,
            size: Size { nodes: 1, bytes: 0, depth: 1 },
            line,
            column,
            content,
        });
        Ok(())
    }

    fn check_depth(&self, more: usize) -> Result<(), Problem> {
        if self.frames.len() + more > self.limits.depth {
            return Err(Problem {
                line: self.last.0,
                column: self.last.1,
                path: String::new(),
                message: format!(
                    "Lists and maps stand inside each other deeper than {} levels.",
                    self.limits.depth
                ),
            });
        }
        Ok(())
    }

    fn count(&mut self, nodes: usize) -> Result<(), Problem> {
        self.nodes += nodes;
        if self.nodes > self.limits.nodes {
            return Err(Problem {
                line: self.last.0,
                column: self.last.1,
                path: self.path(),
                message: format!("This document has more than {} values.", self.limits.nodes),
            });
        }
        Ok(())
    }

    /// Adds a scalar or an alias, which was not counted yet.
    fn add(&mut self, node: Node, size: Size, anchor: usize) -> Result<(), Problem> {
        self.check_depth(size.depth)?;
        self.count(size.nodes)?;
        if self.expects_key() {
            // Only an alias comes here: scalars were told apart before.
            let Value::Text(text) = node.value else {
                let message = "This alias stands as a key but does not name a text.".to_owned();
                return Err(Problem { line: node.line, column: node.column, path: self.path(), message });
            };
            return self.key(Cow::Owned(text), node.line, node.column);
        }
        self.add_closed(node, size, anchor)
    }

    /// Adds a value that was counted when it was opened.
    fn add_closed(&mut self, node: Node, size: Size, anchor: usize) -> Result<(), Problem> {
        self.remember(anchor, &node, size)?;
        let Some(frame) = self.frames.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        frame.size.nodes += size.nodes;
        frame.size.bytes += size.bytes;
        frame.size.depth = frame.size.depth.max(size.depth + 1);
        match &mut frame.content {
            Content::List(items) => items.push(node),
            Content::Map { entries, key, .. } => {
                if let Some((key, line, column)) = key.take() {
                    entries.push(Entry { key, line, column, node });
                }
            }
        }
        Ok(())
    }

    /// The path of what is being read.
    fn path(&self) -> String {
        let mut text = String::new();
        for frame in &self.frames {
            match &frame.content {
                Content::List(items) => text = path::item(&text, items.len()),
                Content::Map { key: Some((key, ..)), .. } => text = path::child(&text, key),
                Content::Map { key: None, .. } => {}
            }
        }
        text
    }
}
