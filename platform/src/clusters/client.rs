//! Clients of clusters: made from what a connection gives, kept until the connection changes.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::ids::ClusterId;
use http::{HeaderValue, Uri, header};
use hyper::rt::{Read, Write};
use hyper_util::client::legacy::Client as HyperClient;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::legacy::connect::{Connection, HttpConnector};
use hyper_util::rt::TokioExecutor;
use kube::Config;
use kube::client::{Body, ConfigExt};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use secrecy::SecretString;
use tower::{BoxError, Service, ServiceBuilder};

use super::address::{self, BeforeTunnel, Resolver};
use super::api::{ClusterApi, Limits};
use super::connection::{Credentials, Identity};
use super::fault::Fault;
use crate::outgoing::Outgoing;

/// What a connection signs in with.
#[derive(Clone, Debug)]
pub enum Access {
    /// The service account of the pod that Slipway runs in.
    OwnAccount,
    /// What a kubeconfig gave.
    Given(Credentials),
}

const USER_AGENT: &str = concat!("slipway/", env!("CARGO_PKG_VERSION"));

/// A connection that is not used for this long is closed: a cluster's load balancer would cut it unnoticed.
const IDLE: Duration = Duration::from_secs(45);

/// A client; nothing is called yet.
pub fn connect(access: &Access, outgoing: &Outgoing, limits: Limits) -> Result<ClusterApi, Fault> {
    let mut config = match access {
        Access::OwnAccount => {
            Config::incluster_env().map_err(|cause| Fault::NoOwnAccount { said: cause.to_string() })?
        }
        Access::Given(credentials) => config(credentials)?,
    };
    config.headers.push((header::USER_AGENT, HeaderValue::from_static(USER_AGENT)));
    if config.root_cert.is_none() {
        config.root_cert = outgoing.roots();
    }
    let mut connector = HttpConnector::new_with_resolver(Resolver);
    connector.enforce_http(false);
    connector.set_connect_timeout(Some(limits.connect));
    connector.set_keepalive(Some(Duration::from_secs(30)));
    match outgoing.proxy(&config.cluster_url) {
        None => through(config, connector, limits),
        Some(proxy) => {
            let mut tunnel = Tunnel::new(proxy.uri().clone(), connector);
            if let Some(auth) = proxy.basic_auth() {
                tunnel = tunnel.with_auth(auth.clone());
            }
            through(config, BeforeTunnel::new(tunnel, limits.connect / 2), limits)
        }
    }
}

/// A client over a connector of plain connections.
fn through<C>(config: Config, connector: C, limits: Limits) -> Result<ClusterApi, Fault>
where
    C: Service<Uri> + Clone + Send + Sync + 'static,
    C::Response: Connection + Read + Write + Unpin + Send + 'static,
    C::Future: Send + 'static,
    C::Error: Into<BoxError>,
{
    let bad = |cause: kube::Error| Fault::BadCredentials { said: cause.to_string() };
    let https = config.rustls_https_connector_with_connector(connector).map_err(bad)?;
    let hyper = HyperClient::builder(TokioExecutor::new()).pool_idle_timeout(IDLE).build::<_, Body>(https);
    let service = ServiceBuilder::new()
        .layer(config.base_uri_layer())
        .option_layer(config.auth_layer().map_err(bad)?)
        .layer(config.extra_headers_layer().map_err(bad)?)
        .map_err(BoxError::from)
        .service(hyper);
    Ok(ClusterApi::new(kube::Client::new(service, config.default_namespace), limits))
}

fn config(credentials: &Credentials) -> Result<Config, Fault> {
    let mut config = Config::new(address::server(&credentials.server)?);
    if let Some(pem) = &credentials.certificate_authority {
        let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
        let found = found.map_err(|cause| Fault::BadCredentials { said: cause.to_string() })?;
        config.root_cert = Some(found.into_iter().map(|certificate| certificate.as_ref().to_vec()).collect());
    }
    config.tls_server_name.clone_from(&credentials.tls_server_name);
    match &credentials.identity {
        Identity::Token(token) => config.auth_info.token = Some(token.clone()),
        Identity::Certificate { certificate, key } => {
            use secrecy::ExposeSecret;
            config.auth_info.client_certificate_data = Some(STANDARD.encode(certificate));
            config.auth_info.client_key_data = Some(SecretString::from(STANDARD.encode(key.expose_secret())));
        }
    }
    Ok(config)
}

/// One client for each connection, shared by everybody who calls that cluster.
#[derive(Default)]
pub struct Clients {
    kept: Mutex<HashMap<ClusterId, (i64, ClusterApi)>>,
    outgoing: Outgoing,
}

impl Clients {
    /// None yet; those that will be made call through `outgoing`.
    pub fn new(outgoing: Outgoing) -> Self {
        Self { kept: Mutex::default(), outgoing }
    }

    /// A client that nobody keeps; nothing is called yet.
    pub fn connect(&self, access: &Access) -> Result<ClusterApi, Fault> {
        connect(access, &self.outgoing, Limits::default())
    }

    /// The client of a connection at this revision, if it was made before.
    pub fn find(&self, id: ClusterId, revision: i64) -> Option<ClusterApi> {
        let kept = self.kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        kept.get(&id).filter(|(at, _)| *at == revision).map(|(_, client)| client.clone())
    }

    /// Keeps a client; one that was made for a later revision stays.
    pub fn keep(&self, id: ClusterId, revision: i64, client: ClusterApi) {
        let mut kept = self.kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if kept.get(&id).is_none_or(|(at, _)| *at <= revision) {
            kept.insert(id, (revision, client));
        }
    }

    /// Drops the client of a connection that was removed.
    pub fn forget(&self, id: ClusterId) {
        self.kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner).remove(&id);
    }
}
