//! What a Location asks for, inside the source that it was read from.
//!
//! - A target is a path relative to the Location's file, a glob over the source's files, or an
//!   address elsewhere, which is listed as not read yet.
//! - No path leaves the source's root. Whether a file is a symbolic link is for the one who opens it.
//! - A target takes the type of the file that names it: relative targets of type `url` are files of
//!   the same folder or repository (Backstage, `LocationEntityProcessor`).

use globset::GlobBuilder;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{entity::Entity, pattern};

/// The files that a source without a glob of its own is read from, at its root.
pub const ROOT_FILES: [&str; 4] = ["catalog-info.yaml", "catalog-info.yml", "all.yaml", "all.yml"];

/// The files of a source, by their paths from its root, sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceFiles {
    paths: Vec<String>,
}

/// One target of a Location.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Where the target stands in the document, as `spec.targets[2]`.
    pub path: String,
    /// As it is written.
    pub target: String,
    pub outcome: Outcome,
}

/// What a target leads to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// Files of the same source, sorted; several for a glob.
    Files(Vec<String>),
    /// An address that is not read yet.
    NotReadYet,
    /// No file matches, and the Location says `presence: optional`.
    Absent,
    /// A sentence for the person who wrote it.
    Problem(String),
}

/// How a target is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    Path,
    /// An absolute address with `http` or `https`.
    Web,
    /// An absolute address that is never followed, with a sentence about it.
    Refused(String),
}

impl SourceFiles {
    /// Takes paths with `/` between folders and without a leading one.
    pub fn new(mut paths: Vec<String>) -> Self {
        paths.sort_unstable();
        paths.dedup();
        SourceFiles { paths }
    }

    pub fn contains(&self, path: &str) -> bool {
        self.paths.binary_search_by(|known| known.as_str().cmp(path)).is_ok()
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.paths.iter().map(String::as_str)
    }

    /// The files that a glob matches. `*` stays inside a folder, `**` goes through folders.
    pub fn matching(&self, glob: &str) -> Result<Vec<String>, String> {
        let matcher = GlobBuilder::new(glob)
            .literal_separator(true)
            .build()
            .map_err(|error| format!("“{glob}” is not a pattern that can be read: {}.", error.kind()))?
            .compile_matcher();
        Ok(self.paths.iter().filter(|path| matcher.is_match(path.as_str())).cloned().collect())
    }

    /// The files that reading a source starts with: its root files, or what its glob matches.
    pub fn roots(&self, glob: Option<&str>) -> Result<Vec<String>, String> {
        match glob {
            Some(glob) => self.matching(glob.trim_start_matches("./")),
            None => Ok(ROOT_FILES
                .iter()
                .filter(|name| self.contains(name))
                .map(|name| (*name).to_owned())
                .collect()),
        }
    }
}

/// What the Location in `file` asks for, in the order of its document: `target`, then `targets`.
pub fn targets(file: &str, location: &Entity, files: &SourceFiles) -> Vec<Asked> {
    let spec = &location.spec;
    let one = spec.get("target").and_then(Json::as_str).map(|target| ("spec.target".to_owned(), target));
    let many = spec.get("targets").and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
    let many = many
        .iter()
        .enumerate()
        .filter_map(|(index, target)| Some((format!("spec.targets[{index}]"), target.as_str()?)));
    let wrong_type = wrong_type(spec.get("type").and_then(Json::as_str));
    let optional = spec.get("presence").and_then(Json::as_str) == Some("optional");
    one.into_iter()
        .chain(many)
        .map(|(path, target)| {
            let outcome = match &wrong_type {
                Some(message) => Outcome::Problem(message.clone()),
                None => follow(file, target, optional, files),
            };
            Asked { path, target: target.to_owned(), outcome }
        })
        .collect()
}

/// A Location without a type takes that of the file it stands in, so only others can be wrong.
fn wrong_type(kind: Option<&str>) -> Option<String> {
    match kind {
        None | Some("url" | "file") => None,
        Some(kind @ ("http" | "https")) => Some(format!(
            "The type of this Location is `{kind}`; write url, and keep the {kind}: in the target."
        )),
        Some(kind) => Some(format!("The type of this Location is `{kind}`; only url and file are read.")),
    }
}

fn follow(file: &str, target: &str, optional: bool, files: &SourceFiles) -> Outcome {
    match address(target) {
        Address::Web => return Outcome::NotReadYet,
        Address::Refused(message) => return Outcome::Problem(message),
        Address::Path => {}
    }
    let (above, rest) = match parts(file, target) {
        Ok(parts) => parts,
        Err(message) => return Outcome::Problem(message),
    };
    let path = joined(&above, &rest);
    // As in Backstage, only these two make a target a glob; a name may hold brackets.
    let found = if target.contains(['*', '?']) {
        // The folder that the Location lies in is no part of the pattern, whatever it is called.
        match files.matching(&joined(&[globset::escape(&above.join("/")).as_str()], &rest)) {
            Ok(found) => found,
            Err(message) => return Outcome::Problem(message),
        }
    } else if files.contains(&path) {
        vec![path]
    } else {
        Vec::new()
    };
    match (found.is_empty(), optional) {
        (false, _) => Outcome::Files(found),
        (true, true) => Outcome::Absent,
        (true, false) => Outcome::Problem(format!(
            "No file of this source matches `{target}`. Correct the target, remove it, or set presence: optional."
        )),
    }
}

/// Tells paths from addresses. An address is what starts with a scheme.
pub fn address(target: &str) -> Address {
    // Browsers and other readers skip blanks before a scheme; so must a check of it.
    match pattern::split_scheme(target.trim_start_matches(|c: char| c <= ' ')) {
        None => Address::Path,
        Some((scheme, _)) if scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http") => {
            if pattern::is_url(target) {
                Address::Web
            } else {
                Address::Refused(format!("`{target}` is not a whole address."))
            }
        }
        Some((scheme, _)) => Address::Refused(format!(
            "Addresses that start with `{scheme}:` are not followed. Use https, or a path that starts with ./."
        )),
    }
}

/// The path from the source's root of a target that a file names, or a sentence about why it cannot
/// be followed. `.` and `..` are resolved; nothing leads above the root.
pub fn resolve(file: &str, target: &str) -> Result<String, String> {
    let (above, rest) = parts(file, target)?;
    Ok(joined(&above, &rest))
}

fn joined(above: &[&str], rest: &[&str]) -> String {
    let parts = above.iter().chain(rest).copied().filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("/")
}

/// The folders that a target starts in, from the source's root, and what it names from there on.
fn parts<'a>(file: &'a str, target: &'a str) -> Result<(Vec<&'a str>, Vec<&'a str>), String> {
    if target.starts_with('/') {
        return Err(format!(
            "`{target}` is an absolute path. Write it relative to this file, as in ./file.yaml."
        ));
    }
    if target.contains('\\') {
        return Err(format!("`{target}` has a backslash. Put / between folders."));
    }
    if target.contains(|c: char| c.is_control()) {
        return Err(format!("The target {target:?} has a control character."));
    }
    if matches!(target.rsplit('/').next(), Some("" | "." | "..")) {
        return Err(format!(
            "`{target}` names a folder. Name a file in it, or a pattern such as ./**/catalog-info.yaml."
        ));
    }
    let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut above: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    let mut rest: Vec<&str> = Vec::new();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                if rest.pop().or_else(|| above.pop()).is_none() {
                    return Err(format!(
                        "`{target}` leads out of the folder or repository that this file belongs to."
                    ));
                }
            }
            part => rest.push(part),
        }
    }
    Ok((above, rest))
}

#[cfg(test)]
#[path = "location_tests.rs"]
mod tests;
