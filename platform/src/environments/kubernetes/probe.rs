//! Looks whether a step's effect has happened: after a takeover, before anything is done again.

use serde_json::Value;

use super::{Kubernetes, ObjectName, Result, STEP_ANNOTATION, Target, kind_of, text, while_doing};
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
}
