use proptest::prelude::*;

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn lifetime() -> Lifetime {
    Lifetime { default: parse("3d").unwrap(), maximum: parse("14d").unwrap() }
}

#[test]
fn durations_read_and_print_as_people_write_them() {
    for (text, seconds, printed) in [
        ("3d", 259_200, "3 d"),
        ("1w", 604_800, "7 d"),
        ("12h", 43_200, "12 h"),
        ("90m", 5_400, "1 h 30 min"),
        ("1d12h", 129_600, "1 d 12 h"),
        ("2 d 23 h", 255_600, "2 d 23 h"),
        ("3 h 20 min", 12_000, "3 h 20 min"),
        ("5 min 3 s", 303, "5 min 3 s"),
        ("45s", 45, "45 s"),
        ("0s", 0, "0 s"),
    ] {
        let duration = parse(text).unwrap();
        assert_eq!((duration.as_secs(), print(duration).as_str()), (seconds, printed), "{text}");
    }
    for bad in
        ["", "3", "d", "3x", "-3d", "1h2d", "1d1d", "3dd", "1.5d", "99999999999999999999d", "9999999w", "3é"]
    {
        assert_eq!(parse(bad), Err(LifetimeRefused::NotADuration), "{bad}");
    }
    assert_eq!(print(parse("2d 0h 59m").unwrap()), "2 d");
}

#[test]
fn a_request_keeps_to_the_blueprint() {
    let asked = |text: &str| requested(&lifetime(), text).map_err(|e| e.to_string());
    assert!(asked("14d").is_ok());
    assert_eq!(asked("15d"), Err("At most 14 d.".to_owned()));
    assert_eq!(asked("1m"), Err("At least 15 min.".to_owned()));
    assert_eq!(asked(" "), Ok(lifetime().default));
    assert_eq!(asked("soon"), Err("Write a length of time such as 3d, 12h or 1d 12h.".to_owned()));
}

#[test]
fn an_extension_counts_from_the_request() {
    let (asked, now) = (at("2026-11-01T10:00:00Z"), at("2026-11-03T10:00:00Z"));
    let extend = |expires: &str, more: &str| {
        extend(&lifetime(), asked, at(expires), parse(more).unwrap(), now)
            .map(|t| t.to_string())
            .map_err(|e| e.to_string())
    };
    assert_eq!(extend("2026-11-04T10:00:00Z", "2d"), Ok("2026-11-06T10:00:00Z".to_owned()));
    assert_eq!(extend("2026-11-04T10:00:00Z", "11d"), Ok("2026-11-15T10:00:00Z".to_owned()));
    assert_eq!(
        extend("2026-11-13T10:00:00Z", "3d"),
        Err("At most 2 d more: its blueprint allows 14 d in all.".to_owned())
    );
    assert_eq!(
        extend("2026-11-15T10:00:00Z", "1h"),
        Err("It already has the longest lifetime its blueprint allows (14 d). Request a new one when you need longer."
            .to_owned())
    );
    assert!(extend("2026-11-03T09:59:00Z", "1h").unwrap_err().starts_with("It expired already"));
    assert_eq!(extend("2026-11-04T10:00:00Z", "10s"), Err("At least 1 min.".to_owned()));
}

#[test]
fn warnings_come_at_two_days_two_hours_and_half_an_hour() {
    use Warning::*;
    let (set, end) = ("2026-11-01T12:00:00Z", "2026-11-10T12:00:00Z");
    for (set, last, now, due, next) in [
        (set, None, "2026-11-02T12:00:00Z", None, Some((TwoDays, "2026-11-08T12:00:00Z"))),
        (set, None, "2026-11-08T12:00:00Z", Some(TwoDays), Some((TwoHours, "2026-11-10T10:00:00Z"))),
        (set, Some(TwoDays), "2026-11-08T13:00:00Z", None, Some((TwoHours, "2026-11-10T10:00:00Z"))),
        (
            set,
            Some(TwoDays),
            "2026-11-10T10:00:00Z",
            Some(TwoHours),
            Some((HalfHour, "2026-11-10T11:30:00Z")),
        ),
        (set, None, "2026-11-10T11:45:00Z", Some(HalfHour), None), // the server was down: one warning, not three
        (set, Some(HalfHour), "2026-11-10T11:50:00Z", None, None),
        (set, None, "2026-11-10T12:00:00Z", None, None), // expired: nothing to warn of
        // asked for less than two days: the first warning is left out
        (
            "2026-11-09T12:00:00Z",
            None,
            "2026-11-09T12:00:00Z",
            None,
            Some((TwoHours, "2026-11-10T10:00:00Z")),
        ),
        // asked for half an hour or less: the last warning comes when half of the time is over
        (
            "2026-11-10T11:40:00Z",
            None,
            "2026-11-10T11:41:00Z",
            None,
            Some((HalfHour, "2026-11-10T11:50:00Z")),
        ),
        ("2026-11-10T11:40:00Z", None, "2026-11-10T11:50:00Z", Some(HalfHour), None),
        ("2026-11-10T11:40:00Z", Some(HalfHour), "2026-11-10T11:55:00Z", None, None),
        (
            "2026-11-10T11:30:00Z",
            None,
            "2026-11-10T11:30:00Z",
            None,
            Some((HalfHour, "2026-11-10T11:45:00Z")),
        ),
        (
            "2026-11-10T11:29:00Z",
            None,
            "2026-11-10T11:29:00Z",
            None,
            Some((HalfHour, "2026-11-10T11:30:00Z")),
        ),
    ] {
        let found = warnings(at(end), at(set), last, at(now));
        let next = next.map(|(warning, moment)| (warning, at(moment)));
        assert_eq!(found, Warnings { now: due, next }, "set {set}, last {last:?}, now {now}");
    }
}

#[test]
fn it_expires_soon_from_the_moment_of_each_warning_to_the_end() {
    use Warning::*;
    let (long, day) = ("2026-11-01T12:00:00Z", "2026-11-09T12:00:00Z");
    let end = "2026-11-10T12:00:00Z";
    for (set, now, expected) in [
        (long, "2026-11-08T11:59:59Z", None),
        (long, "2026-11-08T12:00:00Z", Some(TwoDays)),
        (long, "2026-11-08T12:00:01Z", Some(TwoDays)),
        (long, "2026-11-10T09:59:59Z", Some(TwoDays)),
        (long, "2026-11-10T10:00:00Z", Some(TwoHours)),
        (long, "2026-11-10T10:00:01Z", Some(TwoHours)),
        (long, "2026-11-10T11:29:59Z", Some(TwoHours)),
        (long, "2026-11-10T11:30:00Z", Some(HalfHour)),
        (long, "2026-11-10T11:59:59Z", Some(HalfHour)),
        (long, "2026-11-10T12:00:00Z", None), // over: it is being destroyed, or will be in a moment
        (long, "2026-11-10T13:00:00Z", None),
        // set for a day: the first warning is left out
        (day, "2026-11-09T12:00:00Z", None),
        (day, "2026-11-10T09:59:59Z", None),
        (day, "2026-11-10T10:00:00Z", Some(TwoHours)),
        // set for exactly two hours: that warning is left out, the last one is not
        ("2026-11-10T10:00:00Z", "2026-11-10T10:00:00Z", None),
        ("2026-11-10T10:00:00Z", "2026-11-10T11:29:59Z", None),
        ("2026-11-10T10:00:00Z", "2026-11-10T11:30:00Z", Some(HalfHour)),
        // set for twenty minutes: the last ten of them
        ("2026-11-10T11:40:00Z", "2026-11-10T11:49:59Z", None),
        ("2026-11-10T11:40:00Z", "2026-11-10T11:50:00Z", Some(HalfHour)),
    ] {
        let soon = expires_soon(State::Ready, Wanted::Present, at(end), at(set), at(now));
        assert_eq!(soon, expected, "set {set}, now {now}");
    }
}

#[test]
fn what_has_ended_or_leaves_anyway_does_not_expire_soon() {
    let (set, end, now) =
        (at("2026-11-01T12:00:00Z"), at("2026-11-10T12:00:00Z"), at("2026-11-10T11:45:00Z"));
    for state in State::ALL {
        let lives = !state.is_end() && !state.is_leaving();
        let soon = expires_soon(state, Wanted::Present, end, set, now);
        assert_eq!(soon, lives.then_some(Warning::HalfHour), "{state:?}");
        assert_eq!(expires_soon(state, Wanted::Gone, end, set, now), None, "{state:?}");
        assert_eq!(still_expires(state, Wanted::Present), lives, "{state:?}");
        assert!(!still_expires(state, Wanted::Gone), "{state:?}");
    }
}

#[test]
fn only_the_warnings_that_come_are_promised() {
    let end = "2026-11-10T12:00:00Z";
    for (set, now, words) in [
        ("2026-11-01T12:00:00Z", "2026-11-01T12:00:00Z", vec!["2 d", "2 h", "30 min"]),
        ("2026-11-01T12:00:00Z", "2026-11-09T12:00:00Z", vec!["2 h", "30 min"]),
        ("2026-11-01T12:00:00Z", "2026-11-10T11:30:00Z", vec![]),
        ("2026-11-09T12:00:00Z", "2026-11-09T12:00:00Z", vec!["2 h", "30 min"]),
        ("2026-11-10T11:00:00Z", "2026-11-10T11:00:00Z", vec!["30 min"]),
        ("2026-11-10T11:45:00Z", "2026-11-10T11:45:00Z", vec!["7 min 30 s"]),
        ("2026-11-10T12:00:00Z", "2026-11-10T12:00:00Z", vec![]),
    ] {
        let found: Vec<String> = warnings_to_come(at(end), at(set), at(now)).into_iter().map(print).collect();
        assert_eq!(found, words, "set {set}, now {now}");
    }
}

#[test]
fn the_time_left_is_told_to_the_nearest_minute() {
    let end = at("2026-11-10T12:00:00Z");
    for (now, expected) in [
        ("2026-11-07T12:30:30Z", "2 d 23 h"),
        ("2026-11-10T10:00:01Z", "2 h"),
        ("2026-11-10T11:34:10Z", "26 min"),
        ("2026-11-10T11:45:01Z", "15 min"),
        ("2026-11-10T11:59:00Z", "1 min"),
        ("2026-11-10T11:59:01Z", "59 s"),
        ("2026-11-10T12:00:01Z", "0 s"),
    ] {
        assert_eq!(print(time_left(end, at(now))), expected, "{now}");
    }
}

proptest! {
    #[test]
    fn what_is_printed_reads_back_to_its_two_largest_units(seconds in prop_oneof![0i64..4_000, 0i64..100_000, 0i64..10_000_000]) {
        let printed = print(SignedDuration::from_secs(seconds));
        let back = parse(&printed).unwrap();
        prop_assert_eq!(print(back), printed);
        prop_assert!(back.as_secs() <= seconds);
    }

    /// Walking from warning to warning gives each at most once and ends.
    #[test]
    fn each_warning_is_given_once(length in 1i64..400_000, step in 1i64..90_000) {
        let set = at("2026-11-01T12:00:00Z");
        let end = set + SignedDuration::from_secs(length);
        let (mut now, mut last, mut given) = (set, None, Vec::new());
        while now < end {
            if let Some(warning) = warnings(end, set, last, now).now {
                given.push(warning);
                last = Some(warning);
            }
            now += SignedDuration::from_secs(step);
        }
        let mut once = given.clone();
        once.dedup();
        prop_assert_eq!(&once, &given);
        prop_assert!(given.is_sorted());
    }
}

#[test]
fn what_is_left_is_said_to_the_nearest_unit() {
    for (seconds, words) in [
        (3 * 86_400 - 9, "3 d"),
        (3 * 86_400 - 1_801, "2 d 23 h"),
        (86_400 - 30, "1 d"),
        (86_400 - 31, "23 h 59 min"),
        (3_600 - 30, "1 h"),
        (3_600 - 31, "59 min"),
        (90, "2 min"),
        (89, "1 min"),
        (59, "59 s"),
        (0, "0 s"),
    ] {
        assert_eq!(print(nearest(SignedDuration::from_secs(seconds))), words, "{seconds}");
    }
}
