//! Moments in words, where a sentence names one.

use jiff::Timestamp;

/// To the minute, in UTC: "3 Mar 2026, 10:00 UTC". The server writes such a sentence, which knows no other zone.
pub fn in_words(at: Timestamp) -> String {
    at.strftime("%-d %b %Y, %H:%M UTC").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_told_to_the_minute_with_its_zone() {
        let at = "2026-12-01T08:01:59Z".parse().expect("a time");
        assert_eq!(in_words(at), "1 Dec 2026, 08:01 UTC");
    }
}
