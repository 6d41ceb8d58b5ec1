//! The parameters of a blueprint: the part of JSON Schema (draft 2020-12) that a plain form can show.
//!
//! - One flat object. A parameter is text, a whole number, a number, a yes/no, a list of text or a map of text.
//! - Whatever the form could not show, or this module could not check, is refused when the blueprint is published.
//! - The same check ([`super::check`]) runs in the browser and on the server.

mod hints;
mod read;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use read::read;
pub(in crate::environments) use read::{options_of, title_of};

/// The parameters of one blueprint, in the order of the file, which is the order of the form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Schema {
    pub parameters: Vec<Parameter>,
}

impl Schema {
    pub fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| parameter.name == name)
    }
}

/// One parameter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Parameter {
    /// The key in the request and in expressions: `parameters.<name>`.
    pub name: String,
    /// What the form calls it; `title`, else made from the name.
    pub title: String,
    /// What stands below the field; `x-help`, else `description`.
    pub help: Option<String>,
    pub required: bool,
    /// Checked against `kind` at publication.
    pub default: Option<Value>,
    pub kind: Kind,
    pub hints: Hints,
}

/// What a parameter's value may be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Kind {
    Text(TextRules),
    Integer(IntegerRules),
    Number(NumberRules),
    YesNo,
    List(ListRules),
    Map(MapRules),
}

/// `minLength` and `maxLength` count characters (Unicode scalar values, RFC 8259).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TextRules {
    pub min: Option<u64>,
    pub max: Option<u64>,
    pub pattern: Option<Pattern>,
    pub format: Option<Format>,
    /// `enum`; empty when any text will do.
    pub options: Vec<String>,
}

/// A regular expression, found anywhere in the text unless it is anchored (JSON Schema, 6.3.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pattern {
    pub expression: String,
    /// `x-allowed`: what the expression allows, in words that end the sentence "Use …".
    pub allowed: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct IntegerRules {
    pub min: Option<i64>,
    pub max: Option<i64>,
    pub multiple_of: Option<i64>,
    pub options: Vec<i64>,
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct NumberRules {
    pub min: Option<f64>,
    pub max: Option<f64>,
    /// `exclusiveMinimum`: the value must be above it.
    pub above: Option<f64>,
    /// `exclusiveMaximum`: the value must be below it.
    pub below: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ListRules {
    pub items: TextRules,
    pub min: Option<u64>,
    pub max: Option<u64>,
    pub unique: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct MapRules {
    pub keys: TextRules,
    pub values: TextRules,
    pub min: Option<u64>,
    pub max: Option<u64>,
}

/// The formats that are checked; JSON Schema's own names where it has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Format {
    /// One address, `name@host` (the useful part of RFC 5321).
    Email,
    /// An absolute `http` or `https` address.
    Uri,
    /// RFC 1123.
    Hostname,
    /// `2026-11-23` (RFC 3339 full-date).
    Date,
    /// An IPv4 address.
    Ipv4,
    /// A container image reference (the grammar of distribution/reference).
    Image,
    /// A name of at most 63 characters for a host or a Kubernetes object (RFC 1123 label).
    DnsLabel,
    /// A path of an HTTP request, from `/`.
    HttpPath,
}

impl Format {
    pub const ALL: [(&'static str, Format); 8] = [
        ("email", Format::Email),
        ("uri", Format::Uri),
        ("hostname", Format::Hostname),
        ("date", Format::Date),
        ("ipv4", Format::Ipv4),
        ("image", Format::Image),
        ("dns-label", Format::DnsLabel),
        ("http-path", Format::HttpPath),
    ];

    pub fn named(name: &str) -> Option<Format> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, format)| *format)
    }
}

/// The `x-` keys: how the form shows a parameter. They never change what is allowed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Hints {
    /// `x-widget`: `textarea`, `segmented` or `select`.
    pub widget: Option<Widget>,
    /// `x-unit`: stands behind a number ("MiB").
    pub unit: Option<String>,
    pub placeholder: Option<String>,
    /// `x-noun`: what a number is, for sentences ("Must be a port number from 1 to 65535").
    pub noun: Option<String>,
    /// `x-catalog-kind`: the text is a reference to an entity of this kind, chosen from the catalog.
    pub catalog_kind: Option<String>,
    /// `x-secret`: never shown again, never sent back to the form, kept encrypted.
    pub secret: bool,
    /// `x-options`: title and explanation of each option of an `enum`.
    pub options: Vec<OptionWords>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Widget {
    Textarea,
    Segmented,
    Select,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OptionWords {
    pub value: String,
    pub title: String,
    pub help: Option<String>,
}

#[cfg(test)]
mod tests;
