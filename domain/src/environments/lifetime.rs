//! How long an environment lives: durations as people write them, extension, and the warnings before the end.
//!
//! - A day is 24 hours here: a lifetime is a length of time, not a date in some zone.
//! - The longest lifetime counts from when the environment was asked for, however often it is extended.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::life::{State, Wanted};

const UNITS: [(&str, i64); 5] = [("w", 604_800), ("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)];

/// The lifetimes of a blueprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lifetime {
    pub default: SignedDuration,
    pub maximum: SignedDuration,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LifetimeRefused {
    #[error("Write a length of time such as 3d, 12h or 1d 12h.")]
    NotADuration,
    #[error("At least {}.", print(*.0))]
    TooShort(SignedDuration),
    #[error("At most {}.", print(*.0))]
    TooLong(SignedDuration),
    #[error("It already has the longest lifetime its blueprint allows ({}). Request a new one when you need longer.", print(*.0))]
    NothingLeft(SignedDuration),
    #[error("At most {} more: its blueprint allows {} in all.", print(*.left), print(*.maximum))]
    BeyondMaximum { left: SignedDuration, maximum: SignedDuration },
    #[error("It expired already and is being destroyed. Request a new one.")]
    Expired,
}

/// No environment is asked for that would expire before it is ready.
pub const SHORTEST: SignedDuration = SignedDuration::from_mins(15);

/// Reads `3d`, `12h`, `90m`, `1w`, `1d12h`, `2 d 12 h`; each unit at most once, larger before smaller.
pub fn parse(text: &str) -> Result<SignedDuration, LifetimeRefused> {
    let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let compact = compact.replace("min", "m");
    let mut rest = compact.as_str();
    let mut seconds = 0i64;
    let mut units = UNITS.as_slice();
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or(LifetimeRefused::NotADuration)?;
        let number: i64 = rest[..digits].parse().map_err(|_| LifetimeRefused::NotADuration)?;
        let unit = &rest[digits..digits + rest[digits..].chars().next().map_or(0, char::len_utf8)];
        let place = units.iter().position(|(name, _)| *name == unit).ok_or(LifetimeRefused::NotADuration)?;
        seconds = number
            .checked_mul(units[place].1)
            .and_then(|part| seconds.checked_add(part))
            .ok_or(LifetimeRefused::NotADuration)?;
        units = &units[place + 1..];
        rest = &rest[digits + unit.len()..];
    }
    // A hundred years: beyond it, sums with the calendar would overflow.
    if compact.is_empty() || seconds > 3_155_760_000 {
        return Err(LifetimeRefused::NotADuration);
    }
    Ok(SignedDuration::from_secs(seconds))
}

/// What is left of a time, to the nearest of the smaller unit that [`print`] shows: three days are "3 d" a moment later too. Not for
/// limits, which would then say more than is allowed.
pub fn nearest(left: SignedDuration) -> SignedDuration {
    let seconds = left.as_secs();
    SignedDuration::from_secs(match seconds {
        86_370.. => (seconds + 1_800) / 3_600 * 3_600,
        3_570.. => (seconds + 30) / 60 * 60,
        _ => seconds,
    })
}

/// The two largest units: "2 d 23 h", "3 h 20 min", "45 s"; never a zero part.
pub fn print(duration: SignedDuration) -> String {
    let seconds = duration.as_secs().max(0);
    let (days, hours) = (seconds / 86_400, seconds / 3_600 % 24);
    let (minutes, rest) = (seconds / 60 % 60, seconds % 60);
    let parts = if days > 0 {
        [(days, "d"), (hours, "h")]
    } else if hours > 0 {
        [(hours, "h"), (minutes, "min")]
    } else {
        [(minutes, "min"), (rest, "s")]
    };
    let words: Vec<String> = parts
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, unit)| format!("{number} {unit}"))
        .collect();
    if words.is_empty() { "0 s".to_owned() } else { words.join(" ") }
}

/// Reads the lifetime that a person typed and checks it; nothing typed means the default.
pub fn requested(lifetime: &Lifetime, text: &str) -> Result<SignedDuration, LifetimeRefused> {
    if text.trim().is_empty() {
        return Ok(lifetime.default);
    }
    let asked = parse(text)?;
    if asked < SHORTEST {
        Err(LifetimeRefused::TooShort(SHORTEST))
    } else if asked > lifetime.maximum {
        Err(LifetimeRefused::TooLong(lifetime.maximum))
    } else {
        Ok(asked)
    }
}

/// How much more may be added to the present expiry; zero when nothing.
pub fn room(lifetime: &Lifetime, requested_at: Timestamp, expires_at: Timestamp) -> SignedDuration {
    let last = requested_at.saturating_add(lifetime.maximum).unwrap_or(Timestamp::MAX);
    last.duration_since(expires_at).max(SignedDuration::ZERO)
}

/// The new expiry after an extension by `more`.
pub fn extend(
    lifetime: &Lifetime,
    requested_at: Timestamp,
    expires_at: Timestamp,
    more: SignedDuration,
    now: Timestamp,
) -> Result<Timestamp, LifetimeRefused> {
    let left = room(lifetime, requested_at, expires_at);
    if expires_at <= now {
        Err(LifetimeRefused::Expired)
    } else if left < SignedDuration::from_mins(1) {
        Err(LifetimeRefused::NothingLeft(lifetime.maximum))
    } else if more < SignedDuration::from_mins(1) {
        Err(LifetimeRefused::TooShort(SignedDuration::from_mins(1)))
    } else if more > left {
        Err(LifetimeRefused::BeyondMaximum { left, maximum: lifetime.maximum })
    } else {
        expires_at.checked_add(more).map_err(|_| LifetimeRefused::NotADuration)
    }
}

/// The warnings before an environment expires, the earliest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Warning {
    TwoDays,
    TwoHours,
    HalfHour,
}

impl Warning {
    pub const ALL: [Warning; 3] = [Warning::TwoDays, Warning::TwoHours, Warning::HalfHour];

    /// How long before the expiry it is due.
    pub fn before(self) -> SignedDuration {
        match self {
            Warning::TwoDays => SignedDuration::from_hours(48),
            Warning::TwoHours => SignedDuration::from_hours(2),
            Warning::HalfHour => SignedDuration::from_mins(30),
        }
    }

    fn due_at(self, expires_at: Timestamp) -> Timestamp {
        expires_at.saturating_sub(self.before()).unwrap_or(Timestamp::MIN)
    }
}

/// What to do about warnings now, and when to look again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Warnings {
    /// To be given now: only the most urgent, when several were missed.
    pub now: Option<Warning>,
    /// The next one and its moment; none after the last.
    pub next: Option<(Warning, Timestamp)>,
}

/// `expiry_set_at` is when the present expiry was set (request or extension), `last` the last warning given
/// since then. A warning whose moment had passed when the expiry was set is left out: who asks for an hour
/// need not hear at once that an hour is left.
pub fn warnings(
    expires_at: Timestamp,
    expiry_set_at: Timestamp,
    last: Option<Warning>,
    now: Timestamp,
) -> Warnings {
    let open = Warning::ALL
        .into_iter()
        .filter(|warning| last.is_none_or(|last| *warning > last))
        .map(|warning| (warning, warning.due_at(expires_at)))
        .filter(|(_, at)| *at > expiry_set_at);
    let due = open.clone().filter(|(_, at)| *at <= now).map(|(warning, _)| warning).max();
    Warnings { now: due.filter(|_| now < expires_at), next: open.clone().find(|(_, at)| *at > now) }
}

/// The most urgent warning that an environment stands within, from its moment until the expiry; none while there is
/// time, and none for what has ended or is leaving anyway. It holds by the times alone, whether or not the timer has
/// given the warning yet; a warning that is left out (see [`warnings`]) is left out here too.
pub fn expires_soon(
    state: State,
    wanted: Wanted,
    expires_at: Timestamp,
    expiry_set_at: Timestamp,
    now: Timestamp,
) -> Option<Warning> {
    if wanted == Wanted::Gone || state.is_end() || state.is_leaving() {
        return None;
    }
    warnings(expires_at, expiry_set_at, None, now).now
}

/// How long something still lives, to be read while it shrinks: whole minutes as long as there is one.
pub fn time_left(expires_at: Timestamp, now: Timestamp) -> SignedDuration {
    let seconds = expires_at.duration_since(now).as_secs().max(0);
    SignedDuration::from_secs(if seconds < 60 { seconds } else { seconds / 60 * 60 })
}

#[cfg(test)]
mod tests;
