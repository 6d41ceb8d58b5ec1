//! How Slipway's own calls leave its network: through a proxy, trusting authorities of the company's own.
//!
//! Invariants:
//! - this machine itself is never called through the proxy;
//! - an authority is trusted besides the system's; where a connection names its own, that one alone counts;
//! - no name leads to a metadata address ([`names`]).

pub mod names;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::{Error, Result};

/// What is never called through a proxy.
const OWN_MACHINE: &str = "localhost,127.0.0.0/8,::1";

/// What the operator set.
#[derive(Clone, Debug, Default)]
pub struct OutgoingSettings {
    /// PEM files of certificate authorities that are trusted besides the system's.
    pub extra_ca: Vec<PathBuf>,
    /// `http://proxy.example.com:3128`, with `user:password@` where it asks for that.
    pub proxy: Option<String>,
    /// Hosts, domains and ranges of addresses that are called without it.
    pub no_proxy: Vec<String>,
}

/// The way out; a clone shares it.
#[derive(Clone, Debug, Default)]
pub struct Outgoing(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    proxy: Option<(String, String, Matcher)>,
    roots: Option<Vec<CertificateDer<'static>>>,
    bundle: Option<PathBuf>,
}

impl Outgoing {
    /// Reads the authorities, and writes them with the system's into one file in `data`, for `git`.
    pub fn open(settings: &OutgoingSettings, data: &Path) -> Result<Self> {
        let proxy = settings.proxy.as_ref().map(|proxy| {
            let without = settings
                .no_proxy
                .iter()
                .fold(OWN_MACHINE.to_owned(), |list, entry| format!("{list},{entry}"));
            let matcher = Matcher::builder().all(proxy.as_str()).no(without.as_str()).build();
            (proxy.clone(), without, matcher)
        });
        if settings.extra_ca.is_empty() {
            return Ok(Self(Arc::new(Inner { proxy, roots: None, bundle: None })));
        }
        let mut roots = rustls_native_certs::load_native_certs().certs;
        for file in &settings.extra_ca {
            let doing = || format!("reading the certificate authorities in {}", file.display());
            roots.extend(authorities(file).map_err(|why| Error::internal(doing(), why))?);
        }
        let bundle = data.join("certificate-authorities.pem");
        std::fs::write(&bundle, pem(&roots))
            .map_err(|error| Error::internal(format!("writing {}", bundle.display()), error))?;
        Ok(Self(Arc::new(Inner { proxy, roots: Some(roots), bundle: Some(bundle) })))
    }

    /// The proxy through which an address is called.
    pub fn proxy(&self, to: &http::Uri) -> Option<Intercept> {
        self.0.proxy.as_ref()?.2.intercept(to)
    }

    /// Every authority that is trusted, in DER, where that is more than the system's own.
    pub fn roots(&self) -> Option<Vec<Vec<u8>>> {
        Some(self.0.roots.as_ref()?.iter().map(|root| root.to_vec()).collect())
    }

    /// The same for a program that is started: variables of its environment, as curl and git read them.
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        let mut variables = Vec::new();
        if let Some((proxy, without, _)) = &self.0.proxy {
            variables.extend(
                [("http_proxy", proxy), ("https_proxy", proxy), ("no_proxy", without)]
                    .map(|(name, value)| (name, value.clone())),
            );
        }
        if let Some(bundle) = &self.0.bundle {
            variables.push(("GIT_SSL_CAINFO", bundle.display().to_string()));
        }
        variables
    }
}

/// The certificates in a PEM file, one at least; or what is wrong with it, beginning with its name.
pub fn authorities(file: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let found = CertificateDer::pem_file_iter(file).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    match found {
        Ok(found) if found.is_empty() => {
            Err(format!("{}, in which there is no certificate (PEM)", file.display()))
        }
        Ok(found) => Ok(found),
        Err(error) => Err(format!("{}, which cannot be read: {error}", file.display())),
    }
}

/// PEM text (RFC 7468 section 5.1).
fn pem(certificates: &[CertificateDer<'_>]) -> String {
    use base64::Engine as _;
    let mut text = String::new();
    for certificate in certificates {
        let body = base64::engine::general_purpose::STANDARD.encode(certificate);
        text.push_str("-----BEGIN CERTIFICATE-----\n");
        for line in body.as_bytes().chunks(64) {
            text.push_str(&String::from_utf8_lossy(line));
            text.push('\n');
        }
        text.push_str("-----END CERTIFICATE-----\n");
    }
    text
}

#[cfg(test)]
mod tests;
