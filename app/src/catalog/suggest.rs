//! What the search of the top bar offers while somebody types: entities, the best first.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::words;
use crate::shell::suggest::{Suggest, Suggestion};
use crate::ui::message::sentence;

/// How many are offered.
#[cfg(feature = "ssr")]
const OFFERED: usize = 8;

/// An entity that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    name: String,
    hint: String,
    kind: String,
    of_type: Option<String>,
    href: String,
}

/// The entities that some words mean best. Everyone signed in.
#[server(prefix = "/do", endpoint = "find")]
pub async fn find(words: String) -> Result<Vec<Found>, ServerFnError> {
    use super::address;
    use crate::request::{caller, platform, read_error};
    use platform::catalog::service::search_entities;
    let platform = platform();
    let snapshot = platform.catalog.snapshot();
    let hits = search_entities(&platform.catalog, &caller(), &words, OFFERED).map_err(read_error)?;
    let found = hits.into_iter().map(|hit| {
        let entity = &hit.entry.entity;
        let kind = entity.kind.as_str().to_owned();
        Found {
            hint: match entity.owner() {
                Some(owner) => format!("{kind} of {}", snapshot.name_of(&owner, "group")),
                None => kind.clone(),
            },
            href: address::entity(entity.reference()),
            name: entity.display_name().to_owned(),
            of_type: entity.spec_type().map(str::to_owned),
            kind,
        }
    });
    Ok(found.collect())
}

/// For the frame.
pub fn entities() -> Suggest {
    Suggest::new(|words: String| async move {
        let found = find(words).await.map_err(|error| sentence(&error))?;
        let suggestion = |one: Found| Suggestion {
            icon: words::icon(&one.kind.to_lowercase(), one.of_type.as_deref()),
            name: one.name,
            hint: one.hint,
            href: one.href,
        };
        Ok(found.into_iter().map(suggestion).collect())
    })
}
