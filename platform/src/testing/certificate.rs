//! A certificate of this machine, for tests that speak TLS: for `localhost` and 127.0.0.1, signed by itself.

/// The certificate (PEM), which is also the authority to trust.
pub const CERTIFICATE: &str = include_str!("test_data/certificate.pem");
/// Its key (PEM).
pub const KEY: &str = include_str!("test_data/key.pem");
