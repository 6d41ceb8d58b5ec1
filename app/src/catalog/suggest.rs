//! What the search of the top bar offers while somebody types: entities, the best first.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::words;
use crate::shell::suggest::{Suggest, Suggestion};

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
    use super::address::{self, ListAddress};
    use crate::request::{caller, platform, read_error};
    let mut asked = ListAddress::default();
    asked.query.set_text(&words);
    let list = super::list_read::list(&platform(), &caller(), &asked).await.map_err(read_error)?;
    let found = list.rows.into_iter().take(OFFERED).map(|row| Found {
        hint: match &row.owner {
            Some(owner) => format!("{} of {}", row.kind, owner.name),
            None => row.kind.clone(),
        },
        href: address::entity(&row.reference),
        name: row.name,
        kind: row.kind,
        of_type: row.of_type,
    });
    Ok(found.collect())
}

/// For the frame.
pub fn entities() -> Suggest {
    Suggest::new(|words: String| async move {
        let found = find(words).await.unwrap_or_default();
        let suggestion = |one: Found| Suggestion {
            icon: words::icon(&one.kind.to_lowercase(), one.of_type.as_deref()),
            name: one.name,
            hint: one.hint,
            href: one.href,
        };
        found.into_iter().map(suggestion).collect()
    })
}
