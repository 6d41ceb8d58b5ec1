//! Spans of time in words.

use domain::environments::lifetime::print;
use jiff::SignedDuration;

/// A span in its two largest units: "< 0.1 s", "0.4 s", "48 s", "1 min 12 s", "3 h 20 min", "2 d 1 h". Takes microseconds; what is negative counts as nothing.
pub fn duration(micros: i64) -> String {
    let micros = micros.max(0);
    let seconds = micros / 1_000_000;
    match seconds {
        0 if micros < 100_000 => "< 0.1 s".to_owned(),
        0..10 => format!("{}.{} s", seconds, micros % 1_000_000 / 100_000),
        10..60 => format!("{seconds} s"),
        _ => print(SignedDuration::from_secs(seconds)),
    }
}

/// As [`duration`], in whole seconds: for what is awaited.
pub fn whole_duration(micros: i64) -> String {
    let seconds = micros.max(0) / 1_000_000;
    if seconds < 10 { format!("{seconds} s") } else { duration(micros) }
}

/// What lies between two spans, in whole seconds: "8–15 s", "50 s–1 min 12 s", "less than 1 s"; one alone where both read alike.
pub fn span(from: i64, to: i64) -> String {
    if to < 1_000_000 {
        return "less than 1 s".to_owned();
    }
    let (from, to) = (whole_duration(from), whole_duration(to));
    if from == to {
        return to;
    }
    match (from.split_once(' '), to.split_once(' ')) {
        (Some((number, unit)), Some((_, other))) if unit == other => format!("{number}–{to}"),
        _ => format!("{from}–{to}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_between_two_spans_names_their_unit_once() {
        for (from, to, expected) in [
            (8, 15, "8–15 s"),
            (8, 8, "8 s"),
            (50, 72, "50 s–1 min 12 s"),
            (120, 180, "2–3 min"),
            (0, 3, "0–3 s"),
            (0, 0, "less than 1 s"),
        ] {
            assert_eq!(span(from * 1_000_000, to * 1_000_000), expected);
        }
    }

    #[test]
    fn spans_read_in_two_units() {
        for (seconds, expected) in [
            (-1.0, "< 0.1 s"),
            (0.1, "0.1 s"),
            (1.49, "1.4 s"),
            (48.0, "48 s"),
            (72.0, "1 min 12 s"),
            (120.0, "2 min"),
            (3_500.0, "58 min 20 s"),
            (3_599.9, "59 min 59 s"),
            (12_000.0, "3 h 20 min"),
            (176_400.0, "2 d 1 h"),
            (86_400.0 * 3.0 - 9.0, "2 d 23 h"),
            (86_400.0 * 40.0, "40 d"),
        ] {
            assert_eq!(duration((seconds * 1e6) as i64), expected, "{seconds}");
        }
        assert_eq!(whole_duration(1_400_000), "1 s");
    }
}
