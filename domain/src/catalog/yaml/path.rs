//! Paths into a document, as messages and addresses write them: `metadata.annotations["a.b/c"][0]`.

use std::borrow::Cow;

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step<'a> {
    Key(Cow<'a, str>),
    Item(usize),
}

/// The path of a key below `path`; the document itself is the empty path.
pub fn child(path: &str, key: &str) -> String {
    let plain =
        !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'$'));
    match (plain, path.is_empty()) {
        (true, true) => key.to_owned(),
        (true, false) => format!("{path}.{key}"),
        (false, _) => format!("{path}[{}]", serde_json::Value::from(key)),
    }
}

/// The path of an item of the list at `path`, from 0.
pub fn item(path: &str, index: usize) -> String {
    format!("{path}[{index}]")
}

/// The steps of a path, as far as it can be read.
pub fn steps(path: &str) -> Vec<Step<'_>> {
    let mut steps = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix('[') {
            let mut stream = serde_json::Deserializer::from_str(inner).into_iter::<serde_json::Value>();
            let step = match stream.next() {
                Some(Ok(serde_json::Value::String(key))) => Step::Key(Cow::Owned(key)),
                Some(Ok(serde_json::Value::Number(number))) => {
                    match number.as_u64().and_then(|n| usize::try_from(n).ok()) {
                        Some(index) => Step::Item(index),
                        None => break,
                    }
                }
                _ => break,
            };
            let Some(after) = inner[stream.byte_offset()..].strip_prefix(']') else { break };
            steps.push(step);
            rest = after;
        } else {
            rest = rest.strip_prefix('.').unwrap_or(rest);
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            if end == 0 {
                break;
            }
            steps.push(Step::Key(Cow::Borrowed(&rest[..end])));
            rest = &rest[end..];
        }
    }
    steps
}
