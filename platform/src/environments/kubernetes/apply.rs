//! Applies objects in their order, the namespace first and only if it is the environment's own.

use std::time::Duration;

use domain::environments::kinds;
use domain::environments::name::{ENVIRONMENT_LABEL, MANAGED_BY_LABEL, MANAGER};
use http::StatusCode;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{Error, Kubernetes, ObjectName, Result, STEP_ANNOTATION, Target, kind_of, text, while_doing};
use crate::clusters::Fault;
use crate::clusters::api::Answer;

/// An object that is in the cluster now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// Which.
    pub object: ObjectName,
    /// Its UID.
    pub uid: String,
    /// Its resource version.
    pub resource_version: String,
    /// Whether it was made now; else it was there.
    pub made: bool,
    /// What the cluster warned of.
    pub warnings: Vec<String>,
}

/// What is told while objects are applied.
#[derive(Clone, Copy, Debug)]
pub enum Told<'a> {
    /// Somebody made a namespace of this name a moment ago, be it an earlier call of ours: what comes next is no answer to the call that
    /// would make it.
    Exists,
    /// The namespace is there and the environment's own.
    Claimed {
        /// Its UID.
        uid: &'a str,
    },
    /// An object is there.
    Applied(&'a Applied),
}

/// How long a quota that was just made may take until it is counted.
const QUOTA_PATIENCE: Duration = Duration::from_secs(10);
const QUOTA_PAUSE: Duration = Duration::from_millis(200);

impl Kubernetes {
    /// Applies `objects` in order and tells each, and the namespace that a step makes as soon as it is there. `step` is the token that [`Kubernetes::probe`] looks for.
    ///
    /// It stops at the first that is refused; what came before stays, and applying again goes over it harmlessly.
    pub async fn apply(
        &self,
        target: &Target,
        step: &str,
        objects: &[Value],
        told: &mut (dyn FnMut(Told<'_>) + Send),
    ) -> Result<Vec<Applied>> {
        let objects =
            objects.iter().map(|object| stamped(target, step, object)).collect::<Result<Vec<_>>>()?;
        let own = objects.first().filter(|object| object["kind"] == "Namespace");
        let (namespace, namespace_made) = self.claim(target, own.is_some(), told).await?;
        if own.is_some() {
            told(Told::Claimed { uid: text(&namespace["metadata"]["uid"]) });
        }
        let warnings_refuse = enforces_what_it_warns_of(own.unwrap_or(&namespace));
        let mut applied = Vec::with_capacity(objects.len());
        for object in &objects {
            let name = ObjectName::of(object);
            let is_namespace = object["kind"] == "Namespace";
            let answer = if is_namespace {
                // Another namespace that has this name by now is refused.
                let mut object = object.clone();
                object["metadata"]["uid"] = namespace["metadata"]["uid"].clone();
                self.apply_one(target, &object, &name).await?
            } else {
                self.apply_one(target, object, &name).await?
            };
            let done = Applied {
                uid: text(&answer.body["metadata"]["uid"]).to_owned(),
                resource_version: text(&answer.body["metadata"]["resourceVersion"]).to_owned(),
                made: answer.status == StatusCode::CREATED || (is_namespace && namespace_made),
                warnings: answer.warnings,
                object: name,
            };
            told(Told::Applied(&done));
            let refused = done.warnings.iter().find(|warning| warning.contains("would violate PodSecurity"));
            if let Some(said) = refused.filter(|_| warnings_refuse) {
                let fault = Fault::PodSecurity { said: said.clone() };
                return Err(while_doing(format!("Applying the {}", done.object))(fault));
            }
            applied.push(done);
        }
        Ok(applied)
    }

    /// Applies the environment's namespace anew where it stands. One that is gone is not made again: then
    /// [`Error::NamespaceGone`].
    pub async fn renew_namespace(&self, target: &Target, step: &str, object: &Value) -> Result<()> {
        let mut object = stamped(target, step, object)?;
        let gone = || Error::NamespaceGone { namespace: target.namespace.clone() };
        let found = self.own_namespace(target).await?.ok_or_else(gone)?;
        // With its UID the cluster itself refuses to make another, should it go in this moment.
        object["metadata"]["uid"] = found["metadata"]["uid"].clone();
        match self.apply_one(target, &object, &ObjectName::of(&object)).await {
            Ok(_) => Ok(()),
            Err(error) => match self.own_namespace(target).await? {
                Some(_) => Err(error),
                None => Err(gone()),
            },
        }
    }

    async fn apply_one(&self, target: &Target, object: &Value, name: &ObjectName) -> Result<Answer> {
        let kind = kind_of(object).ok_or_else(|| unknown_kind(name))?;
        let since = Instant::now();
        loop {
            match self.cluster.apply(kind, &target.namespace, &name.name, object).await {
                Err(Fault::QuotaNotReady { .. }) if since.elapsed() < QUOTA_PATIENCE => {
                    tokio::time::sleep(QUOTA_PAUSE).await;
                }
                done => return done.map_err(while_doing(format!("Applying the {name}"))),
            }
        }
    }

    /// The environment's namespace, and whether it was made now.
    ///
    /// Apply would put our labels on whatever has this name. So it is read first, and made by a plain create, which
    /// refuses when somebody was quicker. That create sets the labels alone that never change, so that all else
    /// belongs to apply.
    async fn claim(
        &self,
        target: &Target,
        make: bool,
        told: &mut (dyn FnMut(Told<'_>) + Send),
    ) -> Result<(Value, bool)> {
        let name = &target.namespace;
        if let Some(found) = self.own_namespace(target).await? {
            return Ok((found, false));
        }
        if !make {
            return Err(Error::NamespaceGone { namespace: name.clone() });
        }
        let labels = json!({MANAGED_BY_LABEL: MANAGER, ENVIRONMENT_LABEL: target.environment.to_string()});
        let namespace =
            json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}});
        match self.cluster.create(kinds::NAMESPACE, name, &namespace).await {
            Ok(answer) => Ok((answer.body, true)),
            Err(Fault::Conflict { .. }) => {
                told(Told::Exists);
                match self.own_namespace(target).await? {
                    Some(found) => Ok((found, false)),
                    None => Err(Error::NamespaceGone { namespace: name.clone() }),
                }
            }
            Err(fault) => Err(while_doing(format!("Making the namespace “{name}”"))(fault)),
        }
    }

    /// The namespace, if it is there; an error if it is another's or on its way out.
    async fn own_namespace(&self, target: &Target) -> Result<Option<Value>> {
        let name = &target.namespace;
        let doing = format!("Reading the namespace “{name}”");
        let found = self.cluster.get(kinds::NAMESPACE, name, name).await;
        let Some(found) = found.map_err(while_doing(doing.clone()))? else { return Ok(None) };
        if !target.owns(&found) {
            return Err(Error::Foreign { namespace: name.clone() });
        }
        if let Some(since) = found["metadata"]["deletionTimestamp"].as_str() {
            let said = format!("it was told to go at {since}");
            return Err(while_doing(doing)(Fault::Terminating { said }));
        }
        Ok(Some(found))
    }
}

fn unknown_kind(name: &ObjectName) -> Error {
    Error::Unsuitable { object: name.to_string(), why: "Slipway makes no objects of this kind".to_owned() }
}

/// The object with the step's token, checked to be of this environment.
fn stamped(target: &Target, step: &str, object: &Value) -> Result<Value> {
    let name = ObjectName::of(object);
    let unsuitable = |why: &str| Error::Unsuitable { object: name.to_string(), why: why.to_owned() };
    if kind_of(object).is_none() {
        return Err(unknown_kind(&name));
    }
    let place = if object["kind"] == "Namespace" { "name" } else { "namespace" };
    if object["metadata"][place] != target.namespace.as_str() {
        return Err(unsuitable("it is not of this environment's namespace"));
    }
    if !target.owns(object) {
        return Err(unsuitable("it does not carry the environment's id"));
    }
    let mut object = object.clone();
    object["metadata"]["annotations"][STEP_ANNOTATION] = json!(step);
    Ok(object)
}

/// Of workloads the cluster only warns; what it refuses are their pods. Where both modes are the same, the warning
/// tells it at once.
fn enforces_what_it_warns_of(namespace: &Value) -> bool {
    let label = |name: &str| &namespace["metadata"]["labels"][format!("pod-security.kubernetes.io/{name}")];
    label("enforce").is_string()
        && label("enforce") == label("warn")
        && label("enforce-version") == label("warn-version")
}

#[cfg(test)]
#[path = "apply_tests.rs"]
mod tests;
