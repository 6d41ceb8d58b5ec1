//! Reads a pasted kubeconfig and takes from a chosen context what is needed to call the cluster.
//!
//! Invariants:
//! - nothing in a kubeconfig can make Slipway run a program or read a file of its machine: those keys are refused;
//! - a setting that would be needed and is not followed is refused, never passed over in silence;
//! - every refusal says what to do instead.
//!
//! Source: <https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/>.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::clusters::{LARGEST_KUBECONFIG, TOO_LARGE_A_KUBECONFIG};
use domain::environments::yaml::{self, Document};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use secrecy::SecretString;
use serde_json::Value;

use super::address;
use super::connection::{Credentials, Identity};

/// The way out of every refusal.
const WAY_OUT: &str = "slipway-manifest.yaml of this page makes an account for Slipway, and begins with the commands that make a \
     kubeconfig for it; “slipway cluster manifest” prints the same";

/// A kubeconfig that could be read.
#[derive(Debug)]
pub struct Kubeconfig {
    /// Its contexts, in its order; at least one.
    pub contexts: Vec<Context>,
    /// The one that it says to use, if it is among them.
    pub current: Option<String>,
}

/// One context: a cluster and a user.
#[derive(Debug)]
pub struct Context {
    /// Its name.
    pub name: String,
    /// The name of its cluster.
    pub cluster: String,
    /// The name of its user.
    pub user: String,
    /// The address of the cluster's API.
    pub server: Option<String>,
    /// What it gives, or why it cannot be used.
    pub credentials: Result<Credentials, Refused>,
}

/// Why a kubeconfig, or one context of it, is not used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{sentence}", .line.map(|line| format!("Line {line}: ")).unwrap_or_default())]
pub struct Refused {
    /// The line of the kubeconfig, from 1.
    pub line: Option<u32>,
    /// Why, and what to do.
    pub sentence: String,
}

impl Kubeconfig {
    /// The context of this name.
    pub fn context(&self, name: &str) -> Option<&Context> {
        self.contexts.iter().find(|context| context.name == name)
    }
}

/// Reads what was pasted or uploaded.
pub fn read(bytes: &[u8]) -> Result<Kubeconfig, Refused> {
    let whole = |sentence: String| Refused { line: None, sentence };
    if bytes.len() > LARGEST_KUBECONFIG {
        return Err(whole(TOO_LARGE_A_KUBECONFIG.to_owned()));
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|_| whole("This is not text in UTF-8, so it is not a kubeconfig".to_owned()))?;
    if text.trim().is_empty() {
        return Err(whole(format!("Paste a kubeconfig. {WAY_OUT}")));
    }
    let document = yaml::read(text).map_err(|problems| match problems.first() {
        Some(problem) => Refused {
            line: Some(problem.position.line),
            sentence: problem.sentence.trim_end_matches('.').to_owned(),
        },
        None => whole("This is not YAML".to_owned()),
    })?;
    let file = File { document: &document };
    if !document.value.is_object() || document.value["kind"].as_str().is_some_and(|kind| kind != "Config") {
        return Err(file.refused("", "This is not a kubeconfig: a kubeconfig has “kind: Config”".to_owned()));
    }
    let listed = document.value["contexts"].as_array().map_or(0, Vec::len);
    let contexts: Vec<Context> = (0..listed).map(|number| file.context(number)).collect();
    if contexts.is_empty() {
        return Err(file.refused("", format!("This kubeconfig has no contexts. {WAY_OUT}")));
    }
    let current = text_of(&document.value["current-context"]);
    let current = current.filter(|current| contexts.iter().any(|context| context.name == *current));
    Ok(Kubeconfig { contexts, current })
}

struct File<'a> {
    document: &'a Document,
}

/// Keys of a user that would run a program, read a file here or act as somebody else, with the reason.
const REFUSED_OF_USERS: [(&str, &str); 11] = [
    ("exec", "“exec” would run a program on Slipway's machine"),
    ("auth-provider", "“auth-provider” would run a cloud's sign-in on Slipway's machine"),
    ("tokenFile", "“tokenFile” names a file, and Slipway reads no files of its machine"),
    ("client-certificate", "“client-certificate” names a file; use “client-certificate-data” instead"),
    ("client-key", "“client-key” names a file; use “client-key-data” instead"),
    ("username", "Kubernetes no longer lets anybody sign in by “username” and “password”"),
    ("password", "Kubernetes no longer lets anybody sign in by “username” and “password”"),
    ("as", "“as” would act as somebody else"),
    ("as-uid", "“as-uid” would act as somebody else"),
    ("as-groups", "“as-groups” would act as somebody else"),
    ("as-user-extra", "“as-user-extra” would act as somebody else"),
];

/// The same for a cluster.
const REFUSED_OF_CLUSTERS: [(&str, &str); 2] = [
    (
        "certificate-authority",
        "“certificate-authority” names a file; use “certificate-authority-data” instead (“kubectl config view --raw \
         --flatten --minify” prints it)",
    ),
    ("proxy-url", "“proxy-url” is not followed: name an address that Slipway reaches itself"),
];

impl File<'_> {
    fn refused(&self, pointer: &str, sentence: String) -> Refused {
        Refused { line: Some(self.document.position(pointer).line), sentence }
    }

    fn context(&self, number: usize) -> Context {
        let at = format!("/contexts/{number}");
        let entry = &self.document.value["contexts"][number];
        let name = text_of(&entry["name"]).unwrap_or_default();
        let cluster = text_of(&entry["context"]["cluster"]).unwrap_or_default();
        let user = text_of(&entry["context"]["user"]).unwrap_or_default();
        let missing = |what: &str, missing: &str| {
            let sentence =
                format!("The context “{name}” names the {what} “{missing}”, which is not in the kubeconfig");
            Err(self.refused(&at, sentence))
        };
        let found = self.named("clusters", &cluster);
        let server = found.and_then(|at| text_of(&self.document.value["clusters"][at]["cluster"]["server"]));
        let credentials = match (found, self.named("users", &user)) {
            _ if name.is_empty() => Err(self.refused(&at, "This context has no name".to_owned())),
            (None, _) => missing("cluster", &cluster),
            (_, None) => missing("user", &user),
            (Some(cluster), Some(user)) => self.credentials(cluster, user),
        };
        Context { name, cluster, user, server, credentials }
    }

    fn named(&self, list: &str, name: &str) -> Option<usize> {
        let list = self.document.value[list].as_array()?;
        list.iter().position(|entry| text_of(&entry["name"]).as_deref() == Some(name))
    }

    fn credentials(&self, cluster: usize, user: usize) -> Result<Credentials, Refused> {
        let at = format!("/clusters/{cluster}/cluster");
        let part = &self.document.value["clusters"][cluster]["cluster"];
        if is_set(&part["insecure-skip-tls-verify"]) {
            let sentence = "“insecure-skip-tls-verify” would give the token to whoever answers at the address. \
                            Take it out and put the cluster's certificate authority into “certificate-authority-data”";
            let sentence = format!("{sentence}. {WAY_OUT}");
            return Err(self.refused(&format!("{at}/insecure-skip-tls-verify"), sentence));
        }
        self.all_unset(part, &at, &REFUSED_OF_CLUSTERS)?;
        let server = text_of(&part["server"]).unwrap_or_default();
        address::server(&server)
            .map_err(|refused| self.refused(&format!("{at}/server"), format!("{refused}. {WAY_OUT}")))?;
        let certificate_authority = match text_of(&part["certificate-authority-data"]) {
            None => None,
            Some(data) => Some(self.certificates(&data, &format!("{at}/certificate-authority-data"))?),
        };
        let identity = self.identity(user)?;
        Ok(Credentials {
            server,
            certificate_authority,
            tls_server_name: text_of(&part["tls-server-name"]),
            identity,
        })
    }

    fn identity(&self, user: usize) -> Result<Identity, Refused> {
        let at = format!("/users/{user}/user");
        let part = &self.document.value["users"][user]["user"];
        self.all_unset(part, &at, &REFUSED_OF_USERS)?;
        if let Some(token) = text_of(&part["token"]) {
            // It goes into a header: RFC 6750 section 2.1.
            if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
                let sentence =
                    "The token contains characters that are not allowed. Paste it again, on one line";
                return Err(self.refused(&format!("{at}/token"), sentence.to_owned()));
            }
            return Ok(Identity::Token(SecretString::from(token)));
        }
        let parts = (text_of(&part["client-certificate-data"]), text_of(&part["client-key-data"]));
        let (Some(certificate), Some(key)) = parts else {
            let sentence = format!("This user has neither a token nor a certificate with its key. {WAY_OUT}");
            return Err(self.refused(&at, sentence));
        };
        let certificate = self.certificates(&certificate, &format!("{at}/client-certificate-data"))?;
        let at = format!("{at}/client-key-data");
        let key = self.decoded(&key, &at)?;
        if PrivateKeyDer::from_pem_slice(key.as_bytes()).is_err() {
            return Err(self.refused(&at, "This is not a private key in PEM format".to_owned()));
        }
        Ok(Identity::Certificate { certificate, key: SecretString::from(key) })
    }

    fn all_unset(&self, part: &Value, at: &str, refused: &[(&str, &str)]) -> Result<(), Refused> {
        match refused.iter().find(|(key, _)| is_set(&part[*key])) {
            None => Ok(()),
            Some((key, why)) => Err(self.refused(&format!("{at}/{key}"), format!("{why}. {WAY_OUT}"))),
        }
    }

    /// PEM text that holds at least one certificate, and nothing that cannot be read.
    fn certificates(&self, data: &str, at: &str) -> Result<String, Refused> {
        let text = self.decoded(data, at)?;
        let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(text.as_bytes()).collect();
        match found {
            Ok(found) if !found.is_empty() => Ok(text),
            _ => Err(self.refused(at, "This is not a certificate in PEM format".to_owned())),
        }
    }

    fn decoded(&self, data: &str, at: &str) -> Result<String, Refused> {
        let compact: String = data.split_whitespace().collect();
        let bytes =
            STANDARD.decode(compact).map_err(|_| self.refused(at, "This is not base64".to_owned()))?;
        String::from_utf8(bytes).map_err(|_| self.refused(at, "This is not text in PEM format".to_owned()))
    }
}

fn is_set(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => !list.is_empty(),
        _ => true,
    }
}

/// A scalar as text: a name may look like a number.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}
