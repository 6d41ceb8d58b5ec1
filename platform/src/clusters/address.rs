//! Where a cluster's API may be: HTTPS anywhere an administrator names, plain HTTP on this machine alone,
//! and never an address at which a cloud hands out the machine's own credentials.

use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll};

use domain::metadata;
use http::Uri;
use hyper_util::client::legacy::connect::dns::Name;

/// Why an address is refused; the sentence is for the person who gave it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressRefused {
    /// Not `https://host[:port][/path]`.
    #[error("“{0}” is not the address of a cluster: write it as https://host:port")]
    Malformed(String),
    /// Plain HTTP to another machine would show the token to everyone on the way.
    #[error("“{0}” is plain HTTP, which shows the token to everyone on the way: use https://")]
    PlainHttp(String),
    /// See [`metadata`].
    #[error("{0} is where a cloud keeps the machine's own credentials: Slipway never connects to it")]
    Metadata(String),
}

/// Reads the server of a kubeconfig.
pub fn server(text: &str) -> Result<Uri, AddressRefused> {
    let malformed = || AddressRefused::Malformed(text.to_owned());
    let uri: Uri = text.trim().parse().map_err(|_| malformed())?;
    let host = uri.host().filter(|host| !host.is_empty()).ok_or_else(malformed)?;
    if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) || uri.query().is_some() {
        return Err(malformed());
    }
    let literal: Option<IpAddr> = host.trim_start_matches('[').trim_end_matches(']').parse().ok();
    if literal.is_some_and(is_refused) || metadata::is_host(host) {
        return Err(AddressRefused::Metadata(host.to_owned()));
    }
    match uri.scheme_str() {
        Some("https") => Ok(uri),
        Some("http") if host == "localhost" || literal.is_some_and(|address| address.is_loopback()) => {
            Ok(uri)
        }
        Some("http") => Err(AddressRefused::PlainHttp(text.to_owned())),
        _ => Err(malformed()),
    }
}

/// Whether a connection never leads here: a cloud's metadata, or no address at all.
fn is_refused(address: IpAddr) -> bool {
    metadata::is_address(address) || address.to_canonical().is_unspecified()
}

/// Looks names up and drops metadata addresses from the answer, so that no name can lead there.
#[derive(Clone, Copy, Debug)]
pub struct Resolver;

impl tower::Service<Name> for Resolver {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let allowed: Vec<SocketAddr> =
                found.iter().copied().filter(|address| !is_refused(address.ip())).collect();
            if allowed.is_empty() && !found.is_empty() {
                let refused = AddressRefused::Metadata(name.as_str().to_owned());
                return Err(io::Error::new(io::ErrorKind::PermissionDenied, refused));
            }
            Ok(allowed.into_iter())
        })
    }
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use tower::Service;

    use super::*;

    #[test]
    fn a_cluster_is_reached_by_https_and_on_this_machine_by_http_too() {
        for good in [
            "https://api.example.com",
            "https://10.0.0.1:6443",
            "https://[fd12::1]:6443/k8s/clusters/c-1",
            "http://127.0.0.1:8001",
            "http://[::1]:8001",
            "http://localhost:8001",
        ] {
            assert!(server(good).is_ok(), "{good}");
        }
        for plain in ["http://api.example.com", "http://10.0.0.1:6443", "http://localhost.example.com"] {
            assert!(matches!(server(plain), Err(AddressRefused::PlainHttp(_))), "{plain}");
        }
        for bad in [
            "",
            "api.example.com",
            "ftp://x",
            "https://",
            "unix:///run/x",
            "https://user:pass@host",
            "/etc/passwd",
        ] {
            assert!(matches!(server(bad), Err(AddressRefused::Malformed(_))), "{bad}");
        }
    }

    #[test]
    fn metadata_addresses_are_refused_in_every_spelling() {
        for bad in [
            "https://169.254.169.254",
            "http://169.254.169.254/latest",
            "https://169.254.170.2",
            "https://[::ffff:169.254.169.254]",
            "https://[fd00:ec2::254]",
            "https://[fe80::1]",
            "https://100.100.100.200",
            "https://168.63.129.16",
            "https://metadata.google.internal",
            "https://Metadata",
        ] {
            assert!(matches!(server(bad), Err(AddressRefused::Metadata(_))), "{bad}");
        }
    }

    #[tokio::test]
    async fn a_name_cannot_lead_to_a_metadata_address() {
        // The resolver of the C library reads a bare number as an IPv4 address.
        let name = Name::from_str("2852039166").expect("a name");
        let refused = Resolver.call(name).await.expect_err("169.254.169.254 in disguise");
        let inner = refused.get_ref().and_then(|inner| inner.downcast_ref::<AddressRefused>());
        assert_eq!(inner, Some(&AddressRefused::Metadata("2852039166".to_owned())));
    }
}
