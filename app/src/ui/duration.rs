//! Spans of time in words, to be shown: a number and its unit stay on one line.

use domain::environments::lifetime::print;
use jiff::SignedDuration;

/// No line ends here (NO-BREAK SPACE).
pub(super) const NO_BREAK: char = '\u{a0}';

/// A span in its two largest units: "< 0.1 s", "0.4 s", "48 s", "1 min 12 s", "3 h 20 min", "2 d 1 h". Takes microseconds; what is negative counts as nothing.
pub fn duration(micros: i64) -> String {
    let micros = micros.max(0);
    let seconds = micros / 1_000_000;
    match seconds {
        0 if micros < 100_000 => format!("<{NO_BREAK}0.1{NO_BREAK}s"),
        0..10 => format!("{}.{}{NO_BREAK}s", seconds, micros % 1_000_000 / 100_000),
        10..60 => format!("{seconds}{NO_BREAK}s"),
        _ => unbroken(&print(SignedDuration::from_secs(seconds))),
    }
}

/// "3 h 20 min": a line may end after the unit alone.
fn unbroken(printed: &str) -> String {
    let mut after_number = false;
    let keep = |c: char| {
        let kept = if c == ' ' && after_number { NO_BREAK } else { c };
        after_number = c.is_ascii_digit();
        kept
    };
    printed.chars().map(keep).collect()
}

/// As [`duration`], in whole seconds: for what is awaited.
pub fn whole_duration(micros: i64) -> String {
    let seconds = micros.max(0) / 1_000_000;
    if seconds < 10 { format!("{seconds}{NO_BREAK}s") } else { duration(micros) }
}

/// What lies between two spans, in whole seconds: "8–15 s", "50 s–1 min 12 s", "less than 1 s"; one alone where both read alike.
pub fn span(from: i64, to: i64) -> String {
    if to < 1_000_000 {
        return format!("less than 1{NO_BREAK}s");
    }
    let (from, to) = (whole_duration(from), whole_duration(to));
    if from == to {
        return to;
    }
    match (from.split_once(NO_BREAK), to.split_once(NO_BREAK)) {
        (Some((number, unit)), Some((_, other))) if unit == other => format!("{number}–{to}"),
        _ => format!("{from}–{to}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where a `~` stands, no line ends.
    fn tied(text: &str) -> String {
        text.replace('~', "\u{a0}")
    }

    #[test]
    fn what_lies_between_two_spans_names_their_unit_once() {
        for (from, to, expected) in [
            (8, 15, "8–15~s"),
            (8, 8, "8~s"),
            (50, 72, "50~s–1~min 12~s"),
            (120, 180, "2–3~min"),
            (0, 3, "0–3~s"),
            (0, 0, "less than 1~s"),
        ] {
            assert_eq!(span(from * 1_000_000, to * 1_000_000), tied(expected));
        }
    }

    #[test]
    fn spans_read_in_two_units() {
        for (seconds, expected) in [
            (-1.0, "<~0.1~s"),
            (0.1, "0.1~s"),
            (1.49, "1.4~s"),
            (48.0, "48~s"),
            (72.0, "1~min 12~s"),
            (120.0, "2~min"),
            (3_500.0, "58~min 20~s"),
            (3_599.9, "59~min 59~s"),
            (12_000.0, "3~h 20~min"),
            (176_400.0, "2~d 1~h"),
            (86_400.0 * 3.0 - 9.0, "2~d 23~h"),
            (86_400.0 * 40.0, "40~d"),
        ] {
            assert_eq!(duration((seconds * 1e6) as i64), tied(expected), "{seconds}");
        }
        assert_eq!(whole_duration(1_400_000), tied("1~s"));
    }
}
