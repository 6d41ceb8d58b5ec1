//! What the palette finds of environments: their pages, and more time for those that whoever looks may give it to.

use domain::environments::life::State;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::narrowed::Narrowed;
use crate::shell::suggest::{Suggest, Suggestion};
use crate::ui::icon::Glyph;
use crate::ui::message::sentence;

/// How many are offered.
#[cfg(feature = "ssr")]
const OFFERED: usize = 5;

/// An environment that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    id: String,
    name: String,
    /// The owning team's title or short name.
    team: String,
    state: State,
    may_extend: bool,
}

/// Environments by a few letters of their names, those alive first; `extendable` is a switch. Everyone signed in.
#[server(prefix = "/do", endpoint = "find-environments")]
pub async fn find_environments(words: String, extendable: bool) -> Result<Vec<Found>, ServerFnError> {
    use crate::request::{caller, platform, read_error};
    use platform::environments::service::search_environments;
    let (platform, caller) = (platform(), caller());
    let found = search_environments(&platform.environments, &caller, &words, extendable, OFFERED).await;
    let catalog = platform.catalog.snapshot();
    let of = |one: platform::environments::service::NamedEnvironment| Found {
        id: one.id.to_string(),
        team: catalog.team_name(&one.team),
        name: one.name,
        state: one.state,
        may_extend: one.may_extend,
    };
    Ok(found.map_err(read_error)?.into_iter().map(of).collect())
}

/// For the palette.
pub fn environments() -> Suggest {
    Suggest::new(|words: String| async move {
        let (wish, name) = wish(&words);
        let found = find_environments(name.to_owned(), wish == Wish::Extend).await;
        Ok(suggestions(found.map_err(|error| sentence(&error))?, wish))
    })
}

/// For the search of the top bar, which leads to pages alone.
pub fn pages() -> Suggest {
    Suggest::new(|words: String| async move {
        let mut found = find_environments(words, false).await.map_err(|error| sentence(&error))?;
        for one in &mut found {
            one.may_extend = false;
        }
        Ok(suggestions(found, Wish::Any))
    })
}

/// On the list of the catalog: the environments that the words mean as well, and where all of these are.
pub fn also(text: Signal<String>) -> AnyView {
    let found = Resource::new(
        move || text.get(),
        |text| async move {
            match text.trim().is_empty() {
                true => Vec::new(),
                false => find_environments(text, false).await.unwrap_or_default(),
            }
        },
    );
    view! {
        <Transition>
            {move || Suspend::new(async move { line(found.await, text.get_untracked()) })}
        </Transition>
    }
    .into_any()
}

fn line(found: Vec<Found>, text: String) -> Option<AnyView> {
    if found.is_empty() {
        return None;
    }
    let all = Narrowed { name: Some(text), ended: true, ..Narrowed::default() }.href(None);
    let links: Vec<_> = found
        .into_iter()
        .map(|one| {
            let href = format!("/environments/{}", one.id);
            view! { <a class="link" href=href>{one.name}</a> ", " }
        })
        .collect();
    let line = view! {
        <p class="small">
            "Environments: " {links} <a class="link" href=all>"all that match"</a>
        </p>
    };
    Some(line.into_any())
}

/// What somebody is after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wish {
    /// An environment's page, or something to do with it.
    Any,
    /// More time for one.
    Extend,
}

/// "extend pay" is after more time for "pay", and so is "ext pay"; "extend" alone for any.
fn wish(words: &str) -> (Wish, &str) {
    let words = words.trim();
    let (first, rest) = words.split_once(char::is_whitespace).unwrap_or((words, ""));
    let first = first.to_lowercase();
    let asks = "extend".starts_with(&first) && (first == "extend" || first.len() > 1 && !rest.is_empty());
    if asks { (Wish::Extend, rest.trim_start()) } else { (Wish::Any, words) }
}

fn suggestions(found: Vec<Found>, wish: Wish) -> Vec<Suggestion> {
    let page = |one: &Found| Suggestion {
        name: one.name.clone(),
        hint: match one.state {
            State::GivenUp => format!("Environment of {}, given up", one.team),
            state if state.is_end() => format!("Environment of {}, destroyed", one.team),
            _ => format!("Environment of {}", one.team),
        },
        icon: Glyph::Environment,
        href: format!("/environments/{}", one.id),
    };
    let extend = |one: &Found| Suggestion {
        name: format!("Extend {}", one.name),
        hint: format!("Environment of {}", one.team),
        icon: Glyph::Clock,
        href: format!("/environments/{}/extend", one.id),
    };
    let pages = found.iter().filter(|_| wish == Wish::Any).map(page);
    let extensions = found.iter().filter(|one| one.may_extend).map(extend);
    pages.chain(extensions).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(name: &str, state: State, may_extend: bool) -> Found {
        Found { id: name.to_owned(), name: name.to_owned(), team: "payments".to_owned(), state, may_extend }
    }

    #[test]
    fn extend_before_a_name_asks_for_more_time() {
        assert_eq!(wish(" Extend pay "), (Wish::Extend, "pay"));
        assert_eq!(wish("ext pay pr"), (Wish::Extend, "pay pr"));
        assert_eq!(wish("extend"), (Wish::Extend, ""));
        // A name may begin so.
        assert_eq!(wish("ext"), (Wish::Any, "ext"));
        assert_eq!(wish("extends-api x"), (Wish::Any, "extends-api x"));
        assert_eq!(wish("e pay"), (Wish::Any, "e pay"));
    }

    #[test]
    fn more_time_is_offered_for_what_may_have_it() {
        let list = || vec![found("a", State::Ready, true), found("b", State::Destroyed, false)];
        let names = |wish| suggestions(list(), wish).into_iter().map(|one| one.name).collect::<Vec<_>>();
        assert_eq!(names(Wish::Any), ["a", "b", "Extend a"]);
        assert_eq!(names(Wish::Extend), ["Extend a"]);
    }
}
