//! Where the server of a repository is: looked up once, under the rule that no metadata address is ever called, and told to the
//! `git` that follows.

use std::net::SocketAddr;
use std::time::Duration;

use super::command::GitError;
use crate::catalog::source::{Server, Transport};
use crate::outgoing::Outgoing;
use crate::outgoing::names::{Found, look_up};

/// The setting by which git hands curl its answers (git 2.37 and newer): `host:port:address,…`.
pub(super) const RESOLVED: &str = "http.curloptResolve";
/// How long a name may take to be found.
const PATIENCE: Duration = Duration::from_secs(10);
/// The ports of the two schemes.
const HTTPS: u16 = 443;
const SSH: u16 = 22;

/// The value of [`RESOLVED`] for an address, where there is one to give.
pub(super) async fn resolved(
    transport: &Transport,
    url: &str,
    outgoing: &Outgoing,
) -> Result<Option<String>, GitError> {
    let (server, port, proxied) = match transport {
        Transport::Https(server) => (server, server.port.unwrap_or(HTTPS), is_proxied(server, outgoing)),
        // The configuration of ssh may know a name that nobody else does, and may lead through another host.
        Transport::Ssh(server) => (server, server.port.unwrap_or(SSH), true),
        Transport::Local(_) => return Ok(None),
    };
    let found = match tokio::time::timeout(PATIENCE, look_up(&server.host, port)).await {
        Ok(Ok(found)) => Ok(found),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err(format!("its name was not found within {} s", PATIENCE.as_secs())),
    };
    let addresses = allowed(found, proxied, url)?;
    Ok(match transport {
        Transport::Https(_) => pinned(server, port, &addresses),
        // ssh has no such setting: what is left is the moment between the two look-ups, and ssh is no protocol of metadata.
        Transport::Ssh(_) | Transport::Local(_) => None,
    })
}

/// The addresses that may be called. A name that is not found is left to what is asked to connect, where something is: a proxy.
fn allowed(found: Result<Found, String>, proxied: bool, url: &str) -> Result<Vec<SocketAddr>, GitError> {
    match found {
        Ok(Found::Addresses(addresses)) => Ok(addresses),
        Ok(Found::Refused) => Err(GitError::Refused(
            "The name in this address leads to a cloud's metadata, which is never read".to_owned(),
        )),
        Err(_) if proxied => Ok(Vec::new()),
        Err(detail) => Err(GitError::Unreachable { url: url.to_owned(), detail }),
    }
}

/// `host:port:address,address`; none where the host is an address itself.
fn pinned(server: &Server, port: u16, addresses: &[SocketAddr]) -> Option<String> {
    if addresses.is_empty() || server.host.parse::<std::net::IpAddr>().is_ok() {
        return None;
    }
    let written = |address: &SocketAddr| match address {
        SocketAddr::V4(address) => address.ip().to_string(),
        SocketAddr::V6(address) => format!("[{}]", address.ip()),
    };
    let list: Vec<String> = addresses.iter().map(written).collect();
    Some(format!("{}:{port}:{}", server.host, list.join(",")))
}

/// Whether a proxy is asked to connect: the configured one, or one of the process's own environment, which git and curl follow.
fn is_proxied(server: &Server, outgoing: &Outgoing) -> bool {
    let host = if server.host.contains(':') { format!("[{}]", server.host) } else { server.host.clone() };
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let to = format!("https://{host}").parse::<http::Uri>();
    to.is_ok_and(|to| outgoing.proxy(&to).is_some())
        || ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"].into_iter().any(set)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(texts: &[&str]) -> Vec<SocketAddr> {
        texts.iter().map(|text| text.parse().expect("an address")).collect()
    }

    fn server(host: &str) -> Server {
        Server { host: host.to_owned(), port: None }
    }

    #[test]
    fn git_is_told_the_addresses_that_were_looked_at() {
        let found = addresses(&["10.0.0.1:8443", "[fd12::1]:8443"]);
        let told = pinned(&server("git.example"), 8443, &found);
        assert_eq!(told.as_deref(), Some("git.example:8443:10.0.0.1,[fd12::1]"));
        assert_eq!(pinned(&server("10.0.0.1"), 443, &found), None);
        assert_eq!(pinned(&server("git.example"), 443, &[]), None);
    }

    #[test]
    fn a_name_that_leads_to_metadata_is_refused_and_one_that_is_not_found_is_for_the_proxy() {
        for proxied in [true, false] {
            let refused = allowed(Ok(Found::Refused), proxied, "u");
            assert!(matches!(refused, Err(GitError::Refused(_))), "{refused:?}");
        }
        assert_eq!(allowed(Err("no such name".to_owned()), true, "u"), Ok(Vec::new()));
        let unknown = allowed(Err("no such name".to_owned()), false, "u");
        assert_eq!(unknown, Err(GitError::Unreachable { url: "u".into(), detail: "no such name".into() }));
    }

    #[tokio::test]
    async fn what_is_looked_up_is_what_git_would_call() {
        let here = Transport::Https(server("localhost"));
        let told = resolved(&here, "https://localhost/x", &Outgoing::default()).await.expect("found");
        assert!(told.is_some_and(|told| told.starts_with("localhost:443:")));
        // The resolver of the C library reads a bare number as an address; such a host is refused before, and here once more.
        for transport in [Transport::Https(server("2852039166")), Transport::Ssh(server("2852039166"))] {
            let refused = resolved(&transport, "u", &Outgoing::default()).await;
            assert!(matches!(refused, Err(GitError::Refused(_))), "{refused:?}");
        }
    }
}
