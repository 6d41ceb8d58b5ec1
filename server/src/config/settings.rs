//! Every setting, once.

/// What a setting holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Text,
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Number,
    /// A length of time such as `12h`, `7d`, `30s`.
    Duration,
    /// A list of texts; in a variable separated by commas.
    List,
    /// A secret: the file holds `<key>_file`, the variable the secret itself or `<VARIABLE>_FILE` a path.
    Secret,
}

/// One setting.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// The key in the file, with its table: `session.idle`.
    pub key: &'static str,
    /// The environment variable.
    pub variable: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// What is in force when nobody sets it, in words.
    pub default: &'static str,
    /// What it means.
    pub help: &'static str,
}

const fn setting(
    key: &'static str,
    variable: &'static str,
    kind: Kind,
    default: &'static str,
    help: &'static str,
) -> Setting {
    Setting { key, variable, kind, default, help }
}

/// Every setting, in the order of the documentation.
pub const SETTINGS: &[Setting] = &[
    setting("listen", "SLIPWAY_LISTEN", Kind::Text, "127.0.0.1:8080", "The address and port to listen on."),
    setting(
        "public_url",
        "SLIPWAY_PUBLIC_URL",
        Kind::Text,
        "http:// (https:// with a certificate) and the listen address; localhost where that is every address",
        "How browsers reach Slipway: used in links, for cookies, and to refuse forms posted from elsewhere. A host of its own, \
         no path. With `https://` it tells browsers (HSTS) to use HTTPS alone for this host and every host below it, for two years.",
    ),
    setting(
        "data",
        "SLIPWAY_DATA",
        Kind::Text,
        "./data",
        "The folder for everything that is kept: the SQLite database, logs, copies of repositories, the key file. Replicas on one \
         PostgreSQL share one folder.",
    ),
    setting(
        "database.url",
        "SLIPWAY_DATABASE_URL",
        Kind::Secret,
        "SQLite in the data folder",
        "A PostgreSQL database, `postgresql://user:password@host/name`. Needed for several replicas.",
    ),
    setting(
        "key_file",
        "SLIPWAY_KEY_FILE",
        Kind::Text,
        "key in the data folder",
        "The key-encryption key that protects stored credentials. Made at first start, readable by its owner alone. Keep a copy \
         of it, apart from copies of the database. `slipway keys rotate` replaces it while servers of the same version run; \
         a replica with a copy of its own needs the new file before it starts again.",
    ),
    setting(
        "trusted_proxies",
        "SLIPWAY_TRUSTED_PROXIES",
        Kind::List,
        "none",
        "Addresses or ranges of reverse proxies. Only their `X-Forwarded-For` is believed.",
    ),
    setting(
        "tls.certificate",
        "SLIPWAY_TLS_CERTIFICATE",
        Kind::Text,
        "none",
        "A certificate chain (PEM file) to serve HTTPS without a proxy.",
    ),
    setting("tls.key", "SLIPWAY_TLS_KEY", Kind::Text, "none", "The certificate's private key (PEM file)."),
    setting(
        "allow_plain_http",
        "SLIPWAY_ALLOW_PLAIN_HTTP",
        Kind::Bool,
        "false",
        "Accept a public URL with plain HTTP that is not this machine's own. Passwords then cross the network in \
         clear text; every page warns of it.",
    ),
    setting(
        "extra_ca",
        "SLIPWAY_EXTRA_CA",
        Kind::List,
        "none",
        "PEM files of certificate authorities that calls to clusters and repositories trust besides the system's. A kubeconfig with an \
         authority of its own is held to that one.",
    ),
    setting(
        "outgoing_proxy",
        "SLIPWAY_OUTGOING_PROXY",
        Kind::Text,
        "none",
        "An HTTP proxy for calls to clusters and to repositories over HTTPS, `http://proxy.example.com:3128`. With a password \
         (`http://user:password@…`) in the variable only. Without it, calls to clusters use no proxy, and `git` still follows \
         `https_proxy`, `all_proxy` and `no_proxy` of the environment that Slipway runs in.",
    ),
    setting(
        "no_proxy",
        "SLIPWAY_NO_PROXY",
        Kind::List,
        "none",
        "Hosts, domains and ranges of addresses that are called without the proxy: `cluster.internal`, `10.0.0.0/8`. This \
         machine is never called through it.",
    ),
    setting(
        "session.idle",
        "SLIPWAY_SESSION_IDLE",
        Kind::Duration,
        "12h",
        "A session ends after this long without use.",
    ),
    setting(
        "session.absolute",
        "SLIPWAY_SESSION_ABSOLUTE",
        Kind::Duration,
        "7d",
        "A session ends this long after sign-in, even if it is in use.",
    ),
    setting(
        "catalog.roots",
        "SLIPWAY_CATALOG_ROOTS",
        Kind::List,
        "any folder",
        "Folders on the server that a catalog source may be in, as absolute paths. Administrators alone add sources. The data folder, the key file's folder, /proc, /sys and /dev are never read.",
    ),
    setting(
        "jobs.lease",
        "SLIPWAY_JOBS_LEASE",
        Kind::Duration,
        "30s",
        "How long a process may hold a background job without renewing it before another takes over.",
    ),
    setting(
        "jobs.workers",
        "SLIPWAY_JOBS_WORKERS",
        Kind::Number,
        "32",
        "How many background jobs each process runs at once, 1 to 1000.",
    ),
    setting(
        "log.filter",
        "SLIPWAY_LOG",
        Kind::Text,
        "info",
        "What to log, such as `info` or `warn,platform=debug`.",
    ),
    setting(
        "log.format",
        "SLIPWAY_LOG_FORMAT",
        Kind::Text,
        "text",
        "`text` for people, `json` for machines.",
    ),
];

/// The setting with this key.
pub fn find(key: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.key == key)
}
