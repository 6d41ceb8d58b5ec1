//! The fields of `spec` for each kind, and the relation that each reference in them states.
//!
//! One table serves the check and the relations, so that they cannot disagree (Backstage,
//! "Descriptor format of catalog entities" and its built-in kinds processor).

use super::{kind::Kind, relations::Relation};

/// A field of `spec` that Slipway knows. Fields beside these are kept and not looked at.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    pub name: &'static str,
    pub required: bool,
    pub shape: Shape,
}

/// What may stand in a field.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// A text of at least one character.
    Text,
    /// A list of such texts.
    Texts,
    Map,
    /// One reference.
    Reference(Link),
    /// A list of references.
    References(Link),
    /// `displayName`, `email`, `picture`.
    Profile,
    /// `required` or `optional`.
    Presence,
    /// A map, or a list of maps: the pages of a form.
    Parameters,
    /// A list of maps that each name an action.
    Steps,
}

/// What a reference in a field means.
#[derive(Debug, Clone, Copy)]
pub struct Link {
    /// From the entity with the field to the one referred to.
    pub relation: Relation,
    /// The kind of a bare name; `None` when the kind must be written.
    pub default_kind: Option<&'static str>,
}

const fn required(name: &'static str, shape: Shape) -> Field {
    Field { name, required: true, shape }
}

const fn optional(name: &'static str, shape: Shape) -> Field {
    Field { name, required: false, shape }
}

const fn one(relation: Relation, default_kind: &'static str) -> Shape {
    Shape::Reference(Link { relation, default_kind: Some(default_kind) })
}

const fn many(relation: Relation, default_kind: &'static str) -> Shape {
    Shape::References(Link { relation, default_kind: Some(default_kind) })
}

const fn many_of_any_kind(relation: Relation) -> Shape {
    Shape::References(Link { relation, default_kind: None })
}

const OWNER: Shape = one(Relation::OwnedBy, "Group");
const SYSTEM: Field = optional("system", one(Relation::PartOf, "System"));
const DEPENDS_ON: Field = optional("dependsOn", many_of_any_kind(Relation::DependsOn));
const DEPENDENCY_OF: Field = optional("dependencyOf", many_of_any_kind(Relation::DependencyOf));

const COMPONENT: &[Field] = &[
    required("type", Shape::Text),
    required("lifecycle", Shape::Text),
    required("owner", OWNER),
    SYSTEM,
    optional("subcomponentOf", one(Relation::PartOf, "Component")),
    optional("providesApis", many(Relation::ProvidesApi, "API")),
    optional("consumesApis", many(Relation::ConsumesApi, "API")),
    DEPENDS_ON,
    DEPENDENCY_OF,
];

const API: &[Field] = &[
    required("type", Shape::Text),
    required("lifecycle", Shape::Text),
    required("owner", OWNER),
    required("definition", Shape::Text),
    SYSTEM,
];

const RESOURCE: &[Field] =
    &[required("type", Shape::Text), required("owner", OWNER), SYSTEM, DEPENDS_ON, DEPENDENCY_OF];

const SYSTEM_KIND: &[Field] = &[
    required("owner", OWNER),
    optional("domain", one(Relation::PartOf, "Domain")),
    optional("type", Shape::Text),
];

const DOMAIN: &[Field] = &[
    required("owner", OWNER),
    optional("subdomainOf", one(Relation::PartOf, "Domain")),
    optional("type", Shape::Text),
];

const GROUP: &[Field] = &[
    required("type", Shape::Text),
    required("children", many(Relation::ParentOf, "Group")),
    optional("parent", one(Relation::ChildOf, "Group")),
    optional("members", many(Relation::HasMember, "User")),
    optional("profile", Shape::Profile),
];

const USER: &[Field] =
    &[required("memberOf", many(Relation::MemberOf, "Group")), optional("profile", Shape::Profile)];

const LOCATION: &[Field] = &[
    optional("type", Shape::Text),
    optional("target", Shape::Text),
    optional("targets", Shape::Texts),
    optional("presence", Shape::Presence),
];

const TEMPLATE: &[Field] = &[
    required("type", Shape::Text),
    required("steps", Shape::Steps),
    optional("owner", OWNER),
    optional("parameters", Shape::Parameters),
    optional("output", Shape::Map),
];

/// The known fields of a kind's `spec`, required ones first; `None` for a kind that is not listed.
pub fn fields(kind: &Kind) -> Option<&'static [Field]> {
    Some(match kind {
        Kind::Component => COMPONENT,
        Kind::Api => API,
        Kind::Resource => RESOURCE,
        Kind::System => SYSTEM_KIND,
        Kind::Domain => DOMAIN,
        Kind::Group => GROUP,
        Kind::User => USER,
        Kind::Location => LOCATION,
        Kind::Template => TEMPLATE,
        Kind::Other(_) => return None,
    })
}
