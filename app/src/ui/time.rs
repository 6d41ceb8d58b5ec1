//! Points in time: in words, with the exact time and zone on hover and in the markup.
//!
//! The server and the browser must render the same words, so both reckon with the time of the server: the page carries the moment at which it was
//! rendered, and the browser only adds how long it has been open.

use domain::environments::lifetime::nearest;
use jiff::SignedDuration;
use leptos::prelude::*;

use super::duration::{NO_BREAK, duration};

/// The time as the page knows it.
#[derive(Clone, Copy)]
pub struct PageClock {
    /// Microseconds since the epoch, UTC; moves on every second in the browser.
    pub now: RwSignal<i64>,
    /// Whether the page runs in a browser by now: then times can be told in its zone.
    pub awake: RwSignal<bool>,
}

impl PageClock {
    /// Starts from the time at which the page was rendered, and makes it reachable.
    pub fn provide(rendered: i64) -> Self {
        let clock = Self { now: RwSignal::new(rendered), awake: RwSignal::new(false) };
        provide_context(clock);
        Effect::new(move |_| {
            let opened = js_sys::Date::now();
            clock.awake.set(true);
            let tick = move || {
                let open_for = (js_sys::Date::now() - opened) * 1_000.0;
                clock.now.try_set(rendered + open_for as i64);
            };
            let ticking = set_interval_with_handle(tick, std::time::Duration::from_secs(1));
            if let Ok(ticking) = ticking {
                on_cleanup(move || ticking.clear());
            }
        });
        clock
    }
}

/// The time as the page knows it, in microseconds. It moves.
pub fn page_now() -> Signal<i64> {
    use_context::<PageClock>().map(|clock| clock.now.into()).unwrap_or_default()
}

/// A point in time, as far away as it is: "3 min ago", "in 2 d 23 h".
#[component]
pub fn Time(
    /// Microseconds since the epoch, UTC.
    micros: i64,
) -> impl IntoView {
    let clock = use_context::<PageClock>();
    let words = Memo::new(move |_| relative(clock.map_or(micros, |clock| clock.now.get()), micros));
    let exact = move || exact(micros, offset_here(clock, micros));
    view! {
        <time datetime=rfc3339(micros) title=exact>
            {move || words.get()}
        </time>
    }
    .into_any()
}

/// A point in time as its date, to the minute, where that says more than how far away it is: "26 Nov 2026, 10:40 UTC+1".
#[component]
pub fn DateTime(
    /// Microseconds since the epoch, UTC.
    micros: i64,
    /// Whether to the second, as in a record, where several may stand in one minute.
    #[prop(optional)]
    seconds: bool,
) -> impl IntoView {
    let clock = use_context::<PageClock>();
    let words = move || {
        let offset = offset_here(clock, micros);
        if seconds { exact(micros, offset) } else { to_the_minute(micros, offset) }
    };
    let exact = move || exact(micros, offset_here(clock, micros));
    view! {
        <time datetime=rfc3339(micros) title=exact>
            {words}
        </time>
    }
    .into_any()
}

/// The offset of the zone to tell a time in: the browser's, and UTC until the page runs there.
fn offset_here(clock: Option<PageClock>, micros: i64) -> i32 {
    match clock {
        Some(clock) if clock.awake.get() => zone_at(micros),
        _ => 0,
    }
}

/// How far `t` is from `now`, both in microseconds. The past in one unit, what comes in two.
pub fn relative(now: i64, t: i64) -> String {
    let past = now.saturating_sub(t);
    // What has just come from the server is a little ahead of the page's clock.
    if past < -2_000_000 {
        let ahead = past.saturating_neg();
        let left = nearest(SignedDuration::from_micros(ahead)).as_micros();
        return format!("in {}", super::duration::whole_duration(i64::try_from(left).unwrap_or(i64::MAX)));
    }
    if past < 5_000_000 { "just now".to_owned() } else { format!("{} ago", rough(past)) }
}

fn rough(micros: i64) -> String {
    let seconds = micros / 1_000_000;
    let one = |n: i64, unit: &str| format!("{n}{NO_BREAK}{unit}");
    let many = |n: i64, name: &str| if n == 1 { one(n, name) } else { format!("{}s", one(n, name)) };
    match seconds {
        0..60 => one(seconds, "s"),
        60..3_600 => one(seconds / 60, "min"),
        3_600..86_400 => one(seconds / 3_600, "h"),
        86_400..5_184_000 => one(seconds / 86_400, "d"),
        5_184_000..31_536_000 => many(seconds / 2_592_000, "month"),
        _ => many(seconds / 31_536_000, "year"),
    }
}

/// The exact time: "26 Nov 2026, 10:40:07 UTC+1". The zone is its offset in minutes.
pub fn exact(micros: i64, offset: i32) -> String {
    let c = shifted(micros, offset);
    format!("{}:{:02} {}", date_and_minute(&c), c.second, zone(offset))
}

/// The same without seconds: "26 Nov 2026, 10:40 UTC+1".
pub fn to_the_minute(micros: i64, offset: i32) -> String {
    format!("{} {}", date_and_minute(&shifted(micros, offset)), zone(offset))
}

fn shifted(micros: i64, offset: i32) -> Civil {
    civil(micros.saturating_add(i64::from(offset) * 60_000_000))
}

fn date_and_minute(c: &Civil) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let month = MONTHS[usize::from(c.month - 1)];
    format!("{} {month} {}, {:02}:{:02}", c.day, c.year, c.hour, c.minute)
}

fn zone(offset: i32) -> String {
    match (offset / 60, offset.abs() % 60) {
        (0, 0) => "UTC".to_owned(),
        (hours, 0) => format!("UTC{hours:+}"),
        (hours, minutes) => format!("UTC{}{}:{minutes:02}", if offset < 0 { "-" } else { "+" }, hours.abs()),
    }
}

/// RFC 3339 in UTC, for machines.
pub fn rfc3339(micros: i64) -> String {
    let c = civil(micros);
    format!("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", c.year, c.month, c.day, c.hour, c.minute, c.second)
}

/// How long something has lasted that began then, or how long it took: for steps.
pub fn elapsed(from: i64, until: Option<i64>) -> Signal<String> {
    let now = page_now();
    let words = Memo::new(move |_| match until {
        Some(until) => duration(until - from),
        None => super::duration::whole_duration((now.get() - from).max(0)),
    });
    words.into()
}

struct Civil {
    year: i64,
    month: u8,
    day: u8,
    hour: i64,
    minute: i64,
    second: i64,
}

/// The date of a number of days, after Howard Hinnant, "chrono-compatible low-level date algorithms" (`civil_from_days`). A time library with its zone
/// table would be larger than the page.
fn civil(micros: i64) -> Civil {
    let seconds = micros.div_euclid(1_000_000);
    let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let of_era = z.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    Civil {
        year,
        month: month as u8,
        day: day as u8,
        hour: rest / 3_600,
        minute: rest % 3_600 / 60,
        second: rest % 60,
    }
}

/// The offset of the browser's zone at a time, in minutes east of UTC.
fn zone_at(micros: i64) -> i32 {
    let date = js_sys::Date::new(&(micros as f64 / 1_000.0).into());
    -(date.get_timezone_offset() as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: i64 = 1_000_000;

    #[test]
    fn how_long_ago_and_how_far_ahead() {
        for (seconds, expected) in [
            (0, "just now"),
            (18, "18~s ago"),
            (180, "3~min ago"),
            (7_300, "2~h ago"),
            (86_400 * 12, "12~d ago"),
            (86_400 * 130, "4~months ago"),
            (86_400 * 800, "2~years ago"),
            (-3, "in 3~s"),
            (-90, "in 2~min"),
            (-59, "in 59~s"),
            (-(15 * 60 - 1), "in 15~min"),
            (-(86_400 * 2 + 3_600 * 23), "in 2~d 23~h"),
            (-(86_400 * 14), "in 14~d"),
            (-(86_400 * 11 - 9), "in 11~d"),
            (-(86_400 * 10 + 3_600 * 23), "in 10~d 23~h"),
        ] {
            // Where a `~` stands, no line ends.
            let expected = expected.replace('~', "\u{a0}");
            assert_eq!(relative(1_000_000_000 * S, (1_000_000_000 - seconds) * S), expected, "{seconds}");
        }
        assert_eq!(relative(i64::MAX, i64::MIN), format!("{} ago", rough(i64::MAX)));
    }

    #[test]
    fn dates_agree_with_a_time_library() {
        for seconds in [
            0_i64,
            -1,
            951_782_399,
            951_868_800,
            1_709_164_800,
            1_795_400_000,
            4_102_444_800,
            -62_135_596_800,
        ] {
            let expected = jiff::Timestamp::from_second(seconds).expect("within range");
            assert_eq!(rfc3339(seconds * S), expected.to_string());
        }
    }

    #[test]
    fn the_exact_time_names_its_zone() {
        let t = jiff::Timestamp::from_second(1_795_685_407).expect("within range").as_microsecond();
        assert_eq!(rfc3339(t), "2026-11-26T09:30:07Z");
        assert_eq!(exact(t, 0), "26 Nov 2026, 09:30:07 UTC");
        assert_eq!(exact(t, 60), "26 Nov 2026, 10:30:07 UTC+1");
        assert_eq!(exact(t, -210), "26 Nov 2026, 06:00:07 UTC-3:30");
        assert_eq!(exact(t, 330), "26 Nov 2026, 15:00:07 UTC+5:30");
        assert_eq!(to_the_minute(t, 60), "26 Nov 2026, 10:30 UTC+1");
    }
}
