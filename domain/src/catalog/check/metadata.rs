//! The fields of `metadata`. Fields that are not known are kept.

use super::context::{At, Checker};
use crate::catalog::{pattern, yaml::Entry};

pub const NAME: &str =
    "it must be 1 to 63 letters, digits, `-`, `_` and `.`, and start and end with a letter or digit";
const NAMESPACE: &str =
    "it must be 1 to 63 lower-case letters, digits and `-`, and start and end with a letter or digit";
const TAG: &str =
    "a tag is 1 to 63 lower-case letters, digits, `:`, `+` and `#`, with single `-` between them";
const KEY: &str = "a key is a name of 1 to 63 letters, digits, `-`, `_` and `.`, with a lower-case domain and one slash before it if you like";

pub fn check(metadata: &At<'_>, checker: &mut Checker) {
    if !checker.map(metadata) {
        return;
    }
    if metadata.get("name").is_none() {
        checker.missing(metadata, "name", "Give the entity a name.");
    }
    for entry in metadata.node.entries() {
        let at = metadata.entry(entry);
        match entry.key.as_str() {
            "name" => format(&at, pattern::is_name, NAME, checker),
            "namespace" => format(&at, pattern::is_dns_label, NAMESPACE, checker),
            "uid" | "etag" | "title" => {
                checker.full_text(&at);
            }
            "description" => {
                checker.text(&at);
            }
            "labels" => labels(&at, checker),
            "annotations" => annotations(&at, checker),
            "tags" => tags(&at, checker),
            "links" => links(&at, checker),
            _ => {}
        }
    }
}

fn format(at: &At<'_>, matches: impl Fn(&str) -> bool, rule: &str, checker: &mut Checker) {
    if let Some(text) = checker.own_text(at)
        && !matches(text)
    {
        checker.wrong(at, format!("`{}` is `{text}`; {rule}.", at.path));
    }
}

fn labels(labels: &At<'_>, checker: &mut Checker) {
    if !checker.map(labels) {
        return;
    }
    for entry in labels.node.entries() {
        let at = labels.entry(entry);
        key(&at, entry, checker);
        if let Some(text) = checker.text(&at)
            && !pattern::is_label_value(text)
        {
            checker.wrong(&at, format!("The label `{}` is `{text}`; {NAME}, or be empty.", entry.key));
        }
    }
}

fn annotations(annotations: &At<'_>, checker: &mut Checker) {
    if !checker.map(annotations) {
        return;
    }
    for entry in annotations.node.entries() {
        let at = annotations.entry(entry);
        key(&at, entry, checker);
        checker.text(&at);
    }
}

fn key(at: &At<'_>, entry: &Entry, checker: &mut Checker) {
    if !pattern::is_key(&entry.key) {
        checker.wrong(at, format!("`{}` is no key; {KEY}.", entry.key));
    }
}

fn tags(tags: &At<'_>, checker: &mut Checker) {
    for (index, node) in checker.list(tags, "a list of texts").iter().enumerate() {
        let at = tags.item(index, node);
        if let Some(text) = checker.full_text(&at)
            && !pattern::is_tag(text)
        {
            checker.wrong(&at, format!("The tag `{text}` is not allowed; {TAG}."));
        }
    }
}

fn links(links: &At<'_>, checker: &mut Checker) {
    for (index, node) in checker.list(links, "a list of maps").iter().enumerate() {
        let link = links.item(index, node);
        if !checker.map(&link) {
            continue;
        }
        match link.get("url") {
            None => checker.missing(&link, "url", "A link needs an address."),
            Some(at) => {
                if let Some(text) = checker.full_text(&at)
                    && !pattern::is_url(text)
                {
                    checker.wrong(
                        &at,
                        format!(
                            "`{}` is `{text}`; it must be a whole address, as in https://example.com/x.",
                            at.path
                        ),
                    );
                }
            }
        }
        for key in ["title", "icon", "type"] {
            if let Some(at) = link.get(key)
                && let Some(text) = checker.full_text(&at)
                && key != "type"
                && text.trim().is_empty()
            {
                checker
                    .wrong(&at, format!("`{}` holds only blanks. Give a value or remove the line.", at.path));
            }
        }
    }
}
