//! Relations between entities, always both ways.
//!
//! - Whatever one side states, the other side has as well: `ownedBy` here is `ownerOf` there.
//! - A target that does not exist is kept; the page shows it as dangling.
//! - A kind that is not listed states no relation.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{
    entity::Entity,
    reference::{EntityRef, RefContext},
    spec::{self, Link, Shape},
};

/// The relations of Backstage's model ("Well-known relations between catalog entities").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Relation {
    OwnedBy,
    OwnerOf,
    PartOf,
    HasPart,
    ProvidesApi,
    ApiProvidedBy,
    ConsumesApi,
    ApiConsumedBy,
    DependsOn,
    DependencyOf,
    MemberOf,
    HasMember,
    ChildOf,
    ParentOf,
}

impl Relation {
    pub const ALL: [Relation; 14] = [
        Relation::OwnedBy,
        Relation::OwnerOf,
        Relation::PartOf,
        Relation::HasPart,
        Relation::ProvidesApi,
        Relation::ApiProvidedBy,
        Relation::ConsumesApi,
        Relation::ApiConsumedBy,
        Relation::DependsOn,
        Relation::DependencyOf,
        Relation::MemberOf,
        Relation::HasMember,
        Relation::ChildOf,
        Relation::ParentOf,
    ];

    /// The same relation seen from the other end.
    pub fn inverse(self) -> Relation {
        match self {
            Relation::OwnedBy => Relation::OwnerOf,
            Relation::OwnerOf => Relation::OwnedBy,
            Relation::PartOf => Relation::HasPart,
            Relation::HasPart => Relation::PartOf,
            Relation::ProvidesApi => Relation::ApiProvidedBy,
            Relation::ApiProvidedBy => Relation::ProvidesApi,
            Relation::ConsumesApi => Relation::ApiConsumedBy,
            Relation::ApiConsumedBy => Relation::ConsumesApi,
            Relation::DependsOn => Relation::DependencyOf,
            Relation::DependencyOf => Relation::DependsOn,
            Relation::MemberOf => Relation::HasMember,
            Relation::HasMember => Relation::MemberOf,
            Relation::ChildOf => Relation::ParentOf,
            Relation::ParentOf => Relation::ChildOf,
        }
    }

    /// The name that Backstage and its read API use.
    pub fn as_str(self) -> &'static str {
        match self {
            Relation::OwnedBy => "ownedBy",
            Relation::OwnerOf => "ownerOf",
            Relation::PartOf => "partOf",
            Relation::HasPart => "hasPart",
            Relation::ProvidesApi => "providesApi",
            Relation::ApiProvidedBy => "apiProvidedBy",
            Relation::ConsumesApi => "consumesApi",
            Relation::ApiConsumedBy => "apiConsumedBy",
            Relation::DependsOn => "dependsOn",
            Relation::DependencyOf => "dependencyOf",
            Relation::MemberOf => "memberOf",
            Relation::HasMember => "hasMember",
            Relation::ChildOf => "childOf",
            Relation::ParentOf => "parentOf",
        }
    }

    /// Reads the name that Backstage uses.
    pub fn from_name(name: &str) -> Option<Relation> {
        Self::ALL.into_iter().find(|relation| relation.as_str() == name)
    }
}

/// What an entity's own `spec` states, in the order of its fields, each once.
pub fn stated(entity: &Entity) -> Vec<(Relation, EntityRef)> {
    let mut stated: Vec<(Relation, EntityRef)> = Vec::new();
    for field in spec::fields(&entity.kind).unwrap_or_default() {
        let (link, value) = match (field.shape, entity.spec.get(field.name)) {
            (Shape::Reference(link), Some(value @ Json::String(_))) => (link, std::slice::from_ref(value)),
            (Shape::References(link), Some(Json::Array(values))) => (link, values.as_slice()),
            _ => continue,
        };
        for target in value.iter().filter_map(Json::as_str) {
            // The check refused what cannot be parsed; a placeholder not read yet is no text.
            if let Ok(target) = EntityRef::parse(target, context(link, entity.namespace())) {
                let next = (link.relation, target);
                if !stated.contains(&next) {
                    stated.push(next);
                }
            }
        }
    }
    stated
}

/// How a bare name in a field is completed.
pub fn context(link: Link, namespace: &str) -> RefContext<'_> {
    RefContext { kind: link.default_kind, namespace }
}

#[cfg(test)]
#[path = "relations_tests.rs"]
mod tests;
