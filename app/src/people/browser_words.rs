//! What a browser calls itself, in words. On the server only.

/// The parts of a `User-Agent` that tell browsers apart, the particular before the general: each browser claims to be those below it as well.
const BROWSERS: [(&str, &str); 7] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

/// The same for what it runs on.
const SYSTEMS: [(&str, &str); 7] = [
    ("iPhone", "an iPhone"),
    ("iPad", "an iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
];

/// "Firefox on Linux"; what is no browser is shown by its first word.
pub fn browser_words(user_agent: &str) -> String {
    let found = |parts: &[(&str, &'static str)]| {
        parts.iter().find(|(part, _)| user_agent.contains(part)).map(|(_, word)| *word)
    };
    match (found(&BROWSERS), found(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(browser), None) => browser.to_owned(),
        (None, Some(system)) => format!("A browser on {system}"),
        (None, None) => match user_agent.split_whitespace().next() {
            Some(first) => first.chars().take(40).collect(),
            None => "Unknown".to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::browser_words;

    #[test]
    fn a_browser_is_known_by_its_words() {
        let (mozilla, like) = ("Mozilla/5.0", "AppleWebKit/537.36 (KHTML, like Gecko)");
        for (user_agent, expected) in [
            (
                format!("{mozilla} (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0"),
                "Firefox on Linux",
            ),
            (
                format!("{mozilla} (Windows NT 10.0) {like} Chrome/140.0.0.0 Safari/537.36 Edg/140.0"),
                "Edge on Windows",
            ),
            (
                format!("{mozilla} (Linux; Android 10; K) {like} Chrome/140.0.0.0 Mobile Safari/537.36"),
                "Chrome on Android",
            ),
            (
                format!(
                    "{mozilla} (iPhone; CPU iPhone OS 18_5 like Mac OS X) {like} Version/18.5 Safari/604.1"
                ),
                "Safari on an iPhone",
            ),
            (
                format!("{mozilla} (Macintosh; Intel Mac OS X 10_15_7) {like} Version/18.5 Safari/605.1.15"),
                "Safari on macOS",
            ),
            ("curl/8.5.0".to_owned(), "curl/8.5.0"),
            (String::new(), "Unknown"),
        ] {
            assert_eq!(browser_words(&user_agent), expected, "{user_agent}");
        }
    }
}
