//! "Request environment", for whoever may; and why others may not.

use leptos::prelude::*;

use crate::shell::facts::{is_administrator, viewer};
use crate::ui::prelude::*;

/// Whether whoever looks can ask for an environment of some team.
pub fn may_ask() -> bool {
    viewer().is_some_and(|viewer| viewer.may_request())
}

/// The main action of a page of environments.
pub fn button() -> Option<AnyView> {
    may_ask().then(|| {
        view! {
            <LinkButton href="/environments/new" kind=ButtonKind::Primary icon=Glyph::Plus>
                "Request environment"
            </LinkButton>
        }
        .into_any()
    })
}

/// Stands where there are none, with the way to the first one.
pub fn none_yet(why: &'static str) -> AnyView {
    if !may_ask() {
        return no_team(why);
    }
    let ways = || {
        view! {
            <LinkButton href="/environments/new">"Request one"</LinkButton>
            <LinkButton href="/catalog" kind=ButtonKind::Quiet>"Find your service"</LinkButton>
        }
    };
    view! {
        <EmptyState
            why=why
            icon=Glyph::Environment
            text="An environment runs one of your services in an isolated namespace, for as long as you choose."
            action=ways
        />
    }
    .into_any()
}

/// Stands where there were some and none is left, with the way to them, and to the next one for whoever may ask.
pub fn none_now(ended: &str) -> AnyView {
    let ended = ended.to_owned();
    let ways = move || {
        view! {
            {may_ask().then(|| view! { <LinkButton href="/environments/new">"Request one"</LinkButton> })}
            <LinkButton href=ended kind=ButtonKind::Quiet>"Show ended environments"</LinkButton>
        }
    };
    view! { <EmptyState why="No environment is alive now" icon=Glyph::Environment action=ways /> }.into_any()
}

/// For whoever has no team to ask for: they are in none, or no file defines theirs any more.
pub fn no_team(why: &'static str) -> AnyView {
    let lost = viewer().map(|viewer| viewer.lost_teams).unwrap_or_default();
    let (why, text) = match (lost.is_empty(), why == NO_TEAM) {
        (true, true) => (why, who_can().to_owned()),
        (true, false) => (why, format!("{NO_TEAM}. {}", who_can())),
        (false, true) => ("You cannot request an environment", lost_words(&lost)),
        (false, false) => (why, lost_words(&lost)),
    };
    let catalog = || view! { <LinkButton href="/catalog">"Look around the catalog"</LinkButton> };
    view! { <EmptyState why=why text=text icon=Glyph::Environment action=catalog /> }.into_any()
}

/// Why somebody cannot ask whose teams are in no file any more.
fn lost_words(teams: &[String]) -> String {
    match teams {
        [team] => format!(
            "Your team {team} is no longer in the catalog, so nothing can be requested for it. Ask an administrator to bring its file back or to add you to another team."
        ),
        teams => format!(
            "Your teams {} are no longer in the catalog, so nothing can be requested for them. Ask an administrator to bring their files back or to add you to another team.",
            teams.join(", ")
        ),
    }
}

/// Why somebody cannot ask.
pub const NO_TEAM: &str = "You are not in a team yet";
/// Who can change that. An administrator may ask for every team, so to them it means that there is none.
fn who_can() -> &'static str {
    match is_administrator() {
        true => {
            "Environments belong to teams, and the catalog has none yet. Add a trusted source that defines some under Settings, Catalog sources."
        }
        false => {
            "Environments belong to teams. Ask an administrator to add you to one; then you can request environments."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_in_a_team_that_no_file_defines_is_not_told_to_be_in_none() {
        let one = lost_words(&["payments".to_owned()]);
        assert_eq!(
            one,
            "Your team payments is no longer in the catalog, so nothing can be requested for it. Ask an administrator to bring its file back or to add you to another team."
        );
        let more = lost_words(&["payments".to_owned(), "search".to_owned()]);
        assert!(more.starts_with("Your teams payments, search are no longer in the catalog, so"), "{more}");
    }
}
