//! Calls to a cluster's API: a few verbs on pinned kinds, objects as JSON.
//!
//! Invariants:
//! - every call has a time limit (kube's own read timeout is none) and a limit on what it reads;
//! - no discovery: a broken API group elsewhere in the cluster cannot fail a call;
//! - whatever is answered, a [`Fault`] comes of it that a person can read.

use std::time::Duration;

use domain::environments::kinds::{self, Kind};
use domain::environments::name::MANAGER;
use http::{HeaderMap, StatusCode};
use http_body_util::{BodyExt, Limited};
use kube::api::{
    DeleteParams, GetParams, ListParams, Patch, PatchParams, PostParams, ValidationDirective, WatchParams,
};
use kube::client::Body;
use kube::core::Request;
use serde_json::Value;

use super::fault::{Fault, kind_of};
use super::watch::Watch;

/// How long a call may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// To connect.
    pub connect: Duration,
    /// For a whole call, connecting and TLS included; for a watch, until it begins.
    pub call: Duration,
    /// How long the server keeps one watch open. A watch that is silent for a little longer is taken for dead.
    pub watch: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            call: Duration::from_secs(20),
            watch: Duration::from_secs(60),
        }
    }
}

/// The most that is read of one answer, in bytes. A page of 500 objects is far smaller.
const MAX_ANSWER: usize = 32 * 1024 * 1024;
/// Objects on one page of a list.
const PAGE: u32 = 500;
/// Pages of one list, so that a server which always has one more comes to an end.
const MAX_PAGES: usize = 100;

/// The namespace that every cluster has.
const SYSTEM: &str = "kube-system";

/// A cluster's API, as one account. A clone shares its connections.
#[derive(Clone)]
pub struct ClusterApi {
    client: kube::Client,
    limits: Limits,
}

/// A successful answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// 201 when something was made.
    pub status: StatusCode,
    /// What the cluster warns of.
    pub warnings: Vec<String>,
    /// The object.
    pub body: Value,
}

/// A list with the point from which changes go on.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The objects, each with its `apiVersion` and `kind`.
    pub items: Vec<Value>,
    /// The list's resource version.
    pub resource_version: String,
}

impl ClusterApi {
    /// Calls through `client`.
    pub fn new(client: kube::Client, limits: Limits) -> Self {
        Self { client, limits }
    }

    /// The limits of each call.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// Which cluster this is: the UID of its namespace kube-system, which lives as long as the cluster does.
    pub async fn identity(&self) -> Result<String, Fault> {
        let found = self.get(kinds::NAMESPACE, SYSTEM, SYSTEM).await?;
        let uid = found.as_ref().and_then(|found| found["metadata"]["uid"].as_str());
        let uid = uid.filter(|uid| !uid.is_empty()).map(str::to_owned);
        uid.ok_or_else(|| Fault::NotKubernetes { said: format!("it has no namespace {SYSTEM}") })
    }

    /// One object, or none.
    pub async fn get(&self, kind: Kind, namespace: &str, name: &str) -> Result<Option<Value>, Fault> {
        let request = path(kind, Some(namespace)).get(plain(name)?, &GetParams::default()).map_err(ours)?;
        match self.call(request).await {
            Ok(answer) if answer.body["kind"] == kind.kind && answer.body["metadata"]["name"] == name => {
                Ok(Some(answer.body))
            }
            Ok(_) => Err(Fault::NotKubernetes {
                said: format!("it answers something else than {} {name}", kind.words),
            }),
            Err(Fault::NotFound { .. }) => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    /// The objects that carry the labels, in one namespace or in all, page by page.
    pub async fn list(
        &self,
        kind: Kind,
        namespace: Option<&str>,
        labels: Option<&str>,
    ) -> Result<Listed, Fault> {
        let mut parameters =
            ListParams { label_selector: labels.map(str::to_owned), ..ListParams::default() }.limit(PAGE);
        let mut items = Vec::new();
        for _ in 0..MAX_PAGES {
            let request = path(kind, namespace).list(&parameters).map_err(ours)?;
            let body = self.call(request).await?.body;
            let (page, resource_version, next) = listed(kind, body)?;
            items.extend(page);
            if next.is_empty() {
                return Ok(Listed { items, resource_version });
            }
            parameters.continue_token = Some(next);
        }
        Err(Fault::NotKubernetes { said: format!("its list of {} does not end", kind.plural) })
    }

    /// Makes an object; [`Fault::Conflict`] if there is one of that name.
    pub async fn create(&self, kind: Kind, namespace: &str, object: &Value) -> Result<Answer, Fault> {
        self.post(kind, namespace, object, false).await
    }

    /// What [`ClusterApi::create`] would answer: nothing is made.
    pub async fn create_dry(&self, kind: Kind, namespace: &str, object: &Value) -> Result<Answer, Fault> {
        self.post(kind, namespace, object, true).await
    }

    async fn post(
        &self,
        kind: Kind,
        namespace: &str,
        object: &Value,
        dry_run: bool,
    ) -> Result<Answer, Fault> {
        let parameters = PostParams { dry_run, field_manager: Some(MANAGER.to_owned()) };
        let request =
            path(kind, Some(namespace)).create(&parameters, object.to_string().into_bytes()).map_err(ours)?;
        self.call(request).await
    }

    /// Server-side apply as the field manager `slipway`, with strict validation. Fields of other managers stay theirs: [`Fault::FieldConflict`].
    pub async fn apply(
        &self,
        kind: Kind,
        namespace: &str,
        name: &str,
        object: &Value,
    ) -> Result<Answer, Fault> {
        let parameters = PatchParams {
            dry_run: false,
            force: false,
            field_manager: Some(MANAGER.to_owned()),
            field_validation: Some(ValidationDirective::Strict),
        };
        let request = path(kind, Some(namespace))
            .patch(plain(name)?, &parameters, &Patch::Apply(object))
            .map_err(ours)?;
        self.call(request).await
    }

    /// Deletes an object.
    pub async fn delete(
        &self,
        kind: Kind,
        namespace: &str,
        name: &str,
        how: &DeleteParams,
    ) -> Result<Answer, Fault> {
        let request = path(kind, Some(namespace)).delete(plain(name)?, how).map_err(ours)?;
        self.call(request).await
    }

    /// The changes after `resource_version`.
    pub async fn watch(
        &self,
        kind: Kind,
        namespace: &str,
        labels: Option<&str>,
        resource_version: &str,
    ) -> Result<Watch, Fault> {
        let seconds = u32::try_from(self.limits.watch.as_secs()).unwrap_or(u32::MAX).max(1);
        let parameters = WatchParams {
            label_selector: labels.map(str::to_owned),
            timeout: Some(seconds),
            bookmarks: true,
            ..WatchParams::default()
        };
        let request = path(kind, Some(namespace)).watch(&parameters, resource_version).map_err(ours)?;
        let response = self.in_time(self.send(request)).await?;
        Ok(Watch::new(response.into_body(), self.limits.watch + Duration::from_secs(5)))
    }

    /// Any call.
    pub async fn call(&self, request: http::Request<Vec<u8>>) -> Result<Answer, Fault> {
        self.in_time(async {
            let response = self.send(request).await?;
            let (status, warnings) = (response.status(), warnings(response.headers()));
            let kind = content_type(response.headers());
            let body = read(response.into_body()).await?;
            let body = serde_json::from_slice(&body).map_err(|_| Fault::NotKubernetes {
                said: format!("it answers with {}", kind_of(kind.as_deref(), &body)),
            })?;
            Ok(Answer { status, warnings, body })
        })
        .await
    }

    async fn send(&self, request: http::Request<Vec<u8>>) -> Result<http::Response<Body>, Fault> {
        let response =
            self.client.send(request.map(Body::from)).await.map_err(|error| Fault::from_kube(&error))?;
        if response.status().is_success() {
            return Ok(response);
        }
        let (status, kind) = (response.status(), content_type(response.headers()));
        let body = read(response.into_body()).await?;
        Err(Fault::from_answer(status, kind.as_deref(), &body))
    }

    async fn in_time<T>(&self, call: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
        match tokio::time::timeout(self.limits.call, Box::pin(call)).await {
            Ok(done) => done,
            Err(_) => Err(Fault::TimedOut { seconds: self.limits.call.as_secs() }),
        }
    }
}

/// The path of a kind; the Namespace kind and `None` are outside of namespaces.
fn path(kind: Kind, namespace: Option<&str>) -> Request {
    let base = if kind.api_version.contains('/') { "/apis" } else { "/api" };
    Request::new(match namespace.filter(|_| kind.kind != "Namespace") {
        Some(namespace) => format!("{base}/{}/namespaces/{namespace}/{}", kind.api_version, kind.plural),
        None => format!("{base}/{}/{}", kind.api_version, kind.plural),
    })
}

/// A name that cannot lead out of its place in the path.
fn plain(name: &str) -> Result<&str, Fault> {
    let fits = !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b':' | b'_'))
        && name != "."
        && name != "..";
    if fits { Ok(name) } else { Err(Fault::Invalid { said: format!("“{name}” is not a name") }) }
}

fn ours(error: kube::core::request::Error) -> Fault {
    Fault::Invalid { said: error.to_string() }
}

fn listed(kind: Kind, mut body: Value) -> Result<(Vec<Value>, String, String), Fault> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let version = text(&body["metadata"]["resourceVersion"]);
    let next = text(&body["metadata"]["continue"]);
    // What any server could answer with is no list: "nothing is left" would be read out of it.
    if version.is_empty() || !text(&body["kind"]).ends_with("List") {
        return Err(Fault::NotKubernetes {
            said: format!("it answers something else than a list of {}", kind.plural),
        });
    }
    let items = match body.get_mut("items").map(Value::take) {
        Some(Value::Array(items)) => items,
        // Go writes an empty list as null here and there.
        Some(Value::Null) => Vec::new(),
        _ => return Err(Fault::NotKubernetes { said: format!("its list of {} has no items", kind.plural) }),
    };
    let items = items
        .into_iter()
        .map(|mut item| {
            // The objects of a list say neither.
            item["apiVersion"] = Value::from(kind.api_version);
            item["kind"] = Value::from(kind.kind);
            item
        })
        .collect();
    Ok((items, version, next))
}

async fn read(body: Body) -> Result<Vec<u8>, Fault> {
    match Limited::new(body, MAX_ANSWER).collect().await {
        Ok(body) => Ok(body.to_bytes().to_vec()),
        Err(error) if error.is::<http_body_util::LengthLimitError>() => {
            Err(Fault::NotKubernetes { said: format!("an answer is larger than {} MiB", MAX_ANSWER >> 20) })
        }
        Err(error) => Err(Fault::from_chain(error.as_ref())),
    }
}

fn content_type(headers: &HeaderMap) -> Option<String> {
    headers.get(http::header::CONTENT_TYPE)?.to_str().ok().map(str::to_owned)
}

/// The texts of `Warning` headers: `299 - "text"` (RFC 7234 section 5.5).
fn warnings(headers: &HeaderMap) -> Vec<String> {
    let texts = headers.get_all(http::header::WARNING).iter().filter_map(|value| value.to_str().ok());
    texts
        .filter_map(|value| {
            let quoted = value.split_once('"')?.1;
            let quoted = quoted.strip_suffix('"').unwrap_or(quoted);
            Some(quoted.replace("\\\"", "\"").replace("\\\\", "\\"))
        })
        .collect()
}
