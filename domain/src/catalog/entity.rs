//! An entity as the catalog holds it: checked, typed where lists and pages need it.
//!
//! - An entity exists only after its document passed the check, so a name, a kind and a reference
//!   are always there and well formed.
//! - `spec` and unknown fields of `metadata` are kept as JSON, in the file's order.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::{
    check,
    kind::Kind,
    pattern,
    problem::Problem,
    reference::{DEFAULT_NAMESPACE, EntityRef, RefError},
    relations,
    spec::{self, Shape},
    yaml::{Entry, Node, Value},
};

/// An entity of the catalog. Its JSON is Backstage's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", try_from = "Body")]
pub struct Entity {
    pub api_version: String,
    pub kind: Kind,
    pub metadata: Metadata,
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub spec: Map<String, Json>,
    #[serde(skip)]
    reference: EntityRef,
}

/// What every entity says about itself.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Metadata {
    pub name: String,
    #[serde(default = "default_namespace")]
    pub namespace: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uid: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
    /// Fields that Slipway does not know.
    #[serde(flatten)]
    pub other: Map<String, Json>,
}

/// A link of an entity to somewhere else.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    pub url: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icon: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none", rename = "type")]
    pub kind: Option<String>,
}

impl Link {
    /// The address that a page may put into `href`; `None` for a scheme that could run something in
    /// the reader's browser (`javascript:`, `data:` and whatever else is not on this list).
    pub fn href(&self) -> Option<&str> {
        const FOLLOWED: [&str; 6] = ["http", "https", "mailto", "tel", "slack", "msteams"];
        let (scheme, _) = pattern::split_scheme(self.url.trim_matches(|c: char| c <= ' '))?;
        FOLLOWED.iter().any(|followed| scheme.eq_ignore_ascii_case(followed)).then_some(self.url.as_str())
    }

    /// What to show: the title, else the address.
    pub fn label(&self) -> &str {
        self.title.as_deref().unwrap_or(&self.url)
    }
}

/// A document that is no entity, with all that is wrong in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Refused {
    /// The entity that the document means to describe, when that can be told.
    pub reference: Option<EntityRef>,
    /// At least one, in the order of the file.
    pub problems: Vec<Problem>,
}

impl Entity {
    /// Checks a document and takes it as an entity.
    pub fn from_node(root: Node) -> Result<Entity, Refused> {
        let mut problems = check::check(&root);
        if problems.is_empty() {
            let (line, column) = (root.line, root.column);
            match build(root) {
                Ok(entity) => return Ok(entity),
                Err((reference, error)) => {
                    problems.push(Problem {
                        line,
                        column,
                        path: String::new(),
                        message: format!("{error}."),
                    });
                    return Err(Refused { reference, problems });
                }
            }
        }
        Err(Refused { reference: stated_reference(&root), problems })
    }

    pub fn reference(&self) -> &EntityRef {
        &self.reference
    }

    pub fn name(&self) -> &str {
        &self.metadata.name
    }

    pub fn namespace(&self) -> &str {
        &self.metadata.namespace
    }

    /// The title, else a group's or user's display name.
    pub fn title(&self) -> Option<&str> {
        self.metadata.title.as_deref().or_else(|| match self.kind {
            Kind::Group | Kind::User => self.spec.get("profile")?.get("displayName")?.as_str(),
            _ => None,
        })
    }

    /// What a person calls it: the title, else the name.
    pub fn display_name(&self) -> &str {
        self.title().unwrap_or(&self.metadata.name)
    }

    pub fn description(&self) -> Option<&str> {
        self.metadata.description.as_deref().filter(|text| !text.is_empty())
    }

    pub fn tags(&self) -> &[String] {
        &self.metadata.tags
    }

    pub fn links(&self) -> &[Link] {
        &self.metadata.links
    }

    /// The value of an annotation; the keys are in [`super::annotations`].
    pub fn annotation(&self, key: &str) -> Option<&str> {
        self.metadata.annotations.get(key).map(String::as_str)
    }

    /// `spec.type`, as in `service`.
    pub fn spec_type(&self) -> Option<&str> {
        self.spec.get("type").and_then(Json::as_str)
    }

    /// `spec.lifecycle`, as in `production`.
    pub fn lifecycle(&self) -> Option<&str> {
        self.spec.get("lifecycle").and_then(Json::as_str)
    }

    /// Who owns it, whether or not that group or user exists.
    pub fn owner(&self) -> Option<EntityRef> {
        self.reference_in("owner")
    }

    /// The system that it is part of, whether or not that exists.
    pub fn system(&self) -> Option<EntityRef> {
        self.reference_in("system")
    }

    fn reference_in(&self, name: &str) -> Option<EntityRef> {
        let field = spec::fields(&self.kind)?.iter().find(|field| field.name == name)?;
        let Shape::Reference(link) = field.shape else { return None };
        EntityRef::parse(self.spec.get(name)?.as_str()?, relations::context(link, self.namespace())).ok()
    }
}

/// The entity that a document means, as far as it can be told without the document being right.
pub fn stated_reference(root: &Node) -> Option<EntityRef> {
    let metadata = root.get("metadata")?;
    let namespace = metadata.get("namespace").and_then(Node::as_text).unwrap_or(DEFAULT_NAMESPACE);
    EntityRef::new(root.get("kind")?.as_text()?, namespace, metadata.get("name")?.as_text()?).ok()
}

fn default_namespace() -> String {
    DEFAULT_NAMESPACE.to_owned()
}

/// The stored form of an entity; the reference is computed when it is read.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    api_version: String,
    kind: Kind,
    metadata: Metadata,
    #[serde(default)]
    spec: Map<String, Json>,
}

impl TryFrom<Body> for Entity {
    type Error = RefError;
    fn try_from(body: Body) -> Result<Entity, RefError> {
        let Body { api_version, kind, metadata, spec } = body;
        let reference = EntityRef::new(kind.as_str(), &metadata.namespace, &metadata.name)?;
        Ok(Entity { api_version, kind, metadata, spec, reference })
    }
}

/// Moves a checked document's values into an entity. Values of the wrong shape cannot be here, except
/// placeholders that were not read yet; those are left out of the typed fields.
fn build(root: Node) -> Result<Entity, (Option<EntityRef>, RefError)> {
    let reference = stated_reference(&root);
    let mut body = Body {
        api_version: String::new(),
        kind: Kind::from_file(""),
        metadata: Metadata { namespace: default_namespace(), ..Metadata::default() },
        spec: Map::new(),
    };
    for Entry { key, node, .. } in into_entries(root) {
        match key.as_str() {
            "apiVersion" => body.api_version = into_text(node).unwrap_or_default(),
            "kind" => body.kind = Kind::from_file(node.as_text().unwrap_or_default()),
            "metadata" => fill_metadata(&mut body.metadata, node),
            "spec" => body.spec = super::yaml::into_object(into_entries(node)),
            // `relations` and `status` are tolerated and ignored.
            _ => {}
        }
    }
    Entity::try_from(body).map_err(|error| (reference, error))
}

fn fill_metadata(metadata: &mut Metadata, node: Node) {
    for Entry { key, node, .. } in into_entries(node) {
        match key.as_str() {
            "name" => metadata.name = into_text(node).unwrap_or_default(),
            "namespace" => metadata.namespace = into_text(node).unwrap_or_else(default_namespace),
            "uid" => metadata.uid = into_text(node),
            "title" => metadata.title = into_text(node),
            "description" => metadata.description = into_text(node),
            "labels" => metadata.labels = into_texts_by_key(node),
            "annotations" => metadata.annotations = into_texts_by_key(node),
            "tags" => metadata.tags = into_items(node).into_iter().filter_map(into_text).collect(),
            "links" => metadata.links = into_items(node).into_iter().filter_map(into_link).collect(),
            _ => {
                metadata.other.insert(key, node.into_json());
            }
        }
    }
}

fn into_link(node: Node) -> Option<Link> {
    let mut link = Link::default();
    for Entry { key, node, .. } in into_entries(node) {
        match key.as_str() {
            "url" => link.url = into_text(node)?,
            "title" => link.title = into_text(node),
            "icon" => link.icon = into_text(node),
            "type" => link.kind = into_text(node),
            _ => {}
        }
    }
    (!link.url.is_empty()).then_some(link)
}

fn into_text(node: Node) -> Option<String> {
    match node.value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

fn into_texts_by_key(node: Node) -> BTreeMap<String, String> {
    into_entries(node).into_iter().filter_map(|entry| Some((entry.key, into_text(entry.node)?))).collect()
}

fn into_entries(node: Node) -> Vec<Entry> {
    match node.value {
        Value::Map(entries) => entries,
        _ => Vec::new(),
    }
}

fn into_items(node: Node) -> Vec<Node> {
    match node.value {
        Value::List(items) => items,
        _ => Vec::new(),
    }
}

#[cfg(test)]
#[path = "entity_tests.rs"]
mod tests;
