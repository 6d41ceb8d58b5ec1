//! `/environments`: what is alive, whose it is, how long it lives.

use domain::catalog::reference::EntityRef;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::params::ParamsMap;

use super::functions::environments;
use super::view::{EnvironmentList, EnvironmentRow};
use super::{ask, entity_page, micros, state};
use crate::shell::lazy::lazy_page;
use crate::ui::prelude::*;

lazy_page!(EnvironmentsPage in environments, view);

/// What the list is narrowed to, as it stands in the address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Narrowed {
    /// Those that whoever looks asked for.
    pub mine: bool,
    /// Those that are gone, too.
    pub ended: bool,
    /// A Group's reference.
    pub team: Option<String>,
    /// An entity's reference.
    pub entity: Option<String>,
}

impl Narrowed {
    /// Of an address; what is no reference narrows nothing.
    fn read(query: &ParamsMap) -> Self {
        let is_on = |name: &str| query.get_str(name) == Some("1");
        let reference = |name: &str| {
            let parsed = query.get_str(name)?.parse::<EntityRef>().ok()?;
            Some(parsed.as_str().to_owned())
        };
        Self {
            mine: is_on("mine"),
            ended: is_on("ended"),
            team: reference("team"),
            entity: reference("entity"),
        }
    }

    /// Its address. References and positions hold nothing that an address would have to spell otherwise.
    pub fn href(&self, after: Option<&str>) -> String {
        let pair = |name: &str, value: Option<&str>| value.map(|value| format!("{name}={value}"));
        let parts: Vec<String> = [
            pair("mine", self.mine.then_some("1")),
            pair("ended", self.ended.then_some("1")),
            pair("team", self.team.as_deref()),
            pair("entity", self.entity.as_deref()),
            pair("after", after),
        ]
        .into_iter()
        .flatten()
        .collect();
        if parts.is_empty() {
            "/environments".to_owned()
        } else {
            format!("/environments?{}", parts.join("&"))
        }
    }
}

fn view() -> AnyView {
    let query = use_query_map();
    let narrowed = Memo::new(move |_| query.with(Narrowed::read));
    let after = Memo::new(move |_| query.with(|query| query.get("after")));
    let list = Resource::new(
        move || (narrowed.get(), after.get(), changes().get()),
        |(Narrowed { mine, ended, team, entity }, after, _)| environments(mine, ended, team, entity, after),
    );
    view! {
        <Page title="Environments" icon=Glyph::Environment actions=ask::button>
        <div class="filters">{move || narrowed.with(chips)}</div>
        <Transition fallback=|| view! { <Skeleton lines=6 rows=true /> }>
            {move || Suspend::new(async move {
                match list.await {
                    Ok(list) => rows(list, &narrowed.get_untracked(), after.get_untracked().is_some()),
                    Err(error) => failed("The environments could not be read", &error),
                }
            })}
        </Transition>
        </Page>
    }
    .into_any()
}

/// What the list can be narrowed to, and what else it is narrowed to, each a link that keeps the rest.
fn chips(narrowed: &Narrowed) -> AnyView {
    let with = |change: fn(&mut Narrowed)| {
        let mut changed = narrowed.clone();
        change(&mut changed);
        changed.href(None)
    };
    let name = |reference: &str| reference.rsplit('/').next().unwrap_or(reference).to_owned();
    let team = narrowed.team.as_deref().map(|team| {
        view! { <FilterChip text=format!("Team: {}", name(team)) without=with(|narrowed| narrowed.team = None) /> }
    });
    let entity = narrowed.entity.as_deref().map(|entity| {
        view! { <FilterChip text=format!("Of: {}", name(entity)) without=with(|narrowed| narrowed.entity = None) /> }
    });
    view! {
        <Chip text="All" href=with(|narrowed| narrowed.mine = false) on=!narrowed.mine />
        <Chip text="Mine" href=with(|narrowed| narrowed.mine = true) on=narrowed.mine />
        <Chip
            text="Include destroyed"
            href=with(|narrowed| narrowed.ended = !narrowed.ended)
            on=narrowed.ended
        />
        {team}
        {entity}
    }
    .into_any()
}

fn rows(list: EnvironmentList, narrowed: &Narrowed, is_later: bool) -> AnyView {
    if list.rows.is_empty() {
        let is_narrowed = narrowed.team.is_some() || narrowed.entity.is_some();
        return match (is_narrowed, narrowed.mine) {
            (true, _) => {
                let all = || view! { <LinkButton href="/environments">"All environments"</LinkButton> };
                view! { <EmptyState why="No environments match these filters" icon=Glyph::Environment action=all /> }
                    .into_any()
            }
            (false, true) => ask::none_yet("You have no environments"),
            (false, false) => ask::none_yet("No environments yet"),
        };
    }
    let next = list.next.map(|after| narrowed.href(Some(&after)));
    let first = is_later.then(|| narrowed.href(None));
    let summary = match (list.rows.len(), next.is_some() || first.is_some()) {
        (1, false) => "1 environment".to_owned(),
        (many, false) => format!("{many} environments"),
        (many, true) => format!("{many} on this page"),
    };
    view! {
        <Card flush=true>
            <EnvironmentTable rows=list.rows />
        </Card>
        <Pager summary=summary first=first next=next keys=true />
    }
    .into_any()
}

/// Below the first environments of a list that goes on: where all of them are.
pub fn see_all(list: &EnvironmentList, href: &str) -> Option<AnyView> {
    list.next.as_ref()?;
    let (href, count) = (href.to_owned(), list.rows.len());
    let line = view! {
        <footer>
            <a class="link" href=href>"See all"</a>
            <span class="aside">{format!("These are the newest {count}.")}</span>
        </footer>
    };
    Some(line.into_any())
}

/// The table of environments, here and on Home.
#[component]
pub fn EnvironmentTable(
    /// The rows.
    rows: Vec<EnvironmentRow>,
) -> impl IntoView {
    let columns = vec![
        Column::new("Name"),
        Column::new("State"),
        Column::new("Team"),
        Column::new("Where").minor(),
        Column::new("Requested by").minor(),
        Column::number("Expires"),
    ];
    view! {
        <Table label="Environments" columns=columns stacks=true>
            {rows.into_iter().map(row).collect_view()}
        </Table>
    }
    .into_any()
}

fn row(row: EnvironmentRow) -> impl IntoView {
    let href = format!("/environments/{}", row.id);
    let expires = micros(row.expires_at);
    let expires = if row.state.is_end() {
        view! { <Unknown reason="It has been destroyed" /> }.into_any()
    } else if row.warning.is_some() {
        view! {
            <span class="soon">
                <Icon of=Glyph::Warning />
                <span class="sr-only">"soon: "</span>
                <Time micros=expires />
            </span>
        }
        .into_any()
    } else {
        view! { <Time micros=expires /> }.into_any()
    };
    view! {
            <tr>
                <td class="main giving">
    <div class="named">
                    <span class="who">
                        <Icon of=Glyph::Environment class="ink-off" />
                        <a href=href data-row="">{row.name}</a>
                    </span>
                    <span class="under">{format!("{} {}", row.blueprint, row.version)}</span>
                </div>
    </td>
                <td>
                    <Status state=state(row.status.hue) text=row.status.word />
                </td>
                <td>
                    <Who name=row.team href=entity_page(&row.team_reference) />
                </td>
                <td class="dim minor" data-label="in">{row.cluster}</td>
                <td class="dim minor" data-label="requested by">{row.requested_by}</td>
                <td class="num dim" data-label="expires">
                    {expires}
                </td>
            </tr>
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Narrowed {
        Narrowed::read(&pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn the_next_page_keeps_what_the_list_was_narrowed_to() {
        assert_eq!(Narrowed::default().href(None), "/environments");
        assert_eq!(Narrowed::default().href(Some("x")), "/environments?after=x");
        let narrowed = read(&[
            ("mine", "1"),
            ("ended", "1"),
            ("team", "group:default/payments"),
            ("entity", "component:default/api"),
        ]);
        assert_eq!(
            narrowed.href(Some("x")),
            "/environments?mine=1&ended=1&team=group:default/payments&entity=component:default/api&after=x"
        );
    }

    #[test]
    fn what_is_no_reference_narrows_nothing() {
        assert_eq!(read(&[("team", "a&b=c"), ("mine", "yes")]), Narrowed::default());
    }
}
