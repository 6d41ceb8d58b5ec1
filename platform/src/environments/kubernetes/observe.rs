//! What is in an environment's namespace now.

use domain::environments::kinds::{self, Kind};
use futures::{StreamExt, TryStreamExt};
use serde_json::Value;

use super::wait::followed;
use super::{Error, Kubernetes, Result, Target, labels, readable_kinds, while_doing};
use crate::clusters::Fault;

/// Lists that are under way at once.
const AT_ONCE: usize = 6;

impl Kubernetes {
    /// Everything of the environment that can be read: what Slipway made (by label; secrets are not read), and the
    /// pods, replica sets and events of its namespace. Empty when the namespace is gone or another's.
    pub async fn observe(&self, target: &Target) -> Result<Vec<Value>> {
        self.list_all(target, readable_kinds(), false).await
    }

    /// The same without what a wait for `objects` follows anyway, and without kinds that may not be listed: a cluster whose account lacks a
    /// permission may be kept all the same, and what comes up there is to be seen.
    pub async fn observe_besides(&self, target: &Target, objects: &[Value]) -> Result<Vec<Value>> {
        let followed = followed(objects);
        let besides = readable_kinds().into_iter().filter(|kind| !followed.contains(kind)).collect();
        self.list_all(target, besides, true).await
    }

    /// The namespace itself, and what is in it of these kinds.
    async fn list_all(
        &self,
        target: &Target,
        mut wanted: Vec<Kind>,
        without_forbidden: bool,
    ) -> Result<Vec<Value>> {
        wanted.retain(|kind| *kind != kinds::NAMESPACE);
        let name = &target.namespace;
        let namespace = self.cluster.get(kinds::NAMESPACE, name, name).await;
        let namespace = namespace.map_err(while_doing(format!("Reading the namespace “{name}”")))?;
        let Some(namespace) = namespace.filter(|namespace| target.owns(namespace)) else {
            return Ok(Vec::new());
        };
        let lists: Vec<Vec<Value>> = futures::stream::iter(wanted)
            .map(|kind| async move {
                match self.list_one(kind, target).await {
                    Err(Error::Cluster { fault: Fault::Forbidden { .. }, .. }) if without_forbidden => {
                        Ok(Vec::new())
                    }
                    listed => listed,
                }
            })
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
