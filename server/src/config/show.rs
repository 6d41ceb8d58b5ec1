//! Prints what is in force, secrets masked; and the documentation of every setting.

use std::fmt::Write;

use super::settings::{Kind, SETTINGS};
use super::{Config, LogFormat};

/// What is in force, one setting a line with where it came from.
pub fn show(config: &Config) -> String {
    let mut out = String::new();
    for setting in SETTINGS {
        let value = value(config, setting.key);
        let origin = config.origins.get(setting.key).map(ToString::to_string).unwrap_or_default();
        // Writing to a String cannot fail.
        let _infallible = writeln!(out, "{:<18} = {value:<40} # {origin}", setting.key);
    }
    out
}

fn value(config: &Config, key: &str) -> String {
    let paths = |paths: &[std::path::PathBuf]| {
        paths.iter().map(|p| p.display().to_string()).collect::<Vec<_>>().join(", ")
    };
    let tls = |part: fn(&super::Tls) -> &std::path::Path| {
        config.tls.as_ref().map_or("none".to_owned(), |tls| part(tls).display().to_string())
    };
    match key {
        "listen" => config.listen.to_string(),
        "public_url" => config.public_url.origin(),
        "data" => config.data.display().to_string(),
        "database.url" if config.database_url.is_some() => "PostgreSQL, ****".to_owned(),
        "database.url" => "SQLite in the data folder".to_owned(),
        "key_file" => config.key_file.display().to_string(),
        "trusted_proxies" => {
            or_none(config.trusted_proxies.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))
        }
        "tls.certificate" => tls(|tls| &tls.certificate),
        "tls.key" => tls(|tls| &tls.key),
        "allow_plain_http" => config.allow_plain_http.to_string(),
        "extra_ca" => or_none(paths(&config.outgoing.extra_ca)),
        "outgoing_proxy" => config.outgoing.proxy.as_deref().map_or("none".to_owned(), without_user),
        "no_proxy" => or_none(config.outgoing.no_proxy.join(", ")),
        "session.idle" => format!("{} s", config.session.idle.as_secs()),
        "session.absolute" => format!("{} s", config.session.absolute.as_secs()),
        "catalog.roots" if config.catalog_roots.is_empty() => "any folder".to_owned(),
        "catalog.roots" => paths(&config.catalog_roots),
        "jobs.lease" => format!("{} s", config.lease.as_secs()),
        "jobs.workers" => config.workers.to_string(),
        "log.filter" => config.log_filter.clone(),
        "log.format" if config.log_format == LogFormat::Json => "json".to_owned(),
        "log.format" => "text".to_owned(),
        // A setting without a line here is caught by the test that shows them all.
        _ => String::new(),
    }
}

fn or_none(text: String) -> String {
    if text.is_empty() { "none".to_owned() } else { text }
}

/// A proxy's address without the password that may stand in it.
fn without_user(url: &str) -> String {
    match (url.find("://"), url.rfind('@')) {
        (Some(scheme), Some(at)) if at > scheme => format!("{}****{}", &url[..scheme + 3], &url[at..]),
        _ => url.to_owned(),
    }
}

/// `docs/configuration.md`.
pub fn documentation() -> String {
    let mut out = String::from(
        "# Configuration\n\n\
         Slipway reads one TOML file (`slipway serve --config FILE`, or `SLIPWAY_CONFIG`), then environment variables, then the \
         command line; the later wins. Everything has a default. `slipway config check` prints what is in force and where it \
         came from. An unknown key is an error.\n\n\
         A secret stands in no configuration file: give its variable, or a file that holds it alone (`<key>_file` in the file, \
         `<VARIABLE>_FILE` in the environment).\n\n\
         This page is made from the program (`slipway config docs`).\n\n\
         | key | variable | default | meaning |\n|---|---|---|---|\n",
    );
    for setting in SETTINGS {
        let key = if setting.kind == Kind::Secret {
            format!("`{}_file`", setting.key)
        } else {
            format!("`{}`", setting.key)
        };
        let kind = match setting.kind {
            Kind::List => " A list; in the variable separated by commas.",
            Kind::Duration => " A length of time: `30s`, `15m`, `12h`, `7d`.",
            _ => "",
        };
        let _infallible = writeln!(
            out,
            "| {key} | `{}` | {} | {}{kind} |",
            setting.variable, setting.default, setting.help
        );
    }
    out
}
