//! Configuration: one TOML file, environment variables over it, command line over both.
//!
//! Invariants:
//! - every setting stands once, in [`settings::SETTINGS`]: its key, variable, default and meaning come from there, and so does
//!   `docs/configuration.md`;
//! - an unknown key or a bad value is an error with file and line, or with its variable; so is a file that a setting names and that
//!   cannot be used;
//! - a secret is read from a file or a variable only, and never printed.

mod files;
mod read;
pub mod settings;
mod show;
#[cfg(test)]
mod tests;
mod values;
mod variables;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::SignedDuration;
use platform::outgoing::OutgoingSettings;
use secrecy::SecretString;

pub use read::{Overrides, load};
pub use show::{documentation, show};

/// What is in force.
#[derive(Debug)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// How browsers reach Slipway.
    pub public_url: PublicUrl,
    /// The folder for everything that is kept.
    pub data: PathBuf,
    /// The database; none means SQLite in the data folder.
    pub database_url: Option<SecretString>,
    /// The key-encryption key.
    pub key_file: PathBuf,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<Network>,
    /// A certificate and its key, for HTTPS without a proxy.
    pub tls: Option<Tls>,
    /// Whether plain HTTP is accepted on a public URL that is not loopback.
    pub allow_plain_http: bool,
    /// How Slipway's own calls leave the network.
    pub outgoing: OutgoingSettings,
    /// How long sessions live.
    pub session: platform::people::sessions::Lifetimes,
    /// Folders that a catalog source may be in; empty means any.
    pub catalog_roots: Vec<PathBuf>,
    /// How long a job's lease is.
    pub lease: SignedDuration,
    /// How many jobs run at once.
    pub workers: usize,
    /// What to log.
    pub log_filter: String,
    /// As lines for people, or as JSON.
    pub log_format: LogFormat,
    /// Where each setting came from, for `slipway config check`.
    pub origins: values::Origins,
    /// What is told of it and stops nothing: variables that look like settings and are none, folders that are not there.
    pub warnings: Vec<String>,
}

/// The address in the browser: scheme, host and port, no path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    /// `https`.
    pub secure: bool,
    /// Host and, where it is not the scheme's own, port.
    pub authority: String,
}

/// A certificate of our own.
#[derive(Clone, Debug)]
pub struct Tls {
    /// The chain, PEM.
    pub certificate: PathBuf,
    /// The key, PEM.
    pub key: PathBuf,
    /// Both, read.
    pub served: Arc<rustls::ServerConfig>,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// A range of addresses, `10.0.0.0/8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: std::net::IpAddr,
    prefix: u8,
}

impl PublicUrl {
    /// `https://slipway.example.com`: what a browser sends as `Origin`.
    pub fn origin(&self) -> String {
        format!("{}://{}", if self.secure { "https" } else { "http" }, self.authority)
    }

    /// Whether it is this machine's own, where browsers allow secure cookies over plain HTTP.
    pub fn is_loopback(&self) -> bool {
        let host = match self.authority.strip_prefix('[') {
            Some(rest) => rest.split(']').next().unwrap_or(rest),
            None => self.authority.split(':').next().unwrap_or(&self.authority),
        };
        host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}

impl std::str::FromStr for PublicUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let uri: http::Uri =
            text.parse().map_err(|_| "is not an address such as https://slipway.example.com".to_owned())?;
        let secure = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err("must begin with https:// or http://".to_owned()),
        };
        let authority = uri.authority().ok_or("names no host")?;
        if authority.as_str().contains('@') {
            return Err("must not hold a user name".to_owned());
        }
        if !matches!(uri.path(), "" | "/") || uri.query().is_some() {
            return Err("must have no path: Slipway needs a host of its own".to_owned());
        }
        let default_port = if secure { 443 } else { 80 };
        let authority = match authority.port_u16() {
            Some(port) if port == default_port => authority.host().to_lowercase(),
            _ => authority.as_str().to_lowercase(),
        };
        Ok(Self { secure, authority })
    }
}

impl Network {
    /// Whether `address` lies in it. An IPv4 address written as IPv6 counts as IPv4.
    pub fn contains(&self, address: std::net::IpAddr) -> bool {
        use std::net::IpAddr::{V4, V6};
        match (self.address, address.to_canonical()) {
            (V4(network), V4(address)) => {
                let bits = u32::MAX.checked_shl(32 - u32::from(self.prefix)).unwrap_or(0);
                network.to_bits() & bits == address.to_bits() & bits
            }
            (V6(network), V6(address)) => {
                let bits = u128::MAX.checked_shl(128 - u32::from(self.prefix)).unwrap_or(0);
                network.to_bits() & bits == address.to_bits() & bits
            }
            _ => false,
        }
    }
}

impl std::str::FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("“{text}” is not an address or a range such as 10.0.0.0/8");
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix.parse::<u8>().map_err(|_| wrong())?)),
            None => (text, None),
        };
        let address: std::net::IpAddr = address.parse().map_err(|_| wrong())?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.unwrap_or(longest);
        if prefix > longest { Err(wrong()) } else { Ok(Self { address, prefix }) }
    }
}

impl std::fmt::Display for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

impl Config {
    /// Whether cookies can be secure ones: over HTTPS, and on loopback, where browsers allow it.
    pub fn secure_cookies(&self) -> bool {
        self.public_url.secure || self.public_url.is_loopback()
    }

    /// Whether nobody set the public URL, so that it is made of the address to listen on.
    pub fn derives_public_url(&self) -> bool {
        self.origins.get("public_url").is_none_or(|origin| *origin == values::Origin::Default)
    }

    /// What the use cases need to know of it.
    pub fn platform(&self) -> platform::Settings {
        platform::Settings {
            data: self.data.clone(),
            key_file: self.key_file.clone(),
            lease: self.lease,
            workers: self.workers,
            catalog_roots: self.catalog_roots.clone(),
            outgoing: self.outgoing.clone(),
            one_process: self.database_url.is_none(),
        }
    }
}
