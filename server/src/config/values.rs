//! What the file, the variables and the command line say, each value with the place it came from.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use jiff::SignedDuration;
use secrecy::SecretString;

use super::read::ConfigError;
use super::settings::{self, Kind};

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Nobody set it.
    Default,
    /// The file, with the line.
    File {
        /// The file.
        path: PathBuf,
        /// From 1.
        line: usize,
    },
    /// A variable.
    Variable(String),
    /// The command line.
    CommandLine(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Default => f.write_str("default"),
            Origin::File { path, line } => write!(f, "{}:{line}", path.display()),
            Origin::Variable(name) => f.write_str(name),
            Origin::CommandLine(flag) => f.write_str(flag),
        }
    }
}

/// Which setting came from where.
pub type Origins = BTreeMap<&'static str, Origin>;

/// A value as it was written.
#[derive(Clone, Debug)]
pub struct Written {
    /// One text, or the members of a list.
    pub texts: Vec<String>,
    /// Where.
    pub origin: Origin,
}

/// Everything that was written, by key.
#[derive(Debug, Default)]
pub struct Values(pub BTreeMap<&'static str, Written>);

impl Values {
    /// Where everything came from.
    pub fn origins(&self) -> Origins {
        settings::SETTINGS
            .iter()
            .map(|setting| {
                let origin =
                    self.0.get(setting.key).map_or(Origin::Default, |written| written.origin.clone());
                (setting.key, origin)
            })
            .collect()
    }

    /// The text of a setting, if it is set.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.0.get(key).and_then(|written| written.texts.first()).map(String::as_str)
    }

    /// The members of a list; none when it is not set.
    pub fn list<T: FromStr<Err: fmt::Display>>(&self, key: &str) -> Result<Vec<T>, ConfigError> {
        let Some(written) = self.0.get(key) else { return Ok(Vec::new()) };
        written
            .texts
            .iter()
            .map(|text| text.parse().map_err(|why: T::Err| self.wrong(key, &why.to_string())))
            .collect()
    }

    /// A value that parses, if it is set.
    pub fn parsed<T: FromStr<Err: fmt::Display>>(&self, key: &str) -> Result<Option<T>, ConfigError> {
        self.text(key)
            .map(|text| text.parse().map_err(|why: T::Err| self.wrong(key, &why.to_string())))
            .transpose()
    }

    /// `true` or `false`.
    pub fn bool(&self, key: &str, default: bool) -> Result<bool, ConfigError> {
        match self.text(key) {
            None => Ok(default),
            Some("true") => Ok(true),
            Some("false") => Ok(false),
            Some(_) => Err(self.wrong(key, "must be true or false")),
        }
    }

    /// A length of time between two bounds.
    pub fn duration(
        &self,
        key: &str,
        default: SignedDuration,
        allowed: std::ops::RangeInclusive<SignedDuration>,
    ) -> Result<SignedDuration, ConfigError> {
        let Some(text) = self.text(key) else { return Ok(default) };
        let length = duration(text)
            .ok_or_else(|| self.wrong(key, "must be a length of time such as 30s, 12h or 7d"))?;
        if allowed.contains(&length) {
            return Ok(length);
        }
        let (least, most) = (print_duration(*allowed.start()), print_duration(*allowed.end()));
        Err(self.wrong(key, &format!("must be from {least} to {most}")))
    }

    /// A secret, if it is set.
    pub fn secret(&self, key: &str) -> Option<SecretString> {
        debug_assert!(settings::find(key).is_some_and(|setting| setting.kind == Kind::Secret));
        self.text(key).map(|text| SecretString::from(text.to_owned()))
    }

    /// Whether it stands in the configuration file.
    pub fn is_in_file(&self, key: &str) -> bool {
        self.0.get(key).is_some_and(|written| matches!(written.origin, Origin::File { .. }))
    }

    /// "slipway.toml:12: session.idle must be …"
    pub fn wrong(&self, key: &str, why: &str) -> ConfigError {
        let origin = self.0.get(key).map_or(Origin::Default, |written| written.origin.clone());
        ConfigError { place: origin.to_string(), sentence: format!("{key} {why}") }
    }
}

/// The units of a length of time, in seconds, the largest first.
const UNITS: [(char, i64); 4] = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

/// `30s`, `15m`, `12h`, `7d`: one number, one unit.
fn duration(text: &str) -> Option<SignedDuration> {
    let unit = text.chars().last()?;
    let number: i64 = text[..text.len() - unit.len_utf8()].trim().parse().ok()?;
    let (_, seconds) = UNITS.into_iter().find(|(name, _)| *name == unit)?;
    number.checked_mul(seconds).map(SignedDuration::from_secs)
}

/// As it is written: in the largest unit that it is a whole number of.
pub fn print_duration(length: SignedDuration) -> String {
    let seconds = length.as_secs();
    let fits = |unit: &(char, i64)| seconds % unit.1 == 0;
    let (unit, size) = UNITS.into_iter().find(fits).unwrap_or(('s', 1));
    format!("{}{unit}", seconds / size)
}
