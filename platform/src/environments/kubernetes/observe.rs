//! What is in an environment's namespace now.

use domain::environments::kinds::{self, Kind};
use futures::{StreamExt, TryStreamExt};
use serde_json::Value;

use super::{Kubernetes, Result, Target, labels, readable_kinds, while_doing};

/// Lists that are under way at once.
const AT_ONCE: usize = 6;

impl Kubernetes {
    /// Everything of the environment that can be read: what Slipway made (by label; secrets are not read), and the
    /// pods, replica sets and events of its namespace. Empty when the namespace is gone or another's.
    pub async fn observe(&self, target: &Target) -> Result<Vec<Value>> {
        let name = &target.namespace;
        let namespace = self.cluster.get(kinds::NAMESPACE, name, name).await;
        let namespace = namespace.map_err(while_doing(format!("Reading the namespace “{name}”")))?;
        let Some(namespace) = namespace.filter(|namespace| target.owns(namespace)) else {
            return Ok(Vec::new());
        };
        let lists: Vec<Vec<Value>> = futures::stream::iter(readable_kinds().into_iter().skip(1))
            .map(|kind| self.list_one(kind, target))
            .buffered(AT_ONCE)
            .try_collect()
            .await?;
        Ok(std::iter::once(namespace).chain(lists.into_iter().flatten()).collect())
    }

    async fn list_one(&self, kind: Kind, target: &Target) -> Result<Vec<Value>> {
        let selector = labels(kind, target);
        let listed = self.cluster.list(kind, Some(&target.namespace), selector.as_deref()).await;
        let doing = format!("Listing every {} in the namespace “{}”", kind.words, target.namespace);
        Ok(listed.map_err(while_doing(doing))?.items)
    }
}
