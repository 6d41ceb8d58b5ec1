//! The words and icons by which pages name kinds, facets, relations and numbers.

use domain::catalog::query::{Attention, Facet};
use domain::catalog::reference::DEFAULT_NAMESPACE;
use domain::catalog::{EntityRef, Kind, Relation};

use crate::ui::icon::Glyph;

/// The icon of an entity.
pub fn icon(kind: &str, of_type: Option<&str>) -> Glyph {
    let of_type = of_type.unwrap_or_default().to_lowercase();
    match (Kind::from_reference(kind), of_type.as_str()) {
        (Kind::Component, "website" | "frontend") => Glyph::Website,
        (Kind::Component, "library" | "package") => Glyph::Library,
        (Kind::Component, "documentation" | "docs") => Glyph::BookOpen,
        (Kind::Component | Kind::Resource, _) if is_database(&of_type) => Glyph::Database,
        (Kind::Component, _) => Glyph::Box,
        (Kind::Api, _) => Glyph::Plug,
        (Kind::Resource, "cluster" | "kubernetes-cluster" | "server" | "vm") => Glyph::Server,
        (Kind::Resource, _) => Glyph::Cpu,
        (Kind::System, _) => Glyph::Component,
        (Kind::Domain, _) => Glyph::Globe,
        (Kind::Group, _) => Glyph::Users,
        (Kind::User, _) => Glyph::User,
        (Kind::Location, _) => Glyph::MapPin,
        (Kind::Template, _) => Glyph::FileCode,
        (Kind::Other(_), _) => Glyph::FileText,
    }
}

fn is_database(of_type: &str) -> bool {
    ["database", "db", "cache", "bucket", "s3-bucket", "storage"].contains(&of_type)
}

/// The kind as files write it.
pub fn kind(kind: &str) -> String {
    Kind::from_reference(kind).as_str().to_owned()
}

/// The title of a facet.
pub fn facet(facet: Facet) -> &'static str {
    match facet {
        Facet::Kind => "Kind",
        Facet::Type => "Type",
        Facet::Owner => "Owner",
        Facet::Lifecycle => "Lifecycle",
        Facet::System => "System",
        Facet::Tag => "Tag",
        Facet::Namespace => "Namespace",
        Facet::Attention => "Needs attention",
    }
}

/// How a value of a facet is shown.
pub fn facet_value(facet: Facet, value: &str) -> String {
    match facet {
        Facet::Kind => kind(value),
        Facet::Owner => short(value, "group"),
        Facet::System => short(value, "system"),
        Facet::Attention => match Attention::from_name(value) {
            Some(Attention::NoOwner) => "No owner".to_owned(),
            Some(Attention::UnknownOwner) => "Owner not in the catalog".to_owned(),
            Some(Attention::Dangling) => "Refers to something missing".to_owned(),
            Some(Attention::Orphan) => "Orphaned".to_owned(),
            None => value.to_owned(),
        },
        Facet::Type | Facet::Lifecycle | Facet::Tag | Facet::Namespace => value.to_owned(),
    }
}

/// A reference as short as it is clear where a kind is understood.
pub fn short(reference: &str, kind: &str) -> String {
    match reference.parse::<EntityRef>() {
        Ok(reference) => reference.short(kind, DEFAULT_NAMESPACE).to_owned(),
        Err(_) => reference.to_owned(),
    }
}

/// A relation as seen from an entity.
pub fn relation(relation: Relation) -> &'static str {
    match relation {
        Relation::OwnedBy => "Owned by",
        Relation::OwnerOf => "Owns",
        Relation::PartOf => "Part of",
        Relation::HasPart => "Has parts",
        Relation::ProvidesApi => "Provides the API",
        Relation::ApiProvidedBy => "Provided by",
        Relation::ConsumesApi => "Uses the API",
        Relation::ApiConsumedBy => "Used by",
        Relation::DependsOn => "Depends on",
        Relation::DependencyOf => "Needed by",
        Relation::MemberOf => "Member of",
        Relation::HasMember => "Has members",
        Relation::ChildOf => "Sub-team of",
        Relation::ParentOf => "Has sub-teams",
    }
}

/// Whether a relation leads from the one that needs, belongs or is owned: the end that its file usually states.
pub fn leads_out(relation: Relation) -> bool {
    matches!(
        relation,
        Relation::OwnedBy
            | Relation::PartOf
            | Relation::ProvidesApi
            | Relation::ConsumesApi
            | Relation::DependsOn
            | Relation::MemberOf
            | Relation::ChildOf
    )
}

/// A number with its noun: "1 file", "10,000 files".
pub fn count(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(number), if number == 1 { one } else { many })
}

/// "1 finding", "12 findings".
pub fn findings(number: u64) -> String {
    count(number, "finding", "findings")
}

/// How many of some entities are teams, at least one: "It is a team", "4 of them are teams".
pub fn are_teams(teams: u64, of: u64) -> String {
    match of {
        1 => "It is a team".to_owned(),
        _ => count(teams, "of them is a team", "of them are teams"),
    }
}

/// A number with its thousands apart.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        for (number, expected) in
            [(0, "0"), (999, "999"), (1_000, "1,000"), (10_000, "10,000"), (1_234_567, "1,234,567")]
        {
            assert_eq!(grouped(number), expected);
        }
        assert_eq!(count(1, "file", "files"), "1 file");
    }

    #[test]
    fn one_end_of_a_relation_leads_out_and_the_other_in() {
        for one in Relation::ALL {
            assert_ne!(leads_out(one), leads_out(one.inverse()), "{one:?}");
        }
    }

    #[test]
    fn values_are_named_as_people_write_them() {
        for (of, value, expected) in [
            (Facet::Kind, "api", "API"),
            (Facet::Owner, "group:default/payments", "payments"),
            (Facet::Owner, "user:default/mina", "user:default/mina"),
            (Facet::System, "system:shop/orders", "shop/orders"),
            (Facet::Attention, "no-owner", "No owner"),
            (Facet::Attention, "unknown-owner", "Owner not in the catalog"),
            (Facet::Tag, "go", "go"),
        ] {
            assert_eq!(facet_value(of, value), expected);
        }
    }
}
