//! Tools of which not every version will do: what Debian's newest release has, the one before it has too old.

use std::fmt;
use std::process::Command;

use crate::command::{exists, output};

/// A tool, and the first version that will do.
pub struct Tool {
    name: &'static str,
    program: &'static str,
    /// Makes the program say its version.
    ask: &'static str,
    least: Version,
    /// Debian's package of it.
    pub package: &'static str,
    /// Where it is had where the system's package is too old.
    site: &'static str,
}

/// Builds the control plane. From this version on it fetches the release that `end2end/cluster` is written for.
pub const GO: Tool = Tool {
    name: "Go",
    program: "go",
    ask: "version",
    least: Version(1, 21),
    package: "golang-go",
    site: "https://go.dev/dl",
};

/// Drives the browser. Playwright needs 20 (`engines` in `end2end/package-lock.json`).
pub const NODE: Tool = Tool {
    name: "Node",
    program: "node",
    ask: "--version",
    least: Version(20, 0),
    package: "nodejs",
    site: "https://nodejs.org/en/download",
};

impl Tool {
    /// What is wrong with it on this machine and what to install, in words. Nothing, if it will do.
    pub fn lacking(&self) -> Option<String> {
        let found = exists(self.program).then(|| self.found()).flatten();
        if found.is_some_and(|found| found >= self.least) {
            return None;
        }
        Some(self.sentence(found, offered(self.package)))
    }

    /// Whether the system's package of it will do. One that is not known is tried.
    pub fn is_packaged(&self) -> bool {
        offered(self.package).is_none_or(|offered| offered >= self.least)
    }

    fn found(&self) -> Option<Version> {
        // Asked only for its version, Go is not to fetch another release.
        let said = output(Command::new(self.program).arg(self.ask).env("GOTOOLCHAIN", "local"));
        Version::first_in(&said.ok()?)
    }

    fn sentence(&self, found: Option<Version>, offered: Option<Version>) -> String {
        let Self { name, least, package, site, .. } = self;
        let found = match found {
            Some(found) => format!("{name} is {found}, and {least} or newer is needed"),
            None => format!("{name} is missing, {least} or newer"),
        };
        match offered {
            Some(offered) if offered < *least => {
                format!("{found}; this system's package {package} is {offered}, so install it from {site}")
            }
            Some(_) => format!("{found}: sudo apt-get install {package}"),
            None => format!("{found}: install it from {site}"),
        }
    }
}

/// The first two numbers of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Version(u32, u32);

impl Version {
    /// The first one in a text. A number without a point is none: Debian begins some with an epoch (`2:1.19~1`).
    fn first_in(text: &str) -> Option<Self> {
        text.split(|letter: char| !letter.is_ascii_digit() && letter != '.').find_map(|part| {
            let mut numbers = part.split('.').map(|number| number.parse::<u32>().ok());
            Some(Self(numbers.next()??, numbers.next()??))
        })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0, self.1)
    }
}

/// The version that `apt-get install` would bring.
fn offered(package: &str) -> Option<Version> {
    if !exists("apt-cache") {
        return None;
    }
    // Its words are those of the person's language.
    candidate(&output(Command::new("apt-cache").env("LC_ALL", "C").args(["policy", package])).ok()?)
}

fn candidate(answer: &str) -> Option<Version> {
    answer.lines().find_map(|line| line.trim().strip_prefix("Candidate:")).and_then(Version::first_in)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_programs_and_packages_write_them() {
        for (text, version) in [
            ("go version go1.19.8 linux/amd64\n", Version(1, 19)),
            ("go version go1.26 linux/amd64\n", Version(1, 26)),
            ("go version go1.27rc1 linux/arm64\n", Version(1, 27)),
            ("go version devel go1.28-5f2d3c1 Tue Mar 3 2026 linux/amd64\n", Version(1, 28)),
            ("v20.0.1\n", Version(20, 0)),
            ("2:1.19~1", Version(1, 19)),
            ("18.20.4+dfsg-1~deb12u2", Version(18, 20)),
        ] {
            assert_eq!(Version::first_in(text), Some(version), "{text}");
        }
        for text in ["", "(none)", "v20", "...", "go: cannot find GOROOT"] {
            assert_eq!(Version::first_in(text), None, "{text}");
        }
    }

    #[test]
    fn versions_are_in_order_by_number() {
        assert!(Version(1, 9) < Version(1, 21));
        assert!(Version(18, 20) < Version(20, 0));
        assert!(Version(1, 21) >= GO.least);
    }

    #[test]
    fn what_apt_would_install_is_read() {
        let answer =
            "golang-go:\n  Installed: (none)\n  Candidate: 2:1.19~1\n  Version table:\n     2:1.24~1 100\n";
        assert_eq!(candidate(answer), Some(Version(1, 19)));
        assert_eq!(candidate("golang-go:\n  Installed: (none)\n  Candidate: (none)\n"), None);
        assert_eq!(candidate(""), None);
    }

    #[test]
    fn what_is_found_what_is_needed_and_where_it_is_had_are_said() {
        assert_eq!(
            GO.sentence(Some(Version(1, 19)), Some(Version(1, 19))),
            "Go is 1.19, and 1.21 or newer is needed; this system's package golang-go is 1.19, so install it from \
             https://go.dev/dl"
        );
        assert_eq!(
            NODE.sentence(Some(Version(18, 20)), Some(Version(20, 19))),
            "Node is 18.20, and 20.0 or newer is needed: sudo apt-get install nodejs"
        );
        assert_eq!(
            GO.sentence(None, None),
            "Go is missing, 1.21 or newer: install it from https://go.dev/dl"
        );
    }
}
