//! Everything that work on an environment needs, put together from what is kept: blueprint, place, rendered objects.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::environments::blueprint::{Action, Blueprint};
use domain::environments::name::EnvironmentName;
use domain::environments::namespace::{self, Surroundings};
use domain::environments::problem::Finding;
use domain::environments::render::{Place, Rendered, render};
use domain::ids::{BlueprintId, EnvironmentId};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};

use super::rows::BlueprintRow;
use super::store;
use crate::clusters::Connection;
use crate::db::Session;
use crate::{Error, Result};

/// Where an environment stands, owned.
#[derive(Clone, Debug)]
pub struct Site {
    pub id: EnvironmentId,
    pub name: EnvironmentName,
    pub namespace: String,
    pub team: String,
    pub host: Option<String>,
    pub https: bool,
    pub ingress_class: Option<String>,
}

impl Site {
    /// Of an environment on a cluster.
    pub fn new(
        id: EnvironmentId,
        name: EnvironmentName,
        namespace: String,
        team: &str,
        connection: &Connection,
    ) -> Self {
        let settings = &connection.settings;
        Self {
            host: settings.base_domain.as_deref().map(|base| name.host(base)),
            https: settings.https,
            ingress_class: settings.ingress_class.clone(),
            team: team.to_owned(),
            id,
            name,
            namespace,
        }
    }

    /// For the rules.
    pub fn place(&self) -> Place<'_> {
        Place {
            id: &self.id,
            name: &self.name,
            namespace: &self.namespace,
            owner: &self.team,
            host: self.host.as_deref(),
            https: self.https,
            ingress_class: self.ingress_class.as_deref(),
        }
    }
}

/// A blueprint made concrete for one environment.
#[derive(Clone, Debug)]
pub struct Prepared {
    pub blueprint: Arc<Blueprint>,
    pub site: Site,
    pub rendered: Rendered,
    pub connection: Connection,
    /// What images are pulled with, where the work is done.
    pub registry: Option<SecretString>,
}

impl Prepared {
    /// Renders a blueprint with parameters that were checked before.
    pub fn new(
        blueprint: Arc<Blueprint>,
        site: Site,
        parameters: &Map<String, Value>,
        connection: Connection,
    ) -> Result<Self, Vec<Finding>> {
        let rendered = render(&blueprint, parameters, &site.place())?;
        Ok(Self { blueprint, site, rendered, connection, registry: None })
    }

    /// The objects that a step applies, in order; for a step that waits, everything that was applied before it.
    pub fn objects(&self, key: &str, expires_at: Timestamp) -> Vec<Value> {
        let Some(step) = self.blueprint.steps.iter().find(|step| step.id == key) else { return Vec::new() };
        match &step.action {
            Action::Namespace => {
                let settings = &self.connection.settings;
                let around = Surroundings {
                    team: &self.site.team,
                    expires_at,
                    ingress_namespace: settings.ingress_namespace.as_deref(),
                    dns: &settings.dns,
                    registry: self.registry.as_ref().map(ExposeSecret::expose_secret),
                };
                namespace::objects(&self.blueprint, &self.rendered, &self.site.place(), &around)
            }
            Action::Apply { .. } => {
                let of_step = self.rendered.steps.iter().find(|(id, _)| id == key);
                of_step.map(|(_, objects)| objects.clone()).unwrap_or_default()
            }
            Action::Wait => {
                let before = self.blueprint.steps.iter().take_while(|step| step.id != key);
                let applied =
                    before.filter_map(|step| self.rendered.steps.iter().find(|(id, _)| *id == step.id));
                applied.flat_map(|(_, objects)| objects).cloned().collect()
            }
        }
    }
}

/// Published blueprints that were read in this process. A published version never changes, so that what was read once stays right.
#[derive(Clone, Debug, Default)]
pub struct Blueprints(Arc<Mutex<HashMap<BlueprintId, Arc<Blueprint>>>>);

impl Blueprints {
    /// The blueprint of this id; none where there is none.
    pub async fn find(&self, s: &mut dyn Session, id: BlueprintId) -> Result<Option<Arc<Blueprint>>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&id).cloned();
        if known.is_some() {
            return Ok(known);
        }
        match store::blueprint_find(s, id).await? {
            Some(row) => self.of(&row).map(Some),
            None => Ok(None),
        }
    }

    /// The blueprint of a row.
    pub fn of(&self, row: &BlueprintRow) -> Result<Arc<Blueprint>> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.get(&row.id) {
            return Ok(known.clone());
        }
        let read = Arc::new(blueprint(row)?);
        known.insert(row.id, read.clone());
        Ok(read)
    }
}

/// The blueprint of a row: it was checked when it was published.
fn blueprint(row: &BlueprintRow) -> Result<Blueprint> {
    Blueprint::parse_published(&row.source).map_err(|problems| {
        Error::internal(
            "reading a published blueprint",
            format!("{} version {}: {problems:?}", row.name, row.version),
        )
    })
}
