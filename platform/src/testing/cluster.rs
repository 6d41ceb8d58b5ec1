//! A whole Kubernetes control plane for tests: real API server, controllers and scheduler, with nodes that are played.
//!
//! It is the program `slipway-cluster` of `end2end/cluster`: where `SLIPWAY_TEST_CLUSTER_BIN` says, or the newest
//! that `cargo xtask` keeps (`~/.cache/slipway/cluster`). One is started for each test process and ends with it. Where it cannot be
//! had, the tests are skipped with one loud line; with `CI` set they fail.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Value, json};

use super::announce;
use crate::clusters::api::{ClusterApi, Limits};
use crate::clusters::{Access, Credentials, Identity, connect, manifest};
use crate::outgoing::Outgoing;

/// The running control plane.
pub struct Cluster {
    program: PathBuf,
    server: String,
    certificate_authority: String,
    admin_token: String,
    limited_token: String,
    kubeconfig: PathBuf,
}

/// The line that the program prints once it is ready.
#[derive(Deserialize)]
struct Report {
    kubeconfig: PathBuf,
    server: String,
    token: String,
    ca_data: String,
    users: std::collections::BTreeMap<String, User>,
}

#[derive(Deserialize)]
struct User {
    token: String,
}

/// The control plane of this process, or `None` (announced) where there is none.
pub fn cluster() -> Option<&'static Cluster> {
    static CLUSTER: OnceLock<Option<Cluster>> = OnceLock::new();
    CLUSTER
        .get_or_init(|| {
            let Some(program) = program() else {
                assert!(std::env::var_os("CI").is_none(), "slipway-cluster is not built, and CI skips nothing");
                announce("SKIPPED: no Kubernetes control plane (build end2end/cluster, or set SLIPWAY_TEST_CLUSTER_BIN)");
                return None;
            };
            Some(start(&program))
        })
        .as_ref()
}

impl Cluster {
    /// Runs commands as an administrator would in a shell whose `kubectl` is that of this control plane, beside the manifest that was
    /// saved there.
    pub fn run_commands(&self, commands: &str, manifest: &str, folder: &Path) {
        let script = format!("kubectl() {{ '{}' kubectl \"$@\"; }}\n{commands}", self.program.display());
        std::fs::write(folder.join("slipway-manifest.yaml"), manifest).expect("a file");
        let done = Command::new("sh")
            .args(["-euc", &script])
            .current_dir(folder)
            .env("HOME", folder)
            .env("KUBECONFIG", &self.kubeconfig)
            .output()
            .expect("a shell");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }

    /// The administrator's kubeconfig, as a person would paste it.
    pub fn kubeconfig(&self) -> String {
        std::fs::read_to_string(&self.kubeconfig).expect("the kubeconfig")
    }

    /// May do everything.
    pub fn admin(&self) -> Credentials {
        self.with_token(&self.admin_token)
    }

    /// May only look at the API and ask what it may do.
    pub fn limited(&self) -> Credentials {
        self.with_token(&self.limited_token)
    }

    /// Anybody's.
    pub fn with_token(&self, token: &str) -> Credentials {
        Credentials {
            server: self.server.clone(),
            certificate_authority: Some(self.certificate_authority.clone()),
            tls_server_name: None,
            identity: Identity::Token(SecretString::from(token.to_owned())),
        }
    }

    /// The account that `slipway cluster manifest` makes, with its rights and no more.
    pub async fn slipway(&self) -> Credentials {
        static TOKEN: tokio::sync::OnceCell<String> = tokio::sync::OnceCell::const_new();
        let token = TOKEN.get_or_init(|| async { self.make_account().await }).await;
        self.with_token(token)
    }

    async fn make_account(&self) -> String {
        let admin = api(&self.admin());
        let options = manifest::Options::default();
        for object in manifest::objects(&options) {
            post(&admin, &collection(&object), &object).await;
        }
        let token = json!({
            "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": 3600},
        });
        let path = format!("/api/v1/namespaces/{}/serviceaccounts/slipway/token", options.namespace);
        let answer = post(&admin, &path, &token).await;
        answer["status"]["token"].as_str().expect("a token").to_owned()
    }
}

/// A client for this test's own runtime.
pub fn api(credentials: &Credentials) -> ClusterApi {
    connect(&Access::Given(credentials.clone()), &Outgoing::default(), Limits::default()).expect("a client")
}

/// Makes an object, whatever its kind.
pub async fn post(api: &ClusterApi, path: &str, object: &Value) -> Value {
    let request = http::Request::post(path)
        .header("content-type", "application/json")
        .body(object.to_string().into_bytes())
        .expect("a request");
    api.call(request).await.unwrap_or_else(|fault| panic!("{path}: {fault}")).body
}

/// The path below which objects of its kind are made.
fn collection(object: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let version = text(&object["apiVersion"]);
    let base = if version.contains('/') { "apis" } else { "api" };
    let plural = text(&object["kind"]).to_lowercase() + "s";
    match object["metadata"]["namespace"].as_str() {
        Some(namespace) => format!("/{base}/{version}/namespaces/{namespace}/{plural}"),
        None => format!("/{base}/{version}/{plural}"),
    }
}

fn program() -> Option<PathBuf> {
    if let Some(path) = std::env::var_os("SLIPWAY_TEST_CLUSTER_BIN") {
        return Some(PathBuf::from(path));
    }
    let cache = std::env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache")))?;
    // One folder for each version of its sources.
    let versions = std::fs::read_dir(cache.join("slipway/cluster")).ok()?;
    let built = versions.filter_map(|entry| Some(entry.ok()?.path().join("slipway-cluster")));
    built
        .filter(|program| program.exists())
        .max_by_key(|program| program.metadata().and_then(|metadata| metadata.modified()).ok())
}

/// Starts it in a folder of its own. A shell clears the folder when it has ended; it ends when this process does,
/// however that ends, since its standard input closes.
fn start(program: &Path) -> Cluster {
    let folder = tempfile::Builder::new().prefix("slipway-k8s").tempdir().expect("a temporary folder").keep();
    let mut shell = Command::new("sh")
        .arg("-c")
        .arg(r#""$1" up --dir "$2" --stdin-lifeline 2>"$2.log"; rm -rf "$2" "$2.log""#)
        .arg("slipway-test-cluster")
        .arg(program)
        .arg(&folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("a shell");
    let output = shell.stdout.take().expect("the program's output");
    let mut line = String::new();
    BufReader::new(output).read_line(&mut line).expect("the program answers");
    let report: Report = serde_json::from_str(&line).unwrap_or_else(|error| {
        panic!("the control plane did not start ({error}); try {} up --dir /tmp/cluster", program.display())
    });
    // Its standard input stays open until this process ends.
    std::mem::forget(shell);
    use base64::Engine;
    let pem = base64::engine::general_purpose::STANDARD.decode(report.ca_data).expect("base64");
    Cluster {
        program: program.to_owned(),
        server: report.server,
        certificate_authority: String::from_utf8(pem).expect("PEM"),
        admin_token: report.token,
        limited_token: report.users.get("limited").expect("the limited user").token.clone(),
        kubeconfig: report.kubeconfig,
    }
}
