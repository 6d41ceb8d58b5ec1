//! Where a name leads: looked up with the one rule that holds for everybody, administrators too.
//!
//! Invariant: an address at which a cloud hands out the machine's own credentials ([`domain::metadata`]) is in no answer, and
//! neither is no address at all (0.0.0.0, ::), which leads to this machine.

use std::io;
use std::net::{IpAddr, SocketAddr};

use domain::metadata;

/// What a name leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// These addresses may be called.
    Addresses(Vec<SocketAddr>),
    /// Nothing but addresses that are never called.
    Refused,
}

/// Whether an address is never called.
pub fn is_refused(address: IpAddr) -> bool {
    metadata::is_address(address) || address.to_canonical().is_unspecified()
}

/// Looks a host up; an address in any spelling of the C library counts as a name of itself.
pub async fn look_up(host: &str, port: u16) -> io::Result<Found> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    Ok(allowed(tokio::net::lookup_host((bare, port)).await?))
}

fn allowed(found: impl Iterator<Item = SocketAddr>) -> Found {
    let (refused, allowed): (Vec<_>, Vec<_>) = found.partition(|address| is_refused(address.ip()));
    if allowed.is_empty() && !refused.is_empty() { Found::Refused } else { Found::Addresses(allowed) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_addresses_are_left_out_of_every_answer() {
        let answer = |texts: &[&str]| {
            allowed(texts.iter().map(|text| text.parse::<SocketAddr>().expect("an address")))
        };
        let one = || vec!["10.0.0.1:443".parse().expect("an address")];
        assert_eq!(answer(&["10.0.0.1:443"]), Found::Addresses(one()));
        assert_eq!(
            answer(&["169.254.169.254:443", "10.0.0.1:443", "[fe80::1]:443"]),
            Found::Addresses(one())
        );
        assert_eq!(answer(&["169.254.169.254:443", "[::ffff:169.254.169.254]:443"]), Found::Refused);
        assert_eq!(answer(&["0.0.0.0:443", "[::]:443"]), Found::Refused);
        assert_eq!(answer(&[]), Found::Addresses(Vec::new()));
    }

    #[tokio::test]
    async fn an_address_in_disguise_is_what_it_leads_to() {
        // The resolver of the C library reads all of these as 169.254.169.254.
        for host in ["2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "169.254.43518"] {
            assert_eq!(look_up(host, 443).await.expect("an answer"), Found::Refused, "{host}");
        }
        assert_eq!(look_up("[fe80::1]", 443).await.expect("an answer"), Found::Refused);
    }
}
