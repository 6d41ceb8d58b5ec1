//! What a configuration may say, and what it is told when it may not.

use std::collections::BTreeMap;

use super::*;
use crate::config::values::Origin;

fn load_text(text: &str, variables: &[(&str, &str)]) -> Result<Config, String> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("slipway.toml");
    std::fs::write(&path, text).expect("a file");
    let variables: BTreeMap<String, String> =
        variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let overrides = Overrides { config: Some(path), ..Overrides::default() };
    load(&overrides, &variables)
        .map_err(|error| error.to_string().replace(&folder.path().display().to_string(), "DIR"))
}

#[test]
fn nothing_set_is_a_working_start() {
    let config = load(&Overrides::default(), &BTreeMap::new()).expect("the defaults hold");
    assert_eq!(config.public_url.origin(), "http://127.0.0.1:8080");
    assert!(config.public_url.is_loopback());
    let data = std::env::current_dir().expect("a folder").join("data");
    assert_eq!((config.key_file, config.data), (data.join("key"), data));
}

#[test]
fn a_public_url_that_nobody_set_is_known_as_made_of_the_address() {
    let config = load_text("listen = \"127.0.0.1:9000\"\n", &[]).expect("usable");
    assert!(config.derives_public_url());
    assert_eq!(config.public_url.origin(), "http://127.0.0.1:9000");
    let config = load_text("", &[("SLIPWAY_PUBLIC_URL", "https://slipway.example.com")]).expect("usable");
    assert!(!config.derives_public_url());
}

#[test]
fn errors_name_file_and_line() {
    let cases = [
        ("listen = \"127.0.0.1:1\"\nlisten = 2\n", "DIR/slipway.toml:2: duplicate key"),
        (
            "\npublick_url = \"x\"\n",
            "DIR/slipway.toml:2: there is no setting “publick_url”; did you mean public_url?",
        ),
        (
            "[session]\nidle = \"soon\"\n",
            "DIR/slipway.toml:2: session.idle must be a length of time such as 30s, 12h or 7d",
        ),
        (
            "[session]\n\nidel = \"1h\"\n",
            "DIR/slipway.toml:3: there is no setting “session.idel”; did you mean session.idle?",
        ),
        (
            "[session]\nidle = \"8d\"\n",
            "DIR/slipway.toml:2: session.idle must not be longer than session.absolute",
        ),
        (
            "listen = \"8080\"\n",
            "DIR/slipway.toml:1: listen must be an address and a port such as 127.0.0.1:8080",
        ),
        (
            "trusted_proxies = \"10.0.0.1\"\n",
            "DIR/slipway.toml:1: trusted_proxies must be a list, such as [\"…\"]",
        ),
        (
            "trusted_proxies = [\"10.0.0.0/33\"]\n",
            "DIR/slipway.toml:1: trusted_proxies “10.0.0.0/33” is not an address or a range such as 10.0.0.0/8",
        ),
        (
            "[database]\nurl = \"postgresql://u:p@h/d\"\n",
            "DIR/slipway.toml:2: database.url is a secret and must not be in the file: use database.url_file with a path, or \
             the variable SLIPWAY_DATABASE_URL",
        ),
        ("[jobs]\nworkers = 0\n", "DIR/slipway.toml:2: jobs.workers must be a whole number from 1 to 1000"),
        ("[log]\n\nfilter = \"loud=very\"\n", "DIR/slipway.toml:3: log.filter “loud=very” cannot be read"),
        ("[tls]\ncertificate = \"a.pem\"\n", "DIR/slipway.toml:2: tls.certificate needs tls.key beside it"),
    ];
    for (text, expected) in cases {
        let error = load_text(text, &[]).expect_err(text);
        assert!(error.starts_with(expected), "{text:?}\n  gave {error}\n  not  {expected}");
    }
}

#[test]
fn plain_http_on_a_network_is_refused_unless_allowed() {
    let error = load_text("public_url = \"http://slipway.example.com\"\n", &[]).expect_err("plain HTTP");
    assert!(error.starts_with("DIR/slipway.toml:1: public_url is plain HTTP on a network"), "{error}");
    let allowed = load_text("public_url = \"http://slipway.example.com\"\nallow_plain_http = true\n", &[]);
    assert!(!allowed.expect("allowed").public_url.secure);
}

#[test]
fn variables_stand_over_the_file() {
    let config = load_text("listen = \"127.0.0.1:1\"\n", &[("SLIPWAY_LISTEN", "127.0.0.1:2")])
        .expect("a configuration");
    assert_eq!(config.listen.port(), 2);
    assert_eq!(config.origins["listen"], Origin::Variable("SLIPWAY_LISTEN".to_owned()));
}

#[test]
fn a_bad_value_of_a_variable_names_the_variable() {
    for (name, value, expected) in [
        ("SLIPWAY_LOG", "info,=", "SLIPWAY_LOG: log.filter “info,=” cannot be read"),
        (
            "SLIPWAY_EXTRA_CA",
            "/nonexistent",
            "SLIPWAY_EXTRA_CA: extra_ca names /nonexistent, which cannot be read",
        ),
        (
            "SLIPWAY_LISTN",
            "127.0.0.1:1",
            "SLIPWAY_LISTN: there is no such setting; did you mean SLIPWAY_LISTEN?",
        ),
    ] {
        let error = load_text("", &[(name, value)]).expect_err(name);
        assert!(error.starts_with(expected), "{error}");
    }
    let config = load_text("", &[("SLIPWAY_REGION", "north")]).expect("it is somebody else's");
    assert_eq!(config.warnings, ["SLIPWAY_REGION is not a setting, so it has no effect"]);
}

#[test]
fn every_setting_is_shown_and_no_secret_is() {
    let variables = [
        ("SLIPWAY_DATABASE_URL", "postgresql://me:hunter2@db/slipway"),
        ("SLIPWAY_OUTGOING_PROXY", "http://me:hunter2@proxy:3128"),
    ];
    let config = load_text("", &variables).expect("a configuration");
    let shown = show(&config);
    assert!(!shown.contains("hunter2"), "{shown}");
    assert!(!format!("{:?}", config.database_url).contains("hunter2"));
    for line in shown.lines() {
        let value = line.split_once(" = ").expect("key = value").1;
        assert!(!value.starts_with("  "), "no value: {line}");
    }
    assert_eq!(shown.lines().count(), settings::SETTINGS.len());
}

#[test]
fn lengths_of_time_are_shown_as_they_are_written() {
    let shown = |config: &Config, key: &str| {
        let shown = show(config);
        let line = shown.lines().find(|line| line.starts_with(key)).expect("the setting").to_owned();
        line.split_whitespace().nth(2).map(str::to_owned)
    };
    let config = load_text("", &[]).expect("a configuration");
    for (key, default) in [("session.idle", "12h"), ("session.absolute", "7d"), ("jobs.lease", "30s")] {
        assert_eq!(settings::find(key).map(|setting| setting.default), Some(default));
        assert_eq!(shown(&config, key).as_deref(), Some(default), "{key}");
    }
    let config = load_text("[session]\nidle = \"90m\"\n", &[]).expect("a configuration");
    assert_eq!(shown(&config, "session.idle").as_deref(), Some("90m"));
    let error = load_text("[session]\nidle = \"1s\"\n", &[]).expect_err("too short");
    assert_eq!(error, "DIR/slipway.toml:2: session.idle must be from 1m to 365d");
}

#[test]
fn the_documentation_is_the_committed_page() {
    let page = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/configuration.md");
    let committed = std::fs::read_to_string(&page).unwrap_or_default();
    assert_eq!(documentation(), committed, "write it anew: slipway config docs > docs/configuration.md");
}

#[test]
fn ranges_of_addresses() {
    let cases = [
        ("10.0.0.0/8", "10.1.2.3", true),
        ("10.0.0.0/8", "11.0.0.1", false),
        ("10.0.0.0/8", "::ffff:10.9.9.9", true),
        ("0.0.0.0/0", "8.8.8.8", true),
        ("127.0.0.1", "127.0.0.1", true),
        ("127.0.0.1", "127.0.0.2", false),
        ("fd00::/8", "fd12::1", true),
        ("fd00::/8", "fe80::1", false),
    ];
    for (network, address, inside) in cases {
        let network: Network = network.parse().expect("a range");
        assert_eq!(network.contains(address.parse().expect("an address")), inside, "{network} {address}");
    }
}
