//! The test of a connection: does a Kubernetes API answer, is it new enough, and may Slipway do there what it must?

use domain::clusters::MANIFEST_ACCOUNT;
use domain::environments::namespace::TEAM_ROLE;
use futures::StreamExt;
use serde_json::json;

use super::api::ClusterApi;
use super::fault::{Fault, excerpt, not_allowed};
use super::manifest;
use super::rights::{self, Asked};

/// The oldest version that is used: the first in which strict field validation is final.
pub const OLDEST: &str = "1.27";
const OLDEST_PARTS: (u32, u32) = (1, 27);

/// Questions that are under way at once.
const AT_ONCE: usize = 8;

/// What a test found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    /// The version, as `v1.34.4`, once something answered like a Kubernetes API.
    pub server_version: Option<String>,
    /// Which cluster it is ([`ClusterApi::identity`]), where the account may ask.
    pub identity: Option<String>,
    /// What the account may not do and must, a sentence each.
    pub missing: Vec<String>,
    /// What the cluster calls the account; asked where something is missing, and none where it does not tell.
    pub account: Option<String>,
    /// What stopped the test.
    pub fault: Option<Fault>,
}

impl Trial {
    fn new() -> Self {
        Self { server_version: None, identity: None, missing: Vec::new(), account: None, fault: None }
    }

    /// One that did not come to anything.
    pub fn stopped_by(fault: Fault) -> Self {
        Self { fault: Some(fault), ..Self::new() }
    }

    /// What it tells of the connection.
    pub fn outcome(&self) -> Result<(), &Fault> {
        self.fault.as_ref().map_or(Ok(()), Err)
    }

    /// Whether environments can be made there.
    pub fn is_good(&self) -> bool {
        self.fault.is_none() && self.missing.is_empty()
    }

    /// What is said before a connection is kept against which something speaks, and what helps; nothing where nothing does. It is called
    /// at `address`.
    pub fn objection(&self, address: &str, same: Option<&str>, living: i64) -> Option<String> {
        let wrong = self.against(same, living, &format!(". {}", self.advice()))?;
        let first = match self.fault {
            // Nobody was called.
            Some(Fault::Address(_) | Fault::NoOwnAccount { .. }) => String::new(),
            _ => format!(": Slipway called {address} first"),
        };
        Some(format!("Nothing is saved yet{first}. {wrong}"))
    }

    /// What speaks against keeping the connection, for the record: what helps is said to whoever connects it. `same` is what the connection
    /// with the same address is called, where it is not known which cluster this is; `living` is how many environments live there.
    pub fn wrong(&self, same: Option<&str>, living: i64) -> Option<String> {
        self.against(same, living, "")
    }

    /// The same, with `advice` after the permissions that are missing.
    fn against(&self, same: Option<&str>, living: i64, advice: &str) -> Option<String> {
        let wrong = match &self.fault {
            // This was the test, of a connection that is not kept yet.
            Some(Fault::Forbidden { said }) => not_allowed(said),
            Some(fault) => fault.to_string(),
            None if !self.missing.is_empty() => format!("{}{advice}", lacking(&self.missing)),
            None if same.is_some() => "It answers, but does not tell which cluster it is".to_owned(),
            None => return None,
        };
        let same = same.map(|name| {
            format!(
                "It has the same address as “{name}”: if it is the same cluster, two connections would each take its \
                 namespaces and quotas for their own. "
            )
        });
        let (wrong, same) = (wrong.trim_end_matches('.'), same.unwrap_or_default());
        let waiting = match living {
            0 => String::new(),
            1 => ". One environment lives there and will wait until it works".to_owned(),
            many => format!(". {many} environments live there and will wait until it works"),
        };
        Some(format!("{same}{wrong}{waiting}"))
    }

    /// What helps against what is missing. The manifest gives permissions to its own account alone; the role of teams it gives to all.
    fn advice(&self) -> String {
        let own = manifest::username(&manifest::Options::default());
        let only_role = self.missing.iter().all(|one| *one == no_role());
        match self.account.as_deref() {
            // The role of teams comes with it, so that it was not applied yet.
            Some(account) if account != own && !only_role && self.missing.contains(&no_role()) => format!(
                "Slipway signs in there as {account}. Apply slipway-manifest.yaml of this page, which gives these \
                 permissions to {MANIFEST_ACCOUNT}, and use a kubeconfig made for it, or give {account} the same ClusterRole"
            ),
            Some(account) if account != own && !only_role => format!(
                "Slipway signs in there as {account}. slipway-manifest.yaml of this page gives these permissions to \
                 {MANIFEST_ACCOUNT}: use a kubeconfig made for it, or give {account} the same ClusterRole"
            ),
            None if !only_role => format!(
                "Apply slipway-manifest.yaml of this page, which gives these permissions to {MANIFEST_ACCOUNT}, and \
                 use a kubeconfig made for it"
            ),
            _ => "Apply slipway-manifest.yaml of this page, then try again".to_owned(),
        }
    }
}

/// The first of what is missing, and how many more there are: the page of the cluster lists them all, once it is kept.
fn lacking(missing: &[String]) -> String {
    const NAMED: usize = 3;
    let no_role = no_role();
    let rights: Vec<&str> = missing.iter().filter(|one| **one != no_role).map(String::as_str).collect();
    let more = match rights.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    let first = rights[..rights.len().min(NAMED)].join("; ");
    let lacks = format!("Slipway's account there lacks permissions. It may not: {first}{more}");
    match (rights.is_empty(), rights.len() < missing.len()) {
        (true, _) => no_role,
        (false, true) => format!("{lacks}. {no_role}"),
        (false, false) => lacks,
    }
}

/// What is missing where the manifest was not applied, or not all of it.
fn no_role() -> String {
    format!("The role {TEAM_ROLE}, which teams get in their environments, does not exist there")
}

/// Tests. Every call has its own time limit, so this ends.
pub async fn run(cluster: &ClusterApi) -> Trial {
    let mut trial = Trial::new();
    match version(cluster).await {
        Err(fault) => trial.fault = Some(fault),
        Ok(version) => {
            trial.server_version = Some(version.clone());
            if is_too_old(&version) {
                trial.fault = Some(Fault::TooOld { version, oldest: OLDEST });
                return trial;
            }
            match cluster.identity().await {
                Ok(identity) => trial.identity = Some(identity),
                // It is among what is missing.
                Err(Fault::Forbidden { .. }) => {}
                Err(fault) => {
                    trial.fault = Some(fault);
                    return trial;
                }
            }
            match missing(cluster).await {
                Ok(missing) => {
                    if !missing.is_empty() {
                        trial.account = account(cluster).await;
                    }
                    trial.missing = missing;
                }
                Err(fault) => trial.fault = Some(fault),
            }
        }
    }
    trial
}

/// The server's version, as `v1.34.4`.
pub async fn version(cluster: &ClusterApi) -> Result<String, Fault> {
    let answer = match cluster.call(request("GET", "/version", Vec::new())?).await {
        // A Kubernetes API has this path and shows it to everybody.
        Err(Fault::KindMissing { said } | Fault::NotFound { said }) => {
            return Err(Fault::NotKubernetes { said });
        }
        answer => answer?.body,
    };
    match answer["gitVersion"].as_str() {
        Some(version) if version.starts_with('v') && parts(version).is_some() => Ok(version.to_owned()),
        _ => Err(Fault::NotKubernetes {
            said: "it answers, but not with the version of a Kubernetes".to_owned(),
        }),
    }
}

async fn missing(cluster: &ClusterApi) -> Result<Vec<String>, Fault> {
    let answers = futures::stream::iter(rights::asked())
        .map(|asked| async move { may(cluster, asked).await.map(|may| (asked, may)) })
        .buffered(AT_ONCE)
        .collect::<Vec<_>>()
        .await;
    let mut denied = Vec::new();
    for answer in answers {
        let (asked, may) = answer?;
        if !may {
            denied.push(asked);
        }
    }
    let mut missing = rights::in_words(&denied);
    // A binding to a role that is not there is accepted and gives nothing.
    let role = format!("/apis/rbac.authorization.k8s.io/v1/clusterroles/{TEAM_ROLE}");
    match cluster.call(request("GET", &role, Vec::new())?).await {
        Err(Fault::NotFound { .. }) => missing.push(no_role()),
        // Asked for above.
        Ok(_) | Err(Fault::Forbidden { .. }) => {}
        Err(fault) => return Err(fault),
    }
    Ok(missing)
}

/// A SelfSubjectAccessReview: whether this account may do it, in every namespace.
async fn may(cluster: &ClusterApi, asked: Asked) -> Result<bool, Fault> {
    let mut attributes =
        json!({"group": asked.right.group, "resource": asked.right.resource, "verb": asked.verb});
    if let Some(only) = asked.right.only {
        attributes["name"] = json!(only);
    }
    let review = json!({
        "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": attributes},
    });
    let path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    let answer = cluster.call(request("POST", path, review.to_string().into_bytes())?).await?;
    answer.body["status"]["allowed"].as_bool().ok_or_else(|| Fault::NotKubernetes {
        said: "it does not say whether something is allowed".to_owned(),
    })
}

/// A SelfSubjectReview, which every account may ask: what the cluster calls it. One older than 1.28 does not answer that.
async fn account(cluster: &ClusterApi) -> Option<String> {
    let review = json!({"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"});
    let path = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
    let request = request("POST", path, review.to_string().into_bytes()).ok()?;
    let answer = cluster.call(request).await.ok()?;
    let name = answer.body["status"]["userInfo"]["username"].as_str()?;
    (!name.trim().is_empty()).then(|| excerpt(name.as_bytes()))
}

fn request(method: &str, path: &str, body: Vec<u8>) -> Result<http::Request<Vec<u8>>, Fault> {
    http::Request::builder()
        .method(method)
        .uri(path)
        .header(http::header::CONTENT_TYPE, "application/json")
        .header(http::header::ACCEPT, "application/json")
        .body(body)
        .map_err(|error| Fault::Invalid { said: error.to_string() })
}

/// Major and minor of `v1.34.4`, `v1.29.3-gke.100`, `v1.30+`.
fn parts(version: &str) -> Option<(u32, u32)> {
    let (major, rest) = version.trim_start_matches('v').split_once('.')?;
    let minor: String = rest.chars().take_while(char::is_ascii_digit).collect();
    Some((major.parse().ok()?, minor.parse().ok()?))
}

fn is_too_old(version: &str) -> bool {
    parts(version).is_some_and(|parts| parts < OLDEST_PARTS)
}

#[cfg(test)]
#[path = "trial_tests.rs"]
mod tests;
