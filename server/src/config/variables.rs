//! Variables that look like settings and are none: mistyped ones are refused, others are told of.
//!
//! Not every one is refused, since Slipway does not own the name: a cluster sets `SLIPWAY_PORT` and the like in every pod beside a
//! Service that is called `slipway`, and whoever runs several programs may keep variables of their own.

use super::read::ConfigError;
use super::settings::{Kind, SETTINGS};

/// How every setting's variable begins.
const PREFIX: &str = "SLIPWAY_";
/// What is read elsewhere: the configuration's own place, the built pages, the build, the tests.
const ELSEWHERE: &[&str] = &[
    "SLIPWAY_CONFIG",
    "SLIPWAY_SITE",
    "SLIPWAY_EMBED_SITE",
    "SLIPWAY_WASM",
    "SLIPWAY_CACHE",
    "SLIPWAY_BIN",
    "SLIPWAY_PAGES",
    "SLIPWAY_KILLS",
];
/// Families of variables of the tests.
const FAMILIES: &[&str] = &["SLIPWAY_TEST_", "SLIPWAY_KILL_"];
/// One letter off is a slip of the hand, and in a longer word two are; more is another word.
fn mistyped(setting: &str) -> usize {
    if setting.len() < PREFIX.len() + 6 { 1 } else { 2 }
}

/// The variables that nothing reads, in words; an error for one that was meant to be a setting's.
pub fn unknown<'a>(names: impl Iterator<Item = &'a String>) -> Result<Vec<String>, ConfigError> {
    let mut told = Vec::new();
    for name in names.filter(|name| name.starts_with(PREFIX) && !is_known(name) && !is_of_a_service(name)) {
        let close = settings().map(|setting| (distance(name, &setting), setting)).min();
        match close {
            Some((away, near)) if away <= mistyped(&near) => {
                return Err(ConfigError {
                    place: name.clone(),
                    sentence: format!("there is no such setting; did you mean {near}?"),
                });
            }
            _ => told.push(format!("{name} is not a setting, so it has no effect")),
        }
    }
    Ok(told)
}

/// The variable of every setting, and of every file that holds one.
fn settings() -> impl Iterator<Item = String> {
    let files = SETTINGS.iter().filter(|setting| setting.kind == Kind::Secret);
    let files = files.map(|setting| format!("{}_FILE", setting.variable));
    SETTINGS.iter().map(|setting| setting.variable.to_owned()).chain(files)
}

fn is_known(name: &str) -> bool {
    ELSEWHERE.contains(&name)
        || FAMILIES.iter().any(|family| name.starts_with(family))
        || settings().any(|setting| setting == name)
}

/// What a cluster sets for a Service (Kubernetes, "Accessing the Service: environment variables"): `SLIPWAY_SERVICE_HOST`,
/// `SLIPWAY_WEB_PORT_80_TCP_ADDR`.
fn is_of_a_service(name: &str) -> bool {
    ["_SERVICE_HOST", "_SERVICE_PORT", "_PORT"].iter().any(|end| name.ends_with(end))
        || ["_SERVICE_PORT_", "_PORT_"].iter().any(|middle| name.contains(middle))
}

/// The edit distance of Levenshtein.
pub fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let above = row[j + 1];
            row[j + 1] = (diagonal + usize::from(x != *y)).min(above + 1).min(row[j] + 1);
            diagonal = above;
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(name: &str) -> Result<Vec<String>, String> {
        unknown([name.to_owned()].iter()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_mistyped_variable_is_refused_with_the_one_that_was_meant() {
        for (name, meant) in [
            ("SLIPWAY_LISTN", "SLIPWAY_LISTEN"),
            ("SLIPWAY_PUBLC_URL", "SLIPWAY_PUBLIC_URL"),
            ("SLIPWAY_LOGS", "SLIPWAY_LOG"),
            ("SLIPWAY_DATABASE_URL_FIEL", "SLIPWAY_DATABASE_URL_FILE"),
        ] {
            let error = format!("{name}: there is no such setting; did you mean {meant}?");
            assert_eq!(told(name), Err(error));
        }
    }

    #[test]
    fn what_others_set_is_no_reason_to_stop() {
        for setting in settings() {
            assert_eq!(told(&setting), Ok(Vec::new()));
        }
        for silent in [
            "PATH",
            "SLIPWAY_SITE",
            "SLIPWAY_CONFIG",
            "SLIPWAY_KILL_SEED",
            "SLIPWAY_TEST_POSTGRES_URL",
            "SLIPWAY_SERVICE_HOST",
            "SLIPWAY_SERVICE_PORT_HTTP",
            "SLIPWAY_PORT",
            "SLIPWAY_PORT_8080_TCP_ADDR",
            "SLIPWAY_WEB_SERVICE_PORT",
        ] {
            assert_eq!(told(silent), Ok(Vec::new()), "{silent}");
        }
        for other in ["SLIPWAY_REGION", "SLIPWAY_TAG", "SLIPWAY_ORG"] {
            assert_eq!(told(other), Ok(vec![format!("{other} is not a setting, so it has no effect")]));
        }
    }
}
