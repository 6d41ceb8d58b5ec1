//! Where a request comes from: the peer's address, or what a trusted proxy says in front of it.

use std::net::{IpAddr, SocketAddr};

use app::request::ClientAddress;
use http::HeaderMap;

use crate::config::Network;

/// Reads `X-Forwarded-For` from its right end: each trusted proxy vouches for the address that it was called from. The first that
/// is not trusted is the client; what stands left of it anyone could have written.
pub fn client(peer: SocketAddr, headers: &HeaderMap, trusted: &[Network]) -> ClientAddress {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut address = peer.ip().to_canonical();
    let forwarded: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .collect();
    for hop in forwarded.iter().rev() {
        if !is_trusted(address) {
            break;
        }
        match parse(hop) {
            Some(next) => address = next.to_canonical(),
            None => break,
        }
    }
    ClientAddress(address)
}

/// An address, with a port too, as some proxies write it.
fn parse(hop: &str) -> Option<IpAddr> {
    hop.parse().ok().or_else(|| hop.parse::<SocketAddr>().ok().map(|hop| hop.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_trusted_proxies_are_believed() {
        let trusted: Vec<Network> = vec!["10.0.0.0/8".parse().expect("a range")];
        let cases = [
            ("203.0.113.9:1", "1.2.3.4", "203.0.113.9"),
            ("10.0.0.1:1", "1.2.3.4", "1.2.3.4"),
            ("10.0.0.1:1", "6.6.6.6, 1.2.3.4", "1.2.3.4"),
            ("10.0.0.1:1", "1.2.3.4, 10.0.0.2", "1.2.3.4"),
            ("10.0.0.1:1", "1.2.3.4:51234", "1.2.3.4"),
            ("10.0.0.1:1", "[2001:db8::1]:443", "2001:db8::1"),
            ("10.0.0.1:1", "nonsense", "10.0.0.1"),
            ("10.0.0.1:1", "", "10.0.0.1"),
        ];
        for (peer, forwarded, expected) in cases {
            let mut headers = HeaderMap::new();
            headers.insert("x-forwarded-for", forwarded.parse().expect("a value"));
            let found = client(peer.parse().expect("a peer"), &headers, &trusted);
            assert_eq!(found.0.to_string(), expected, "{peer} {forwarded}");
        }
    }
}
