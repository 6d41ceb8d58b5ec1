//! Rules that are seen in the text of one file.

/// Longer files hold more than one idea.
const LINES: usize = 400;
/// Beginnings of folders of somebody's machine. In two parts, so that this file passes.
const MACHINES: &[&str] =
    &[concat!("/ro", "ot/"), concat!("/wo", "rk/"), concat!("/Us", "ers/"), concat!("/ho", "me/")];
/// How a query begins.
const QUERIES: &[&str] = &["\"select ", "\"insert into ", "\"delete from ", "\"update ", "\"with recursive "];
/// How a colour begins that is written out.
const COLOURS: &[&str] = &["rgb(", "rgba(", "hsl(", "hsla(", "hwb(", "lab(", "lch(", "oklab(", "oklch("];

/// What the file breaks. `name` is its path in the clone.
pub fn broken(name: &str, content: &str) -> Vec<String> {
    let rules = [length(name, content), machine(content), query(name, content), colour(name, content)];
    rules.into_iter().flatten().map(|what| format!("{name}{what}")).collect()
}

fn length(name: &str, content: &str) -> Option<String> {
    let counted = [".rs", ".css", ".js", ".go"].iter().any(|ending| name.ends_with(ending));
    let lines = content.lines().count();
    (counted && lines > LINES)
        .then(|| format!(" has {lines} lines, of {LINES} at most: it holds more than one idea"))
}

/// A path that exists on one machine only.
fn machine(content: &str) -> Option<String> {
    let found = |line: &str| MACHINES.iter().any(|folder| starts_a_path(line, folder));
    let (number, _) = content.lines().enumerate().find(|(_, line)| found(line))?;
    Some(format!(":{} names a folder of one machine", number + 1))
}

/// Whether the folder is the beginning of a path, and not the middle of one or of an address.
fn starts_a_path(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        before.is_none_or(|before| {
            !before.is_alphanumeric() && !['.', '-', '_', '}', '~', '*', '/'].contains(&before)
        })
    })
}

/// Pages ask use cases; only stores hold SQL.
fn query(name: &str, content: &str) -> Option<String> {
    if !name.starts_with("app/src/") {
        return None;
    }
    let is_query = |line: &str| {
        let line = line.to_lowercase();
        QUERIES.iter().any(|beginning| {
            line.find(beginning).is_some_and(|at| {
                let rest = line.get(at..).unwrap_or_default();
                [" from ", " into ", " set ", "recursive"].iter().any(|word| rest.contains(word))
            })
        })
    };
    let (number, _) = content.lines().enumerate().find(|(_, line)| is_query(line))?;
    Some(format!(":{} contains SQL, which belongs in a store of platform", number + 1))
}

/// Colours have names, and the names stand in one file.
fn colour(name: &str, content: &str) -> Option<String> {
    if !name.ends_with(".css") || name == "style/tokens.css" {
        return None;
    }
    let (number, _) = content.lines().enumerate().find(|(_, line)| is_colour(line))?;
    Some(format!(":{} has a raw colour: give it a name in style/tokens.css", number + 1))
}

/// Looks at the value of a declaration only: `#fade` before a colon is a selector.
fn is_colour(line: &str) -> bool {
    let Some((_, value)) = line.split_once(':') else {
        return false;
    };
    let hex = value.match_indices('#').any(|(at, _)| {
        let rest = value.get(at + 1..).unwrap_or_default();
        let word: String =
            rest.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '-').collect();
        matches!(word.len(), 3 | 4 | 6 | 8) && word.chars().all(|letter| letter.is_ascii_hexdigit())
    });
    // `oklch(from var(--accent) …)` and `var(--oklch(…` start from a name.
    let function = COLOURS.iter().any(|beginning| {
        value.match_indices(beginning).any(|(at, _)| {
            let whole = value.get(..at).is_none_or(|before| {
                !before.ends_with(|letter: char| letter.is_alphanumeric() || letter == '-')
            });
            let rest = value.get(at + beginning.len()..).unwrap_or_default();
            whole && !rest.trim_start().starts_with("from ")
        })
    });
    hex || function
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(name: &str, content: &str) -> usize {
        broken(name, content).len()
    }

    #[test]
    fn a_long_file_is_found() {
        assert_eq!(count("app/src/long.rs", &"\n".repeat(LINES + 1)), 1);
        assert_eq!(count("app/src/long.rs", &"\n".repeat(LINES)), 0);
        assert_eq!(count("Cargo.lock", &"\n".repeat(LINES + 1)), 0);
    }

    #[test]
    fn a_path_of_one_machine_is_found() {
        for folder in MACHINES {
            assert_eq!(count("docs/a.md", &format!("see {folder}notes")), 1, "{folder}");
            assert_eq!(count("docs/a.md", &format!("see https://example.com{folder}notes")), 0, "{folder}");
        }
    }

    #[test]
    fn sql_outside_the_stores_is_found() {
        assert_eq!(count("app/src/a.rs", "let all = \"SELECT id FROM teams\";"), 1);
        assert_eq!(count("app/src/a.rs", "view! { <p>\"Select a team\"</p> }"), 0);
        assert_eq!(count("platform/src/a.rs", "let all = \"select id from teams\";"), 0);
    }

    #[test]
    fn a_raw_colour_is_found() {
        for line in [
            "a { color: #fff; }",
            "color: #0a0b0c80;",
            "border: 1px solid rgb(0 0 0);",
            "fill: oklch(50% 0.1 20);",
        ] {
            assert_eq!(count("style/base.css", line), 1, "{line}");
            assert_eq!(count("style/tokens.css", line), 0, "{line}");
        }
        for line in
            ["#fade { color: var(--text); }", "color: oklch(from var(--accent) l c h);", "mask: url(#shape);"]
        {
            assert_eq!(count("style/base.css", line), 0, "{line}");
        }
    }
}
