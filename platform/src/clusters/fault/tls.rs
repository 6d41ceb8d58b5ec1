//! What TLS does not let through, in our words: why, and what to do about it. The words of the library stand only where there are none
//! of ours, as a detail.

use jiff::Timestamp;
use rustls::pki_types::UnixTime;
use rustls::{AlertDescription, CertificateError};

use super::Fault;

/// Of the names in a certificate, so many are told.
const NAMES: usize = 6;

/// From what the TLS library says.
pub(super) fn from_tls(error: &rustls::Error) -> Fault {
    match error {
        rustls::Error::InvalidCertificate(why) => Fault::NotTrusted { said: certificate(why) },
        rustls::Error::NoCertificatesPresented => {
            Fault::NotTrusted { said: "what answers there shows none".to_owned() }
        }
        rustls::Error::InvalidMessage(_) => Fault::NotKubernetes {
            said: "it does not speak TLS; the address begins with https://".to_owned(),
        },
        rustls::Error::PeerIncompatible(_) => Fault::NotKubernetes {
            said: format!("it speaks neither TLS 1.2 nor 1.3 as Slipway does ({error})"),
        },
        rustls::Error::AlertReceived(alert) => broken_off(*alert),
        other => Fault::NotTrusted { said: format!("TLS failed ({other})") },
    }
}

/// Why the certificate that the cluster shows is not trusted, and what to do.
fn certificate(why: &CertificateError) -> String {
    match why {
        CertificateError::UnknownIssuer => "it is signed by an authority that Slipway does not trust. Put the \
             certificate of that authority into certificate-authority-data of the kubeconfig. A kubeconfig without one trusts the \
             system's authorities and those of the setting extra_ca"
            .to_owned(),
        CertificateError::BadSignature => "it is not signed by the authority that it names. Put the certificate of the \
             authority that the cluster has now into certificate-authority-data of the kubeconfig"
            .to_owned(),
        CertificateError::Expired => format!("it has expired. {RENEW}"),
        CertificateError::ExpiredContext { not_after, .. } => match moment(*not_after) {
            Some(at) => format!("it expired on {at}. {RENEW}"),
            None => format!("it has expired. {RENEW}"),
        },
        CertificateError::NotValidYet => format!("it is not valid yet. {CLOCKS}"),
        CertificateError::NotValidYetContext { not_before, .. } => match moment(*not_before) {
            Some(at) => format!("it is not valid before {at}. {CLOCKS}"),
            None => format!("it is not valid yet. {CLOCKS}"),
        },
        CertificateError::NotValidForName => {
            format!("it was issued for a different name than this address. {NAME_ONE}")
        }
        CertificateError::NotValidForNameContext { expected, presented } => {
            let expected = expected.to_str();
            match names(presented) {
                Some(names) => format!("it was issued for {names}, not for {expected}. {NAME_ONE}"),
                None => format!(
                    "it was issued for a different name than {expected}, and carries none that could be used. Have one \
                     issued for {expected}"
                ),
            }
        }
        CertificateError::Revoked => "it was revoked. Have a new one issued in the cluster".to_owned(),
        CertificateError::Other(_) if format!("{why:?}").contains("CaUsedAsEndEntity") => {
            "it is the certificate of an authority, used as a server's. Have one issued for the server".to_owned()
        }
        other => format!("it cannot be verified ({other})"),
    }
}

const RENEW: &str = "Renew it in the cluster";
const CLOCKS: &str = "Compare the clocks of the cluster and of Slipway's machine";
const NAME_ONE: &str =
    "Use a name of the certificate as the server in the kubeconfig, or give it as tls-server-name there";

/// "3 Mar 2026, 10:00 UTC"; none for a time beyond the calendar.
fn moment(time: UnixTime) -> Option<String> {
    let at = Timestamp::from_second(i64::try_from(time.as_secs()).ok()?).ok()?;
    Some(domain::time::in_words(at))
}

/// The names in a certificate, which the library writes as `DnsName("a.example.com")` and `IpAddress(10.0.0.1)`. They are a stranger's
/// words: only what can be a name is told.
fn names(presented: &[String]) -> Option<String> {
    let name = |text: &String| {
        let inner = text.split_once('(')?.1.strip_suffix(')')?.trim_matches('"').to_owned();
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '*' | ':');
        (!inner.is_empty() && inner.len() <= 253 && inner.chars().all(fits)).then_some(inner)
    };
    let all: Vec<String> = presented.iter().filter_map(name).collect();
    let more = all.len().saturating_sub(NAMES);
    match all.get(..all.len().min(NAMES))? {
        [] => None,
        [one] => Some(one.clone()),
        told if more > 0 => Some(format!("{} and {more} more", told.join(", "))),
        [told @ .., last] => Some(format!("{} and {last}", told.join(", "))),
    }
}

/// The other side ended the handshake, and gives a reason in one word (RFC 8446 section 6.2).
fn broken_off(alert: AlertDescription) -> Fault {
    match alert {
        AlertDescription::BadCertificate
        | AlertDescription::UnsupportedCertificate
        | AlertDescription::CertificateRevoked
        | AlertDescription::CertificateExpired
        | AlertDescription::CertificateUnknown
        | AlertDescription::CertificateRequired
        | AlertDescription::UnknownCA
        | AlertDescription::AccessDenied => Fault::BadCredentials {
            said: format!("the cluster does not accept what Slipway signs in with ({alert:?})"),
        },
        AlertDescription::UnrecognisedName => {
            Fault::NotTrusted { said: format!("what answers there has none for this name. {NAME_ONE}") }
        }
        other => Fault::NotKubernetes { said: format!("it broke off the TLS handshake ({other:?})") },
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rustls::pki_types::ServerName;

    use super::*;

    fn said(why: CertificateError) -> String {
        let fault = from_tls(&rustls::Error::InvalidCertificate(why));
        assert!(matches!(fault, Fault::NotTrusted { .. }) && !fault.is_retryable(), "{fault:?}");
        fault.to_string()
    }

    fn at(seconds: u64) -> UnixTime {
        UnixTime::since_unix_epoch(Duration::from_secs(seconds))
    }

    #[test]
    fn who_is_not_trusted_hears_which_authority_to_add() {
        let said = said(CertificateError::UnknownIssuer);
        assert!(said.contains("certificate-authority-data") && said.contains("extra_ca"), "{said}");
        assert!(!said.contains("UnknownIssuer"), "{said}");
    }

    #[test]
    fn a_wrong_name_is_told_with_the_right_ones() {
        let expected = ServerName::try_from("api.example.com").expect("a name");
        let wrong = |presented: &[&str]| CertificateError::NotValidForNameContext {
            expected: expected.clone(),
            presented: presented.iter().map(|name| (*name).to_owned()).collect(),
        };
        let two = said(wrong(&["DnsName(\"kubernetes\")", "IpAddress(10.0.0.1)"]));
        assert!(two.contains("it was issued for kubernetes and 10.0.0.1, not for api.example.com"), "{two}");
        assert!(two.contains("tls-server-name"), "{two}");
        let many: Vec<String> = (0..9).map(|number| format!("DnsName(\"n{number}\")")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let many = said(wrong(&many));
        assert!(many.contains("n5 and 3 more") && !many.contains("n6"), "{many}");
        for none in [vec![], vec!["DirectoryName"], vec!["DnsName(\"<b>\")"]] {
            let none = said(wrong(&none));
            assert!(
                none.contains("a different name than api.example.com") && !none.contains("<b>"),
                "{none}"
            );
        }
    }

    #[test]
    fn one_that_is_over_tells_since_when() {
        let expired =
            CertificateError::ExpiredContext { time: at(2_000_000_000), not_after: at(1_700_000_000) };
        assert!(said(expired).contains("it expired on 14 Nov 2023, 22:13 UTC. Renew it"));
        let early = CertificateError::NotValidYetContext { time: at(0), not_before: at(1_700_000_000) };
        assert!(said(early).contains("it is not valid before 14 Nov 2023, 22:13 UTC. Compare the clocks"));
    }

    #[test]
    fn what_the_cluster_does_not_accept_is_not_called_its_own_certificate() {
        let refused = from_tls(&rustls::Error::AlertReceived(AlertDescription::CertificateExpired));
        assert!(matches!(refused, Fault::BadCredentials { .. }), "{refused:?}");
        let other = from_tls(&rustls::Error::AlertReceived(AlertDescription::HandshakeFailure));
        assert!(matches!(other, Fault::NotKubernetes { .. }), "{other:?}");
    }
}
