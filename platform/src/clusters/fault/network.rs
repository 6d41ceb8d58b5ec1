//! What a call that got no answer tells, sorted by its causes.

use std::error::Error as StdError;
use std::io;

use http::StatusCode;

use super::Fault;
use super::tls::from_tls;
use crate::clusters::address::AddressRefused;

/// It hung up in the middle.
const CLOSED: &str = "it closed the connection";

impl Fault {
    /// From a call that got no answer.
    pub(in crate::clusters) fn from_kube(error: &kube::Error) -> Self {
        if let kube::Error::Api(status) = error {
            let code = StatusCode::from_u16(status.code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            return Self::from_status(code, status);
        }
        Self::from_chain(error)
    }

    /// From any error of the network: the first cause in its chain that tells more than "it failed".
    pub(in crate::clusters) fn from_chain(error: &(dyn StdError + 'static)) -> Self {
        let mut next = Some(error);
        let mut last = error.to_string();
        let mut spoke_http = true;
        while let Some(cause) = next {
            if let Some(refused) = cause.downcast_ref::<AddressRefused>() {
                return Fault::Address(refused.clone());
            }
            if let Some(tls) = cause.downcast_ref::<rustls::Error>() {
                return from_tls(tls);
            }
            if let Some(http) = cause.downcast_ref::<hyper::Error>() {
                spoke_http &= !http.is_parse();
            }
            last = cause.to_string();
            // Where TLS ends without a word, the library says so with an address of its documentation.
            if cause.downcast_ref::<io::Error>().is_some_and(|io| io.kind() == io::ErrorKind::UnexpectedEof) {
                return Fault::Unreachable { said: CLOSED.to_owned() };
            }
            // An io::Error's source is the source of what it wraps: what it wraps itself must be asked for.
            let inner = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
            next = match inner {
                Some(inner) => Some(inner as &(dyn StdError + 'static)),
                None => cause.source(),
            };
        }
        if !spoke_http {
            return Fault::NotKubernetes { said: "it does not speak HTTP".to_owned() };
        }
        // The number that the operating system gives it tells nobody anything.
        let said = last.split(" (os error").next().unwrap_or(&last).to_owned();
        Fault::Unreachable { said }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_that_the_cluster_closes_is_told_in_our_words() {
        let closed = io::Error::new(
            io::ErrorKind::UnexpectedEof,
            "peer closed connection without sending TLS close_notify: https://docs.rs/rustls/latest/rustls/manual/_03_howto/index.html#unexpected-eof",
        );
        let fault = Fault::from_chain(&io::Error::other(closed));
        assert!(fault.is_retryable() && fault.is_away(), "{fault:?}");
        assert_eq!(fault.to_string(), "The cluster does not answer: it closed the connection");
    }
}
