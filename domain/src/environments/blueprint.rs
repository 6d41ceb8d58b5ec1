//! A blueprint: what can be asked for, and the steps that make it.
//!
//! - A published version never changes; its digest says which text it was.
//! - Everything is checked when it is published: keys, parameters, names in expressions, and a trial of every
//!   manifest with sample values. Each problem has a line and a column.

mod read;
mod sample;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::form::Field;
use super::lifetime::Lifetime;
use super::network::Egress;
use super::problem::{Position, Problem};
use super::schema::Schema;
use super::yaml;

/// The blueprint that comes with Slipway.
pub const WEB_SERVICE: &str = include_str!("../../../blueprints/web-service.yaml");

/// One published version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Blueprint {
    pub name: String,
    /// Counts from 1.
    pub version: u32,
    pub title: String,
    pub description: String,
    pub lifetime: Lifetime,
    pub parameters: Schema,
    pub allowed_egress: Vec<Egress>,
    pub steps: Vec<Step>,
    pub outputs: Vec<Output>,
    /// SHA-256 of the document as JSON in its own order, in hexadecimal; comments and layout do not count.
    pub digest: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// A DNS label, unique in the blueprint; logs and idempotency keys carry it.
    pub id: String,
    pub title: String,
    pub driver: Driver,
    pub action: Action,
    /// The step fails when it takes longer.
    pub time_limit: SignedDuration,
}

/// What carries a step out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Driver {
    Kubernetes,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Make the safe namespace.
    Namespace,
    /// Apply these manifests, in this order.
    Apply { manifests: Vec<Manifest> },
    /// Watch all that was applied before until it is ready.
    Wait,
}

/// A manifest with its expressions, as it stands in the file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    pub value: Value,
    /// Its JSON pointer in the blueprint, for problems.
    pub pointer: String,
}

/// Something to copy when the environment is ready.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Output {
    pub name: String,
    pub title: String,
    /// Text with expressions.
    pub value: String,
    /// Shown only if this holds.
    pub when: Option<Value>,
    pub pointer: String,
}

impl Blueprint {
    /// Reads and checks a blueprint file.
    pub fn parse(text: &str) -> Result<Blueprint, Vec<Problem>> {
        let document = yaml::read(text)?;
        Blueprint::from_value(&document.value, |pointer| document.position(pointer))
    }

    /// The same from a document that was read already; `position` tells where a JSON pointer stands in its file.
    pub fn from_value(value: &Value, position: impl Fn(&str) -> Position) -> Result<Blueprint, Vec<Problem>> {
        let findings = match read::read(value) {
            Ok(blueprint) => match sample::try_out(&blueprint) {
                findings if findings.is_empty() => return Ok(blueprint),
                findings => findings,
            },
            Err(findings) => findings,
        };
        let mut problems: Vec<Problem> = findings.into_iter().map(|finding| finding.at(&position)).collect();
        problems.sort_by_key(|problem| problem.position);
        problems.dedup();
        Err(problems)
    }

    /// Reads one that was published: it was tried out then, and what is asked of new ones since does not take it away from those who
    /// have it.
    pub fn parse_published(text: &str) -> Result<Blueprint, Vec<Problem>> {
        let document = yaml::read(text)?;
        let position = |pointer: &str| document.position(pointer);
        read::read(&document.value)
            .map_err(|findings| findings.into_iter().map(|finding| finding.at(position)).collect())
    }

    /// The yes-or-no parameter that asks for an address, by what the fields begin with: a cluster without a base domain gives none.
    pub fn address_switch(&self, fields: &[Field]) -> Option<String> {
        sample::address_switch(self, fields)
    }

    /// All manifests in the order of their steps.
    pub fn manifests(&self) -> impl Iterator<Item = &Manifest> {
        self.steps.iter().flat_map(|step| match &step.action {
            Action::Apply { manifests } => manifests.as_slice(),
            _ => &[],
        })
    }
}

#[cfg(test)]
mod tests;
