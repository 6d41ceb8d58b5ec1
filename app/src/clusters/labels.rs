//! What the forms of a cluster call its settings: the record says what was changed in the same words.

pub const ACCESS: &str = "How Slipway signs in";
pub const OWN_ACCOUNT: &str = "Slipway's own account";
pub const BASE_DOMAIN: &str = "Base domain";
pub const INGRESS_CLASS: &str = "Ingress class";
pub const INGRESS_NAMESPACE: &str = "Ingress controller's namespace";
pub const HTTPS: &str = "The ingress controller serves HTTPS for the base domain";
pub const DNS_NAMESPACE: &str = "Namespace of the DNS server";
pub const PER_TEAM: &str = "Environments per team";
