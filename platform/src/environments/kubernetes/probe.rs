//! Looks whether a step's effect has happened, before anything is done again: after a takeover, whether it was applied at all; where a
//! person has a step tried again that was done, what was deleted since.

use serde_json::Value;

use super::{Error, Kubernetes, ObjectName, Result, STEP_ANNOTATION, Target, kind_of, text, while_doing};
use crate::clusters::Fault;
use crate::clusters::rights::is_readable;

/// What was found of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Probe {
    /// Every object of the step is there and carries its token.
    Done,
    /// These do not. Applying the step again is harmless.
    NotDone(Vec<ObjectName>),
}

impl Kubernetes {
    /// Whether `objects` were applied by the step with this token.
    ///
    /// Secrets cannot be read; objects are applied in order, so one counts as done when a later object is.
    pub async fn probe(&self, target: &Target, step: &str, objects: &[Value]) -> Result<Probe> {
        let mut missing = Vec::new();
        let mut a_later_one_is_done = false;
        for object in objects.iter().rev() {
            let name = ObjectName::of(object);
            let done = match kind_of(object) {
                Some(kind) if is_readable(kind) => {
                    let found = self.cluster.get(kind, &target.namespace, &name.name).await;
                    let found = found.map_err(while_doing(format!("Reading the {name}")))?;
                    found.is_some_and(|found| {
                        target.owns(&found)
                            && text(&found["metadata"]["annotations"][STEP_ANNOTATION]) == step
                    })
                }
                _ => a_later_one_is_done,
            };
            a_later_one_is_done |= done;
            if !done {
                missing.push(name);
            }
        }
        missing.reverse();
        Ok(if missing.is_empty() { Probe::Done } else { Probe::NotDone(missing) })
    }

    /// Which of `objects`, all of which were applied once, are not there any more, in their order. What is there is left as it is, also
    /// where somebody changed it.
    ///
    /// A job runs once, and the cluster may clear away one that is done: it counts as there. One that is on its way out is waited for:
    /// [`Error::Leaving`].
    pub async fn missing(&self, target: &Target, objects: &[Value]) -> Result<Vec<Value>> {
        let mut missing = Vec::new();
        for object in objects.iter().filter(|object| object["kind"] != "Job") {
            if !self.is_there(target, object).await? {
                missing.push(object.clone());
            }
        }
        Ok(missing)
    }

    async fn is_there(&self, target: &Target, object: &Value) -> Result<bool> {
        let name = ObjectName::of(object);
        let doing = format!("Reading the {name}");
        // Applying it says why it cannot be.
        let Some(kind) = kind_of(object) else { return Ok(false) };
        if is_readable(kind) {
            let found = self.cluster.get(kind, &target.namespace, &name.name).await;
            let found = found.map_err(while_doing(doing))?.filter(|found| target.owns(found));
            return match found {
                Some(found) if found["metadata"]["deletionTimestamp"].is_string() => {
                    Err(Error::Leaving { object: name.to_string() })
                }
                found => Ok(found.is_some()),
            };
        }
        // Secrets cannot be read. Whether there is one of this name, the cluster tells where it is asked to make it without effect; where
        // it refuses for another reason, applying it tells.
        match self.cluster.create_dry(kind, &target.namespace, object).await {
            Err(Fault::Conflict { .. }) => Ok(true),
            Err(fault) if fault.is_retryable() => Err(while_doing(doing)(fault)),
            _ => Ok(false),
        }
    }
}
