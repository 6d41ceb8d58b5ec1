//! What clippy holds for us, it holds only as long as it is told to: the forbidden calls, and that every crate obeys.

/// What `clippy.toml` forbids: reading a clock, and routes outside the one table.
const FORBIDDEN: &[&str] = &[
    "jiff::Timestamp::now",
    "jiff::Zoned::now",
    "std::time::SystemTime::now",
    "axum::Router::route",
    "axum::Router::route_service",
    "axum::Router::nest",
];
/// What the clone's `Cargo.toml` says of lints. The forbidden calls are of the group `all`.
const LINTS: &[&str] = &[
    "unsafe_code = \"forbid\"",
    "all = { level = \"warn\", priority = -1 }",
    "unwrap_used = \"warn\"",
    "print_stdout = \"warn\"",
];

/// What breaks them, in `clippy.toml`, in the clone's `Cargo.toml` and in that of each crate (its name, its text).
pub fn broken(clippy: &str, workspace: &str, crates: &[(String, String)]) -> Vec<String> {
    let forbidden = |path: &&&str| !written(clippy).any(|line| line.contains(&format!("path = \"{path}\"")));
    let allowed =
        FORBIDDEN.iter().filter(forbidden).map(|path| format!("clippy.toml does not forbid {path}"));
    let missing = LINTS.iter().filter(|lint| !written(workspace).any(|line| line == **lint));
    let missing = missing.map(|lint| format!("Cargo.toml does not say {lint} under its lints"));
    let loosened = written(workspace)
        .filter(|line| line.starts_with("disallowed_methods"))
        .map(|line| format!("Cargo.toml loosens a lint that invariants rest on: {line}"));
    let free = crates.iter().filter(|(_, text)| !obeys(text));
    let free = free.map(|(name, _)| format!("{name}/Cargo.toml does not take the lints of the workspace"));
    allowed.chain(missing).chain(loosened).chain(free).collect()
}

/// The lines, without those that are commented out.
fn written(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.starts_with('#'))
}

fn obeys(manifest: &str) -> bool {
    let mut lines = written(manifest).skip_while(|line| *line != "[lints]").skip(1);
    lines.find(|line| !line.is_empty()) == Some("workspace = true")
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLIPPY: &str = include_str!("../../../clippy.toml");
    const WORKSPACE: &str = include_str!("../../../Cargo.toml");

    fn crates(text: &str) -> Vec<(String, String)> {
        vec![("domain".to_owned(), text.to_owned())]
    }

    #[test]
    fn the_lints_as_they_are_hold_the_invariants() {
        assert_eq!(broken(CLIPPY, WORKSPACE, &crates("[lints]\nworkspace = true\n")), Vec::<String>::new());
    }

    #[test]
    fn a_forbidden_call_that_is_allowed_again_is_found() {
        for path in FORBIDDEN {
            let allowed = CLIPPY.replace(&format!("\"{path}\""), "\"std::mem::forget\"");
            assert_eq!(
                broken(&allowed, WORKSPACE, &[]),
                [format!("clippy.toml does not forbid {path}")],
                "{path}"
            );
            let line = CLIPPY.lines().find(|line| line.contains(&format!("\"{path}\""))).unwrap();
            assert_eq!(
                broken(&CLIPPY.replace(line, &format!("# {line}")), WORKSPACE, &[]).len(),
                1,
                "{path}"
            );
        }
    }

    #[test]
    fn lints_that_are_loosened_are_found() {
        for lint in LINTS {
            assert_eq!(broken(CLIPPY, &WORKSPACE.replace(lint, ""), &[]).len(), 1, "{lint}");
        }
        let loose = format!("{WORKSPACE}\ndisallowed_methods = \"allow\"\n");
        assert_eq!(broken(CLIPPY, &loose, &[]).len(), 1);
        for manifest in ["[package]\n", "[lints]\n", "[lints]\nclippy.all = \"allow\"\nworkspace = true\n"] {
            assert_eq!(broken(CLIPPY, WORKSPACE, &crates(manifest)).len(), 1, "{manifest}");
        }
    }
}
