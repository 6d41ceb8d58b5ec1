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

/// What is left of a time, as it is told everywhere: to the nearest hour from a day on, to the nearest minute from a minute on, so that
/// two places of a page never differ, and three days are "3 d" a moment later too. Not for limits, which would then say more than is
/// allowed.
pub fn nearest(left: SignedDuration) -> SignedDuration {
    let seconds = left.as_secs();
    SignedDuration::from_secs(match seconds {
        86_370.. => (seconds + 1_800) / 3_600 * 3_600,
        60.. => (seconds + 30) / 60 * 60,
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

/// How much more may be added to the present expiry; zero when nothing, or less than the minute that is the least to add.
pub fn room(lifetime: &Lifetime, requested_at: Timestamp, expires_at: Timestamp) -> SignedDuration {
    let last = requested_at.saturating_add(lifetime.maximum).unwrap_or(Timestamp::MAX);
    let left = last.duration_since(expires_at);
    if left < SignedDuration::from_mins(1) { SignedDuration::ZERO } else { left }
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
    } else if left.is_zero() {
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

    /// How long before the expiry it is due, where that leaves `whole` from the moment at which the expiry was set. The last one always
    /// comes: whoever has no half hour is warned when half of the time is over.
    fn before(self, whole: SignedDuration) -> SignedDuration {
        match self {
            Warning::TwoDays => SignedDuration::from_hours(48),
            Warning::TwoHours => SignedDuration::from_hours(2),
            Warning::HalfHour if whole <= HALF_HOUR => SignedDuration::from_secs(whole.as_secs().max(0) / 2),
            Warning::HalfHour => HALF_HOUR,
        }
    }
}

const HALF_HOUR: SignedDuration = SignedDuration::from_mins(30);

/// The warnings that come between the moment at which the expiry was set and the expiry, the earliest first: how long before it each
/// comes, and when.
fn coming(
    expires_at: Timestamp,
    expiry_set_at: Timestamp,
) -> impl Iterator<Item = (Warning, SignedDuration, Timestamp)> + Clone {
    let whole = expires_at.duration_since(expiry_set_at);
    Warning::ALL
        .into_iter()
        .map(move |warning| {
            let before = warning.before(whole);
            (warning, before, expires_at.saturating_sub(before).unwrap_or(Timestamp::MIN))
        })
        .filter(move |(_, _, at)| *at > expiry_set_at)
}

/// How long before the expiry the warnings come that are still to come: what a page promises.
pub fn warnings_to_come(
    expires_at: Timestamp,
    expiry_set_at: Timestamp,
    now: Timestamp,
) -> Vec<SignedDuration> {
    let coming = coming(expires_at, expiry_set_at).filter(|(_, _, at)| *at > now);
    coming.map(|(_, before, _)| before).collect()
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
/// need not hear at once that an hour is left. The last warning is never left out: for half an hour or less it comes when half of that
/// time is over.
pub fn warnings(
    expires_at: Timestamp,
    expiry_set_at: Timestamp,
    last: Option<Warning>,
    now: Timestamp,
) -> Warnings {
    let open = coming(expires_at, expiry_set_at)
        .filter(|(warning, _, _)| last.is_none_or(|last| *warning > last))
        .map(|(warning, _, at)| (warning, at));
    let due = open.clone().filter(|(_, at)| *at <= now).map(|(warning, _)| warning).max();
    Warnings { now: due.filter(|_| now < expires_at), next: open.clone().find(|(_, at)| *at > now) }
}

/// Whether the expiry of an environment still says anything: that of what has ended or is leaving anyway is shown nowhere.
pub fn still_expires(state: State, wanted: Wanted) -> bool {
    wanted == Wanted::Present && !state.is_end() && !state.is_leaving()
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
    if !still_expires(state, wanted) {
        return None;
    }
    warnings(expires_at, expiry_set_at, None, now).now
}

/// How long something still lives, as [`nearest`] tells it.
pub fn time_left(expires_at: Timestamp, now: Timestamp) -> SignedDuration {
    nearest(expires_at.duration_since(now).max(SignedDuration::ZERO))
}

#[cfg(test)]
mod tests;
