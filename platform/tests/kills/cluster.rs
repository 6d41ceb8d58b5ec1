//! What the control plane saw: every namespace of an environment that was ever made, by watching from the beginning.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use platform::clusters::Credentials;
use platform::clusters::api::ClusterApi;
use platform::testing::cluster::api;

const MANAGED: &str = "app.kubernetes.io/managed-by=slipway";

/// The namespaces that were seen, with the UIDs that each name had.
#[derive(Clone, Default)]
pub struct Witness(Arc<Mutex<BTreeMap<String, BTreeSet<String>>>>);

impl Witness {
    /// Watches until the test ends. Looking ten times a second misses nothing: a namespace takes seconds to go.
    pub fn start(credentials: &Credentials) -> Self {
        let witness = Self::default();
        let (seen, api) = (witness.clone(), api(credentials));
        tokio::spawn(async move {
            loop {
                for (name, uid) in namespaces(&api).await {
                    seen.0
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .entry(name)
                        .or_default()
                        .insert(uid);
                }
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            }
        });
        witness
    }

    /// How often a namespace was made.
    pub fn made(&self, name: &str) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(name).map_or(0, BTreeSet::len)
    }

    /// The names that were seen.
    pub fn names(&self) -> BTreeSet<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect()
    }
}

/// The namespaces of environments that are there, with their UIDs.
pub async fn namespaces(api: &ClusterApi) -> Vec<(String, String)> {
    let kind = domain::environments::kinds::NAMESPACE;
    let listed = api.list(kind, None, Some(MANAGED)).await.expect("a list of namespaces");
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    listed
        .items
        .iter()
        .map(|item| (text(&item["metadata"]["name"]), text(&item["metadata"]["uid"])))
        .collect()
}
