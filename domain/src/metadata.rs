//! Where clouds hand out the credentials of the machine that asks: never reached, from Slipway or from an environment.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The ranges, as address and length of the prefix: all of link-local (AWS, Azure, Google, Oracle, DigitalOcean:
/// 169.254.169.254; AWS containers: 169.254.170.2 and .23), Alibaba's, Oracle's and Azure's own, and the same over IPv6.
pub const RANGES: [(IpAddr, u8); 7] = [
    (IpAddr::V4(Ipv4Addr::new(169, 254, 0, 0)), 16),
    (IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)), 32),
    (IpAddr::V4(Ipv4Addr::new(192, 0, 0, 192)), 32),
    (IpAddr::V4(Ipv4Addr::new(168, 63, 129, 16)), 32),
    (IpAddr::V6(Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0)), 10),
    (IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)), 128),
    (IpAddr::V6(Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254)), 128),
];

/// Names that clouds give to these addresses inside their networks.
const NAMES: [&str; 4] =
    ["metadata", "metadata.google.internal", "instance-data", "instance-data.ec2.internal"];

/// Whether a cloud answers at this address, also where it is written as IPv6.
pub fn is_address(address: IpAddr) -> bool {
    RANGES.iter().any(|(range, prefix)| match (range, address.to_canonical()) {
        (IpAddr::V4(range), IpAddr::V4(address)) => {
            let shift = 32 - u32::from(*prefix);
            range.to_bits() >> shift == address.to_bits() >> shift
        }
        (IpAddr::V6(range), IpAddr::V6(address)) => {
            let shift = 128 - u32::from(*prefix);
            range.to_bits() >> shift == address.to_bits() >> shift
        }
        _ => false,
    })
}

/// Whether `host` (a name, or an address in digits) is one of them.
pub fn is_host(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let digits = host.trim_start_matches('[').trim_end_matches(']');
    NAMES.contains(&host.as_str()) || digits.parse().is_ok_and(is_address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_names_are_known_in_every_way_to_write_them() {
        for bad in [
            "169.254.169.254",
            "169.254.170.23",
            "100.100.100.200",
            "192.0.0.192",
            "168.63.129.16",
            "::ffff:169.254.169.254",
            "[::ffff:169.254.169.254]",
            "fe80::1",
            "febf::1",
            "fd00:ec2::254",
            "fd20:ce::254",
            "Metadata.Google.Internal.",
            "instance-data",
        ] {
            assert!(is_host(bad), "{bad}");
        }
        for good in [
            "169.253.0.1",
            "100.100.100.201",
            "fec0::1",
            "fd00:ec2::253",
            "10.0.0.1",
            "metadata.example.com",
            "",
        ] {
            assert!(!is_host(good), "{good}");
        }
    }
}
