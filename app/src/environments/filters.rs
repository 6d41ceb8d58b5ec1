//! What narrows the list of environments: a search by the names of what is in a row, the team, and chips. All is links and a form that
//! asks, so it works without JavaScript.

use domain::environments::phase::Phase;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::functions::environment_teams;
use super::narrowed::{LIST, Narrowed};
use super::view::Named;
use crate::shell::facts::viewer;
use crate::shell::list_search::{ListSearch, Searched};
use crate::ui::prelude::*;

/// The teams that have environments, with what pages call them.
type Teams = Resource<Result<Vec<Named>, ServerFnError>>;

/// Everything above the list.
pub fn bar(narrowed: Memo<Narrowed>) -> AnyView {
    let of = Searched {
        text: Signal::derive(move || narrowed.with(|narrowed| narrowed.name.clone()).unwrap_or_default()),
        with_text: Callback::new(move |text: String| {
            narrowed.with_untracked(|narrowed| narrowed.with_name(&text))
        }),
        besides: Signal::derive(move || narrowed.with(Narrowed::besides_form)),
    };
    let teams = Resource::new(|| (), |()| environment_teams());
    view! {
        <ListSearch
            of=of
            action=LIST
            label="Search environments"
            hint="Search by name, team, service or cluster"
            class="list-search"
        >
            {choice_of_team(narrowed, teams)}
        </ListSearch>
        <nav class="filters" aria-label="Whose">
            <span class="filter-name" aria-hidden="true">"Whose"</span>
            {move || narrowed.with(whose)}
            {team(narrowed, teams)}
        </nav>
        <nav class="filters" aria-label="State">
            <span class="filter-name" aria-hidden="true">"State"</span>
            {move || narrowed.with(phases)}
        </nav>
    }
    .into_any()
}

/// The teams that have environments, as a field of the search. Where there is no choice, the search keeps the team that is chosen already.
fn choice_of_team(narrowed: Memo<Narrowed>, teams: Teams) -> AnyView {
    view! {
        <Transition>
            {move || Suspend::new(async move {
                let teams = teams.await.unwrap_or_default();
                match teams.len() {
                    0 | 1 => kept(narrowed),
                    _ => choice(narrowed, teams),
                }
            })}
        </Transition>
    }
    .into_any()
}

fn kept(narrowed: Memo<Narrowed>) -> AnyView {
    let team = move || {
        let team = narrowed.with(|narrowed| narrowed.team.clone());
        team.map(|team| view! { <input type="hidden" name="team" value=team /> })
    };
    view! { {team} }.into_any()
}

fn choice(narrowed: Memo<Narrowed>, teams: Vec<Named>) -> AnyView {
    let navigate = use_navigate();
    let known: Vec<String> = teams.iter().map(|team| team.value.clone()).collect();
    // A team that has none, as an address may name it, is chosen all the same.
    let other = move || {
        let team = narrowed.with(|narrowed| narrowed.team.clone()).filter(|team| !known.contains(team))?;
        let name = short(&team).to_owned();
        Some(view! { <option value=team selected=true prop:selected=true>{name}</option> })
    };
    let choose = move |event: web_sys::Event| {
        let team = Some(event_target_value(&event)).filter(|team| !team.is_empty());
        let href = narrowed.with_untracked(|narrowed| Narrowed { team, ..narrowed.clone() }.href(None));
        navigate(&href, NavigateOptions { resolve: false, scroll: false, ..Default::default() });
    };
    let all = Named { value: String::new(), label: "All teams".to_owned() };
    let options: Vec<_> = std::iter::once(all)
        .chain(teams)
        .map(|team| {
            let value = team.value.clone();
            let is = |narrowed: &Narrowed, value: &str| narrowed.team.as_deref().unwrap_or_default() == value;
            let at_first = narrowed.with_untracked(|narrowed| is(narrowed, &value));
            let is_on = move || narrowed.with(|narrowed| is(narrowed, &value));
            view! {
                <option value=team.value selected=at_first prop:selected=is_on>
                    {team.label}
                </option>
            }
        })
        .collect();
    view! {
        <div class="select">
            <select class="input" name="team" aria-label="Team" on:change=choose>
                {options} {other}
            </select>
            <Icon of=Glyph::ChevronDown />
        </div>
    }
    .into_any()
}

/// Whose they are: everybody's, one's own or one's teams', of an entity; each a link that keeps the rest.
fn whose(narrowed: &Narrowed) -> AnyView {
    let with = |change: fn(&mut Narrowed)| changed(narrowed, change);
    let entity = narrowed.entity.as_deref().map(|entity| {
        view! { <FilterChip text=format!("Of: {}", short(entity)) without=with(|narrowed| narrowed.entity = None) /> }
    });
    let of = |mine: bool, my_teams: bool| Narrowed { mine, my_teams, ..narrowed.clone() }.href(None);
    let my_teams = viewer()
        .is_some_and(|viewer| viewer.in_team)
        .then(|| view! { <Chip text="My teams'" href=of(false, true) on=narrowed.my_teams /> });
    let everyones = !narrowed.mine && !narrowed.my_teams;
    view! {
        <Chip text="Everyone's" href=of(false, false) on=everyones />
        <Chip text="Mine" href=of(true, false) on=narrowed.mine />
        {my_teams}
        {entity}
    }
    .into_any()
}

/// The team that they are of, as the list calls it.
fn team(narrowed: Memo<Narrowed>, teams: Teams) -> AnyView {
    view! {
        <Transition>
            {move || {
                let narrowed = narrowed.get();
                Suspend::new(async move {
                    let team = narrowed.team.as_deref()?;
                    let known = teams.await.unwrap_or_default();
                    let named = known.into_iter().find(|known| known.value == team);
                    let name = named.map_or_else(|| short(team).to_owned(), |known| known.label);
                    let without = changed(&narrowed, |narrowed| narrowed.team = None);
                    Some(view! { <FilterChip text=format!("Team: {name}") without=without /> })
                })
            }}
        </Transition>
    }
    .into_any()
}

/// The groups of states, of which the one that is chosen leads back to all that live.
fn phases(narrowed: &Narrowed) -> AnyView {
    let to = |phase: Option<Phase>| narrowed.in_phase(phase).href(None);
    let chips = Phase::ALL.map(|phase| {
        let on = narrowed.phase == Some(phase);
        view! { <Chip text=phase.words() href=to((!on).then_some(phase)) on=on /> }
    });
    // One of them is chosen, always.
    let lives = narrowed.phase.is_none() && !narrowed.ended;
    let is_all = narrowed.phase.is_none() && narrowed.ended;
    let all = Narrowed { ended: true, ..narrowed.in_phase(None) }.href(None);
    view! {
        <Chip text="Not ended" href=to(None) on=lives />
        {chips}
        <Chip text="All" href=all on=is_all />
    }
    .into_any()
}

/// The name in a reference.
fn short(reference: &str) -> &str {
    reference.rsplit('/').next().unwrap_or(reference)
}

fn changed(narrowed: &Narrowed, change: impl FnOnce(&mut Narrowed)) -> String {
    let mut changed = narrowed.clone();
    change(&mut changed);
    changed.href(None)
}
