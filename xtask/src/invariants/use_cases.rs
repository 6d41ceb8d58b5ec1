//! Every use case takes a caller and authorizes before anything that can fail.
//!
//! Seen in the text: the public functions of `platform/src/**/service*`. What may do without a caller is named here, and the list may
//! only shrink.

/// Doors for strangers, and what the program does for itself.
const WITHOUT_CALLER: &[&str] = &[
    // people: before there is a caller.
    "is_first_start",
    "first_link",
    "find_invitation",
    "accept_invitation",
    "sign_in",
    "find_reset",
    "reset_password",
    // environments: at the start of the program.
    "publish_shipped",
    "new_step",
];
/// What authorizes: the table of roles itself, and the two ways that go through it.
const AUTHORIZES: &[&str] = &["authorize(caller,", "visibility(caller)?", "check(environments, caller,"];

/// What a file of use cases breaks.
pub fn broken(name: &str, content: &str) -> Vec<String> {
    let is_service =
        name.starts_with("platform/src/") && (name.contains("/service/") || name.ends_with("/service.rs"));
    if !is_service {
        return Vec::new();
    }
    let lines: Vec<&str> = content.lines().collect();
    let starts = lines.iter().enumerate().filter_map(|(at, line)| Some((at, function(line)?)));
    starts
        .filter(|(_, function)| !WITHOUT_CALLER.contains(function))
        .filter_map(|(at, function)| {
            Some(format!("{name}:{}: {function} {}", at + 1, wrong(lines.get(at..)?)?))
        })
        .collect()
}

/// The name of the public function that begins on this line.
fn function(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("pub async fn ").or_else(|| line.strip_prefix("pub fn "))?;
    rest.split(['(', '<']).next()
}

/// What is wrong with the function that begins here.
fn wrong(lines: &[&str]) -> Option<&'static str> {
    let end = lines.iter().position(|line| *line == "}").unwrap_or(lines.len());
    let body = lines.iter().position(|line| line.ends_with('{'))?;
    let head = lines.get(..=body)?.join(" ");
    if !head.contains("caller: &Caller") {
        return Some("is a use case without a caller");
    }
    let fails = |line: &&&str| line.contains('?') || line.contains(".await") || line.contains("return Err");
    let first = lines.get(body + 1..end)?.iter().find(fails);
    let asks = first.is_some_and(|line| AUTHORIZES.iter().any(|words| line.contains(words)));
    (!asks).then_some("can fail before it authorizes")
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "platform/src/people/service/accounts.rs";

    #[test]
    fn who_authorizes_first_passes() {
        let good = "pub async fn invite(\n    db: &Db,\n    caller: &Caller,\n) -> Result<()> {\n    let a = 1;\n    authorize(caller, Action::See)?;\n    db.begin().await?;\n}\n";
        assert_eq!(broken(FILE, good), Vec::<String>::new());
        assert_eq!(
            broken("platform/src/people/callers.rs", &good.replace("authorize", "nothing")),
            Vec::<String>::new()
        );
    }

    #[test]
    fn who_does_not_is_named() {
        let late = "pub async fn invite(caller: &Caller) -> Result<()> {\n    let found = find().await?;\n    authorize(caller, Action::See)?;\n}\n";
        assert_eq!(broken(FILE, late), [format!("{FILE}:1: invite can fail before it authorizes")]);
        let nobody = "/// Doc.\npub fn list(db: &Db) -> Result<()> {\n    Ok(())\n}\n";
        assert_eq!(broken(FILE, nobody), [format!("{FILE}:2: list is a use case without a caller")]);
        let never = "pub fn list(caller: &Caller) -> usize {\n    1\n}\n";
        assert_eq!(broken(FILE, never), [format!("{FILE}:1: list can fail before it authorizes")]);
    }
}
