//! A source: a place that catalog files are read from, and what it may bring.
//!
//! - Only administrators make and change sources, so a source may be any folder that the operator did not rule out and that
//!   is not Slipway's own ([`Bounds`]), and any host but those of cloud metadata ([`domain::metadata`]; a name is looked up
//!   before each read).
//! - No address holds a password: it would stand in the database and in the audit.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};

use domain::catalog::claims::{Allowance, AllowedKinds};
use domain::form::Problem;
use domain::ids::SourceId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::bounds::Bounds;

/// The shortest and longest time between two runs, in minutes: a week at most.
pub const MINUTES: std::ops::RangeInclusive<u32> = 1..=10_080;
const MAX_NAME: usize = 63;
const MAX_TEXT: usize = 1000;

/// Where files are read from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "kind")]
pub enum Place {
    /// A folder of the server's machine.
    Folder {
        /// Absolute.
        path: PathBuf,
    },
    /// A Git repository.
    Git {
        /// `https://…`, `ssh://…`, `user@host:path`, or an absolute path.
        url: String,
        /// `None` for the branch that the repository itself names.
        branch: Option<String>,
    },
}

impl Place {
    /// Of what somebody typed, in bytes.
    fn length(&self) -> usize {
        match self {
            Place::Folder { path } => path.as_os_str().len(),
            Place::Git { url, .. } => url.len(),
        }
    }
}

/// A source as it is set up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// What people call it; unique.
    pub name: String,
    /// Where its files are.
    pub place: Place,
    /// The files that reading starts with; `None` for the root files of a catalog.
    pub glob: Option<String>,
    /// Whether its claims displace those of sources that are not trusted, and it may bring groups and users.
    pub trusted: bool,
    /// What it may bring; `None` for the default of its trust.
    pub allowance: Option<Allowance>,
    /// How often it is read.
    pub every_minutes: u32,
}

/// A source with its last run.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// Its id.
    pub id: SourceId,
    /// How it is set up.
    pub settings: Settings,
    /// Grows by one with each change and each stored run.
    pub revision: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its settings were last changed: which state of them a form was filled from.
    pub changed_at: Timestamp,
    /// The last run that ended.
    pub last_run: Option<Run>,
    /// Why what was read after that could not be stored (a full disk, a database that is away), as everybody may know it; gone
    /// once it could.
    pub unstored: Option<String>,
    /// Its job; `None` when it has none.
    pub schedule: Option<Schedule>,
}

/// What the job of a source is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schedule {
    /// It waits for this moment.
    Due(Timestamp),
    /// It is being read.
    Running,
}

/// A run that ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Timestamp,
    /// What it found, or the sentence that says why it failed. Counts of a failed run are those of the last good one.
    pub outcome: Result<(), String>,
    /// Who stopped it before anything was stored, as they are called; the counts are those of the last good one then, too.
    pub stopped_by: Option<String>,
    /// The commit that was read last, of a repository.
    pub commit: Option<String>,
    /// What the last good run found.
    pub counts: Option<Counts>,
    /// What the last good run has to say about the source as a whole; sentences.
    pub notes: Vec<String>,
}

/// What a run found in a source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// Files that were read or are as they were.
    pub files: u64,
    /// Files that could not be read.
    pub files_not_read: u64,
    /// Files that were read in this run because they were new or had changed.
    pub files_changed: u64,
    /// Documents in its files.
    pub documents: u64,
    /// Documents that are in the catalog as they stand.
    pub live: u64,
    /// Those of them that somebody should look at all the same.
    pub noteworthy: u64,
    /// Documents whose text is wrong.
    pub set_aside: u64,
    /// Documents whose entity another document describes.
    pub shadowed: u64,
}

impl Settings {
    /// What the source may bring.
    pub fn allowance(&self) -> Allowance {
        self.allowance.clone().unwrap_or_else(|| Allowance::default_for(self.trusted))
    }

    /// What these settings and the rules of this program make of a file's text: when it changes, all files are read again.
    pub(crate) fn read_as(&self) -> String {
        let allowance = serde_json::to_string(&self.allowance()).unwrap_or_default();
        let place = serde_json::to_string(&self.place).unwrap_or_default();
        let trust: &[u8] = if self.trusted { b"trusted" } else { b"" };
        // What goes before another document is told with the name of its source.
        let name = self.name.as_bytes();
        super::hash::hex(&[
            env!("CARGO_PKG_VERSION").as_bytes(),
            place.as_bytes(),
            allowance.as_bytes(),
            trust,
            name,
        ])
    }

    /// What is wrong with the settings; folders must lie within `bounds`.
    pub fn problems(&self, bounds: &Bounds) -> Vec<Problem> {
        let mut problems = Vec::new();
        let name = self.name.trim();
        if name.is_empty() || name.chars().count() > MAX_NAME || name.chars().any(char::is_control) {
            problems.push(Problem::at("name", format!("Give a name of 1 to {MAX_NAME} characters")));
        }
        match &self.place {
            _ if self.place.length() > MAX_TEXT => {
                problems.push(Problem::at("location", format!("Give at most {MAX_TEXT} characters")));
            }
            Place::Folder { path } => {
                if let Err(message) = bounds.folder(path) {
                    problems.push(Problem::at("location", message));
                }
            }
            Place::Git { url, branch } => {
                if let Err(message) = address(url, bounds) {
                    problems.push(Problem::at("location", message));
                }
                if let Some(branch) = branch
                    && !is_branch(branch)
                {
                    problems.push(Problem::at(
                        "branch",
                        "This is not the name of a branch. Write it as Git shows it, as in main or release/1.2",
                    ));
                }
            }
        }
        if let Some(glob) = &self.glob {
            let known = domain::catalog::location::SourceFiles::default();
            if glob.starts_with('/') || glob.split('/').any(|part| part == "..") {
                let words =
                    "Files outside of the source are never read: write it from the source's own folder on";
                problems.push(Problem::at("glob", words));
            } else if glob.is_empty() || glob.len() > MAX_TEXT {
                problems.push(Problem::at("glob", "Give a pattern such as **/catalog-info.yaml, or nothing"));
            } else if let Err(message) = known.matching(glob) {
                problems.push(Problem::at("glob", message));
            }
        }
        if let Some(allowance) = &self.allowance {
            problems.extend(allowance_problems(allowance));
        }
        if !MINUTES.contains(&self.every_minutes) {
            let (least, most) = (MINUTES.start(), MINUTES.end());
            problems.push(Problem::at("every_minutes", format!("Give {least} to {most} minutes")));
        }
        problems
    }
}

fn allowance_problems(allowance: &Allowance) -> Vec<Problem> {
    use domain::catalog::pattern;
    let mut problems = Vec::new();
    let kinds: &BTreeSet<String> = match &allowance.kinds {
        AllowedKinds::All => &BTreeSet::new(),
        AllowedKinds::AllBut(kinds) | AllowedKinds::Only(kinds) => kinds,
    };
    if matches!(&allowance.kinds, AllowedKinds::Only(kinds) if kinds.is_empty()) {
        problems.push(Problem::at("kinds", "Name at least one kind, as in component"));
    }
    if let Some(kind) = kinds.iter().find(|kind| !pattern::is_kind(kind) || kind.to_lowercase() != **kind) {
        problems.push(Problem::at("kinds", format!("“{kind}” is not a kind in lower case, as in component")));
    }
    let mut namespaces = allowance.namespaces.iter().flatten();
    if let Some(namespace) = namespaces.find(|namespace| !pattern::is_dns_label(namespace)) {
        problems.push(Problem::at("namespaces", format!("“{namespace}” is not a namespace")));
    }
    problems
}

/// How `git` is asked to reach a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Transport {
    Https(Server),
    Ssh(Server),
    /// A folder of this machine, by its true path.
    Local(PathBuf),
}

/// What an address names of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Server {
    /// A name or an address, IPv6 without its brackets.
    pub host: String,
    /// Where it is written.
    pub port: Option<u16>,
}

/// Tells how an address is reached, or says why it is not.
pub(crate) fn address(url: &str, bounds: &Bounds) -> Result<Transport, String> {
    const FORMS: &str = "Give https://host/path, ssh://user@host/path, user@host:path, or an absolute path";
    if url.is_empty()
        || url.len() > MAX_TEXT
        || url.starts_with('-')
        || url.contains(|c: char| c.is_control() || c == ' ')
    {
        return Err(FORMS.to_owned());
    }
    if url.starts_with('/') {
        return bounds.folder(Path::new(url)).map(Transport::Local);
    }
    let (secure, authority) = match url.split_once("://") {
        Some((scheme, rest)) => {
            let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
            match scheme.to_ascii_lowercase().as_str() {
                "https" => (true, authority),
                "ssh" => (false, authority),
                "http" => {
                    return Err(
                        "Write https: over http anybody in between could change the catalog".to_owned()
                    );
                }
                _ => return Err(FORMS.to_owned()),
            }
        }
        // As in git: `host:path`, with no slash before the colon; `host::path` would name a helper program.
        None => match url.split_once(':') {
            Some((host, path)) if !host.contains('/') && !path.starts_with(':') && !path.is_empty() => {
                (false, host)
            }
            _ => return Err(FORMS.to_owned()),
        },
    };
    let (user, host_and_port) = match authority.rsplit_once('@') {
        Some((user, host)) => (Some(user), host),
        None => (None, authority),
    };
    if user.is_some_and(|user| user.contains(':') || user.starts_with('-') || secure) {
        return Err("Leave user and password out of the address: it is stored and shown".to_owned());
    }
    let server = server(host_and_port).ok_or(FORMS)?;
    if domain::metadata::is_host(&server.host) {
        return Err("This is the address of a cloud's metadata; it is never read".to_owned());
    }
    Ok(if secure { Transport::Https(server) } else { Transport::Ssh(server) })
}

/// Reads `host` or `host:port` so narrowly that git, curl and ssh cannot read it otherwise: letters, digits, hyphens, underscores and dots, or an
/// IPv6 address in brackets. What ends in a number is an IPv4 address in its usual spelling alone (WHATWG URL, "ends in a number").
fn server(text: &str) -> Option<Server> {
    let (host, port) = match text.strip_prefix('[') {
        Some(inner) => {
            let (host, rest) = inner.split_once(']')?;
            host.parse::<Ipv6Addr>().ok()?;
            (host, rest)
        }
        None => {
            let (host, port) = text.split_at(text.find(':').unwrap_or(text.len()));
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
            if host.is_empty() || host.starts_with('-') || host.ends_with('.') || !host.bytes().all(plain) {
                return None;
            }
            let last = host.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
            let hexadecimal =
                last.strip_prefix("0x").is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
            if hexadecimal || last.bytes().all(|byte| byte.is_ascii_digit()) {
                host.parse::<Ipv4Addr>().ok()?;
            }
            (host, port)
        }
    };
    let port = match port.strip_prefix(':') {
        None if port.is_empty() => None,
        None => return None,
        Some("") => None,
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => Some(digits.parse().ok()?),
        Some(_) => return None,
    };
    Some(Server { host: host.to_owned(), port })
}

/// The rules of `git check-ref-format` for what a person would write.
fn is_branch(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 255
        && !name.starts_with(['-', '/', '.'])
        && !name.ends_with(['/', '.'])
        && !name.ends_with(".lock")
        && !["..", "//", "/.", "@{"].iter().any(|bad| name.contains(bad))
        && !name.contains(|c: char| c.is_control() || c.is_whitespace() || "~^:?*[\\".contains(c))
}

#[cfg(test)]
#[path = "source_tests.rs"]
mod tests;
