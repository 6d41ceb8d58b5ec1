//! Where a cluster's API may be: HTTPS anywhere an administrator names, plain HTTP on this machine alone,
//! and never an address at which a cloud hands out the machine's own credentials.

use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use domain::metadata;
use http::Uri;
use hyper_util::client::legacy::connect::dns::Name;
use tower::BoxError;

use crate::outgoing::names::{Found, is_refused, look_up};

/// Why an address is refused; the sentence is for the person who gave it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressRefused {
    /// None was given.
    #[error("The cluster has no server: write its address as https://host:port")]
    Missing,
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
    if text.trim().is_empty() {
        return Err(AddressRefused::Missing);
    }
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

/// Whether two servers of kubeconfigs are one address, however it is written.
pub fn is_same(one: &str, other: &str) -> bool {
    let parts = |text: &str| {
        let uri = server(text).ok()?;
        let usual = if uri.scheme_str() == Some("http") { 80 } else { 443 };
        let host = uri.host()?.to_ascii_lowercase();
        Some((host, uri.port_u16().unwrap_or(usual), uri.path().trim_end_matches('/').to_owned()))
    };
    parts(one).is_some_and(|one| parts(other) == Some(one))
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
            match look_up(name.as_str(), 0).await? {
                Found::Addresses(addresses) => Ok(addresses.into_iter()),
                Found::Refused => {
                    let refused = AddressRefused::Metadata(name.as_str().to_owned());
                    Err(io::Error::new(io::ErrorKind::PermissionDenied, refused))
                }
            }
        })
    }
}

/// The same rule before a proxy is asked to connect: it would look the name up itself, and nobody would look at its answer.
#[derive(Clone, Debug)]
pub struct BeforeTunnel<S> {
    tunnel: S,
    patience: Duration,
}

impl<S> BeforeTunnel<S> {
    /// A name that is not found here within `patience` is left to the proxy, which may know more names.
    pub fn new(tunnel: S, patience: Duration) -> Self {
        Self { tunnel, patience }
    }
}

impl<S> tower::Service<Uri> for BeforeTunnel<S>
where
    S: tower::Service<Uri, Error: Into<BoxError>, Future: Send + 'static> + Clone + Send + 'static,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.tunnel.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        // The one that is ready goes into the future; its clone is made ready for the next call.
        let next = self.tunnel.clone();
        let (mut tunnel, patience) = (std::mem::replace(&mut self.tunnel, next), self.patience);
        Box::pin(async move {
            let host = to.host().unwrap_or_default();
            if let Ok(Ok(Found::Refused)) = tokio::time::timeout(patience, look_up(host, 0)).await {
                return Err(AddressRefused::Metadata(host.to_owned()).into());
            }
            tunnel.call(to).await.map_err(Into::into)
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
        assert_eq!(server(" "), Err(AddressRefused::Missing));
        for bad in [
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
    fn an_address_is_the_same_however_it_is_written() {
        assert!(is_same("https://API.example.com/", "https://api.example.com:443"));
        assert!(is_same("https://10.0.0.1:6443/k8s/c-1", "https://10.0.0.1:6443/k8s/c-1/"));
        for other in
            ["https://10.0.0.1", "https://10.0.0.2:6443", "https://10.0.0.1:6443/k8s/c-2", "nonsense"]
        {
            assert!(!is_same("https://10.0.0.1:6443", other), "{other}");
        }
        assert!(!is_same("nonsense", "nonsense"));
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

    #[tokio::test]
    async fn a_name_that_leads_to_metadata_is_refused_before_the_proxy_is_asked() {
        let asked = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
        let log = asked.clone();
        let proxy = tower::service_fn(move |to: Uri| {
            log.lock().expect("the log").push(to.to_string());
            std::future::ready(io::Result::Ok(()))
        });
        let mut guarded = BeforeTunnel::new(proxy, Duration::from_secs(10));
        let refused = guarded.call("https://2852039166:6443".parse().expect("an address")).await;
        let refused = refused.expect_err("169.254.169.254 in disguise");
        let why = refused.downcast_ref::<AddressRefused>();
        assert_eq!(why, Some(&AddressRefused::Metadata("2852039166".to_owned())));
        // A name that only the proxy knows is left to it (RFC 6761: nobody else finds one below `invalid`).
        for other in ["https://localhost:6443/", "https://cluster.invalid:6443/"] {
            guarded.call(other.parse().expect("an address")).await.expect("the proxy is asked");
        }
        let asked = asked.lock().expect("the log").clone();
        assert_eq!(asked, ["https://localhost:6443/", "https://cluster.invalid:6443/"]);
    }
}
