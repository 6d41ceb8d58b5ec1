//! Reads the file, the variables and the command line into a [`Config`], or says where it cannot.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use jiff::SignedDuration;
use platform::outgoing::OutgoingSettings;
use platform::people::sessions::Lifetimes;
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use tracing_subscriber::EnvFilter;

use super::settings::{self, Kind, SETTINGS};
use super::values::{Origin, Values, Written};
use super::{Config, LogFormat, PublicUrl, files, variables};

/// A configuration that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {sentence}")]
pub struct ConfigError {
    /// File and line, variable, or flag.
    pub place: String,
    /// What is wrong, and what is allowed.
    pub sentence: String,
}

/// What the command line says.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// `--config`
    pub config: Option<PathBuf>,
    /// `--listen`
    pub listen: Option<String>,
    /// `--data`
    pub data: Option<PathBuf>,
    /// `--database-url`
    pub database_url: Option<String>,
}

/// Reads everything. `variables` are the process's environment variables.
pub fn load(overrides: &Overrides, variables: &BTreeMap<String, String>) -> Result<Config, ConfigError> {
    let mut values = Values::default();
    let file = overrides.config.clone().or_else(|| variables.get("SLIPWAY_CONFIG").map(PathBuf::from));
    if let Some(path) = &file {
        read_file(path, &mut values)?;
    }
    let not_settings = variables::unknown(variables.keys())?;
    read_variables(variables, &mut values)?;
    let mut flag = |key, value: Option<String>, flag| {
        if let Some(value) = value {
            values.0.insert(key, Written { texts: vec![value], origin: Origin::CommandLine(flag) });
        }
    };
    flag("listen", overrides.listen.clone(), "--listen");
    flag("data", overrides.data.as_ref().map(|path| path.display().to_string()), "--data");
    flag("database.url", overrides.database_url.clone(), "--database-url");
    let mut config = assemble(&values)?;
    config.warnings.extend(not_settings);
    Ok(config)
}

fn assemble(values: &Values) -> Result<Config, ConfigError> {
    let listen: SocketAddr = match values.text("listen") {
        None => SocketAddr::from(([127, 0, 0, 1], 8080)),
        Some(text) => text
            .parse()
            .map_err(|_| values.wrong("listen", "must be an address and a port such as 127.0.0.1:8080"))?,
    };
    let tls = files::tls(values)?;
    let public_url = match values.parsed("public_url")? {
        Some(url) => url,
        None => own_url(listen, tls.is_some()),
    };
    let allow_plain_http = values.bool("allow_plain_http", false)?;
    if !public_url.secure && !public_url.is_loopback() && !allow_plain_http {
        let why = "is plain HTTP on a network: passwords could be read on the way. Set public_url to the https:// address \
                   of your proxy (or tls.certificate and tls.key); to accept the risk, set allow_plain_http";
        return Err(values.wrong("public_url", why));
    }
    let data = files::data(values)?;
    let hours = SignedDuration::from_hours;
    let idle = values.duration("session.idle", hours(12), SignedDuration::from_mins(1)..=hours(24 * 365))?;
    let absolute =
        values.duration("session.absolute", hours(24 * 7), SignedDuration::from_mins(1)..=hours(24 * 365))?;
    if idle > absolute {
        return Err(values.wrong("session.idle", "must not be longer than session.absolute"));
    }
    let seconds = SignedDuration::from_secs;
    let workers: usize = match values.text("jobs.workers") {
        None => 32,
        Some(text) => text
            .parse()
            .ok()
            .filter(|number| (1..=1000).contains(number))
            .ok_or_else(|| values.wrong("jobs.workers", "must be a whole number from 1 to 1000"))?,
    };
    let log_filter = values.text("log.filter").unwrap_or("info");
    if let Err(error) = EnvFilter::try_new(log_filter) {
        return Err(values.wrong("log.filter", &format!("“{log_filter}” cannot be read: {error}")));
    }
    let log_format = match values.text("log.format") {
        None | Some("text") => LogFormat::Text,
        Some("json") => LogFormat::Json,
        Some(_) => return Err(values.wrong("log.format", "must be text or json")),
    };
    let database_url = values.secret("database.url");
    if let Some(text) = values.text("database.url")
        && !(text.starts_with("postgresql://") || text.starts_with("postgres://"))
    {
        return Err(values.wrong(
            "database.url",
            "must begin with postgresql://; without it, SQLite in the data folder is used",
        ));
    }
    let (catalog_roots, warnings) = files::roots(values)?;
    Ok(Config {
        listen,
        public_url,
        database_url,
        key_file: files::key_file(values, &data)?,
        data,
        trusted_proxies: values.list("trusted_proxies")?,
        tls,
        allow_plain_http,
        outgoing: outgoing(values)?,
        session: Lifetimes { idle, absolute },
        catalog_roots,
        lease: values.duration("jobs.lease", seconds(30), seconds(1)..=seconds(600))?,
        workers,
        log_filter: log_filter.to_owned(),
        log_format,
        origins: values.origins(),
        warnings,
    })
}

/// The address that this process itself can be reached at.
fn own_url(listen: SocketAddr, secure: bool) -> PublicUrl {
    let host = if listen.ip().is_unspecified() { "localhost".to_owned() } else { listen.to_string() };
    let authority = if listen.ip().is_unspecified() { format!("{host}:{}", listen.port()) } else { host };
    PublicUrl { secure, authority }
}

fn read_file(path: &Path, values: &mut Values) -> Result<(), ConfigError> {
    let unreadable = |sentence: String| ConfigError { place: path.display().to_string(), sentence };
    let text =
        std::fs::read_to_string(path).map_err(|error| unreadable(format!("cannot be read: {error}")))?;
    let line_of = |offset: usize| text[..offset.min(text.len())].matches('\n').count() + 1;
    let table = DeTable::parse(&text).map_err(|error| ConfigError {
        place: format!("{}:{}", path.display(), error.span().map_or(1, |span| line_of(span.start))),
        sentence: error.message().to_owned(),
    })?;
    let mut reader = FileReader { path, line_of: &line_of, values };
    reader.table("", table.get_ref())
}

struct FileReader<'a> {
    path: &'a Path,
    line_of: &'a dyn Fn(usize) -> usize,
    values: &'a mut Values,
}

impl FileReader<'_> {
    fn table(&mut self, prefix: &str, table: &DeTable<'_>) -> Result<(), ConfigError> {
        for (name, value) in table {
            let key = if prefix.is_empty() {
                name.get_ref().to_string()
            } else {
                format!("{prefix}.{}", name.get_ref())
            };
            self.entry(&key, (self.line_of)(name.span().start), value)?;
        }
        Ok(())
    }

    fn entry(&mut self, key: &str, line: usize, value: &Spanned<DeValue<'_>>) -> Result<(), ConfigError> {
        let wrong =
            |sentence: String| ConfigError { place: format!("{}:{line}", self.path.display()), sentence };
        let within = format!("{key}.");
        if let DeValue::Table(table) = value.get_ref()
            && SETTINGS.iter().any(|setting| setting.key.starts_with(&within))
        {
            return self.table(key, table);
        }
        let origin = Origin::File { path: self.path.to_owned(), line };
        if let Some(secret) =
            key.strip_suffix("_file").and_then(settings::find).filter(|s| s.kind == Kind::Secret)
        {
            let DeValue::String(file) = value.get_ref() else {
                return Err(wrong(format!("{key} must be the path of a file")));
            };
            let text = read_secret(Path::new(file.as_ref())).map_err(|why| wrong(format!("{key} {why}")))?;
            self.values.0.insert(secret.key, Written { texts: vec![text], origin });
            return Ok(());
        }
        let Some(setting) = settings::find(key) else {
            return Err(wrong(format!("there is no setting “{key}”{}", nearest(key))));
        };
        let texts = match (setting.kind, value.get_ref()) {
            (Kind::Secret, _) => {
                return Err(wrong(format!(
                    "{key} is a secret and must not be in the file: use {key}_file with a path, or the variable {}",
                    setting.variable
                )));
            }
            (Kind::List, DeValue::Array(members)) => members
                .iter()
                .map(|member| scalar(member.get_ref()))
                .collect::<Option<Vec<_>>>()
                .ok_or_else(|| wrong(format!("{key} must be a list of texts")))?,
            (Kind::List, _) => return Err(wrong(format!("{key} must be a list, such as [\"…\"]"))),
            (_, value) => vec![scalar(value).ok_or_else(|| wrong(format!("{key} must be one value")))?],
        };
        self.values.0.insert(setting.key, Written { texts, origin });
        Ok(())
    }
}

fn scalar(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.to_string()),
        DeValue::Boolean(value) => Some(value.to_string()),
        _ => None,
    }
}

fn read_variables(variables: &BTreeMap<String, String>, values: &mut Values) -> Result<(), ConfigError> {
    for setting in SETTINGS {
        let file_variable = format!("{}_FILE", setting.variable);
        if setting.kind == Kind::Secret
            && let Some(path) = variables.get(&file_variable)
        {
            let text = read_secret(Path::new(path))
                .map_err(|why| ConfigError { place: file_variable.clone(), sentence: why })?;
            let origin = Origin::Variable(file_variable);
            values.0.insert(setting.key, Written { texts: vec![text], origin });
        }
        let Some(text) = variables.get(setting.variable) else { continue };
        let texts = match setting.kind {
            Kind::List => {
                text.split(',').map(|member| member.trim().to_owned()).filter(|m| !m.is_empty()).collect()
            }
            _ => vec![text.clone()],
        };
        values
            .0
            .insert(setting.key, Written { texts, origin: Origin::Variable(setting.variable.to_owned()) });
    }
    Ok(())
}

fn read_secret(path: &Path) -> Result<String, String> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(text.trim_end_matches(['\r', '\n']).to_owned()),
        Err(error) => Err(format!("names {}, which cannot be read: {error}", path.display())),
    }
}

/// "; did you mean …" for a key that is one or two letters off.
fn nearest(key: &str) -> String {
    let close = SETTINGS.iter().map(|setting| (variables::distance(key, setting.key), setting.key)).min();
    match close {
        Some((away, near)) if away <= 3 => format!("; did you mean {near}?"),
        _ => "; docs/configuration.md lists them all".to_owned(),
    }
}

fn outgoing(values: &Values) -> Result<OutgoingSettings, ConfigError> {
    let extra_ca = files::authorities(values)?;
    let proxy = values.text("outgoing_proxy");
    if let Some(text) = proxy {
        let uri = text
            .parse::<http::Uri>()
            .ok()
            .filter(|uri| uri.scheme_str() == Some("http") && uri.host().is_some());
        if uri.is_none() {
            return Err(
                values.wrong("outgoing_proxy", "must be an address such as http://proxy.example.com:3128")
            );
        }
        if text.contains('@') && values.is_in_file("outgoing_proxy") {
            let why = "holds a password, which must not be in the configuration file: set it in SLIPWAY_OUTGOING_PROXY";
            return Err(values.wrong("outgoing_proxy", why));
        }
    }
    Ok(OutgoingSettings { extra_ca, proxy: proxy.map(str::to_owned), no_proxy: values.list("no_proxy")? })
}
